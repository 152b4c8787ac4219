"""Inventory's decisions: each a total function of (row, event). No I/O, no clock, no randomness.

The stock follows from the rows: `move` says what a change of a reservation does to its items.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from quadrille.avro import Event
from quadrille.events.inventory import (
    InventoryFailed,
    InventoryFailureReason,
    InventoryReleased,
    InventoryReserved,
    LineFailure,
    ReleasedLine,
)
from quadrille.events.order import InventoryRollback, OrderCompleted, OrderCreated
from quadrille.events.types import Money, OrderDetails, OrderLine

from services.chassis.decide.handlers import Decision, no_change, publishes, unreachable
from services.inventory.model import Item, Reservation, ReservationState

HELD, FAILED = ReservationState.HELD, ReservationState.FAILED
RELEASED, SHIPPED = ReservationState.RELEASED, ReservationState.SHIPPED


class Context(Protocol):
    """What a decision may look at beside its row: the items, and the time."""

    now: datetime
    items: Mapping[str, Item]


@publishes(InventoryReserved, InventoryFailed)
def on_order_created(row: Reservation | None, event: OrderCreated, context: Context) -> Decision[Reservation]:
    """Hold every line, or none."""
    if row is not None:
        if row.state is RELEASED:
            return no_change("its undo came first, or it was undone: nothing is ever held again")
        return no_change("repeated")
    failures = tuple(_failures(event, context.items))
    if failures:
        failed = InventoryFailed(
            order_id=event.order_id, occurred_at=context.now, reason=failures[0].reason, lines=failures
        )
        return Decision(Reservation(event.order_id, FAILED, (), context.now), (failed,))
    lines = tuple(sorted(asked(event.order).items()))
    reserved = InventoryReserved(order_id=event.order_id, occurred_at=context.now, order=event.order)
    return Decision(Reservation(event.order_id, HELD, lines, context.now), (reserved,))


@publishes(InventoryReleased)
def on_inventory_rollback(row: Reservation | None, event: InventoryRollback, context: Context) -> Decision[Reservation]:
    """Give back what is held, and answer in any case."""
    if row is not None and row.state is RELEASED:
        return no_change("repeated: it was answered")
    if row is not None and row.state is SHIPPED:
        unreachable(row, event)
    # Without a row, the undo came before its do: the row is a tombstone that makes the do a no-op.
    lines = row.lines if row is not None else ()
    released = InventoryReleased(
        order_id=event.order_id,
        occurred_at=context.now,
        lines=tuple(ReleasedLine(sku=sku, quantity=quantity) for sku, quantity in lines),
    )
    return Decision(Reservation(event.order_id, RELEASED, lines, context.now), (released,))


@publishes()
def on_order_completed(row: Reservation | None, event: OrderCompleted, context: Context) -> Decision[Reservation]:
    """What was held has gone out."""
    if row is None or row.state in {FAILED, RELEASED}:
        # An order is completed only after its stock was held, and never undone.
        unreachable(row, event)
    if row.state is SHIPPED:
        return no_change("repeated")
    return Decision(Reservation(row.order_id, SHIPPED, row.lines, context.now))


#: The wiring: which event is answered by which decision.
ON: Mapping[type[Event], Any] = {
    OrderCreated: on_order_created,
    InventoryRollback: on_inventory_rollback,
    OrderCompleted: on_order_completed,
}


def move(items: Mapping[str, Item], before: Reservation | None, after: Reservation) -> list[Item]:
    """Do to the stock what a change of a reservation means.

    Args:
        items: The items, by SKU.
        before: The reservation as it was.
        after: The reservation as it is.

    Returns:
        The items that change, as they become.
    """
    was = before.state if before is not None else None
    return [
        moved for sku, quantity in after.lines if (moved := _moved(items[sku], quantity, was, after.state)) is not None
    ]


def _moved(item: Item, n: int, was: ReservationState | None, becomes: ReservationState) -> Item | None:
    sku, currency, price, on_hand, held, shipped = item
    if becomes is HELD and was is None:
        return Item(sku, currency, price, on_hand - n, held + n, shipped)
    if becomes is RELEASED and was is HELD:
        return Item(sku, currency, price, on_hand + n, held - n, shipped)
    if becomes is SHIPPED and was is HELD:
        return Item(sku, currency, price, on_hand, held - n, shipped + n)
    return None


def asked(order: OrderDetails) -> dict[str, int]:
    """Add up what is ordered: the same SKU may stand on several lines, and stock is decided on the sum.

    Args:
        order: What is ordered.

    Returns:
        Quantities by SKU.
    """
    sums: dict[str, int] = {}
    for line in order.lines:
        sums[line.sku] = sums.get(line.sku, 0) + line.quantity
    return sums


def _failures(event: OrderCreated, items: Mapping[str, Item]) -> list[LineFailure]:
    failures = []
    for sku, requested in asked(event.order).items():
        item = items.get(sku)
        if item is None:
            failures.append(LineFailure(sku=sku, reason=InventoryFailureReason.UNKNOWN_SKU, requested=requested))
            continue
        quoted = next((line for line in event.order.lines if line.sku == sku and not _is_list_price(line, item)), None)
        if quoted is not None:
            failures.append(
                LineFailure(
                    sku=sku,
                    reason=InventoryFailureReason.PRICE_CHANGED,
                    requested=requested,
                    available=item.on_hand,
                    quoted_price=quoted.unit_price,
                    list_price=Money(currency_code=item.currency_code, minor_units=item.list_price),
                )
            )
        elif requested > item.on_hand:
            failures.append(
                LineFailure(
                    sku=sku,
                    reason=InventoryFailureReason.OUT_OF_STOCK,
                    requested=requested,
                    available=item.on_hand,
                )
            )
    return failures


def _is_list_price(line: OrderLine, item: Item) -> bool:
    quoted = line.unit_price
    return quoted.minor_units == item.list_price and quoted.currency_code == item.currency_code
