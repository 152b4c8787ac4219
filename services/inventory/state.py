"""A batch's reservations and items: one query for each, locked in one order, written back in bulk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCreated
from sqlalchemy import Connection, text

from services.chassis.decide.handlers import Decision, Received
from services.chassis.decide.state import BatchState, Rows
from services.chassis.postgres.bulk import Bulk
from services.inventory.decisions import move
from services.inventory.model import Item, Reservation, ReservationState
from services.inventory.tables import items, reservations

_RESERVATIONS = Bulk(reservations, ["order_id", "state", "lines", "updated_at"], key=["order_id"])
# What was held is said once: whatever becomes of it, the lines stay.
_STATES = Bulk(reservations, ["order_id", "state", "updated_at"], key=["order_id"])
_STOCK = Bulk(items, ["sku", "on_hand", "held", "shipped"], key=["sku"])

_LOAD = text(
    "SELECT order_id, state, lines, updated_at FROM reservations "
    "WHERE order_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
)
# Locked in the order of their SKUs, whoever locks them: two batches that want the same items wait, and never deadlock.
_LOAD_ITEMS = text(
    "SELECT sku, currency_code, list_price, on_hand, held, shipped FROM items "
    "WHERE sku = ANY(CAST(:skus AS text[])) ORDER BY sku FOR UPDATE"
)


@dataclass(frozen=True, slots=True)
class _ReservationRow:
    order_id: UUID
    state: str
    lines: str
    updated_at: datetime


class InventoryBatch(BatchState[Reservation]):
    """The reservations of one batch, and the items that they speak of."""

    def __init__(self, now: datetime, reservations_: Iterable[Reservation], items_: Iterable[Item]) -> None:
        """Begin with what was loaded.

        Args:
            now: The time of the batch.
            reservations_: Rows of the batch's orders that exist.
            items_: All items that the batch's orders name and that exist.
        """
        self.items: Rows[str, Item] = Rows({item.sku: item for item in items_})
        super().__init__(now, {row.order_id: row for row in reservations_}, self.items)

    def apply(self, subject: Any, decision: Decision[Reservation]) -> None:
        """Put the reservation, and move the stock that it speaks of."""
        if decision.row is not None:
            for item in move(self.items, self.row(subject.key), decision.row):
                self.items.put(item.sku, item)
        super().apply(subject, decision)

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        _RESERVATIONS.insert(connection, [_to_row(row) for row in self.rows.added()])
        _STATES.update(connection, [_to_row(row) for row in self.rows.updated()])
        _STOCK.update(connection, self.items.updated())


def load(connection: Connection, records: Sequence[Received[Any]], now: datetime) -> InventoryBatch:
    """Load and lock the rows that records speak of.

    Args:
        connection: In the batch's transaction.
        records: The records.
        now: The time of the batch.

    Returns:
        The state of the batch.
    """
    found = [
        Reservation(r.order_id, ReservationState(r.state), tuple((sku, n) for sku, n in r.lines), r.updated_at)
        for r in connection.execute(_LOAD, {"ids": [record.key for record in records]})
    ]
    skus = {sku for row in found for sku, _ in row.lines}
    for record in records:
        if isinstance(record.event, OrderCreated | InventoryReserved):
            skus.update(line.sku for line in record.event.order.lines)
    stock = [Item(*row) for row in connection.execute(_LOAD_ITEMS, {"skus": sorted(skus)})] if skus else []
    return InventoryBatch(now, found, stock)


def _to_row(row: Reservation) -> _ReservationRow:
    return _ReservationRow(row.order_id, row.state.value, json.dumps(row.lines), row.updated_at)
