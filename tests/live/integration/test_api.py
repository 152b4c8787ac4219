"""The gRPC edge on the wire: what is refused, how, and that nothing of it becomes an order."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from quadrille.inventory.v1 import inventory_service_pb2
from quadrille.ops.v1 import status_service_pb2, status_service_pb2_grpc
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.payment.v1 import payment_service_pb2

from tests.support.shop import money

pytestmark = pytest.mark.live

PLACE = "/quadrille.order.v1.OrderService/PlaceOrder"


async def refused(call) -> tuple[grpc.StatusCode, str, status_pb2.Status]:
    """Expect an error, and give its code, the reason of its ErrorInfo, and the whole status."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    metadata = dict(error.value.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.domain == "quadrille"
    return error.value.code(), info.reason, status


async def test_a_request_id_that_was_used_for_another_request_is_refused(shop):
    await shop.open(stock=5, credit=1000)
    request_id = str(uuid4())
    await shop.place(request_id=request_id)
    code, reason, _ = await refused(shop.orders.PlaceOrder(shop.request(request_id=request_id, quantity=2)))
    assert (code, reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")


async def test_a_request_id_belongs_to_its_customer(shop):
    await shop.open(stock=5, credit=1000)
    request_id = str(uuid4())
    one = await shop.place(request_id=request_id)
    assert await shop.place(request_id=request_id, customer_id="somebody-else") != one


async def test_every_violation_is_named_at_once(shop):
    code, reason, status = await refused(shop.orders.PlaceOrder(pb.PlaceOrderRequest()))
    bad = error_details_pb2.BadRequest()
    assert status.details[1].Unpack(bad)
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID")
    assert len(bad.field_violations) == 5


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x12\x02\xc3\x28", b"\x0a"])
async def test_bytes_that_are_no_message_are_an_invalid_argument(shop, data):
    call = shop.channel("order").unary_unary(PLACE)
    code, reason, _ = await refused(call(data))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_MALFORMED")


async def test_a_message_that_is_too_long_is_refused_with_the_limit(shop):
    call = shop.channel("order").unary_unary(PLACE)
    code, reason, status = await refused(call(b"\x0a" + b"\xff" * (2 << 20)))
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    assert (code, reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")
    assert info.metadata["limit_bytes"] == str(1 << 20)


async def test_an_order_that_does_not_exist_is_not_found(shop):
    for call in (
        shop.orders.GetOrder(pb.GetOrderRequest(order_id=str(uuid4()))),
        shop.orders.WatchOrder(pb.WatchOrderRequest(order_id=str(uuid4()))).read(),
    ):
        code, reason, _ = await refused(call)
        assert (code, reason) == (grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND")


async def test_a_watch_after_a_number_that_no_step_has_gives_the_end_alone(shop):
    await shop.open(stock=1, credit=1000)
    order_id = await shop.place()
    await shop.settled(order_id)
    for number in (2**31 - 1, 2**31, 2**63 - 1):
        request = pb.WatchOrderRequest(order_id=order_id, after_sequence=number)
        assert [message async for message in shop.orders.WatchOrder(request)] == [pb.WatchOrderResponse(settled=True)]


async def test_pages_hold_every_order_once_while_orders_arrive(shop):
    await shop.open(stock=100, credit=100_000)
    placed = [await shop.place() for _ in range(7)]
    seen, token = [], ""
    while True:
        request = pb.ListOrdersRequest(customer_id=shop.customer, page_size=3, page_token=token)
        page = await shop.orders.ListOrders(request)
        seen += [order.order_id for order in page.orders]
        token = page.next_page_token
        await shop.place()
        if not token:
            break
    assert seen == placed[::-1]


async def test_a_page_token_of_another_list_is_refused(shop):
    request = pb.ListOrdersRequest(customer_id=shop.customer, page_token="made-up")
    code, reason, _ = await refused(shop.orders.ListOrders(request))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID")


async def test_stock_that_is_received_twice_with_one_request_id_is_received_once(shop):
    await shop.open(stock=0, credit=0)
    request = inventory_service_pb2.ReceiveStockRequest(
        request_id=str(uuid4()), lines=[{"sku": shop.sku, "quantity": 5}]
    )
    for _ in range(3):
        await shop.inventory.ReceiveStock(request)
    assert (await shop.item()).on_hand == 5


async def test_a_deposit_that_is_sent_twice_is_made_once_and_in_the_accounts_currency_alone(shop):
    await shop.open(stock=0, credit=0)
    request = payment_service_pb2.DepositRequest(request_id=str(uuid4()), customer_id=shop.customer, amount=money(500))
    for _ in range(3):
        await shop.payment.Deposit(request)
    assert await shop.balance() == 500
    other = payment_service_pb2.DepositRequest(
        request_id=str(uuid4()), customer_id=shop.customer, amount=money(500, "EUR")
    )
    code, reason, _ = await refused(shop.payment.Deposit(other))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CURRENCY_MISMATCH")


async def test_a_call_past_its_deadline_is_told_so(shop):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await shop.orders.PlaceOrder(shop.request(), timeout=0.000001)
    assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize("service", ["order", "inventory", "payment", "shipping"])
async def test_every_service_serves_health_reflection_and_status(shop, service):
    channel = shop.channel(service)
    health = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    ask = reflection_pb2.ServerReflectionRequest(list_services="")
    stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([ask]))
    async with asyncio.timeout(10):
        answer = await stream.read()
    stream.cancel()
    names = {found.name for found in answer.list_services_response.service}
    assert f"quadrille.{service}.v1.{service.capitalize()}Service" in names
    stub = status_service_pb2_grpc.StatusServiceStub(channel)
    status = await stub.GetStatus(status_service_pb2.GetStatusRequest(), timeout=10)
    assert status.service == service
    assert status.ready
    assert status.partitions


@pytest.mark.parametrize("service", ["order", "inventory", "payment", "shipping"])
async def test_a_service_with_nothing_to_read_answers_for_its_status_each_time(shop, service):
    stub = status_service_pb2_grpc.StatusServiceStub(shop.channel(service))
    for _ in range(5):
        status = await stub.GetStatus(status_service_pb2.GetStatusRequest(), timeout=10)
        assert status.partitions
        await asyncio.sleep(0.3)
