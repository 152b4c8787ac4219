"""The gateway as a process, before a gRPC server that does as each test says: what reaches the call and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import grpc
import grpc.aio
import httpx2
import pytest
from quadrille.order.v1 import order_pb2, order_service_pb2_grpc
from quadrille.order.v1 import order_service_pb2 as pb

from services.chassis.rpc.errors import ErrorReason, too_many_calls
from tests.live.gateway.processes import Running, code_and_reason, events, gateway, violations
from tests.support.ports import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.slow

KEY = {"Idempotency-Key": str(uuid4())}


class Orders(order_service_pb2_grpc.OrderServiceServicer):
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[Any, Any], Awaitable[Any]] = self.empty
        self.left: list[float | None] = []
        self.metadata: dict[str, Any] = {}
        self.cancelled = asyncio.Event()
        self.asked = asyncio.Event()

    async def empty(self, _request: Any, _context: Any) -> order_pb2.Order:
        return order_pb2.Order()

    async def for_ever(self, _request: Any, _context: Any) -> None:
        await asyncio.Event().wait()

    @contextlib.contextmanager
    def noting(self, context: Any) -> Iterator[None]:
        self.left.append(context.time_remaining())
        self.metadata = dict(context.invocation_metadata())
        self.asked.set()
        try:
            yield
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def GetOrder(self, request, context):  # noqa: N802
        with self.noting(context):
            return await self.answer(request, context)

    async def WatchOrder(self, request, context):  # noqa: N802
        with self.noting(context):
            yield pb.WatchOrderResponse(step={"sequence": request.after_sequence + 1, "event": "OrderCreated"})
            await self.answer(request, context)


@pytest.fixture(scope="module")
def order_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def served(order_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("gateway") / "gateway.log"
    with gateway(f"127.0.0.1:{order_port}", log, max_body_bytes="2000", heartbeat="0.2") as running:
        yield running


@pytest.fixture
async def orders(order_port: int) -> AsyncIterator[Orders]:
    servicer = Orders()
    server = grpc.aio.server()
    order_service_pb2_grpc.add_OrderServiceServicer_to_server(servicer, server)
    server.add_insecure_port(f"127.0.0.1:{order_port}")
    await server.start()
    yield servicer
    await server.stop(None)


@pytest.fixture
async def http(served: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False, timeout=10) as client:
        yield client


async def reached(http: httpx2.AsyncClient) -> None:
    """Wait until the gateway's channel has found the server: the tests before this one had another."""
    async with asyncio.timeout(10):
        while (await http.get("/orders/warm-up")).status_code == 503:
            await asyncio.sleep(0.05)


async def test_a_service_that_is_away_is_503_with_a_status(http) -> None:
    assert code_and_reason(await http.get("/orders")) == (503, "SERVICE_UNAVAILABLE")
    assert code_and_reason(await http.get("/orders/x:watch")) == (503, "SERVICE_UNAVAILABLE")
    assert code_and_reason(await http.get("/readyz")) == (503, "SERVICE_UNAVAILABLE")
    assert (await http.get("/healthz")).json() == {"status": "SERVING"}


async def test_a_service_that_comes_back_is_found_within_seconds(http, orders) -> None:
    await reached(http)


@pytest.mark.parametrize("header", ["text/plain", "", "application/json; charset=latin-1", "application/jsonp"])
async def test_a_body_that_is_not_declared_as_json_is_415(http, header) -> None:
    answer = await http.post("/orders", content=b"{}", headers={**KEY, "content-type": header})
    assert code_and_reason(answer) == (415, "CONTENT_TYPE_UNSUPPORTED")


async def test_a_compressed_body_is_415(http) -> None:
    headers = {**KEY, "content-type": "application/json", "content-encoding": "gzip"}
    assert code_and_reason(await http.post("/orders", content=b"{}", headers=headers)) == (
        415,
        "CONTENT_TYPE_UNSUPPORTED",
    )


async def test_a_body_over_the_limit_is_413_whether_it_says_its_length_or_not(http) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100

    for content in (b" " * 2001, chunks()):
        answer = await http.post("/orders", content=content, headers={**KEY, "content-type": "application/json"})
        assert code_and_reason(answer) == (413, "MESSAGE_TOO_LARGE")


