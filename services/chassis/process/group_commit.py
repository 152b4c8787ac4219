"""Group commit: calls that arrive while a commit is under way share the next one.

Invariants:

- A call is answered after the commit of its transaction, never before.
- A caller who goes away does not undo its call: the work goes on, and an idempotency key makes asking again safe.
- One call that cannot be committed does not take the others with it: they are tried one by one.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from services.chassis.errors import Retryable
from services.chassis.observe import metrics, tracing
from services.chassis.observe.failpoints import failpoint
from telemetry import spans

log = logging.getLogger(__name__)

#: A group of so many calls says that the service is busy.
BUSY_CALLS = 4
#: How often a busy service looks whether calls still come.
LOOK_SECONDS = 0.001
#: Looks in a row that find no new call, after which the group is closed: fewer once it is as large as the last one,
#: because callers that were answered together ask again together.
QUIET_LOOKS, QUIET_LOOKS_BELOW_LAST = 1, 3
#: How long a busy service looks for more calls, at most.
LINGER_SECONDS = 0.05

C = TypeVar("C")
A = TypeVar("A")


class Full(Retryable):
    """More calls wait than the service takes."""


class GroupCommit(Generic[C, A]):
    """A queue of commands and the thread that commits them in groups."""

    def __init__(self, commit: Callable[[Sequence[C]], Sequence[A | Exception]], *, most: int, waiting: int) -> None:
        """Prepare.

        Args:
            commit: Takes commands through one transaction and gives each its answer, in order; it returns after the
                commit. It raises if nothing was committed, or if that is unknown.
            most: Commands in one group, at most.
            waiting: Commands that may wait; one more is refused.
        """
        self._commit = commit
        self._most = most
        self._waiting = waiting
        self._queue: deque[tuple[C, asyncio.Future[A]]] = deque()
        self._wake = threading.Condition()
        #: Something waits, and is to be committed without looking for more.
        self._closed = False
        #: Size of the last group.
        self._last = 0
        self._looking = False
        self._stopping = False

    async def submit(self, command: C) -> A:
        """Have a command committed.

        Args:
            command: The command.

        Returns:
            Its answer, once it is durable.

        Raises:
            Full: Too many commands wait.
            Exception: Whatever `commit` raised or gave for it.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        with self._wake:
            if self._stopping or len(self._queue) >= self._waiting:
                raise Full("the service is stopping" if self._stopping else f"{self._waiting} calls wait already")
            self._queue.append((command, future))
            if self._last < BUSY_CALLS or len(self._queue) >= self._most:
                self._close()
            elif not self._looking:
                # A group that had company expects more: a commit costs as much as the work of dozens of calls.
                self._looking = True
                self._look_again(loop, loop.time() + LINGER_SECONDS, 0)
        return await future

    def run(self) -> None:
        """Commit until `stop`, and then what still waits."""
        while True:
            with self._wake:
                while not self._closed and not self._stopping:
                    self._wake.wait()
                group = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
                if not group:  # it is stopping: a closed group is never empty
                    return
                self._closed = len(self._queue) > 0
                self._last = len(group)
            failpoint("group.taken")
            outcomes = self._outcomes([command for command, _ in group])
            failpoint("group.committed")
            self._answer(group, outcomes)

    def stop(self) -> None:
        """Make `run` return once nothing waits."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._wake.notify()

    def _look_again(self, loop: asyncio.AbstractEventLoop, until: float, quiet: int) -> None:
        loop.call_later(LOOK_SECONDS, self._look, loop, until, len(self._queue), quiet)

    def _look(self, loop: asyncio.AbstractEventLoop, until: float, seen: int, quiet: int) -> None:
        # On the event loop, and not in the thread: the thread would take the interpreter's lock from the loop each
        # time that it looks, and calls that the loop has not come to yet would look like quiet.
        with self._wake:
            waiting = len(self._queue)
            quiet = 0 if waiting > seen else quiet + 1
            enough = QUIET_LOOKS if waiting >= self._last else QUIET_LOOKS_BELOW_LAST
            if quiet < enough and loop.time() < until:
                self._look_again(loop, until, quiet)
                return
            self._looking = False
            if waiting:
                self._close()

    def _outcomes(self, commands: Sequence[C]) -> Sequence[A | Exception]:
        began = time.time_ns()
        try:
            answers = self._commit(commands)
        except Retryable as error:
            return [error] * len(commands)
        except Exception as error:
            if len(commands) == 1:
                log.exception("a call failed")
                return [error]
            return [outcome for command in commands for outcome in self._outcomes([command])]
        metrics.GROUPS.observe(len(commands))
        if spans.on():
            tracing.committed([getattr(command, "traceparent", None) for command in commands], began)
        return answers

    @staticmethod
    def _answer(group: Sequence[tuple[C, asyncio.Future[A]]], outcomes: Sequence[A | Exception]) -> None:
        def deliver() -> None:
            for (_, future), outcome in zip(group, outcomes, strict=True):
                if future.done():
                    continue  # the caller went away
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)
            # Their answers are sent when the event loop comes to them.
            group[0][1].get_loop().call_soon(failpoint, "group.answered")

        # One wake-up of the event loop for the whole group.
        group[0][1].get_loop().call_soon_threadsafe(deliver)
