"""What happens to a batch of records: one transaction, or several if one of them cannot take effect.

Invariants:

- Positions, rows, outbox and dead letters of a batch change together or not at all.
- A record that cannot take effect becomes a dead letter, in its batch's transaction; the others take effect as if it
  had not been there, but for later records of its key, which wait behind it.
- Which record it is, is known: one that cannot be decoded before the transaction, one whose handler raises while it is
  decided. Only what fails in the database as a whole is found by splitting the batch.
- A record of an aggregate that is archived (`archive.py`) changes nothing: it is a late repetition.
- Records that are not for this service change nothing, so their positions need no transaction of their own: they move
  with the next one, or with `flush`. Read again after a crash, they are skipped again.
"""

from __future__ import annotations

import logging
from collections import Counter as Sums
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.topics import Topic
from sqlalchemy import Connection

from services.chassis import archive, deadletters, metrics, outbox, positions, tracing
from services.chassis.calls import table as calls
from services.chassis.calls.answering import follow
from services.chassis.calls.call import Calling, Opened
from services.chassis.direct import Transactions
from services.chassis.errors import DATABASE_ERRORS, ChassisError, PositionTaken, Retryable, UndeclaredEvent, classified
from services.chassis.failpoints import failpoint
from services.chassis.handlers import Books, Decision, Handlers, Received, published_by
from services.chassis.messages import message
from services.chassis.wire import Headers, as_uuid, dead_letter, traceparent
from telemetry import spans

log = logging.getLogger(__name__)

Place = tuple[str, int]  # topic id and partition
Decided = list[tuple[Received[Any], Decision[Any]]]

#: Records whose handlers raise, in one transaction, at most: each costs a query or two, and the transaction has to end
#: in time. A batch with more of them is split.
MOST_POISON = 50


@dataclass(slots=True)
class Inbound:
    """A record as it was read, with what became of its bytes.

    Attributes:
        topic: Where it was read.
        topic_id: Kafka's id of the topic.
        partition: Partition of the topic.
        offset: Offset in the partition.
        key: The key's bytes.
        value: The value's bytes.
        headers: The headers.
        received: The decoded record; None if it is not for this service, or cannot be decoded.
        error: Why it cannot be decoded; None if it can.
    """

    topic: Topic
    topic_id: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers | None
    received: Received[Any] | None
    error: Exception | None

    def letter(self, error: BaseException) -> deadletters.DeadLetter:
        """Make a dead letter of the record.

        Args:
            error: Why it cannot take effect.

        Returns:
            The dead letter.
        """
        return dead_letter(self.topic, self.partition, self.offset, self.key, self.value, self.headers, error)

    @property
    def skipped(self) -> bool:
        """True if it is not for this service."""
        return self.received is None and self.error is None

    @property
    def aggregate(self) -> UUID | None:
        """The key as an id, if it is one."""
        return self.received.key if self.received is not None else as_uuid(self.key)


class Waiting(ChassisError):
    """An earlier record of the same key is a dead letter."""


class _BehindLetters(Exception):
    """Keys of the batch wait behind dead letters, and rows are locked already."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of records in a transaction.

    Attributes:
        rows: What is to be published after the commit.
        dead: Records that did not take effect, in order, each with the reason.
        opened: Calls that are to be made outside after the commit.
        decided: The records that took effect, each with its decision.
    """

    rows: Sequence[outbox.Row]
    dead: list[tuple[Inbound, Exception]]
    opened: list[Opened] = field(default_factory=list)
    decided: Decided = field(default_factory=list)


def _following(batch: Sequence[Inbound]) -> dict[Place, int]:
    return {(inbound.topic_id, inbound.partition): inbound.offset + 1 for inbound in batch}


def decide(
    handlers: Handlers[Any], books: Books[Any], records: Sequence[Received[Any]], opened: list[Opened]
) -> list[outbox.Message]:
    """Let a service decide on records, in order.

    Args:
        handlers: The service's handlers.
        books: The rows of the batch; they take the decisions in.
        records: The records.
        opened: Takes the calls that are to be made outside.

    Returns:
        What is to be published, in order.

    Raises:
        UndeclaredEvent: A handler returned an event that it does not declare.
        Exception: Whatever a handler raised.
    """
    return [message for record in records for message in _decide_one(handlers, books, record, opened, [])]


def _decide_one(
    handlers: Handlers[Any], books: Books[Any], record: Received[Any], opened: list[Opened], decided: Decided
) -> list[outbox.Message]:
    handler = handlers.on[type(record.event)]
    decision: Decision[Any] = handler(books.row(record.key), record.event, books)
    books.apply(record, decision)
    events: Sequence[Event] = decision.events
    if decision.calls:
        cause, traceparent = record.event_id, record.traceparent
        answered = follow(handlers, books, decision.calls, cause=cause, traceparent=traceparent, opened=opened)
        events = [*events, *answered]
    messages: list[outbox.Message] = []
    for ordinal, event in enumerate(events):
        if type(event) not in published_by(handler):
            raise UndeclaredEvent(f"{handler.__name__} returned {type(event).__name__} and does not declare it")
        messages.append(
            message(event, handlers.service, cause=record.event_id, ordinal=ordinal, traceparent=record.traceparent)
        )
    if log.isEnabledFor(logging.DEBUG):
        _follow(record, decision)
    decided.append((record, decision))
    return messages


