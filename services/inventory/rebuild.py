"""How inventory's rows are made again from its own events. What was held was held: stock is not asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from quadrille.avro import Event
from quadrille.events.inventory import InventoryFailed, InventoryReleased, InventoryReserved
from sqlalchemy import Connection, text

from services.chassis.decide.handlers import Decision, Rebuild, Received, no_change
from services.chassis.errors import CannotRebuild
from services.inventory.decisions import Context, asked
from services.inventory.model import Reservation, ReservationState
from services.inventory.state import load

HELD, FAILED = ReservationState.HELD, ReservationState.FAILED
RELEASED = ReservationState.RELEASED


class NotOnHand(CannotRebuild):
    """Less is on hand than was held."""

    def __init__(self, why: str, sku: str) -> None:
        """Say of which item.

        Args:
            why: What is missing.
            sku: The item.
        """
        super().__init__(why)
        self.sku = sku


#: Orders that a person reads.
_NAMED = 5
_HOLDERS = text(
    """
    SELECT order_id, state FROM reservations
    WHERE state IN ('HELD', 'SHIPPED') AND updated_at > :since AND order_id <> :order_id
      AND lines @> CAST(:line AS jsonb)
    ORDER BY updated_at DESC LIMIT :limit
    """
)


def explain(connection: Connection, own: Received[Any], error: CannotRebuild) -> str:
    """Name the orders to which the same pieces may have been sold again.

    Args:
        connection: In the transaction that makes rows again.
        own: The event that cannot be made a row.
        error: Why.

    Returns:
        Why, which orders, and what a person may do.
    """
    if not isinstance(error, NotOnHand):
        return str(error)
    asked_for = {"since": own.event.occurred_at, "order_id": own.key, "limit": _NAMED}
    found = connection.execute(_HOLDERS, {**asked_for, "line": json.dumps([[error.sku]])}).all()
    if not found:
        return str(error)
    holders = ", ".join(f"{row.order_id} ({row.state})" for row in found)
    return (
        f"{error}. Or the pieces were sold again since, to order {holders}: cancel one that has not shipped (quadrille "
        "cancel ID), or receive as many pieces as are missing, once there are more; then run this again"
    )


def recall_reserved(
    row: Reservation | None, event: InventoryReserved, shelf: Context, _known: Sequence[Event]
) -> Decision[Reservation]:
    """Hold what was held."""
    if row is not None:
        if row.state is FAILED:
            raise CannotRebuild("its row says that nothing could be held, and it was published that all of it was")
        return no_change("its row is there")
    lines = tuple(sorted(asked(event.order).items()))
    for sku, quantity in lines:
        item = shelf.items.get(sku)
        if item is None:
            raise CannotRebuild(f"there is no item {sku}: put it again, and receive its stock again")
        if item.on_hand < quantity:
            raise NotOnHand(
                f"{quantity} of {sku} were held, and {item.on_hand} are on hand: receive again what was received since "
                "the backup was made",
                sku,
            )
    return Decision(Reservation(event.order_id, HELD, lines, event.occurred_at))


def recall_failed(
    row: Reservation | None, event: InventoryFailed, _shelf: Context, _known: Sequence[Event]
) -> Decision[Reservation]:
    """Nothing could be held, whatever there is now."""
    if row is not None:
        if row.state is not FAILED and row.lines:
            raise CannotRebuild(f"its row is {row.state.value}, and it was published that nothing could be held")
        return no_change("its row is there")
    return Decision(Reservation(event.order_id, FAILED, (), event.occurred_at))


def recall_released(
    row: Reservation | None, event: InventoryReleased, _shelf: Context, _known: Sequence[Event]
) -> Decision[Reservation]:
    """Give back what was given back, or leave the tombstone."""
    if row is not None and row.state is RELEASED:
        return no_change("its row is there")
    if row is not None and row.state is ReservationState.SHIPPED:
        raise CannotRebuild("its row says that it went out, and it was published that it was given back")
    return Decision(Reservation(event.order_id, RELEASED, row.lines if row is not None else (), event.occurred_at))


ON: Mapping[type[Event], Any] = {
    InventoryReserved: recall_reserved,
    InventoryFailed: recall_failed,
    InventoryReleased: recall_released,
}

REBUILD: Rebuild[Any] = Rebuild(load, ON, explain)
