"""How records take effect in a transaction: decided on in order, and those that cannot are told apart from the others.

Which record cannot take effect is known: one that cannot be decoded before the transaction, one whose handler raises
while it is decided on. Only what fails in the database as a whole is found by splitting a batch (`batch.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.topics import Topic
from sqlalchemy import Connection

from services.chassis.decide.calls import Opened
from services.chassis.decide.handlers import BatchState, Decision, Handlers, Received, validate
from services.chassis.errors import ChassisError, Retryable
from services.chassis.observe.failpoints import failpoint
from services.chassis.process.answering import follow
from services.chassis.tables import archive, dead_letters, outbox
from services.chassis.tables import open_calls as calls
from services.chassis.wire.messages import message
from services.chassis.wire.record import Record, as_uuid, dead_letter
from telemetry import spans

log = logging.getLogger(__name__)

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
        record: Its bytes.
        received: The decoded record; None if it is not for this service, or cannot be decoded.
        error: Why it cannot be decoded; None if it can.
    """

    topic: Topic
    topic_id: str
    partition: int
    offset: int
    record: Record
    received: Received[Any] | None
    error: Exception | None

    def letter(self, error: BaseException) -> dead_letters.DeadLetter:
        """Make a dead letter of the record.

        Args:
            error: Why it cannot take effect.

        Returns:
            The dead letter.
        """
        return dead_letter(self.topic, self.partition, self.offset, self.record, error)

    @property
    def skipped(self) -> bool:
        """True if it is not for this service."""
        return self.received is None and self.error is None

    @property
    def aggregate(self) -> UUID | None:
        """The key as an id, if it is one."""
        return self.received.key if self.received is not None else as_uuid(self.record.key)


class Waiting(ChassisError):
    """An earlier record of the same key is a dead letter."""


@dataclass(frozen=True, slots=True)
class BatchResult:
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


def decide(
    handlers: Handlers[Any], books: BatchState[Any], records: Sequence[Received[Any]], opened: list[Opened]
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
        UndeclaredEvent: As for `validate`.
        Exception: Whatever a handler raised.
    """
    return [message for record in records for message in _decide_one(handlers, books, record, opened, [])]


def _decide_one(
    handlers: Handlers[Any], books: BatchState[Any], record: Received[Any], opened: list[Opened], decided: Decided
) -> list[outbox.Message]:
    handler = handlers.on[type(record.event)]
    decision: Decision[Any] = handler(books.row(record.key), record.event, books)
    books.apply(record, decision)
    events: Sequence[Event] = decision.events
    if decision.calls:
        cause, traceparent = record.event_id, record.traceparent
        answered = follow(handlers, books, decision.calls, cause=cause, traceparent=traceparent, opened=opened)
        events = [*events, *answered]
    validate(handler, books, record.key, events)
    messages = [
        message(event, handlers.service, cause=record.event_id, ordinal=ordinal, traceparent=record.traceparent)
        for ordinal, event in enumerate(events)
    ]
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
    books: BatchState[Any] | None = None,
) -> BatchResult:
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
    for index, inbound in enumerate(batch):
        if stopped and not inbound.skipped and inbound.aggregate in stopped:
            dead.append((index, inbound.error or _waiting()))
        elif inbound.error is not None:
            dead.append((index, inbound.error))
            if inbound.aggregate is not None:
                stopped.add(inbound.aggregate)
        elif inbound.received is not None:
            alive.append(index)
    messages: list[outbox.Message] = []
    opened: list[Opened] = []
    took_effect: Decided = []
    new: set[UUID] = set()
    raised = 0
    while alive:
        records = [_record(batch[index]) for index in alive]
        if books is None:
            books = handlers.load(connection, records, now)
        missing = {record.key for record in records if books.row(record.key) is None}
        new |= missing
        archived = archive.among(connection, missing, now)
        if archived:
            log.info("refused: archived", extra={"records": sum(r.key in archived for r in records)})
            alive = [index for index in alive if _record(batch[index]).key not in archived]
            records = [_record(batch[index]) for index in alive]
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
        behind = [index for index in alive[done + 1 :] if batch[index].aggregate == key]
        dead += [(index, _waiting()) for index in behind]
        alive = [index for index in alive[done + 1 :] if batch[index].aggregate != key]
    # After the rows are locked: ids of outbox rows of a key follow their commits.
    failpoint("batch.saved")
    rows = outbox.append(connection, messages, new=new)
    failpoint("batch.appended")
    calls.add(connection, opened, held=held)
    failed = [(batch[index], error) for index, error in sorted(dead, key=itemgetter(0))]
    return BatchResult(rows, failed, opened, took_effect)


def _record(inbound: Inbound) -> Received[Any]:
    if inbound.received is None:
        raise AssertionError("only decoded records are alive")
    return inbound.received


def _waiting() -> Waiting:
    return Waiting("behind an earlier dead letter of its key")
