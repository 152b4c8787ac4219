"""The invariants: each a function over facts, without I/O.

Orders that have settled are judged at any time: nothing of them may change any more. The exceptions wait for a quiet
system, and are pending until then: the last step of a completed order (held → shipped, which follows it), and orders
that have not settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from admin.audit.facts import Facts, OrderFact

COMPLETED, CANCELLED = "COMPLETED", "CANCELLED"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that breaks an invariant.

    Attributes:
        subject: The order, SKU or customer.
        what: What is wrong with it.
    """

    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one invariant.

    Attributes:
        name: In a word or two.
        says: In a sentence.
        checked: How many things were judged.
        pending: How many cannot be judged yet.
        violations: Those that break it.
        kind: What its subjects are, in the plural: `orders`, `items` or `customers`.
    """

    name: str
    says: str
    checked: int
    pending: int
    violations: tuple[Violation, ...]
    kind: str


@dataclass(slots=True)
class _Sheet:
    checked: int = 0
    pending: int = 0
    violations: list[Violation] = field(default_factory=list)

    def judge(self, subject: object, complaints: Iterable[str]) -> None:
        self.checked += 1
        found = "; ".join(complaints)
        if found:
            self.violations.append(Violation(str(subject), found))


def judge(facts: Facts) -> list[Finding]:
    """Judge everything.

    Args:
        facts: What was read.

    Returns:
        One finding for each invariant, always the same ones in the same order.
    """
    findings = []
    for name, says, check in INVARIANTS:
        sheet = _Sheet()
        check(facts, sheet)
        kind = _SUBJECTS.get(name, "orders")
        findings.append(Finding(name, says, sheet.checked, sheet.pending, tuple(sheet.violations), kind))
    return findings


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things of one kind are broken, whichever invariants they break.

    Attributes:
        kind: `orders`, `items` or `customers`.
        broken: How many break an invariant.
        known: How many there are.
    """

    kind: str
    broken: int
    known: int


def tallies(facts: Facts, findings: Iterable[Finding]) -> list[Tally]:
    """Count what is broken, each thing once.

    Args:
        facts: What was read.
        findings: As `judge` gives them.

    Returns:
        A tally for each kind, orders first.
    """
    customers = {*facts.accounts, *(order.customer_id for order in facts.orders.values())}
    customers.update(payment.customer_id for payment in facts.payments.values())
    known = {
        "orders": len({*facts.orders, *facts.reservations, *facts.payments, *facts.shipments}),
        "items": len(facts.items),
        "customers": len(customers),
    }
    broken: dict[str, set[str]] = {kind: set() for kind in known}
    for finding in findings:
        broken[finding.kind].update(violation.subject for violation in finding.violations)
    return [Tally(kind, len(broken[kind]), number) for kind, number in known.items()]


def _stock(facts: Facts, sheet: _Sheet) -> None:
    for sku, item in facts.items.items():
        sheet.judge(sku, _stock_complaints(item.on_hand, item.held, item.shipped, item.received))


def _stock_complaints(on_hand: int, held: int, shipped: int, received: int) -> Iterator[str]:
    if on_hand + held + shipped != received:
        yield f"on hand {on_hand} + held {held} + shipped {shipped} is not received {received}"
    for name, value in (("on hand", on_hand), ("held", held), ("shipped", shipped)):
        if value < 0:
            yield f"{name} is {value}"


def _shelves(facts: Facts, sheet: _Sheet) -> None:
    for sku, item in facts.items.items():
        complaints = []
        if item.held != item.reserved:
            complaints.append(f"held is {item.held}, reservations hold {item.reserved}")
        if item.shipped != item.sent:
            complaints.append(f"shipped is {item.shipped}, reservations shipped {item.sent}")
        sheet.judge(sku, complaints)


def _balances(facts: Facts, sheet: _Sheet) -> None:
    for customer, account in facts.accounts.items():
        complaints = []
        due = account.deposited - account.charged + account.refunded
        if account.balance != due:
            complaints.append(f"balance is {account.balance}, deposits - charges + refunds is {due}")
        sheet.judge(customer, complaints)


def _money(facts: Facts, sheet: _Sheet) -> None:
    # Payments of orders that have not settled may still change, and are left to a later audit; so are those of orders
    # that came after the orders were read. A payment for no order at all counts: it is nobody's total.
    net: Counter[tuple[str, str]] = Counter()
    due: Counter[tuple[str, str]] = Counter()
    for order_id, payment in facts.payments.items():
        order = facts.orders.get(order_id)
        if order_id in facts.known_later or (order is not None and not order.settled):
            sheet.pending += 1
        else:
            net[payment.customer_id, payment.currency_code] += payment.charged - payment.refunded
    for order in facts.orders.values():
        if order.settled:
            due[order.customer_id, order.currency_code] += order.total if order.state == COMPLETED else 0
    for customer, currency in sorted(net.keys() | due.keys()):
        paid, owed = net[customer, currency], due[customer, currency]
        wrong = [f"charged - refunded is {paid} {currency}, completed orders come to {owed}"] if paid != owed else []
        sheet.judge(customer, wrong)


