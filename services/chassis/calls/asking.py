"""Asks providers outside: the thread that makes a service's calls.

Invariants:

- Calls that a commit has just opened are asked at once; nothing on that path polls. The sweep finds what is to be asked
  again, and what a process that died had taken.
- Slow lanes have slots of their own. A lane is slow once two of its calls in a row were, until it gives an answer. A
  slow call of another lane gives its slot up, and goes on without one. So a provider that does not answer for some
  keeps nobody else waiting.
- An answer is recorded when it comes. It waits for no other call, only for the commit that is under way.
- A call that found no slot while it was ours is left alone: its lease ends, and it is found again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Engine

from services.chassis.backoff import Backoff
from services.chassis.calls.recording import Recorder
from services.chassis.calls.settings import WITHOUT_SLOT_FACTOR, CallSettings
from services.chassis.decide.calls import Call, Done, Opened
from services.chassis.decide.handlers import Handlers
from services.chassis.errors import Retryable, Unknown, classified
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.direct import Transactions
from services.chassis.tables import open_calls, outbox
from telemetry import spans

log = logging.getLogger(__name__)

#: Seconds between two looks for calls that are due.
SWEEP_EVERY_SECONDS = 0.5
#: Seconds that a call may wait for a slot, beside the time that asking takes.
SLOT_WAIT_SECONDS = 5.0
#: Answers that share a transaction, at most.
MOST_RECORDED = 200
#: Part of the timeout after which a call is slow.
SLOW_SHARE = 0.25
#: So many slow calls of a lane in a row, and it is slow. An answer ends it.
SLOW_LANE = 2
#: Slow lanes that are remembered, at most.
MOST_LANES = 10_000
#: Seconds between two attempts to record what the database did not take.
RECORD_AGAIN_SECONDS = 0.2


class Provider(Protocol):
    """Somebody outside who is asked."""

    async def ask(self, call: Any, idempotency_key: UUID) -> object:
        """Ask once, and give the answer.

        Args:
            call: What is asked.
            idempotency_key: The same each time that this call is asked. The provider acts once for each key.

        Returns:
            The outcome, as the decision for this type of call expects it. Only what the provider really said.

        Raises:
            Unknown: There is no answer that can be relied on.
        """

    async def close(self) -> None:
        """Let connections go."""


@dataclass(frozen=True, slots=True)
class RemoteProvider:
    """A provider outside.

    Attributes:
        provider: Who is asked.
        settings: How.
    """

    provider: Provider
    settings: CallSettings


class _Slots:
    """Places for calls that are under way, and the calls that wait for one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self.waiting: deque[tuple[Opened, float]] = deque()

    @property
    def free(self) -> int:
        return max(0, self.most - self.taken - len(self.waiting))


@dataclass(slots=True)
class _Slot:
    """The slot of a call that is under way; None once it has given it up."""

    slots: _Slots | None


