"""A provider outside: in whatever order all comes, one charge at most, and its refund exactly if it was undone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelled
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentFailureReason, PaymentRefunded
from quadrille.events.types import CancelReason

from services.chassis.decide.calls import Answer
from services.chassis.errors import UnreachableCell
from services.payment.decisions import ANSWERS, ON
from services.payment.model import PaymentState
from services.payment.provider import Charge, Charged, Declined, Refund, Refunded
from services.payment.state import PaymentBatch
from tests.unit.conftest import Make

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MAKE = Make()
PRICE = 70
ORDER = uuid4()
DETAILS = MAKE.details(("sku-1", 1, PRICE), customer="c1")
RESERVED = InventoryReserved(order_id=ORDER, occurred_at=NOW, order=DETAILS)
CANCELLED = OrderCancelled(
    order_id=ORDER, occurred_at=NOW, customer_id="c1", reason=CancelReason.CUSTOMER_REQUEST, total=DETAILS.total
)
CHARGE_ID = uuid4()
DECLINED = Declined(PaymentFailureReason.PROVIDER_DECLINED, None)


@dataclass
class Payments:
    """Payment with a provider that answers when it is told to. It acts once for each idempotency key."""

    outcome: Charged | Declined
    books: PaymentBatch = field(default_factory=lambda: PaymentBatch(NOW, [], [], "bank"))
    events: list[object] = field(default_factory=list)
    asked: list[Charge | Refund] = field(default_factory=list)
    acted: Counter[UUID] = field(default_factory=Counter)

    def read(self, event) -> None:
        self._take(MAKE.received(event), ON[type(event)](self.books.row(ORDER), event, self.books))

    def answer(self, number: int) -> None:
        """Answer a call, or answer it again."""
        if self.asked:
            call = self.asked[number % len(self.asked)]
            self.acted[call.idempotency_key] = 1
            answer = Answer(call, self.outcome if isinstance(call, Charge) else Refunded())
            self._take(answer, ANSWERS[type(call)](self.books.row(ORDER), answer, self.books))

    def _take(self, what, decision) -> None:
        self.books.apply(what, decision)
        self.events += decision.events
        self.asked += decision.calls

    @property
    def row(self):
        return self.books.row(ORDER)

    def kinds(self):
        return [type(event) for event in self.events]


steps = st.lists(st.sampled_from(["reserved", "cancelled", "answer 0", "answer 1"]), max_size=12)


@given(steps, st.sampled_from([Charged(CHARGE_ID), DECLINED]))
def test_in_any_order_with_any_repetition_there_is_one_charge_and_an_undo_leaves_nothing(steps, outcome):
    payments = Payments(outcome)
    for step in steps:
        match step.split():
            case ["reserved"]:
                payments.read(RESERVED)
            case ["cancelled"]:
                payments.read(CANCELLED)
            case [_, number]:
                payments.answer(int(number))
    charges = [call for call in payments.asked if isinstance(call, Charge)]
    refunds = [call for call in payments.asked if isinstance(call, Refund)]
    assert len(charges) <= 1
    assert len(refunds) <= 1
    assert len({call.idempotency_key for call in payments.asked}) == len(payments.asked)
    for kind in (PaymentCompleted, PaymentFailed, PaymentRefunded):
        assert payments.kinds().count(kind) <= 1
    assert not ({PaymentCompleted, PaymentFailed} <= set(payments.kinds()))
    refunded = [event for event in payments.events if isinstance(event, PaymentRefunded)]
    if refunded:
        # Nobody is told before it is certain: what was charged has been given back.
        charged = bool(charges) and payments.acted[charges[0].idempotency_key] and outcome is not DECLINED
        assert refunded[0].amount.minor_units == (PRICE if charged else 0)
        assert len(refunds) == (1 if charged else 0)
        assert all(payments.acted[call.idempotency_key] for call in payments.asked)
    # Once everything has been answered and an undo has come, it has been told.
    payments.answer(0)
    payments.answer(1)
    payments.answer(1)
    if "cancelled" in steps:
        assert PaymentRefunded in payments.kinds()
        assert payments.row.state is PaymentState.REFUNDED
        assert payments.row.charged == payments.row.refunded


def test_a_cancellation_in_the_middle_of_a_charge_waits_and_then_refunds_the_true_amount():
    payments = Payments(Charged(CHARGE_ID))
    payments.read(RESERVED)
    payments.read(CANCELLED)
    assert payments.row.state is PaymentState.UNDOING
    assert payments.events == []
    payments.answer(0)
    assert payments.row.state is PaymentState.REFUNDING
    assert payments.events == []
    (_, refund) = payments.asked
    assert (refund.charge_id, refund.amount) == (CHARGE_ID, DETAILS.total)
    payments.answer(1)
    (event,) = payments.events
    assert (event.amount, event.charge_id) == (DETAILS.total, CHARGE_ID)


def test_a_cancellation_in_the_middle_of_a_charge_that_is_declined_has_nothing_to_refund():
    payments = Payments(DECLINED)
    payments.read(RESERVED)
    payments.read(CANCELLED)
    payments.answer(0)
    (event,) = payments.events
    assert (type(event), event.amount.minor_units, event.charge_id) == (PaymentRefunded, 0, None)


def test_a_refund_goes_to_the_provider_that_charged_whoever_charges_by_now():
    payments = Payments(Charged(CHARGE_ID))
    payments.read(RESERVED)
    payments.answer(0)
    payments.books.provider = None
    payments.read(CANCELLED)
    assert payments.asked[-1].provider == "bank"


def test_an_answer_to_what_was_never_asked_cannot_come():
    with pytest.raises(UnreachableCell):
        ANSWERS[Charge](None, Answer(Charge(ORDER, DETAILS, "bank"), DECLINED), PaymentBatch(NOW, [], [], "bank"))
