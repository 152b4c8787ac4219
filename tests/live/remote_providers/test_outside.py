"""A payment provider and a carrier that answer late, twice, with errors, with nonsense, after a crash, or never.

Their own books say what was really done: one charge and one shipment for each order, whatever was answered.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from uuid import uuid4

import grpc
import pytest
from click.testing import CliRunner
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.type.v1.money_pb2 import Money

from admin.audit.report import run as audit
from cli.commands.get import command as get
from cli.commands.list import command as list_
from local.stub.trouble import KINDS
from services.chassis.observe.failpoints import POINTS
from tests.support.load import KINDS as ORDERS
from tests.support.load import PAUSE, PRICE, Load

pytestmark = pytest.mark.live

#: Of every kind of trouble so much; of a crash less, for each costs the stub a start.
TROUBLE = [f"--trouble={kind}={0.01 if kind == 'crash' else 0.05}" for kind in KINDS]
REFUSALS = ("--decline-customer", "poor", "--unserved", "AQ")
SILENT = "silent"


async def cancel_some(ground, load, dice):
    """Cancel every fourth order, at some moment of its life."""
    known: set[str] = set()
    asked = 0
    while True:
        for order_id in [one for one in load.placed if one not in known]:
            known.add(order_id)
            if dice.random() < 0.25:
                await asyncio.sleep(dice.random() * 0.2)
                for stub in ground.stubs():
                    try:
                        await stub.CancelOrder(pb.CancelOrderRequest(order_id=order_id), timeout=5)
                        asked += 1
                        break
                    except grpc.aio.AioRpcError as error:
                        if error.code() not in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
                            break  # it has ended
        await asyncio.sleep(0.05)


def done(books, kind, http_status=201):
    return Counter(one["reference"] for one in books[kind] if one["http_status"] == http_status)


async def judge(ground, stub, placed):
    """Hold the stub's books against every order, and the databases against each other."""
    lost, stuck = await ground.settle(list(placed))
    assert (lost, stuck) == (0, 0)
    facts, findings, _ = await asyncio.to_thread(audit, ground.platform, wait=60)
    assert [f"{finding.name}: {one.subject}: {one.what}" for finding in findings for one in finding.violations] == []
    assert list(facts.in_flight) == []
    books = stub.books()
    charges, refunds, shipments = (done(books, kind) for kind in ("charges", "refunds", "shipments"))
    ends: Counter[str] = Counter()
    for order_id, order in zip(placed, await ground.find_all(list(placed)), strict=True):
        completed = order.state == order_pb2.ORDER_STATE_COMPLETED
        ends["completed" if completed else "charged and refunded" if charges[order_id] else "never charged"] += 1
        real = charges[order_id], refunds[order_id], shipments[order_id]
        expected = (1, 0, 1) if completed else (charges[order_id], charges[order_id], 0)
        assert real == expected, order
        assert charges[order_id] <= 1
    assert set(charges) | set(refunds) | set(shipments) <= {str(one) for one in facts.orders}
    return ends


async def test_every_trouble_at_once_and_kills_leave_one_charge_and_one_shipment_for_each_order(outside):
    ground, stub = outside
    stub.again(*REFUSALS, *TROUBLE, "--late", "1.5")
    dice = random.Random(1)
    load = Load(ground.order_addresses)
    async with load.running():
        cancelling = asyncio.create_task(cancel_some(ground, load, dice))
        await load.more(40)
        for name in ("payment-1", "shipping-2", "payment-2", "shipping-1"):
            await ground.kill(name)
            stub.kill()
            await load.more(40)
        cancelling.cancel()
    ends = await judge(ground, stub, load.placed)
    print(f"\n{len(load.placed)} orders: {dict(ends)}; the stub was started {stub.starts} times")  # noqa: T201
    # Every way to end was met.
    assert set(ends) == {"completed", "charged and refunded", "never charged"}
    stub.again(*REFUSALS)


async def test_payment_and_shipping_die_at_each_point_of_a_calls_life_and_nothing_is_done_twice(outside):
    ground, stub = outside
    # Answers are lost often enough that calls are put off, and taken again.
    stub.again(*REFUSALS, "--trouble=lost=0.1", "--trouble=refused=0.1")
    points = [point for point in POINTS if point.partition(".")[0] in ("call", "answer")]
    dice = random.Random(3)
    # Each point needs a few records to come by; more of them only have to be waited for.
    load = Load(ground.order_addresses, pause=2 * PAUSE)
    async with load.running():
        for point in points:
            await ground.die_at(point, ("payment", "shipping"), at=dice.randint(1, 4))
        await load.more(10)
    ends = await judge(ground, stub, load.placed)
    print(f"\n{len(load.placed)} orders, {len(points)} points, two services: {dict(ends)}")  # noqa: T201
    assert ends["completed"] > 0
    assert len(points) >= 12
    stub.again(*REFUSALS)


