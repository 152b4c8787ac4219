"""Shipping's decisions: each a total function of (row, event), given a carrier. Its row says which came first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from quadrille.avro import Event
from quadrille.events.order import OrderCancelRequested
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed

from services.chassis.handlers import Decision, publishes, stays
from services.shipping.carrier import Carrier, Refused
from services.shipping.model import Shipment, ShipmentState


class Dock(Protocol):
    """What a decision may use beside its row: the carrier, and the time."""

    now: datetime
    carrier: Carrier


@publishes(OrderShipped, ShippingFailed)
def on_payment_completed(row: Shipment | None, event: PaymentCompleted, dock: Dock) -> Decision[Shipment]:
    """Ship the order, unless it was cancelled first."""
    if row is not None:
        if row.state is ShipmentState.CANCELLED:
            return stays("the cancellation came first: it is never shipped")
        return stays("repeated")
    outcome = dock.carrier.book(
        idempotency_key=event.order_id,
        address_reference=event.order.address_reference,
        country_code=event.order.country_code,
    )
    if isinstance(outcome, Refused):
        failed = ShippingFailed(
            order_id=event.order_id, occurred_at=dock.now, reason=outcome.reason, detail=outcome.detail
        )
        return Decision(Shipment(event.order_id, ShipmentState.FAILED, None, None, None, dock.now), (failed,))
    shipment = Shipment(
        event.order_id, ShipmentState.SHIPPED, event.order_id, outcome.carrier, outcome.tracking_id, dock.now
    )
    shipped = OrderShipped(
        order_id=event.order_id,
        occurred_at=dock.now,
        shipment_id=event.order_id,
        carrier=outcome.carrier,
        tracking_id=outcome.tracking_id,
    )
    return Decision(shipment, (shipped,))


@publishes(ShipmentCancelled)
def on_order_cancel_requested(row: Shipment | None, event: OrderCancelRequested, dock: Dock) -> Decision[Shipment]:
    """Promise never to ship, unless it has shipped."""
    if row is not None:
        if row.state is ShipmentState.CANCELLED:
            return stays("repeated: it was answered")
        return stays("it came too late: OrderShipped, or ShippingFailed, is the answer")
    cancelled = ShipmentCancelled(order_id=event.order_id, occurred_at=dock.now)
    return Decision(Shipment(event.order_id, ShipmentState.CANCELLED, None, None, None, dock.now), (cancelled,))


#: The wiring: which event is answered by which decision.
ON: Mapping[type[Event], Any] = {
    PaymentCompleted: on_payment_completed,
    OrderCancelRequested: on_order_cancel_requested,
}
