"""The model of PostgreSQL and the real one behave alike, wherever the simulation depends on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.chassis.decide.calls import Opened
from services.chassis.errors import Conflict, PositionTaken, classify
from services.chassis.tables import dead_letters, outbox, outbox_maintenance, positions
from services.chassis.tables import open_calls as calls
from services.chassis.tables.dead_letters import DeadLetter
from services.chassis.tables.positions import Claim
from services.shipping.carrier import Book, LocalCarrier
from services.shipping.model import Shipment, ShipmentState
from services.shipping.state import load
from services.shipping.tables import metadata
from tests.live.integration import test_batch
from tests.live.integration.own_schema import own_schema, run_scripts
from tests.live.integration.test_batch import SCRIPTS, TOPIC_ID, BatchBench
from tests.simulation.contract.harness import Model, Real, values

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SOON = timedelta(seconds=-1)


def real_store(platform):
    """Tables of a schema of their own, on the suite's PostgreSQL."""
    with own_schema(platform) as engine:
        with engine.begin() as connection:
            run_scripts(connection, *SCRIPTS, calls.CREATE)
            outbox_maintenance.maintain(connection, retention=timedelta(days=14))
            metadata.create_all(connection)
        yield Real(engine)


@pytest.fixture(params=["model", pytest.param("real", marks=pytest.mark.live)])
def store(request):
    if request.param == "model":
        yield Model()
    else:
        yield from real_store(request.getfixturevalue("platform"))


@pytest.fixture
def started(store):
    with store.engine.begin() as connection:
        positions.start(connection, "t", "topic", 0, 5)
    return store


def message(key, number=0):
    return outbox.Message(uuid4(), "shipping-events", key, f"type-{number}", "f", b"body-%d" % number, None)


def letter(key, offset=0):
    return DeadLetter("topic", 0, offset, str(key).encode(), key, '[["ce_id", "31"]]', b"value", "ValueError", "why")


def at(store):
    with store.engine.connect() as connection:
        return dict(positions.load(connection, [("t", 0), ("t", 1)]))


def test_a_position_moves_from_where_it_is_expected_and_from_nowhere_else(started):
    with started.engine.begin() as connection:
        positions.claim(connection, [Claim("t", 0, 5, 8)]).check()
    with pytest.raises(PositionTaken), started.engine.begin() as connection:
        positions.claim(connection, [Claim("t", 0, 5, 9)]).check()
    with pytest.raises(PositionTaken), started.engine.begin() as connection:
        positions.claim(connection, [Claim("t", 0, 8, 9), Claim("t", 1, 0, 1)]).check()
    assert at(started) == {("t", 0): 8}


def test_a_position_that_is_there_is_not_started_again(started):
    with started.engine.begin() as connection:
        positions.start(connection, "t", "topic", 0, 0)
    assert at(started) == {("t", 0): 5}


def test_what_a_transaction_that_failed_has_written_is_gone(started):
    def fails():
        with started.engine.begin() as connection:
            positions.claim(connection, [Claim("t", 0, 5, 6)]).check()
            outbox.append(connection, [message(uuid4())])
            dead_letters.add(connection, [letter(uuid4())])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    with started.engine.connect() as connection:
        assert outbox.unpublished(connection, older_than=SOON, limit=9) == []
    assert at(started) == {("t", 0): 5}


def test_a_zombie_waits_for_the_first_and_then_fails(started):
    held = []

    def first():
        with started.engine.begin() as connection:
            positions.claim(connection, [Claim("t", 0, 5, 6)]).check()
            held.append(True)
            started.sleep(0.3)
            held.append(False)

    def zombie():
        started.until(lambda: held)
        with started.engine.begin() as connection:
            positions.claim(connection, [Claim("t", 0, 5, 7)]).check()

    one, other = started.together(first, zombie)
    assert one is None
    assert isinstance(other, PositionTaken)
    assert held == [True, False]
    assert at(started) == {("t", 0): 6}