def _follow(record: Received[Any], decision: Decision[Any]) -> None:
    log.debug(
        "decided",
        extra={
            record.topic.key: str(record.key),
            "event": type(record.event).__name__,
            "event_id": str(record.event_id),
            "changed": decision.row is not None,
            "published": [type(event).__name__ for event in decision.events],
            **spans.ids(record.traceparent),
        },
    )


def take_effect(
    connection: Connection,
    handlers: Handlers[Any],
    now: datetime,
    batch: Sequence[Inbound],
    blocked: Collection[UUID],
    held: timedelta | None = None,
    books: Books[Any] | None = None,
) -> Taken:
    """Let records take effect, in order, but for those that cannot.

    Args:
        connection: In the transaction.
        handlers: The service's handlers.
        now: The time of the batch.
        batch: The records; those of a key in its order.
        blocked: Keys whose records must wait.
        held: For how long the caller keeps the calls that are opened to itself; None if anybody may make them.
        books: The rows of all decoded records, if they are loaded already.

    Returns:
        What is to be published, and what did not take effect. The caller writes or keeps those as dead letters.

    Raises:
        Exception: What the database raised, or the handler of one record too many.
    """
    stopped = set(blocked)
    dead: list[tuple[int, Exception]] = []
    alive: list[int] = []
    for place, inbound in enumerate(batch):
        if stopped and not inbound.skipped and inbound.aggregate in stopped:
            dead.append((place, inbound.error or _waiting()))
        elif inbound.error is not None:
            dead.append((place, inbound.error))
            if inbound.aggregate is not None:
                stopped.add(inbound.aggregate)
        elif inbound.received is not None:
            alive.append(place)
    messages: list[outbox.Message] = []
    opened: list[Opened] = []
    took_effect: Decided = []
    raised = 0
    while alive:
        records = [_record(batch[place]) for place in alive]
        if books is None:
            books = handlers.load(connection, records, now)
        archived = archive.among(connection, (r.key for r in records if books.row(r.key) is None), now)
        if archived:
            log.info("refused: archived", extra={"records": sum(r.key in archived for r in records)})
            alive = [place for place in alive if _record(batch[place]).key not in archived]
            records = [_record(batch[place]) for place in alive]
        decided: list[outbox.Message] = []
        asked: list[Opened] = []
        made: Decided = []
        poison: Exception | None = None
        done = 0
        for record in records:
            try:
                decided += _decide_one(handlers, books, record, asked, made)
            except Retryable:
                raise
            except Exception as error:
                raised += 1
                if raised > MOST_POISON:
                    raise
                poison = error
                break
            done += 1
        took_effect += made
        if poison is None:
            failpoint("batch.decided")
            books.save(connection)
            messages += decided
            opened += asked
            break
        # The books have seen half a decision, so they are thrown away. The records before it are decided again on
        # fresh ones; it and what follows it of its key is out.
        books = None
        if done:
            fresh = handlers.load(connection, records[:done], now)
            messages += decide(handlers, fresh, records[:done], opened)
            fresh.save(connection)
        dead.append((alive[done], poison))
        key = records[done].key
        behind = [place for place in alive[done + 1 :] if batch[place].aggregate == key]
        dead += [(place, _waiting()) for place in behind]
        alive = [place for place in alive[done + 1 :] if batch[place].aggregate != key]
    # After the rows are locked: ids of outbox rows of a key follow their commits.
    failpoint("batch.saved")
    rows = outbox.append(connection, messages)
    failpoint("batch.appended")
    calls.add(connection, opened, held=held)
    fallen = [(batch[place], error) for place, error in sorted(dead, key=itemgetter(0))]
    return Taken(rows, fallen, opened, took_effect)


def _record(inbound: Inbound) -> Received[Any]:
    if inbound.received is None:
        raise AssertionError("only decoded records are alive")
    return inbound.received


