"""A service's database is restored from a backup that is older than what everybody else knows.

The service finds out by itself and does not run. Then its rows are made again from what it has published, and every
order is what it was: no second charge, no second parcel, nothing held for nobody.
"""

from __future__ import annotations

import asyncio
from uuid import uuid4

import grpc
import psycopg
import pytest
from quadrille.inventory.v1 import inventory_service_pb2 as inventory_pb
from quadrille.order.v1 import order_service_pb2 as pb

from services.catalogue import SERVICES
from tests.live.recovery.conftest import answered, until_it_waits_for
from tests.support.quiet import all_ready, nothing_is_broken

pytestmark = pytest.mark.live

EACH = 4


async def place_some(shop) -> list[str]:
    """Place orders of every ending: completed, out of stock, declined, refused by the carrier, cancelled."""
    placed = []
    for _ in range(EACH):
        placed.append(await shop.place())
        placed.append(await shop.place(quantity=10_000))
        placed.append(await shop.place(quantity=200))
        placed.append(await shop.place(country_code="AQ"))
        cancelled = await shop.place()
        try:
            await shop.orders.CancelOrder(pb.CancelOrderRequest(order_id=cancelled))
        except grpc.aio.AioRpcError as error:
            assert error.code() is grpc.StatusCode.FAILED_PRECONDITION  # it has shipped
        placed.append(cancelled)
    return placed


async def endings(shop, order_ids: list[str]) -> dict[str, tuple[int, int]]:
    found = [await shop.settled(order_id) for order_id in order_ids]
    return {order.order_id: (order.state, order.cancel_reason) for order in found}


@pytest.fixture
async def lost(shop, quadrille, platform, tmp_path):
    """Backups of all four databases, and what happened since: orders, and how each ended."""
    await all_ready(platform)
    await shop.open(stock=1000, credit=10_000)
    before = await place_some(shop)
    for service in SERVICES:
        # Not at one moment, and in the middle of orders.
        assert (await quadrille("backup", service, str(tmp_path / service)))[0] == 0
        before += [await shop.place()]
    since = await place_some(shop)
    ended = await endings(shop, before + since)
    assert len(set(ended.values())) >= 5, ended
    await nothing_is_broken(platform)
    return ended


@pytest.mark.parametrize("services", [*((name,) for name in SERVICES), SERVICES], ids="-".join)
async def test_every_order_is_what_it_was(services, shop, quadrille, platform, lost, tmp_path):
    balance = await shop.balance()
    item = await shop.item()
    for service in services:
        code, told = await quadrille("restore", service, str(tmp_path / service), "--yes")
        assert code == 0, told
    for service in services:
        waits = await until_it_waits_for(platform, service, "quadrille rebuild")
        assert f"quadrille rebuild {service}" in waits
    if "order" in services:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await shop.place()
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        assert "quadrille rebuild order" in refused.value.details()
    code, told = await quadrille("rebuild", "--dry-run")
    assert code == 0, told
    assert "would be made rows again" in told
    code, told = await quadrille("rebuild")
    assert code == 0, told
    await all_ready(platform)
    assert await endings(shop, list(lost)) == lost
    await nothing_is_broken(platform)
    assert (await shop.balance(), await shop.item()) == (balance, item)
    code, told = await quadrille("rebuild")
    assert (code, told.count("knows all that it has published")) == (0, len(SERVICES))


async def test_a_request_of_the_lost_time_that_is_made_again_gives_the_same_order(shop, quadrille, platform, tmp_path):
    await all_ready(platform)
    await shop.open(stock=1000, credit=10_000)
    await nothing_is_broken(platform)
    assert (await quadrille("backup", "order", str(tmp_path / "order")))[0] == 0
    requests = [shop.request(), shop.request(quantity=2), shop.request(quantity=10_000)]
    requests[1].lines.add(sku=shop.sku, quantity=1, unit_price=requests[1].lines[0].unit_price)
    placed = [(await shop.orders.PlaceOrder(request)).order.order_id for request in requests]
    ended = await endings(shop, placed)
    await nothing_is_broken(platform)
    await quadrille("restore", "order", str(tmp_path / "order"), "--yes")
    await until_it_waits_for(platform, "order", "quadrille rebuild order")
    code, told = await quadrille("rebuild", "order")
    assert code == 0, told
    await all_ready(platform)
    again = [(await shop.orders.PlaceOrder(request)).order.order_id for request in requests]
    assert again == placed
    for changed in ({"quantity": 3}, {"price": 101}, {"address_reference": "work"}, {"country_code": "FR"}):
        other = shop.request(**changed, request_id=requests[0].request_id)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await shop.orders.PlaceOrder(other)
        assert refused.value.code() is grpc.StatusCode.ALREADY_EXISTS
    assert await endings(shop, placed) == ended
    await nothing_is_broken(platform)


