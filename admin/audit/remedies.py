"""What mends a finding, judged by the facts alone.

Invariants:

- A command is offered only if it is safe whatever has happened: publishing again what was published (every reader knows
  what it has handled), and making rows again from what was published. Both invent nothing and decide nothing anew.
- Publishing an order's events again may let a reader do what it has missed, and that moves stock or money. So it is
  offered only where the sums say that it has not been moved yet.
- Everything else is for a person: what to look at is said, and no command is offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from admin.audit.facts import Facts
from admin.audit.invariants import Finding

#: Rows that are made again one by one; more of them are made again all at once.
FEW = 20
REPUBLISH, REBUILD = "republish", "rebuild"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about one violation.

    Attributes:
        command: The words of the command that mends it, without `quadrille`; empty if none is safe.
        why: What it does, or what a person should look at.
    """

    command: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a violation of a finding.

    Attributes:
        finding: Name of the invariant.
        subject: The order, SKU or customer.
        what: What is wrong.
        remedy: What to do.
    """

    finding: str
    subject: str
    what: str
    remedy: Remedy


def advise(facts: Facts, findings: Sequence[Finding]) -> list[Advice]:
    """Say of every violation what mends it.

    Args:
        facts: What was read.
        findings: What became of the invariants.

    Returns:
        An advice for each violation, in the order of the findings.
    """
    sums_hold = {
        name: not any(finding.violations for finding in findings if finding.name == name)
        for name in ("stock", "shelves", "balances")
    }
    judge = _Judge(facts, stock=sums_hold["stock"] and sums_hold["shelves"], money=sums_hold["balances"])
    return [
        Advice(finding.name, violation.subject, violation.what, judge.remedy(finding.name, violation.subject))
        for finding in findings
        for violation in finding.violations
    ]


def advise_in_flight(what: str) -> str:
    """Say what ends something that keeps the system from being quiet.

    Args:
        what: One of `Facts.in_flight`.
    """
    if "dead letters" in what:
        return "mend their cause, then `quadrille dlq replay`: docs/dead-letters.md. Orders behind them wait"
    if "to publish" in what or "to read" in what:
        return "`quadrille status` says whether that service waits for something; `quadrille up` starts what is down"
    return "wait a moment and ask again: `--wait 30`"


def commands(advices: Sequence[Advice]) -> Iterator[tuple[tuple[str, ...], list[Advice]]]:
    """Bring together what one command mends.

    Args:
        advices: From `advise`.

    Yields:
        Each command once, with what it is for.
    """
    by_command: dict[tuple[str, ...], list[Advice]] = {}
    for advice in advices:
        if advice.remedy.command:
            by_command.setdefault(advice.remedy.command, []).append(advice)
    yield from by_command.items()


class _Judge:
    def __init__(self, facts: Facts, *, stock: bool, money: bool) -> None:
        self._facts = facts
        self._stock = stock
        self._money = money
        tables = (facts.orders, facts.reservations, facts.payments, facts.shipments)
        known = {order_id for table in tables for order_id in table}
        settled = {order_id for order_id, order in facts.orders.items() if order.state == "COMPLETED"}
        self._lost = sum(order_id not in facts.orders for order_id in known) + sum(
            order_id not in table for order_id in settled for table in tables
        )

    def remedy(self, finding: str, subject: str) -> Remedy:
        match finding:
            case "stock":
                return _look(
                    f"`quadrille stock`, and in inventory's database the row of items and receipt_lines for {subject}: "
                    "somebody has changed stock without a receipt"
                )
            case "shelves":
                return _look(
                    f"in inventory's database, the reservations that name {subject} and its row of items: one of them "
                    "was changed by hand, or restored without the other"
                )
            case "balances":
                return _look(
                    f"in payment's database, the account, deposits and payments of {subject}: one of them was changed "
                    "by hand, or restored without the others"
                )
            case "money":
                return _look(
                    f"the findings about orders of {subject} first: this sum follows from them. Without any, compare "
                    "the charges in payment's database with `quadrille list --customer`"
                )
            case "lost orders":
                return self._rebuild("order", subject)
            case "settled":
                return _republish(subject, "a reader that has missed one of its events handles it now")
            case "completed orders":
                return self._completed(UUID(subject))
            case "cancelled orders":
                return self._cancelled(UUID(subject))
            case _:
                return self._agreement(UUID(subject))

    def _rebuild(self, service: str, order_id: object) -> Remedy:
        why = f"makes the row of {service} again from what {service} has published"
        # So many were not lost one by one.
        many = self._lost > FEW
        return Remedy((REBUILD, service) if many else (REBUILD, service, "--order", str(order_id)), why)

    def _completed(self, order_id: UUID) -> Remedy:
        facts = self._facts
        reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
        missing = [
            service
            for service, rows in (
                ("inventory", facts.reservations),
                ("payment", facts.payments),
                ("shipping", facts.shipments),
            )
            if order_id not in rows
        ]
        if missing:
            return self._rebuild(missing[0], order_id)
        total = facts.orders[order_id].total
        charged = payment is not None and payment.state == "CHARGED" and payment.charged == total
        shipped = facts.shipments.get(order_id) == "SHIPPED"
        if reservation is not None and reservation.state == "HELD" and charged and shipped:
            if self._stock:
                return _republish(order_id, "inventory reads again that it is completed, and what is held goes out")
            return _look(
                "the findings about stock first: until they are mended it is not known whether it has gone out"
            )
        return _look(
            f"`quadrille get {order_id}`, and its rows in the four databases: a service has contradicted what it has "
            "published, or a row was changed by hand"
        )

    def _cancelled(self, order_id: UUID) -> Remedy:
        facts = self._facts
        reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
        if facts.shipments.get(order_id) == "SHIPPED":
            return _look(f"where the parcel of order {order_id} is: nothing that is typed here brings it back")
        if reservation is not None and reservation.state == "SHIPPED":
            return _look(f"whether the goods of order {order_id} have left the shelf: inventory says so")
        if reservation is not None and reservation.state == "HELD":
            if self._stock:
                return _republish(order_id, "inventory reads the undo again, and gives back what is still held")
            return _look("the findings about stock first: until they are mended it may have been given back already")
        if payment is not None and payment.state == "CHARGED" and payment.charged != payment.refunded:
            if self._money:
                return _republish(order_id, "payment reads the undo again, and refunds what is still charged")
            return _look("the findings about balances first: until they are mended it may have been refunded already")
        return _look(
            f"the payment of order {order_id}: its state says that it was undone, and its amounts do not. No event "
            "brings that about, so somebody has changed the row"
        )

    def _agreement(self, order_id: UUID) -> Remedy:
        facts = self._facts
        order = facts.orders[order_id]
        reservation, payment = facts.reservations.get(order_id), facts.payments.get(order_id)
        if payment is not None and (payment.customer_id, payment.currency_code) != (
            order.customer_id,
            order.currency_code,
        ):
            return _look(f"whose order {order_id} is: `quadrille get {order_id}`, and payment's row")
        if order.state == "CANCELLED":
            if reservation is None:
                return self._rebuild("inventory", order_id)
            if payment is None:
                return self._rebuild("payment", order_id)
            if payment.state != "REFUNDED" and (self._money or not payment.charged):
                return _republish(order_id, "payment reads the undo again, and answers it")
        return _look(f"`quadrille get {order_id}`, and its rows in the four databases")


def _republish(order_id: object, why: str) -> Remedy:
    return Remedy((REPUBLISH, "--order", str(order_id)), why)


def _look(at: str) -> Remedy:
    return Remedy((), f"look at {at}")