def _completed(facts: Facts, sheet: _Sheet) -> None:
    for order_id, order in facts.orders.items():
        if order.state != COMPLETED:
            continue
        reservation = facts.reservations.get(order_id)
        if reservation is not None and reservation.state == "HELD" and not facts.quiet:
            sheet.pending += 1
            continue
        sheet.judge(order_id, _completed_complaints(facts, order_id, order))


def _completed_complaints(facts: Facts, order_id: UUID, order: OrderFact) -> Iterator[str]:
    reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
    if reservation is None:
        yield "there is no reservation"
    elif reservation.state != "SHIPPED":
        yield f"its reservation is {reservation.state}"
    if payment is None:
        yield "there is no charge"
    elif payment.state != "CHARGED" or payment.refunded:
        yield f"its payment is {payment.state}, refunded {payment.refunded}"
    elif payment.charged != order.total:
        yield f"charged {payment.charged}, and its total is {order.total}"
    shipment = facts.shipments.get(order_id)
    if shipment != "SHIPPED":
        yield "there is no shipment" if shipment is None else f"its shipment is {shipment}"


def _cancelled(facts: Facts, sheet: _Sheet) -> None:
    for order_id, order in facts.orders.items():
        if order.state == CANCELLED:
            if order.settled:
                sheet.judge(order_id, _cancelled_complaints(facts, order_id))
            else:
                sheet.pending += 1


def _cancelled_complaints(facts: Facts, order_id: UUID) -> Iterator[str]:
    reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
    if reservation is not None and reservation.state in {"HELD", "SHIPPED"}:
        yield f"its reservation is {reservation.state}"
    if payment is not None and payment.charged != payment.refunded:
        yield f"charged {payment.charged}, refunded {payment.refunded}"
    if facts.shipments.get(order_id) == "SHIPPED":
        yield "it was shipped"


def _lost(facts: Facts, sheet: _Sheet) -> None:
    # A total function of what the other services know: an order whose row is gone is nobody's any more.
    for order_id in sorted({*facts.reservations, *facts.payments, *facts.shipments}):
        lost = order_id not in facts.orders and order_id not in facts.known_later
        sheet.judge(order_id, [f"no such order: {_describe(facts, order_id)}"] if lost else [])


def _describe(facts: Facts, order_id: UUID) -> str:
    reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
    shipment = facts.shipments.get(order_id)
    states = [f"its reservation is {reservation.state}"] if reservation is not None else []
    if payment is not None:
        amounts = f"charged {payment.charged}, refunded {payment.refunded} {payment.currency_code}"
        states.append(f"its payment is {payment.state} ({payment.customer_id}, {amounts})")
    states += [f"its shipment is {shipment}"] if shipment is not None else []
    return ", ".join(states)


def _agreement(facts: Facts, sheet: _Sheet) -> None:
    for order_id, order in facts.orders.items():
        if order.settled:
            sheet.judge(order_id, _agreement_complaints(facts, order_id, order))
        else:
            sheet.pending += 1


def _agreement_complaints(facts: Facts, order_id: UUID, order: OrderFact) -> Iterator[str]:
    reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
    if payment is not None:
        if payment.customer_id != order.customer_id:
            yield f"order has customer {order.customer_id}, payment {payment.customer_id}"
        if payment.currency_code != order.currency_code:
            yield f"order is in {order.currency_code}, payment in {payment.currency_code}"
    if reservation is not None and reservation.state == "SHIPPED" and reservation.lines != order.lines:
        yield "order and reservation have other lines"
    if order.state == CANCELLED:
        # Settled means that both have answered the undo, and the answer leaves a row.
        if reservation is None:
            yield "it is settled, and inventory knows nothing of it"
        if payment is None:
            yield "it is settled, and payment knows nothing of it"
        elif payment.state != "REFUNDED":
            yield f"it is settled, and its payment is {payment.state}"


def _settled(facts: Facts, sheet: _Sheet) -> None:
    for order_id, order in facts.orders.items():
        if order_id not in facts.still_open:
            sheet.checked += 1
        elif facts.quiet:
            sheet.judge(order_id, [f"nothing is under way, and it is {order.state} and not settled"])
        else:
            sheet.pending += 1


#: Of invariants that are not about orders.
_SUBJECTS = {"stock": "items", "shelves": "items", "balances": "customers", "money": "customers"}

INVARIANTS: tuple[tuple[str, str, Callable[[Facts, _Sheet], None]], ...] = (
    ("stock", "on hand + held + shipped = received for each SKU, none below zero", _stock),
    ("shelves", "what items hold and shipped is what their reservations say", _shelves),
    ("balances", "each account's balance = deposits - charges + refunds", _balances),
    ("money", "charged - refunded = total of the completed orders, for each customer and currency", _money),
    ("completed orders", "one shipped reservation, one charge of its total without refund, one shipment", _completed),
    ("cancelled orders", "nothing held, net charge zero, nothing shipped", _cancelled),
    ("lost orders", "the order service has every order that another service knows", _lost),
    ("agreement", "the four services agree about each order", _agreement),
    ("settled", "once nothing is under way, every order is settled", _settled),
)
