"""The watermark: a mark is passed once every partition is read up to where it ended then, and by nothing less.

tests/live/integration/test_watermark.py takes marks of the real Kafka.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.consume.watermark import EndOffsets

NOW = datetime(2026, 1, 2, tzinfo=UTC)
offsets = st.integers(0, 50)
places = st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), offsets, min_size=1)


@given(places, st.data())
def test_a_mark_is_passed_by_positions_at_or_behind_every_end_and_by_no_others(ends, data):
    mark = EndOffsets(NOW, ends)
    assert mark.passed({place: end + data.draw(offsets) for place, end in ends.items()})
    behind = data.draw(st.sampled_from(sorted(ends)))
    at = {**ends, behind: ends[behind] - 1}
    assert not mark.passed(at)
    # A partition without a position has been read up to nowhere.
    del at[behind]
    assert mark.passed(at) == (ends[behind] == 0)
