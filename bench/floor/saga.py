"""Floor (a): four processes with confluent-kafka, psycopg and the generated codec, and no abstraction at all.

The happy path of the same saga, in batches of 500: decode, one row for each order, one for each event, outbox, commit,
publish with `acks=all`, mark as published, commit offsets. The same records, topics, partitions, headers and servers.
What it leaves out is what a chassis is for: nothing is compared before it is written, so a record that comes twice
takes effect twice; no process may die, no record may be bad, no order may fail or be cancelled.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import psycopg
from confluent_kafka import Consumer, Producer
from psycopg.types.json import Jsonb
from quadrille.avro import Event, decode, encode
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCompleted, OrderCreated
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped
from quadrille.events.types import Money, OrderDetails, OrderLine

BATCH = 500
#: How long a batch is waited for.
LINGER_SECONDS = 0.015
PREFIX = b"\0\0\0\0\1"

TABLES = {
    "order": """
        CREATE TABLE orders (order_id uuid PRIMARY KEY, customer_id text NOT NULL, currency_code text NOT NULL,
            total bigint NOT NULL, lines jsonb NOT NULL, state text NOT NULL, created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL);
        CREATE INDEX ON orders (order_id) WHERE state <> 'COMPLETED';
        CREATE TABLE steps (order_id uuid NOT NULL, sequence int NOT NULL, event text NOT NULL, service text NOT NULL,
            occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, PRIMARY KEY (order_id, sequence))""",
    "inventory": """
        CREATE TABLE reservations (order_id uuid PRIMARY KEY, state text NOT NULL, lines jsonb NOT NULL,
            updated_at timestamptz NOT NULL);
        CREATE TABLE items (sku text PRIMARY KEY, on_hand bigint NOT NULL, held bigint NOT NULL,
            shipped bigint NOT NULL)""",
    "payment": """
        CREATE TABLE payments (order_id uuid PRIMARY KEY, state text NOT NULL, customer_id text NOT NULL,
            charged bigint NOT NULL, charge_id uuid, updated_at timestamptz NOT NULL);
        CREATE TABLE accounts (customer_id text PRIMARY KEY, balance bigint NOT NULL)""",
    "shipping": """
        CREATE TABLE shipments (order_id uuid PRIMARY KEY, state text NOT NULL, tracking_id text,
            created_at timestamptz NOT NULL)""",
}
OUTBOX = """
    CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL,
        topic text NOT NULL, key uuid NOT NULL, type text NOT NULL, body bytea NOT NULL,
        created_at timestamptz NOT NULL, published_at timestamptz);
    CREATE INDEX ON outbox (id) WHERE published_at IS NULL
"""
READS = {
    "order": ["inventory", "payment", "shipping"],
    "inventory": ["order"],
    "payment": ["inventory"],
    "shipping": ["payment"],
}

Answer = list[tuple[UUID, Event]]  # what each is caused by, and what is published
Handle = Callable[[psycopg.Cursor[Any], Sequence[tuple[UUID, Event]], datetime], Answer]


class Kafka:
    """Where to read and write."""

    def __init__(self, bootstrap: str, topics: dict[str, str]) -> None:
        """Take the addresses.

        Args:
            bootstrap: Kafka's.
            topics: Of each service, the topic that it publishes to.
        """
        self.bootstrap = bootstrap
        self.topics = topics


def make_tables(dsn: str, service: str) -> None:
    """Make a service's tables.

    Args:
        dsn: Its database.
        service: Its name.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute(TABLES[service])
        connection.execute(OUTBOX)


