"""Lists travel to the real PostgreSQL and back without a change."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.chassis.postgres.direct import Direct
from services.chassis.postgres.engine import make_engine

pytestmark = pytest.mark.live

COLUMNS = {
    "uuid": st.uuids(),
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "bytea": st.binary(),
    "timestamptz": st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC)),  # noqa: DTZ001
}


@pytest.fixture(scope="module")
def engine(platform):
    url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
    made = make_engine(url, transaction_timeout=8, application_name="test")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def begin(engine):
    """As the hot path opens a transaction, and as everything else does."""
    return {"direct": Direct(engine).begin, "engine": engine.begin}


@pytest.mark.parametrize("way", ["direct", "engine"])
@pytest.mark.parametrize("kind", COLUMNS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_what_is_sent_is_what_comes_back(begin, way, kind, data):
    values = data.draw(st.lists(st.none() | COLUMNS[kind]))
    with begin[way]() as connection:
        found = connection.execute(text(f"SELECT CAST(:values AS {kind}[])"), {"values": values}).scalar_one()
    assert found == values
