"""The horizon of the archive, against the ids and times that it stands for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.decide.ids import uuid7
from services.chassis.tables import archive

MOMENTS = st.integers(0, 200 * 365 * 24 * 3600 * 1000).map(
    lambda milliseconds: datetime(1970, 1, 2, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)


def made(moment: datetime, noise: int) -> UUID:
    """Any id of version 7 that can be made at a time."""
    least = archive.boundary(moment).int
    return UUID(int=least | (noise & ((0xFFF << 64) | (1 << 62) - 1)))


class Database:
    """Answers with a horizon, and counts how often it was asked."""

    def __init__(self, horizon: UUID | None) -> None:
        self.rows = [] if horizon is None else [(horizon,)]
        self.asked = 0

    def execute(self, _: object) -> Database:
        self.asked += 1
        return self

    def first(self):
        return self.rows[0] if self.rows else None


# Its milliseconds as a float are 4279273093.9999995.
@example(datetime(1970, 2, 19, 12, 41, 13, 94_000, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC), 0)
@given(MOMENTS, MOMENTS, st.integers(min_value=0, max_value=(1 << 80) - 1))
def test_an_id_is_before_the_boundary_of_a_time_exactly_if_it_was_made_before_it(made_at, moment, noise):
    assert (made(made_at, noise) < archive.boundary(moment)) == (made_at < moment)
    assert archive.made_at(made(made_at, noise)) == made_at


def test_ids_of_this_moment_are_not_before_it():
    before = datetime.now(UTC)
    assert uuid7() >= archive.boundary(before)


@given(st.lists(st.uuids()), st.none() | st.uuids(), MOMENTS)
def test_an_id_of_another_version_is_never_archived(keys, horizon, now):
    others = [key for key in keys if key.version != 7]
    assert archive.archived(Database(horizon), others) == frozenset()
    assert archive.among(Database(horizon), others, now) == frozenset()


@given(MOMENTS, st.lists(st.tuples(st.integers(0, 30 * 24), st.integers(0, (1 << 80) - 1))), st.integers(0, 30 * 24))
def test_the_young_are_never_looked_up_and_the_old_are_archived_exactly_before_the_horizon(now, ages, horizon_age):
    keys = {made(now - timedelta(hours=age), noise): age for age, noise in ages}
    horizon = archive.boundary(now - max(timedelta(hours=horizon_age), archive.LEAST_AGE))
    database = Database(horizon)
    assert archive.among(database, keys, now) == {key for key in keys if key < horizon}
    if all(timedelta(hours=age) < archive.YOUNG for age in keys.values()):
        assert database.asked == 0
    assert database.asked <= 1
