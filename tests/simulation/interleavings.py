"""Every interleaving: all states that deliveries, duplicates and cancels can reach, on the real decisions and books.

What is explored: after a commit, its events may be delivered at any time, in any order across and within topics, any
number of times. That covers every crash, too: one before a commit changes nothing, one after it only delays events or
sends them again, which is a later, or a repeated, delivery. States are remembered, so each is left in every way once.

A provider outside answers after the commit that asks it, at any time, and its answer may be recorded any number of
times: an answer is one more event to be delivered. One that is here answers at once.

A state is what the four services keep, and which events each of them has read. Time stands still: no decision depends
on it. An order's `seen` is part of the state as a set, since no decision looks at its order (`exact=True` keeps it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quadrille.avro import Event, decode
from quadrille.events.order import OrderCreated
from quadrille.events.payment import PaymentFailureReason
from quadrille.events.topics import TOPICS, topic_of
from quadrille.events.types import CancelReason, Money, OrderDetails, OrderLine

from admin.audit.facts import AccountFact, Facts, ItemFact, OrderFact, PaymentFact, ReservationFact, digest
from admin.audit.invariants import judge
from services.chassis.decide.calls import Answer, Opened
from services.chassis.decide.handlers import Handlers, Received
from services.chassis.errors import UndeclaredEvent, UnreachableCell
from services.chassis.process.unit_of_work import UnitOfWork
from services.inventory import decisions as inventory_decisions
from services.inventory import state as inventory
from services.inventory.app import HANDLERS as INVENTORY
from services.inventory.model import Item
from services.order import decisions as order_decisions
from services.order import state as order
from services.order.app import HANDLERS as ORDER
from services.order.model import OrderRow, OrderState
from services.payment import decisions as payment_decisions
from services.payment import state as payment
from services.payment.app import HANDLERS as PAYMENT
from services.payment.model import Account
from services.payment.provider import Charge, Charged, Declined, Refund, Refunded
from services.shipping import decisions as shipping_decisions
from services.shipping import state as shipping
from services.shipping.app import HANDLERS as SHIPPING
from services.shipping.carrier import LocalCarrier
from tests.simulation.scenario import SERVICES
from tests.simulation.store import EPOCH

CARRIER = LocalCarrier(["AQ"])
HANDLERS: Mapping[str, Handlers[Any]] = {
    "order": ORDER,
    "inventory": INVENTORY,
    "payment": PAYMENT,
    "shipping": SHIPPING,
}
ON: Mapping[str, Mapping[type[Event], Any]] = {
    "order": order_decisions.ON,
    "inventory": inventory_decisions.ON,
    "payment": payment_decisions.ON,
    "shipping": shipping_decisions.ON,
}
READERS: Mapping[type[Event], tuple[str, ...]] = {
    event: tuple(service for service, on in ON.items() if event in on)
    for event in {event for on in ON.values() for event in on}
}

EVENTS = {binding.event.SCHEMA.full_name: binding.event for topic in TOPICS for binding in topic.events}

#: A service's part of a state: the rows of all orders, and the shared rows (stock, balances).
Part = tuple[tuple[Any, ...], tuple[int, ...]]
#: The four parts, and for each service the events that are there for it: (order, type, the event, was it read).
Inbox = frozenset[tuple[Event, bool]]
State = tuple[Part, Part, Part, Part, Inbox, Inbox, Inbox, Inbox, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Case:
    """What is explored.

    Attributes:
        quantities: What each order wants of the one SKU.
        stock: How many there are.
        credit: What the one customer may spend; a piece costs 100.
        country: AQ is not served.
        cancels: Orders that may be cancelled, at any moment.
        exact: Tell states apart by the order in which an order's replies came.
        outside: Provider and carrier are outside.
    """

    quantities: tuple[int, ...] = (1,)
    stock: int = 10
    credit: int = 10_000
    country: str = "DE"
    cancels: tuple[int, ...] = (0,)
    exact: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Explored:
    """What was found.

    Attributes:
        states: How many states there are.
        moves: How many ways lead from one to another, or back to itself.
        quiet: Quiet states: every event was read by everyone it is for.
        wrong: What is wrong, in words.
    """

    states: int
    moves: int
    quiet: frozenset[Any]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Desk:
    now: datetime


class Explorer:
    """Explores one case."""

    def __init__(self, case: Case, *, most: int = 2_000_000) -> None:
        self.case, self._most = case, most
        self.ids = [UUID(int=number + 1) for number in range(len(case.quantities))]
        self._unreachable: list[str] = []
        self._decided: dict[Any, tuple[Part, tuple[Event, ...]]] = {}

    def explore(self) -> Explored:
        """Visit every state once, and leave it in every way."""
        first = self._first()
        seen, waiting, moves = {first}, [first], 0
        quiet: set[Any] = set()
        wrong: list[str] = []
        while waiting and len(seen) < self._most:
            state = waiting.pop()
            if all(read for inbox in state[4:8] for _, read in inbox):  # type: ignore[union-attr]
                quiet.add(state[:4])
                wrong += self._judge(state)
            for following in self._moves(state):
                moves += 1
                wrong += self._ended(state, following)
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return Explored(len(seen), moves, frozenset(quiet), tuple(dict.fromkeys([*self._unreachable, *wrong])))

    def _details(self, number: int) -> OrderDetails:
        price = Money(currency_code="USD", minor_units=100)
        quantity = self.case.quantities[number]
        return OrderDetails(
            customer_id="c1",
            lines=(OrderLine(sku="s1", quantity=quantity, unit_price=price),),
            total=Money(currency_code="USD", minor_units=100 * quantity),
            address_reference="home",
            country_code=self.case.country,
        )

    def _first(self) -> State:
        """Every order is placed."""
        rows = tuple(
            OrderRow(id_, "c1", "USD", 100 * n, OrderState.PENDING, None, False, False, False, ("OrderCreated",), EPOCH)
            for id_, n in zip(self.ids, self.case.quantities, strict=True)
        )
        created = [
            OrderCreated(order_id=id_, occurred_at=EPOCH, order=self._details(n), deadline_at=EPOCH)
            for n, id_ in enumerate(self.ids)
        ]
        none = (None,) * len(self.ids)
        start: State = (
            (rows, ()),
            (none, (self.case.stock, 0, 0)),
            (none, (0,)),
            (none, ()),
            *(frozenset(),) * 4,
            frozenset(self.case.cancels),
        )  # type: ignore[assignment]
        return self._send(start, created)

    def _send(self, state: State, events: Any) -> State:
        parts: list[Any] = list(state)
        for event in events:
            for place, service in enumerate(SERVICES):
                answers = isinstance(event, Answer) and type(event.call) in HANDLERS[service].answers
                if answers or service in READERS.get(type(event), ()):
                    inbox = parts[4 + place]
                    if (event, True) not in inbox:
                        parts[4 + place] = inbox | {(event, False)}
        return tuple(parts)  # type: ignore[return-value]

    def _moves(self, state: State) -> Iterator[State]:
        for place, service in enumerate(SERVICES):
            inbox: Any = state[4 + place]
            for event, read in inbox:
                try:
                    part, published = self._decide(service, state[place], event)  # type: ignore[arg-type]
                except (UnreachableCell, UndeclaredEvent) as error:
                    self._unreachable.append(f"{service}: {error}")
                    continue
                parts: list[Any] = list(state)
                parts[place] = part
                if not read:
                    parts[4 + place] = (inbox - {(event, False)}) | {(event, True)}
                yield self._send(tuple(parts), published)  # type: ignore[arg-type]
        for number in state[8]:
            asked = self._cancel(state, number)
            yield asked

    def _cancel(self, state: State, number: int) -> State:
        """Let the real decision answer a request to cancel an order. What it publishes is sent."""
        row: OrderRow = state[0][0][number]
        left = (*state[:8], state[8] - {number})
        decision = order_decisions.request_cancel(row, CancelReason.CUSTOMER_REQUEST, _Desk(EPOCH))
        if decision.row is None:
            return left  # type: ignore[return-value]
        after = decision.row._replace(seen=self._seen(decision.row.seen))
        rows = (*state[0][0][:number], after, *state[0][0][number + 1 :])
        return self._send(((rows, ()), *left[1:]), decision.events)  # type: ignore[arg-type]

    def _seen(self, seen: tuple[str, ...]) -> tuple[str, ...]:
        return seen if self.case.exact else tuple(sorted(seen))

    def _decide(self, service: str, part: Part, event: Event) -> tuple[Part, tuple[Event, ...]]:
        """Let the real decision decide and the real books apply it."""
        known = self._decided.get((service, part, event))
        if known is None:
            known = self._decided[service, part, event] = self._really_decide(service, part, event)
        return known

    def _really_decide(self, service: str, part: Part, event: Any) -> tuple[Part, tuple[Event, ...]]:
        rows, shared = part
        books: Any
        there = [row for row in rows if row is not None]
        match service:
            case "order":
                books = order.OrderBatch(EPOCH, there)
            case "inventory":
                books = inventory.InventoryBatch(EPOCH, there, [Item("s1", "USD", 100, *shared)])
            case "payment":
                provider = "outside" if self.case.outside else None
                books = payment.PaymentBatch(EPOCH, there, [Account("c1", "USD", self.case.credit, *shared)], provider)
            case _:
                books = shipping.ShippingBatch(EPOCH, None if self.case.outside else CARRIER, there)
        unit = UnitOfWork(HANDLERS[service], books)
        if isinstance(event, Answer):
            unit.answer(Opened(event.key, event.call, event.key, None), event.outcome)
        else:
            unit.decide(Received(event, event.order_id, event.order_id, topic_of(type(event)), 0, 0, None))
        published = [
            *(decode(EVENTS[one.type], one.body) for one in unit.messages),
            *(Answer(one.call, self._outcome(one.call)) for one in unit.opened),
        ]
        after = tuple(books.row(id_) for id_ in self.ids)
        if service == "order":
            after = tuple(row._replace(seen=self._seen(row.seen)) for row in after)
        elif service == "inventory":
            item = books.items["s1"]
            shared = (item.on_hand, item.held, item.shipped)
        elif service == "payment":
            shared = (books.accounts["c1"].balance,)
        return (after, shared), tuple(published)

    def _outcome(self, call: Any) -> Any:
        """Answer as the provider outside does, each time the same."""
        match call:
            case Charge():
                declined = call.order.total.minor_units > self.case.credit
                reason = PaymentFailureReason.PROVIDER_DECLINED
                return Declined(reason, None) if declined else Charged(UUID(int=call.key.int ^ 1))
            case Refund():
                return Refunded()
            case _:
                return CARRIER.book(call)

    def _ended(self, before: State, after: State) -> Iterator[str]:
        for was, is_ in zip(before[0][0], after[0][0], strict=True):
            if was.state in {OrderState.COMPLETED, OrderState.CANCELLED} and is_.state is not was.state:
                yield f"an order that was {was.state} became {is_.state}"

    def _judge(self, state: State) -> list[str]:
        findings = judge(self.facts(state))
        return [f"{finding.name}: {violation.what}" for finding in findings for violation in finding.violations]

    def facts(self, state: State) -> Facts:
        """Tell the audit what a state says."""
        orders = {
            row.order_id: OrderFact(
                row.state.value, row.settled, row.customer_id, row.currency_code, row.total, digest([("s1", n)])
            )
            for row, n in zip(state[0][0], self.case.quantities, strict=True)
        }
        reservations = [row for row in state[1][0] if row is not None]
        payments = [row for row in state[2][0] if row is not None]
        on_hand, held, shipped = state[1][1]
        sums = {
            name: sum(n for r in reservations if r.state == name for _, n in r.lines) for name in ("HELD", "SHIPPED")
        }
        return Facts(
            orders=orders,
            reservations={r.order_id: ReservationFact(r.state.value, digest(r.lines)) for r in reservations},
            payments={
                p.order_id: PaymentFact(p.state.value, p.customer_id, p.currency_code, p.charged, p.refunded)
                for p in payments
            },
            shipments={row.order_id: row.state.value for row in state[3][0] if row is not None},
            items={"s1": ItemFact(on_hand, held, shipped, self.case.stock, sums["HELD"], sums["SHIPPED"])},
            accounts={
                "c1": AccountFact(
                    "USD",
                    state[2][1][0],
                    self.case.credit,
                    0,
                    sum(p.charged for p in payments if p.provider is None),
                    sum(p.refunded for p in payments if p.provider is None),
                )
            },
            still_open=frozenset(id_ for id_, fact in orders.items() if not fact.settled),
        )
