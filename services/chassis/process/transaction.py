"""The transaction of one batch: `send` takes it up to its commit, `finish` waits for the commit and does what follows.

    begin -> claim positions -> load rows -> decide -> write rows, outbox, dead letters -> commit -> publish -> announce

Invariants:

- Positions, rows, outbox and dead letters of a batch change together or not at all.
- Nothing of a batch is published, and no position counts as moved, before its commit is known.
- Locks of keys come before those of rows, or a replay of theirs and this transaction wait for each other.
"""

from __future__ import annotations

import logging
from collections import Counter as Sums
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.chassis.decide.calls import Calling
from services.chassis.decide.handlers import Handlers
from services.chassis.errors import DATABASE_ERRORS, ChassisError, classified
from services.chassis.kafka.topics import TopicIdPartition
from services.chassis.observe import metrics, tracing
from services.chassis.observe.stages import Stages
from services.chassis.postgres.direct import Transactions, send_commit
from services.chassis.process.effects import BatchResult, Inbound, Waiting, take_effect
from services.chassis.process.progress import Progress
from services.chassis.tables import dead_letters, outbox, positions
from services.chassis.wire.decoder import traceparent
from telemetry import spans

log = logging.getLogger(__name__)


class BehindLetters(Exception):
    """Keys of the batch wait behind dead letters, and rows are locked already."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a transaction works with.

    Attributes:
        transactions: The service's database.
        handlers: The service's handlers.
        publish: Takes outbox rows after their commit.
        clock: Gives the time.
        calling: Makes calls after their commit; None if no provider is remote.
    """

    transactions: Transactions
    handlers: Handlers[Any]
    publish: Callable[[Sequence[outbox.Row]], None]
    clock: Callable[[], datetime]
    calling: Calling | None


def following(batch: Sequence[Inbound]) -> dict[TopicIdPartition, int]:
    """Give the offsets behind the records of a batch.

    Args:
        batch: The records; those of a partition in its order.
    """
    return {(inbound.topic_id, inbound.partition): inbound.offset + 1 for inbound in batch}


def announce(transactions: Transactions, handlers: Handlers[Any], keys: Sequence[UUID]) -> None:
    """Announce to whoever watches that rows of these keys have changed.

    Done after their commit, so it may fail: watchers look again by themselves.

    Args:
        transactions: The service's database.
        handlers: The service's handlers.
        keys: Keys of committed rows.
    """
    if handlers.announce is None or not keys:
        return
    try:
        with transactions.begin() as connection:
            handlers.announce(connection, keys)
    except DATABASE_ERRORS as error:
        log.warning("watchers are not informed", extra={"error": str(error)})


