"""A stuck order is seen: who has to act, since when, how late, what may follow; and it can be cancelled by command."""

from __future__ import annotations

import asyncio
import json
import time

import psycopg
import pytest
from click.testing import CliRunner
from quadrille.order.v1 import order_service_pb2 as pb

from cli.commands import cancel, get
from cli.commands import list as list_
from cli.errors import ANSWER_IS_NO

pytestmark = pytest.mark.live


@pytest.fixture
def run(platform, monkeypatch):
    for module in ("admin.clients", "cli.commands.cancel"):
        monkeypatch.setattr(f"{module}.load_platform", lambda: platform, raising=False)

    def invoke(command, *args: str):
        return CliRunner().invoke(command, args, standalone_mode=False)

    return invoke


async def test_get_and_list_name_the_service_that_stands_still(shop, run, halted):
    await shop.open(stock=5, credit=1000)
    with halted("payment"):
        order_id = await shop.place()
        await shop.until_step(order_id, "InventoryReserved")
        await asyncio.sleep(1.1)
        told = await asyncio.to_thread(run, get.command, order_id)
        assert "waits for payment: PaymentCompleted or PaymentFailed, after InventoryReserved at " in told.output
        assert "UTC (in " in told.output
        assert "OrderShipped, ShippingFailed" in told.output
        document = json.loads((await asyncio.to_thread(run, get.command, order_id, "--json")).output)
        (wait,) = document["awaits"]
        assert (wait["service"], wait["after"]) == ("payment", "InventoryReserved")
        assert 1 < wait["seconds"] < 30
        assert document["overdue_seconds"] == 0
        own = ("--customer", shop.customer, "--stuck")
        listed = await asyncio.to_thread(run, list_.command, *own, "--older-than", "1", "--json")
        assert [json.loads(line)["order_id"] for line in listed.output.splitlines()] == [order_id]
        table = await asyncio.to_thread(run, list_.command, *own, "--older-than", "1")
        assert order_id in table.output
        patient = await asyncio.to_thread(run, list_.command, *own, "--older-than", "600")
        assert patient.output == "no order waits longer than 10 min\n"
    await shop.settled(order_id)
    settled = await asyncio.to_thread(run, get.command, order_id)
    assert "waits for" not in settled.output
    listed = await asyncio.to_thread(run, list_.command, *own, "--older-than", "0")
    assert listed.output == "no order waits longer than 0.0 s\n"


async def test_cancel_waits_for_the_end_and_says_when_it_came_too_late(shop, run, halted):
    await shop.open(stock=5, credit=1000)
    with halted("inventory"):
        asked = await shop.place()
        told = await asyncio.to_thread(run, cancel.command, asked)
        assert told.exception is None
        assert "CANCELL" in told.output
        await shop.until_step(asked, "OrderCancelled")
    told = await asyncio.to_thread(run, cancel.command, asked, "--wait", "--json")
    assert json.loads(told.output)["state"] == "ORDER_STATE_CANCELLED"
    late = await shop.settled(await shop.place())
    told = await asyncio.to_thread(run, cancel.command, late.order_id)
    assert told.exception.exit_code == ANSWER_IS_NO
    assert "CANCEL_TOO_LATE" in str(told.exception)


async def test_the_list_of_unsettled_orders_is_read_by_an_index(shop):
    with psycopg.connect(shop.platform.database_url("order")) as connection:
        connection.execute("SET enable_seqscan = off")
        for condition, order, index in (
            ("NOT settled", "order_id DESC", "orders_unsettled"),
            ("state = 'CANCELLING' AND NOT settled", "order_id DESC", "orders_unsettled"),
            ("state = 'PENDING' AND deadline_at <= now()", "deadline_at", "orders_due"),
        ):
            query = f"EXPLAIN SELECT * FROM orders WHERE {condition} ORDER BY {order} LIMIT 50"  # noqa: S608
            plan = "\n".join(row[0] for row in connection.execute(query))
            assert index in plan, plan


async def test_a_page_of_unsettled_orders_goes_on_where_it_ended(shop, halted):
    await shop.open(stock=50, credit=100_000)
    with halted("payment"):
        placed = [await shop.place() for _ in range(5)]
        request = pb.ListOrdersRequest(customer_id=shop.customer, unsettled=True, page_size=2)
        found: list[str] = []
        until = time.monotonic() + 20
        while time.monotonic() < until:
            page = await shop.orders.ListOrders(request)
            found += [order.order_id for order in page.orders]
            request.page_token = page.next_page_token
            if not page.next_page_token:
                break
        assert found == placed[::-1]
    for order_id in placed:
        await shop.settled(order_id)
    none_left = await shop.orders.ListOrders(pb.ListOrdersRequest(customer_id=shop.customer, unsettled=True))
    assert not none_left.orders
