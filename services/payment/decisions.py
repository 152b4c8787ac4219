"""Payment's decisions: each a total function of (row, event), given a payment provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from quadrille.avro import Event
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelled
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentRefunded
from quadrille.events.types import Money

from services.chassis.handlers import Decision, publishes, stays
from services.payment.model import Payment, PaymentState
from services.payment.provider import Declined, PaymentProvider

CHARGED, DECLINED, REFUNDED = PaymentState.CHARGED, PaymentState.DECLINED, PaymentState.REFUNDED


class Till(Protocol):
    """What a decision may use beside its row: the provider, and the time."""

    now: datetime

    @property
    def provider(self) -> PaymentProvider:
        """Who moves the money."""


@publishes(PaymentCompleted, PaymentFailed)
def on_inventory_reserved(row: Payment | None, event: InventoryReserved, till: Till) -> Decision[Payment]:
    """Charge the customer, once."""
    if row is not None:
        if row.state is REFUNDED:
            return stays("its undo came first, or it was undone: nothing is ever charged again")
        return stays("repeated")
    order = event.order
    amount = order.total
    outcome = till.provider.charge(idempotency_key=event.order_id, customer_id=order.customer_id, amount=amount)
    payment = Payment(event.order_id, DECLINED, order.customer_id, amount.currency_code, 0, 0, None, till.now, till.now)
    if isinstance(outcome, Declined):
        failed = PaymentFailed(
            order_id=event.order_id,
            occurred_at=till.now,
            reason=outcome.reason,
            amount=amount,
            available=outcome.available,
        )
        return Decision(payment, (failed,))
    completed = PaymentCompleted(
        order_id=event.order_id, occurred_at=till.now, order=order, charge_id=outcome.charge_id, amount=amount
    )
    charged = replace(payment, state=CHARGED, charged=amount.minor_units, charge_id=outcome.charge_id)
    return Decision(charged, (completed,))


@publishes(PaymentRefunded)
def on_order_cancelled(row: Payment | None, event: OrderCancelled, till: Till) -> Decision[Payment]:
    """Refund what was charged, and answer in any case."""
    if row is not None and row.state is REFUNDED:
        return stays("repeated: it was answered")
    if row is None:
        # The undo came before its do, or there will be no do: the row is a tombstone that makes the do a no-op.
        row = Payment(
            event.order_id, REFUNDED, event.customer_id, event.total.currency_code, 0, 0, None, till.now, till.now
        )
    amount = Money(currency_code=row.currency_code, minor_units=row.charged)
    if row.charged:
        till.provider.refund(idempotency_key=event.order_id, customer_id=row.customer_id, amount=amount)
    refunded = PaymentRefunded(order_id=event.order_id, occurred_at=till.now, amount=amount, charge_id=row.charge_id)
    return Decision(replace(row, state=REFUNDED, refunded=row.charged, updated_at=till.now), (refunded,))


#: The wiring: which event is answered by which decision.
ON: Mapping[type[Event], Any] = {
    InventoryReserved: on_inventory_reserved,
    OrderCancelled: on_order_cancelled,
}
