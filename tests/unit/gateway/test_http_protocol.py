"""What a caller may hold or leave half done: connections, heads, bodies, answers that nobody reads."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import socket
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from gateway import http_protocol
from gateway.http_protocol import Limits, Protocol
from tests.support.waiting import until

LIMITS = Limits(
    connections=50,
    head_bytes=4096,
    headers=20,
    head_timeout_seconds=30.0,
    body_timeout_seconds=30.0,
    write_timeout_seconds=30.0,
)
SHORT = 0.15
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class App:
    """Tells the length of a body. `/long` and `/huge` have long answers, `/stream` one that takes a while."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        length = 0
        while scope["path"] != "/unread":
            message = await receive()
            if message["type"] == "http.disconnect":
                self.ended.set()
                return
            length += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            if scope["path"] == "/huge":
                await send({"type": "http.response.body", "body": b"x" * 100_000_000, "more_body": True})
            if scope["path"] == "/long":
                for _ in range(1000):
                    await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            while (
                scope["path"] == "/stream" and (await asyncio.wait_for(receive(), SHORT))["type"] != "http.disconnect"
            ):
                pass
        except TimeoutError:
            await send({"type": "http.response.body", "body": b"one ", "more_body": True})
            await asyncio.sleep(3 * SHORT)
        finally:
            self.ended.set()
        await send({"type": "http.response.body", "body": b"%d" % length})


@dataclasses.dataclass
class Served:
    port: int
    app: App
    state: ServerState

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def said(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """Everything that is answered until the connection closes."""
        reader, writer = await self.open()
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)
        found = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return found

    async def told(self, *parts: bytes, pause: float = 0.0) -> tuple[int, str]:
        """Status and message of the one answer."""
        head, _, body = (await self.said(*parts, pause=pause)).partition(b"\r\n\r\n")
        assert b"connection: close" in head.lower(), head
        return int(head.split()[1]), json.loads(body)["message"]


@contextlib.asynccontextmanager
async def serving(**limits: Any) -> AsyncIterator[Served]:
    app, state = App(), ServerState()
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=1)
    config.load()
    made = partial(
        Protocol, config=config, server_state=state, app_state={}, limits=dataclasses.replace(LIMITS, **limits)
    )
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    try:
        yield Served(server.sockets[0].getsockname()[1], app, state)
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await server.wait_closed()
        while state.connections or state.tasks:
            await asyncio.sleep(0)