def _waiting() -> Waiting:
    return Waiting("behind an earlier dead letter of its key")


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
        log.warning("watchers were not told", extra={"error": str(error)})


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
        self._passed: dict[Place, int] = {}
        # Keys of the last batch wait behind dead letters, and those of the next one may.
        self._blocked = False
        #: Leader epoch of the last record that was read of each partition: whoever gives batches keeps it.
        self.epochs: dict[Place, int | None] = {}
        self.handled = 0
        self.skipped = 0

    def passed(self, place: Place, at: int) -> int:
        """Tell how far a partition has been read, skipped records included.

        Args:
            place: Topic id and partition.
            at: Its position in the database.

        Returns:
            The next offset.
        """
        return max(at, self._passed.get(place, at))

    def run(self, batch: Sequence[Inbound], at: dict[Place, int]) -> None:
        """Let every record of a batch take effect, or become a dead letter.

        Args:
            batch: The records; those of a partition in its order.
            at: The positions, moved on as transactions commit.

        Raises:
            Retryable: A transaction could not be done now; `at` says how far the batch got.
            PositionTaken: Another instance handled records of this batch.
        """
        if all(inbound.skipped for inbound in batch):
            self._passed.update(_following(batch))
            self.skipped += len(batch)
            metrics.add(metrics.RECORDS, Sums((inbound.topic.name, "skipped") for inbound in batch))
            return
        try:
            self._commit(batch, at)
        except (Retryable, PositionTaken):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, one of these records brings it about
            if len(batch) > 1:
                half = len(batch) // 2
                self.run(batch[:half], at)
                self.run(batch[half:], at)
                return
            self._commit([replace(batch[0], error=error)], at)

    def flush(self, at: dict[Place, int]) -> None:
        """Move the positions of skipped records that no transaction has taken along yet.

        Args:
            at: As for `run`.

        Raises:
            Retryable: As for `run`.
            PositionTaken: As for `run`.
        """
        if any(place in at for place in self._passed):
            self._commit((), at)

    def _commit(self, batch: Sequence[Inbound], at: dict[Place, int]) -> None:
        try:
            self._transact(batch, at)
        except _BehindLetters:
            self._transact(batch, at)

    def _transact(self, batch: Sequence[Inbound], at: dict[Place, int]) -> None:
        # A partition that is not ours any more, or that another transaction took further, is left as it is.
        passed = {place: following for place, following in self._passed.items() if at.get(place, following) < following}
        moved = {**passed, **_following(batch)}
        epochs = self.epochs
        claims = [positions.Claim(t, p, at[t, p], to, epochs.get((t, p))) for (t, p), to in moved.items()]
        taken = Taken([], [])
        phases = metrics.Phases()
        received = [inbound.received for inbound in batch if inbound.received is not None]
        # The spans are ended once the transaction is, for it is the inner one.
        with tracing.processing(received) as fallen, classified(), self._transactions.begin() as connection:
            failpoint("batch.begun")
            now = self._clock()
            claimed = positions.claim(connection, claims)
            failpoint("batch.claimed")
            if batch:
                # What is skipped waits for nothing.
                concerned = (inbound for inbound in batch if not inbound.skipped)
                keys = [key for inbound in concerned if (key := inbound.aggregate) is not None]
                # Locks of keys come before those of rows, or a replay of theirs and this transaction wait for each
                # other. Without any such key, all that is asked before the decisions travels together.
                careful = self._blocked
                found = (deadletters.blocked if careful else deadletters.look)(connection, keys)
                books = self._handlers.load(connection, received, now) if received else None
                failpoint("batch.loaded")
                claimed.check()
                blocked = set(found)
                self._blocked = bool(blocked)
                if blocked and not careful:
                    raise _BehindLetters
                held = self._calling.held if self._calling is not None else None
                failpoint("batch.checked")
                phases.done("claim")
                taken = take_effect(connection, self._handlers, now, batch, blocked, held, books)
                deadletters.add(connection, (inbound.letter(why) for inbound, why in taken.dead))
                fallen.update((id(inbound.received), type(why).__name__) for inbound, why in taken.dead)
            else:
                claimed.check()
            phases.done("decide")
            failpoint("batch.before-commit")
        phases.done("commit")
        failpoint("batch.committed")
        at.update(moved)
        self._passed.clear()
        self._publish(taken.rows)
        if taken.opened and self._calling is not None:
            self._calling.hand_over(taken.opened)
        phases.done("publish")
        failpoint("batch.published")
        for inbound, why in taken.dead:
            _tell(inbound, why)
        self.handled += len(received)
        self.skipped += sum(inbound.skipped for inbound in batch)
        announce(self._transactions, self._handlers, [record.key for record in received])
        phases.done("announce")
        failpoint("batch.told")
        if batch:
            phases.count()
            _count(batch, taken)
            if self._handlers.committed is not None:
                self._handlers.committed(taken.decided)


def _count(batch: Sequence[Inbound], taken: Taken) -> None:
    sums = Sums((inbound.topic.name, "skipped" if inbound.skipped else "handled") for inbound in batch)
    for inbound, _ in taken.dead:
        sums[inbound.topic.name, "handled"] -= 1
        sums[inbound.topic.name, "dead"] += 1
    metrics.add(metrics.RECORDS, sums)
    metrics.add(metrics.DEAD, Sums((type(why).__name__,) for _, why in taken.dead))
    metrics.BATCHES.observe(len(batch))


def _tell(inbound: Inbound, error: Exception) -> None:
    context = spans.ids(traceparent(inbound.headers))
    if isinstance(error, Waiting):
        log.info("waits behind a dead letter", extra={inbound.topic.key: str(inbound.aggregate), **context})
        return
    log.error(
        "dead letter",
        extra={
            inbound.topic.key: (inbound.key or b"").decode("utf-8", "replace"),
            "error_type": type(error).__name__,
            "error": str(error),
            "place": f"{inbound.topic.name}/{inbound.partition}@{inbound.offset}",
            **context,
        },
        # A known error needs no traceback.
        exc_info=error if not isinstance(error, ChassisError) else None,
    )
