"""A TCP proxy that can be told to misbehave as networks do: cut, delay, hold back, or lose an answer.

It runs in a thread of its own, so that it goes on whatever the test waits for. All of it is one event loop; the public
methods may be called from any thread.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

CHUNK = 1 << 16
#: Bytes in which an answer's end is told.
LONGEST_SPOT = 64
Spot = Callable[[bytes], bool]


class _Wire:
    """One connection through the proxy.

    Attributes:
        losing: Its client's request was forwarded, and the answer is not to arrive.
        swallowed: The end of what has been taken off the wire since then: an answer may come in pieces.
    """

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.ends = (client, server)
        self.losing = False
        self.swallowed = b""

    def cut(self) -> None:
        """Reset both ends, as a network does that lost them: what was not delivered never is."""
        for end in self.ends:
            sock = end.transport.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()

    def end(self) -> None:
        """Close both ends in order."""
        for end in self.ends:
            end.close()


class Proxy:
    """Listens on a port of its own, and forwards to one of this machine."""

    def __init__(self, target: int) -> None:
        """Listen.

        Args:
            target: Port that is forwarded to.
        """
        self._target = target
        self._wires: set[_Wire] = set()
        self._delay = 0.0
        self._refusing = False
        self._answer: tuple[Spot, Spot, Spot] | None = None
        self._to_lose = 0
        #: Answers that were lost.
        self.lost = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy of {target}", daemon=True)
        self._thread.start()
        self.port: int = self._call(self._listen())

    def cut(self) -> None:
        """End every connection that there is. New ones are let through."""
        self._do(self._cut)

    def refuse(self) -> None:
        """End every connection, and let none through until `heal`."""
        self._do(self._refuse)

    def delay(self, seconds: float) -> None:
        """Keep everything back for so long, in both directions, until `heal`."""
        self._do(lambda: setattr(self, "_delay", seconds))

    def hold(self) -> None:
        """Let nothing through, and end nothing, until `heal`: then what was sent meanwhile arrives, as TCP would."""
        self._do(self._flowing.clear)

    def lose_answers(self, number: int, request: Spot, answer: Spot, other: Spot = lambda _: False) -> None:
        """Lose answers: the request is forwarded, its answer is taken off the wire, and then the connection ends.

        Args:
            number: How many.
            request: Tells whether bytes of a client are the request.
            answer: Tells whether bytes of the server have the end of its answer.
            other: Tells whether they have the end of another one, such as a refusal: that ends the connection too, and
                counts as none.
        """

        def begin() -> None:
            self._answer, self._to_lose = (request, answer, other), number

        self._do(begin)

    def heal(self) -> None:
        """Forward again as if nothing had been."""

        def end() -> None:
            self._delay, self._refusing, self._answer = 0.0, False, None
            for wire in self._wires:
                wire.losing = False
            self._flowing.set()

        self._do(end)

    def close(self) -> None:
        """End everything."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _call(self, work: object) -> int:
        future: Future[int] = asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]
        return future.result(10)

    def _do(self, act: Callable[[], object]) -> None:
        async def work() -> int:
            act()
            return 0

        self._call(work())

    async def _listen(self) -> int:
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _close(self) -> int:
        self._server.close()
        self._cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return 0

    def _cut(self) -> None:
        for wire in self._wires:
            wire.cut()

    def _refuse(self) -> None:
        self._refusing = True
        self._cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        if self._refusing:
            _Wire(writer, writer).cut()
            return
        try:
            back, there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        wire = _Wire(writer, there)
        self._wires.add(wire)
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(reader, there, wire, asks=True))
                pumps.create_task(self._pump(back, writer, wire, asks=False))
        finally:
            self._wires.discard(wire)
            # Its request was refused, or its client or server gave up: another answer is lost in place of this one.
            self._to_lose += wire.losing
            wire.end()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: _Wire, *, asks: bool
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._flowing.wait()
                if asks and not wire.losing and self._to_lose > 0 and self._answer and self._answer[0](chunk):
                    self._to_lose -= 1
                    wire.losing = True
                elif wire.losing and not asks:
                    seen = wire.swallowed + chunk
                    if self._answer is None or self._answer[1](seen):
                        self.lost += 1
                        wire.losing = False
                        wire.cut()
                        return
                    if self._answer[2](seen):
                        wire.cut()
                        return
                    wire.swallowed = seen[-LONGEST_SPOT:]
                    continue
                writer.write(chunk)
                await writer.drain()
        # One direction has ended: whoever is left has nobody to talk to.
        wire.end()
