"""How payment's rows are made again from its own events. What was charged was charged: credit is not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quadrille.avro import Event
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelled
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentRefunded

from services.chassis.errors import CannotRecall
from services.chassis.handlers import Decision, Recall, stays
from services.payment.books import Books, load
from services.payment.model import Payment, PaymentState

CHARGED, DECLINED, REFUNDED = PaymentState.CHARGED, PaymentState.DECLINED, PaymentState.REFUNDED


def recall_completed(
    row: Payment | None, event: PaymentCompleted, books: Books, _known: Sequence[Event]
) -> Decision[Payment]:
    """Charge what was charged."""
    if row is not None:
        if not row.charged and row.state is not CHARGED:
            raise CannotRecall(f"its row is {row.state.value} without a charge, and a charge was published")
        return stays("its row is there")
    customer, amount, at = event.order.customer_id, event.amount, event.occurred_at
    books.provider.recall(customer_id=customer, amount=amount)
    return Decision(
        Payment(event.order_id, CHARGED, customer, amount.currency_code, amount.minor_units, 0, event.charge_id, at, at)
    )


def recall_failed(
    row: Payment | None, event: PaymentFailed, _books: Books, known: Sequence[Event]
) -> Decision[Payment]:
    """Decline what was declined, whatever there is now."""
    if row is not None:
        if row.charged:
            raise CannotRecall(f"its row has a charge of {row.charged}, and it was published that it was declined")
        return stays("its row is there")
    at = event.occurred_at
    customer = _customer(known)
    return Decision(Payment(event.order_id, DECLINED, customer, event.amount.currency_code, 0, 0, None, at, at))


def recall_refunded(
    row: Payment | None, event: PaymentRefunded, books: Books, known: Sequence[Event]
) -> Decision[Payment]:
    """Refund what was refunded, or leave the tombstone."""
    at, amount = event.occurred_at, event.amount
    if row is None:
        if amount.minor_units:
            raise CannotRecall("it was refunded, and nothing says that it was charged")
        tombstone = Payment(
            event.order_id, REFUNDED, _customer(known), amount.currency_code, 0, 0, event.charge_id, at, at
        )
        return Decision(tombstone)
    if row.state is REFUNDED:
        return stays("its row is there")
    if row.charged != amount.minor_units:
        raise CannotRecall(f"its row has a charge of {row.charged}, and {amount.minor_units} were refunded")
    if row.charged:
        books.provider.refund(idempotency_key=event.order_id, customer_id=row.customer_id, amount=amount)
    return Decision(replace(row, state=REFUNDED, refunded=row.charged, updated_at=at))


def _customer(known: Sequence[Event]) -> str:
    for event in known:
        if isinstance(event, InventoryReserved):
            return event.order.customer_id
        if isinstance(event, OrderCancelled):
            return event.customer_id
    raise CannotRecall("what it answers is in no topic any more, so its customer is not known")


ON: Mapping[type[Event], Any] = {
    PaymentCompleted: recall_completed,
    PaymentFailed: recall_failed,
    PaymentRefunded: recall_refunded,
}

RECALL: Recall[Any] = Recall(load, ON)
