"""Shipping's decisions: each a total function of (row, event) or of (row, answer). Its row says which came first.

The carrier is asked by a call that a decision returns. One that is here answers before the row is stored; one outside
answers later. A cancellation that comes meanwhile is too late: the parcel may be on its way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from quadrille.avro import Event
from quadrille.events.order import OrderCancelRequested
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed

from services.chassis.decide.calls import Answer, Call, asks
from services.chassis.decide.handlers import Decision, no_change, publishes, unreachable
from services.shipping.carrier import Book, Booked, Refused
from services.shipping.model import Shipment, ShipmentState

BOOKING, CANCELLED = ShipmentState.BOOKING, ShipmentState.CANCELLED


class Context(Protocol):
    """What a decision may use beside its row: the time."""

    now: datetime


@publishes(OrderShipped, ShippingFailed)
@asks(Book)
def on_payment_completed(row: Shipment | None, event: PaymentCompleted, context: Context) -> Decision[Shipment]:
    """Ship the order, unless it was cancelled first."""
    if row is not None:
        if row.state is CANCELLED:
            return no_change("the cancellation came first: it is never shipped")
        return no_change("repeated")
    book = Book(event.order_id, event.order.address_reference, event.order.country_code)
    return Decision(Shipment(event.order_id, BOOKING, None, None, None, context.now), calls=(book,))


@publishes(OrderShipped, ShippingFailed)
def on_book_answered(
    row: Shipment | None, answer: Answer[Book, Booked | Refused], context: Context
) -> Decision[Shipment]:
    """Tell whether the parcel is on its way."""
    outcome = answer.outcome
    if row is None or row.state is CANCELLED:
        unreachable(row, outcome)
    if row.state is not BOOKING:
        return no_change("answered before")
    if isinstance(outcome, Refused):
        failed = ShippingFailed(
            order_id=row.order_id, occurred_at=context.now, reason=outcome.reason, detail=outcome.detail
        )
        return Decision(row._replace(state=ShipmentState.FAILED, created_at=context.now), (failed,))
    shipment = Shipment(
        row.order_id, ShipmentState.SHIPPED, row.order_id, outcome.carrier, outcome.tracking_id, context.now
    )
    shipped = OrderShipped(
        order_id=row.order_id,
        occurred_at=context.now,
        shipment_id=row.order_id,
        carrier=outcome.carrier,
        tracking_id=outcome.tracking_id,
    )
    return Decision(shipment, (shipped,))


@publishes(ShipmentCancelled)
def on_order_cancel_requested(
    row: Shipment | None, event: OrderCancelRequested, context: Context
) -> Decision[Shipment]:
    """Promise never to ship, unless it has shipped, or may have."""
    if row is not None:
        if row.state is CANCELLED:
            return no_change("repeated: it was answered")
        return no_change("it came too late: OrderShipped, or ShippingFailed, is the answer")
    cancelled = ShipmentCancelled(order_id=event.order_id, occurred_at=context.now)
    return Decision(Shipment(event.order_id, CANCELLED, None, None, None, context.now), (cancelled,))


#: The wiring: which event is answered by which decision.
ON: Mapping[type[Event], Any] = {
    PaymentCompleted: on_payment_completed,
    OrderCancelRequested: on_order_cancel_requested,
}

#: Which answer of the carrier is followed by which decision.
ANSWERS: Mapping[type[Call], Any] = {Book: on_book_answered}
