"""A batch's transactions on the real PostgreSQL: what moves together, what is split off, what waits behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy
from quadrille.events.order import OrderCancelRequested
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import ShipmentCancelled
from quadrille.events.topics import topic_of
from quadrille.events.types import CancelReason
from sqlalchemy import text

from services.chassis.decide.handlers import Decision, Handlers, Received, publishes
from services.chassis.decide.state import BatchState
from services.chassis.errors import PositionTaken, Undecodable
from services.chassis.postgres.direct import Direct
from services.chassis.process.batch import Processor
from services.chassis.process.effects import Inbound
from services.chassis.tables import dead_letters, migrations, outbox, outbox_maintenance, positions
from services.chassis.tables.positions import Position
from services.chassis.wire.record import Record
from tests.live.integration.own_schema import own_schema, run_scripts
from tests.support.progress import progress_at

pytestmark = pytest.mark.live

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TOPIC_ID = "a-topic"
PLACE = TOPIC_ID, 0


class Effects(BatchState):
    """Writes each key that was decided on."""

    def __init__(self, connection, *_):
        known = connection.execute(text("SELECT key FROM effects")).scalars()
        super().__init__(NOW, {key: key for key in known})

    def apply(self, record, _decision):
        self.rows.put(record.key, record.key)

    def save(self, connection):
        for key in self.rows.added():
            connection.execute(text("INSERT INTO effects VALUES (:key)"), {"key": key})


class BatchBench:
    """A processor of shipping's, on tables of its own in a schema of its own."""

    def __init__(self, engine):
        self.engine = engine
        self.poison = set()
        self.published = []
        self.progress = progress_at({PLACE: 0})
        self.topic = topic_of(OrderCancelRequested)

        @publishes(ShipmentCancelled)
        def on_order_cancel_requested(_row, event, context):
            if event.order_id in self.poison:
                raise ValueError("it cannot be handled")
            return Decision(None, (ShipmentCancelled(order_id=event.order_id, occurred_at=context.now),))

        @publishes()
        def on_payment_completed(_row, _event, _books):
            return Decision()

        on = {OrderCancelRequested: on_order_cancel_requested, PaymentCompleted: on_payment_completed}
        handlers = Handlers("shipping", Effects, on)
        # On the model of the server, which has no connections of its own to give.
        transactions = Direct(engine) if isinstance(engine, sqlalchemy.Engine) else engine
        self.processor = Processor(transactions, handlers, self.published.extend, lambda: NOW)

    def record(self, offset, key=None):
        event = OrderCancelRequested(
            order_id=key or uuid4(), occurred_at=NOW, customer_id="c1", reason=CancelReason.DEADLINE_EXCEEDED
        )
        received = Received(event, event.order_id, uuid4(), self.topic, 0, offset, None)
        key_bytes = str(event.order_id).encode()
        return Inbound(self.topic, TOPIC_ID, 0, offset, Record(key_bytes, b"bytes", [("ce_id", b"1")]), received, None)

    def skipped(self, offset):
        return replace(self.record(offset), received=None)

    def undecodable(self, offset):
        return replace(self.record(offset), received=None, error=Undecodable("no event"))

    def position(self):
        with self.engine.connect() as connection:
            return positions.load(connection, [PLACE])[PLACE]

    def effects(self):
        with self.engine.connect() as connection:
            return set(connection.execute(text("SELECT key FROM effects")).scalars())

    def letters(self):
        with self.engine.connect() as connection:
            found = connection.execute(text('SELECT "offset", error_type FROM dead_letters ORDER BY id'))
            return [tuple(row) for row in found]


SCRIPTS = (
    migrations.POSITIONS,
    migrations.EPOCHS,
    outbox.CREATE,
    dead_letters.CREATE,
    "CREATE TABLE effects (key uuid)",
)


@pytest.fixture
def bench(platform):
    with own_schema(platform) as engine:
        with engine.begin() as connection:
            run_scripts(connection, *SCRIPTS)
            outbox_maintenance.maintain(connection, retention=topic_of(ShipmentCancelled).retention)
            positions.start(connection, TOPIC_ID, "test", 0, 0)
        yield BatchBench(engine)


def test_a_batch_moves_its_position_with_its_effects_and_its_events(bench):
    batch = [bench.record(0), bench.skipped(1), bench.record(2)]
    bench.processor.run(batch, bench.progress)
    assert bench.position() == bench.progress[PLACE].offset == 3
    assert bench.effects() == {batch[0].received.key, batch[2].received.key} == {row.key for row in bench.published}
    assert (bench.processor.handled, bench.processor.skipped) == (2, 1)