class BatchTransaction:
    """One batch, and its one transaction.

    Attributes:
        batch: The records.
        progress: The progress of their partitions.
        blocked: True if keys of the batch wait behind dead letters.
    """

    def __init__(self, wiring: Wiring, batch: Sequence[Inbound], progress: Progress, *, careful: bool) -> None:
        """Prepare.

        Args:
            wiring: What it works with.
            batch: The records; those of a partition in its order. May be empty, to move positions alone.
            progress: The progress of their partitions.
            careful: Some keys may wait behind dead letters: they are asked for, and locked, before rows are.
        """
        self.batch = batch
        self.progress = progress
        self.blocked = careful
        self._wiring = wiring
        self._careful = careful
        # What is skipped waits for nothing, and changes nothing.
        self._concerned = [inbound for inbound in batch if not inbound.skipped]
        self._received = [inbound.received for inbound in self._concerned if inbound.received is not None]
        self._claims = progress.claims(following(batch))
        self._result = BatchResult((), [])
        self._stages = Stages()
        self._open = ExitStack()

    def send(self) -> None:
        """Do all that comes before the commit, and send that.

        Raises:
            BehindLetters: It has to be done again, with `careful`.
            PositionTaken: Another instance handled records of this batch.
            Retryable: It cannot be done now.
            Exception: What one of the records, or all of them together, brought about in the database.
        """
        with ExitStack() as stack:
            # The spans are ended once the transaction is, for it is the inner one.
            failed = stack.enter_context(tracing.processing(self._received))
            stack.enter_context(classified())
            connection = stack.enter_context(self._wiring.transactions.begin())
            self._stages.failpoint("batch.begun")
            self._write(connection, failed)
            self._stages.failpoint("batch.before-commit", ends="decide")
            send_commit(connection)
            self._stages.failpoint("batch.committing")
            self._stages.pause()
            self._open = stack.pop_all()

    def _write(self, connection: Connection, failed: dict[int, str]) -> None:
        wiring, stages = self._wiring, self._stages
        now = wiring.clock()
        claimed = positions.claim(connection, self._claims)
        stages.failpoint("batch.claimed")
        if not self.batch:
            claimed.check()
            return
        keys = [key for inbound in self._concerned if (key := inbound.aggregate) is not None]
        # Without any blocked key, all that is asked before the decisions travels together.
        found = (dead_letters.blocked if self._careful else dead_letters.blocked_now)(connection, keys)
        state = wiring.handlers.load(connection, self._received, now) if self._received else None
        stages.failpoint("batch.loaded")
        claimed.check()
        blocked = set(found)
        self.blocked = bool(blocked)
        if blocked and not self._careful:
            raise BehindLetters
        stages.failpoint("batch.checked", ends="claim")
        held = wiring.calling.held if wiring.calling is not None else None
        self._result = result = take_effect(connection, wiring.handlers, now, self._concerned, blocked, held, state)
        dead_letters.add(connection, (inbound.letter(why) for inbound, why in result.dead))
        failed.update((id(inbound.received), type(why).__name__) for inbound, why in result.dead)

    def finish(self) -> None:
        """Wait for the commit; then publish, make calls, announce and count.

        Raises:
            PositionTaken: As for `send`.
            Retryable: It is not known to be committed: the batch has to be run again.
            Exception: As for `send`.
        """
        wiring, result, stages = self._wiring, self._result, self._stages
        stages.go_on()
        self._open.close()
        stages.failpoint("batch.committed", ends="commit")
        self.progress.moved(self._claims)
        wiring.publish(result.rows)
        if result.opened and wiring.calling is not None:
            wiring.calling.hand_over(result.opened)
        stages.failpoint("batch.published", ends="publish")
        for inbound, why in result.dead:
            _log_dead_letter(inbound, why)
        announce(wiring.transactions, wiring.handlers, [record.key for record in self._received])
        stages.failpoint("batch.announced", ends="announce")
        if self.batch:
            stages.count()
            self._count()
            if wiring.handlers.committed is not None:
                wiring.handlers.committed(result.decided)

    @property
    def handled(self) -> int:
        """Records of the batch that were decoded."""
        return len(self._received)

    @property
    def skipped(self) -> int:
        """Records of the batch that were not for this service."""
        return len(self.batch) - len(self._concerned)

    def _count(self) -> None:
        read = Sums([inbound.topic.name for inbound in self.batch])
        known = Sums([inbound.topic.name for inbound in self._concerned])
        dead = Sums([inbound.topic.name for inbound, _ in self._result.dead])
        outcomes = {"skipped": read - known, "handled": known - dead, "dead": dead}
        counts = {(topic, outcome): n for outcome, sums in outcomes.items() for topic, n in sums.items()}
        metrics.add(metrics.RECORDS, counts)
        metrics.add(metrics.DEAD, Sums((type(why).__name__,) for _, why in self._result.dead))
        metrics.BATCHES.observe(len(self.batch))


def _log_dead_letter(inbound: Inbound, error: Exception) -> None:
    context = spans.ids(traceparent(inbound.record.headers))
    if isinstance(error, Waiting):
        log.info("waits behind a dead letter", extra={inbound.topic.key: str(inbound.aggregate), **context})
        return
    log.error(
        "dead letter",
        extra={
            inbound.topic.key: (inbound.record.key or b"").decode("utf-8", "replace"),
            "error_type": type(error).__name__,
            "error": str(error),
            "place": f"{inbound.topic.name}/{inbound.partition}@{inbound.offset}",
            **context,
        },
        # A known error needs no traceback.
        exc_info=error if not isinstance(error, ChassisError) else None,
    )
