"""Cancellations through the whole saga: whenever they come, an order ends COMPLETED or CANCELLED, and all agree."""

from __future__ import annotations

import asyncio
import random

import grpc
import pytest
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb

from admin.clients import read_status
from services.order.watching import LOOK_AGAIN_SECONDS
from tests.support.quiet import nothing_is_broken

pytestmark = pytest.mark.live

CANCELLING = order_pb2.ORDER_STATE_CANCELLING
COMPLETED, CANCELLED = order_pb2.ORDER_STATE_COMPLETED, order_pb2.ORDER_STATE_CANCELLED


async def cancel(shop, order_id: str):
    return (await shop.orders.CancelOrder(pb.CancelOrderRequest(order_id=order_id))).order


async def refusal(call) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    return refused.value.code(), read_status(refused.value).reason


def events(order) -> list[str]:
    return [step.event for step in order.timeline]


async def until_cancelled(shop, order_id: str) -> None:
    """Watch an order until it is CANCELLED; answers to its undo may be to come."""
    async with asyncio.timeout(60):
        async for update in shop.orders.WatchOrder(pb.WatchOrderRequest(order_id=order_id)):
            if update.step.state == CANCELLED:
                return


async def test_a_cancellation_before_anything_happened_leaves_nothing_behind(shop, halted):
    await shop.open(stock=5, credit=1000)
    with halted("inventory"):
        order_id = await shop.place(quantity=2)
        assert (await cancel(shop, order_id)).state in {CANCELLING, CANCELLED}
        await until_cancelled(shop, order_id)
    order = await shop.settled(order_id)
    assert order.state == CANCELLED
    assert order.cancel_reason == order_pb2.CANCEL_REASON_CUSTOMER_REQUEST
    assert events(order)[:4] == ["OrderCreated", "OrderCancelRequested", "ShipmentCancelled", "OrderCancelled"]
    assert {"InventoryReleased", "PaymentRefunded"} <= set(events(order))
    assert await shop.balance() == 0
    await nothing_is_broken(shop.platform)
    item = await shop.item()
    assert (item.on_hand, item.held, item.shipped) == (5, 0, 0)


async def test_cancelling_many_times_at_once_asks_once(shop, halted):
    await shop.open(stock=5, credit=1000)
    with halted("inventory"):
        with halted("shipping"):
            order_id = await shop.place()
            answers = await asyncio.gather(*(cancel(shop, order_id) for _ in range(20)))
            assert {answer.state for answer in answers} == {CANCELLING}
        await until_cancelled(shop, order_id)
    order = await shop.settled(order_id)
    assert events(order).count("OrderCancelRequested") == 1
    again = await cancel(shop, order_id)
    assert (again.state, again.cancel_reason) == (CANCELLED, order_pb2.CANCEL_REASON_CUSTOMER_REQUEST)
    assert events(await shop.settled(order_id)) == events(order)


async def test_a_watcher_is_told_of_the_request_at_once(shop, halted):
    await shop.open(stock=5, credit=1000)
    with halted("inventory"), halted("shipping"):
        order_id = await shop.place()
        watch = shop.orders.WatchOrder(pb.WatchOrderRequest(order_id=order_id))
        assert (await watch.read()).step.event == "OrderCreated"
        await cancel(shop, order_id)
        # Less than the pause after which a watch looks again by itself.
        async with asyncio.timeout(LOOK_AGAIN_SECONDS / 2):
            update = await watch.read()
        assert (update.step.event, update.step.state) == ("OrderCancelRequested", CANCELLING)
        watch.cancel()
    assert (await shop.settled(order_id)).settled


async def test_a_completed_order_is_not_cancelled_and_the_caller_is_told(shop):
    await shop.open(stock=5, credit=1000)
    order = await shop.settled(await shop.place())
    assert order.state == COMPLETED
    assert await refusal(cancel(shop, order.order_id)) == (grpc.StatusCode.FAILED_PRECONDITION, "CANCEL_TOO_LATE")
    assert await shop.settled(order.order_id) == order


async def test_an_order_that_nobody_placed_is_not_found(shop):
    unknown = cancel(shop, "019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11")
    assert await refusal(unknown) == (grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND")
    assert await refusal(cancel(shop, "no uuid")) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID")


async def test_a_cancellation_that_comes_too_late_ends_completed_and_the_watcher_sees_it(shop, unread_replies):
    await shop.open(stock=5, credit=1000)
    with unread_replies():
        order_id = await shop.place()
        async with asyncio.timeout(20):
            while not await shipped(shop, order_id):
                await asyncio.sleep(0.05)
        # The parcel has left, and the order service has not read so yet.
        assert (await cancel(shop, order_id)).state == CANCELLING
    watch = shop.orders.WatchOrder(pb.WatchOrderRequest(order_id=order_id))
    seen = [(update.step.event, update.step.state) async for update in watch]
    assert ("OrderCancelRequested", CANCELLING) in seen
    assert ("OrderCompleted", COMPLETED) in seen
    order = await shop.settled(order_id)
    assert order.state == COMPLETED
    assert order.cancel_reason == order_pb2.CANCEL_REASON_UNSPECIFIED
    await nothing_is_broken(shop.platform)


async def test_a_cancellation_of_an_order_that_failed_to_ship_ends_with_the_carriers_reason(shop, unread_replies):
    await shop.open(stock=5, credit=1000)
    with unread_replies():
        order_id = await shop.place(country_code="AQ")
        async with asyncio.timeout(20):
            while not await shipped(shop, order_id):
                await asyncio.sleep(0.05)
        assert (await cancel(shop, order_id)).state == CANCELLING
    order = await shop.settled(order_id)
    assert order.state == CANCELLED
    assert order.cancel_reason == order_pb2.CANCEL_REASON_UNSERVED_COUNTRY
    assert "ShipmentCancelled" not in events(order)
    assert await shop.balance() == 0
    await nothing_is_broken(shop.platform)


async def test_cancellations_that_race_with_shipping_end_one_way_or_the_other(shop):
    await shop.open(stock=10_000, credit=10_000_000)
    seed = random.randrange(2**32)
    chance = random.Random(seed)

    async def race(delay: float):
        order_id = await shop.place()
        await asyncio.sleep(delay)
        try:
            asked = (await cancel(shop, order_id)).state
        except grpc.aio.AioRpcError as error:
            assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
            asked = COMPLETED
        return asked, await shop.settled(order_id)

    # From before inventory has read the order to after it is completed.
    ended = await asyncio.gather(*(race(chance.uniform(0, 0.6)) for _ in range(300)))
    for asked, order in ended:
        assert order.state in ({COMPLETED} if asked == COMPLETED else {COMPLETED, CANCELLED}), seed
        assert events(order).count("OrderCancelRequested") == (asked != COMPLETED), seed
    completed = sum(order.state == COMPLETED for _, order in ended)
    assert await shop.balance() == -100 * completed, seed
    await nothing_is_broken(shop.platform)
    item = await shop.item()
    assert (item.on_hand, item.held, item.shipped) == (10_000 - completed, 0, completed), seed


async def shipped(shop, order_id: str) -> bool:
    """Tell whether shipping has decided on the order."""
    from quadrille.shipping.v1 import shipping_service_pb2

    try:
        await shop.shipping.GetShipment(shipping_service_pb2.GetShipmentRequest(order_id=order_id))
    except grpc.aio.AioRpcError as error:
        assert error.code() is grpc.StatusCode.NOT_FOUND
        return False
    return True
