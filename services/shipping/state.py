"""A batch's shipments: loaded by one query, written back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.chassis.decide.calls import Call
from services.chassis.decide.handlers import Decision
from services.chassis.postgres.bulk import Bulk
from services.shipping.carrier import Book, Booked, LocalCarrier, Refused
from services.shipping.model import Shipment, ShipmentState
from services.shipping.tables import shipments

_FIELDS = [c.name for c in shipments.columns]
_SHIPMENTS = Bulk(shipments, _FIELDS, key=["order_id"])

_LOAD = text(
    f"SELECT {', '.join(_FIELDS)} FROM shipments "  # noqa: S608
    "WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
)


class BatchState:
    """The rows of one batch. A shipment's row never changes once it is final."""

    def __init__(self, now: datetime, carrier: LocalCarrier | None, shipments_: Iterable[Shipment]) -> None:
        """Open the books.

        Args:
            now: The time of the batch.
            carrier: Who takes parcels here; None if the carrier is outside.
            shipments_: Rows of the batch's orders that exist.
        """
        self.now = now
        self.carrier = carrier
        self._rows = {row.order_id: row for row in shipments_}
        self._stored = frozenset(self._rows)
        self._changed: dict[UUID, Shipment] = {}

    def row(self, key: UUID) -> Shipment | None:
        """Give an order's shipment."""
        return self._rows.get(key)

    def apply(self, record: Any, decision: Decision[Shipment]) -> None:
        """Take a decision on a record or an answer in."""
        if decision.row is not None:
            self._rows[record.key] = self._changed[record.key] = decision.row

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        _SHIPMENTS.insert(connection, [row for key, row in self._changed.items() if key not in self._stored])
        _SHIPMENTS.update(connection, [row for key, row in self._changed.items() if key in self._stored])


def answer(books: BatchState, call: Call) -> Booked | Refused | None:
    """Answer a call at once, if the carrier is here.

    Args:
        books: The books of the batch.
        call: What is asked.

    Returns:
        The outcome; None if the carrier is outside.
    """
    return books.carrier.book(call) if books.carrier is not None and isinstance(call, Book) else None


def load(connection: Connection, records: Sequence[Any], now: datetime, carrier: LocalCarrier | None) -> BatchState:
    """Load and lock the rows that records, or answers, speak of.

    Args:
        connection: In the batch's transaction.
        records: The records or answers.
        now: The time of the batch.
        carrier: Who takes parcels here; None if the carrier is outside.

    Returns:
        The books.
    """
    rows = connection.execute(_LOAD, {"ids": list({record.key for record in records})})
    return BatchState(now, carrier, [to_shipment(row) for row in rows])


def to_shipment(row: Any) -> Shipment:
    """Read a row of `shipments`.

    Args:
        row: All columns, in the table's order.

    Returns:
        The shipment.
    """
    order_id, state, *rest = row
    return Shipment(order_id, ShipmentState(state), *rest)
