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


class BatchState:
    """The rows of one batch."""

    def __init__(self, now: datetime, reservations_: Iterable[Reservation], items_: Iterable[Item]) -> None:
        """Open the books.

        Args:
            now: The time of the batch.
            reservations_: Rows of the batch's orders that exist.
            items_: All items that the batch's orders name and that exist.
        """
        self.now = now
        self.items = {item.sku: item for item in items_}
        self._rows = {row.order_id: row for row in reservations_}
        self._stored = frozenset(self._rows)
        self._changed: dict[UUID, None] = {}
        self._moved: dict[str, Item] = {}

    def row(self, key: UUID) -> Reservation | None:
        """Give an order's reservation."""
        return self._rows.get(key)

    def apply(self, record: Received[Any], decision: Decision[Reservation]) -> None:
        """Take a decision in, and move the stock that it speaks of."""
        if decision.row is not None:
            for item in move(self.items, self._rows.get(record.key), decision.row):
                self._moved[item.sku] = item
            self._rows[record.key] = decision.row
            self._changed[record.key] = None

    def save(self, connection: Connection) -> None:
        """Write what has changed."""
        rows = {key: _to_row(self._rows[key]) for key in self._changed}
        _RESERVATIONS.insert(connection, [row for key, row in rows.items() if key not in self._stored])
        _STATES.update(connection, [row for key, row in rows.items() if key in self._stored])
        _STOCK.update(connection, list(self._moved.values()))


def load(connection: Connection, records: Sequence[Received[Any]], now: datetime) -> BatchState:
    """Load and lock the rows that records speak of.

    Args:
        connection: In the batch's transaction.
        records: The records.
        now: The time of the batch.

    Returns:
        The books.
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
    return BatchState(now, found, stock)


def _to_row(row: Reservation) -> _ReservationRow:
    return _ReservationRow(row.order_id, row.state.value, json.dumps(row.lines), row.updated_at)
