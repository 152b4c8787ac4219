"""The clock gives whole milliseconds, as events carry them: a time that was sent is equal to the one that was kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.decide.clock import now


@given(st.integers(-(10**9), 10**9))
def test_a_time_has_no_part_that_an_event_cannot_carry(offset_seconds):
    offset = timedelta(seconds=offset_seconds)
    before = datetime.now(UTC) + offset
    found = now(offset)
    after = datetime.now(UTC) + offset
    assert found.tzinfo is UTC
    assert found.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) < found <= after
