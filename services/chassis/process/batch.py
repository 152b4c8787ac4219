"""What happens to a batch of records: one transaction, or several if one of them cannot take effect.

Invariants:

- Positions, rows, outbox and dead letters of a batch change together or not at all.
- A record that cannot take effect becomes a dead letter, in its batch's transaction; the others take effect as if it
  had not been there, but for later records of its key, which wait behind it.
- Which record it is, is known (`effects.py`). Only what fails in the database as a whole is found by splitting the
  batch.
- A record of an aggregate that is archived (`archive.py`) changes nothing: it is a late repetition.
- Records that are not for this service change nothing, so their positions need no transaction of their own: they move
  with the next one, or with `flush`. Read again after a crash, they are skipped again.
- Nothing of a batch is published, and no position counts as moved, before its commit is known. Only what needs
  neither may be done while it is waited for: reading the next batch. No other transaction begins meanwhile.
"""

from __future__ import annotations

import logging
from collections import Counter as Sums
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.decide.calls import Calling
from services.chassis.decide.handlers import Handlers
from services.chassis.errors import DATABASE_ERRORS, ChassisError, PositionTaken, Retryable, classified
from services.chassis.kafka.topics import TopicIdPartition
from services.chassis.observe import metrics, tracing
from services.chassis.observe.failpoints import failpoint
from services.chassis.postgres.direct import Transactions, send_commit
from services.chassis.process.effects import BatchResult, Inbound, Waiting, take_effect
from services.chassis.tables import dead_letters, outbox, positions
from services.chassis.wire.decoder import traceparent
from telemetry import spans

log = logging.getLogger(__name__)


class _BehindLetters(Exception):
    """Keys of the batch wait behind dead letters, and rows are locked already."""


def _following(batch: Sequence[Inbound]) -> dict[TopicIdPartition, int]:
    return {(inbound.topic_id, inbound.partition): inbound.offset + 1 for inbound in batch}


