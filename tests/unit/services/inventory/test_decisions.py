"""Inventory's decisions: stock is held whole or not at all, given back once, and never invented."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.inventory import (
    InventoryFailed,
    InventoryFailureReason,
    InventoryReleased,
    InventoryReserved,
)
from quadrille.events.order import InventoryRollback, OrderCompleted, OrderCreated
from quadrille.events.types import CancelReason, Money

from services.chassis.errors import UnreachableCell
from services.inventory.decisions import ON
from services.inventory.model import Item, ReservationState
from services.inventory.state import InventoryBatch

NOW = datetime(2026, 1, 2, tzinfo=UTC)
USD = Money(currency_code="USD", minor_units=0)


def created(make, order_id, *lines, **details):
    return OrderCreated(order_id=order_id, occurred_at=NOW, order=make.details(*lines, **details), deadline_at=NOW)


def rollback(order_id):
    return InventoryRollback(order_id=order_id, occurred_at=NOW, reason=CancelReason.INSUFFICIENT_CREDIT)


def completed(order_id):
    return OrderCompleted(order_id=order_id, occurred_at=NOW, customer_id="c1", total=USD)


def shelf(**stock: int) -> InventoryBatch:
    return InventoryBatch(
        NOW, [], [Item(sku.replace("_", "-"), "USD", 100, on_hand, 0, 0) for sku, on_hand in stock.items()]
    )


def decide(make, books, event):
    decision = ON[type(event)](books.row(event.order_id), event, books)
    books.apply(make.received(event), decision)
    return decision.events


def test_every_line_is_held_when_all_are_there(make):
    books, order = shelf(sku_1=5, sku_2=1), uuid4()
    (event,) = decide(make, books, created(make, order, ("sku-1", 2, 100), ("sku-2", 1, 100)))
    assert isinstance(event, InventoryReserved)
    assert (books.items["sku-1"].on_hand, books.items["sku-1"].held) == (3, 2)
    assert (books.items["sku-2"].on_hand, books.items["sku-2"].held) == (0, 1)


def test_no_line_is_held_when_one_is_short(make):
    books = shelf(sku_1=5, sku_2=0)
    (event,) = decide(make, books, created(make, uuid4(), ("sku-1", 2, 100), ("sku-2", 1, 100)))
    assert isinstance(event, InventoryFailed)
    assert event.reason is InventoryFailureReason.OUT_OF_STOCK
    assert [(line.sku, line.requested, line.available) for line in event.lines] == [("sku-2", 1, 0)]
    assert books.items["sku-1"].held == 0


def test_lines_of_one_sku_are_added_up_before_stock_is_judged(make):
    (event,) = decide(make, shelf(sku_1=3), created(make, uuid4(), ("sku-1", 2, 100), ("sku-1", 2, 100)))
    assert isinstance(event, InventoryFailed)
    assert event.lines[0].requested == 4


def test_a_quoted_price_that_is_not_the_list_price_is_refused(make):
    (event,) = decide(make, shelf(sku_1=3), created(make, uuid4(), ("sku-1", 1, 99)))
    assert event.reason is InventoryFailureReason.PRICE_CHANGED
    assert event.lines[0].quoted_price.minor_units == 99
    assert event.lines[0].list_price.minor_units == 100


def test_a_price_in_another_currency_is_another_price(make):
    (event,) = decide(make, shelf(sku_1=3), created(make, uuid4(), ("sku-1", 1, 100), currency="EUR"))
    assert event.reason is InventoryFailureReason.PRICE_CHANGED


def test_an_unknown_sku_is_named(make):
    (event,) = decide(make, shelf(), created(make, uuid4(), ("ghost", 1, 100)))
    assert [(line.sku, line.reason) for line in event.lines] == [("ghost", InventoryFailureReason.UNKNOWN_SKU)]


def test_an_undo_that_comes_first_makes_the_do_a_no_op(make):
    books, order = shelf(sku_1=5), uuid4()
    (event,) = decide(make, books, rollback(order))
    assert isinstance(event, InventoryReleased)
    assert event.lines == ()
    assert decide(make, books, created(make, order, ("sku-1", 2, 100))) == ()
    assert books.items["sku-1"].on_hand == 5


def test_completion_without_a_reservation_cannot_come(make):
    with pytest.raises(UnreachableCell):
        decide(make, shelf(sku_1=5), completed(uuid4()))


def test_an_undo_after_completion_cannot_come(make):
    books, order = shelf(sku_1=5), uuid4()
    decide(make, books, created(make, order, ("sku-1", 2, 100)))
    decide(make, books, completed(order))
    with pytest.raises(UnreachableCell):
        decide(make, books, rollback(order))


class Order:
    """One order's possible events: creation, then either completion or undo, each delivered any number of times."""

    def __init__(self, lines, *, completes: bool, schedule: list[int]):
        self.id, self.lines, self.completes, self.schedule = uuid4(), lines, completes, schedule


lines = st.lists(
    st.tuples(
        st.sampled_from(["sku-1", "sku-2", "sku-3", "ghost"]), st.integers(1, 4), st.sampled_from([100, 100, 99])
    ),
    min_size=1,
    max_size=4,
)
orders = st.lists(
    st.builds(Order, lines, completes=st.booleans(), schedule=st.lists(st.integers(0, 1), min_size=2, max_size=6)),
    min_size=1,
    max_size=6,
)


@given(orders=orders, on_hand=st.integers(0, 10), seed=st.randoms(use_true_random=False))
def test_stock_is_conserved_whatever_comes_in_whatever_order(orders, on_hand, seed):
    from tests.unit.conftest import Make

    make, books = Make(), shelf(sku_1=on_hand, sku_2=on_hand, sku_3=on_hand)
    deliveries = [(order, kind) for order in orders for kind in order.schedule]
    seed.shuffle(deliveries)
    for order, kind in deliveries:
        row = books.row(order.id)
        if kind == 0:
            event = created(make, order.id, *order.lines)
        elif not order.completes:
            event = rollback(order.id)
        elif row is not None and row.state in {ReservationState.HELD, ReservationState.SHIPPED}:
            event = completed(order.id)
        else:
            continue  # a completion follows a reservation
        decide(make, books, event)
        for sku, item in books.items.items():
            held = sum(
                n
                for o in orders
                for s, n in (getattr(books.row(o.id), "lines", ()) or ())
                if s == sku and books.row(o.id).state is ReservationState.HELD
            )
            assert item.on_hand + item.held + item.shipped == on_hand
            assert min(item.on_hand, item.held, item.shipped) >= 0
            assert item.held == held
