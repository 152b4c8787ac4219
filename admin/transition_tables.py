"""The state machines of the four services as tables: every state with every event, as the real decisions answer.

A cell is what a decision returned, not what somebody wrote about it. A decision that says that no delivery leads there
is shown as such. Where the answer hangs on stock, each answer is given. What a provider answers is a row of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields
from datetime import UTC, datetime
from typing import Any, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from quadrille.avro import Event
from quadrille.events import order, payment, shipping
from quadrille.events.types import CancelReason, Money, OrderDetails, OrderLine

from services.chassis.decide.calls import Answer
from services.chassis.decide.handlers import Decision, Handlers
from services.chassis.errors import UnreachableCell
from services.inventory.app import HANDLERS as INVENTORY
from services.inventory.model import Item, Reservation, ReservationState
from services.inventory.state import InventoryBatch
from services.order.app import HANDLERS as ORDER
from services.order.decisions import request_cancel
from services.order.model import OrderRow, OrderState
from services.order.state import OrderBatch
from services.payment.app import HANDLERS as PAYMENT
from services.payment.model import Payment, PaymentState
from services.payment.provider import Charge, Charged, Declined, Refund, Refunded
from services.payment.state import PaymentBatch
from services.shipping.app import HANDLERS as SHIPPING
from services.shipping.carrier import Book, Booked, Refused
from services.shipping.model import Shipment, ShipmentState
from services.shipping.state import ShippingBatch

NOW = datetime(2026, 1, 2, tzinfo=UTC)
KEY = UUID("019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11")
TOTAL = Money(currency_code="USD", minor_units=200)
DETAILS = OrderDetails(
    customer_id="c1",
    lines=(OrderLine(sku="sku-1", quantity=2, unit_price=Money(currency_code="USD", minor_units=100)),),
    total=TOTAL,
    address_reference="home",
    country_code="DE",
)
HANDLERS: dict[str, Handlers[Any]] = {
    "order": ORDER,
    "inventory": INVENTORY,
    "payment": PAYMENT,
    "shipping": SHIPPING,
}
ABSENT = "no row"
ASKED = "CancelOrder, or the deadline"
UNREACHABLE = "cannot come"


@dataclass(frozen=True, slots=True)
class World:
    """What the services meet.

    Attributes:
        stock: Whether what is ordered is there.
    """

    stock: bool


WORLDS = (World(stock=True), World(stock=False))


def books(service: str, world: World, row: Any) -> Any:
    """Open a service's books.

    Args:
        service: The service.
        world: What it meets.
        row: Its row for the order; None if it has none.

    Returns:
        The books.
    """
    rows = [row] if row is not None else []
    match service:
        case "order":
            return OrderBatch(NOW, rows)
        case "inventory":
            return InventoryBatch(NOW, rows, [Item("sku-1", "USD", 100, 5 if world.stock else 0, 0, 0)])
        case "payment":
            return PaymentBatch(NOW, rows, [])
        case _:
            return ShippingBatch(NOW, None, rows)


def order_row(state: OrderState, *seen: str) -> OrderRow:
    """Make the order service's row of an order.

    Args:
        state: Its state.
        *seen: Events of its timeline after `OrderCreated`.

    Returns:
        The row.
    """
    reason = CancelReason.CUSTOMER_REQUEST if state in {OrderState.CANCELLING, OrderState.CANCELLED} else None
    undone = state is OrderState.CANCELLED
    timeline = (order.OrderCreated.__name__, *seen)
    return OrderRow(KEY, "c1", "USD", 200, state, reason, undone, undone, False, timeline, NOW)


def _reservation(state: ReservationState) -> Reservation:
    return Reservation(KEY, state, () if state is ReservationState.FAILED else (("sku-1", 2),), NOW)


def _payment(state: PaymentState) -> Payment:
    charged = 200 if state in {PaymentState.CHARGED, PaymentState.REFUNDING, PaymentState.REFUNDED} else 0
    refunded = charged if state is PaymentState.REFUNDED else 0
    return Payment(KEY, state, "c1", "USD", charged, refunded, KEY if charged else None, NOW, NOW)


def _shipment(state: ShipmentState) -> Shipment:
    return Shipment(KEY, state, None, None, None, NOW)


#: Every row that a service can have for an order, by the name of its state.
ROWS: dict[str, dict[str, Any]] = {
    "order": {ABSENT: None, **{state.value: order_row(state) for state in OrderState}},
    "inventory": {ABSENT: None, **{state.value: _reservation(state) for state in ReservationState}},
    "payment": {ABSENT: None, **{state.value: _payment(state) for state in PaymentState}},
    "shipping": {ABSENT: None, **{state.value: _shipment(state) for state in ShipmentState}},
}


#: What fields of samples say, by their type.
_VALUES: dict[Any, Any] = {UUID: KEY, datetime: NOW, str: "T", int: 1, bool: False, OrderDetails: DETAILS, Money: TOTAL}
#: What some say instead, by their name.
_FIELDS = {"customer_id": "c1", "reason": {CancelReason: CancelReason.CUSTOMER_REQUEST}}


def sample(event: type[Event]) -> Event:
    """Make an event of the one order that the tables speak of, from the types of its fields.

    Args:
        event: The event's class.

    Raises:
        LookupError: A field has a type of which there is no sample; the message names both.
    """
    hints = get_type_hints(event)
    made: Callable[..., Event] = event
    return made(
        **{one.name: _value(event, one.name, hints[one.name]) for one in fields(cast("Any", event)) if _required(one)}
    )


def _required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _value(event: type[Event], name: str, type_: Any) -> Any:
    said = _FIELDS.get(name)
    if isinstance(said, str):
        return said
    if isinstance(said, dict) and type_ in said:
        return said[type_]
    if get_origin(type_) is tuple:
        return ()
    if type(None) in get_args(type_):
        return None
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        return next(symbol for symbol in type_ if symbol.name != "UNKNOWN")
    if type_ not in _VALUES:
        raise LookupError(f"{event.__name__}.{name}: admin/transition_tables.py has no sample of {type_}")
    return _VALUES[type_]


#: What providers may answer, by what was asked.
ANSWERS: dict[str, dict[str, Answer[Any, Any]]] = {
    "payment": {
        "Charge: Charged": Answer(Charge(KEY, DETAILS), Charged(KEY)),
        "Charge: Declined": Answer(
            Charge(KEY, DETAILS), Declined(payment.PaymentFailureReason.INSUFFICIENT_CREDIT, None)
        ),
        "Refund: Refunded": Answer(Refund(KEY, "c1", KEY, TOTAL), Refunded()),
    },
    "shipping": {
        "Book: Booked": Answer(Book(KEY, "home", "DE"), Booked("house", "T")),
        "Book: Refused": Answer(Book(KEY, "home", "DE"), Refused(shipping.ShippingFailureReason.CARRIER_REFUSED, "")),
    },
}


def cell(service: str, event: type[Event], row: Any) -> str:
    """Ask a service what it does.

    Args:
        service: The service.
        event: What it reads.
        row: Its row; None if it has none.

    Returns:
        The cell's text.
    """
    return _cell(service, HANDLERS[service].on[event], row, sample(event))


def answered(service: str, answer: Answer[Any, Any], row: Any) -> str:
    """Ask a service what it does about an answer to a call.

    Args:
        service: The service.
        answer: What was asked, and answered.
        row: Its row; None if it has none.

    Returns:
        The cell's text.
    """
    return _cell(service, HANDLERS[service].answers[type(answer.call)], row, answer)


def _cell(service: str, handler: Callable[..., Decision[Any]], row: Any, what: object) -> str:
    told: dict[str, None] = {}
    for world in WORLDS:
        try:
            told[_told(row, handler(row, what, books(service, world, row)))] = None
        except UnreachableCell:
            told[UNREACHABLE] = None
    return "; or ".join(told)


def _told(row: Any, decision: Decision[Any]) -> str:
    if decision.row is None:
        return f"nothing: {decision.why}"
    published = ", ".join(type(event).__name__ for event in decision.events)
    asked = ", ".join(type(call).__name__ for call in decision.calls)
    after = decision.row.state
    moved = "noted" if row is not None and row.state is after else f"→ {after.value}"
    return moved + (f", publishes {published}" if published else "") + (f", asks {asked}" if asked else "")


def cells(service: str) -> Iterator[tuple[str, list[str]]]:
    """Give a service's table.

    Args:
        service: The service.

    Yields:
        For each event that it reads, and each answer that it may be given, its name and a cell for each of `ROWS`.
    """
    rows = ROWS[service]
    if service == "order":
        world = WORLDS[0]
        asked = [
            _told(row, request_cancel(row, CancelReason.CUSTOMER_REQUEST, books(service, world, row)))
            for row in rows.values()
            if row is not None
        ]
        yield ASKED, ["refused: there is no such order", *asked]
    for event in HANDLERS[service].on:
        yield event.__name__, [cell(service, event, row) for row in rows.values()]
    for name, answer in ANSWERS.get(service, {}).items():
        yield name, [answered(service, answer, row) for row in rows.values()]


def repeated() -> str:
    """Ask the order service what it does about an event that is on the timeline already.

    Returns:
        The answer; each different one, should there be several.
    """
    return "; or ".join(
        dict.fromkeys(
            cell("order", event, order_row(state, event.__name__)) for event in ORDER.on for state in OrderState
        )
    )


HEAD = f"""# State machines

