"""Saga throughput with a backlog, ours and floor (a) in turns: orders wait in the topic while the services are frozen.

    python -m bench.saga [--orders N] [--rounds N] [--profile FOLDER] [--only ours|floor]

The clock runs from the thaw until the last order has settled. Whose turn it is not stands still, but for its servers.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka.admin import AdminClient, NewTopic
from quadrille.events.topics import TOPICS

from bench import stand
from bench.floor import saga as floor
from bench.turns import in_turns
from local import catalogue
from local.settings import Platform

PORTS = {"ours": 24000, "floor": 24500}
ROUNDS = 3


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


@dataclass(frozen=True, slots=True)
class Contender:
    """Who works off a backlog. Between two turns everything of it but its servers stands still.

    Attributes:
        name: Who.
        services: Process ids by name; frozen before and after a turn.
        readers: Names of those that stand still while orders are placed, too.
        servers: Process ids by name.
        place: Places so many orders.
        unsettled: Counts the orders that have not settled, by an index that both have: counting the others would read
            all orders of all turns.
    """

    name: str
    services: Mapping[str, int]
    readers: Collection[str]
    servers: Mapping[str, int]
    place: Callable[[int], object]
    unsettled: Callable[[], int]

    def turn(self, orders: int, profile: Path | None = None) -> Result:
        """Place orders, and work them off.

        Args:
            orders: How many.
            profile: As for `recorded`.

        Returns:
            What it did.
        """
        every = {**self.services, **self.servers}
        readers = {name: self.services[name] for name in self.readers}
        left = self.unsettled()
        with stand.awake(self.services):
            with stand.frozen(readers):
                self.place(orders)
                before, began = stand.cost(every), time.perf_counter()
            with recorded(self.services, profile):
                ended = stand.wait_for(lambda: left - self.unsettled(), 0)
            spent = stand.cost(every).since(before)
        return Result(self.name, orders, ended - began, spent.seconds)


@contextmanager
def our_ground(orders: int) -> Iterator[Platform]:
    """Start the platform, furnished and warm.

    Args:
        orders: For how many there is stock, and how many may be open.

    Yields:
        The platform.
    """
    with stand.patient(10 * orders), stand.platform("ours", PORTS["ours"]) as platform:
        asyncio.run(stand.furnish(platform, orders))
        # Imports, first statements, compiled readers: what a service does once is not what a saga costs.
        asyncio.run(stand.place(platform.service_address("order"), stand.WARM, 16))
        stand.wait_until_settled(platform, stand.WARM)
        yield platform


@contextmanager
def ours(platform: Platform) -> Iterator[Contender]:
    """Have the platform take turns.

    Args:
        platform: The platform; it is warm.

    Yields:
        The contender, asleep.
    """
    pids = stand.pids(platform)
    services = {name: pids.pop(name) for name in catalogue.service_names(platform)}
    with psycopg.connect(platform.audit_url("order"), autocommit=True) as orders, stand.frozen(services):
        yield Contender(
            "ours",
            services,
            stand.READERS,
            pids,
            lambda number: asyncio.run(stand.place(platform.service_address("order"), number, 64)),
            lambda: stand.count_unsettled(orders),
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
    order = ground.databases["order"]
    try:
        with psycopg.connect(order, autocommit=True) as orders:
            left = floor.unsettled(orders)
            floor.place(order, kafka, range(stand.WARM), stand.SKUS, stand.CUSTOMERS)
            stand.wait_for(lambda: left - _unsettled(orders, processes), 0)
        yield processes
    finally:
        for process in processes.values():
            process.kill()


@contextmanager
def bare(ground: Ground) -> Iterator[Contender]:
    """Have floor (a) take turns.

    Args:
        ground: What it stands on.

    Yields:
        The contender, asleep.
    """
    kafka = ground.topics("backlog")
    order = ground.databases["order"]
    with (
        bare_services(ground, kafka, floor.LINGER_SECONDS) as processes,
        psycopg.connect(order, autocommit=True) as orders,
    ):
        pids = {name: process.pid for name, process in processes.items() if process.pid}
        with stand.frozen(pids):
            yield Contender(
                "floor",
                pids,
                tuple(pids),
                stand.pids(ground.platform),
                lambda number: floor.place(order, kafka, range(number), stand.SKUS, stand.CUSTOMERS),
                lambda: _unsettled(orders, processes),
            )


def _unsettled(connection: psycopg.Connection[Any], processes: Mapping[str, BaseProcess]) -> int:
    """Count the floor's open orders, and raise `RuntimeError` if one of its processes has ended."""
    for name, process in processes.items():
        if not process.is_alive():
            raise RuntimeError(f"the floor's {name} has ended, with {process.exitcode}")
    return floor.unsettled(connection)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000, help="of each turn")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="turns of each; one if there is nobody to compare with"
    )
    parser.add_argument("--profile", type=Path, metavar="FOLDER", help="record each service with py-spy")
    parser.add_argument("--only", choices=("ours", "floor"))
    given = parser.parse_args()
    every = given.orders * given.rounds + stand.WARM
    with ExitStack() as stack:
        turns: dict[str, Callable[[], Result]] = {}
        if given.only != "ours":
            ground = stack.enter_context(bare_ground(every))
            turns["floor"] = _turn(stack.enter_context(bare(ground)), given.orders, given.profile)
        if given.only != "floor":
            platform = stack.enter_context(our_ground(every))
            turns["ours"] = _turn(stack.enter_context(ours(platform)), given.orders, given.profile)
        if given.only:
            print(turns[given.only]())
        else:
            in_turns(given.rounds, turns["floor"], turns["ours"])


def _turn(contender: Contender, orders: int, profile: Path | None) -> Callable[[], Result]:
    return lambda: contender.turn(orders, profile / contender.name if profile else None)


if __name__ == "__main__":
    main()
