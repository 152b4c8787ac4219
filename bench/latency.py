"""From `PlaceOrder` to `COMPLETED`: on an idle platform, under a steady load, and after a step.

    python -m bench.latency [--seconds N]

Orders are placed by the clock, whether or not earlier ones have been answered, and each is timed from the moment at
which it was due: a platform that stands still is charged for every order that it kept waiting (Gil Tene's "coordinated
omission"). The end is the arrival of `OrderCompleted` at an ordinary consumer of the topic.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import psutil
from confluent_kafka import OFFSET_END, Consumer, TopicPartition
from quadrille.events.order import OrderCompleted
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

from bench import stand
from bench.place import quantile
from bench.saga import PORTS
from local.settings import SERVICES, Platform

IDLE_RATE = 5.0
#: How long orders may take to arrive after the last was placed.
PATIENCE_SECONDS = 60.0
_COMPLETED = OrderCompleted.SCHEMA.full_name.encode()


@dataclass(frozen=True, slots=True)
class Result:
    """Latencies of one load.

    Attributes:
        name: Which load.
        rate: Orders a second that were due.
        orders: How many.
        answered: Milliseconds from when an order was due to its `PlaceOrder` answer, sorted.
        completed: Milliseconds from when it was due to its `OrderCompleted`, sorted.
        lost: Orders of which nothing arrived in time.
    """

    name: str
    rate: float
    orders: int
    answered: list[float]
    completed: list[float]
    lost: int

    def __str__(self) -> str:
        """Tell it in a line."""
        told = f"{self.name:14} {self.rate:6,.0f}/s  {self.orders:6,} orders"
        for what, values in (("answered", self.answered), ("completed", self.completed)):
            told += f"  {what} p50 {quantile(values, 0.5):6.1f} p99 {quantile(values, 0.99):7.1f} ms"
        return told + (f"  ({self.lost} late)" if self.lost else "")


class Arrivals:
    """When each order's `OrderCompleted` arrived, by `time.perf_counter`."""

    def __init__(self, platform: Platform) -> None:
        """Begin at the end of the topic.

        Args:
            platform: Whose topic.
        """
        self.at: dict[str, float] = {}
        self._stopping = threading.Event()
        config = {
            "bootstrap.servers": platform.kafka_bootstrap_servers,
            "group.id": f"bench-{uuid4()}",
            "enable.auto.commit": False,
        }
        self._consumer: Any = Consumer(config)
        partitions = self._consumer.list_topics("order-events").topics["order-events"].partitions
        self._consumer.assign([TopicPartition("order-events", partition, OFFSET_END) for partition in partitions])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            message = self._consumer.poll(0.1)
            if message is not None and not message.error() and dict(message.headers())["ce_type"] == _COMPLETED:
                self.at[message.key().decode()] = time.perf_counter()
        self._consumer.close()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()


def load(name: str, platform: Platform, arrivals: Arrivals, rate: float, seconds: float) -> Result:
    """Place orders by the clock, and time them.

    Args:
        name: Names the load.
        platform: The platform.
        arrivals: Listens.
        rate: Orders a second.
        seconds: For how long.

    Returns:
        The latencies.
    """
    due, answered = asyncio.run(_place(platform.service_address("order"), rate, seconds))
    until = time.perf_counter() + PATIENCE_SECONDS
    while not due.keys() <= arrivals.at.keys() and time.perf_counter() < until:
        time.sleep(0.05)
    completed = sorted(1000 * (arrivals.at[order] - at) for order, at in due.items() if order in arrivals.at)
    return Result(name, rate, len(due), sorted(answered), completed, len(due) - len(completed))


async def _place(address: str, rate: float, seconds: float) -> tuple[dict[str, float], list[float]]:
    due: dict[str, float] = {}
    answered: list[float] = []
    async with grpc.aio.insecure_channel(address) as channel:
        stub = OrderServiceStub(channel)
        began = time.perf_counter() + 0.1

        async def one(number: int) -> None:
            at = began + number / rate
            reply = await stub.PlaceOrder(stand.request(number))
            answered.append(1000 * (time.perf_counter() - at))
            due[reply.order.order_id] = at

        tasks = []
        for number in range(int(rate * seconds)):
            wait = began + number / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
    return due, answered


def memory(platform: Platform) -> dict[str, float]:
    """Measure the services' memory.

    Args:
        platform: The platform.

    Returns:
        Resident megabytes by service.
    """
    pids = stand.pids(platform)
    return {name: psutil.Process(pids[f"{name}-1"]).memory_info().rss / 1e6 for name in SERVICES}


def whole_path(platform: Platform, orders: int) -> float:
    """Measure what the platform can do from the call to the end, with the callers on the same machine.

    Args:
        platform: The platform; it is furnished, and idle.
        orders: How many, by 64 callers that wait for each answer.

    Returns:
        Orders a second that are placed and settled.
    """
    before = stand.settled(platform)
    began = time.perf_counter()
    asyncio.run(stand.place(platform.service_address("order"), orders, 64))
    return orders / (stand.wait_until_settled(platform, before + orders) - began)


def measure(platform: Platform, throughput: float, seconds: float) -> list[Result]:
    """Measure all loads.

    Args:
        platform: The platform; it is furnished.
        throughput: What it can do, in orders a second.
        seconds: For how long each load is kept up.

    Returns:
        The results.
    """
    arrivals = Arrivals(platform)
    try:
        load("warm", platform, arrivals, 50, 5)
        results = [load("idle", platform, arrivals, IDLE_RATE, 3 * seconds)]
        results += [
            load(f"{part} % of it", platform, arrivals, throughput * part / 100, seconds) for part in (25, 50, 75)
        ]
    finally:
        arrivals.stop()
    return results


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=3000, help="orders by which the whole throughput is measured")
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    with stand.platform("latency", PORTS["ours"]) as platform:
        asyncio.run(stand.furnish(platform, stand.PLENTY))
        throughput = whole_path(platform, given.orders)
        print(f"the whole path: {throughput:,.0f} orders/s")
        for result in measure(platform, throughput, given.seconds):
            print(result)
        print("memory", {name: f"{megabytes:.0f} MB" for name, megabytes in memory(platform).items()})


if __name__ == "__main__":
    main()
