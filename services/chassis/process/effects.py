"""How records take effect in a transaction: decided on in order, and those that cannot are told apart from the others.

Which record cannot take effect is known: one that cannot be decoded before the transaction, one whose handler raises
while it is decided on. What a raising handler did is undone (`unit_of_work.py`), so it costs its own record alone. Only
what fails in the database as a whole is found by splitting a batch (`batch.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quadrille.events.topics import Topic
from sqlalchemy import Connection

from services.chassis.decide.calls import Opened
from services.chassis.decide.handlers import Handlers, Received
from services.chassis.decide.state import BatchState
from services.chassis.errors import ChassisError, Retryable
from services.chassis.observe.failpoints import failpoint
from services.chassis.process.unit_of_work import Decided, UnitOfWork
from services.chassis.tables import archive, dead_letters, outbox
from services.chassis.wire.record import Record, as_uuid, dead_letter

log = logging.getLogger(__name__)


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


def take_effect(
    connection: Connection,
    handlers: Handlers[Any],
    now: datetime,
    batch: Sequence[Inbound],
    blocked: Collection[UUID],
    held: timedelta | None = None,
    state: BatchState[Any] | None = None,
) -> BatchResult:
    """Let records take effect, in order, but for those that cannot.

    Args:
        connection: In the transaction.
        handlers: The service's handlers.
        now: The time of the batch.
        batch: The records; those of a key in its order.
        blocked: Keys whose records must wait.
        held: For how long the caller keeps the calls that are opened to itself; None if anybody may make them.
        state: The rows of all decoded records, if they are loaded already.

    Returns:
        What is to be published, and what did not take effect. The caller writes or keeps those as dead letters.

    Raises:
        Retryable: It cannot be done now.
        Exception: What the database raised.
    """
    records = [inbound.received for inbound in batch if inbound.received is not None]
    if state is None and records:
        state = handlers.load(connection, records, now)
    unit = UnitOfWork(handlers, state) if state is not None else None
    archived = _archived(connection, records, state, now) if state is not None else frozenset()
    stopped = set(blocked)
    dead: list[tuple[Inbound, Exception]] = []
    refused = 0
    for inbound in batch:
        aggregate = inbound.aggregate
        if inbound.skipped:
            continue
        if aggregate in stopped:
            dead.append((inbound, inbound.error or Waiting("behind an earlier dead letter of its key")))
        elif aggregate in archived and inbound.error is None:
            refused += 1
        elif (error := inbound.error or _try(unit, inbound.received)) is not None:
            dead.append((inbound, error))
            if aggregate is not None:
                stopped.add(aggregate)
    if refused:
        log.info("refused: archived", extra={"records": refused})
    if unit is None:
        return BatchResult((), dead)
    failpoint("batch.decided")
    unit.write_rows(connection)
    failpoint("batch.saved")
    rows = unit.write_messages(connection, held)
    failpoint("batch.appended")
    return BatchResult(rows, dead, unit.opened, unit.decided)


def _try(unit: UnitOfWork | None, record: Received[Any] | None) -> Exception | None:
    if unit is None or record is None:
        raise AssertionError("a record without an error is decoded, and its rows are loaded")
    try:
        unit.decide(record)
    except Retryable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, its record stands for it
        return error
    return None


def _archived(
    connection: Connection, records: Sequence[Received[Any]], state: BatchState[Any], now: datetime
) -> Collection[UUID]:
    return archive.among(connection, {record.key for record in records if state.row(record.key) is None}, now)
