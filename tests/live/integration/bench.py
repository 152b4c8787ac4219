"""A processor and a replayer on the real PostgreSQL, with tables of their own in a schema of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch
from uuid import UUID, uuid4

from quadrille.avro import encode
from quadrille.events.order import OrderCancelRequested
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import ShipmentCancelled
from quadrille.events.topics import topic_of
from quadrille.events.types import CancelReason
from sqlalchemy import text

from services.chassis.decide.handlers import Decision, Handlers, Received, publishes
from services.chassis.decide.state import BatchState, Rows
from services.chassis.errors import Undecodable
from services.chassis.postgres.direct import Direct
from services.chassis.postgres.pipeline import Pipeline
from services.chassis.process.batch import Processor
from services.chassis.process.effects import Inbound
from services.chassis.process.replay import Replayer
from services.chassis.tables import dead_letters, migrations, outbox, outbox_maintenance, positions
from services.chassis.tables.dead_letters import OperatorRequest
from services.chassis.wire.decoder import Decoder, dataschema, frame
from services.chassis.wire.record import Record
from services.chassis.wire.schemas import Schemas
from tests.live.integration.own_schema import run_scripts
from tests.support.progress import progress_at

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TOPIC_ID = "a-topic"
PLACE = TOPIC_ID, 0
REQUEST = OperatorRequest("tester", "because")
EFFECTS = (
    'CREATE TABLE effects (place bigint GENERATED ALWAYS AS IDENTITY, key uuid NOT NULL, "offset" bigint NOT NULL)'
)


class Effects(BatchState):
    """Writes each record that was decided on."""

    def __init__(self, connection, *_):
        known = connection.execute(text("SELECT key FROM effects")).scalars()
        self.records = Rows({})
        super().__init__(NOW, {key: key for key in known}, self.records)

    def apply(self, record, _decision):
        self.rows.put(record.key, record.key)
        self.records.put((record.key, record.offset), record)

    def save(self, connection):
        for record in self.records.added():
            values = {"key": record.key, "offset": record.offset}
            connection.execute(text('INSERT INTO effects (key, "offset") VALUES (:key, :offset)'), values)


class Bench:
    """Shipping's processor and replayer. `poison` holds keys that cannot be handled; `before` runs in each handler."""

    def __init__(self, engine, registry_url):
        self.engine = engine
        self.poison = set()
        self.before = lambda _key: None
        self.published = []
        self.progress = progress_at({PLACE: 0})
        self.topic = topic_of(OrderCancelRequested)
        self.schemas = schemas = Schemas(registry_url)
        schemas.look_up("order")
        self.schema = OrderCancelRequested.SCHEMA
        self.schema_id = schemas.id_of(self.schema.fingerprint, self.topic.name, self.schema.full_name)

        @publishes(ShipmentCancelled)
        def on_order_cancel_requested(_row, event, context):
            self.before(event.order_id)
            if event.order_id in self.poison:
                raise ValueError("it cannot be handled")
            return Decision(None, (ShipmentCancelled(order_id=event.order_id, occurred_at=context.now),))

        @publishes()
        def on_payment_completed(_row, _event, _books):
            return Decision()

        on = {OrderCancelRequested: on_order_cancel_requested, PaymentCompleted: on_payment_completed}
        handlers = Handlers("shipping", Effects, on)
        self.processor = Processor(Direct(engine), handlers, self.published.extend, lambda: NOW)
        self.replayer = Replayer(engine, handlers, Decoder("shipping", schemas), self.published.extend, lambda: NOW)

    def record(self, offset, key: UUID | None = None):
        event = OrderCancelRequested(
            order_id=key or uuid4(), occurred_at=NOW, customer_id="c1", reason=CancelReason.DEADLINE_EXCEEDED
        )
        received = Received(event, event.order_id, uuid4(), self.topic, 0, offset, None)
        headers = [
            ("ce_id", str(received.event_id).encode()),
            ("ce_dataschema", dataschema(self.schema.fingerprint).encode()),
        ]
        value = frame(self.schema_id, encode(event))
        return Inbound(
            self.topic, TOPIC_ID, 0, offset, Record(str(event.order_id).encode(), value, headers), received, None
        )

    def skipped(self, offset):
        return replace(self.record(offset), received=None)

    def undecodable(self, offset, key: UUID | None = None):
        of_no_event = self.with_bytes(self.record(offset, key), value=b"x")
        return replace(of_no_event, received=None, error=Undecodable("no event"))

    def with_bytes(self, inbound, **changes):
        return replace(inbound, record=inbound.record._replace(**changes))

    def dies(self, *records):
        """Run records while their keys cannot be handled, and let them be handled from then on."""
        self.poison.update(record.received.key for record in records)
        self.processor.run(records, self.progress)
        self.poison.clear()

    def position(self):
        with self.engine.connect() as connection:
            return positions.load(connection, [PLACE])[PLACE]

    def effects(self):
        return {key for key, _ in self.order_of_effects()}

    def order_of_effects(self):
        with self.engine.connect() as connection:
            found = connection.execute(text('SELECT key, "offset" FROM effects ORDER BY place'))
            return [tuple(row) for row in found]

    def letters(self, state="OPEN"):
        with self.engine.connect() as connection:
            statement = text('SELECT "offset", error_type FROM dead_letters WHERE state = :state ORDER BY id')
            return [tuple(row) for row in connection.execute(statement, {"state": state})]

    def open(self, **filters):
        with self.engine.connect() as connection:
            return dead_letters.page(connection, after=0, limit=10_000, state="OPEN", **filters)

    def history(self, id_):
        with self.engine.connect() as connection:
            return [(row.action, row.actor, row.reason, row.error) for row in dead_letters.history(connection, id_)]

    def create(self):
        scripts = (
            migrations.POSITIONS,
            migrations.EPOCHS,
            outbox.CREATE,
            dead_letters.CREATE,
            dead_letters.EXPAND,
            EFFECTS,
        )
        with self.engine.begin() as connection:
            run_scripts(connection, *scripts)
            outbox_maintenance.maintain(connection, retention=topic_of(ShipmentCancelled).retention)
            positions.start(connection, TOPIC_ID, "test", 0, 0)

    def transactions(self, work):
        """Count the transactions of some work, those taken back included."""
        with patch.object(Pipeline, "begin", autospec=True, side_effect=Pipeline.begin) as begin:
            work()
        return begin.call_count
