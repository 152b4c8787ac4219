"""Every state that one order can reach in four services: any order of delivery, any outcome, cancelled at any moment.

The rows are moved by the services' real decisions. Each published event is delivered once to each of its readers; what
a second delivery does is a cell of its own in the tables.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from quadrille.events.order import OrderCreated
from quadrille.events.topics import events_read_by, topic_of
from quadrille.events.types import CancelReason, Money, OrderDetails, OrderLine

from services.inventory import books as inventory_books
from services.inventory.app import HANDLERS as INVENTORY
from services.inventory.model import Item
from services.order import books as order_books
from services.order.app import HANDLERS as ORDER
from services.order.decisions import request_cancel
from services.order.model import OrderRow, OrderState
from services.payment import books as payment_books
from services.payment.app import HANDLERS as PAYMENT
from services.payment.model import Account
from services.shipping import books as shipping_books
from services.shipping.app import HANDLERS as SHIPPING
from services.shipping.carrier import HouseCarrier

NOW = datetime(2026, 1, 2, tzinfo=UTC)
KEY = UUID("019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11")
HANDLERS = {"order": ORDER, "inventory": INVENTORY, "payment": PAYMENT, "shipping": SHIPPING}
DETAILS = OrderDetails(
    customer_id="c1",
    lines=(OrderLine(sku="sku-1", quantity=2, unit_price=Money(currency_code="USD", minor_units=100)),),
    total=Money(currency_code="USD", minor_units=200),
    address_reference="home",
    country_code="DE",
)


@dataclass(frozen=True)
class World:
    """What the services meet: whether there is stock, credit, and a carrier."""

    stock: bool
    credit: bool
    carrier: bool


WORLDS = [World(*found) for found in itertools.product([True, False], repeat=3)]


@dataclass(frozen=True)
class State:
    """One order in four services, and what is under way."""

    rows: tuple[Any, ...]
    published: frozenset[Any]
    delivered: frozenset[tuple[str, str]]
    #: The state of the order after each event of its timeline.
    states: frozenset[tuple[str, OrderState]]

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


def start() -> State:
    """Give the state after PlaceOrder."""
    created = OrderCreated(order_id=KEY, occurred_at=NOW, order=DETAILS, deadline_at=NOW)
    pending = OrderState.PENDING
    row = OrderRow(KEY, "c1", "USD", 200, pending, None, False, False, False, ("OrderCreated",), NOW)
    states = frozenset({("OrderCreated", pending)})
    return State((row, None, None, None), frozenset({created}), frozenset(), states)


def books(service: str, world: World, row: Any) -> Any:
    """Open a service's books with one row."""
    rows = [row] if row is not None else []
    if service == "order":
        return order_books.Books(NOW, rows)
    if service == "inventory":
        return inventory_books.Books(NOW, rows, [Item("sku-1", "USD", 100, 5 if world.stock else 0, 0, 0)])
    if service == "payment":
        return payment_books.Books(NOW, rows, [Account("c1", "USD", 1000 if world.credit else 0, 0)])
    return shipping_books.Books(NOW, HouseCarrier(() if world.carrier else ("DE",)), rows)


def decide(world: World, state: State, service: str, event: Any) -> Any:
    """Let a service decide on an event."""
    row = state.row(service)
    return HANDLERS[service].on[type(event)](row, event, books(service, world, row))


def _moved(state: State, service: str, decision: Any, read: tuple[Any, ...]) -> State:
    rows = list(state.rows)
    states = set(state.states)
    if decision.row is not None:
        row = decision.row
        if service == "order":
            states |= {(type(event).__name__, row.state) for event in (*read, *decision.events)}
            # The order in which replies came is no part of the state: decisions look at the set alone.
            row = replace(row, seen=tuple(sorted(row.seen)))
        rows[list(HANDLERS).index(service)] = row
    delivered = state.delivered | {(service, type(event).__name__) for event in read}
    return State(tuple(rows), state.published | frozenset(decision.events), delivered, frozenset(states))


def explore(world: World) -> set[State]:
    """Give every state that can be reached."""
    reached, todo = {start()}, [start()]
    while todo:
        state = todo.pop()
        following = [
            _moved(state, service, decide(world, state, service, event), (event,))
            for service, event in state.under_way()
        ]
        asked = request_cancel(state.order, CancelReason.CUSTOMER_REQUEST, books("order", world, state.order))
        if asked.row is not None:
            following.append(_moved(state, "order", asked, ()))
        for other in following:
            if other not in reached:
                reached.add(other)
                todo.append(other)
    return reached


def owner(event: Any) -> str:
    """Name the service that publishes an event."""
    return topic_of(type(event)).owner


assert all(set(HANDLERS[service].on) == set(events_read_by(service).values()) for service in HANDLERS)