class Caller:
    """One provider, and the thread that asks it."""

    def __init__(
        self,
        engine: Engine,
        kinds: Mapping[str, type[Call]],
        provider: Provider,
        recorder: Recorder,
        settings: CallSettings,
    ) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            kinds: The types of calls by operation.
            provider: Who is asked.
            recorder: Records the answers.
            settings: How calls are made.
        """
        self._engine = engine
        self._kinds = kinds
        self._provider = provider
        self._recorder = recorder
        self._timeout = settings.call_timeout
        self.held = timedelta(seconds=settings.call_timeout + SLOT_WAIT_SECONDS)
        self._quick = _Slots(settings.call_concurrency)
        self._late = _Slots(settings.call_concurrency)
        self._most_without_slot = WITHOUT_SLOT_FACTOR * settings.call_concurrency
        self._without_slot = 0
        self._slow: dict[str, int] = {}
        self._done: list[Done] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    def hand_over(self, opened: Sequence[Opened]) -> None:
        """Take calls that were committed, from any thread, without waiting.

        Args:
            opened: The calls, held for this instance since their transaction began.
        """
        until = time.monotonic() + SLOT_WAIT_SECONDS
        # Before the loop runs, and once it has ended, the sweep of some instance finds them.
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._take_all, list(opened), until)
                failpoint("call.handed-over")

    def run(self) -> None:
        """Ask until `stop`; then record what has been answered by then."""
        asyncio.run(self._main())

    def stop(self) -> None:
        """Make `run` return."""
        self._stopping = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopped.set)

    async def _main(self) -> None:
        self._answered, self._stopped = asyncio.Event(), asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._stopping:
            self._stopped.set()
        with ThreadPoolExecutor(2, thread_name_prefix="calls") as self._threads:
            recording = asyncio.create_task(self._record())
            sweeping = asyncio.create_task(self._sweep())
            await asyncio.wait(
                {recording, sweeping, asyncio.create_task(self._stopped.wait())}, return_when=asyncio.FIRST_COMPLETED
            )
            self._stopping = True
            # What has not been answered stays open, and belongs to whoever finds it next.
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._stopped.set()
            self._answered.set()
            await asyncio.gather(recording, sweeping)
            await self._provider.close()

    # Asking.

    def _take_all(self, opened: Sequence[Opened], until: float) -> None:
        for one in opened:
            slots = self._late if self._is_slow(one) else self._quick
            slots.waiting.append((one, until))
        self._fill()

    def _fill(self) -> None:
        """Give free slots to those that wait for one."""
        for slots in (self._quick, self._late):
            while slots.waiting and slots.taken < slots.most and not self._stopping:
                one, until = slots.waiting.popleft()
                if slots is self._quick and self._is_slow(one):
                    self._late.waiting.append((one, until))
                elif time.monotonic() <= until:  # else somebody else may have it by now
                    slots.taken += 1
                    task = asyncio.create_task(self._ask(one, _Slot(slots)))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def _ask(self, one: Opened, slot: _Slot) -> None:
        outcome: object
        loop = asyncio.get_running_loop()
        slow = loop.call_later(SLOW_SHARE * self._timeout, self._note_slow, one.call.lane, slot)
        try:
            async with asyncio.timeout(self._timeout):
                failpoint("call.before-ask")
                # What is done for this task alone: whoever asks over HTTP sends it along.
                with spans.working_on(one.traceparent):
                    outcome = await self._provider.ask(one.call, one.idempotency_key)
                failpoint("call.answered")
        except Unknown as unknown:
            outcome = unknown
        except TimeoutError:
            outcome = Unknown(f"no answer within {self._timeout:g} s")
        except asyncio.CancelledError:
            # Only `_main` cancels, and then waits: what it does not hear of now, the next process asks again.
            outcome = Unknown("the service stopped before an answer came")
        except Exception as error:
            log.exception("a provider's own code failed", extra={"call": one.call.operation})
            outcome = Unknown(f"{type(error).__name__}: {error}")
        slow.cancel()
        if not isinstance(outcome, Unknown):
            self._note_answer(one.call.lane)
        self._done.append(Done(one, outcome))
        self._answered.set()
        if slot.slots is None:
            self._without_slot -= 1
        self._give_up(slot)

    def _is_slow(self, one: Opened) -> bool:
        if not one.call.lane:
            return one.attempts > 1
        return self._slow.get(one.call.lane, 0) >= (SLOW_LANE if one.attempts == 1 else 1)

    def _note_answer(self, lane: str) -> None:
        if self._slow.pop(lane, 0):
            # Those that wait with the slow ones need not any more.
            waiting = list(self._late.waiting)
            self._late.waiting = deque(entry for entry in waiting if entry[0].call.lane != lane)
            self._quick.waiting.extend(entry for entry in waiting if entry[0].call.lane == lane)

    def _note_slow(self, lane: str, slot: _Slot) -> None:
        if lane:
            self._slow[lane] = self._slow.pop(lane, 0) + 1  # last: it is forgotten last
            if len(self._slow) > MOST_LANES:
                del self._slow[next(iter(self._slow))]
        if slot.slots is self._quick and self._without_slot < self._most_without_slot:
            self._without_slot += 1
            self._give_up(slot)

    def _give_up(self, slot: _Slot) -> None:
        if slot.slots is not None:
            slot.slots.taken -= 1
        slot.slots = None
        self._fill()

    # Recording.

    async def _record(self) -> None:
        while not (self._stopping and not self._done):
            if not self._done:
                self._answered.clear()
                await self._answered.wait()
                continue
            some, self._done = self._done[:MOST_RECORDED], self._done[MOST_RECORDED:]
            try:
                await self._in_thread(self._recorder.record, some, self)
            except Retryable as error:
                log.warning("answers are not recorded yet", extra={"error": str(error), "answers": len(some)})
                if self._stopping:
                    return
                self._done = some + self._done
                await asyncio.sleep(RECORD_AGAIN_SECONDS)

    # Looking for what is due.

    async def _sweep(self) -> None:
        while not self._stopping:
            room = self._late.free
            if room:
                try:
                    until = time.monotonic() + SLOT_WAIT_SECONDS
                    taken = await self._in_thread(self._take, room)
                except Retryable as error:
                    log.warning("cannot look for calls that are due", extra={"error": str(error)})
                else:
                    self._take_all(taken, until)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), SWEEP_EVERY_SECONDS)

    def _take(self, limit: int) -> list[Opened]:
        with classified(), self._engine.begin() as connection:
            taken = open_calls.take(connection, self._kinds, lease=self.held, limit=limit)
        if taken:
            failpoint("call.taken")
        return taken

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def make_caller(
    engine: Engine,
    transactions: Transactions,
    handlers: Handlers[Any],
    publish: Callable[[Sequence[outbox.Row]], None],
    clock: Callable[[], datetime],
    remote: RemoteProvider,
) -> Caller:
    """Make the caller of a service.

    Args:
        engine: The service's database.
        transactions: The same.
        handlers: The service's handlers.
        publish: Takes outbox rows after their commit.
        clock: Gives the time.
        remote: Who is asked, and how.

    Returns:
        The caller; it is to be run in a thread of its own.
    """
    settings = remote.settings
    backoff = Backoff(settings.call_first_backoff, settings.call_longest_backoff)
    recorder = Recorder(transactions, handlers, publish, clock, backoff)
    kinds = {kind.operation: kind for kind in handlers.answers}
    return Caller(engine, kinds, remote.provider, recorder, settings)


def warn_of_open_calls(engine: Engine) -> None:
    """Say in the log that calls are open which nobody makes, if there are any.

    Args:
        engine: The database of a service without a provider outside.

    Raises:
        Retryable: The database does not answer.
    """
    with classified(), engine.connect() as connection:
        open_, _ = open_calls.backlog(connection)
    if open_:
        log.warning("nobody makes the open calls: no provider outside is set", extra={"calls": open_})
