"""Floors (c) and (d): PostgreSQL alone writing the rows of the saga, and Kafka alone moving its records."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from confluent_kafka import Consumer, Producer, TopicPartition
from quadrille.avro import Event, encode
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCompleted, OrderCreated
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped
from quadrille.events.types import Money, OrderDetails, OrderLine

from bench.floor import saga

#: In the order in which a saga publishes them; each with who reads it.
READERS: dict[str, tuple[str, ...]] = {
    "OrderCreated": ("inventory", "shipping", "payment"),
    "InventoryReserved": ("payment", "order"),
    "PaymentCompleted": ("shipping", "order"),
    "OrderShipped": ("order",),
    "OrderCompleted": ("inventory", "shipping", "payment"),
}


def events(number: int, skus: int, customers: int) -> list[Event]:
    """Make the five events of one order.

    Args:
        number: Which order.
        skus: How many items there are.
        customers: How many customers.

    Returns:
        The events, in order.
    """
    now, order_id = datetime.now(UTC), uuid4()
    price, total = Money(currency_code="USD", minor_units=100), Money(currency_code="USD", minor_units=200)
    details = OrderDetails(
        customer_id=f"customer-{number % customers}",
        lines=tuple(OrderLine(sku=f"sku-{(number + n) % skus}", quantity=1, unit_price=price) for n in (0, 7)),
        total=total,
        address_reference="address-1",
        country_code="DE",
    )
    tracking = f"HC{order_id.hex[-16:].upper()}"
    return [
        OrderCreated(
            order_id=order_id,
            occurred_at=now,
            order=details,
            deadline_at=now + timedelta(hours=1),
            request_id=order_id,
        ),
        InventoryReserved(order_id=order_id, occurred_at=now, order=details),
        PaymentCompleted(order_id=order_id, occurred_at=now, order=details, charge_id=uuid4(), amount=total),
        OrderShipped(order_id=order_id, occurred_at=now, shipment_id=order_id, carrier="house", tracking_id=tracking),
        OrderCompleted(order_id=order_id, occurred_at=now, customer_id=details.customer_id, total=total),
    ]


def rows(dsns: dict[str, str], sagas: Sequence[Sequence[Event]]) -> float:
    """Write the rows of sagas whose orders are stored already, each service's from a thread of its own.

    Args:
        dsns: Of each service, its database, with the tables of `saga` and the orders.
        sagas: The events of each.

    Returns:
        Seconds.
    """
    outcomes = {"order": (1, 2, 3), "inventory": (0, 4), "payment": (1,), "shipping": (2,)}

    def work(service: str) -> None:
        with psycopg.connect(dsns[service]) as connection:
            for place in outcomes[service]:
                for first in range(0, len(sagas), saga.BATCH):
                    batch = [(uuid4(), one[place]) for one in sagas[first : first + saga.BATCH]]
                    now = datetime.now(UTC)
                    with connection.transaction():
                        cursor = connection.cursor()
                        answer = saga.HANDLES[service](cursor, batch, now)
                        _outbox(cursor, answer, now)
                    with connection.transaction():
                        connection.execute("UPDATE outbox SET published_at = now() WHERE published_at IS NULL")

    return _together([lambda service=service: work(service) for service in outcomes])  # type: ignore[misc]


def _outbox(cursor: psycopg.Cursor[Any], answer: saga.Answer, now: datetime) -> None:
    with cursor.copy("COPY outbox (event_id, topic, key, type, body, created_at) FROM STDIN") as copy:
        for cause, event in answer:
            copy.write_row((cause, "none", event.order_id, event.SCHEMA.full_name, encode(event), now))  # type: ignore[attr-defined]


def records(bootstrap: str, topics: dict[str, str], sagas: Sequence[Sequence[Event]]) -> float:
    """Publish the records of sagas with `acks=all`, and read each as often as the services do.

    Args:
        bootstrap: Kafka's addresses.
        topics: Of each service, the topic that it publishes to.
        sagas: The events of each.

    Returns:
        Seconds.
    """
    owner = {"OrderCreated": "order", "InventoryReserved": "inventory", "PaymentCompleted": "payment"}
    owner |= {"OrderShipped": "shipping", "OrderCompleted": "order"}
    expected = {reader: len(sagas) * sum(reader in readers for readers in READERS.values()) for reader in saga.READS}
    made = [
        (
            topics[owner[type(event).__name__]],
            saga.PREFIX + encode(event),
            str(event.order_id),  # type: ignore[attr-defined]
            [("ce_type", event.SCHEMA.full_name.encode()), ("ce_id", uuid4().bytes), ("ce_source", b"floor")],
        )
        for one in sagas
        for event in one
    ]

    producer: Any = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    # Connections, and the producer's own id, are there before the clock runs; so are the readers' places.
    for topic in set(topics.values()):
        producer.produce(topic, b"warm", "warm")
    producer.flush()
    sources = {"order": ("inventory", "payment", "shipping"), "inventory": ("order",)}
    sources |= {"payment": ("order", "inventory"), "shipping": ("order", "payment")}
    readers = {reader: _reader(bootstrap, [topics[name] for name in sources[reader]]) for reader in expected}

    def publish() -> None:
        for topic, value, key, headers in made:
            producer.produce(topic, value, key, headers=headers)
        producer.flush()

    def read(reader: str) -> None:
        seen = 0
        while seen < expected[reader]:
            seen += len(readers[reader].consume(saga.BATCH, 0.05))

    seconds = _together([publish, *(lambda reader=reader: read(reader) for reader in expected)])
    for reader in readers.values():
        reader.close()
    return seconds


def _reader(bootstrap: str, topics: Sequence[str]) -> Any:
    consumer: Any = Consumer({"bootstrap.servers": bootstrap, "group.id": f"floor-{uuid4()}"})
    known = consumer.list_topics().topics
    places = [TopicPartition(topic, partition) for topic in topics for partition in known[topic].partitions]
    for place in places:
        _, place.offset = consumer.get_watermark_offsets(place)
    consumer.assign(places)
    consumer.poll(0.5)
    return consumer


def _together(works: Sequence[Callable[[], None]]) -> float:
    began = time.perf_counter()
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began
