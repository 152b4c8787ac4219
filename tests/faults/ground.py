"""Where faults are injected: two instances of each service on real servers, under load."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

from local import state
from local.settings import SERVICES, Platform
from tests.load import QUICK, Load

INSTANCES = 2
SESSION_SECONDS = 6
TIMEOUTS = {"QUADRILLE_SESSION_TIMEOUT": str(SESSION_SECONDS), "QUADRILLE_TRANSACTION_TIMEOUT": "5"}
#: What the suite asks for; DESIGN's own limit, for when the fault is healed.
ENOUGH_SECONDS = 120.0
ENDED = {order_pb2.ORDER_STATE_COMPLETED, order_pb2.ORDER_STATE_CANCELLED}


@dataclass
class Row:
    """What one fault did.

    Attributes:
        fault: Its name.
        orders: How many were placed around it.
        in_flight: How many were placed and had not settled when it was injected.
        lost: Orders that were answered and are not there.
        stuck: Orders that had not settled at the end.
        offences: What the audit found: doubled, or half done.
        recovered: Seconds from the heal until an order that was placed after it was completed.
    """

    fault: str
    orders: int = 0
    in_flight: int = 0
    lost: int = 0
    stuck: int = 0
    offences: list[str] = field(default_factory=list)
    recovered: float = 0.0

    def __str__(self) -> str:
        told = f"{self.fault:52} orders {self.orders:4}  in flight {self.in_flight:3}  lost {self.lost}"
        return f"{told}  stuck {self.stuck}  breaches {len(self.offences)}  recovered in {self.recovered:4.1f} s"


class Ground:
    """The platform, and what can be done to its processes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.rows: list[Row] = []

    @property
    def order_addresses(self) -> list[str]:
        return [self.platform.service_address("order", number) for number in range(1, INSTANCES + 1)]

    def pid(self, name: str) -> int:
        current = state.read(self.platform.run)
        found = current.processes[name].pid if current else None
        assert found is not None, f"{name} does not run"
        return found

    def signal(self, name: str, number: signal.Signals) -> int:
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    async def kill(self, name: str) -> None:
        """Kill a process, and wait until the supervisor has another one in its place that runs."""
        before = self.signal(name, signal.SIGKILL)
        await until(lambda: self._runs_anew(name, before))

    async def freeze(self, name: str, seconds: float) -> None:
        """Stop a process in the middle of whatever it does, and let it go on: it knows nothing of the time between."""
        self.signal(name, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self.signal(name, signal.SIGCONT)

    def _runs_anew(self, name: str, before: int) -> bool:
        current = state.read(self.platform.run)
        process = current.processes[name] if current else None
        return process is not None and process.pid not in (None, before) and process.stage == "running"

    def stubs(self) -> list[OrderServiceStub]:
        return [OrderServiceStub(grpc.aio.insecure_channel(address, options=QUICK)) for address in self.order_addresses]

    async def recover(self, load: Load) -> float:
        """Wait until an order that is placed from now on is completed, and tell how long that took."""
        began = time.monotonic()
        known = set(load.placed)
        async with asyncio.timeout(ENOUGH_SECONDS):
            while True:
                await load.more(1)
                fresh = [order_id for order_id, kind in load.placed.items() if order_id not in known]
                for order_id in [one for one in fresh if load.placed[one] == "completed"]:
                    order = await self.find(order_id)
                    if order is not None and order.state == order_pb2.ORDER_STATE_COMPLETED:
                        return time.monotonic() - began

    async def find(self, order_id: str) -> order_pb2.Order | None:
        """Ask for an order, whichever instance answers; None if there is no such order."""
        while True:
            for stub in self.stubs():
                try:
                    return await stub.GetOrder(pb.GetOrderRequest(order_id=order_id), timeout=5)
                except grpc.aio.AioRpcError as error:
                    if error.code() is grpc.StatusCode.NOT_FOUND:
                        return None
            await asyncio.sleep(0.1)

    async def settle(self, order_ids: list[str]) -> tuple[int, int]:
        """Wait until all orders are settled, and count those that are not there, and those that do not end."""
        lost, waiting = 0, set(order_ids)
        deadline = time.monotonic() + ENOUGH_SECONDS
        while waiting and time.monotonic() < deadline:
            for order_id in list(waiting):
                order = await self.find(order_id)
                if order is None:
                    lost += 1
                if order is None or (order.settled and order.state in ENDED):
                    waiting.discard(order_id)
            await asyncio.sleep(0.2)
        return lost, len(waiting)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(ENOUGH_SECONDS):
        while not condition():
            await asyncio.sleep(0.05)


ALL_SERVICES = [f"{service}-{number}" for service in SERVICES for number in range(1, INSTANCES + 1)]