def test_a_claim_goes_through_when_the_first_one_gives_up(started):
    held = []

    def first():
        with started.engine.begin() as connection:
            positions.claim(connection, [Claim("t", 0, 5, 6)]).check()
            held.append(True)
            started.sleep(0.2)
            raise ValueError("no")

    def second():
        started.until(lambda: held)
        with started.engine.begin() as connection:
            positions.claim(connection, [Claim("t", 0, 5, 7)]).check()

    one, other = started.together(first, second)
    assert isinstance(one, ValueError)
    assert other is None
    assert at(started) == {("t", 0): 7}


def test_what_is_appended_comes_in_order_after_what_is_still_unpublished_of_its_keys(store):
    one, other = uuid4(), uuid4()
    with store.engine.begin() as connection:
        first = outbox.append(connection, [message(one, 1), message(other, 2)])
    with store.engine.begin() as connection:
        second = outbox.append(connection, [message(one, 3), message(one, 4)])
    assert values(first, "type") == ["type-1", "type-2"]
    assert values(second, "type") == ["type-1", "type-3", "type-4"]
    assert values(second, "id") == sorted(values(second, "id"))
    with store.engine.begin() as connection:
        outbox.mark_published(connection, second)
    with store.engine.begin() as connection:
        third = outbox.append(connection, [message(one, 5), message(other, 6)])
    assert values(third, "type") == ["type-2", "type-5", "type-6"]
    with store.engine.begin() as connection:
        new = uuid4()
        fourth = outbox.append(connection, [message(new, 7), message(one, 8)], new={new})
    assert values(fourth, "type") == ["type-5", "type-7", "type-8"]


def test_unpublished_rows_are_found_oldest_first_until_they_are_marked(store):
    with store.engine.begin() as connection:
        rows = outbox.append(connection, [message(uuid4(), n) for n in range(4)])
    with store.engine.connect() as connection:
        assert outbox.unpublished(connection, older_than=timedelta(hours=1), limit=9) == []
        assert outbox.unpublished(connection, older_than=SOON, limit=2) == rows[:2]
        assert outbox.backlog(connection)[0] == 4
    with store.engine.begin() as connection:
        outbox.mark_published(connection, [rows[0], rows[2]])
        outbox.mark_published(connection, [])
    with store.engine.connect() as connection:
        assert outbox.unpublished(connection, older_than=SOON, limit=9) == [rows[1], rows[3]]


def test_only_an_open_dead_letter_blocks_and_only_its_key(store):
    key = uuid4()
    with store.engine.begin() as connection:
        assert dead_letters.blocked(connection, [key]) == set()
        dead_letters.add(connection, [letter(key), letter(key, 1)])
        assert dead_letters.blocked(connection, [key, uuid4()]) == {key}
    with store.engine.connect() as connection:
        assert dead_letters.blocked(connection, [uuid4()]) == set()


def ship(store, order_id, state, *, after=0.0, mark=None):
    """Decide on a shipment as a batch does: read its row, write it if there is none."""

    def body():
        from types import SimpleNamespace

        with store.engine.begin() as connection:
            books = load(connection, [SimpleNamespace(key=order_id)], NOW, LocalCarrier(()))
            found = books.row(order_id)
            if found is None:
                books.rows.put(order_id, Shipment(order_id, state, None, None, None, NOW))
                books.save(connection)
            if mark is not None:
                mark.append(state)
            store.sleep(after)
            return found

    return body


def test_of_two_transactions_that_insert_one_row_the_second_waits_and_fails(store):
    order_id, mark = uuid4(), []
    first = ship(store, order_id, ShipmentState.SHIPPED, after=0.3, mark=mark)

    def second():
        store.until(lambda: mark)
        return ship(store, order_id, ShipmentState.CANCELLED)()

    one, other = store.together(first, second)
    assert one is None
    assert isinstance(classify(other), Conflict)
    (again,) = store.together(ship(store, order_id, ShipmentState.CANCELLED))
    assert again.state is ShipmentState.SHIPPED


