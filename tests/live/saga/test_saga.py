"""Orders through the whole saga: four real processes, a real Kafka, a real registry, four real databases."""

from __future__ import annotations

import asyncio
import os
import signal

import grpc
import pytest
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.shipping.v1 import shipping_service_pb2

from tests.support.processes import pid_of

pytestmark = pytest.mark.live

COMPLETED, CANCELLED = order_pb2.ORDER_STATE_COMPLETED, order_pb2.ORDER_STATE_CANCELLED


def events(order) -> set[str]:
    return {step.event for step in order.timeline}


async def test_an_order_is_held_charged_shipped_and_completed(shop):
    await shop.open(stock=5, credit=1000)
    order = await shop.settled(await shop.place(quantity=2))
    assert order.state == COMPLETED
    assert order.settled
    assert order.timeline[0].event == "OrderCreated"
    assert events(order) == {"OrderCreated", "InventoryReserved", "PaymentCompleted", "OrderShipped", "OrderCompleted"}
    assert [step.sequence for step in order.timeline] == [1, 2, 3, 4, 5]
    assert await shop.balance() == -200
    shipment = await shop.shipping.GetShipment(shipping_service_pb2.GetShipmentRequest(order_id=order.order_id))
    assert shipment.tracking_id
    # Inventory hears of the completion after the caller does.
    async with asyncio.timeout(20):
        while (item := await shop.item()).shipped != 2:
            await asyncio.sleep(0.05)
    assert (item.on_hand, item.held, item.received) == (3, 0, 5)


async def test_an_order_that_is_out_of_stock_is_cancelled_and_nothing_is_charged(shop):
    await shop.open(stock=1, credit=1000)
    order = await shop.settled(await shop.place(quantity=2))
    assert order.state == CANCELLED
    assert order.cancel_reason == order_pb2.CANCEL_REASON_OUT_OF_STOCK
    assert events(order) == {"OrderCreated", "InventoryFailed", "OrderCancelled", "PaymentRefunded"}
    assert await shop.balance() == 0
    assert (await shop.item()).on_hand == 1


async def test_an_order_that_is_declined_gives_its_stock_back(shop):
    await shop.open(stock=5, credit=100)
    order = await shop.settled(await shop.place(quantity=2))
    assert order.state == CANCELLED
    assert order.cancel_reason == order_pb2.CANCEL_REASON_INSUFFICIENT_CREDIT
    assert {"PaymentFailed", "InventoryRollback", "InventoryReleased", "PaymentRefunded"} <= events(order)
    item = await shop.item()
    assert (item.on_hand, item.held) == (5, 0)


async def test_an_order_that_cannot_be_shipped_gets_stock_and_money_back(shop):
    await shop.open(stock=5, credit=1000)
    order = await shop.settled(await shop.place(quantity=2, country_code="AQ"))
    assert order.state == CANCELLED
    assert order.cancel_reason == order_pb2.CANCEL_REASON_UNSERVED_COUNTRY
    assert await shop.balance() == 0
    assert (await shop.item()).on_hand == 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": 99}, order_pb2.CANCEL_REASON_PRICE_CHANGED),
        ({"customer_id": "nobody"}, order_pb2.CANCEL_REASON_UNKNOWN_ACCOUNT),
    ],
)
async def test_the_reason_of_a_cancellation_is_the_callers_to_see(shop, changes, reason):
    await shop.open(stock=5, credit=1000)
    order = await shop.settled(await shop.place(**changes))
    assert order.cancel_reason == reason


async def test_the_last_items_go_to_exactly_as_many_orders_as_there_are(shop):
    await shop.open(stock=7, credit=1_000_000)
    placed = await asyncio.gather(*(shop.place() for _ in range(40)))
    ended = await asyncio.gather(*map(shop.settled, placed))
    assert sum(order.state == COMPLETED for order in ended) == 7
    assert await shop.balance() == -700


async def test_the_last_credit_goes_to_exactly_as_many_orders_as_it_covers(shop):
    await shop.open(stock=100, credit=500)
    placed = await asyncio.gather(*(shop.place() for _ in range(40)))
    ended = await asyncio.gather(*map(shop.settled, placed))
    assert sum(order.state == COMPLETED for order in ended) == 5
    assert await shop.balance() == -500
    async with asyncio.timeout(20):
        while (item := await shop.item()).held:
            await asyncio.sleep(0.05)
    assert (item.on_hand, item.shipped) == (95, 5)


async def test_a_request_that_is_sent_many_times_at_once_makes_one_order(shop):
    await shop.open(stock=5, credit=1000)
    request = shop.request()
    stub = shop.orders
    answers = await asyncio.gather(*(stub.PlaceOrder(request) for _ in range(50)))
    assert len({answer.order.order_id for answer in answers}) == 1
    await shop.settled(answers[0].order.order_id)
    assert await shop.balance() == -100


@pytest.mark.parametrize("service", ["order", "inventory", "payment", "shipping"])
async def test_a_service_that_is_killed_in_the_middle_loses_and_doubles_nothing(shop, service):
    await shop.open(stock=1000, credit=1_000_000)
    stub = shop.orders
    requests = [shop.request() for _ in range(200)]

    async def place(request) -> str:
        while True:
            try:
                return (await stub.PlaceOrder(request)).order.order_id
            except grpc.aio.AioRpcError as error:
                # Unknown or refused: the same request again gives the same order.
                assert error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}
                await asyncio.sleep(0.1)

    first = await asyncio.gather(*map(place, requests[:100]))
    os.kill(pid_of(shop.platform, f"{service}-1"), signal.SIGKILL)
    second = await asyncio.gather(*map(place, requests[100:]))
    ended = [await wait_out(shop, order_id) for order_id in [*first, *second]]
    assert len(set(first) | set(second)) == 200
    assert {order.state for order in ended} == {COMPLETED}
    assert await shop.balance() == -200 * 100
    async with asyncio.timeout(30):
        while (item := await shop.item()).shipped != 200:
            await asyncio.sleep(0.1)
    assert (item.on_hand, item.held) == (800, 0)


async def wait_out(shop, order_id: str):
    """Wait until an order is settled, through restarts of the order service."""
    async with asyncio.timeout(90):
        while True:
            try:
                return await shop.settled(order_id)
            except grpc.aio.AioRpcError as error:
                assert error.code() is grpc.StatusCode.UNAVAILABLE
                await asyncio.sleep(0.2)


async def test_a_watch_goes_on_after_the_step_that_was_seen(shop):
    await shop.open(stock=5, credit=1000)
    order = await shop.settled(await shop.place())
    request = pb.WatchOrderRequest(order_id=order.order_id, after_sequence=3)
    rest = [message async for message in shop.orders.WatchOrder(request)]
    assert [message.step.sequence for message in rest] == [4, 5]
    assert [message.settled for message in rest] == [False, True]
