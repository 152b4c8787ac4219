"""The order's deadline, on the running platform: who is late is cancelled, who only waits to be read is not."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from quadrille.events.topics import topics_read_by
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from sqlalchemy import create_engine

from admin.audit.report import run as audit
from services.chassis.consume.watermark import Watermark
from services.order.app import HANDLERS
from services.order.cancel_order import Cancelling
from services.order.deadlines import POLL_EVERY_SECONDS, Deadlines

pytestmark = pytest.mark.live

QUIET_SECONDS = 30.0
PENDING, CANCELLED = order_pb2.ORDER_STATE_PENDING, order_pb2.ORDER_STATE_CANCELLED
COMPLETED = order_pb2.ORDER_STATE_COMPLETED


def events(order) -> list[str]:
    return [step.event for step in order.timeline]


async def get(shop, order_id: str):
    return await shop.orders.GetOrder(pb.GetOrderRequest(order_id=order_id))


def due(platform, order_ids, after: timedelta = timedelta(0)) -> None:
    with psycopg.connect(platform.database_url("order"), autocommit=True) as connection:
        changed = connection.execute(
            "UPDATE orders SET deadline_at = now() + %s WHERE order_id = ANY(%s)", [after, order_ids]
        )
        assert changed.rowcount == len(order_ids)


async def test_a_payment_service_that_stands_still_ends_in_deadline_exceeded(shop, halted):
    await shop.open(stock=5, credit=1000)
    with halted("payment"):
        order_id = await shop.place(quantity=2)
        await shop.until_step(order_id, "InventoryReserved")
        due(shop.platform, [order_id])
        await shop.until_step(order_id, "OrderCancelled")
        waiting = await get(shop, order_id)
        assert (waiting.state, waiting.settled) == (CANCELLED, False)
    order = await shop.settled(order_id)
    assert order.cancel_reason == order_pb2.CANCEL_REASON_DEADLINE_EXCEEDED
    assert await shop.balance() == 0
    facts, findings, _ = audit(shop.platform, wait=QUIET_SECONDS)
    assert facts.quiet, facts.in_flight
    assert {f.name: f.violations for f in findings if f.violations} == {}
    item = await shop.item()
    assert (item.on_hand, item.held) == (5, 0)


async def test_a_backlog_of_the_order_service_cancels_nothing(shop, unread_replies):
    await shop.open(stock=50, credit=100_000)
    with unread_replies():
        placed = [await shop.place() for _ in range(10)]
        due(shop.platform, placed)
        await asyncio.sleep(4 * POLL_EVERY_SECONDS)
        assert {(await get(shop, order_id)).state for order_id in placed} == {PENDING}
    ended = await asyncio.gather(*(shop.settled(order_id) for order_id in placed))
    assert {order.state for order in ended} == {COMPLETED}
    assert not any("OrderCancelRequested" in events(order) for order in ended)


async def test_two_instances_that_sweep_at_once_ask_once_for_each_order(shop, halted):
    await shop.open(stock=500, credit=100_000)
    platform = shop.platform
    engine = create_engine(platform.database_url("order").replace("postgresql://", "postgresql+psycopg://"))

    def clock() -> datetime:
        # These orders are due by the clock of these two alone. The running instance, for which they are not, only
        # publishes what the two leave in the outbox: otherwise it might ask for all of them before the two begin.
        return datetime.now(UTC) + timedelta(minutes=20)

    def instance() -> Deadlines:
        cancelling = Cancelling(HANDLERS, engine, lambda _: None, clock, lambda _: None)
        return Deadlines(cancelling, Watermark(bootstrap, topics_read_by("order"), engine, clock), clock)

    bootstrap = platform.kafka_bootstrap_servers
    counted: list[int] = []
    with halted("payment"):
        placed = await asyncio.gather(*(shop.place() for _ in range(100)))
        for order_id in placed:
            await shop.until_step(order_id, "InventoryReserved")
        start = threading.Barrier(2)

        def sweep(deadlines: Deadlines) -> None:
            start.wait()
            counted.extend(deadlines.poll_once() for _ in range(10))

        due(platform, placed, after=timedelta(minutes=10))
        await asyncio.gather(*(asyncio.to_thread(sweep, instance()) for _ in range(2)))
        for order_id in placed:
            await shop.until_step(order_id, "OrderCancelled")
    ended = await asyncio.gather(*(shop.settled(order_id) for order_id in placed))
    engine.dispose()
    assert {events(order).count("OrderCancelRequested") for order in ended} == {1}
    assert {order.cancel_reason for order in ended} == {order_pb2.CANCEL_REASON_DEADLINE_EXCEEDED}
    assert sum(counted) == 100
