"""Calls to the outside world: what is declared, which keys they have, and when an unknown answer is asked again."""

from __future__ import annotations

import importlib
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadrille.events.payment import PaymentCompleted

from services.chassis.backoff import Backoff
from services.chassis.calls.recording import LONGEST_RETRY_AFTER_SECONDS, retry_after_seconds
from services.chassis.decide.calls import Opened, asks
from services.chassis.decide.handlers import Decision, publishes
from services.chassis.decide.state import BatchState
from services.chassis.errors import UndeclaredEvent, Unknown
from services.chassis.process.unit_of_work import UnitOfWork
from services.payment.provider import Charge, Refund
from services.shipping.carrier import Book
from services.shipping.settings import ShippingSettings
from services.shipping.state import ShippingBatch

PAYMENT = importlib.import_module("services.payment.app").HANDLERS
SHIPPING = importlib.import_module("services.shipping.app")


def test_every_call_that_is_asked_has_a_decision_for_its_answer():
    with pytest.raises(UndeclaredEvent, match="Refund: payment asks it, and has no decision"):
        replace(PAYMENT, answers={Charge: PAYMENT.answers[Charge]})


def test_no_answer_is_decided_on_that_nobody_asks_for():
    with pytest.raises(UndeclaredEvent, match="Book: payment never asks it"):
        replace(PAYMENT, answers={**PAYMENT.answers, Book: PAYMENT.answers[Charge]})


def test_what_an_answer_publishes_is_declared_by_a_handler_whose_calls_lead_to_it():
    on = {event: asks(Charge, Refund)(publishes()(lambda *_: Decision())) for event in PAYMENT.on}
    with pytest.raises(UndeclaredEvent, match="no handler whose calls lead to it declares it"):
        replace(PAYMENT, on=on)


def test_an_answer_is_held_to_what_it_declares(make):
    @publishes()
    def on_book_answered(_row, answer, _books):
        return Decision(calls=(answer.call,))

    handlers = replace(SHIPPING.HANDLERS, answers={Book: on_book_answered}, local=lambda _books, _call: "yes")
    unit = UnitOfWork(handlers, BatchState(make.now, {}))
    with pytest.raises(UndeclaredEvent, match="asks Book and does not declare it"):
        unit.answer(Opened(uuid4(), Book(uuid4(), "home", "DE"), uuid4(), None), "yes")


def test_the_key_of_a_call_is_the_orders_own_and_the_operations_own(make):
    one, other = uuid4(), uuid4()
    charge = Charge(one, make.details(), "bank")
    assert charge.idempotency_key == Charge(one, make.details(), "another").idempotency_key
    assert charge.idempotency_key != Charge(other, make.details(), "bank").idempotency_key
    assert charge.idempotency_key != Refund(one, "c1", one, make.details().total, "bank").idempotency_key


def test_deciding_again_opens_the_same_call(make):
    paid = PaymentCompleted(
        order_id=uuid4(), occurred_at=make.now, order=make.details(), charge_id=uuid4(), amount=make.details().total
    )
    record = make.received(paid)
    opened = []
    for _ in range(2):
        unit = UnitOfWork(SHIPPING.handlers(None), ShippingBatch(make.now, None, []))
        unit.decide(record)
        assert unit.messages == []
        opened += unit.opened
    assert opened[0] == opened[1]


@given(st.integers(1, 1000), st.none() | st.floats(0, 1e9))
def test_it_is_asked_again_later_each_time_and_never_sooner_than_the_provider_wants(attempts, after):
    backoff = Backoff(0.5, 60.0)
    seconds = retry_after_seconds(backoff, attempts, Unknown("", after=after))
    full = min(60.0, 0.5 * 2 ** (attempts - 1))
    assert seconds >= full / 2
    assert seconds >= min(after or 0, LONGEST_RETRY_AFTER_SECONDS)
    assert seconds <= max(full, min(after or 0, LONGEST_RETRY_AFTER_SECONDS))


@pytest.mark.parametrize("url", ["bank:80", "ftp://bank"])
def test_an_address_that_is_no_http_url_is_refused(url, monkeypatch):
    for name in ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "REGISTRY_URL"):
        monkeypatch.setenv(f"QUADRILLE_{name}", "postgresql://x")
    monkeypatch.setenv("QUADRILLE_CARRIER_URL", url)
    with pytest.raises(ValueError, match="must begin with http"):
        ShippingSettings()
