"""The verdict sees what it is there for."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.live.faults.verdict import Row, _judge_one, table
from tests.support.load import Request

DONE = ("o1", "COMPLETED", None, True)


def judged(found, *, calls=("done",), answered=("o1",), kind="completed", may_end=()):
    row = Row("a fault")
    _judge_one(Request("r", kind, Counter(calls), set(answered)), found, set(may_end), row)
    return row.lost, row.doubled, row.stuck, len(row.breaches)


@pytest.mark.parametrize(
    ("found", "more", "counted"),
    [
        ([DONE], {}, (0, 0, 0, 0)),
        ([], {}, (1, 0, 0, 0)),
        ([DONE, ("o2", "COMPLETED", None, True)], {}, (0, 1, 0, 0)),
        ([DONE], {"answered": ("o1", "o2")}, (1, 1, 0, 0)),
        ([("o1", "PENDING", None, False)], {}, (0, 0, 1, 0)),
        ([("o1", "COMPLETED", None, False)], {}, (0, 0, 1, 0)),
        ([("o1", "CANCELLED", "OUT_OF_STOCK", True)], {}, (0, 0, 0, 1)),
        ([("o1", "CANCELLED", "DEADLINE_EXCEEDED", True)], {"may_end": ["DEADLINE_EXCEEDED"]}, (0, 0, 0, 0)),
        ([], {"calls": ["unknown"], "answered": ()}, (0, 0, 0, 0)),
        ([DONE], {"calls": ["unknown"], "answered": ()}, (0, 0, 0, 0)),
        ([DONE], {"calls": ["failed", "unknown"], "answered": ()}, (0, 0, 0, 0)),
        ([], {"calls": ["failed"], "answered": ()}, (0, 0, 0, 0)),
        ([DONE], {"calls": ["failed"], "answered": ()}, (0, 0, 0, 1)),
    ],
)
def test_lost_doubled_stuck_and_wrong_orders_are_counted(found, more, counted):
    assert judged(found, **more) == counted


def test_a_line_sums_the_rounds_of_a_fault_and_tells_of_a_failure():
    rows = [Row("a", times=1, recovered=1.0, failed=False), Row("a", times=2, lost=1, recovered=3.0), Row("b")]
    head, first, _ = table(rows)
    assert head.split()[:3] == ["fault", "times", "in"]
    assert first.split() == ["a", "3", "0", "0", "0", "1", "0", "0", "0", "3.0", "s", "FAILED"]
