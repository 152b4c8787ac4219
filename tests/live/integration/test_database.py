"""Positions, outbox and bulk statements on the real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from services.chassis.errors import DatabaseAway, PositionTaken, WrongRevision
from services.chassis.postgres.engine import Revisions, check_revision, make_engine
from services.chassis.tables import outbox, outbox_maintenance, positions
from services.shipping.app import SERVICE

pytestmark = pytest.mark.live


@pytest.fixture
def engine(platform):
    url = platform.database_url("shipping").replace("postgresql://", "postgresql+psycopg://")
    made = make_engine(url, transaction_timeout=8, application_name="test")
    yield made
    made.dispose()


@pytest.fixture
def connection(engine):
    """A transaction that is rolled back: the services run on the same tables."""
    with engine.connect() as opened:
        yield opened
        opened.rollback()


def message(key=None):
    return outbox.Message(uuid4(), "shipping-events", key or uuid4(), "quadrille.X", "ab" * 32, b"body", None)


def test_a_position_moves_only_from_where_it_is_expected(connection):
    topic = uuid4().hex
    positions.start(connection, topic, "test", 0, 5)
    positions.claim(connection, [positions.Claim(topic, 0, 5, 9)]).check()
    assert positions.load(connection, [(topic, 0)]) == {(topic, 0): 9}
    with pytest.raises(PositionTaken):
        positions.claim(connection, [positions.Claim(topic, 0, 5, 7)]).check()
    assert positions.load(connection, [(topic, 0)]) == {(topic, 0): 9}


def test_an_epoch_that_was_written_with_another_offset_does_not_count(connection):
    topic = uuid4().hex
    positions.start(connection, topic, "test", 0, 5)
    positions.claim(connection, [positions.Claim(topic, 0, 5, 9, epoch=3)]).check()
    assert positions.kept(connection, [(topic, 0)]) == {(topic, 0): (9, 3)}
    # As the version before does it, and a hand that mends a table.
    connection.execute(text("UPDATE positions SET next_offset = 12 WHERE topic_id = :id"), {"id": topic})
    assert positions.kept(connection, [(topic, 0)]) == {(topic, 0): (12, None)}
    positions.claim(connection, [positions.Claim(topic, 0, 12, 13, epoch=7)]).check()
    assert positions.kept(connection, [(topic, 0)]) == {(topic, 0): (13, 7)}
    # An operator's move knows no epoch of the record before it.
    assert positions.move(connection, positions.Claim(topic, 0, 13, 9))
    assert positions.kept(connection, [(topic, 0)]) == {(topic, 0): (9, None)}


def test_a_first_position_does_not_overwrite_one(connection):
    topic = uuid4().hex
    positions.start(connection, topic, "test", 0, 5)
    positions.start(connection, topic, "test", 0, 0)
    assert positions.load(connection, [(topic, 0)]) == {(topic, 0): 5}


def test_rows_are_published_after_the_earlier_unpublished_ones_of_their_key(connection):
    key = uuid4()
    (first,) = outbox.append(connection, [message(key)])
    rows = outbox.append(connection, [message(key), message()])
    assert rows[0] == first
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    outbox.mark_published(connection, rows)
    assert len(outbox.append(connection, [message(key)])) == 1


def test_a_row_is_swept_when_it_is_old_enough_and_not_published(connection):
    rows = outbox.append(connection, [message(), message()])
    outbox.mark_published(connection, rows[:1])
    swept = outbox.unpublished(connection, older_than=timedelta(0), limit=1000)
    assert rows[1].id not in {row.id for row in swept}  # now() is the transaction's start
    swept = outbox.unpublished(connection, older_than=timedelta(seconds=-1), limit=1000)
    assert rows[1] in swept
    assert rows[0] not in swept


def test_old_published_partitions_are_dropped_and_unpublished_ones_are_kept(connection):
    past = datetime.now(UTC) - timedelta(days=40)
    outbox_maintenance.maintain(connection, retention=timedelta(days=365), today=past.date())

    def partitions():
        query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'outbox'::regclass"
        return set(connection.execute(text(query)).scalars())

    names = {f"outbox_{past + timedelta(days=n):%Y%m%d}" for n in (0, 1)}
    assert names <= partitions()
    insert = (
        "INSERT INTO outbox (created_at, event_id, topic, key, type, fingerprint, body) "
        "VALUES (:at, :id, 't', :id, 'x', 'f', '')"
    )
    connection.execute(text(insert), {"at": past, "id": uuid4()})
    outbox_maintenance.maintain(connection, retention=timedelta(days=14))
    assert names & partitions() == {f"outbox_{past:%Y%m%d}"}


def test_a_service_runs_only_on_the_revisions_that_it_declares(engine):
    declared = SERVICE.revisions
    check_revision(engine, "shipping", declared)
    with pytest.raises(DatabaseAway, match="quadrille migrate"):
        check_revision(engine, "shipping", Revisions("9998", "9999"))
    with pytest.raises(WrongRevision):
        check_revision(engine, "shipping", Revisions("0000", "0000"))


@pytest.mark.parametrize("other", ["order", "inventory", "payment"])
def test_a_services_role_reaches_no_other_services_database(platform, other):
    url = platform.database_url("shipping").rsplit("/", 1)[0] + f"/{other}"
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(url)


def test_the_auditors_role_cannot_write(platform):
    with psycopg.connect(platform.audit_url("order")) as connection, pytest.raises(psycopg.Error):
        connection.execute("DELETE FROM orders")
