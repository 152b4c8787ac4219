"""What happens to a batch of records: one transaction, or several if one of them cannot take effect.

Invariants:

- Positions, rows, outbox and dead letters of a batch change together or not at all.
- A record whose handling fails for good is found by splitting its batch. It becomes a dead letter; the others take
  effect as if it had not been there, but for later records of its key, which wait behind it.
- Records that are not for this service change nothing, so their positions need no transaction of their own: they move
  with the next one, or with `flush`. Read again after a crash, they are skipped again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.avro import encode
from quadrille.events.topics import Topic, topic_of
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import deadletters, outbox, positions
from services.chassis.errors import ChassisError, PositionTaken, Retryable, UndeclaredEvent, classify
from services.chassis.handlers import Books, Decision, Handlers, Received, published_by
from services.chassis.ids import derived
from services.chassis.wire import Headers, dead_letter

log = logging.getLogger(__name__)

Place = tuple[str, int]  # topic id and partition


@dataclass(frozen=True, slots=True)
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
    error: ChassisError | None

    def letter(self, error: BaseException) -> deadletters.DeadLetter:
        """Make a dead letter of the record.

        Args:
            error: Why it cannot take effect.

        Returns:
            The dead letter.
        """
        return dead_letter(self.topic, self.partition, self.offset, self.key, self.value, self.headers, error)


class Waiting(ChassisError):
    """An earlier record of the same key is a dead letter."""


def _following(batch: Sequence[Inbound]) -> dict[Place, int]:
    return {(inbound.topic_id, inbound.partition): inbound.offset + 1 for inbound in batch}


def decide(handlers: Handlers[Any], books: Books[Any], records: Sequence[Received[Any]]) -> list[outbox.Message]:
    """Let a service decide on records, in order.

    Args:
        handlers: The service's handlers.
        books: The rows of the batch; they take the decisions in.
        records: The records.

    Returns:
        What is to be published, in order.

    Raises:
        UndeclaredEvent: A handler returned an event that it does not declare.
        Exception: Whatever a handler raised.
    """
    messages: list[outbox.Message] = []
    following = log.isEnabledFor(logging.DEBUG)
    for record in records:
        handler = handlers.on[type(record.event)]
        decision: Decision[Any] = handler(books.row(record.key), record.event, books)
        books.apply(record, decision)
        for ordinal, event in enumerate(decision.events):
            if type(event) not in published_by(handler):
                raise UndeclaredEvent(f"{handler.__name__} returned {type(event).__name__} and does not declare it")
            messages.append(
                message(event, handlers.service, cause=record.event_id, ordinal=ordinal, traceparent=record.traceparent)
            )
        if following:
            _follow(record, decision)
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
        },
    )


def message(event: Any, service: str, *, cause: UUID, ordinal: int, traceparent: str | None) -> outbox.Message:
    """Make an event ready for the outbox.

    Args:
        event: The event.
        service: The service that decided it.
        cause: Id of the record or request that it answers.
        ordinal: Its place among the events of the decision.
        traceparent: Trace context of the cause.

    Returns:
        The message.
    """
    topic = topic_of(type(event))
    schema = event.SCHEMA
    return outbox.Message(
        event_id=derived(service, cause, ordinal),
        topic=topic.name,
        key=getattr(event, topic.key),
        type=schema.full_name,
        fingerprint=schema.fingerprint,
        body=encode(event),
        traceparent=traceparent,
    )


def announce(engine: Engine, handlers: Handlers[Any], keys: Sequence[UUID]) -> None:
    """Tell whoever watches that rows of these keys have changed.

    Done after their commit, so it may fail: watchers look again by themselves.

    Args:
        engine: The service's database.
        handlers: The service's handlers.
        keys: Keys of committed rows.
    """
    if handlers.announce is None or not keys:
        return
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            handlers.announce(connection, keys)
    except SQLAlchemyError as error:
        log.warning("watchers were not told", extra={"error": str(error)})


class Processor:
    """Takes batches of one service through their transactions."""

    def __init__(
        self,
        engine: Engine,
        handlers: Handlers[Any],
        publish: Callable[[Sequence[outbox.Row]], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            handlers: The service's handlers.
            publish: Takes outbox rows after their commit.
            clock: Gives the time.
        """
        self._engine = engine
        self._handlers = handlers
        self._publish = publish
        self._clock = clock
        self._passed: dict[Place, int] = {}
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
        if all(inbound.received is None and inbound.error is None for inbound in batch):
            self._passed.update(_following(batch))
            self.skipped += len(batch)
            return
        try:
            self._commit(batch, at, dead=None)
        except (Retryable, PositionTaken):
            raise
        except Exception as error:
            if len(batch) > 1:
                half = len(batch) // 2
                self.run(batch[:half], at)
                self.run(batch[half:], at)
                return
            poison = batch[0]
            log.error(  # noqa: TRY400 - a known error needs no traceback
                "dead letter",
                extra={poison.topic.key: (poison.key or b"").decode("utf-8", "replace"), "error": str(error)},
                exc_info=error if not isinstance(error, ChassisError) else None,
            )
            self._commit(batch, at, dead=error)

    def flush(self, at: dict[Place, int]) -> None:
        """Move the positions of skipped records that no transaction has taken along yet.

        Args:
            at: As for `run`.

        Raises:
            Retryable: As for `run`.
            PositionTaken: As for `run`.
        """
        if any(place in at for place in self._passed):
            self._commit((), at, dead=None)

    def _commit(self, batch: Sequence[Inbound], at: dict[Place, int], *, dead: Exception | None) -> None:
        # A partition that is not ours any more, or that another transaction took further, is left as it is.
        passed = {place: following for place, following in self._passed.items() if at.get(place, following) < following}
        moved = {**passed, **_following(batch)}
        claims = [positions.Claim(t, p, at[t, p], following) for (t, p), following in moved.items()]
        try:
            with self._engine.begin() as connection:
                positions.claim(connection, claims)
                if dead is None:
                    rows = self._take_effect(connection, batch)
                else:
                    deadletters.add(connection, [batch[0].letter(dead)])
                    rows = []
        except Exception as error:
            raise classify(error) from error
        at.update(moved)
        self._passed.clear()
        self._publish(rows)
        keys = [inbound.received.key for inbound in batch if inbound.received is not None]
        self.handled += len(keys)
        self.skipped += sum(inbound.received is None and inbound.error is None for inbound in batch)
        announce(self._engine, self._handlers, keys)

    def _take_effect(self, connection: Connection, batch: Sequence[Inbound]) -> list[outbox.Row]:
        for inbound in batch:
            if inbound.error is not None:
                raise inbound.error
        records = [inbound.received for inbound in batch if inbound.received is not None]
        if not records:
            return []
        blocked = deadletters.blocked(connection, [record.key for record in records])
        if blocked:
            behind = [i for i in batch if i.received is not None and i.received.key in blocked]
            deadletters.add(connection, [i.letter(Waiting("behind an earlier dead letter of its key")) for i in behind])
            records = [record for record in records if record.key not in blocked]
        books = self._handlers.load(connection, records, self._clock())
        messages = decide(self._handlers, books, records)
        books.save(connection)
        return outbox.append(connection, messages)
