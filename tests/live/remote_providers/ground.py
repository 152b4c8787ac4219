"""A platform with two instances of each service, and what can be done to it and asked of it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import grpc
from quadrille.order.v1 import order_pb2
from quadrille.order.v1 import order_service_pb2 as pb
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

from local import state
from local.settings import Platform
from tests.support.load import QUICK

INSTANCES = 2
ENOUGH_SECONDS = 120.0
#: Calls in flight that only look.
AT_ONCE = 32
ENDED = {order_pb2.ORDER_STATE_COMPLETED, order_pb2.ORDER_STATE_CANCELLED}
#: A session that a test can wait for, and a transaction that ends before it.
TIMEOUTS = {"QUADRILLE_SESSION_TIMEOUT": "6", "QUADRILLE_TRANSACTION_TIMEOUT": "5"}


class TwoInstances:
    """The platform."""

    def __init__(self, platform: Platform, rules: Path) -> None:
        self.platform = platform
        self._rules = rules
        self._stubs: list[OrderServiceStub] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def order_addresses(self) -> list[str]:
        return [self.platform.service_address("order", number) for number in range(1, INSTANCES + 1)]

    def stubs(self) -> list[OrderServiceStub]:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # Each test has a loop of its own, and a channel lives in one.
            channels = [grpc.aio.insecure_channel(address, options=QUICK) for address in self.order_addresses]
            self._stubs, self._loop = [OrderServiceStub(channel) for channel in channels], loop
        return self._stubs

    def _process(self, name: str) -> state.Process:
        current = state.read(self.platform.run)
        assert current is not None, "nothing runs"
        return current.processes[name]

    async def kill(self, name: str) -> None:
        """Kill a process, and wait until the supervisor has another one in its place that runs."""
        before = self._process(name).pid
        assert before is not None, f"{name} does not run"
        os.kill(before, signal.SIGKILL)
        async with asyncio.timeout(ENOUGH_SECONDS):
            while self._process(name).pid in (None, before) or self._process(name).stage != "running":
                await asyncio.sleep(0.05)

    async def die_at(self, point: str, services: Sequence[str], at: int) -> None:
        """Let one instance of each service die of SIGKILL at a failpoint, and wait until others run in their place."""
        before = {service: self._pids(service) for service in services}
        for service in services:
            written = self._rules / f".{service}"
            written.write_text(f"{point}:kill@{at}")
            written.replace(self._rules / service)
        async with asyncio.timeout(ENOUGH_SECONDS):
            for service in services:
                while (self._rules / service).exists():
                    await asyncio.sleep(0.05)
                # One has died, and as many as before run: of the old ones all but one.
                while len(self._pids(service) - before[service]) != 1 or None in self._pids(service):
                    await asyncio.sleep(0.05)

    def _pids(self, service: str) -> set[int | None]:
        processes = [self._process(f"{service}-{number}") for number in range(1, INSTANCES + 1)]
        return {one.pid if one.stage == "running" else None for one in processes}

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

    async def find_all(self, order_ids: Sequence[str]) -> list[order_pb2.Order | None]:
        """Ask for many orders, as `find` does."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(order_id: str) -> order_pb2.Order | None:
            async with at_once:
                return await self.find(order_id)

        return await asyncio.gather(*map(one, order_ids))

    async def settle(self, order_ids: list[str]) -> tuple[int, int]:
        """Wait until all orders are settled, and count those that are not there, and those that do not end."""
        lost, waiting = 0, set(order_ids)
        deadline = time.monotonic() + ENOUGH_SECONDS
        while waiting and time.monotonic() < deadline:
            asked = list(waiting)
            for order_id, order in zip(asked, await self.find_all(asked), strict=True):
                if order is None:
                    lost += 1
                if order is None or (order.settled and order.state in ENDED):
                    waiting.discard(order_id)
            await asyncio.sleep(0.2)
        return lost, len(waiting)
