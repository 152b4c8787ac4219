"""A service's database loses its last moment under the running service, as by an asynchronous standby that is promoted.

The service finds out before it decides or answers anything, busy or quiet. Then it waits for `quadrille rebuild`, and
every order is what everybody has been told.
"""

from __future__ import annotations

import asyncio
import contextlib

import grpc
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from quadrille.order.v1 import order_pb2, order_service_pb2

from local.status import collect
from services.catalogue import SERVICES
from tests.live.recovery.conftest import answered, until_it_waits_for
from tests.support.quiet import all_ready, nothing_is_broken

pytestmark = pytest.mark.live


class Standby:
    """A copy of one service's database, which can be put in its place while the service runs."""

    def __init__(self, platform, service: str) -> None:
        self._admin = platform.postgres_admin_url
        self._name = platform.database_url(service).rpartition("/")[2]

    def copy(self) -> None:
        with self._alone() as admin:
            admin.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(self._copy)))
            admin.execute(self._sql("CREATE DATABASE {} TEMPLATE {}", self._copy, self._name))

    def promote(self) -> None:
        with self._alone() as admin:
            owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
            role = admin.execute(owner, [self._name]).fetchone()[0]
            admin.execute(self._sql("DROP DATABASE {}", self._name))
            admin.execute(self._sql("ALTER DATABASE {} RENAME TO {}", self._copy, self._name))
            admin.execute(self._sql("ALTER DATABASE {} OWNER TO {}", self._name, role))

    @property
    def _copy(self) -> str:
        return f"{self._name}_standby"

    @staticmethod
    def _sql(words: str, *names: str):
        return SQL(words).format(*map(Identifier, names))

    @contextlib.contextmanager
    def _alone(self):
        with psycopg.connect(self._admin, autocommit=True) as admin:
            admin.execute(self._sql("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", self._name))
            gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            while admin.execute(gone, [self._name]).fetchall():
                pass
            try:
                yield admin
            finally:
                admin.execute(self._sql("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", self._name))


def pids(platform) -> dict[str, int | None]:
    return {one.name: one.pid for one in collect(platform, servers=False).services}


