"""A service's handlers are held against topics.yaml before anything starts."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
from quadrille.events.order import OrderCancelRequested, OrderCreated
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped
from quadrille.events.types import CancelReason

from services.chassis.effects import decide
from services.chassis.errors import UndeclaredEvent
from services.chassis.handlers import Decision, Handlers, published_by, publishes
from services.shipping.books import Books
from services.shipping.carrier import HouseCarrier

SERVICES = sorted(path.parent.name for path in (Path(__file__).parents[3] / "services").glob("*/app.py"))


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_answers_what_topics_yaml_gives_it_and_publishes_only_its_own(service):
    handlers = importlib.import_module(f"services.{service}.app").HANDLERS
    replace(handlers)  # checks itself when it is made


@pytest.mark.parametrize("service", SERVICES)
def test_a_missing_handler_is_named(service):
    handlers = importlib.import_module(f"services.{service}.app").HANDLERS
    event = next(iter(handlers.on))
    with pytest.raises(UndeclaredEvent, match=event.__name__):
        Handlers(service, handlers.load, {e: h for e, h in handlers.on.items() if e is not event})


def test_a_handler_may_not_declare_an_event_of_another_service():
    handlers = importlib.import_module("services.inventory.app").HANDLERS

    @publishes(PaymentCompleted)
    def on_order_created(_row, _event, _books):
        return Decision()

    with pytest.raises(UndeclaredEvent, match="belongs to payment"):
        Handlers("inventory", handlers.load, {**handlers.on, OrderCreated: on_order_created})


@pytest.mark.parametrize("kind", ["methods", "timers"])
def test_whatever_else_publishes_may_not_declare_an_event_of_another_service_either(kind):
    handlers = importlib.import_module("services.inventory.app").HANDLERS

    @publishes(PaymentCompleted)
    def publish():
        pass

    with pytest.raises(UndeclaredEvent, match="belongs to payment"):
        replace(handlers, **{kind: {"It": publish}})


def test_an_event_that_is_answered_or_not_read_cannot_be_one_that_is_only_noted():
    handlers = importlib.import_module("services.order.app").HANDLERS
    assert PaymentCompleted.SCHEMA.full_name not in handlers.prompt
    assert OrderShipped.SCHEMA.full_name in handlers.prompt
    for event in (OrderShipped, OrderCreated):
        with pytest.raises(UndeclaredEvent, match=f"only notes {event.__name__}"):
            replace(handlers, noted=frozenset({event}))


def test_a_handler_is_held_to_what_it_declares(make):
    from uuid import uuid4

    handlers = importlib.import_module("services.inventory.app").HANDLERS
    event = OrderCreated(order_id=uuid4(), occurred_at=make.now, order=make.details(), deadline_at=make.now)

    @publishes()
    def on_order_created(_row, _event, _books):
        return Decision(None, (event,))

    class NoBooks:
        def row(self, _key):
            return None

        def apply(self, _record, _decision):
            pass

    liar = Handlers("inventory", handlers.load, {**handlers.on, OrderCreated: on_order_created})
    with pytest.raises(UndeclaredEvent, match="does not declare"):
        decide(liar, NoBooks(), [make.received(event)], [])
    assert published_by(on_order_created) == frozenset()


def test_a_log_at_debug_level_follows_one_order_through_a_service(make, caplog):
    from uuid import uuid4

    handlers = importlib.import_module("services.shipping.app").HANDLERS
    event = OrderCancelRequested(
        order_id=uuid4(), occurred_at=make.now, customer_id="c1", reason=CancelReason.DEADLINE_EXCEEDED
    )
    with caplog.at_level("DEBUG", "services.chassis.effects"):
        decide(handlers, Books(make.now, HouseCarrier(()), ()), [make.received(event)], [])
    (line,) = caplog.records
    assert (line.message, line.order_id) == ("decided", str(event.order_id))
    assert (line.event, line.published) == ("OrderCancelRequested", ["ShipmentCancelled"])
