"""Saga throughput with a backlog, ours and floor (a): orders wait in the topic while the services are frozen.

    python -m bench.saga [--orders N] [--profile FOLDER] [--only ours|floor]

The clock runs from the thaw until the last order has settled.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
from confluent_kafka.admin import AdminClient, NewTopic
from quadrille.events.topics import TOPICS

from bench import stand
from bench.floor import saga as floor
from local.settings import Platform

PORTS = {"ours": 24000, "floor": 24500}
#: A frozen service must not be thrown out of its group.
SESSION_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Result:
    """What one contender did.

    Attributes:
        name: Who.
        orders: How many.
        seconds: From the thaw to the last settled order.
        cpu: CPU seconds by process, servers included.
    """

    name: str
    orders: int
    seconds: float
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Sagas a second."""
        return self.orders / self.seconds

    def cost(self, name: str) -> float:
        """CPU milliseconds that a process spends on one saga."""
        return 1000 * self.cpu[name] / self.orders

    def __str__(self) -> str:
        """Tell it in a few lines."""
        told = [f"{self.name}: {self.rate:,.0f} sagas/s, {sum(map(self.cost, self.cpu)):.3f} ms CPU a saga"]
        return "\n".join([*told, *(f"  {name:12} {self.cost(name):6.3f}" for name in sorted(self.cpu))])


@contextmanager
def frozen(pids: Mapping[str, int]) -> Iterator[None]:
    """Stop processes, and let them go on at the end.

    Args:
        pids: By name.

    Yields:
        While they stand still.
    """
    for pid in pids.values():
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids.values():
            os.kill(pid, signal.SIGCONT)


@contextmanager
def recorded(pids: Mapping[str, int], folder: Path | None) -> Iterator[None]:
    """Record where Python processes spend their time, with the `py-spy` that stands on PATH.

    Args:
        pids: By name.
        folder: Where `<name>.svg`, a flame graph, is written; None for no recording.

    Yields:
        While it records.
    """
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    options = ["py-spy", "record", "--format", "flamegraph", "--nonblocking", "--gil"]
    spies = [
        subprocess.Popen([*options, "--pid", str(pid), "--output", str(folder / f"{name}.svg")])
        for name, pid in pids.items()
    ]
    try:
        yield
    finally:
        for spy in spies:
            spy.send_signal(signal.SIGINT)
            spy.wait()


def measured(
    name: str,
    orders: int,
    services: Mapping[str, int],
    servers: Mapping[str, int],
    place: Callable[[], None],
    wait: Callable[[], float],
    profile: Path | None,
) -> Result:
    """Measure one contender.

    Args:
        name: Who.
        orders: How many.
        services: Its processes that are frozen while orders are placed.
        servers: All other processes.
        place: Places the orders.
        wait: Waits until the last has settled, and says when that was.
        profile: As for `recorded`.

    Returns:
        What it did.
    """
    with frozen(services):
        place()
        before = stand.cost({**services, **servers})
        began = time.perf_counter()
    with recorded(services, profile):
        ended = wait()
    spent = stand.cost({**services, **servers}).since(before)
    return Result(name, orders, ended - began, spent.seconds)