def test_an_insert_goes_through_when_the_first_one_gives_up(store):
    order_id, mark = uuid4(), []

    def first():
        with store.engine.begin() as connection:
            books = load(connection, [], NOW, LocalCarrier(()))
            books.rows.put(order_id, Shipment(order_id, ShipmentState.SHIPPED, None, None, None, NOW))
            books.save(connection)
            mark.append(True)
            store.sleep(0.2)
            raise ValueError("no")

    def second():
        store.until(lambda: mark)
        return ship(store, order_id, ShipmentState.CANCELLED)()

    one, other = store.together(first, second)
    assert isinstance(one, ValueError)
    assert other is None
    (again,) = store.together(ship(store, order_id, ShipmentState.SHIPPED))
    assert again.state is ShipmentState.CANCELLED


# Calls to the outside world.

KINDS = {Book.operation: Book}
LEASE = timedelta(seconds=60)


def opened(key):
    call = Book(key, "home", "DE")
    return Opened(uuid4(), call, call.idempotency_key, None)


def wrote(store, *some, held=None):
    with store.engine.begin() as connection:
        calls.add(connection, some, held=held)


def took(store, limit=10, lease=LEASE):
    with store.engine.begin() as connection:
        return calls.take(connection, KINDS, lease=lease, limit=limit)


def test_a_call_that_is_due_is_taken_as_it_was_written_and_not_again_before_its_lease_ends(store):
    one, held = opened(uuid4()), opened(uuid4())
    wrote(store, one)
    wrote(store, held, held=LEASE)
    (taken,) = took(store)
    assert (taken, taken.attempts, taken.last_error) == (one, 1, None)
    assert took(store) == []


def test_a_lease_that_has_ended_is_nobodys(store):
    one = opened(uuid4())
    wrote(store, one)
    assert took(store, lease=timedelta(0)) == [one]
    (again,) = took(store)
    assert (again, again.attempts) == (one, 2)


def test_what_is_put_off_is_taken_later_with_its_error(store):
    one = opened(uuid4())
    wrote(store, one)
    with store.engine.begin() as connection:
        calls.defer(connection, [(one.id, 60.0, "HTTP 503")])
    assert took(store) == []
    with store.engine.begin() as connection:
        calls.defer(connection, [(one.id, 0.0, "HTTP 502")])
    (again,) = took(store)
    assert again.last_error == "HTTP 502"


def test_a_call_that_another_transaction_takes_is_passed_over(store):
    one, other, mark = opened(uuid4()), opened(uuid4()), []
    wrote(store, one)
    wrote(store, other)

    def first():
        with store.engine.begin() as connection:
            taken = calls.take(connection, KINDS, lease=LEASE, limit=1)
            mark.append(True)
            store.sleep(0.3)
        return taken

    def second():
        store.until(lambda: mark)
        return took(store)

    (mine,), (its,) = store.together(first, second)
    assert {mine.id, its.id} == {one.id, other.id}


def test_of_two_transactions_that_close_one_call_the_second_finds_it_closed(store):
    one, mark = opened(uuid4()), []
    wrote(store, one)

    def close(*, first):
        def body():
            if not first:
                store.until(lambda: mark)
            with store.engine.begin() as connection:
                found = calls.still_open(connection, [one.id])
                mark.append(True)
                if first:
                    store.sleep(0.3)
                calls.close(connection, list(found))
            return found

        return body

    assert store.together(close(first=True), close(first=False)) == [{one.id}, set()]
    assert took(store) == []


# The suite of the processor, which runs on the real server in tests/live/integration, on the model.


@pytest.fixture
def bench():
    store = Model()
    with store.engine.begin() as connection:
        positions.start(connection, TOPIC_ID, "test", 0, 0)
    return BatchBench(store.engine)


for _name, _test in vars(test_batch).items():
    if _name.startswith("test_"):
        globals()[f"{_name}_on_the_model"] = _test
