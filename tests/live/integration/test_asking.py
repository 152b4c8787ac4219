"""Calls on the real PostgreSQL: taken once, answered once, asked again while unknown, and found after a crash."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from quadrille.events.payment import PaymentCompleted
from quadrille.events.topics import topic_of
from sqlalchemy import text

from services.chassis.backoff import Backoff
from services.chassis.calls.asking import Caller
from services.chassis.calls.recording import Recorder
from services.chassis.calls.settings import CallSettings
from services.chassis.decide.calls import Done
from services.chassis.errors import Unknown
from services.chassis.postgres.direct import Direct
from services.chassis.process.batch import Processor
from services.chassis.process.effects import Inbound
from services.chassis.tables import open_calls, outbox
from services.chassis.wire.record import Record
from services.shipping.app import handlers
from services.shipping.carrier import Book, Booked
from services.shipping.tables import metadata
from tests.live.integration.bench import NOW, PLACE, TOPIC_ID
from tests.live.integration.own_schema import run_scripts
from tests.support.progress import progress_at
from tests.support.waiting import SECONDS, wait_until
from tests.unit.conftest import Make

pytestmark = pytest.mark.live
MAKE = Make()
KINDS = {Book.operation: Book}


class Carrier:
    """Counts what it is asked. `fate` says what happens to a call: an answer, an error to raise, or a wait first."""

    def __init__(self, fate=lambda _call, _number: None):
        self.fate = fate
        self.asked = Counter()
        self.keys = {}

    async def ask(self, call, key):
        self.asked[call.key] += 1
        self.keys.setdefault(call.key, set()).add(key)
        fate = self.fate(call, self.asked[call.key])
        if isinstance(fate, float):
            await asyncio.sleep(fate)
        elif fate is not None:
            raise fate
        return Booked("test", f"T{call.key}")

    async def close(self):
        pass


class Dock:
    """Shipping with a carrier outside, on tables of its own."""

    def __init__(self, bench):
        self.bench = bench
        self.published = []
        self.handlers = handlers(None)
        self.offset = 0
        self.stopping = []
        with bench.engine.begin() as connection:
            metadata.create_all(connection)
            run_scripts(connection, open_calls.CREATE)

    def recorder(self, **named):
        backoff = Backoff(named.get("first", 0.05), named.get("longest", 0.2))
        return Recorder(Direct(self.bench.engine), self.handlers, self.published.extend, lambda: NOW, backoff)

    def caller(self, carrier, *, timeout=5.0, concurrency=8, held=None):
        settings = CallSettings(
            database_url="postgresql://x",
            kafka_bootstrap_servers="x",
            registry_url="x",
            call_timeout=timeout,
            call_concurrency=concurrency,
        )
        made = Caller(self.bench.engine, KINDS, carrier, self.recorder(), settings)
        if held is not None:
            made.held = timedelta(seconds=held)
        return made

    def run(self, caller):
        thread = threading.Thread(target=caller.run)
        thread.start()
        self.stopping.append((caller, thread))
        wait_until(lambda: caller._loop is not None)

    def stop(self):
        for caller, thread in self.stopping:
            caller.stop()
            thread.join(SECONDS)
            assert not thread.is_alive()
        self.stopping.clear()

    def paid(self, *keys, calling=None, country="DE"):
        """Let PaymentCompleted take effect for orders."""
        details = MAKE.details(country=country)
        batch = []
        for key in keys:
            event = PaymentCompleted(order_id=key, occurred_at=NOW, order=details, charge_id=key, amount=details.total)
            received = MAKE.received(event)
            topic = topic_of(PaymentCompleted)
            batch.append(
                Inbound(
                    topic, TOPIC_ID, 0, self.offset + len(batch), Record(str(key).encode(), b"", []), received, None
                )
            )
        processor = Processor(Direct(self.bench.engine), self.handlers, self.published.extend, lambda: NOW, calling)
        processor.run(batch, progress_at({PLACE: self.offset}))
        self.offset += len(batch)

    def query(self, sql, **parameters):
        with self.bench.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), parameters)]

    def states(self):
        return dict(self.query("SELECT order_id, state FROM shipments"))

    def open(self):
        return self.query("SELECT key FROM calls")

    def due(self):
        with self.bench.engine.begin() as connection:
            connection.execute(text("UPDATE calls SET due_at = now()"))

    def take(self, limit=100, lease=60.0):
        with self.bench.engine.begin() as connection:
            return open_calls.take(connection, KINDS, lease=timedelta(seconds=lease), limit=limit)

    def events(self):
        return Counter(row.type.rpartition(".")[2] for row in self.published)


@pytest.fixture
def dock(bench):
    made = Dock(bench)
    yield made
    made.stop()


def test_a_call_is_asked_straight_after_its_commit_and_its_answer_ships_the_order(dock):
    carrier, key = Carrier(), uuid4()
    caller = dock.caller(carrier)
    dock.run(caller)
    began = time.monotonic()
    dock.paid(key, calling=caller)
    wait_until(lambda: dock.states()[key] == "SHIPPED")
    # Well before the sweep could have found it: it was held for this instance.
    assert time.monotonic() - began < caller.held.total_seconds() / 2
    wait_until(lambda: dock.open() == [])
    assert dock.events() == {"OrderShipped": 1}


def test_what_is_unknown_is_asked_again_with_the_same_key_until_it_is_known(dock):
    carrier, key = Carrier(lambda _, number: Unknown("HTTP 503") if number < 4 else None), uuid4()
    caller = dock.caller(carrier)
    dock.run(caller)
    dock.paid(key, calling=caller)
    wait_until(lambda: dock.states()[key] == "SHIPPED")
    assert (carrier.asked[key], len(carrier.keys[key])) == (4, 1)


def test_an_answer_that_does_not_come_in_time_is_unknown_and_says_so(dock):
    carrier, key = Carrier(lambda *_: 60.0), uuid4()
    caller = dock.caller(carrier, timeout=0.1)
    dock.run(caller)
    dock.paid(key, calling=caller)
    wait_until(lambda: dock.query("SELECT last_error FROM calls")[0][0] is not None)
    ((state, error),) = dock.query("SELECT state, last_error FROM shipments, calls")
    assert (state, error) == ("BOOKING", "no answer within 0.1 s")
    wait_until(lambda: carrier.asked[key] > 2)
    with dock.bench.engine.connect() as connection:
        (listed,) = open_calls.listed(connection, [key])
        assert (listed.operation, listed.attempts >= 2) == ("shipping.book", True)
        assert open_calls.backlog(connection)[0] == 1


def test_two_instances_do_not_take_one_call(dock):
    keys = [uuid4() for _ in range(40)]
    dock.paid(*keys)
    taken = []
    threads = [threading.Thread(target=lambda: taken.extend(dock.take(limit=30))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken += dock.take()
    assert Counter(one.call.key for one in taken) == Counter(keys)


def test_what_a_process_that_died_had_taken_is_asked_by_another_once_its_lease_has_ended(dock):
    key = uuid4()
    dock.paid(key)
    (lost,) = dock.take(lease=0.3)  # and the process dies: after the carrier acted, perhaps
    assert dock.take() == []
    carrier = Carrier()
    dock.run(dock.caller(carrier))
    wait_until(lambda: dock.states()[key] == "SHIPPED")
    assert carrier.keys[key] == {lost.idempotency_key}


def test_what_was_handed_over_to_a_process_that_died_is_found_too(dock):
    key = uuid4()
    dead = dock.caller(Carrier(), held=0.3)
    dock.paid(key, calling=dead)  # it never ran
    carrier = Carrier()
    dock.run(dock.caller(carrier))
    wait_until(lambda: dock.states()[key] == "SHIPPED")
    assert carrier.asked[key] == 1


def test_an_answer_that_two_instances_record_takes_effect_once(dock):
    key = uuid4()
    dock.paid(key)
    first = dock.take(lease=0)
    second = dock.take()
    one, other = (Done(taken[0], Booked("test", "T")) for taken in (first, second))
    idle = dock.caller(Carrier())
    threads = [threading.Thread(target=partial(dock.recorder().record, [done], idle)) for done in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dock.events() == {"OrderShipped": 1}
    assert dock.query("SELECT count(*) FROM outbox") == [(1,)]
    # And once more, long after.
    dock.recorder().record([one, one, other], idle)
    assert dock.query("SELECT count(*) FROM outbox") == [(1,)]


def test_events_of_an_answer_have_the_id_that_the_record_gave_the_call(dock):
    key = uuid4()
    dock.paid(key)
    (taken,) = dock.take()
    dock.recorder().record([Done(taken, Booked("test", "T"))], dock.caller(Carrier()))
    from services.chassis.decide.ids import derived

    assert [row.event_id for row in dock.published] == [derived("shipping", taken.id, 0)]


def test_an_answer_that_cannot_take_effect_leaves_its_call_open_and_keeps_no_other_back(dock):
    good, bad = uuid4(), uuid4()
    dock.paid(good, bad)
    done = [
        Done(one, Booked("test", "T") if one.call.key == good else object())  # a provider's adapter has a bug
        for one in dock.take()
    ]
    dock.recorder().record(done, dock.caller(Carrier()))
    assert dock.states() == {good: "SHIPPED", bad: "BOOKING"}
    ((error,),) = dock.query("SELECT last_error FROM calls")
    assert error.startswith("its answer cannot take effect: AttributeError")


def test_a_call_that_this_version_cannot_read_stays_open_and_says_so(dock):
    key = uuid4()
    dock.paid(key)
    with dock.bench.engine.begin() as connection:
        connection.execute(text("UPDATE calls SET operation = 'shipping.later'"))
    assert dock.take() == []
    ((error,),) = dock.query("SELECT last_error FROM calls")
    assert "cannot read it" in error
    assert dock.take() == []


def test_a_lane_that_does_not_answer_takes_no_place_that_others_need(dock):
    """Country AQ never answers. Others are shipped as if it were not there."""
    carrier = Carrier(lambda call, _: 60.0 if call.country_code == "AQ" else None)
    caller = dock.caller(carrier, timeout=1.0, concurrency=8)
    dock.run(caller)
    silent, others = [uuid4() for _ in range(60)], [uuid4() for _ in range(40)]
    dock.paid(*silent, calling=caller, country="AQ")
    wait_until(lambda: sum(carrier.asked.values()) >= 8)
    began = time.monotonic()
    dock.paid(*others, calling=caller)
    wait_until(lambda: all(dock.states()[key] == "SHIPPED" for key in others))
    # Less than one timeout: nobody waited for the silent ones.
    assert time.monotonic() - began < 0.9
    assert {dock.states()[key] for key in silent} == {"BOOKING"}


def test_a_database_that_is_away_keeps_answers_until_it_is_back(dock, monkeypatch):
    carrier, key = Carrier(), uuid4()
    caller = dock.caller(carrier)
    real, away = outbox.append, threading.Event()

    def append(connection, messages, **how):
        if not away.is_set():
            away.set()
            connection._connection.close()
        return real(connection, messages, **how)

    monkeypatch.setattr("services.chassis.calls.recording.outbox.append", append)
    dock.run(caller)
    with monkeypatch.context() as patch:
        # The batch's own commit is left alone.
        patch.setattr("services.chassis.process.batch.outbox.append", real)
        dock.paid(key, calling=caller)
    wait_until(lambda: dock.states()[key] == "SHIPPED")
    assert away.is_set()
    assert carrier.asked[key] == 1


def test_stopping_puts_back_what_is_not_answered(dock):
    carrier, key = Carrier(lambda *_: 60.0), uuid4()
    caller = dock.caller(carrier, timeout=60.0)
    dock.run(caller)
    dock.paid(key, calling=caller)
    wait_until(lambda: carrier.asked[key] == 1)
    dock.stop()
    ((error,),) = dock.query("SELECT last_error FROM calls")
    assert error == "the service stopped before an answer came"
    ((seconds,),) = dock.query("SELECT extract(epoch FROM due_at - now())::float FROM calls")
    assert seconds < 1
