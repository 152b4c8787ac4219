"""One state for all open pages, sent as server-sent events.

Invariants:

- The system is asked by one task for each part of the state, each at its own pace, however many pages are open.
  Nobody is asked while no page is open.
- A part that fails keeps its error beside the time of its last answer; the others go on.
- Every event is the whole state, so a page that was away misses nothing; one that reads slowly skips what is outdated.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.errors import HttpError

log = logging.getLogger(__name__)
EVERY = 1.0
#: A page that is loaded again finds the state still warm.
LINGER = 5.0


@dataclass(slots=True)
class Part:
    """A part of the state.

    Attributes:
        name: Its name in the state.
        fetch: Asks the system.
        every: Seconds between answers and the next question.
        value: What was answered last.
        at: When.
        error: Why the last question had no answer; empty if it had.
    """

    name: str
    fetch: Callable[[], Awaitable[Any]]
    every: float = EVERY
    value: Any = None
    at: datetime | None = None
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {"value": self.value, "at": self.at.isoformat() if self.at else None, "error": self.error}


@dataclass(slots=True)
class _State:
    sequence: int = 0
    event: bytes = b""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class Live:
    """The state, and who looks at it."""

    def __init__(self, parts: Sequence[Part], stopping: asyncio.Event) -> None:
        """Prepare; nothing is asked yet.

        Args:
            parts: What is asked.
            stopping: Set when the process stops: streams then end.
        """
        self._parts = parts
        self._stopping = stopping
        self._state = _State()
        self._open = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._linger: asyncio.TimerHandle | None = None

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return self._open

    async def events(self, last: int | None, heartbeat: float) -> AsyncIterator[bytes]:
        """Follow the state.

        Args:
            last: The sequence number that the page has seen; None for none.
            heartbeat: Seconds of silence after which a comment is sent.

        Yields:
            Events.
        """
        self._enter()
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            seen = last if last is not None and last <= self._state.sequence else -1
            yield b"retry: 1000\n\n"
            while not stop.done():
                if self._state.sequence > 0 and self._state.sequence != seen:
                    seen = self._state.sequence
                    yield self._state.event
                waiting = asyncio.ensure_future(self._next(seen))
                await asyncio.wait({waiting, stop}, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    if not stop.done():
                        yield b": nothing new\n\n"
        finally:
            stop.cancel()
            self._leave()

    async def _next(self, seen: int) -> None:
        async with self._state.changed:
            await self._state.changed.wait_for(lambda: self._state.sequence not in (0, seen))

    def _enter(self) -> None:
        self._open += 1
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._look(part)) for part in self._parts]
            self._tasks.append(asyncio.create_task(self._publish()))

    def _leave(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._linger = asyncio.get_running_loop().call_later(LINGER, self.close)

    def close(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def _look(self, part: Part) -> None:
        while True:
            try:
                part.value = await part.fetch()
                part.at, part.error = datetime.now(UTC), ""
            except HttpError as error:
                part.error = error.status.message
            except asyncio.CancelledError:
                raise
            except Exception as error:
                # One that nobody foresaw must not end the others; the page shows it, and the log has all of it.
                failure = f"{type(error).__name__}: {error}"
                if failure != part.error:
                    log.exception("the console could not fetch a part", extra={"part": part.name})
                part.error = failure
            await asyncio.sleep(part.every)

    async def _publish(self) -> None:
        before: Mapping[str, Any] = {}
        while True:
            parts = {part.name: part.to_json() for part in self._parts}
            if parts != before and any(part.at or part.error for part in self._parts):
                before = parts
                self._state.sequence += 1
                state = {"at": datetime.now(UTC).isoformat(), "pages": self._open, **parts}
                text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
                self._state.event = f"id: {self._state.sequence}\nevent: state\ndata: {text}\n\n".encode()
                async with self._state.changed:
                    self._state.changed.notify_all()
            await asyncio.sleep(EVERY if before else EVERY / 5)
