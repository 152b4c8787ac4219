"""Payment's decisions: each a total function of (row, event) or of (row, answer).

The provider is asked by calls that a decision returns. One that is here answers before the row is stored; one outside
answers later, or not for a long time, and meanwhile the order may be undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from quadrille.avro import Event
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelled
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentRefunded
from quadrille.events.types import Money

from services.chassis.decide.calls import Answer, Call, asks
from services.chassis.decide.handlers import Decision, no_change, publishes, unreachable
from services.payment.model import Payment, PaymentState
from services.payment.provider import Charge, Charged, Declined, Refund, Refunded

CHARGING, CHARGED, DECLINED = PaymentState.CHARGING, PaymentState.CHARGED, PaymentState.DECLINED
UNDOING, REFUNDING, REFUNDED = PaymentState.UNDOING, PaymentState.REFUNDING, PaymentState.REFUNDED


class Context(Protocol):
    """What a decision may use beside its row: the time, and the name of the provider.

    Attributes:
        now: The time.
        provider: Who charges now; None for the accounts here.
    """

    now: datetime
    provider: str | None


@publishes(PaymentCompleted, PaymentFailed)
@asks(Charge)
def on_inventory_reserved(row: Payment | None, event: InventoryReserved, context: Context) -> Decision[Payment]:
    """Charge the customer, once."""
    if row is not None:
        if row.state in {UNDOING, REFUNDING, REFUNDED}:
            return no_change("its undo came first, or it was undone: nothing is ever charged again")
        return no_change("repeated")
    order = event.order
    charging = Payment(
        *(event.order_id, CHARGING, order.customer_id, order.total.currency_code, 0, 0, None),
        *(context.now, context.now, context.provider),
    )
    return Decision(charging, calls=(Charge(event.order_id, order, context.provider),))


@publishes(PaymentCompleted, PaymentFailed, PaymentRefunded)
@asks(Refund)
def on_charge_answered(
    row: Payment | None, answer: Answer[Charge, Charged | Declined], context: Context
) -> Decision[Payment]:
    """Tell of the charge; if the order was undone meanwhile, undo the charge, if there is one."""
    outcome, amount = answer.outcome, answer.call.order.total
    if row is None:
        unreachable(row, outcome)
    if row.state not in {CHARGING, UNDOING}:
        return no_change("answered before")
    if isinstance(outcome, Declined):
        if row.state is UNDOING:
            return _refunded(row, context)
        failed = PaymentFailed(
            order_id=row.order_id,
            occurred_at=context.now,
            reason=outcome.reason,
            amount=amount,
            available=outcome.available,
        )
        return Decision(row._replace(state=DECLINED, updated_at=context.now), (failed,))
    # Every order comes by here, and `_replace` takes longer.
    charged = Payment(
        *(row.order_id, CHARGED, row.customer_id, row.currency_code, amount.minor_units, row.refunded),
        *(outcome.charge_id, row.created_at, context.now, row.provider),
    )
    if row.state is UNDOING:
        return _refund(charged, context)
    completed = PaymentCompleted(
        order_id=row.order_id,
        occurred_at=context.now,
        order=answer.call.order,
        charge_id=outcome.charge_id,
        amount=amount,
    )
    return Decision(charged, (completed,))


@publishes(PaymentRefunded)
@asks(Refund)
def on_order_cancelled(row: Payment | None, event: OrderCancelled, context: Context) -> Decision[Payment]:
    """Refund what was charged, and answer in any case, once it is certain."""
    if row is None:
        # The undo came before its do, or there will be no do: the row is a tombstone that makes the do a no-op.
        row = Payment(
            event.order_id, REFUNDED, event.customer_id, event.total.currency_code, 0, 0, None, context.now, context.now
        )
        return _refunded(row, context)
    if row.state is CHARGING:
        # Whether there is something to undo is not known: the charge's answer will tell.
        return Decision(row._replace(state=UNDOING, updated_at=context.now))
    if row.state in {UNDOING, REFUNDING}:
        return no_change("repeated: it is answered once the provider has answered")
    if row.state is REFUNDED:
        return no_change("repeated: it was answered")
    return _refund(row, context)


@publishes(PaymentRefunded)
def on_refund_answered(row: Payment | None, answer: Answer[Refund, Refunded], context: Context) -> Decision[Payment]:
    """Tell that nothing is charged any more."""
    if row is None:
        unreachable(row, answer.outcome)
    if row.state is REFUNDED:
        return no_change("answered before")
    if row.state is not REFUNDING:
        unreachable(row, answer.outcome)
    return _refunded(row, context)


#: The wiring: which event is answered by which decision.
ON: Mapping[type[Event], Any] = {
    InventoryReserved: on_inventory_reserved,
    OrderCancelled: on_order_cancelled,
}

#: Which answer of the provider is followed by which decision.
ANSWERS: Mapping[type[Call], Any] = {
    Charge: on_charge_answered,
    Refund: on_refund_answered,
}


def _refund(row: Payment, context: Context) -> Decision[Payment]:
    if row.charge_id is None or not row.charged:
        return _refunded(row, context)
    amount = Money(currency_code=row.currency_code, minor_units=row.charged)
    refund = Refund(row.order_id, row.customer_id, row.charge_id, amount, row.provider)
    return Decision(row._replace(state=REFUNDING, updated_at=context.now), calls=(refund,))


def _refunded(row: Payment, context: Context) -> Decision[Payment]:
    amount = Money(currency_code=row.currency_code, minor_units=row.charged)
    refunded = PaymentRefunded(order_id=row.order_id, occurred_at=context.now, amount=amount, charge_id=row.charge_id)
    return Decision(row._replace(state=REFUNDED, refunded=row.charged, updated_at=context.now), (refunded,))
