"""A unit of work: a decision leaves its rows, its messages and its calls, or nothing at all."""

from __future__ import annotations

import importlib
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import InventoryRollback, OrderCreated
from quadrille.events.types import CancelReason

from services.chassis.decide.calls import asks
from services.chassis.decide.handlers import published_by, publishes
from services.chassis.errors import UndeclaredEvent
from services.chassis.process.unit_of_work import UnitOfWork
from services.inventory.model import Item
from services.inventory.state import InventoryBatch
from services.payment.model import Account
from services.payment.provider import Charge
from services.payment.state import PaymentBatch
from tests.unit.conftest import Make

MAKE = Make()
INVENTORY = importlib.import_module("services.inventory.app").HANDLERS
PAYMENT = importlib.import_module("services.payment.app").HANDLERS


def batch():
    return InventoryBatch(MAKE.now, [], [Item("sku-1", "USD", 100, 5, 0, 0)])


def event_of(order, what, quantity):
    if what == "create":
        details = MAKE.details(("sku-1", quantity, 100))
        return OrderCreated(order_id=order, occurred_at=MAKE.now, order=details, deadline_at=MAKE.now)
    return InventoryRollback(order_id=order, occurred_at=MAKE.now, reason=CancelReason.OUT_OF_STOCK)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["create", "roll back"]), st.booleans()), max_size=12))
def test_a_record_whose_handler_raises_leaves_nothing_whatever_the_others_do(steps):
    raises = False

    def poisoned(real):
        @publishes(*published_by(real))
        def handler(row, event, context):
            decision = real(row, event, context)
            # The chassis finds out last of all that it is wrong: rows are put and stock is moved by then.
            return replace(decision, events=(*decision.events, event)) if raises else decision

        return handler

    handlers = replace(INVENTORY, on={event: poisoned(real) for event, real in INVENTORY.on.items()})
    orders = [uuid4() for _ in range(3)]
    unit, alone = UnitOfWork(handlers, batch()), UnitOfWork(INVENTORY, batch())
    for which, what, poison in steps:
        record = MAKE.received(event_of(orders[which], what, which + 1))
        raises = poison
        if poison:
            with pytest.raises(UndeclaredEvent):
                unit.decide(record)
        else:
            unit.decide(record)
            alone.decide(record)
    assert unit.messages == alone.messages
    assert unit.decided == alone.decided
    assert dict(unit.state.rows) == dict(alone.state.rows)
    assert dict(unit.state.items) == dict(alone.state.items)
    assert unit.state.items.updated() == alone.state.items.updated()


def test_money_that_a_local_provider_moved_is_moved_back_when_the_answer_cannot_be_decided_on():
    @publishes()
    @asks()
    def on_charge_answered(_row, _answer, _context):
        raise ValueError("nobody knows what to do with it")

    handlers = replace(PAYMENT, answers={**PAYMENT.answers, Charge: on_charge_answered})
    state = PaymentBatch(MAKE.now, [], [Account("c1", "USD", 1000, 0)])
    record = MAKE.received(InventoryReserved(order_id=uuid4(), occurred_at=MAKE.now, order=MAKE.details()))
    with pytest.raises(ValueError, match="nobody knows"):
        UnitOfWork(handlers, state).decide(record)
    assert dict(state.accounts) == {"c1": Account("c1", "USD", 1000, 0)}
    assert (state.accounts.updated(), dict(state.rows)) == ([], {})
