"""A batch's shipments: loaded by one query, written back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.chassis.bulk import Bulk
from services.chassis.handlers import Decision, Received
from services.shipping.carrier import Carrier
from services.shipping.model import Shipment, ShipmentState
from services.shipping.tables import shipments

_FIELDS = [c.name for c in shipments.columns]
_SHIPMENTS = Bulk(shipments, _FIELDS, key=["order_id"])

_LOAD = text(
    f"SELECT {', '.join(_FIELDS)} FROM shipments "  # noqa: S608
    "WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
)


class Books:
    """The rows of one batch. A shipment's row is written once and never changes."""

    def __init__(self, now: datetime, carrier: Carrier, shipments_: Iterable[Shipment]) -> None:
        """Open the books.

        Args:
            now: The time of the batch.
            carrier: Who takes parcels.
            shipments_: Rows of the batch's orders that exist.
        """
        self.now = now
        self.carrier = carrier
        self._rows = {row.order_id: row for row in shipments_}
        self._new: dict[UUID, Shipment] = {}

    def row(self, key: UUID) -> Shipment | None:
        """Give an order's shipment."""
        return self._rows.get(key)

    def apply(self, record: Received[Any], decision: Decision[Shipment]) -> None:
        """Take a decision in."""
        if decision.row is not None:
            self._rows[record.key] = self._new[record.key] = decision.row

    def save(self, connection: Connection) -> None:
        """Write the new rows."""
        _SHIPMENTS.insert(connection, list(self._new.values()))


def load(connection: Connection, records: Sequence[Received[Any]], now: datetime, carrier: Carrier) -> Books:
    """Load and lock the rows that records speak of.

    Args:
        connection: In the batch's transaction.
        records: The records.
        now: The time of the batch.
        carrier: Who takes parcels.

    Returns:
        The books.
    """
    rows = connection.execute(_LOAD, {"ids": list({record.key for record in records})})
    return Books(now, carrier, [to_shipment(row) for row in rows])


def to_shipment(row: Any) -> Shipment:
    """Read a row of `shipments`.

    Args:
        row: All columns, in the table's order.

    Returns:
        The shipment.
    """
    order_id, state, *rest = row
    return Shipment(order_id, ShipmentState(state), *rest)
