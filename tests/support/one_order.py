"""Every state that one order can reach in four services: any order of delivery, any outcome, cancelled at any moment.

The rows are moved by the services' real decisions. Each published event is delivered once to each of its readers; what
a second delivery does is a cell of its own in the tables. Each call that is asked is answered at any later moment, in
every way that its provider may: a provider that is here is one that answers at once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from quadrille.events.order import OrderCreated
from quadrille.events.topics import topic_of
from quadrille.events.types import CancelReason

from admin.transition_tables import ANSWERS, DETAILS, HANDLERS, KEY, NOW, World, books, order_row
from services.order.decisions import request_cancel
from services.order.model import OrderRow, OrderState


@dataclass(frozen=True)
class State:
    """One order in four services, and what is under way."""

    rows: tuple[Any, ...]
    published: frozenset[Any]
    delivered: frozenset[tuple[str, str]]
    #: The state of the order after each event of its timeline.
    states: frozenset[tuple[str, OrderState]]
    #: Calls that are not answered, by the service that asks; and every answer that was given, by its name.
    asked: frozenset[tuple[str, type]] = frozenset()
    answered: frozenset[tuple[str, str]] = frozenset()

    @property
    def order(self) -> OrderRow:
        return self.rows[0]

    def row(self, service: str) -> Any:
        return self.rows[list(HANDLERS).index(service)]

    def under_way(self) -> Iterator[tuple[str, Any]]:
        """Give each reader with an event that it has not read yet."""
        for event in self.published:
            for service in HANDLERS:
                unread = (service, type(event).__name__) not in self.delivered
                if unread and type(event) in HANDLERS[service].on:
                    yield service, event

    def answers(self) -> Iterator[tuple[str, str]]:
        """Give each answer that may come now: its service, and its name."""
        for service, call in self.asked:
            yield from ((service, name) for name, answer in ANSWERS[service].items() if type(answer.call) is call)


def start() -> State:
    """Give the state after PlaceOrder."""
    created = OrderCreated(order_id=KEY, occurred_at=NOW, order=DETAILS, deadline_at=NOW)
    states = frozenset({("OrderCreated", OrderState.PENDING)})
    return State((order_row(OrderState.PENDING), None, None, None), frozenset({created}), frozenset(), states)


def decide(world: World, state: State, service: str, event: Any) -> Any:
    """Let a service decide on an event."""
    row = state.row(service)
    return HANDLERS[service].on[type(event)](row, event, books(service, world, row))


def _answered(world: World, state: State, service: str, name: str) -> State:
    answer = ANSWERS[service][name]
    row = state.row(service)
    decision = HANDLERS[service].answers[type(answer.call)](row, answer, books(service, world, row))
    moved = _moved(state, service, decision, ())
    left = moved.asked - ({(service, type(answer.call))} - {(service, type(call)) for call in decision.calls})
    return replace(moved, asked=left, answered=moved.answered | {(service, name)})


def _moved(state: State, service: str, decision: Any, read: tuple[Any, ...]) -> State:
    rows = list(state.rows)
    states = set(state.states)
    if decision.row is not None:
        row = decision.row
        if service == "order":
            states |= {(type(event).__name__, row.state) for event in (*read, *decision.events)}
            # The order in which replies came is no part of the state: decisions look at the set alone.
            row = row._replace(seen=tuple(sorted(row.seen)))
        rows[list(HANDLERS).index(service)] = row
    delivered = state.delivered | {(service, type(event).__name__) for event in read}
    published = state.published | frozenset(decision.events)
    asked = state.asked | {(service, type(call)) for call in decision.calls}
    return State(tuple(rows), published, delivered, frozenset(states), asked, state.answered)


@functools.cache
def explore(world: World) -> frozenset[State]:
    """Give every state that can be reached."""
    reached, todo = {start()}, [start()]
    while todo:
        state = todo.pop()
        following = [
            _moved(state, service, decide(world, state, service, event), (event,))
            for service, event in state.under_way()
        ]
        following += [_answered(world, state, service, name) for service, name in state.answers()]
        asked = request_cancel(state.order, CancelReason.CUSTOMER_REQUEST, books("order", world, state.order))
        if asked.row is not None:
            following.append(_moved(state, "order", asked, ()))
        for other in following:
            if other not in reached:
                reached.add(other)
                todo.append(other)
    return frozenset(reached)


def owner(event: Any) -> str:
    """Name the service that publishes an event."""
    return topic_of(type(event)).owner