def ours(orders: int, profile: Path | None = None) -> Result:
    """Measure the platform.

    Args:
        orders: How many.
        profile: As for `recorded`.

    Returns:
        What it did.
    """
    os.environ["QUADRILLE_MAX_OPEN_ORDERS"] = str(10 * orders)
    os.environ["QUADRILLE_ORDER_DEADLINE"] = "86400"
    os.environ["QUADRILLE_SESSION_TIMEOUT"] = str(SESSION_SECONDS)
    with stand.platform("ours", PORTS["ours"]) as platform:
        asyncio.run(stand.furnish(platform, orders))
        # Imports, first statements, compiled readers: what a service does once is not what a saga costs.
        asyncio.run(stand.place(platform.service_address("order"), stand.WARM, 16))
        stand.wait_until_settled(platform, stand.WARM)
        pids = stand.pids(platform)
        late = {name: pids.pop(name) for name in ("inventory-1", "payment-1", "shipping-1")}
        return measured(
            "ours",
            orders,
            late,
            pids,
            lambda: print_rate(
                "PlaceOrder", orders, lambda: asyncio.run(stand.place(platform.service_address("order"), orders, 64))
            ),
            lambda: stand.wait_until_settled(platform, stand.WARM + orders),
            profile,
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """Servers for the floors, with their tables, items and accounts.

    Attributes:
        platform: The platform; no service runs.
        databases: Of each service, its database.
    """

    platform: Platform
    databases: dict[str, str]

    def topics(self, name: str) -> floor.Kafka:
        """Make topics that nobody has written to: floors read theirs from the beginning.

        Args:
            name: Tells them from others.

        Returns:
            Where to publish.
        """
        names = {topic.owner: f"{name}-{topic.name}" for topic in TOPICS}
        admin = AdminClient({"bootstrap.servers": self.platform.kafka_bootstrap_servers})
        made = admin.create_topics([NewTopic(names[topic.owner], topic.partitions, 1) for topic in TOPICS])
        for future in made.values():
            future.result()
        return floor.Kafka(self.platform.kafka_bootstrap_servers, names)

    def completed(self) -> int:
        """Count the orders that are completed."""
        with psycopg.connect(self.databases["order"]) as connection:
            return floor.completed(connection)


@contextmanager
def bare_ground(orders: int) -> Iterator[Ground]:
    """Start the servers for the floors.

    Args:
        orders: For how many there is stock.

    Yields:
        What the floors stand on.
    """
    with stand.platform("floor", PORTS["floor"], services=False) as platform:
        databases = {service: platform.database_url(service) for service in floor.READS}
        for service, dsn in databases.items():
            floor.make_tables(dsn, service)
        floor.furnish(databases, 10 * orders, stand.SKUS, stand.CUSTOMERS)
        yield Ground(platform, databases)


@contextmanager
def bare_services(ground: Ground, kafka: floor.Kafka, linger: float) -> Iterator[Mapping[str, BaseProcess]]:
    """Run the four processes of floor (a), warm.

    Args:
        ground: What they stand on.
        kafka: Their topics.
        linger: As for `floor.serve`.

    Yields:
        The processes by service.
    """
    processes = floor.start(ground.databases, kafka, linger)
    try:
        before = ground.completed()
        floor.place(ground.databases["order"], kafka, range(stand.WARM), stand.SKUS, stand.CUSTOMERS)
        wait_until_completed(ground.databases["order"], before + stand.WARM, processes)
        yield processes
    finally:
        for process in processes.values():
            process.kill()


def bare(ground: Ground, orders: int, profile: Path | None = None) -> Result:
    """Measure floor (a).

    Args:
        ground: What it stands on.
        orders: How many.
        profile: As for `recorded`.

    Returns:
        What it did.
    """
    order, kafka = ground.databases["order"], ground.topics("backlog")
    with bare_services(ground, kafka, floor.LINGER_SECONDS) as processes:
        before = ground.completed()
        return measured(
            "floor",
            orders,
            {name: process.pid for name, process in processes.items() if process.pid},
            stand.pids(ground.platform),
            lambda: floor.place(order, kafka, range(orders), stand.SKUS, stand.CUSTOMERS),
            lambda: wait_until_completed(order, before + orders, processes),
            profile,
        )


def _bare_alone(orders: int, profile: Path | None = None) -> Result:
    with bare_ground(orders) as ground:
        return bare(ground, orders, profile)


def wait_until_completed(dsn: str, orders: int, processes: Mapping[str, BaseProcess]) -> float:
    """Wait until the floor has completed so many orders.

    Args:
        dsn: Its order database.
        orders: How many.
        processes: Its processes.

    Returns:
        When it was seen, by `time.perf_counter`.

    Raises:
        RuntimeError: A process has ended.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:

        def count() -> int:
            for name, process in processes.items():
                if not process.is_alive():
                    raise RuntimeError(f"the floor's {name} has ended, with {process.exitcode}")
            return floor.completed(connection)

        return stand.wait_for(count, orders)


def print_rate(what: str, number: int, work: Callable[[], object]) -> None:
    """Do something, and print how fast it went.

    Args:
        what: What is done.
        number: How often.
        work: Does it.
    """
    began = time.perf_counter()
    work()
    print(f"{what}: {number / (time.perf_counter() - began):,.0f}/s")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--profile", type=Path, metavar="FOLDER", help="record each service with py-spy")
    parser.add_argument("--only", choices=("ours", "floor"))
    given = parser.parse_args()
    results = [
        contender(given.orders, given.profile / name if given.profile else None)
        for name, contender in (("floor", _bare_alone), ("ours", ours))
        if given.only in (None, name)
    ]
    for result in results:
        print(result)
    if len(results) > 1:
        print(f"ours / floor: {results[1].rate / results[0].rate:.2f}")


if __name__ == "__main__":
    main()
