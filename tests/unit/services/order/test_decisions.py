"""The order's state machine: every cell, terminal states that never change, and when an order is settled."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.inventory import (
    InventoryFailed,
    InventoryFailureReason,
    InventoryReleased,
    InventoryReserved,
    LineFailure,
)
from quadrille.events.order import InventoryRollback, OrderCancelled, OrderCancelRequested, OrderCompleted
from quadrille.events.payment import PaymentCompleted, PaymentFailed, PaymentFailureReason, PaymentRefunded
from quadrille.events.shipping import OrderShipped, ShipmentCancelled, ShippingFailed, ShippingFailureReason
from quadrille.events.topics import events_read_by
from quadrille.events.types import CancelReason

from services.chassis.errors import UndeclaredEvent, UnreachableCell
from services.order.decisions import ON, check_reasons, request_cancel
from services.order.model import OrderRow, OrderState
from services.order.state import OrderBatch
from tests.unit.conftest import Make

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MAKE = Make()
ORDER = uuid4()
DETAILS = MAKE.details()

EVENTS = {
    InventoryReserved: InventoryReserved(order_id=ORDER, occurred_at=NOW, order=DETAILS),
    InventoryFailed: InventoryFailed(
        order_id=ORDER,
        occurred_at=NOW,
        reason=InventoryFailureReason.OUT_OF_STOCK,
        lines=(LineFailure(sku="sku-1", reason=InventoryFailureReason.OUT_OF_STOCK, requested=2, available=1),),
    ),
    InventoryReleased: InventoryReleased(order_id=ORDER, occurred_at=NOW, lines=()),
    PaymentCompleted: PaymentCompleted(
        order_id=ORDER, occurred_at=NOW, order=DETAILS, charge_id=ORDER, amount=DETAILS.total
    ),
    PaymentFailed: PaymentFailed(
        order_id=ORDER, occurred_at=NOW, reason=PaymentFailureReason.INSUFFICIENT_CREDIT, amount=DETAILS.total
    ),
    PaymentRefunded: PaymentRefunded(order_id=ORDER, occurred_at=NOW, amount=DETAILS.total),
    OrderShipped: OrderShipped(order_id=ORDER, occurred_at=NOW, shipment_id=ORDER, carrier="house", tracking_id="T"),
    ShippingFailed: ShippingFailed(
        order_id=ORDER, occurred_at=NOW, reason=ShippingFailureReason.UNSERVED_COUNTRY, detail=None
    ),
    ShipmentCancelled: ShipmentCancelled(order_id=ORDER, occurred_at=NOW),
}

PENDING, CANCELLING, COMPLETED, CANCELLED = OrderState
NOTED, RAISES = "noted", "raises"
#: state and event -> the state after, `noted` (only the timeline grows), or `raises` (no delivery leads there).
TABLE = {
    InventoryReserved: [NOTED, NOTED, NOTED, NOTED],
    InventoryFailed: [CANCELLED, NOTED, RAISES, NOTED],
    InventoryReleased: [RAISES, RAISES, RAISES, NOTED],
    PaymentCompleted: [NOTED, NOTED, NOTED, NOTED],
    PaymentFailed: [CANCELLED, NOTED, RAISES, NOTED],
    PaymentRefunded: [RAISES, RAISES, RAISES, NOTED],
    OrderShipped: [COMPLETED, COMPLETED, RAISES, RAISES],
    ShippingFailed: [CANCELLED, CANCELLED, RAISES, RAISES],
    ShipmentCancelled: [RAISES, CANCELLED, RAISES, RAISES],
}


def row(state: OrderState) -> OrderRow:
    reason = CancelReason.CUSTOMER_REQUEST if state in {CANCELLING, CANCELLED} else None
    awaits = state is CANCELLED
    return OrderRow(ORDER, "c1", "USD", 200, state, reason, awaits, awaits, False, ("OrderCreated",), NOW)


def decide(books, event):
    decision = ON[type(event)](books.row(ORDER), event, books)
    books.apply(MAKE.received(event), decision)
    return decision


def test_the_table_has_every_event_that_the_service_reads():
    assert set(TABLE) == set(EVENTS) == set(events_read_by("order").values())


@pytest.mark.parametrize(
    ("event", "state", "outcome"),
    [(event, state, cell) for event, cells in TABLE.items() for state, cell in zip(OrderState, cells, strict=True)],
)
def test_every_cell_does_what_the_table_says(event, state, outcome):
    books = OrderBatch(NOW, [row(state)])
    if outcome is RAISES:
        with pytest.raises(UnreachableCell):
            decide(books, EVENTS[event])
        return
    decision = decide(books, EVENTS[event])
    expected = state if outcome is NOTED else outcome
    assert books.row(ORDER).state is expected
    assert bool(decision.events) is (outcome is not NOTED)


@pytest.mark.parametrize("event", EVENTS)
def test_an_order_that_is_not_there_raises(event):
    with pytest.raises(UnreachableCell):
        decide(OrderBatch(NOW, []), EVENTS[event])


@pytest.mark.parametrize(("event", "state"), list(itertools.product(EVENTS, OrderState)))
def test_a_repeated_event_changes_nothing(event, state):
    books = OrderBatch(NOW, [row(state)])
    try:
        decide(books, EVENTS[event])
    except UnreachableCell:
        return
    before = books.row(ORDER)
    assert decide(books, EVENTS[event]).row is None
    assert books.row(ORDER) is before


def test_stock_is_rolled_back_unless_inventory_itself_failed():
    for event, undo in [
        (InventoryFailed, [OrderCancelled]),
        (PaymentFailed, [OrderCancelled, InventoryRollback]),
        (ShippingFailed, [OrderCancelled, InventoryRollback]),
    ]:
        decision = decide(OrderBatch(NOW, [row(PENDING)]), EVENTS[event])
        assert [type(e) for e in decision.events] == undo


@pytest.mark.parametrize("reason", [CancelReason.CUSTOMER_REQUEST, CancelReason.DEADLINE_EXCEEDED])
def test_a_pending_order_is_asked_for_with_the_reason(reason):
    decision = request_cancel(row(PENDING), reason, OrderBatch(NOW, []))
    assert [(type(e), e.reason) for e in decision.events] == [(OrderCancelRequested, reason)]
    assert (decision.row.state, decision.row.cancel_reason) == (CANCELLING, reason)
    assert decision.row.seen == ("OrderCreated", "OrderCancelRequested")
    assert decision.row.settled is False


@pytest.mark.parametrize("state", [CANCELLING, COMPLETED, CANCELLED])
def test_an_order_that_has_moved_on_is_left_as_it_is_and_says_why(state):
    decision = request_cancel(row(state), CancelReason.DEADLINE_EXCEEDED, OrderBatch(NOW, []))
    assert (decision.row, decision.events) == (None, ())
    assert decision.why


def test_a_cancellation_that_comes_too_late_ends_completed():
    books = OrderBatch(NOW, [row(CANCELLING)])
    (event,) = decide(books, EVENTS[OrderShipped]).events
    assert isinstance(event, OrderCompleted)
    assert books.row(ORDER).cancel_reason is None


def test_a_cancelled_order_keeps_the_reason_that_was_asked_for():
    books = OrderBatch(NOW, [row(CANCELLING)])
    decide(books, EVENTS[ShipmentCancelled])
    assert books.row(ORDER).cancel_reason is CancelReason.CUSTOMER_REQUEST


@given(order=st.permutations([InventoryReserved, PaymentCompleted, OrderShipped]))
def test_a_completed_order_is_settled_when_every_reply_has_come(order):
    books = OrderBatch(NOW, [row(PENDING)])
    for number, event in enumerate(order):
        assert books.row(ORDER).settled is False
        decide(books, EVENTS[event])
        assert (books.row(ORDER).state is COMPLETED) is (OrderShipped in order[: number + 1])
    assert books.row(ORDER).settled is True


@given(order=st.permutations([InventoryReleased, PaymentRefunded]))
def test_a_cancelled_order_is_settled_when_every_answer_to_its_undo_has_come(order):
    books = OrderBatch(NOW, [row(PENDING)])
    decide(books, EVENTS[PaymentFailed])
    for event in order:
        assert books.row(ORDER).settled is False
        decide(books, EVENTS[event])
    assert books.row(ORDER).settled is True


@given(deliveries=st.lists(st.sampled_from(list(EVENTS)), max_size=20), state=st.sampled_from(list(OrderState)))
def test_a_terminal_state_never_changes_and_steps_have_no_gap(deliveries, state):
    books = OrderBatch(NOW, [row(state)])
    ended = state if state in {COMPLETED, CANCELLED} else None
    for event in deliveries:
        try:
            decide(books, EVENTS[event])
        except UnreachableCell:
            continue
        now = books.row(ORDER).state
        assert ended in {None, now}
        ended = now if now in {COMPLETED, CANCELLED} else None
    numbers = [s.sequence for s in books.steps.values()]
    assert numbers == list(range(2, len(numbers) + 2))
    assert [s.event for s in books.steps.values()] == list(books.row(ORDER).seen[1:])


def test_a_reason_of_another_service_that_an_order_cannot_be_cancelled_for_is_named():
    class BankFailureReason(StrEnum):
        UNKNOWN = "UNKNOWN"
        BANK_HOLIDAY = "BANK_HOLIDAY"

    with pytest.raises(UndeclaredEvent, match="BANK_HOLIDAY has no reason"):
        check_reasons(BankFailureReason)
