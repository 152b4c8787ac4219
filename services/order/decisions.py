"""The order service's decisions: how an order begins, and a total function of (row, event) for each event.

Shipping decides races. Before the shipment everything can be undone; after it nothing is. So an order that is
CANCELLING waits for shipping's word alone, whatever inventory and payment say meanwhile. A caller and the deadline ask
in the same way: by `request_cancel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from quadrille.avro import Event
from quadrille.events.inventory import InventoryFailed, InventoryFailureReason, InventoryReleased, InventoryReserved
from quadrille.events.order import InventoryRollback, OrderCancelled, OrderCancelRequested, OrderCompleted, OrderCreated
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentFailureReason, PaymentRefunded
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed, ShippingFailureReason
from quadrille.events.types import CancelReason, Money

from services.chassis.decide.handlers import Decision, no_change, publishes, unreachable
from services.chassis.errors import UndeclaredEvent
from services.order.model import NewOrder, OrderRow, OrderState

PENDING, CANCELLING = OrderState.PENDING, OrderState.CANCELLING
COMPLETED, CANCELLED = OrderState.COMPLETED, OrderState.CANCELLED

_REPLIES = frozenset({InventoryReserved.__name__, PaymentCompleted.__name__, OrderShipped.__name__})


class Context(Protocol):
    """What a decision may look at beside its row: the time."""

    now: datetime


@publishes(OrderCreated)
def create_order(new: NewOrder, context: Context) -> Decision[OrderRow]:
    """Begin an order. It answers no event: a caller asks."""
    created = OrderCreated(
        order_id=new.key,
        occurred_at=context.now,
        order=new.order,
        deadline_at=new.deadline_at,
        request_id=new.request_id,
    )
    return Decision(first_row(created), (created,))


def first_row(created: OrderCreated) -> OrderRow:
    """Make the row that an order begins with.

    Args:
        created: The event that begins it.
    """
    order = created.order
    return OrderRow(
        *(created.order_id, order.customer_id, order.total.currency_code, order.total.minor_units, PENDING, None),
        awaits_release=False,
        awaits_refund=False,
        settled=False,
        seen=(OrderCreated.__name__,),
        updated_at=created.occurred_at,
    )


@publishes()
def on_inventory_reserved(row: OrderRow | None, event: InventoryReserved, context: Context) -> Decision[OrderRow]:
    """Note it: payment goes on. It may be late, in any state."""
    return _record(row, event, context)


@publishes(OrderCancelled)
def on_inventory_failed(row: OrderRow | None, event: InventoryFailed, context: Context) -> Decision[OrderRow]:
    """Cancel. Nothing is held, so there is nothing to roll back."""
    if row is not None and not _seen(row, event):
        if row.state is PENDING:
            return _cancel(row, event, context, CancelReason(event.reason.value), rollback=False)
        if row.state is COMPLETED:
            unreachable(row, event)
    # CANCELLING: shipping's answer ends it. CANCELLED: a cancellation was faster.
    return _record(row, event, context)


@publishes()
def on_inventory_released(row: OrderRow | None, event: InventoryReleased, context: Context) -> Decision[OrderRow]:
    """Inventory has undone its part."""
    if row is not None and not _seen(row, event) and row.state is not CANCELLED:
        unreachable(row, event)
    return _record(row, event, context, awaits_release=False)


@publishes()
def on_payment_completed(row: OrderRow | None, event: PaymentCompleted, context: Context) -> Decision[OrderRow]:
    """Note it: shipping goes on. It may be late, in any state."""
    return _record(row, event, context)


@publishes(OrderCancelled, InventoryRollback)
def on_payment_failed(row: OrderRow | None, event: PaymentFailed, context: Context) -> Decision[OrderRow]:
    """Cancel, and have the stock given back."""
    if row is not None and not _seen(row, event):
        if row.state is PENDING:
            return _cancel(row, event, context, CancelReason(event.reason.value), rollback=True)
        if row.state is COMPLETED:
            unreachable(row, event)
    # CANCELLING: shipping's answer ends it. CANCELLED: a cancellation was faster.
    return _record(row, event, context)


@publishes()
def on_payment_refunded(row: OrderRow | None, event: PaymentRefunded, context: Context) -> Decision[OrderRow]:
    """Payment has undone its part."""
    if row is not None and not _seen(row, event) and row.state is not CANCELLED:
        unreachable(row, event)
    return _record(row, event, context, awaits_refund=False)


@publishes(OrderCompleted)
def on_order_shipped(row: OrderRow | None, event: OrderShipped, context: Context) -> Decision[OrderRow]:
    """Complete. A cancellation that was asked for came too late."""
    if row is None or _seen(row, event):
        return _record(row, event, context)
    if row.state not in {PENDING, CANCELLING}:
        unreachable(row, event)
    completed = OrderCompleted(
        order_id=row.order_id, occurred_at=context.now, customer_id=row.customer_id, total=_total(row)
    )
    return _record(row, event, context, completed, state=COMPLETED, cancel_reason=None)


@publishes(OrderCancelled, InventoryRollback)
def on_shipping_failed(row: OrderRow | None, event: ShippingFailed, context: Context) -> Decision[OrderRow]:
    """Cancel, and have stock and money given back."""
    if row is None or _seen(row, event):
        return _record(row, event, context)
    if row.state not in {PENDING, CANCELLING}:
        unreachable(row, event)
    return _cancel(row, event, context, CancelReason(event.reason.value), rollback=True)


@publishes(OrderCancelled, InventoryRollback)
def on_shipment_cancelled(row: OrderRow | None, event: ShipmentCancelled, context: Context) -> Decision[OrderRow]:
    """Cancel for the reason that was asked for: nothing was shipped, nor ever will be."""
    if row is None or _seen(row, event):
        return _record(row, event, context)
    if row.state is not CANCELLING or row.cancel_reason is None:
        unreachable(row, event)
    return _cancel(row, event, context, row.cancel_reason, rollback=True)


@publishes(OrderCancelRequested)
def request_cancel(row: OrderRow, reason: CancelReason, context: Context) -> Decision[OrderRow]:
    """Ask shipping whether the order can still be cancelled. It answers no event: a caller asks, or the deadline."""
    if row.state is CANCELLING:
        return no_change("asked already: shipping's answer is to come")
    if row.state is CANCELLED:
        return no_change("it is cancelled")
    if row.state is COMPLETED:
        return no_change("too late: it has shipped")
    asked = OrderCancelRequested(
        order_id=row.order_id, occurred_at=context.now, customer_id=row.customer_id, reason=reason
    )
    seen = (*row.seen, OrderCancelRequested.__name__)
    return Decision(row._replace(state=CANCELLING, cancel_reason=reason, seen=seen, updated_at=context.now), (asked,))


def check_reasons(*failures: type[StrEnum]) -> None:
    """Check that an order can be cancelled for every reason for which a step of it may fail.

    Args:
        *failures: The reasons of the other services.

    Raises:
        UndeclaredEvent: A reason is missing in `CancelReason`.
    """
    for reasons in failures:
        for name in set(reasons.__members__) - set(CancelReason.__members__):
            raise UndeclaredEvent(f"{reasons.__name__}.{name} has no reason of the same name in CancelReason.avsc")


check_reasons(InventoryFailureReason, PaymentFailureReason, ShippingFailureReason)

#: The wiring: which event is answered by which decision.
ON: Mapping[type[Event], Any] = {
    InventoryReserved: on_inventory_reserved,
    InventoryFailed: on_inventory_failed,
    InventoryReleased: on_inventory_released,
    PaymentCompleted: on_payment_completed,
    PaymentFailed: on_payment_failed,
    PaymentRefunded: on_payment_refunded,
    OrderShipped: on_order_shipped,
    ShippingFailed: on_shipping_failed,
    ShipmentCancelled: on_shipment_cancelled,
}


def _seen(row: OrderRow, event: Event) -> bool:
    return type(event).__name__ in row.seen


def _record(
    row: OrderRow | None, event: Event, context: Context, *published: Event, **changes: Any
) -> Decision[OrderRow]:
    """Change the row, and put the event, and what is published, on the timeline."""
    if row is None:
        # OrderCreated is published after the row is committed: no reply can come before it.
        unreachable(row, event)
    if _seen(row, event):
        return no_change("repeated")
    changed = row._replace(**changes) if changes else row
    seen = (*row.seen, type(event).__name__, *[type(e).__name__ for e in published])
    if changed.state is COMPLETED:
        # Replies come by three topics: one that is late is still to come.
        settled = _REPLIES.issubset(seen)
    else:
        settled = changed.state is CANCELLED and not (changed.awaits_release or changed.awaits_refund)
    return Decision(changed.with_steps(seen, settled=settled, at=context.now), published)


def _cancel(
    row: OrderRow, event: Event, context: Context, reason: CancelReason, *, rollback: bool
) -> Decision[OrderRow]:
    cancelled = OrderCancelled(
        order_id=row.order_id, occurred_at=context.now, customer_id=row.customer_id, reason=reason, total=_total(row)
    )
    undo = (InventoryRollback(order_id=row.order_id, occurred_at=context.now, reason=reason),) if rollback else ()
    return _record(
        row,
        event,
        context,
        cancelled,
        *undo,
        state=CANCELLED,
        cancel_reason=reason,
        awaits_refund=True,
        awaits_release=rollback,
    )


def _total(row: OrderRow) -> Money:
    return Money(currency_code=row.currency_code, minor_units=row.total)
