"""Records as a careless or hostile producer makes them, put into the real topics."""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from confluent_kafka import Producer
from quadrille.avro import encode
from quadrille.events.order import OrderCreated
from quadrille.events.types import Money, OrderDetails, OrderLine

from services.chassis.wire.decoder import frame
from services.chassis.wire.schemas import Schemas


def order_created(order_id=None) -> OrderCreated:
    price = Money(currency_code="USD", minor_units=100)
    order = OrderDetails(
        customer_id="nobody",
        lines=(OrderLine(sku="nothing", quantity=1, unit_price=price),),
        total=price,
        address_reference="nowhere",
        country_code="DE",
    )
    now = datetime.now(UTC)
    return OrderCreated(order_id=order_id or uuid4(), occurred_at=now, order=order, deadline_at=now)


def put(platform, topic: str, *records, longest: int = 1_000_000) -> None:
    """Produce pairs of key and value, and wait until the broker has them."""
    refused = []
    producer = Producer(
        {
            "bootstrap.servers": platform.kafka_bootstrap_servers,
            "partitioner": "murmur2_random",
            "message.max.bytes": longest,
        }
    )
    for key, value, *headers in records:
        producer.produce(
            topic,
            key=key,
            value=value,
            headers=headers[0] if headers else None,
            on_delivery=lambda error, _: error and refused.append(error),
        )
    assert producer.flush(30) == 0
    assert refused == []


def id_of(platform, event_type, topic: str) -> int:
    """The registry's id of an event's schema."""
    return Schemas(platform.registry_url).id_of(event_type.SCHEMA.fingerprint, topic, event_type.SCHEMA.full_name)


@contextmanager
def registered(platform, schema: dict):
    """Register a schema under a subject of its own, and delete it afterwards. Gives its id."""
    subject = f"test-{uuid4().hex[:8]}"
    answer = _call(
        platform, "POST", f"subjects/{subject}/versions", {"schema": json.dumps(schema), "schemaType": "AVRO"}
    )
    try:
        yield answer["id"]
    finally:
        _call(platform, "DELETE", f"subjects/{subject}")


def _call(platform, method, path, body=None):
    request = urllib.request.Request(  # noqa: S310 - our own registry
        f"{platform.registry_url}/{path}",
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/vnd.schemaregistry.v1+json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def a_real_value(platform, event=None) -> bytes:
    """An OrderCreated as the order service frames it."""
    event = event or order_created()
    return frame(id_of(platform, OrderCreated, "order-events"), encode(event))
