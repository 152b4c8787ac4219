"""Floor (b): a bare grpc.aio server that commits in groups.

The same request and answer, the same three kinds of rows (order, first step, outbox with the encoded event), one
transaction for whatever has arrived while the last one committed. What it leaves out: it checks nothing but that ids
and amounts can be read, it knows no request twice, it publishes nothing, and it measures nothing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import threading
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import grpc
import psycopg
from psycopg.types.json import Jsonb
from quadrille.avro import encode
from quadrille.events.order import OrderCreated
from quadrille.events.types import Money, OrderDetails, OrderLine
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1 import order_service_pb2_grpc as service

MOST = 500

TABLES = """
    CREATE TABLE orders (order_id uuid PRIMARY KEY, customer_id text NOT NULL, request_id uuid NOT NULL,
        currency_code text NOT NULL, total bigint NOT NULL, lines jsonb NOT NULL, state text NOT NULL,
        created_at timestamptz NOT NULL, UNIQUE (customer_id, request_id));
    CREATE TABLE steps (order_id uuid NOT NULL, sequence int NOT NULL, event text NOT NULL, at timestamptz NOT NULL,
        PRIMARY KEY (order_id, sequence));
    CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL, key uuid NOT NULL,
        type text NOT NULL, body bytea NOT NULL, created_at timestamptz NOT NULL, published_at timestamptz);
    CREATE INDEX ON outbox (id) WHERE published_at IS NULL
"""

Waiting = deque[tuple[pb.PlaceOrderRequest, "asyncio.Future[pb.PlaceOrderResponse]"]]


class Servicer(service.OrderServiceServicer):
    """Queues requests; a thread commits them."""

    def __init__(self, dsn: str) -> None:
        """Start the thread.

        Args:
            dsn: The database.
        """
        self._dsn = dsn
        self._queue: Waiting = deque()
        self._wake = threading.Condition()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, daemon=True).start()

    async def PlaceOrder(self, request: pb.PlaceOrderRequest, context: Any) -> pb.PlaceOrderResponse:  # noqa: ARG002, N802
        """Queue a request, and wait for its commit."""
        future: asyncio.Future[pb.PlaceOrderResponse] = self._loop.create_future()
        with self._wake:
            self._queue.append((request, future))
            self._wake.notify()
        return await future

    def _run(self) -> None:
        with psycopg.connect(self._dsn) as connection:
            while True:
                with self._wake:
                    while not self._queue:
                        self._wake.wait()
                    group = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
                answers = _commit(connection, [request for request, _ in group])
                self._loop.call_soon_threadsafe(_deliver, group, answers)


def _deliver(group: list[Any], answers: list[pb.PlaceOrderResponse]) -> None:
    for (_, future), answer in zip(group, answers, strict=True):
        if not future.done():
            future.set_result(answer)


def _commit(connection: psycopg.Connection[Any], requests: list[pb.PlaceOrderRequest]) -> list[pb.PlaceOrderResponse]:
    now = datetime.now(UTC)
    orders, steps, outbox, answers = [], [], [], []
    for request in requests:
        order_id = uuid4()
        lines = tuple(
            OrderLine(
                sku=line.sku,
                quantity=line.quantity,
                unit_price=Money(currency_code=line.unit_price.currency_code, minor_units=line.unit_price.minor_units),
            )
            for line in request.lines
        )
        total = sum(line.quantity * line.unit_price.minor_units for line in lines)
        currency = lines[0].unit_price.currency_code
        event = OrderCreated(
            order_id=order_id,
            occurred_at=now,
            order=OrderDetails(
                customer_id=request.customer_id,
                lines=lines,
                total=Money(currency_code=currency, minor_units=total),
                address_reference=request.address_reference,
                country_code=request.country_code,
            ),
            deadline_at=now + timedelta(hours=1),
            request_id=UUID(request.request_id),
        )
        told = Jsonb([[line.sku, line.quantity, line.unit_price.minor_units] for line in lines])
        orders.append((order_id, request.customer_id, UUID(request.request_id), currency, total, told, "PENDING", now))
        steps.append((order_id, 1, "OrderCreated", now))
        outbox.append((uuid4(), order_id, OrderCreated.SCHEMA.full_name, encode(event), now))
        order = order_pb2.Order(
            order_id=str(order_id), customer_id=request.customer_id, state=order_pb2.ORDER_STATE_PENDING
        )
        order.create_time.FromDatetime(now)
        order.lines.extend(request.lines)
        answers.append(pb.PlaceOrderResponse(order=order))
    with connection.transaction():
        cursor = connection.cursor()
        for statement, rows in (
            ("COPY orders FROM STDIN", orders),
            ("COPY steps FROM STDIN", steps),
            ("COPY outbox (event_id, key, type, body, created_at) FROM STDIN", outbox),
        ):
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
    return answers


async def _serve(dsn: str, address: str) -> None:
    server = grpc.aio.server()
    # One method is enough for a floor.
    service.add_OrderServiceServicer_to_server(Servicer(dsn), server)  # type: ignore[abstract]
    if not server.add_insecure_port(address):
        sys.exit(f"cannot listen on {address}")
    await server.start()
    await server.wait_for_termination()


def serve(dsn: str, address: str) -> None:
    """Be the server until killed.

    Args:
        dsn: The database.
        address: Where to listen.
    """
    asyncio.run(_serve(dsn, address))


def start(dsn: str, address: str) -> multiprocessing.process.BaseProcess:
    """Make the tables, and start the server.

    Args:
        dsn: The database.
        address: Where to listen.

    Returns:
        The process; the caller kills it.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute(TABLES)
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(dsn, address), daemon=True)
    process.start()
    return process