async def test_a_request_that_has_placed_another_order_since_keeps_that_one(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=1000, credit=10_000)
    request = shop.request()
    first = (await shop.settled((await shop.orders.PlaceOrder(request)).order.order_id)).order_id
    await nothing_is_broken(platform)
    with psycopg.connect(platform.database_url("order")) as connection:
        connection.execute("DELETE FROM steps WHERE order_id = %s", [first])
        connection.execute("DELETE FROM orders WHERE order_id = %s", [first])
    second = (await shop.settled((await shop.orders.PlaceOrder(request)).order.order_id)).order_id
    assert second != first
    code, told = await quadrille("rebuild", "order", "--order", first)
    assert code == 0, told
    assert (
        f"order {first}: its request {request.request_id} of customer {shop.customer} has placed order {second}" in told
    )
    code, told = await quadrille("republish", "--order", first)
    assert code == 0, told
    assert (await shop.settled(first)).state == (await shop.settled(second)).state
    assert (await shop.orders.PlaceOrder(request)).order.order_id == second
    await nothing_is_broken(platform)


async def test_orders_that_were_lost_are_listed_with_what_stands_where(shop, quadrille, platform, lost, tmp_path):
    await quadrille("restore", "order", str(tmp_path / "order"), "--yes")
    await until_it_waits_for(platform, "order", "quadrille rebuild order")
    code, told = await quadrille("audit", "--json")
    import json

    found = next(one for one in json.loads(told)["invariants"] if one["name"] == "lost orders")
    assert code == 1
    named = {one["subject"] for one in found["violations"]}
    newest = max(lost)
    assert newest in named
    assert named <= set(lost)
    assert "quadrille rebuild order" in told
    await quadrille("rebuild", "order")
    await all_ready(platform)
    await nothing_is_broken(platform)


async def test_stock_that_was_received_since_must_be_received_again_first(shop, quadrille, platform, tmp_path):
    await all_ready(platform)
    await shop.open(stock=0, credit=10_000)
    assert (await quadrille("backup", "inventory", str(tmp_path / "inventory")))[0] == 0
    receipt = inventory_pb.ReceiveStockRequest(request_id=str(uuid4()), lines=[{"sku": shop.sku, "quantity": 5}])
    await shop.inventory.ReceiveStock(receipt)
    placed = [await shop.place(quantity=2) for _ in range(3)]
    ended = await endings(shop, placed)
    await quadrille("restore", "inventory", str(tmp_path / "inventory"), "--yes")
    await until_it_waits_for(platform, "inventory", "quadrille rebuild inventory")
    code, told = await quadrille("rebuild", "inventory")
    assert code == 1
    assert f"2 of {shop.sku} were held, and 0 are on hand" in told
    # Methods that publish nothing are served meanwhile.
    await answered(lambda: shop.inventory.ReceiveStock(receipt))
    code, told = await quadrille("rebuild", "inventory")
    assert code == 0, told
    await all_ready(platform)
    assert await endings(shop, placed) == ended
    await nothing_is_broken(platform)
    assert (await shop.item()).shipped == 4


async def test_a_piece_that_was_sold_twice_is_told_with_both_orders_and_a_way_on(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=1, credit=10_000)
    first = (await shop.settled(await shop.place())).order_id
    await nothing_is_broken(platform)
    with psycopg.connect(platform.database_url("inventory")) as connection:
        connection.execute("DELETE FROM reservations WHERE order_id = %s", [first])
        connection.execute("UPDATE items SET on_hand = 1, shipped = 0 WHERE sku = %s", [shop.sku])
    second = (await shop.settled(await shop.place())).order_id
    code, told = await quadrille("rebuild", "inventory", "--order", first)
    assert code == 1
    assert f"1 of {shop.sku} were held, and 0 are on hand" in told
    assert f"sold again since, to order {second} (SHIPPED)" in told
    receipt = inventory_pb.ReceiveStockRequest(request_id=str(uuid4()), lines=[{"sku": shop.sku, "quantity": 1}])
    await shop.inventory.ReceiveStock(receipt)
    code, told = await quadrille("rebuild", "inventory", "--order", first)
    assert code == 0, told
    code, told = await quadrille("republish", "--order", first)
    assert code == 0, told
    await nothing_is_broken(platform)
    assert (await shop.item()).shipped == 2


async def test_a_backup_that_is_none_changes_nothing(shop, quadrille, platform, tmp_path):
    (tmp_path / "bad").write_text("no dump")
    code, told = await quadrille("restore", "shipping", str(tmp_path / "bad"), "--yes")
    assert code == 1
    assert "pg_restore failed" in told
    await all_ready(platform)
    await asyncio.sleep(0)
    await nothing_is_broken(platform)
