"""A service's handlers are held against topics.yaml before anything starts."""

from __future__ import annotations

import importlib
from dataclasses import replace
from uuid import uuid4

import pytest
from quadrille.events.inventory import InventoryReserved
from quadrille.events.order import OrderCancelRequested, OrderCreated
from quadrille.events.payment import PaymentCompleted
from quadrille.events.shipping import OrderShipped
from quadrille.events.types import CancelReason

from services.catalogue import SERVICES
from services.chassis.decide.handlers import Decision, Handlers, published_by, publishes
from services.chassis.decide.state import BatchState
from services.chassis.errors import UndeclaredEvent
from services.shipping.carrier import LocalCarrier
from services.shipping.state import ShippingBatch
from tests.support.deciding import decide


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


def test_an_event_that_is_answered_or_not_read_cannot_be_one_that_is_only_recorded():
    handlers = importlib.import_module("services.order.app").HANDLERS
    assert PaymentCompleted.SCHEMA.full_name not in handlers.latency_critical
    assert OrderShipped.SCHEMA.full_name in handlers.latency_critical
    for event in (OrderShipped, OrderCreated):
        with pytest.raises(UndeclaredEvent, match=f"only records {event.__name__}"):
            replace(handlers, record_only=frozenset({event}))


@pytest.mark.parametrize(
    ("declared", "about_another", "keeps", "said"),
    [
        ((), False, True, "returned InventoryReserved and does not declare it"),
        ((InventoryReserved,), True, True, "returned InventoryReserved of "),
        ((InventoryReserved,), False, False, "returned InventoryReserved, and no row of "),
    ],
    ids=["undeclared", "of another aggregate", "without a row"],
)
def test_a_handler_publishes_only_what_it_declares_of_an_aggregate_that_it_keeps_a_row_of(
    make, declared, about_another, keeps, said
):
    handlers = importlib.import_module("services.inventory.app").HANDLERS
    created = OrderCreated(order_id=uuid4(), occurred_at=make.now, order=make.details(), deadline_at=make.now)
    about = uuid4() if about_another else created.order_id
    event = InventoryReserved(order_id=about, occurred_at=make.now, order=make.details())

    @publishes(*declared)
    def on_order_created(_row, _event, _books):
        return Decision("a row" if keeps else None, (event,))

    liar = Handlers("inventory", handlers.load, {**handlers.on, OrderCreated: on_order_created})
    with pytest.raises(UndeclaredEvent, match=said):
        decide(liar, BatchState(make.now, {}), [make.received(created)])


def test_what_a_handler_declares_is_told():
    @publishes(InventoryReserved)
    def on_order_created(_row, _event, _books):
        return Decision()

    assert published_by(on_order_created) == {InventoryReserved}
    assert published_by(len) == frozenset()


def test_a_log_at_debug_level_follows_one_order_through_a_service(make, caplog):
    handlers = importlib.import_module("services.shipping.app").HANDLERS
    event = OrderCancelRequested(
        order_id=uuid4(), occurred_at=make.now, customer_id="c1", reason=CancelReason.DEADLINE_EXCEEDED
    )
    with caplog.at_level("DEBUG", "services.chassis.process.unit_of_work"):
        decide(handlers, ShippingBatch(make.now, LocalCarrier(()), ()), [make.received(event)])
    (line,) = caplog.records
    assert (line.message, line.order_id) == ("decided", str(event.order_id))
    assert (line.event, line.published) == ("OrderCancelRequested", ["ShipmentCancelled"])


def test_an_event_that_nothing_says_how_to_rebuild_from_is_named():
    handlers = importlib.import_module("services.shipping.app").HANDLERS
    without = {event: how for event, how in handlers.rebuild.on.items() if event.__name__ != "OrderShipped"}
    with pytest.raises(UndeclaredEvent, match="OrderShipped: shipping publishes it, and nothing says how"):
        replace(handlers, rebuild=replace(handlers.rebuild, on=without))
