"""The proxy does what it is told, or a fault would be none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.live.faults.network import _commits, _committed, _idle, _produces
from tests.live.faults.proxy import Proxy

SECONDS = 5.0


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """A server that answers each chunk with it, and what it was asked, behind a proxy."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1000):
            asked.append(chunk)
            writer.write(chunk)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        proxy = Proxy(server.sockets[0].getsockname()[1])
        try:
            yield proxy, asked
        finally:
            await asyncio.to_thread(proxy.close)


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ask(ends: tuple[asyncio.StreamReader, asyncio.StreamWriter], text: bytes) -> bytes:
    reader, writer = ends
    writer.write(text)
    return await asyncio.wait_for(reader.read(1000), SECONDS)


async def test_it_forwards():
    async with echoing() as (proxy, _), connected(proxy) as ends:
        assert await ask(ends, b"hello") == b"hello"


async def test_a_cut_ends_what_is_there_and_lets_new_connections_through():
    async with echoing() as (proxy, _):
        async with connected(proxy) as ends:
            await ask(ends, b"hello")
            proxy.cut()
            with pytest.raises(ConnectionResetError):
                await ask(ends, b"again")
        async with connected(proxy) as ends:
            assert await ask(ends, b"again") == b"again"


async def test_it_refuses_until_it_is_healed():
    async with echoing() as (proxy, asked):
        proxy.refuse()
        # The reset may come as early as the connection itself.
        with pytest.raises(ConnectionResetError):
            async with connected(proxy) as ends:
                await ask(ends, b"hello")
        proxy.heal()
        async with connected(proxy) as ends:
            assert await ask(ends, b"again") == b"again"
        assert asked == [b"again"]


async def test_it_delays_both_directions():
    async with echoing() as (proxy, _), connected(proxy) as ends:
        proxy.delay(0.05)
        began = time.monotonic()
        assert await ask(ends, b"hello") == b"hello"
        assert time.monotonic() - began >= 0.1


async def test_what_was_held_arrives_when_it_is_healed():
    async with echoing() as (proxy, asked), connected(proxy) as ends:
        await ask(ends, b"hello")
        proxy.hold()
        asking = asyncio.create_task(ask(ends, b"again"))
        await asyncio.sleep(0.1)
        assert asked == [b"hello"]
        proxy.heal()
        assert await asking == b"again"


async def test_a_lost_answer_was_asked_for_and_its_connection_ends():
    async with echoing() as (proxy, asked):
        proxy.lose_answers(1, lambda chunk: b"commit" in chunk, lambda chunk: b"commit" in chunk)
        async with connected(proxy) as ends:
            assert await ask(ends, b"hello") == b"hello"
            with pytest.raises(ConnectionResetError):
                await ask(ends, b"commit")
        async with connected(proxy) as ends:
            assert await ask(ends, b"commit") == b"commit"
        assert (asked, proxy.lost) == ([b"hello", b"commit", b"commit"], 1)


async def test_an_answer_that_comes_in_pieces_is_lost_too():
    async with echoing() as (proxy, _), connected(proxy) as (reader, writer):
        proxy.lose_answers(1, lambda chunk: b"com" in chunk, lambda chunk: b"commit" in chunk)
        writer.write(b"com")
        await asyncio.sleep(0.05)
        writer.write(b"mit")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(1000), SECONDS)
        assert proxy.lost == 1


async def test_a_request_that_is_answered_otherwise_or_given_up_loses_nothing_and_another_does():
    async with echoing() as (proxy, asked):
        proxy.lose_answers(
            1, lambda chunk: b"commit" in chunk, lambda chunk: b"committed" in chunk, lambda chunk: b"refused" in chunk
        )
        async with connected(proxy) as ends:
            with pytest.raises(ConnectionResetError):
                await ask(ends, b"commit refused")
        async with connected(proxy) as (_, writer):
            writer.write(b"commit")
        while len(asked) < 2:
            await asyncio.sleep(0.01)
        assert proxy.lost == 0
        while not proxy.lost:
            async with connected(proxy) as ends:
                with suppress(ConnectionResetError):
                    await ask(ends, b"committed")
        assert proxy.lost == 1


def test_what_is_looked_for_is_found_in_the_protocols_own_bytes():
    assert _commits(b"Q\x00\x00\x00\x0bCOMMIT\x00")
    assert _commits(b"P\x00\x00\x00\x0e\x00COMMIT\x00\x00\x00")
    assert not _commits(b"Q\x00\x00\x00\x0dROLLBACK\x00")
    assert _committed(b"C\x00\x00\x00\x0bCOMMIT\x00Z\x00\x00\x00\x05I")
    assert not _committed(b"C\x00\x00\x00\x0dROLLBACK\x00Z\x00\x00\x00\x05I")
    assert _idle(b"C\x00\x00\x00\x0dROLLBACK\x00Z\x00\x00\x00\x05I")
    assert not _idle(b"Z\x00\x00\x00\x05T")
    assert _produces(b"\x00\x00\x01\x00\x00\x00\x00\x09" + bytes(200))
    assert not _produces(b"\x00\x00\x01\x00\x00\x01\x00\x0d" + bytes(200))
