"""A throw-away platform for measurements, and what its processes cost.

Nothing here weakens a guarantee: the servers run as `quadrille up` starts them, `fsync` on, `acks=all`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import grpc
import psutil
import psycopg
from quadrille.inventory.v1 import inventory_service_pb2 as inventory_pb
from quadrille.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from quadrille.order.v1 import order_pb2 as order_message
from quadrille.order.v1 import order_service_pb2 as order_pb
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub
from quadrille.payment.v1 import payment_service_pb2 as payment_pb
from quadrille.payment.v1.payment_service_pb2_grpc import PaymentServiceStub
from quadrille.type.v1.money_pb2 import Money

from local import catalogue, state
from local.platform import start, stop
from local.settings import CHECKOUT, Platform

PRICE = 100
SKUS = 200
CUSTOMERS = 1000
#: Orders that go through before anything is measured.
WARM = 500
#: Orders for which there is stock, where their number is not known before.
PLENTY = 1_000_000
#: Between two looks at a number that is waited for.
FAR_SECONDS = 0.5
NEAR_SECONDS = 0.02
#: The services that read what the order service publishes.
READERS = ("inventory-1", "payment-1", "shipping-1")
#: A frozen service must not be thrown out of its group.
SESSION_SECONDS = 300


@contextmanager
def platform(name: str, port_base: int, *, services: bool = True, instances: int = 1) -> Iterator[Platform]:
    """Start a platform with an empty data folder; stop it at the end, and remove the folder unless something failed.

    Args:
        name: Names the folder.
        port_base: Where its ports begin.
        services: Whether the services are started too.
        instances: Of each service.

    Yields:
        The platform.
    """
    # A folder of its own each time: passwords are kept by folder.
    data = CHECKOUT / f".quadrille-bench-{name}-{uuid4().hex[:8]}"
    made = Platform.load(data=data, port_base=port_base, instances=instances)
    start(made, services=services)
    try:
        yield made
    except BaseException:
        stop(made)
        print(f"data and logs are kept in {data}")
        raise
    stop(made)
    shutil.rmtree(data, ignore_errors=True)


@contextmanager
def patient(orders: int) -> Iterator[None]:
    """Let platforms that start meanwhile keep orders open while their services are frozen.

    Args:
        orders: How many, at most.

    Yields:
        While it holds.
    """
    wanted = {
        "QUADRILLE_MAX_OPEN_ORDERS": str(orders),
        "QUADRILLE_ORDER_DEADLINE": "86400",
        "QUADRILLE_SESSION_TIMEOUT": str(SESSION_SECONDS),
    }
    with patch.dict(os.environ, wanted):
        yield


@contextmanager
def frozen(pids: Mapping[str, int]) -> Iterator[None]:
    """Stop processes, and let them go on at the end.

    Args:
        pids: By name.

    Yields:
        While they stand still.
    """
    _send(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _send(pids, signal.SIGCONT)


@contextmanager
def awake(pids: Mapping[str, int]) -> Iterator[None]:
    """Let frozen processes go on, and stop them again at the end.

    Args:
        pids: By name.

    Yields:
        While they run.
    """
    _send(pids, signal.SIGCONT)
    try:
        yield
    finally:
        _send(pids, signal.SIGSTOP)


def _send(pids: Mapping[str, int], number: signal.Signals) -> None:
    for pid in pids.values():
        os.kill(pid, number)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds by process: user and system, its children included."""

    seconds: dict[str, float]

    def since(self, before: Cost) -> Cost:
        """Give what was spent since an earlier reading."""
        return Cost({name: spent - before.seconds.get(name, 0.0) for name, spent in self.seconds.items()})


def cost(pids: dict[str, int]) -> Cost:
    """Read what processes have cost so far.

    Args:
        pids: By name.

    Returns:
        Their CPU seconds.
    """
    return Cost({name: _seconds(pid) for name, pid in pids.items()})


def _seconds(pid: int) -> float:
    process = psutil.Process(pid)
    times = process.cpu_times()
    # Children that have ended are counted by their parent once it has waited for them.
    total = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            spent = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return total


def pids(made: Platform) -> dict[str, int]:
    """Tell which processes a platform has.

    Args:
        made: The platform.

    Returns:
        Process ids by name.
    """
    current = state.read(made.run)
    found = current.processes.values() if current else ()
    return {p.name: p.pid for p in found if p.pid is not None and p.alive()}


