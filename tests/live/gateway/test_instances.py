"""The gateway before several order services: real gRPC servers, of which some do not serve, fail, freeze or die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import grpc
import grpc.aio
import httpx2
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from quadrille.order.v1 import order_pb2, order_service_pb2_grpc
from quadrille.order.v1 import order_service_pb2 as pb

from gateway import channels
from gateway.settings import Settings
from tests.live.gateway.processes import Running, code_and_reason, gateway
from tests.support.ports import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.slow

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
ORDER = {
    "customerId": "c",
    "lines": [{"sku": "s", "quantity": "1", "unitPrice": {"currencyCode": "USD", "minorUnits": "1"}}],
    "addressReference": "home",
    "countryCode": "DE",
}


class OrderServer(order_service_pb2_grpc.OrderServiceServicer):
    """One order service. It keeps what it was asked, and may refuse."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []
        self.away = False
        self.health = health.aio.HealthServicer()
        self._server: grpc.aio.Server | None = None

    async def start(self) -> None:
        self._server = grpc.aio.server()
        order_service_pb2_grpc.add_OrderServiceServicer_to_server(self, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self._server)
        assert self._server.add_insecure_port(f"127.0.0.1:{self.port}") == self.port
        await self.health.set("", SERVING)
        await self._server.start()

    async def stop(self, grace: float | None = None) -> None:
        if self._server is not None:
            await self._server.stop(grace)
            self._server = None

    async def _note(self, what: str, context: Any) -> None:
        self.asked.append(what)
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now")

    async def GetOrder(self, request, context):  # noqa: N802
        await self._note(request.order_id, context)
        return order_pb2.Order(order_id=request.order_id)

    async def PlaceOrder(self, request, context):  # noqa: N802
        await self._note(request.request_id, context)
        return pb.PlaceOrderResponse(order=order_pb2.Order(order_id=str(uuid4())))

    async def WatchOrder(self, request, context):  # noqa: N802
        await self._note(request.order_id, context)
        yield pb.WatchOrderResponse(step={"sequence": 1, "event": "OrderCreated"})


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module")
def served(ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("gateway") / "gateway.log"
    with gateway(",".join(f"127.0.0.1:{port}" for port in ports), log) as running:
        yield running


@asynccontextmanager
async def both(
    served: Running, ports: tuple[int, int]
) -> AsyncIterator[tuple[httpx2.AsyncClient, OrderServer, OrderServer]]:
    """Run both instances, and wait until the gateway has found them."""
    one, other = OrderServer(ports[0]), OrderServer(ports[1])
    await one.start()
    await other.start()
    try:
        async with httpx2.AsyncClient(base_url=served.url, trust_env=False, timeout=20) as http:
            async with asyncio.timeout(20):
                while not (one.asked and other.asked):
                    await http.get("/orders/warm-up")
            one.asked.clear()
            other.asked.clear()
            yield http, one, other
    finally:
        await one.stop()
        await other.stop()


async def test_calls_are_spread_over_all_instances(served, ports) -> None:
    async with both(served, ports) as (http, one, other):
        for number in range(20):
            assert (await http.get(f"/orders/{number}")).status_code == 200
        assert len(one.asked) == len(other.asked) == 10


async def test_one_that_says_that_it_does_not_serve_is_asked_nothing_until_it_does(served, ports) -> None:
    async with both(served, ports) as (http, one, other):
        await one.health.set("", NOT_SERVING)
        await asyncio.sleep(0.5)
        for number in range(20):
            assert (await http.get(f"/orders/{number}")).status_code == 200
        assert (len(one.asked), len(other.asked)) == (0, 20)
        await one.health.set("", SERVING)
        async with asyncio.timeout(10):
            while not one.asked:
                await http.get("/orders/again")


async def test_what_one_cannot_answer_now_is_asked_of_the_other(served, ports) -> None:
    async with both(served, ports) as (http, one, other):
        one.away = True
        keys = [str(uuid4()) for _ in range(8)]
        for key in keys:
            assert (await http.get(f"/orders/{key}")).status_code == 200
            placed = await http.post("/orders", json=ORDER, headers={"Idempotency-Key": key})
            assert placed.status_code == 200, placed.text
            assert (await http.get(f"/orders/{key}:watch")).status_code == 200
        # Asked again with the same key: it is one order, whoever places it.
        assert set(one.asked) <= set(other.asked) == set(keys)
        assert one.asked


async def test_while_both_are_away_it_says_so_soon(served, ports) -> None:
    async with both(served, ports) as (http, one, other):
        one.away = other.away = True
        async with asyncio.timeout(5):
            assert code_and_reason(await http.get("/orders/1")) == (503, "SERVICE_UNAVAILABLE")
        await one.health.set("", NOT_SERVING)
        await other.health.set("", NOT_SERVING)
        await asyncio.sleep(0.5)
        asked = len(one.asked) + len(other.asked)
        assert code_and_reason(await http.get("/orders/1")) == (503, "SERVICE_UNAVAILABLE")
        assert len(one.asked) + len(other.asked) == asked


async def test_one_that_stops_under_load_costs_no_call_and_one_that_comes_back_is_found(served, ports) -> None:
    async with both(served, ports) as (http, one, _):
        codes: list[int] = []
        done = asyncio.Event()

        async def caller() -> None:
            while not done.is_set():
                codes.append((await http.get("/orders/1")).status_code)

        callers = [asyncio.create_task(caller()) for _ in range(8)]
        await until(lambda: len(codes) > 50)
        # As a service does at SIGTERM: what is in flight is answered. A live test kills one.
        await one.stop(5)
        seen = len(codes)
        await until(lambda: len(codes) > seen + 200)
        one.asked.clear()
        await one.start()
        await until(lambda: len(one.asked) > 10)
        done.set()
        await asyncio.gather(*callers)
        assert set(codes) == {200}


ADDRESSES = st.lists(
    st.tuples(st.ip_addresses(v=4), st.integers(1, 65535)).map(lambda pair: f"{pair[0]}:{pair[1]}"), min_size=2
)


@given(ADDRESSES)
def test_several_addresses_are_one_target_and_each_of_them_is_in_it(addresses) -> None:
    settings = Settings(order_address=", ".join(addresses))
    found = channels.split(settings.order_address)
    assert list(found) == addresses
    assert channels.target(found) == f"ipv4:{','.join(addresses)}"
    assert "healthCheckConfig" in dict(channels.options(found, ()))["grpc.service_config"]


def test_a_name_leads_to_all_instances_and_alone_says_itself_why_it_does_not_serve() -> None:
    assert channels.target(["order:9000"]) == "dns:///order:9000"
    assert "healthCheckConfig" not in dict(channels.options(["order:9000"], ()))["grpc.service_config"]
    assert channels.target(["[::1]:1", "[::1]:2"]) == "ipv6:[::1]:1,[::1]:2"


@pytest.mark.parametrize("wrong", ["order-a:9000,order-b:9000", "127.0.0.1:1,[::1]:1", "127.0.0.1:1,", "127.0.0.1"])
def test_addresses_that_cannot_be_one_target_are_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        Settings(order_address=wrong)