async def refused(call) -> str:
    """Call until it is refused as something to be tried again; any other answer is a lie."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE, error.value
    return error.value.details()


async def rebuilt(quadrille, platform, *services: str) -> None:
    code, told = await quadrille("rebuild", *services)
    assert code == 0, told
    await all_ready(platform)


async def test_a_quiet_order_service_takes_no_request_twice(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=100, credit=10_000)
    await shop.settled(await shop.place())
    await nothing_is_broken(platform)
    standby = Standby(platform, "order")
    await asyncio.to_thread(standby.copy)
    await all_ready(platform)
    request = shop.request()
    placed = (await answered(lambda: shop.orders.PlaceOrder(request))).order.order_id
    ended = await shop.settled(placed)
    await nothing_is_broken(platform)
    before = pids(platform)
    await asyncio.to_thread(standby.promote)
    # The very first answers, before anybody can have looked.
    get = order_service_pb2.GetOrderRequest(order_id=placed)
    for _ in range(20):
        await refused(shop.orders.GetOrder(get))
        await refused(shop.orders.PlaceOrder(request))
    waits = await until_it_waits_for(platform, "order", "quadrille rebuild order")
    assert "the database is older than what order has published" in waits
    await refused(shop.orders.GetOrder(get))
    await rebuilt(quadrille, platform, "order")
    again = await answered(lambda: shop.orders.PlaceOrder(request))
    assert (again.order.order_id, again.order.state) == (placed, ended.state)
    await nothing_is_broken(platform)
    assert {name: pid for name, pid in pids(platform).items() if name != "order-1"} == {
        name: pid for name, pid in before.items() if name != "order-1"
    }


async def test_a_quiet_inventory_sells_no_piece_twice(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=1, credit=10_000)
    standby = Standby(platform, "inventory")
    await asyncio.to_thread(standby.copy)
    await all_ready(platform)
    first = await shop.settled(await answered(lambda: shop.place(quantity=1)))
    assert first.state == order_pb2.ORDER_STATE_COMPLETED
    await nothing_is_broken(platform)
    await asyncio.to_thread(standby.promote)
    second = await shop.place(quantity=1)
    await until_it_waits_for(platform, "inventory", "quadrille rebuild inventory")
    await rebuilt(quadrille, platform, "inventory")
    ended = await shop.settled(second)
    assert (ended.state, ended.cancel_reason) == (
        order_pb2.ORDER_STATE_CANCELLED,
        order_pb2.CANCEL_REASON_OUT_OF_STOCK,
    )
    await nothing_is_broken(platform)
    assert (await shop.item()).shipped == 1


async def test_a_quiet_payment_spends_no_credit_twice(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=100, credit=100)
    standby = Standby(platform, "payment")
    await asyncio.to_thread(standby.copy)
    await all_ready(platform)
    first = await shop.settled(await answered(lambda: shop.place(quantity=1)))
    assert first.state == order_pb2.ORDER_STATE_COMPLETED
    await nothing_is_broken(platform)
    await asyncio.to_thread(standby.promote)
    second = await shop.place(quantity=1)
    await until_it_waits_for(platform, "payment", "quadrille rebuild payment")
    await rebuilt(quadrille, platform, "payment")
    ended = await shop.settled(second)
    assert (ended.state, ended.cancel_reason) == (
        order_pb2.ORDER_STATE_CANCELLED,
        order_pb2.CANCEL_REASON_INSUFFICIENT_CREDIT,
    )
    await nothing_is_broken(platform)


async def test_a_quiet_shipping_sends_no_second_parcel(shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=100, credit=10_000)
    standby = Standby(platform, "shipping")
    await asyncio.to_thread(standby.copy)
    await all_ready(platform)
    first = await shop.settled(await answered(shop.place))
    await nothing_is_broken(platform)
    await asyncio.to_thread(standby.promote)
    await until_it_waits_for(platform, "shipping", "quadrille rebuild shipping")
    await rebuilt(quadrille, platform, "shipping")
    assert (await shop.settled(first.order_id)).state == first.state
    assert (await shop.settled(await shop.place())).state == order_pb2.ORDER_STATE_COMPLETED
    await nothing_is_broken(platform)


@pytest.mark.parametrize("service", SERVICES)
async def test_under_load_every_request_has_one_order_and_every_order_one_end(service, shop, quadrille, platform):
    await all_ready(platform)
    await shop.open(stock=150, credit=15_000)
    await nothing_is_broken(platform)
    standby = Standby(platform, service)
    requests, orders = [], {}
    done = asyncio.Event()

    async def place() -> None:
        while not done.is_set():
            request = shop.request(quantity=1)
            requests.append(request)
            while True:
                try:
                    orders[request.request_id] = (await shop.orders.PlaceOrder(request)).order.order_id
                    break
                except grpc.aio.AioRpcError as error:
                    assert error.code() is grpc.StatusCode.UNAVAILABLE, error
                    if done.is_set():
                        break
                    await asyncio.sleep(0.05)

    async def placed(number: int) -> None:
        until = len(orders) + number
        async with asyncio.timeout(60):
            while len(orders) < until:
                await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(place())
        await placed(40)
        await asyncio.to_thread(standby.copy)
        await placed(40)
        await asyncio.to_thread(standby.promote)
        await until_it_waits_for(platform, service, f"quadrille rebuild {service}")
        done.set()
    await rebuilt(quadrille, platform, service)
    again = {one.request_id: (await answered(lambda one=one: shop.orders.PlaceOrder(one))).order for one in requests}
    assert {request: again[request].order_id for request in orders} == orders
    assert len({order.order_id for order in again.values()}) == len(requests)
    for order in again.values():
        await shop.settled(order.order_id)
    await nothing_is_broken(platform)


async def test_sessions_that_were_ended_by_the_same_server_cost_nobody_anything(shop, platform):
    await all_ready(platform)
    await shop.open(stock=100, credit=10_000)
    await nothing_is_broken(platform)
    before = pids(platform)
    standby = Standby(platform, "order")
    await asyncio.to_thread(standby.copy)  # ends every session
    order = await answered(shop.place)
    ended = await answered(lambda: shop.settled(order))
    assert ended.state == order_pb2.ORDER_STATE_COMPLETED
    await all_ready(platform)
    assert pids(platform) == before
    await nothing_is_broken(platform)
