"""A service's database goes back to any earlier moment of an order's life: what it has published makes its row again.

The order of events is that of the services' real decisions; providers are outside, and answer at any later moment.
After the row is made again, everything is read again that
was read since the backup, in any order that the topics allow, by a service that would decide otherwise today: it has
stock where it had none. A provider says again what it said. The row is what it was, and nothing is published that was
not.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from quadrille.events.topics import topic_of, topics_owned_by
from quadrille.events.types import CancelReason

from admin.transition_tables import ANSWERS, HANDLERS, WORLDS, World, books
from services.chassis.errors import CannotRebuild
from services.order.decisions import request_cancel
from services.order.rebuild import RebuildState
from services.payment.model import Account
from services.payment.state import PaymentBatch
from tests.support.one_order import State, _answered, _moved, decide, owner, start

#: Lives in which the service had published something since the backup; other lives show nothing.
ENOUGH, MOST_WALKS = 8, 1000


@dataclass
class Life:
    """What became of one order, step by step."""

    states: list[State] = field(default_factory=lambda: [start()])
    published: list[tuple[int, Any]] = field(default_factory=list)
    read: list[tuple[int, str, Any]] = field(default_factory=list)

    @property
    def now(self) -> State:
        return self.states[-1]


def live(world: World, dice: random.Random) -> Life:
    life = Life()
    life.published += [(0, event) for event in life.now.published]
    while True:
        state = life.now
        step = len(life.states)
        choices: list[Any] = sorted(state.under_way(), key=lambda c: (c[0], type(c[1]).__name__))
        choices += sorted(state.answers())
        asked = request_cancel(state.order, CancelReason.CUSTOMER_REQUEST, books("order", world, state.order))
        if asked.row is not None and dice.random() < 0.2:
            decision, following = asked, _moved(state, "order", asked, ())
        elif choices:
            service, event = dice.choice(choices)
            if isinstance(event, str):
                decision = answered(service, world, state.row(service), event)
                following = _answered(world, state, service, event)
            else:
                decision = decide(world, state, service, event)
                following = _moved(state, service, decision, (event,))
                life.read.append((step, service, event))
        else:
            return life
        life.published += [(step, event) for event in decision.events]
        life.states.append(following)


def answered(service: str, world: World, row: Any, name: str) -> Any:
    answer = ANSWERS[service][name]
    return HANDLERS[service].answers[type(answer.call)](row, answer, books(service, world, row))


def shuffled(events: list[Any], dice: random.Random) -> list[Any]:
    """Put events in another order, but for those of one topic."""
    topics: dict[str, list[Any]] = {}
    for event in events:
        topics.setdefault(topic_of(type(event)).name, []).append(event)
    mixed = []
    while topics:
        name = dice.choice(sorted(topics))
        mixed.append(topics[name].pop(0))
        if not topics[name]:
            del topics[name]
    return mixed


def recalled(service: str, world: World, row: Any, own: list[Any], known: list[Any]) -> Any:
    recall = HANDLERS[service].rebuild
    assert recall is not None
    desk: Any
    for event in own:
        match service:
            case "order":
                desk = RebuildState(event.occurred_at, [], {})
            case "payment":
                rows = [] if row is None else [row]
                desk = PaymentBatch(event.occurred_at, rows, [Account("c1", "USD", 1000, 0)], provider="outside")
            case _:
                desk = books(service, world, row)
        decision = recall.on[type(event)](row, event, desk, known)
        row = decision.row if decision.row is not None else row
    return row


def comparable(service: str, row: Any) -> Any:
    if service == "payment" and row is not None:
        return row._replace(provider=None)
    # The order in which replies came is no part of what is known of an order.
    return row._replace(seen=tuple(sorted(row.seen))) if service == "order" and row is not None else row


@pytest.mark.parametrize("world", WORLDS, ids=str)
@pytest.mark.parametrize("service", list(HANDLERS))
def test_a_row_is_what_it_was_whenever_the_backup_was_made(service, world):
    dice = random.Random(f"{service} {world}")
    other = World(stock=True)
    lost = 0
    for _ in range(MOST_WALKS):
        if lost == ENOUGH:
            break
        life = live(world, dice)
        backup = dice.randrange(len(life.states))
        row = life.states[backup].row(service)
        asked = {call for who, call in life.states[backup].asked if who == service}
        if service == "order" and dice.random() < 0.5:
            backup, row, asked = -1, None, set()
        own = [event for step, event in life.published if step > backup and owner(event) == service]
        mine = [event for step, who, event in life.read if who == service and step > backup]
        row = recalled(service, other, row, own, [*shuffled(mine, dice), *own])
        lost += bool(own)
        for event in shuffled(mine, dice):
            decision = HANDLERS[service].on[type(event)](row, event, books(service, other, row))
            assert {type(e) for e in decision.events} <= {type(e) for e in own}
            row = decision.row if decision.row is not None else row
            asked |= {type(call) for call in decision.calls}
        said = {type(ANSWERS[service][name].call): name for who, name in life.now.answered if who == service}
        while again := [said[call] for call in asked if call in said]:
            asked.clear()
            for name in again:
                decision = answered(service, other, row, name)
                assert {type(e) for e in decision.events} <= {type(e) for e in own}
                row = decision.row if decision.row is not None else row
                asked |= {type(call) for call in decision.calls}
        assert comparable(service, row) == comparable(service, life.now.row(service))
    assert lost == ENOUGH


@pytest.mark.parametrize("service", list(HANDLERS))
def test_every_event_that_a_service_publishes_can_be_made_a_row_again(service):
    recall = HANDLERS[service].rebuild
    assert recall is not None
    assert set(recall.on) == {binding.event for topic in topics_owned_by(service) for binding in topic.events}


def test_a_row_that_says_otherwise_is_left_alone():
    world = WORLDS[0]
    life = live(world, random.Random(1))
    (reserved,) = [event for _, event in life.published if type(event).__name__ == "InventoryReserved"]
    poor = World(stock=False)
    failed = decide(poor, start(), "inventory", next(iter(start().published))).row
    with pytest.raises(CannotRebuild, match="nothing could be held, and it was published that all of it was"):
        recalled("inventory", world, failed, [reserved], [])