async def place(ground, customer):
    kind = ORDERS["completed"]
    price = Money(currency_code="USD", minor_units=PRICE)
    request = pb.PlaceOrderRequest(
        request_id=str(uuid4()),
        customer_id=customer,
        lines=[{"sku": kind.sku, "quantity": 1, "unit_price": price}],
        address_reference="home",
        country_code="DE",
    )
    answer = await ground.stubs()[0].PlaceOrder(request, timeout=10)
    return answer.order.order_id


async def seconds_of_payment(ground, count):
    """Place orders, ten a second, and tell how long payment took for each by its timeline, the shortest first."""
    placed = []
    for _ in range(count):
        placed.append(await place(ground, "rich"))
        await asyncio.sleep(0.1)
    assert await ground.settle(placed) == (0, 0)
    found = await ground.find_all(placed)
    assert {order.state for order in found} == {order_pb2.ORDER_STATE_COMPLETED}
    times = [{step.event: step.occurred_at.ToMilliseconds() for step in order.timeline} for order in found]
    return sorted((one["PaymentCompleted"] - one["InventoryReserved"]) / 1000 for one in times)


async def test_a_provider_that_never_answers_for_some_customers_makes_no_other_wait(outside, monkeypatch):
    ground, stub = outside
    stub.again(*REFUSALS, "--silent", SILENT)
    await seconds_of_payment(ground, 20)  # warm
    before = await seconds_of_payment(ground, 60)
    # More than there are places for, of many customers and of one.
    silent = await asyncio.gather(*(place(ground, f"{SILENT}-{number % 50}") for number in range(200)))
    while_silent = await seconds_of_payment(ground, 60)
    told = [
        f"{name} p50 {1000 * times[30]:.0f} ms, p95 {1000 * times[57]:.0f} ms"
        for name, times in (("others alone", before), ("others beside 200 silent orders", while_silent))
    ]
    print("\npayment of " + "; ".join(told))  # noqa: T201
    for order_id in silent:
        assert (await ground.find(order_id)).state == order_pb2.ORDER_STATE_PENDING
    # A call's timeout is a second here, and a silent order is asked for again all the time: nobody waits for that.
    assert while_silent[30] < before[30] + 0.25
    assert while_silent[57] < before[57] + 1.0
    _what_operators_see(ground, silent[0], monkeypatch)
    # The provider answers again: every order ends.
    stub.again(*REFUSALS)
    ends = await judge(ground, stub, silent)
    assert ends == {"completed": len(silent)}


def _what_operators_see(ground, order_id, monkeypatch):
    monkeypatch.setattr("admin.clients.load_platform", lambda: ground.platform)
    shown = CliRunner().invoke(get, [order_id], standalone_mode=False)
    assert "waits for payment: PaymentCompleted or PaymentFailed" in shown.output
    assert "payment asks its provider (payment.charge): attempt " in shown.output
    assert "last answer: no answer" in shown.output
    stuck = CliRunner().invoke(list_, ["--stuck", "--older-than", "0", "--limit", "3"], standalone_mode=False)
    assert "payment asks its provider (payment.charge): attempt " in stuck.output
    facts, _, _ = audit(ground.platform)
    assert any("payment has" in what and "calls without an answer" in what for what in facts.in_flight)


async def test_a_cancellation_while_the_charge_is_unknown_ends_with_what_was_charged_refunded(outside):
    ground, stub = outside
    stub.again(*REFUSALS, "--silent", SILENT)
    order_id = await place(ground, f"{SILENT}-cancelled")
    while not done(stub.books(), "charges")[order_id]:
        await asyncio.sleep(0.05)
    # The provider has charged, and payment does not know.
    await ground.stubs()[0].CancelOrder(pb.CancelOrderRequest(order_id=order_id), timeout=5)
    while (await ground.find(order_id)).state != order_pb2.ORDER_STATE_CANCELLED:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    order = await ground.find(order_id)
    assert not order.settled
    assert "PaymentRefunded" not in {step.event for step in order.timeline}
    stub.again(*REFUSALS)
    assert await judge(ground, stub, [order_id]) == {"charged and refunded": 1}
    events = [step.event for step in (await ground.find(order_id)).timeline]
    assert "PaymentRefunded" in events
    assert "PaymentCompleted" not in events
