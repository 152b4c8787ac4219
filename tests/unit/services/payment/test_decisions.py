"""Payment's decisions: a customer is charged once, refunded once, and never beyond the limit."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from quadrille.avro import decode
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelled
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentFailureReason, PaymentRefunded
from quadrille.events.types import CancelReason

from services.payment.app import HANDLERS
from services.payment.model import Account, PaymentState
from services.payment.state import PaymentBatch
from tests.support.deciding import decide as decide_on
from tests.unit.conftest import Make

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MAKE = Make()


def till(**limits: int) -> PaymentBatch:
    return PaymentBatch(NOW, [], [Account(customer, "USD", limit, 0) for customer, limit in limits.items()])


def reserved(order_id, cents, customer="c1", currency="USD"):
    order = MAKE.details(("sku-1", 1, cents), customer=customer, currency=currency)
    return InventoryReserved(order_id=order_id, occurred_at=NOW, order=order)


def cancelled(order_id, customer="c1"):
    return OrderCancelled(
        order_id=order_id,
        occurred_at=NOW,
        customer_id=customer,
        reason=CancelReason.OUT_OF_STOCK,
        total=MAKE.details().total,
    )


def decide(books, event):
    """Decide as the chassis does: accounts answer at once. Give the events as they go into the outbox."""
    messages = decide_on(HANDLERS, books, [MAKE.received(event)])
    events = {event.SCHEMA.full_name: event for event in (PaymentCompleted, PaymentFailed, PaymentRefunded)}
    return tuple(decode(events[one.type], one.body, events[one.type].SCHEMA) for one in messages)


def balance(books, customer="c1"):
    return books.accounts[customer].balance


def test_a_covered_order_is_charged():
    books = till(c1=100)
    (event,) = decide(books, reserved(uuid4(), 100))
    assert isinstance(event, PaymentCompleted)
    assert event.amount.minor_units == 100
    assert balance(books) == -100


def test_the_last_credit_goes_to_one_order_alone():
    books = till(c1=100)
    first = decide(books, reserved(uuid4(), 60))
    (second,) = decide(books, reserved(uuid4(), 60))
    assert isinstance(first[0], PaymentCompleted)
    assert isinstance(second, PaymentFailed)
    assert second.reason is PaymentFailureReason.INSUFFICIENT_CREDIT
    assert second.available.minor_units == 40


def test_a_customer_without_an_account_is_told_so():
    (event,) = decide(till(), reserved(uuid4(), 1))
    assert event.reason is PaymentFailureReason.UNKNOWN_ACCOUNT
    assert event.available is None


def test_an_account_in_another_currency_is_not_charged():
    books = till(c1=100)
    (event,) = decide(books, reserved(uuid4(), 1, currency="EUR"))
    assert event.reason is PaymentFailureReason.CURRENCY_MISMATCH
    assert balance(books) == 0


def test_an_undo_that_comes_first_is_answered_with_zero_and_makes_the_do_a_no_op():
    books, order = till(c1=100), uuid4()
    (event,) = decide(books, cancelled(order))
    assert isinstance(event, PaymentRefunded)
    assert (event.amount.minor_units, event.charge_id) == (0, None)
    assert decide(books, reserved(order, 50)) == ()
    assert balance(books) == 0


def test_a_declined_order_that_is_cancelled_is_answered_with_zero():
    books, order = till(), uuid4()
    decide(books, reserved(order, 50))
    (event,) = decide(books, cancelled(order))
    assert event.amount.minor_units == 0


@given(
    deliveries=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40),
    prices=st.lists(st.integers(0, 80), min_size=6, max_size=6),
    limit=st.integers(0, 200),
)
def test_the_balance_is_what_the_orders_say_whatever_comes_in_whatever_order(deliveries, prices, limit):
    books, ids = till(c1=limit), [uuid4() for _ in range(6)]
    answers = dict.fromkeys(ids, 0)
    stored = {PaymentState.CHARGED, PaymentState.DECLINED, PaymentState.REFUNDED}
    for number, undo in deliveries:
        event = cancelled(ids[number]) if undo else reserved(ids[number], prices[number])
        events = decide(books, event)
        answers[ids[number]] += sum(isinstance(e, PaymentRefunded) for e in events)
        rows = [row for row in map(books.row, ids) if row is not None]
        assert balance(books) == sum(row.refunded - row.charged for row in rows)
        assert balance(books) + limit >= 0
        assert {row.state for row in rows} <= stored
    undone = {ids[number] for number, undo in deliveries if undo}
    assert {order for order, count in answers.items() if count} == undone
    assert max(answers.values()) <= 1
