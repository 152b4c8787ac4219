"""An error reaches its caller whole, whatever the request held: gRPC drops a status that is too long."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1 import order_service_pb2_grpc as pb_grpc

from services.chassis.rpc.errors import invalid
from services.chassis.rpc.server import Edge, make_server
from services.order.requests import read


class RefusingOrders(pb_grpc.OrderServiceServicer):
    async def PlaceOrder(self, request, context):  # noqa: ARG002, N802
        return read(request, None)


@pytest.fixture
async def orders() -> AsyncIterator[pb_grpc.OrderServiceStub]:
    edge = Edge(max_message_bytes=1 << 20, max_concurrent_calls=4, waiting_for=lambda _: "")
    server = make_server(edge, max_message_bytes=1 << 20, max_concurrent_calls=4)
    pb_grpc.add_OrderServiceServicer_to_server(RefusingOrders(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield pb_grpc.OrderServiceStub(channel)
    await server.stop(None)


HUGE = {
    "sku": "\U0001f600" * 100_000,
    "quantity": 2**62,
    "unit_price": {"currency_code": "x" * 1000, "minor_units": -1},
}


@pytest.mark.parametrize(
    "request_",
    [
        pb.PlaceOrderRequest(lines=[{"sku": "!"}] * 500),
        pb.PlaceOrderRequest(lines=[HUGE] * 2),
        pb.PlaceOrderRequest(request_id="\0" * 100_000, lines=[{"sku": "\x1b" * 1000, "quantity": 2**62}] * 400),
    ],
    ids=["many lines", "long texts", "controls"],
)
async def test_a_request_with_very_much_wrong_is_told_as_invalid_over_grpc(orders, request_) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await orders.PlaceOrder(request_, timeout=10)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT, refused.value.details()
    details = dict(refused.value.trailing_metadata())["grpc-status-details-bin"]
    kinds = [detail.type_url.rpartition(".")[2] for detail in status_pb2.Status.FromString(details).details]
    assert kinds == ["ErrorInfo", "BadRequest"]


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=400))
def test_what_is_told_is_bounded_and_begins_with_the_first(violations) -> None:
    error = invalid(violations)
    ((_, details),) = error.trailing_metadata()
    assert len(details) < 4096
    assert len(error.message.encode()) <= 600
    bad = error_details_pb2.BadRequest()
    status_pb2.Status.FromString(details).details[1].Unpack(bad)
    assert bad.field_violations
    assert bad.field_violations[0].field == violations[0][0]