class Outbox:
    """Writes events in the transaction, publishes them after it, marks them in the next one."""

    def __init__(self, kafka: Kafka, service: str) -> None:
        """Make the producer.

        Args:
            kafka: Where to.
            service: Who publishes.
        """
        self._topic = kafka.topics[service]
        self._source = f"/services/{service}".encode()
        self._producer: Any = Producer(
            {
                "bootstrap.servers": kafka.bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "partitioner": "murmur2_random",
                "queue.buffering.max.messages": 100_000,
                # It outlives its broker by a moment.
                "log_level": 0,
            }
        )

    def write(self, cursor: psycopg.Cursor[Any], answer: Answer, now: datetime) -> list[Any]:
        """Write events.

        Args:
            cursor: In the transaction.
            answer: The events.
            now: The time.

        Returns:
            What `publish` takes.
        """
        rows = [
            (uuid5(NAMESPACE_OID, cause.hex), self._topic, event.order_id, event.SCHEMA.full_name, encode(event), now)  # type: ignore[attr-defined]
            for cause, event in answer
        ]
        with cursor.copy("COPY outbox (event_id, topic, key, type, body, created_at) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return rows

    def publish(self, connection: psycopg.Connection[Any], rows: Sequence[Any]) -> None:
        """Publish what was committed, and mark it.

        Args:
            connection: The database.
            rows: As `write` gave them.
        """
        for event_id, topic, key, kind, body, now in rows:
            headers = [
                ("ce_specversion", b"1.0"),
                ("ce_id", str(event_id).encode()),
                ("ce_type", kind.encode()),
                ("ce_source", self._source),
                ("ce_time", now.isoformat().encode()),
                ("content-type", b"application/avro"),
            ]
            self._producer.produce(topic, value=PREFIX + body, key=str(key), headers=headers)
        self._producer.flush()
        with connection.transaction():
            connection.execute("UPDATE outbox SET published_at = now() WHERE published_at IS NULL")


def on_orders(cursor: psycopg.Cursor[Any], batch: Sequence[tuple[UUID, Event]], now: datetime) -> Answer:
    """Inventory: hold stock, or book it as shipped."""
    created = [(cause, event) for cause, event in batch if isinstance(event, OrderCreated)]
    completed = [event.order_id for _, event in batch if isinstance(event, OrderCompleted)]
    held: Counter[str] = Counter()
    with cursor.copy("COPY reservations (order_id, state, lines, updated_at) FROM STDIN") as copy:
        for _, event in created:
            lines = [(line.sku, line.quantity) for line in event.order.lines]
            for sku, quantity in lines:
                held[sku] += quantity
            copy.write_row((event.order_id, "HELD", json.dumps(lines), now))
    _move(cursor, held, "on_hand = on_hand - v.n, held = held + v.n")
    if completed:
        cursor.execute(
            "UPDATE reservations SET state = 'SHIPPED', updated_at = %s WHERE order_id = ANY(%s) RETURNING lines",
            (now, completed),
        )
        shipped: Counter[str] = Counter()
        for (lines,) in cursor.fetchall():
            for sku, quantity in lines:
                shipped[sku] += quantity
        _move(cursor, shipped, "held = held - v.n, shipped = shipped + v.n")
    return [
        (cause, InventoryReserved(order_id=event.order_id, occurred_at=now, order=event.order))
        for cause, event in created
    ]


def _move(cursor: psycopg.Cursor[Any], moved: Counter[str], how: str) -> None:
    if moved:
        skus = sorted(moved)
        cursor.execute(
            f"UPDATE items SET {how} FROM unnest(%s::text[], %s::bigint[]) AS v(sku, n) WHERE items.sku = v.sku",  # noqa: S608
            (skus, [moved[sku] for sku in skus]),
        )


def on_reserved(cursor: psycopg.Cursor[Any], batch: Sequence[tuple[UUID, Event]], now: datetime) -> Answer:
    """Payment: charge."""
    charged: Counter[str] = Counter()
    answer: Answer = []
    with cursor.copy("COPY payments (order_id, state, customer_id, charged, charge_id, updated_at) FROM STDIN") as copy:
        for cause, event in batch:
            if not isinstance(event, InventoryReserved):
                continue
            order, charge = event.order, uuid4()
            charged[order.customer_id] += order.total.minor_units
            copy.write_row((event.order_id, "CHARGED", order.customer_id, order.total.minor_units, charge, now))
            completed = PaymentCompleted(
                order_id=event.order_id, occurred_at=now, order=order, charge_id=charge, amount=order.total
            )
            answer.append((cause, completed))
    customers = sorted(charged)
    cursor.execute(
        "UPDATE accounts AS a SET balance = balance - v.n FROM unnest(%s::text[], %s::bigint[]) AS v(customer_id, n) "
        "WHERE a.customer_id = v.customer_id",
        (customers, [charged[customer] for customer in customers]),
    )
    return answer


def on_paid(cursor: psycopg.Cursor[Any], batch: Sequence[tuple[UUID, Event]], now: datetime) -> Answer:
    """Shipping: ship."""
    answer: Answer = []
    with cursor.copy("COPY shipments (order_id, state, tracking_id, created_at) FROM STDIN") as copy:
        for cause, event in batch:
            if not isinstance(event, PaymentCompleted):
                continue
            tracking = f"HC{event.order_id.hex[-16:].upper()}"
            copy.write_row((event.order_id, "SHIPPED", tracking, now))
            shipped = OrderShipped(
                order_id=event.order_id,
                occurred_at=now,
                shipment_id=event.order_id,
                carrier="house",
                tracking_id=tracking,
            )
            answer.append((cause, shipped))
    return answer


_SEQUENCE = {"InventoryReserved": 2, "PaymentCompleted": 3, "OrderShipped": 4, "OrderCompleted": 5}
_SERVICE = {"InventoryReserved": "inventory", "PaymentCompleted": "payment", "OrderShipped": "shipping"}


def on_replies(cursor: psycopg.Cursor[Any], batch: Sequence[tuple[UUID, Event]], now: datetime) -> Answer:
    """Order: a step for each event, and the end."""
    with cursor.copy("COPY steps (order_id, sequence, event, service, occurred_at, recorded_at) FROM STDIN") as copy:
        shipped = []
        for cause, event in batch:
            name = type(event).__name__
            order_id, at = event.order_id, event.occurred_at  # type: ignore[attr-defined]
            copy.write_row((order_id, _SEQUENCE[name], name, _SERVICE[name], at, now))
            if name == "OrderShipped":
                copy.write_row((order_id, 5, "OrderCompleted", "order", now, now))
                shipped.append((cause, order_id))
    states: dict[UUID, str] = {}
    for _, event in batch:
        # Replies come by three topics: what was shipped may be told before what was paid.
        if isinstance(event, OrderShipped):
            states[event.order_id] = "COMPLETED"
        else:
            states.setdefault(event.order_id, "PENDING")  # type: ignore[attr-defined]
    cursor.execute(
        "UPDATE orders AS o SET state = v.state, updated_at = %s FROM unnest(%s::uuid[], %s::text[]) AS v(id, state) "
        "WHERE o.order_id = v.id AND o.state <> 'COMPLETED' RETURNING o.order_id, o.customer_id, o.total",
        (now, list(states), list(states.values())),
    )
    known = {order_id: (customer, total) for order_id, customer, total in cursor.fetchall()}
    answer: Answer = []
    for cause, order_id in shipped:
        customer, total = known[order_id]
        amount = Money(currency_code="USD", minor_units=total)
        completed = OrderCompleted(order_id=order_id, occurred_at=now, customer_id=customer, total=amount)
        answer.append((cause, completed))
    return answer


HANDLES: dict[str, Handle] = {
    "order": on_replies,
    "inventory": on_orders,
    "payment": on_reserved,
    "shipping": on_paid,
}
TYPES: dict[bytes, type[Event]] = {
    event.SCHEMA.full_name.encode(): event
    for event in (OrderCreated, InventoryReserved, PaymentCompleted, OrderShipped, OrderCompleted)
}


def serve(service: str, dsn: str, kafka: Kafka, linger: float) -> None:
    """Be one service until killed.

    Args:
        service: Which.
        dsn: Its database.
        kafka: Where to read and write.
        linger: Seconds that a batch is waited for; 0 for whatever is there with the first record.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    handle = HANDLES[service]
    wanted = {kind for kind, event in TYPES.items() if service != "inventory" or "order" in event.__module__}
    outbox = Outbox(kafka, service)
    consumer: Any = Consumer(
        {
            "bootstrap.servers": kafka.bootstrap,
            "group.id": f"floor-{service}-{os.getpid()}",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "queued.max.messages.kbytes": 16384,
        }
    )
    consumer.subscribe([kafka.topics[other] for other in READS[service]])
    with psycopg.connect(dsn) as connection:
        while True:
            if linger:
                messages = consumer.consume(BATCH, linger)
            else:
                messages = consumer.consume(1, 1.0) + consumer.consume(BATCH - 1, 0)
            batch = []
            for message in messages:
                headers = dict(message.headers())
                kind = headers["ce_type"]
                if kind in wanted:
                    batch.append((UUID(headers["ce_id"].decode()), decode(TYPES[kind], message.value()[5:])))
            if not batch:
                continue
            now = datetime.now(UTC)
            with connection.transaction():
                cursor = connection.cursor()
                rows = outbox.write(cursor, handle(cursor, batch, now), now)
            outbox.publish(connection, rows)
            consumer.commit(asynchronous=True)


def furnish(dsns: dict[str, str], stock: int, skus: int, customers: int) -> None:
    """Put stock and accounts.

    Args:
        dsns: Of each service, its database.
        stock: Of each item.
        skus: How many items there are.
        customers: How many customers.
    """
    with psycopg.connect(dsns["inventory"]) as connection, connection.cursor().copy("COPY items FROM STDIN") as copy:
        for n in range(skus):
            copy.write_row((f"sku-{n}", stock, 0, 0))
    with psycopg.connect(dsns["payment"]) as connection, connection.cursor().copy("COPY accounts FROM STDIN") as copy:
        for n in range(customers):
            copy.write_row((f"customer-{n}", 10**12))


class Placer:
    """Places orders: rows, first steps, events."""

    def __init__(self, connection: psycopg.Connection[Any], kafka: Kafka, skus: int, customers: int) -> None:
        """Prepare.

        Args:
            connection: To the order database.
            kafka: Where to publish.
            skus: How many items there are.
            customers: How many customers.
        """
        self._connection, self._outbox = connection, Outbox(kafka, "order")
        self._skus, self._customers = skus, customers

    def place(self, numbers: range) -> list[UUID]:
        """Place orders in one transaction.

        Args:
            numbers: Of the orders.

        Returns:
            Their ids.
        """
        price, total = Money(currency_code="USD", minor_units=100), Money(currency_code="USD", minor_units=200)
        now = datetime.now(UTC)
        answer: Answer = []
        with self._connection.transaction():
            cursor = self._connection.cursor()
            with cursor.copy("COPY orders FROM STDIN") as copy:
                for number in numbers:
                    lines = tuple(
                        OrderLine(sku=f"sku-{(number + n) % self._skus}", quantity=1, unit_price=price) for n in (0, 7)
                    )
                    details = OrderDetails(
                        customer_id=f"customer-{number % self._customers}",
                        lines=lines,
                        total=total,
                        address_reference="address-1",
                        country_code="DE",
                    )
                    order_id = uuid4()
                    told = Jsonb([[line.sku, line.quantity, line.unit_price.minor_units] for line in lines])
                    copy.write_row((order_id, details.customer_id, "USD", 200, told, "PENDING", now, now))
                    created = OrderCreated(
                        order_id=order_id,
                        occurred_at=now,
                        order=details,
                        deadline_at=now + timedelta(hours=1),
                        request_id=order_id,
                    )
                    answer.append((order_id, created))
            with cursor.copy("COPY steps FROM STDIN") as copy:
                for order_id, _ in answer:
                    copy.write_row((order_id, 1, "OrderCreated", "order", now, now))
            rows = self._outbox.write(cursor, answer, now)
        self._outbox.publish(self._connection, rows)
        return [order_id for order_id, _ in answer]


def place(dsn: str, kafka: Kafka, numbers: range, skus: int, customers: int) -> None:
    """Place many orders.

    Args:
        dsn: The order database.
        kafka: Where to publish.
        numbers: Of the orders.
        skus: How many items there are.
        customers: How many customers.
    """
    with psycopg.connect(dsn) as connection:
        placer = Placer(connection, kafka, skus, customers)
        for first in range(numbers.start, numbers.stop, BATCH):
            placer.place(range(first, min(first + BATCH, numbers.stop)))


def insert_orders(dsn: str, created: Sequence[Event]) -> None:
    """Store orders without publishing them.

    Args:
        dsn: The order database.
        created: Their `OrderCreated` events.
    """
    with psycopg.connect(dsn) as connection, connection.cursor().copy("COPY orders FROM STDIN") as copy:
        for event in created:
            if isinstance(event, OrderCreated):
                order, at = event.order, event.occurred_at
                row = (event.order_id, order.customer_id, "USD", order.total.minor_units, "[]", "PENDING", at, at)
                copy.write_row(row)


def start(dsns: dict[str, str], kafka: Kafka, linger: float) -> dict[str, multiprocessing.process.BaseProcess]:
    """Start the four processes.

    Args:
        dsns: Of each service, its database.
        kafka: Where to read and write.
        linger: As for `serve`.

    Returns:
        The processes by service; the caller kills them.
    """
    context = multiprocessing.get_context("spawn")
    processes: dict[str, multiprocessing.process.BaseProcess] = {}
    for service, dsn in dsns.items():
        processes[service] = context.Process(target=serve, args=(service, dsn, kafka, linger), daemon=True)
        processes[service].start()
    return processes


def unsettled(connection: psycopg.Connection[Any]) -> int:
    """Count the orders that are not completed.

    Args:
        connection: To the order database.

    Returns:
        How many.
    """
    row = connection.execute("SELECT count(*) FROM orders WHERE state <> 'COMPLETED'").fetchone()
    return row[0] if row else 0
