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
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import psutil
import psycopg
from confluent_kafka import OFFSET_END, Consumer, TopicPartition
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from quadrille.events.order import OrderCompleted
from quadrille.order.v1.order_service_pb2_grpc import OrderServiceStub

from bench import stand
from bench.floor import saga as floor
from bench.place import quantile
from bench.saga import PORTS, Ground, bare_services
from local.backups import stopped
from local.platform import start, stop
from local.settings import Platform
from services.catalogue import SERVICES

IDLE_RATE = 5.0
#: The event loop wakes up to a millisecond late, and the caller's own lateness is not the platform's: where orders are
#: so far apart that nothing else happens in the loop, it wakes early and sleeps the rest.
IDLE_SECONDS = 0.05
EARLY_SECONDS = 0.002
STEP_SECONDS = 10.0
BEFORE_SECONDS = 5.0
AFTER_SECONDS = 5.0
#: How long orders may take to arrive after the last was placed.
PATIENCE_SECONDS = 60.0
#: A client that was refused waits a second, and then longer, before it tries again. That is not the service's time.
_EAGER = [(f"grpc.{which}_reconnect_backoff_ms", 20) for which in ("initial", "max")]
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

    def __init__(self, bootstrap: str, topic: str = "order-events") -> None:
        """Begin at the end of the topic.

        Args:
            bootstrap: Kafka's addresses.
            topic: The topic.
        """
        self.at: dict[str, float] = {}
        self._stopping = threading.Event()
        config = {
            "bootstrap.servers": bootstrap,
            "group.id": f"bench-{uuid4()}",
            "enable.auto.commit": False,
        }
        self._consumer: Any = Consumer(config)
        partitions = self._consumer.list_topics(topic).topics[topic].partitions
        self._consumer.assign([TopicPartition(topic, partition, OFFSET_END) for partition in partitions])
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
    took, answered = _timed(platform, arrivals, steady(rate, seconds))
    completed = sorted(latency for _, latency in took)
    return Result(name, rate, len(answered), sorted(answered), completed, len(answered) - len(completed))


def idle_floor(ground: Ground, seconds: float) -> list[float]:
    """Time orders on an idle floor (a): no RPC comes before them, their row and event are written by the caller itself.

    Args:
        ground: What it stands on.
        seconds: For how long.

    Returns:
        Milliseconds from when an order was due to its `OrderCompleted`, sorted.
    """
    kafka = ground.topics("idle")
    due_at: dict[str, float] = {}
    with bare_services(ground, kafka, linger=0), psycopg.connect(ground.databases["order"]) as connection:
        arrivals = Arrivals(kafka.bootstrap, kafka.topics["order"])
        placer = floor.Placer(connection, kafka, stand.SKUS, stand.CUSTOMERS)
        # The first second warms up.
        due = steady(IDLE_RATE, 1.0 + seconds)
        began = time.perf_counter()
        for number, at in enumerate(due):
            time.sleep(max(0.0, began + at - time.perf_counter()))
            (order_id,) = placer.place(range(number, number + 1))
            if at >= 1.0:
                due_at[str(order_id)] = began + at
        _wait_for(arrivals, due_at)
        arrivals.stop()
    return sorted(1000 * (arrivals.at[order] - at) for order, at in due_at.items() if order in arrivals.at)


def _wait_for(arrivals: Arrivals, orders: Collection[str]) -> None:
    until = time.perf_counter() + PATIENCE_SECONDS
    while not arrivals.at.keys() >= set(orders) and time.perf_counter() < until:
        time.sleep(0.05)