def announce(transactions: Transactions, handlers: Handlers[Any], keys: Sequence[UUID]) -> None:
    """Tell whoever watches that rows of these keys have changed.

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


@dataclass(frozen=True, slots=True)
class _Committing:
    """A batch whose commit is sent.

    Attributes:
        batch: Its records.
        at: The positions that it moves.
        rest: What is left to be done: to wait for the commit, and to publish.
    """

    batch: Sequence[Inbound]
    at: dict[TopicIdPartition, int]
    rest: Iterator[None]


class Processor:
    """Takes batches of one service through their transactions."""

    def __init__(
        self,
        transactions: Transactions,
        handlers: Handlers[Any],
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
        calling: Calling | None = None,
    ) -> None:
        """Prepare.

        Args:
            transactions: The service's database.
            handlers: The service's handlers.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
            calling: Makes calls after their commit; None if no provider is outside.
        """
        self._calling = calling
        self._transactions = transactions
        self._handlers = handlers
        self._publish = publish
        self._clock = clock
        self._committing: _Committing | None = None
        self._passed: dict[TopicIdPartition, int] = {}
        # Keys of the last batch wait behind dead letters, and those of the next one may.
        self._blocked = False
        #: Leader epoch of the last record that was read of each partition: whoever gives batches keeps it.
        self.epochs: dict[TopicIdPartition, int | None] = {}
        self.handled = 0
        self.skipped = 0

    def passed(self, place: TopicIdPartition, at: int) -> int:
        """Tell how far a partition has been read, skipped records included.

        Args:
            place: Topic id and partition.
            at: Its position in the database.

        Returns:
            The next offset.
        """
        return max(at, self._passed.get(place, at))

    def run(self, batch: Sequence[Inbound], at: dict[TopicIdPartition, int], *, wait: bool = True) -> None:
        """Let every record of a batch take effect, or become a dead letter.

        Args:
            batch: The records; those of a partition in its order.
            at: The positions, moved on as transactions commit.
            wait: False to return once the commit is sent. Then `finish` has to be called before anything else.

        Raises:
            Retryable: A transaction could not be done now; `at` says how far the batch got.
            PositionTaken: Another instance handled records of this batch.
        """
        if all(inbound.skipped for inbound in batch):
            self._passed.update(_following(batch))
            self.skipped += len(batch)
            metrics.add(metrics.RECORDS, Sums((inbound.topic.name, "skipped") for inbound in batch))
            return
        self._or_in_halves(batch, at, lambda: self._commit(batch, at, wait=wait))

    @property
    def committing(self) -> bool:
        """True while a batch's commit is sent and nobody has waited for it."""
        return self._committing is not None

    def finish(self) -> None:
        """Wait for the commit that was sent, if one was, and publish.

        Raises:
            Retryable: As for `run`. The batch has to be run again.
            PositionTaken: As for `run`. The batch has to be run again.
        """
        if self._committing is not None:
            left, self._committing = self._committing, None
            self._or_in_halves(left.batch, left.at, lambda: next(left.rest, None))

    def _or_in_halves(
        self, batch: Sequence[Inbound], at: dict[TopicIdPartition, int], work: Callable[[], object]
    ) -> None:
        try:
            work()
        except (Retryable, PositionTaken):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, one of these records brings it about
            if len(batch) > 1:
                half = len(batch) // 2
                self.run(batch[:half], at)
                self.run(batch[half:], at)
                return
            self._commit([replace(batch[0], error=error)], at)

    def flush(self, at: dict[TopicIdPartition, int]) -> None:
        """Move the positions of skipped records that no transaction has moved yet.

        Args:
            at: As for `run`.

        Raises:
            Retryable: As for `run`.
            PositionTaken: As for `run`.
        """
        if any(place in at for place in self._passed):
            self._commit((), at)

    def _commit(self, batch: Sequence[Inbound], at: dict[TopicIdPartition, int], *, wait: bool = True) -> None:
        rest = self._transact(batch, at)
        try:
            next(rest)
        except _BehindLetters:
            rest = self._transact(batch, at)
            next(rest)
        if wait:
            next(rest, None)
        else:
            self._committing = _Committing(batch, at, rest)

    def _transact(self, batch: Sequence[Inbound], at: dict[TopicIdPartition, int]) -> Iterator[None]:
        """Take a batch through one transaction; stop once, when the commit is sent."""
        # A partition that is not ours any more, or that another transaction took further, is left as it is.
        passed = {place: following for place, following in self._passed.items() if at.get(place, following) < following}
        moved = {**passed, **_following(batch)}
        epochs = self.epochs
        claims = [positions.Claim(t, p, at[t, p], to, epochs.get((t, p))) for (t, p), to in moved.items()]
        result = BatchResult([], [])
        phases = metrics.Phases()
        # What is skipped waits for nothing, and changes nothing.
        concerned = [inbound for inbound in batch if not inbound.skipped]
        received = [inbound.received for inbound in concerned if inbound.received is not None]
        # The spans are ended once the transaction is, for it is the inner one.
        with tracing.processing(received) as failed, classified(), self._transactions.begin() as connection:
            failpoint("batch.begun")
            now = self._clock()
            claimed = positions.claim(connection, claims)
            failpoint("batch.claimed")
            if batch:
                keys = [key for inbound in concerned if (key := inbound.aggregate) is not None]
                # Locks of keys come before those of rows, or a replay of theirs and this transaction wait for each
                # other. Without any such key, all that is asked before the decisions travels together.
                careful = self._blocked
                found = (dead_letters.blocked if careful else dead_letters.blocked_now)(connection, keys)
                state = self._handlers.load(connection, received, now) if received else None
                failpoint("batch.loaded")
                claimed.check()
                blocked = set(found)
                self._blocked = bool(blocked)
                if blocked and not careful:
                    raise _BehindLetters
                held = self._calling.held if self._calling is not None else None
                failpoint("batch.checked")
                phases.done("claim")
                result = take_effect(connection, self._handlers, now, concerned, blocked, held, state)
                dead_letters.add(connection, (inbound.letter(why) for inbound, why in result.dead))
                failed.update((id(inbound.received), type(why).__name__) for inbound, why in result.dead)
            else:
                claimed.check()
            phases.done("decide")
            failpoint("batch.before-commit")
            send_commit(connection)
            failpoint("batch.committing")
            phases.pause()
            yield
            phases.go_on()
        phases.done("commit")
        failpoint("batch.committed")
        at.update(moved)
        self._passed.clear()
        self._publish(result.rows)
        if result.opened and self._calling is not None:
            self._calling.hand_over(result.opened)
        phases.done("publish")
        failpoint("batch.published")
        for inbound, why in result.dead:
            _log_dead_letter(inbound, why)
        self.handled += len(received)
        self.skipped += len(batch) - len(concerned)
        announce(self._transactions, self._handlers, [record.key for record in received])
        phases.done("announce")
        failpoint("batch.announced")
        if batch:
            phases.count()
            _count(batch, concerned, result)
            if self._handlers.committed is not None:
                self._handlers.committed(result.decided)


def _count(batch: Sequence[Inbound], concerned: Sequence[Inbound], result: BatchResult) -> None:
    read = Sums([inbound.topic.name for inbound in batch])
    known = Sums([inbound.topic.name for inbound in concerned])
    dead = Sums([inbound.topic.name for inbound, _ in result.dead])
    outcomes = {"skipped": read - known, "handled": known - dead, "dead": dead}
    metrics.add(
        metrics.RECORDS, {(topic, outcome): n for outcome, sums in outcomes.items() for topic, n in sums.items()}
    )
    metrics.add(metrics.DEAD, Sums((type(why).__name__,) for _, why in result.dead))
    metrics.BATCHES.observe(len(batch))


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