<!-- Written by `quadrille flow --states`: edit the decisions, not this page. -->

What each service does when an event meets the row that it keeps for the order. Every cell is the answer of the real
decision (`services/<service>/decisions.py`). *noted*: the timeline grows, and the state stays. *nothing*: a late or
repeated event, with the reason. *{UNREACHABLE}*: no delivery leads there; should it come all the same, it becomes a
dead letter. Where there are two answers, it hangs on stock.

*Asks*: a provider is asked, once the row is committed, until it has answered; its answer is a row of the table. One
that is here (the accounts in payment's database, the local carrier) answers before the row is stored: the states that
end in -ING are then never stored. [remote-providers.md](remote-providers.md) says more.
"""


def page() -> str:
    """Write all tables.

    Returns:
        The page, as Markdown; the same text for the same decisions.
    """
    parts = [HEAD]
    for service in HANDLERS:
        parts.append(f"## {service}\n")
        if service == "order":
            parts.append(f"An event that is on the timeline already, in any state: {repeated()}.\n")
        columns = ["event", *ROWS[service]]
        parts.append(f"| {' | '.join(columns)} |")
        parts.append(f"|{'---|' * len(columns)}")
        parts += [f"| {name} | {' | '.join(row)} |" for name, row in cells(service)]
        parts.append("")
    return "\n".join(parts).strip()
