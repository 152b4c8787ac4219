"""How inventory's rows are made again from its own events. What was held was held: stock is not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quadrille.avro import Event
from quadrille.events.inventory import InventoryFailed, InventoryReleased, InventoryReserved

from services.chassis.errors import CannotRecall
from services.chassis.handlers import Decision, Recall, stays
from services.inventory.books import load
from services.inventory.decisions import Shelf, asked
from services.inventory.model import Reservation, ReservationState

HELD, FAILED = ReservationState.HELD, ReservationState.FAILED
RELEASED = ReservationState.RELEASED


def recall_reserved(
    row: Reservation | None, event: InventoryReserved, shelf: Shelf, _known: Sequence[Event]
) -> Decision[Reservation]:
    """Hold what was held."""
    if row is not None:
        if row.state is FAILED:
            raise CannotRecall("its row says that nothing could be held, and it was published that all of it was")
        return stays("its row is there")
    lines = tuple(sorted(asked(event.order).items()))
    for sku, quantity in lines:
        item = shelf.items.get(sku)
        if item is None:
            raise CannotRecall(f"there is no item {sku}: put it again, and receive its stock again")
        if item.on_hand < quantity:
            raise CannotRecall(
                f"{quantity} of {sku} were held, and {item.on_hand} are on hand: receive again what was received since "
                "the backup was made"
            )
    return Decision(Reservation(event.order_id, HELD, lines, event.occurred_at))


def recall_failed(
    row: Reservation | None, event: InventoryFailed, _shelf: Shelf, _known: Sequence[Event]
) -> Decision[Reservation]:
    """Nothing could be held, whatever there is now."""
    if row is not None:
        if row.state is not FAILED and row.lines:
            raise CannotRecall(f"its row is {row.state.value}, and it was published that nothing could be held")
        return stays("its row is there")
    return Decision(Reservation(event.order_id, FAILED, (), event.occurred_at))


def recall_released(
    row: Reservation | None, event: InventoryReleased, _shelf: Shelf, _known: Sequence[Event]
) -> Decision[Reservation]:
    """Give back what was given back, or leave the tombstone."""
    if row is not None and row.state is RELEASED:
        return stays("its row is there")
    if row is not None and row.state is ReservationState.SHIPPED:
        raise CannotRecall("its row says that it went out, and it was published that it was given back")
    return Decision(Reservation(event.order_id, RELEASED, row.lines if row is not None else (), event.occurred_at))


ON: Mapping[type[Event], Any] = {
    InventoryReserved: recall_reserved,
    InventoryFailed: recall_failed,
    InventoryReleased: recall_released,
}

RECALL: Recall[Any] = Recall(load, ON)
