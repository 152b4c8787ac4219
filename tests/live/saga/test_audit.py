"""`quadrille audit` on the live databases: each kind of breach, planted by hand, is found and its order is named."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner

from admin.audit.report import run
from cli.commands.audit import command

pytestmark = pytest.mark.live

QUIET_SECONDS = 20.0


@dataclass
class Ended:
    """One order of each kind, all of them settled."""

    completed: str
    declined: str
    sku: str
    customer: str


@pytest.fixture
async def ended(shop):
    await shop.open(stock=50, credit=500)
    completed = await shop.settled(await shop.place(quantity=2))
    declined = await shop.settled(await shop.place(quantity=40))
    assert (completed.cancel_reason, declined.cancel_reason) != (0, 0)
    return Ended(completed.order_id, declined.order_id, shop.sku, shop.customer)


@contextmanager
def planted(platform, service: str, plant: str, mend: str, names: dict[str, str]):
    """Commit a change as the service's own role, and take it back afterwards."""
    with psycopg.connect(platform.database_url(service), autocommit=True) as connection:
        assert connection.execute(plant, names).rowcount == 1
        try:
            yield
        finally:
            assert connection.execute(mend, names).rowcount == 1


def broken(platform) -> dict[str, set[str]]:
    facts, findings, _ = run(platform, wait=QUIET_SECONDS)
    assert facts.quiet, facts.in_flight
    return {f.name: {violation.subject for violation in f.violations} for f in findings if f.violations}


ITEM = "UPDATE items SET {} WHERE sku = %(sku)s"
ACCOUNT = "UPDATE accounts SET {} WHERE customer_id = %(customer)s"
PAYMENT = "UPDATE payments SET {} WHERE order_id = %(order)s"
RESERVATION = "UPDATE reservations SET {} WHERE order_id = %(order)s"
ORDER = "UPDATE orders SET {} WHERE order_id = %(order)s"
SHIP = "INSERT INTO shipments (order_id, state, created_at) VALUES (%(order)s, 'SHIPPED', now())"
HOLD = "INSERT INTO reservations (order_id, state, lines, updated_at) VALUES (%(stranger)s, 'RELEASED', '[]', now())"

# What is planted: the service, which order, the change, how it is taken back; then the invariant that must break, and
# whose name it must give.
BREACHES = {
    "an item that was found on the shelf": (
        *("inventory", "completed", ITEM.format("on_hand = on_hand + 1"), ITEM.format("on_hand = on_hand - 1")),
        *("stock", "sku"),
    ),
    "an item that is held for nobody": (
        *("inventory", "completed"),
        *(ITEM.format("on_hand = on_hand - 1, held = held + 1"), ITEM.format("on_hand = on_hand + 1, held = held - 1")),
        *("shelves", "sku"),
    ),
    "a balance that no charge explains": (
        *("payment", "completed", ACCOUNT.format("balance = balance - 1"), ACCOUNT.format("balance = balance + 1")),
        *("balances", "customer"),
    ),
    "a charge that is higher than the order": (
        *("payment", "completed", PAYMENT.format("charged = charged + 1"), PAYMENT.format("charged = charged - 1")),
        *("completed orders", "order"),
    ),
    "a charge of a customer that is not what the orders come to": (
        *("payment", "completed", PAYMENT.format("charged = charged + 1"), PAYMENT.format("charged = charged - 1")),
        *("money", "customer"),
    ),
    "a charge of somebody else": (
        *("payment", "completed"),
        *(PAYMENT.format("customer_id = 'x' || customer_id"), PAYMENT.format("customer_id = substr(customer_id, 2)")),
        *("agreement", "order"),
    ),
    "a completed order that was never shipped": (
        *("shipping", "completed"),
        "UPDATE shipments SET state = 'FAILED' WHERE order_id = %(order)s",
        "UPDATE shipments SET state = 'SHIPPED' WHERE order_id = %(order)s",
        *("completed orders", "order"),
    ),
    "a completed order whose stock is still held": (
        *("inventory", "completed", RESERVATION.format("state = 'HELD'"), RESERVATION.format("state = 'SHIPPED'")),
        *("completed orders", "order"),
    ),
    "a cancelled order whose stock is still held": (
        *("inventory", "declined", RESERVATION.format("state = 'HELD'"), RESERVATION.format("state = 'RELEASED'")),
        *("cancelled orders", "order"),
    ),
    "a cancelled order that was charged": (
        *("payment", "declined", PAYMENT.format("charged = 7"), PAYMENT.format("charged = 0")),
        *("cancelled orders", "order"),
    ),
    "a cancelled order that was shipped": (
        *("shipping", "declined", SHIP, "DELETE FROM shipments WHERE order_id = %(order)s"),
        *("cancelled orders", "order"),
    ),
    "a reservation for an order that nobody placed": (
        *("inventory", "declined", HOLD, "DELETE FROM reservations WHERE order_id = %(stranger)s"),
        *("lost orders", "stranger"),
    ),
    "an order that was completed by one service alone": (
        *("order", "declined", ORDER.format("state = 'COMPLETED'"), ORDER.format("state = 'CANCELLED'")),
        *("completed orders", "order"),
    ),
    "an order that waits for nothing": (
        *("order", "completed", ORDER.format("settled = false"), ORDER.format("settled = true")),
        *("settled", "order"),
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found_and_named(platform, ended, breach):
    service, which, plant, mend, invariant, named = BREACHES[breach]
    names = {
        "order": getattr(ended, which),
        "sku": ended.sku,
        "customer": ended.customer,
        "stranger": str(uuid4()),
    }
    assert broken(platform) == {}
    with planted(platform, service, plant, mend, names):
        found = broken(platform)
    assert names[named] in found.get(invariant, ()), found


def test_the_command_says_no_and_lists_the_order(platform, ended, monkeypatch):
    monkeypatch.setattr("admin.clients.load_platform", lambda: platform)
    names = {"order": ended.declined}
    with planted(platform, "shipping", SHIP, "DELETE FROM shipments WHERE order_id = %(order)s", names):
        told = CliRunner().invoke(command, ["--wait", str(QUIET_SECONDS)], standalone_mode=False)
    assert told.return_value == 1
    assert ended.declined in told.output
    told = CliRunner().invoke(command, ["--wait", str(QUIET_SECONDS)], standalone_mode=False)
    assert told.return_value == 0
