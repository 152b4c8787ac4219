"""A batch's orders: loaded by one query, written back in bulk, with the steps that the batch adds to timelines.

A reason that a later version wrote is UNKNOWN to the decisions of this one, and stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.avro import Event
from quadrille.events.topics import topic_of
from quadrille.events.types import CancelReason
from sqlalchemy import Connection, text

from services.chassis.decide.handlers import Decision, Received
from services.chassis.decide.state import BatchState, Rows
from services.order.describe import describe
from services.order.model import OrderRow, OrderState
from services.order.tables import ORDERS_PROGRESS, PROGRESS, STEPS

_LOAD = text(
    f"SELECT order_id, customer_id, currency_code, total, {', '.join(PROGRESS)} FROM orders "  # noqa: S608
    "WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
)


@dataclass(slots=True)
class StepRow:
    """A step of an order's timeline.

    Attributes:
        order_id: The order.
        sequence: 1 for the first step, and so on without a gap.
        event: The event's name.
        service: Who published it.
        occurred_at: When its service decided it.
        recorded_at: When the order service recorded it.
        detail: What it says beside its name.
        state: The order's state after it.
    """

    order_id: UUID
    sequence: int
    event: str
    service: str
    occurred_at: datetime
    recorded_at: datetime
    detail: str
    state: str


def step(order_id: UUID, sequence: int, event: Any, now: datetime, state: OrderState) -> StepRow:
    """Make a step of an event.

    Args:
        order_id: The order.
        sequence: The step's place, from 1.
        event: The event.
        now: When it is recorded.
        state: The order's state after it.

    Returns:
        The step.
    """
    name = type(event).__name__
    owner = topic_of(type(event)).owner
    return StepRow(order_id, sequence, name, owner, event.occurred_at, now, describe(event), state.value)


@dataclass(slots=True)
class ProgressRow:
    """What decisions change of a row of `orders`; the attributes are the table's columns."""

    order_id: UUID
    state: str
    cancel_reason: str | None
    awaits_release: bool
    awaits_refund: bool
    settled: bool
    seen: str
    updated_at: datetime


class OrderBatch(BatchState[OrderRow]):
    """The orders of one batch, and the steps that it adds to their timelines."""

    def __init__(self, now: datetime, orders: Iterable[OrderRow], reasons: Mapping[UUID, str] | None = None) -> None:
        """Begin with what was loaded.

        Args:
            now: The time of the batch.
            orders: Rows of the batch's orders that exist.
            reasons: Reasons of theirs that this version does not know, by order.
        """
        self._reasons = reasons or {}
        self.steps: Rows[tuple[UUID, int], StepRow] = Rows({})
        super().__init__(now, {row.order_id: row for row in orders}, self.steps)

    def apply(self, subject: Any, decision: Decision[OrderRow]) -> None:
        """Put the row, and a step for the event that was read and each that is published."""
        read = (subject.event,) if isinstance(subject, Received) else ()
        self._put(decision.row, (*read, *decision.events))

    def _put(self, row: OrderRow | None, events: Sequence[Event]) -> None:
        if row is None:
            return
        first = len(row.seen) - len(events) + 1
        for sequence, event in enumerate(events, first):
            self.steps.put((row.order_id, sequence), step(row.order_id, sequence, event, self.now, row.state))
        self.rows.put(row.order_id, row)

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        changed = self.rows.updated()
        ORDERS_PROGRESS.update(connection, [progress(row, self._reasons.get(row.order_id)) for row in changed])
        STEPS.insert(connection, self.steps.added())


def load(connection: Connection, records: Sequence[Received[Any]], now: datetime) -> OrderBatch:
    """Load and lock the rows that records speak of.

    Args:
        connection: In the batch's transaction.
        records: The records.
        now: The time of the batch.

    Returns:
        The state of the batch.
    """
    return OrderBatch(now, *load_rows(connection, records))


def load_rows(
    connection: Connection, records: Sequence[Received[Any]]
) -> tuple[Sequence[OrderRow], Mapping[UUID, str]]:
    """Load and lock the rows that records speak of.

    Args:
        connection: In a transaction.
        records: The records.

    Returns:
        The rows, and the reasons of theirs that this version does not know, by order.
    """
    rows = connection.execute(_LOAD, {"ids": [record.key for record in records]}).all()
    reasons = {row.order_id: row.cancel_reason for row in rows if _reason(row.cancel_reason) is CancelReason.UNKNOWN}
    return [from_row(row) for row in rows], reasons


def _reason(stored: str | None) -> CancelReason | None:
    if not stored:
        return None
    return CancelReason(stored) if stored in _KNOWN else CancelReason.UNKNOWN


# An enum's own look-up by value takes five times as long.
_STATES = {state.value: state for state in OrderState}
_KNOWN = frozenset(reason.value for reason in CancelReason)


def from_row(row: Any) -> OrderRow:
    """Read a row of `orders`.

    Args:
        row: At least the columns of `OrderRow`.

    Returns:
        The part that decisions see.
    """
    return OrderRow(
        row.order_id,
        row.customer_id,
        row.currency_code,
        row.total,
        _STATES[row.state],
        _reason(row.cancel_reason),
        row.awaits_release,
        row.awaits_refund,
        row.settled,
        tuple(row.seen.split()),
        row.updated_at,
    )


def progress(row: OrderRow, unknown: str | None = None) -> ProgressRow:
    """Make what is written back of a row.

    Args:
        row: As it was decided.
        unknown: The stored reason that this version does not know, if there is one: it stays.

    Returns:
        The columns that decisions change.
    """
    reason = row.cancel_reason.value if row.cancel_reason else None
    if row.cancel_reason is CancelReason.UNKNOWN:
        reason = unknown or reason
    return ProgressRow(
        row.order_id,
        row.state.value,
        reason,
        row.awaits_release,
        row.awaits_refund,
        row.settled,
        " ".join(row.seen),
        row.updated_at,
    )