def test_a_batch_whose_position_was_taken_leaves_nothing_behind(bench):
    zombie = progress_at(bench.progress.offsets())
    bench.processor.run([bench.record(0)], bench.progress)
    before = bench.effects()
    with pytest.raises(PositionTaken):
        bench.processor.run([bench.record(0)], zombie)
    assert bench.effects() == before
    assert bench.position() == 1


def test_skipped_records_cost_no_transaction_and_move_with_the_next_one(bench):
    bench.processor.run([bench.skipped(0), bench.skipped(1)], bench.progress)
    assert bench.position() == 0
    assert bench.progress[PLACE].read_to == 2
    bench.progress.begin(("other-topic", 0), ("other", 0), Position(7, None))
    with bench.engine.begin() as connection:
        positions.start(connection, "other-topic", "test", 0, 7)
    bench.processor.run([replace(bench.record(7), topic_id="other-topic")], bench.progress)
    assert bench.position() == bench.progress[PLACE].offset == 2
    assert bench.progress["other-topic", 0].offset == 8


def test_skipped_records_are_moved_past_when_nothing_else_comes(bench):
    bench.processor.run([bench.skipped(0)], bench.progress)
    bench.processor.flush(bench.progress)
    assert bench.position() == bench.progress[PLACE].offset == 1
    bench.processor.flush(bench.progress)
    assert bench.position() == 1


def test_positions_move_with_the_epoch_of_the_last_record_that_was_read_skipped_ones_included(bench):
    def kept():
        with bench.engine.connect() as connection:
            return positions.kept(connection, [PLACE])[PLACE]

    assert kept() == (0, None)
    bench.progress.read({PLACE: 4})
    bench.processor.run([bench.record(0)], bench.progress)
    assert kept() == (1, 4)
    bench.progress.read({PLACE: 6})
    bench.processor.run([bench.skipped(1)], bench.progress)
    assert kept() == (1, 4)
    bench.processor.flush(bench.progress)
    assert kept() == (2, 6)
    bench.progress.read({PLACE: None})
    bench.processor.run([bench.record(2)], bench.progress)
    assert kept() == (3, None)


def test_skipped_records_of_a_partition_that_is_gone_are_forgotten(bench):
    bench.processor.run([bench.skipped(0)], bench.progress)
    bench.progress.forget(PLACE)
    bench.processor.flush(bench.progress)
    assert bench.position() == 0


def test_a_poison_record_becomes_a_dead_letter_and_the_others_take_effect(bench):
    batch = [bench.record(n) for n in range(9)]
    bench.poison.add(batch[4].received.key)
    bench.processor.run(batch, bench.progress)
    assert bench.letters() == [(4, "ValueError")]
    assert bench.effects() == {record.received.key for n, record in enumerate(batch) if n != 4}
    assert bench.position() == 9


def test_bytes_that_are_no_event_become_a_dead_letter(bench):
    bench.processor.run([bench.record(0), bench.undecodable(1), bench.record(2)], bench.progress)
    assert bench.letters() == [(1, "Undecodable")]
    assert len(bench.effects()) == 2
    assert bench.position() == 3


def test_later_records_of_a_dead_letters_key_wait_behind_it(bench):
    key = uuid4()
    bench.poison.add(key)
    bench.processor.run([bench.record(0, key)], bench.progress)
    bench.poison.clear()
    other = bench.record(2)
    bench.processor.run([bench.record(1, key), other, bench.record(3, key)], bench.progress)
    assert bench.letters() == [(0, "ValueError"), (1, "Waiting"), (3, "Waiting")]
    assert bench.effects() == {other.received.key}
    assert bench.position() == 4


def test_nothing_is_published_and_no_position_is_believed_to_have_moved_before_a_sent_commit_is_waited_for(bench):
    batch = [bench.record(0), bench.skipped(1)]
    bench.processor.run(batch, bench.progress, wait=False)
    assert bench.processor.committing
    assert (bench.progress.offsets(), bench.published, bench.processor.handled) == ({PLACE: 0}, [], 0)
    bench.processor.finish()
    assert not bench.processor.committing
    assert bench.position() == bench.progress[PLACE].offset == 2
    assert [row.key for row in bench.published] == [batch[0].received.key]
    bench.processor.finish()
    assert len(bench.published) == 1


def test_poison_in_a_batch_that_is_not_waited_for_becomes_a_dead_letter_as_well(bench):
    batch = [bench.record(n) for n in range(3)]
    bench.poison.add(batch[1].received.key)
    bench.processor.run(batch, bench.progress, wait=False)
    bench.processor.finish()
    assert bench.letters() == [(1, "ValueError")]
    assert bench.position() == 3
