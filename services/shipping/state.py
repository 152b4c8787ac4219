"""A batch's shipments: loaded by one query, written back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from services.chassis.decide.calls import Call
from services.chassis.decide.state import BatchState
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


class ShippingBatch(BatchState[Shipment]):
    """The shipments of one batch. A shipment's row never changes once it is final."""

    def __init__(self, now: datetime, carrier: LocalCarrier | None, shipments_: Iterable[Shipment]) -> None:
        """Begin with what was loaded.

        Args:
            now: The time of the batch.
            carrier: Who takes parcels here; None if the carrier is remote.
            shipments_: Rows of the batch's orders that exist.
        """
        self.carrier = carrier
        super().__init__(now, {row.order_id: row for row in shipments_})

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        _SHIPMENTS.insert(connection, self.rows.added())
        _SHIPMENTS.update(connection, self.rows.updated())


def answer(state: ShippingBatch, call: Call) -> Booked | Refused | None:
    """Answer a call at once, if the carrier is here.

    Args:
        state: The state of the batch.
        call: What is asked.

    Returns:
        The outcome; None if the carrier is remote.
    """
    return state.carrier.book(call) if state.carrier is not None and isinstance(call, Book) else None


def load(connection: Connection, records: Sequence[Any], now: datetime, carrier: LocalCarrier | None) -> ShippingBatch:
    """Load and lock the rows that records, or answers, speak of.

    Args:
        connection: In the batch's transaction.
        records: The records or answers.
        now: The time of the batch.
        carrier: Who takes parcels here; None if the carrier is remote.

    Returns:
        The state.
    """
    rows = connection.execute(_LOAD, {"ids": list({record.key for record in records})})
    return ShippingBatch(now, carrier, [to_shipment(row) for row in rows])


def to_shipment(row: Any) -> Shipment:
    """Read a row of `shipments`.

    Args:
        row: All columns, in the table's order.

    Returns:
        The shipment.
    """
    order_id, state, *rest = row
    return Shipment(order_id, ShipmentState(state), *rest)
