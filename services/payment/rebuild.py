"""How payment's rows are made again from its own events. What was charged was charged: credit is not asked.

A provider outside has the money already, so nothing is moved here. A call that the restored database holds open is made
once more, with its key: the provider says again what it said, and the row, which has it from the event, stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quadrille.avro import Event
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelled
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentRefunded

from services.chassis.decide.handlers import Decision, Rebuild, no_change
from services.chassis.errors import CannotRebuild
from services.payment.model import Payment, PaymentState
from services.payment.provider import AccountsProvider, Refund
from services.payment.state import PaymentBatch, load

CHARGING, CHARGED, DECLINED = PaymentState.CHARGING, PaymentState.CHARGED, PaymentState.DECLINED
UNDOING, REFUNDED = PaymentState.UNDOING, PaymentState.REFUNDED


def recall_completed(
    row: Payment | None, event: PaymentCompleted, state: PaymentBatch, _known: Sequence[Event]
) -> Decision[Payment]:
    """Charge what was charged."""
    amount, at = event.amount, event.occurred_at
    if row is not None and row.state is CHARGING:
        charged = row._replace(state=CHARGED, charged=amount.minor_units, charge_id=event.charge_id, updated_at=at)
        return Decision(charged)
    if row is not None:
        if not row.charged and row.state is not CHARGED:
            raise CannotRebuild(f"its row is {row.state.value} without a charge, and a charge was published")
        return no_change("its row is there")
    customer = event.order.customer_id
    if state.provider is None:
        AccountsProvider(state.accounts).restore_charge(customer_id=customer, amount=amount)
    charged = Payment(
        *(event.order_id, CHARGED, customer, amount.currency_code, amount.minor_units, 0, event.charge_id),
        *(at, at, state.provider),
    )
    return Decision(charged)


def recall_failed(
    row: Payment | None, event: PaymentFailed, state: PaymentBatch, known: Sequence[Event]
) -> Decision[Payment]:
    """Decline what was declined, whatever there is now."""
    if row is not None and row.state is CHARGING:
        return Decision(row._replace(state=DECLINED, updated_at=event.occurred_at))
    if row is not None:
        if row.charged:
            raise CannotRebuild(f"its row has a charge of {row.charged}, and it was published that it was declined")
        return no_change("its row is there")
    at = event.occurred_at
    customer = _customer(known)
    declined = Payment(
        *(event.order_id, DECLINED, customer, event.amount.currency_code, 0, 0, None, at, at, state.provider)
    )
    return Decision(declined)


def recall_refunded(
    row: Payment | None, event: PaymentRefunded, state: PaymentBatch, known: Sequence[Event]
) -> Decision[Payment]:
    """Refund what was refunded, or leave the tombstone."""
    at, amount = event.occurred_at, event.amount
    units = amount.minor_units
    if row is None:
        # A charge that was answered while its order was undone is told of by nothing but its refund.
        if units and state.provider is None:
            raise CannotRebuild("it was refunded, and nothing says that it was charged")
        refunded = Payment(
            *(event.order_id, REFUNDED, _customer(known), amount.currency_code, units, units, event.charge_id),
            *(at, at, state.provider if units else None),
        )
        return Decision(refunded)
    if row.state is REFUNDED:
        return no_change("its row is there")
    if row.state in {CHARGING, UNDOING}:
        return Decision(
            row._replace(state=REFUNDED, charged=units, refunded=units, charge_id=event.charge_id, updated_at=at)
        )
    if row.charged != amount.minor_units:
        raise CannotRebuild(f"its row has a charge of {row.charged}, and {amount.minor_units} were refunded")
    if row.charged and row.charge_id is not None and row.provider is None:
        AccountsProvider(state.accounts).refund(Refund(row.order_id, row.customer_id, row.charge_id, amount, None))
    return Decision(row._replace(state=REFUNDED, refunded=row.charged, updated_at=at))


def _customer(known: Sequence[Event]) -> str:
    for event in known:
        if isinstance(event, InventoryReserved):
            return event.order.customer_id
        if isinstance(event, OrderCancelled):
            return event.customer_id
    raise CannotRebuild("what it answers is in no topic any more, so its customer is not known")


ON: Mapping[type[Event], Any] = {
    PaymentCompleted: recall_completed,
    PaymentFailed: recall_failed,
    PaymentRefunded: recall_refunded,
}

REBUILD: Rebuild[Any] = Rebuild(load, ON)