async def test_a_body_far_over_the_limit_is_not_waited_for(served) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n{")
    said = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close\r\n" in said


async def test_requests_that_are_never_finished_leave_room_for_others(tmp_path) -> None:
    limits = {"max_connections": "20", "head_timeout_seconds": "0.5", "body_timeout_seconds": "0.5"}
    with gateway("127.0.0.1:1", tmp_path / "log", **limits) as running:
        host, port = running.url.removeprefix("http://").split(":")
        halves = [b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"]
        held = [await asyncio.open_connection(host, int(port)) for _ in range(30)]
        for number, (_, writer) in enumerate(held):
            writer.write(halves[number % 2])
        ends = [await asyncio.wait_for(reader.read(), 10) for reader, _ in held]
        assert {end.split()[1] for end in ends} == {b"408", b"503"}
        for _, writer in held:
            writer.close()
        async with httpx2.AsyncClient(base_url=running.url, trust_env=False) as http:
            assert (await http.get("/healthz")).status_code == 200
            headers = [(f"a{number}", "b") for number in range(10_000)]
            assert code_and_reason(await http.get("/healthz", headers=headers)) == (431, "MESSAGE_TOO_LARGE")


@pytest.mark.parametrize("body", ["{", "[]", '{"lines": [], "lines": []}'])
async def test_a_body_that_is_no_json_object_is_400(http, body) -> None:
    answer = await http.post("/orders", content=body, headers={**KEY, "content-type": "application/json"})
    assert code_and_reason(answer) == (400, "MESSAGE_MALFORMED")


async def test_unknown_fields_are_400_and_all_of_them_are_named(http) -> None:
    answer = await http.post("/orders", json={"a": 1, "lines": [{"b": 1}]}, headers=KEY)
    assert code_and_reason(answer) == (400, "FIELD_INVALID")
    assert set(violations(answer)) == {"a", "lines[0].b"}


async def test_an_order_without_a_key_is_400_and_says_what_to_send(http) -> None:
    answer = await http.post("/orders", json={})
    assert code_and_reason(answer) == (400, "FIELD_INVALID")
    assert "UUID" in violations(answer)["Idempotency-Key"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/orders", "GET, POST"),
        ("DELETE", "/orders/x", "GET"),
        ("GET", "/orders/x:cancel", "POST"),
        ("HEAD", "/orders/x:watch", "GET"),
        ("MAKE", "/orders", "GET, POST"),
        ("POST", "/healthz", "GET"),
    ],
)
async def test_a_method_that_a_path_does_not_take_is_405_and_says_which_it_takes(http, method, path, allowed) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert method == "HEAD" or code_and_reason(answer) == (405, "HTTP_METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("path", ["/", "/orders/", "/orders/x/y", "/quadrille.order.v1.OrderService/GetOrder"])
async def test_a_path_where_nothing_is_served_is_404_with_a_status(http, path) -> None:
    assert code_and_reason(await http.get(path)) == (404, "ROUTE_NOT_FOUND")


@pytest.mark.parametrize("header", ["0", "-1", "soon", "61", "1e9", "inf"])
async def test_a_deadline_that_is_none_is_400(http, header) -> None:
    answer = await http.get("/orders/x", headers={"Request-Timeout": header})
    assert code_and_reason(answer) == (400, "FIELD_INVALID")
    assert set(violations(answer)) == {"Request-Timeout"}


async def test_the_deadline_reaches_the_call_and_one_that_passes_is_504(http, orders) -> None:
    await reached(http)
    await http.get("/orders/x")
    # gRPC rounds up.
    assert 8 < orders.left[-1] < 10.5
    orders.answer = orders.for_ever
    answer = await http.get("/orders/x", headers={"Request-Timeout": "0.3"})
    assert code_and_reason(answer) == (504, "DEADLINE_EXCEEDED")
    assert 0 < orders.left[-1] < 0.5
    await until(orders.cancelled.is_set)


async def test_a_caller_who_goes_away_ends_the_call(http, orders) -> None:
    await reached(http)
    orders.answer = orders.for_ever
    orders.asked.clear()
    asking = asyncio.create_task(http.get("/orders/x"))
    await asyncio.wait_for(orders.asked.wait(), 5)
    assert not orders.cancelled.is_set()
    asking.cancel()
    await until(orders.cancelled.is_set)


async def test_a_watcher_who_goes_away_ends_the_call(http, orders) -> None:
    await reached(http)
    orders.answer = orders.for_ever
    async with http.stream("GET", "/orders/x:watch") as stream:
        assert (await anext(events(stream.aiter_lines())))["id"] == "1"
        assert not orders.cancelled.is_set()
    await until(orders.cancelled.is_set)


async def test_a_stream_without_news_says_that_it_lives_and_has_no_deadline(http, orders) -> None:
    await reached(http)
    orders.answer = orders.for_ever
    async with http.stream("GET", "/orders/x:watch") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line == ": nothing new":
                break
    assert orders.left[-1] is None or orders.left[-1] > 1e6


async def test_a_stream_that_fails_half_way_ends_with_the_status_as_an_event(http, orders) -> None:
    await reached(http)

    async def fail(_request: Any, context: Any) -> None:
        error = too_many_calls("nothing was read")
        await context.abort(error.code, error.message, error.trailing_metadata())

    orders.answer = fail
    async with http.stream("GET", "/orders/x:watch") as stream:
        first, last = [event async for event in events(stream.aiter_lines())]
    assert (first["id"], last["event"]) == ("1", "status")
    assert json.loads(last["data"])["code"] == 8


async def test_what_a_service_asks_to_wait_is_the_header_retry_after(http, orders) -> None:
    await reached(http)

    async def fail(_request: Any, context: Any) -> None:
        error = too_many_calls("too many", 2.3)
        await context.abort(error.code, error.message, error.trailing_metadata())

    orders.answer = fail
    answer = await http.get("/orders/x")
    assert code_and_reason(answer) == (429, "TOO_MANY_CALLS")
    assert answer.headers["retry-after"] == "3"


async def test_a_service_that_fails_without_details_is_told_as_what_it_is(http, orders) -> None:
    await reached(http)

    async def fail(_request: Any, context: Any) -> None:
        await context.abort(grpc.StatusCode.DATA_LOSS, "gone")

    orders.answer = fail
    assert code_and_reason(await http.get("/orders/x")) == (500, "INTERNAL")


async def test_the_trace_of_a_request_goes_on_in_the_call(http, orders) -> None:
    await reached(http)
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await http.get("/orders/x", headers={"traceparent": trace})
    assert orders.metadata["traceparent"] == trace
    await http.get("/orders/x", headers={"traceparent": "nonsense"})
    assert "traceparent" not in orders.metadata


async def test_a_stop_ends_streams_answers_what_is_in_flight_and_exits_with_0(orders, order_port, tmp_path) -> None:
    answer_now = asyncio.Event()

    async def answer_later(_request: Any, _context: Any) -> order_pb2.Order:
        await answer_now.wait()
        return order_pb2.Order(order_id="late")

    with gateway(f"127.0.0.1:{order_port}", tmp_path / "log") as running:
        async with httpx2.AsyncClient(base_url=running.url, trust_env=False, timeout=10) as http:
            await reached(http)
            orders.answer = answer_later
            orders.asked.clear()
            asking = asyncio.create_task(http.get("/orders/x"))
            await asyncio.wait_for(orders.asked.wait(), 5)
            async with http.stream("GET", "/orders/x:watch") as stream:
                found = events(stream.aiter_lines())
                assert (await anext(found))["id"] == "1"
                running.process.terminate()
                assert [event async for event in found] == []
            answer_now.set()
            assert (await asking).json()["orderId"] == "late"
        assert await asyncio.to_thread(running.process.wait, 10) == 0
    lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    assert {"GET"} == {line["method"] for line in lines if line["message"] == "answered"}
    assert [line for line in lines if line["level"] not in ("INFO", "DEBUG")] == []


@pytest.mark.parametrize("variable", ["listen", "deadline", "max_body_bytes"])
def test_a_setting_that_is_wrong_stops_the_start_and_is_named(tmp_path, variable) -> None:
    with (
        pytest.raises(AssertionError, match=f"QUADRILLE_GATEWAY_{variable.upper()} is 'no'"),
        gateway("127.0.0.1:1", tmp_path / "log", **{variable: "no"}),
    ):
        pass


def test_reasons_that_only_the_gateway_gives_are_in_the_contract() -> None:
    names = {name.removeprefix("ERROR_REASON_") for name in dict(ErrorReason.items())}
    assert {"ROUTE_NOT_FOUND", "HTTP_METHOD_NOT_ALLOWED", "CONTENT_TYPE_UNSUPPORTED", "DEADLINE_EXCEEDED"} <= names
