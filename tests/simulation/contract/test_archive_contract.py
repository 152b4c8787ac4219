"""What archives orders does the same to the model of PostgreSQL and to the real one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.chassis.postgres.bulk import Bulk
from services.chassis.tables import archive, dead_letters, migrations, outbox, outbox_maintenance
from services.chassis.tables import open_calls as calls
from services.chassis.tables.dead_letters import DeadLetter
from services.inventory import tables as inventory
from services.inventory.archiving import ARCHIVE as STOCK
from services.payment import tables as payment
from services.payment.archiving import ARCHIVE as CHARGES
from tests.live.integration.own_schema import own_schema, run_scripts
from tests.simulation.contract.harness import Model, Real

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RESERVATIONS = Bulk(inventory.reservations, [c.name for c in inventory.reservations.columns], key=["order_id"])
PAYMENTS = Bulk(payment.payments, [c.name for c in payment.payments.columns], key=["order_id"])
#: As the services' migrations make them.
TOTALS = """
CREATE TABLE archived_stock (sku text PRIMARY KEY, shipped bigint NOT NULL);
CREATE TABLE archived_charges (
    customer_id text, currency_code text, charged bigint NOT NULL, refunded bigint NOT NULL,
    PRIMARY KEY (customer_id, currency_code)
);
"""
ALL = archive.boundary(NOW + timedelta(days=1))


@pytest.fixture(params=["model", pytest.param("real", marks=pytest.mark.live)])
def store(request):
    if request.param == "model":
        yield Model()
        return
    with own_schema(request.getfixturevalue("platform")) as engine:
        with engine.begin() as connection:
            scripts = (migrations.POSITIONS, migrations.EPOCHS, outbox.CREATE, dead_letters.CREATE, calls.CREATE)
            run_scripts(connection, *scripts, archive.CREATE, TOTALS)
            outbox_maintenance.maintain(connection, retention=timedelta(days=14))
            inventory.metadata.create_all(connection)
            payment.metadata.create_all(connection)
        yield Real(engine)


def at(hours: int) -> UUID:
    return UUID(int=archive.boundary(NOW + timedelta(hours=hours)).int + 1)


def reserved(store, order_id, state="SHIPPED", lines=(("pen", 1),)):
    row = SimpleNamespace(order_id=order_id, state=state, lines=json.dumps(lines), updated_at=NOW)
    with store.engine.begin() as connection:
        RESERVATIONS.insert(connection, [row])


def there(store):
    with store.engine.connect() as connection:
        return archive.count(connection, STOCK, ALL)


def test_the_horizon_moves_forward_and_never_back(store):
    with store.engine.connect() as connection:
        assert archive.horizon(connection) is None
    for hours, expected in ((5, 5), (3, 5), (8, 8)):
        with store.engine.begin() as connection:
            archive.advance(connection, at(hours))
        with store.engine.connect() as connection:
            assert archive.horizon(connection) == at(expected)


def test_what_is_under_way_holds_the_horizon_back_oldest_first(store):
    kept = replace(STOCK, asks_outside=True)
    reserved(store, at(1))
    reserved(store, at(2), "HELD")
    reserved(store, at(9), "HELD")
    with store.engine.begin() as connection:
        message = outbox.Message(uuid4(), "inventory-events", at(3), "type", "f", b"body", None)
        rows = outbox.append(connection, [message])
        letter = DeadLetter("topic", 0, 0, b"key", at(4), "[]", b"value", "ValueError", "why")
        dead_letters.add(connection, [letter, replace(letter, aggregate=None)])
    with store.engine.connect() as connection:
        found = archive.holding(connection, kept, at(9), 5)
        assert [one.key for one in found] == [at(2), at(3), at(4)]
        assert archive.holding(connection, kept, at(9), 1) == found[:1]
    with store.engine.begin() as connection:
        outbox.mark_published(connection, rows)
    with store.engine.connect() as connection:
        assert [one.key for one in archive.holding(connection, kept, ALL, 5)] == [at(2), at(4), at(9)]


def test_rows_go_oldest_first_with_copies_and_leave_their_sums(store):
    reserved(store, at(3), lines=(("pen", 2), ("ink", 1)))
    reserved(store, at(1), lines=(("pen", 1),))
    reserved(store, at(2), "RELEASED")
    reserved(store, at(4), "HELD")
    reserved(store, uuid4())
    assert there(store) == 3
    for expected in ([at(1), at(2)], [at(3)], []):
        with store.engine.begin() as connection:
            ids, copies = archive.oldest(connection, STOCK, at(9), 2)
            assert ids == expected
            assert [json.loads(copy.row)["order_id"] for copy in copies] == [str(id_) for id_ in ids]
            if ids:
                archive.remove(connection, STOCK, ids)
    assert there(store) == 0
    with store.engine.connect() as connection:
        sums = connection.execute(text("SELECT sku, shipped FROM archived_stock"))
        assert sorted(tuple(row) for row in sums) == [("ink", 1), ("pen", 3)]


def test_charges_of_our_own_are_summed_up_for_each_customer_and_currency(store):
    def paid(hours, charged, refunded, provider=None, customer="c1"):
        return SimpleNamespace(
            order_id=at(hours),
            state="CHARGED",
            customer_id=customer,
            currency_code="USD",
            charged=charged,
            refunded=refunded,
            charge_id=uuid4(),
            created_at=NOW,
            updated_at=NOW,
            provider=provider,
        )

    rows = [paid(1, 100, 0), paid(2, 50, 50), paid(3, 70, 0, "outside"), paid(4, 30, 0, None, "c2"), paid(5, 1, 0)]
    with store.engine.begin() as connection:
        PAYMENTS.insert(connection, rows)
    for limit in (4, 4):
        with store.engine.begin() as connection:
            ids, _ = archive.oldest(connection, CHARGES, ALL, limit)
            archive.remove(connection, CHARGES, ids)
    with store.engine.connect() as connection:
        sums = connection.execute(text("SELECT customer_id, currency_code, charged, refunded FROM archived_charges"))
        assert sorted(tuple(row) for row in sums) == [("c1", "USD", 151, 50), ("c2", "USD", 30, 0)]


def test_a_row_that_is_not_done_any_more_once_it_is_locked_stays(store):
    reserved(store, at(1))
    reserved(store, at(2))
    mark = []

    def changes():
        with store.engine.begin() as connection:
            row = SimpleNamespace(order_id=at(1), state="HELD", lines="[]", updated_at=NOW)
            RESERVATIONS.update(connection, [row])
            mark.append(True)
            store.sleep(0.3)

    def archives():
        store.until(lambda: mark)
        with store.engine.begin() as connection:
            ids, _ = archive.oldest(connection, STOCK, ALL, 5)
            archive.remove(connection, STOCK, ids)
        return ids

    assert store.together(changes, archives) == [None, [at(2)]]


def test_whoever_waits_for_a_row_that_goes_finds_none_and_sees_the_horizon(store):
    reserved(store, at(1))
    mark = []
    load = text(
        "SELECT order_id FROM reservations WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
    )

    def archives():
        with store.engine.begin() as connection:
            archive.advance(connection, at(2))
        with store.engine.begin() as connection:
            ids, _ = archive.oldest(connection, STOCK, at(2), 5)
            archive.remove(connection, STOCK, ids)
            mark.append(True)
            store.sleep(0.3)

    def reads():
        store.until(lambda: mark)
        with store.engine.begin() as connection:
            rows = connection.execute(load, {"ids": [at(1)]}).all()
            return rows, archive.among(connection, [at(1)], NOW + timedelta(days=3))

    assert store.together(archives, reads) == [None, ([], frozenset({at(1)}))]