def steady(rate: float, seconds: float, begin: float = 0.0) -> list[float]:
    """Say when orders are due.

    Args:
        rate: Orders a second.
        seconds: For how long.
        begin: From when on.

    Returns:
        Seconds from the start.
    """
    return [begin + number / rate for number in range(int(rate * seconds))]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of the load did.

    Attributes:
        rate: Orders a second before and after it; ten times as many during it.
        before: Milliseconds to `COMPLETED` before the step, the 99th percentile.
        during: The same during the step.
        back: Seconds after its end from which on no order took longer than twice `before`; None if that never came.
    """

    rate: float
    before: float
    during: float
    back: float | None

    @property
    def until_back(self) -> float:
        """Seconds until latency is back; `PATIENCE_SECONDS` if that never came."""
        return PATIENCE_SECONDS if self.back is None else self.back

    def __str__(self) -> str:
        """Tell it in a line."""
        told = "not back in time" if self.back is None else f"back after {self.back:.1f} s"
        steps = f"{self.rate:,.0f} to {10 * self.rate:,.0f}/s and back"
        return f"step {steps}: p99 {self.before:.0f} ms before, {self.during:.0f} ms during; {told}"


def step(platform: Platform, arrivals: Arrivals, rate: float) -> Step:
    """Measure a step: ten times the load for ten seconds.

    Args:
        platform: The platform.
        arrivals: Listens.
        rate: Orders a second before and after it.

    Returns:
        What it did.
    """
    begin, end = BEFORE_SECONDS, BEFORE_SECONDS + STEP_SECONDS
    due = [*steady(rate, begin), *steady(10 * rate, end - begin, begin), *steady(rate, AFTER_SECONDS, end)]
    took, _ = _timed(platform, arrivals, due)
    before = quantile(sorted(latency for at, latency in took if at < begin), 0.99)
    during = quantile(sorted(latency for at, latency in took if begin <= at < end), 0.99)
    slow = [at for at, latency in took if at >= end and latency > 2 * before]
    after = [at for at, _ in took if at >= end]
    back = max(slow, default=end) - end
    return Step(rate, before, during, back if not slow or max(slow) < max(after) else None)


def _timed(
    platform: Platform, arrivals: Arrivals, due: Sequence[float]
) -> tuple[list[tuple[float, float]], list[float]]:
    """Give when each order that completed was due and its milliseconds, and the milliseconds of each answer."""
    placed, answered = asyncio.run(_place(platform.service_address("order"), due))
    _wait_for(arrivals, placed)
    done = [(order, due_at, began) for order, (due_at, began) in placed.items() if order in arrivals.at]
    return [(at, 1000 * (arrivals.at[order] - began - at)) for order, at, began in done], answered


async def _place(address: str, due: Sequence[float]) -> tuple[dict[str, tuple[float, float]], list[float]]:
    placed: dict[str, tuple[float, float]] = {}
    answered: list[float] = []
    async with grpc.aio.insecure_channel(address) as channel:
        stub = OrderServiceStub(channel)
        began = time.perf_counter() + 0.1

        async def one(number: int, at: float) -> None:
            reply = await stub.PlaceOrder(stand.request(number))
            answered.append(1000 * (time.perf_counter() - began - at))
            placed[reply.order.order_id] = (at, began)

        tasks = []
        for number, at in enumerate(due):
            wait = began + at - time.perf_counter()
            if wait > IDLE_SECONDS:
                await asyncio.sleep(wait - EARLY_SECONDS)
                time.sleep(max(0.0, began + at - time.perf_counter()))  # noqa: ASYNC251 - nothing else is under way
            elif wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(one(number, at)))
        await asyncio.gather(*tasks)
    return placed, answered


def memory(platform: Platform) -> dict[str, float]:
    """Measure the services' memory.

    Args:
        platform: The platform.

    Returns:
        Resident megabytes by service.
    """
    pids = stand.pids(platform)
    return {name: psutil.Process(pids[f"{name}-1"]).memory_info().rss / 1e6 for name in SERVICES}


def ready(platform: Platform) -> dict[str, float]:
    """Measure how long a start takes when all was there before.

    Args:
        platform: The platform; it runs, and runs afterwards.

    Returns:
        Seconds until everything is ready, and until one order service is, beside all else that runs.
    """
    stop(platform)
    began = time.perf_counter()
    start(platform)
    everything = time.perf_counter() - began
    with stopped(platform, "order"):
        pass
    began = time.perf_counter()
    with grpc.insecure_channel(platform.service_address("order"), options=_EAGER) as channel:
        health = HealthStub(channel)
        question = HealthCheckRequest(service="quadrille.order.v1.OrderService")
        while health.Check(question, wait_for_ready=True).status != HealthCheckResponse.SERVING:
            time.sleep(stand.NEAR_SECONDS)
    return {"everything": everything, "a service": time.perf_counter() - began}


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


def measure(platform: Platform, throughput: float, seconds: float) -> tuple[list[Result], Step]:
    """Measure all loads.

    Args:
        platform: The platform; it is furnished.
        throughput: What it can do, in orders a second.
        seconds: For how long each load is kept up.

    Returns:
        The results, and those of a step to three quarters of the throughput.
    """
    arrivals = Arrivals(platform.kafka_bootstrap_servers)
    try:
        load("warm", platform, arrivals, 50, 2)
        results = [load("idle", platform, arrivals, IDLE_RATE, 3 * seconds)]
        results += [
            load(f"{part} % of it", platform, arrivals, throughput * part / 100, seconds) for part in (25, 50, 75)
        ]
        return results, step(platform, arrivals, 0.075 * throughput)
    finally:
        arrivals.stop()


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
        results, stepped = measure(platform, throughput, given.seconds)
        for result in (*results, stepped):
            print(result)
        print("ready", ready(platform))
        print("memory", {name: f"{megabytes:.0f} MB" for name, megabytes in memory(platform).items()})


if __name__ == "__main__":
    main()