async def test_a_request_is_answered_and_the_next_one_too() -> None:
    async with serving() as served:
        said = await served.said(GET, GET.replace(b"Host", b"Connection: close\r\nHost"))
        assert said.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("sent", [b"G", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_head_that_does_not_come_whole_is_408(sent) -> None:
    async with serving(head_timeout_seconds=SHORT) as served:
        assert (await served.told(sent))[0] == 408


async def test_more_bytes_of_a_head_put_its_deadline_off_by_nothing() -> None:
    async with serving(head_timeout_seconds=2 * SHORT) as served:
        status, message = await served.told(GET[:9], *([b"a"] * 12), pause=SHORT / 3)
        assert (status, "headers" in message) == (408, True)


async def test_a_connection_that_asks_nothing_is_closed_without_a_word() -> None:
    async with serving(head_timeout_seconds=SHORT) as served:
        assert await served.said() == b""


async def test_the_head_of_a_second_request_has_its_deadline_too() -> None:
    async with serving(head_timeout_seconds=SHORT) as served:
        for parts in ((GET + GET[:9],), (GET, GET[:9])):
            said = await served.said(*parts, pause=SHORT / 3)
            assert b"HTTP/1.1 200" in said
            assert b"HTTP/1.1 408" in said


async def test_a_connection_between_two_requests_may_idle_longer_than_a_head() -> None:
    async with serving(head_timeout_seconds=SHORT) as served:
        said = await served.said(GET, GET.replace(b"Host", b"Connection: close\r\nHost"), pause=2 * SHORT)
        assert said.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("body", [b"Content-Length: 9\r\n\r\nx", b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"])
async def test_a_body_that_does_not_come_whole_is_408_and_the_application_learns_it(body) -> None:
    async with serving(body_timeout_seconds=SHORT) as served:
        status, message = await served.told(b"POST / HTTP/1.1\r\nHost: x\r\n" + body)
        assert (status, "body" in message) == (408, True)
        await asyncio.wait_for(served.app.ended.wait(), 5)


async def test_a_body_that_nobody_reads_does_not_hold_the_connection() -> None:
    async with serving(body_timeout_seconds=SHORT) as served:
        said = await served.said(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        assert said.startswith(b"HTTP/1.1 200")


async def test_a_stream_that_is_read_outlives_every_deadline() -> None:
    short = {"head_timeout_seconds": SHORT, "body_timeout_seconds": SHORT, "write_timeout_seconds": SHORT}
    async with serving(**short) as served:
        said = await served.said(GET.replace(b"GET /", b"GET /stream").replace(b"Host", b"Connection: close\r\nHost"))
        assert said.endswith(b"4\r\none \r\n1\r\n0\r\n0\r\n\r\n")


@pytest.mark.parametrize("close", [b"", b"Connection: close\r\n"])
async def test_a_caller_who_reads_nothing_is_dropped(close) -> None:
    async with serving(write_timeout_seconds=SHORT) as served:
        _, writer = await served.open()
        writer.transport.pause_reading()
        writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n" + close + b"\r\n")
        await asyncio.wait_for(served.app.ended.wait(), 10)
        await until(lambda: not served.state.connections)
        writer.transport.abort()


async def test_a_caller_who_reads_slowly_is_not_dropped() -> None:
    async with serving(write_timeout_seconds=2 * SHORT) as served:
        reader, writer = await served.open()
        writer.write(b"GET /huge HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got, began = 0, asyncio.get_running_loop().time()
        while data := await reader.read(1_000_000):
            got += len(data)
            # All of it waits in one piece: nothing but its becoming less says that somebody reads.
            if asyncio.get_running_loop().time() - began < 8 * SHORT:
                await asyncio.sleep(SHORT / 4)
        assert got > 100_000_000
        writer.close()


@pytest.mark.parametrize("last", [b"", b"\r\n"], ids=["without its end", "whole"])
async def test_too_many_headers_are_431(last) -> None:
    async with serving() as served:
        head = b"GET / HTTP/1.1\r\n" + b"".join(b"a%d: b\r\n" % n for n in range(21)) + last
        status, message = await served.told(head)
        assert (status, "20 headers" in message) == (431, True)


@pytest.mark.parametrize("last", [b"", b"\r\n\r\n"], ids=["without its end", "whole"])
@pytest.mark.parametrize("begin", [b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\na: ", b""], ids=["path", "header", "verb"])
async def test_a_head_that_is_too_long_is_431(begin, last) -> None:
    async with serving() as served:
        assert (await served.told(begin + b"x" * 5000 + last))[0] == 431


async def test_ten_thousand_headers_cost_nothing() -> None:
    async with serving() as served:
        head = b"GET / HTTP/1.1\r\n" + b"".join(b"a%d: b\r\n" % n for n in range(10_000)) + b"\r\n"
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert (await served.told(head))[0] == 431
        assert loop.time() - began < 1


async def test_as_many_headers_as_are_allowed_are_read() -> None:
    async with serving() as served:
        head = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + b"a: b\r\n" * 18 + b"\r\n"
        assert (await served.said(head)).startswith(b"HTTP/1.1 200")


async def test_the_head_of_a_second_request_has_its_limits_too() -> None:
    async with serving() as served:
        said = await served.said(GET + b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 21 + b"\r\n")
        assert b"HTTP/1.1 200" in said
        assert b"HTTP/1.1 431" in said


async def test_a_body_in_too_many_chunks_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(http_protocol, "MOST_CHUNKS", 100)
    async with serving() as served:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert (await served.told(head + b"1\r\nx\r\n" * 101 + b"0\r\n\r\n"))[0] == 400
        assert (await served.said(head + b"1\r\nx\r\n" * 99 + b"0\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_one_connection_too_many_is_told_503_and_a_crowd_is_cut_off(monkeypatch) -> None:
    monkeypatch.setattr(http_protocol, "TOLD_AT_ONCE", 2)
    monkeypatch.setattr(http_protocol, "LINGER_SECONDS", 60.0)
    async with serving(connections=3) as served:
        held = [await served.open() for _ in range(3)]
        await until(lambda: len(served.state.connections) == 3)
        over = [await served.open() for _ in range(2)]
        for reader, _ in over:
            said = await asyncio.wait_for(reader.read(), 5)
            assert said.startswith(b"HTTP/1.1 503")
            assert b"retry-after: 1" in said
        reader, writer = await served.open()
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 5) == b"", "cut off"
        writer.close()
        # Those that are in go on, and one that leaves makes room.
        for _, writer in over:
            writer.close()
        held[0][1].write(GET)
        assert (await held[0][0].readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
        held[1][1].close()
        await until(lambda: len(served.state.connections) == 2)
        assert (await served.said(GET.replace(b"Host", b"Connection: close\r\nHost"))).startswith(b"HTTP/1.1 200")
        for _, writer in held:
            writer.close()


async def test_one_who_was_refused_and_goes_on_sending_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(http_protocol, "LINGER_SECONDS", SHORT)
    async with serving() as served:
        _, writer = await served.open()
        writer.write(b"x" * 10_000)
        await until(lambda: served.state.connections)
        await until(lambda: not served.state.connections)
        writer.close()


PIECES = [
    b"GET / HTTP/1.1\r\n",
    b"POST /unread HTTP/1.1\r\n",
    b"Host: x\r\n",
    b"\r\n",
    b"Content-Length: 3\r\n",
    b"abc",
]
PIECES += [
    b"Transfer-Encoding: chunked\r\n",
    b"1\r\nx\r\n",
    b"0\r\n\r\n",
    b"Connection: close\r\n",
    b"\x00",
    b"\xff:\n",
]
PIECES += [b"Content-Length: " + b"9" * 5000 + b"\r\n", b"Expect: 100-continue\r\n", b"Upgrade: websocket\r\n", b"\n\n"]
PIECES += [
    b"Connection: upgrade\r\n",
    b"GET /\xc3 HTTP/1.1\r\n",
    b"GET /%ff%00 HTTP/1.0\r\n",
    b"ffffffffffffffffffff\r\n",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=10), st.booleans())
async def test_whatever_bytes_come_the_connection_ends_and_nothing_is_a_defect(caplog, pieces, at_once) -> None:
    caplog.clear()
    async with serving(head_timeout_seconds=0.02, body_timeout_seconds=0.02) as served:
        reader, writer = await served.open()
        for piece in [b"".join(pieces)] if at_once else pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        with contextlib.suppress(OSError):
            if writer.can_write_eof():
                writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
        said = b""
        # What comes after the last answer is not read: the system may reset the connection then.
        with contextlib.suppress(ConnectionResetError):
            while piece := await asyncio.wait_for(reader.read(65_536), 10):
                said += piece
        writer.close()
        assert b" 500 " not in said
        assert not said or said.startswith(b"HTTP/1.1 ")
    assert [record for record in caplog.records if record.levelname == "ERROR" or record.exc_info] == []
