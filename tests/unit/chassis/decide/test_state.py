"""The state of a batch: whatever a decision put can be undone until it is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.decide.state import Rows

KEYS = st.sampled_from("abcd")
STEPS = st.lists(st.one_of(st.tuples(KEYS, st.integers()), st.sampled_from(["keep", "undo"])), max_size=30)


def contents(rows):
    return dict(rows), rows.added(), rows.updated()


@given(st.dictionaries(KEYS, st.integers()), STEPS)
def test_undo_gives_back_what_was_kept_last(loaded, steps):
    rows, kept = Rows(loaded), Rows(loaded)
    since: list = []
    for step in steps:
        if step == "keep":
            rows.keep()
            for key, row in since:
                kept.put(key, row)
            since = []
        elif step == "undo":
            rows.undo()
            since = []
        else:
            rows.put(*step)
            since.append(step)
    rows.undo()
    assert contents(rows) == contents(kept)


@given(st.dictionaries(KEYS, st.integers()), st.lists(st.tuples(KEYS, st.integers())))
def test_each_row_is_written_once_as_it_was_put_last(loaded, puts):
    rows = Rows(loaded)
    for key, row in puts:
        rows.put(key, row)
    last = dict(puts)
    assert sorted(rows.added()) == sorted(row for key, row in last.items() if key not in loaded)
    assert sorted(rows.updated()) == sorted(row for key, row in last.items() if key in loaded)
