import itertools

from hypothesis import given
from hypothesis import strategies as st

from bench.memory import MARKS, Sample, chosen, table


def samples(settled: list[int]) -> list[Sample]:
    return [Sample(10.0 * n, orders, {"order-1": 100.0 + n}) for n, orders in enumerate(settled)]


@given(st.lists(st.integers(0, 2 * MARKS[-1]), min_size=1).map(sorted))
def test_the_first_sample_is_told_the_last_and_the_first_after_each_mark_that_was_reached(settled):
    all_ = samples(settled)
    told = chosen(all_)
    assert told[0] is all_[0]
    assert told[-1] is all_[-1]
    assert all(one.seconds < other.seconds for one, other in itertools.pairwise(told))
    for mark in MARKS:
        if settled[-1] >= mark:
            assert next(sample for sample in all_ if sample.settled >= mark) in told


def test_the_table_has_a_row_for_each_sample():
    told = table(samples([0, 12_345])).splitlines()
    assert told == ["| orders | minutes | order-1 |", "|---|---|---|", "| 0 | 0 | 100 |", "| 12,345 | 0 | 101 |"]
