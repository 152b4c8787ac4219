"""A caller that does not read its stream is dropped with a status that says how to go on; others notice nothing."""

from __future__ import annotations

import grpc
import grpc.aio
import pytest
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1.order_service_pb2_grpc import (
    OrderServiceServicer,
    OrderServiceStub,
    add_OrderServiceServicer_to_server,
)

from services.chassis.rpc.server import Edge, make_server
from tests.support.waiting import until

STEPS = 400
#: A timeline is short, and fits what a transport keeps for a caller. With long details it does not.
DETAIL = "x" * 2000
SLOW = 0.3
#: Windows that grow with what the network could carry would take all of it.
FIXED_WINDOW = [("grpc.http2.bdp_probe", 0)]


class Watched(OrderServiceServicer):
    """Has a long timeline, and counts the streams that are open."""

    def __init__(self) -> None:
        self.open = 0
        self.sent = 0

    async def WatchOrder(self, request, context):  # noqa: ARG002, N802 - gRPC calls it so
        self.open += 1
        try:
            for sequence in range(request.after_sequence + 1, STEPS + 1):
                self.sent += 1
                yield pb.WatchOrderResponse(step={"sequence": sequence, "detail": DETAIL}, settled=sequence == STEPS)
        finally:
            self.open -= 1


@pytest.fixture
async def served():
    watched = Watched()
    edge = Edge(
        max_message_bytes=1_000_000,
        max_concurrent_calls=100,
        waiting_for=lambda _: "",
        slow_reader_seconds=SLOW,
    )
    server = make_server(edge, max_message_bytes=1_000_000, max_concurrent_calls=100)
    add_OrderServiceServicer_to_server(watched, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield watched, f"127.0.0.1:{port}"
    await server.stop(0)


async def test_a_caller_that_stops_reading_is_dropped_and_can_go_on_from_where_it_was(served):
    watched, address = served
    async with grpc.aio.insecure_channel(address, options=FIXED_WINDOW) as channel:
        stub = OrderServiceStub(channel)
        call = stub.WatchOrder(pb.WatchOrderRequest())
        read = [(await call.read()).step.sequence]
        await until(lambda: watched.open == 0)
        assert watched.sent < STEPS
        dropped = None
        while dropped is None:
            try:
                read.append((await call.read()).step.sequence)
            except grpc.aio.AioRpcError as error:
                dropped = error
        assert dropped.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "ask for what follows the last message that you have read" in dropped.details()
        again = stub.WatchOrder(pb.WatchOrderRequest(after_sequence=read[-1]))
        read += [answer.step.sequence async for answer in again]
    assert read == list(range(1, STEPS + 1))


async def test_for_callers_that_never_read_nothing_piles_up_and_nobody_waits(served):
    watched, address = served
    async with grpc.aio.insecure_channel(address, options=FIXED_WINDOW) as channel:
        stub = OrderServiceStub(channel)

        async def stalled() -> object:
            call = stub.WatchOrder(pb.WatchOrderRequest())
            await call.read()
            return call

        async def all_read() -> int:
            return len([answer async for answer in stub.WatchOrder(pb.WatchOrderRequest())])

        calls = [await stalled() for _ in range(50)]
        assert await all_read() == STEPS
        await until(lambda: watched.open == 0)
        # A window and a message or two of each timeline were made; the rest never was.
        assert watched.sent < STEPS + len(calls) * STEPS / 4
        for call in calls:
            call.cancel()