def every_name(made: Platform) -> list[str]:
    """List the names of all its servers and services."""
    return [*catalogue.server_names(made), *catalogue.service_names(made)]


async def furnish(made: Platform, orders: int) -> None:
    """Put stock for so many orders, and accounts that can pay for them.

    Args:
        made: The platform; inventory and payment run.
        orders: How many.
    """
    price = Money(currency_code="USD", minor_units=PRICE)
    credit = Money(currency_code="USD", minor_units=10**12)
    async with (
        grpc.aio.insecure_channel(made.service_address("inventory")) as to_inventory,
        grpc.aio.insecure_channel(made.service_address("payment")) as to_payment,
    ):
        inventory, payment = InventoryServiceStub(to_inventory), PaymentServiceStub(to_payment)
        skus = [f"sku-{n}" for n in range(SKUS)]
        await inventory.PutItems(
            inventory_pb.PutItemsRequest(items=[inventory_pb.NewItem(sku=sku, list_price=price) for sku in skus])
        )
        await inventory.ReceiveStock(
            inventory_pb.ReceiveStockRequest(
                request_id=str(uuid4()),
                lines=[inventory_pb.StockReceipt(sku=sku, quantity=10 * orders) for sku in skus],
            )
        )
        await payment.OpenAccounts(
            payment_pb.OpenAccountsRequest(
                accounts=[
                    payment_pb.NewAccount(customer_id=f"customer-{n}", credit_limit=credit) for n in range(CUSTOMERS)
                ]
            )
        )


def request(number: int) -> order_pb.PlaceOrderRequest:
    """Make the request of one order: two lines, of one customer.

    Args:
        number: Which.

    Returns:
        The request.
    """
    price = Money(currency_code="USD", minor_units=PRICE)
    return order_pb.PlaceOrderRequest(
        request_id=str(uuid4()),
        customer_id=f"customer-{number % CUSTOMERS}",
        lines=[order_message.OrderLine(sku=f"sku-{(number + n) % SKUS}", quantity=1, unit_price=price) for n in (0, 7)],
        address_reference="address-1",
        country_code="DE",
    )


async def place(address: str, orders: int, callers: int) -> list[float]:
    """Place orders as fast as so many callers can.

    Args:
        address: Of the order service.
        orders: How many.
        callers: Calls in flight.

    Returns:
        Seconds that each call took.
    """
    took: list[float] = []
    numbers = iter(range(orders))
    async with grpc.aio.insecure_channel(address) as channel:
        stub = OrderServiceStub(channel)

        async def caller() -> None:
            for number in numbers:
                began = time.perf_counter()
                await stub.PlaceOrder(request(number))
                took.append(time.perf_counter() - began)

        await asyncio.gather(*(caller() for _ in range(callers)))
    return took


def settled(made: Platform) -> int:
    """Count the orders that have settled.

    Args:
        made: The platform.

    Returns:
        How many.
    """
    with psycopg.connect(made.audit_url("order"), autocommit=True) as connection:
        return _settled(connection)


def _settled(connection: psycopg.Connection[Any]) -> int:
    found: int = (connection.execute("SELECT count(*) FROM orders WHERE settled").fetchone() or [0])[0]
    return found


def count_unsettled(connection: psycopg.Connection[Any]) -> int:
    """Count the orders that have not settled.

    Args:
        connection: To the order database.

    Returns:
        How many.
    """
    found: int = (connection.execute("SELECT count(*) FROM orders WHERE NOT settled").fetchone() or [0])[0]
    return found


def wait_for(count: Callable[[], int], goal: int) -> float:
    """Wait until a number is reached, and ask seldom while it is far: counting costs the database what it measures.

    Args:
        count: Counts.
        goal: What is waited for.

    Returns:
        When it was seen, by `time.perf_counter`.
    """
    began, first = time.perf_counter(), count()
    found, pause = first, FAR_SECONDS
    while found < goal:
        time.sleep(pause)
        found = count()
        took = time.perf_counter() - began
        left = took * (goal - found) / (found - first) if found > first else FAR_SECONDS
        pause = min(max(left / 2, NEAR_SECONDS), FAR_SECONDS)
    return time.perf_counter()


def wait_until_settled(made: Platform, orders: int) -> float:
    """Wait until so many orders have settled.

    Args:
        made: The platform.
        orders: How many.

    Returns:
        When it was seen, by `time.perf_counter`.
    """
    with psycopg.connect(made.audit_url("order"), autocommit=True) as connection:
        return wait_for(lambda: _settled(connection), orders)
