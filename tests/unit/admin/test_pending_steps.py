"""What an order waits for, held against every state that one order can reach in the four services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admin.choreography import answers
from admin.pending_steps import Seen, awaited, following
from admin.times import format_duration
from admin.transition_tables import NOW, WORLDS, World
from tests.support.one_order import State, decide, explore, owner

CHOREOGRAPHY = answers()
OWNERS = {answer.event: answer.sender for answer in CHOREOGRAPHY} | {"OrderCompleted": "order"}


def timeline(state: State) -> list[Seen]:
    return [Seen(event, OWNERS[event], after.value, NOW) for event, after in sorted(state.states)]


def waits_of(state: State):
    order = state.order
    return awaited(CHOREOGRAPHY, state=order.state.value, settled=order.settled, steps=timeline(state))


def has_something_to_do(world: World, state: State, service: str) -> bool:
    """A service of which order has not read an event, that asks or would ask a provider, or that would publish."""
    if service in {asker for asker, _ in state.asked}:
        return True
    under_way = list(state.under_way())
    on_its_way = any(reader == "order" and owner(event) == service for reader, event in under_way)
    return on_its_way or any(
        reader == service and (decision.events or decision.calls)
        for reader, event in under_way
        for decision in [decide(world, state, reader, event)]
    )


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_whoever_is_named_really_has_something_to_do_and_nobody_is_named_for_a_settled_order(world):
    reached = explore(world)
    assert len(reached) > 50
    for state in reached:
        waits = waits_of(state)
        assert bool(waits) is not state.order.settled, state
        for wait in waits:
            assert has_something_to_do(world, state, wait.service), (wait, state)


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_what_the_order_service_still_publishes_is_among_what_may_follow(world):
    for state in explore(world):
        waits = waits_of(state)
        seen = {event for event, _ in state.states}
        told = {name for wait in waits for name in wait.events}
        told |= {name for step in following(CHOREOGRAPHY, waits, seen) for name in step.events}
        for service, event in state.under_way():
            new = {type(published).__name__ for published in decide(world, state, service, event).events} - seen
            # What another service does for an order that has ended meanwhile is undone, and not waited for.
            if service == "order":
                assert new <= told, (service, event, state)


def test_an_order_that_nobody_has_answered_waits_for_inventory_with_all_that_may_follow():
    placed = [Seen("OrderCreated", "order", "PENDING", NOW)]
    (wait,) = awaited(CHOREOGRAPHY, state="PENDING", settled=False, steps=placed)
    assert (wait.service, set(wait.events)) == ("inventory", {"InventoryFailed", "InventoryReserved"})
    assert wait.seconds(NOW + timedelta(seconds=35)) == 35
    then = following(CHOREOGRAPHY, [wait], ["OrderCreated"])
    assert ("payment", "InventoryReserved") in {(step.service, step.after) for step in then}
    assert ("inventory", "OrderCompleted", ()) in {(step.service, step.after, step.events) for step in then}


def test_a_cancellation_that_was_asked_for_waits_for_shippings_word_whatever_it_is():
    steps = [
        Seen("OrderCreated", "order", "PENDING", NOW),
        Seen("OrderCancelRequested", "order", "CANCELLING", NOW),
    ]
    (wait,) = awaited(CHOREOGRAPHY, state="CANCELLING", settled=False, steps=steps)
    assert wait.service == "shipping"
    assert set(wait.events) == {"ShipmentCancelled", "OrderShipped", "ShippingFailed"}


def test_a_completed_order_waits_for_the_replies_that_were_overtaken():
    steps = [
        Seen("OrderCreated", "order", "PENDING", NOW),
        Seen("OrderShipped", "shipping", "COMPLETED", NOW),
        Seen("OrderCompleted", "order", "COMPLETED", NOW),
    ]
    waits = awaited(CHOREOGRAPHY, state="COMPLETED", settled=False, steps=steps)
    assert [(wait.service, wait.events) for wait in waits] == [
        ("payment", ("PaymentCompleted",)),
        ("inventory", ("InventoryReserved",)),
    ]


def test_a_cancelled_order_waits_for_the_answers_to_its_undo():
    steps = [
        Seen("OrderCreated", "order", "PENDING", NOW),
        Seen("InventoryReserved", "inventory", "PENDING", NOW),
        Seen("PaymentFailed", "payment", "CANCELLED", NOW),
        Seen("OrderCancelled", "order", "CANCELLED", NOW),
        Seen("InventoryRollback", "order", "CANCELLED", NOW),
        Seen("PaymentRefunded", "payment", "CANCELLED", NOW),
    ]
    (wait,) = awaited(CHOREOGRAPHY, state="CANCELLED", settled=False, steps=steps)
    assert (wait.service, wait.events, wait.after) == ("inventory", ("InventoryReleased",), "InventoryRollback")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0.0 s"), (9.96, "10.0 s"), (35.4, "35 s"), (720, "12 min"), (12600, "3.5 h")],
)
def test_durations_are_short(seconds, written):
    assert format_duration(seconds) == written


def test_a_clock_behind_the_services_gives_no_negative_wait():
    placed = [Seen("OrderCreated", "order", "PENDING", datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC))]
    (wait,) = awaited(CHOREOGRAPHY, state="PENDING", settled=False, steps=placed)
    assert wait.seconds(NOW) == 0
