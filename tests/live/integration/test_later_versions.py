"""What a later version left behind, when it runs beside this one or was rolled back: this version copes with it."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import psycopg
import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from quadrille.avro import encode
from quadrille.events.order import InventoryRollback
from quadrille.events.payment import PaymentRefunded
from quadrille.events.topics import TOPICS, topic_of
from quadrille.events.types import CancelReason, Money
from sqlalchemy import create_engine, text

from services.chassis.decide.handlers import Received
from services.chassis.errors import SchemaUnknown
from services.chassis.publish.publisher import Publisher
from services.chassis.tables import outbox_maintenance
from services.chassis.tables.outbox import Row
from services.chassis.wire.schemas import Schemas
from services.order.decisions import on_payment_refunded
from services.order.state import load

pytestmark = pytest.mark.live

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def later(platform):
    """A schema that is registered under a subject of its own, and not in this version's history."""
    raw = json.loads(InventoryRollback.SCHEMA.text)
    raw["fields"].append({"name": "note", "type": ["null", "string"], "doc": "Why.", "default": None})
    written = json.dumps(raw, separators=(",", ":"), ensure_ascii=False)
    topic = f"later-{uuid4().hex[:8]}"
    full_name = InventoryRollback.SCHEMA.full_name
    with SchemaRegistryClient({"url": platform.registry_url}) as client:
        client.register_schema(f"{topic}-{full_name}", Schema(InventoryRollback.SCHEMA.text, "AVRO"))
        id_ = client.register_schema(f"{topic}-{full_name}", Schema(written, "AVRO"))
    return topic, full_name, written, id_


@pytest.fixture
def kept():
    """What other versions kept, by fingerprint; a test may change how it is looked up."""
    return {"look": lambda _: None}


@pytest.fixture
def schemas(platform, kept):
    return Schemas(platform.registry_url, lambda fingerprint: kept["look"](fingerprint))


@pytest.fixture
def engine(platform):
    made = create_engine(platform.database_url("order").replace("postgresql://", "postgresql+psycopg://"))
    yield made
    made.dispose()


def test_an_outbox_row_of_a_later_version_is_published_under_that_versions_id(later, schemas, kept, engine):
    topic, full_name, written, id_ = later
    fingerprint = hashlib.sha256(written.encode()).hexdigest()
    with engine.connect() as connection:
        transaction = connection.begin()
        kept["look"] = partial(outbox_maintenance.kept_schema, connection)
        with pytest.raises(SchemaUnknown):
            schemas.id_of(fingerprint, topic, full_name)
        # What the later version does when it starts.
        outbox_maintenance.keep_schemas(connection, {fingerprint: written})
        outbox_maintenance.keep_schemas(connection, {fingerprint: written})
        assert schemas.id_of(fingerprint, topic, full_name) == id_
        transaction.rollback()


def test_every_service_keeps_the_schemas_that_it_writes_with(platform):
    for topic in TOPICS:
        with psycopg.connect(platform.database_url(topic.owner)) as connection:
            kept = dict(connection.execute("SELECT fingerprint, schema FROM outbox_schemas").fetchall())
        for binding in topic.events:
            assert kept[binding.event.SCHEMA.fingerprint] == binding.event.SCHEMA.text


def test_a_row_of_an_unknown_schema_holds_back_its_own_key_and_no_other(platform, later, schemas, engine):
    topic, full_name, _, _ = later
    servers = {"bootstrap.servers": platform.kafka_bootstrap_servers}
    admin = AdminClient(servers)
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(20)
    stuck, free = uuid4(), uuid4()

    def row(id_: int, key, fingerprint: str = InventoryRollback.SCHEMA.fingerprint) -> Row:
        body = encode(InventoryRollback(order_id=key, occurred_at=NOW, reason=CancelReason.CUSTOMER_REQUEST))
        return Row(uuid4(), topic, key, full_name, fingerprint, body, None, id_, NOW)

    publisher = Publisher(platform.kafka_bootstrap_servers, "order", engine, schemas)
    publisher.publish([row(1, stuck, "0" * 64), row(2, stuck), row(3, free)])
    assert publisher._producer.flush(20) == 0
    with closing(Consumer({**servers, "group.id": topic})) as consumer:
        consumer.assign([TopicPartition(topic, 0, 0)])
        message = consumer.poll(20)
        assert message is not None
        assert message.error() is None
        assert message.key().decode() == str(free)
        assert consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20) == (0, 1)


def test_a_reason_that_a_later_version_wrote_is_kept_by_this_one(engine):
    order_id = uuid4()
    event = PaymentRefunded(order_id=order_id, occurred_at=NOW, amount=Money(currency_code="USD", minor_units=0))
    record = Received(event, order_id, uuid4(), topic_of(PaymentRefunded), 0, 0, None)
    columns = {
        "order_id": order_id,
        "request_id": uuid4(),
        "hash": b"h",
        "now": NOW,
        "deadline": NOW + timedelta(hours=1),
    }
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            text(
                "INSERT INTO orders (order_id, customer_id, request_id, request_hash, currency_code, total, lines,"
                " address_reference, country_code, created_at, deadline_at, state, cancel_reason, awaits_release,"
                " awaits_refund, settled, seen, updated_at) VALUES (:order_id, 'c', :request_id, :hash, 'USD', 1, '[]',"
                " 'home', 'DE', :now, :deadline, 'CANCELLED', 'OF_A_LATER_VERSION', false, true, false,"
                " 'OrderCreated InventoryFailed OrderCancelled', :now)"
            ),
            columns,
        )
        books = load(connection, [record], NOW)
        row = books.row(order_id)
        assert row is not None
        assert row.cancel_reason is CancelReason.UNKNOWN
        books.apply(record, on_payment_refunded(row, event, books))
        books.save(connection)
        found = connection.execute(
            text("SELECT cancel_reason, settled FROM orders WHERE order_id = :order_id"), {"order_id": order_id}
        ).one()
        transaction.rollback()
    assert tuple(found) == ("OF_A_LATER_VERSION", True)
