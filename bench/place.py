"""`PlaceOrder` calls a second, ours and floor (b) in turns, by number of callers.

    python -m bench.place [--orders N] [--callers 1,16,64,256] [--rounds N]

Inventory, payment and shipping stand still meanwhile: their work is `bench.saga`'s to measure. The callers are a
process of their own, the same for both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from bench import stand
from bench.floor import place as floor
from bench.saga import ROUNDS, bare_ground, our_ground
from bench.turns import Pair, in_turns
from local import catalogue
from local.settings import Platform

CALLERS = (1, 16, 64, 256)


@dataclass(frozen=True, slots=True)
class Result:
    """How one server answered so many callers.

    Attributes:
        name: Whose.
        callers: Calls in flight.
        rate: Calls a second.
        p50: Milliseconds.
        p99: Milliseconds.
        p999: Milliseconds.
        cpu: CPU milliseconds of the server's process for one call.
    """

    name: str
    callers: int
    rate: float
    p50: float
    p99: float
    p999: float
    cpu: float

    def __str__(self) -> str:
        """Tell it in a line."""
        told = f"{self.name:6} {self.callers:4} callers {self.rate:7,.0f}/s  p50 {self.p50:6.1f} ms  "
        return f"{told}p99 {self.p99:6.1f} ms  p99.9 {self.p999:6.1f} ms  {self.cpu:.3f} ms CPU a call"


def quantile(sorted_values: Sequence[float], q: float) -> float:
    """Give a quantile by the nearest rank.

    Args:
        sorted_values: At least one.
        q: Between 0 and 1.

    Returns:
        The value.
    """
    return sorted_values[min(len(sorted_values) - 1, int(q * len(sorted_values)))]


def warming(callers: int) -> int:
    """Say how many calls go before those that are measured: fewer from one caller, who waits for each answer.

    Args:
        callers: Calls in flight.

    Returns:
        How many.
    """
    return stand.WARM if callers > 1 else stand.WARM // 5


@dataclass(frozen=True, slots=True)
class Server:
    """Who answers calls. Between two turns it stands still.

    Attributes:
        name: Whose it is.
        address: Where it listens.
        pid: Its process.
    """

    name: str
    address: str
    pid: int

    def turn(self, orders: int, callers: int) -> Result:
        """Call it.

        Args:
            orders: How many calls are measured; of one caller, who waits for each answer, a tenth says as much.
            callers: Calls in flight.

        Returns:
            How it answered.
        """
        calls = orders if callers > 1 else max(100, orders // 10)
        command = [sys.executable, "-m", "bench.place", "--call", self.address]
        command += ["--orders", str(calls), "--callers", str(callers)]
        process = {self.name: self.pid}
        with stand.awake(process):
            spent = stand.cost(process)
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            cpu = stand.cost(process).since(spent).seconds[self.name]
        told: Mapping[str, list[float]] = json.loads(done.stdout)
        took = sorted(1000 * seconds for seconds in told["took"])
        return Result(
            self.name,
            callers,
            calls / told["seconds"][0],
            quantile(took, 0.5),
            quantile(took, 0.99),
            quantile(took, 0.999),
            1000 * cpu / (calls + warming(callers)),
        )


def call(address: str, orders: int, callers: int) -> None:
    """Be the callers, and print what they saw as JSON.

    Args:
        address: Of the server.
        orders: How many calls are measured.
        callers: Calls in flight.
    """
    asyncio.run(stand.place(address, warming(callers), callers))
    began = time.perf_counter()
    took = asyncio.run(stand.place(address, orders, callers))
    json.dump({"seconds": [time.perf_counter() - began], "took": took}, sys.stdout)


@contextmanager
def ours(platform: Platform) -> Iterator[Server]:
    """Have the order service take turns.

    Args:
        platform: The platform; nothing but its order service gets to work.

    Yields:
        The service, asleep.
    """
    pids = stand.pids(platform)
    services = {name: pids[name] for name in catalogue.service_names(platform)}
    with stand.frozen(services):
        yield Server("ours", platform.service_address("order"), pids["order-1"])


@contextmanager
def bare(platform: Platform) -> Iterator[Server]:
    """Have floor (b) take turns.

    Args:
        platform: Whose servers it stands on.

    Yields:
        The server, asleep.
    """
    address = platform.service_address("order")
    with psycopg.connect(platform.database_url("order"), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS place")
    process = floor.start(make_conninfo(platform.database_url("order"), options="-c search_path=place"), address)
    try:
        with grpc.insecure_channel(address) as channel:
            grpc.channel_ready_future(channel).result(timeout=30)
        pid = psutil.Process(process.pid).pid
        with stand.frozen({"floor": pid}):
            yield Server("floor", address, pid)
    finally:
        process.kill()


def compared(floor_: Server, ours_: Server, orders: int, callers: int, rounds: int) -> Pair[Result]:
    """Call both in turns.

    Args:
        floor_: Floor (b).
        ours_: The order service.
        orders: As for `Server.turn`.
        callers: Calls in flight.
        rounds: Turns of each.

    Returns:
        The middle pair.
    """
    return in_turns(rounds, lambda: floor_.turn(orders, callers), lambda: ours_.turn(orders, callers))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=4000, help="of each turn")
    parser.add_argument("--callers", default=",".join(map(str, CALLERS)))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of each")
    parser.add_argument("--call", metavar="ADDRESS", help="be the callers of a server")
    given = parser.parse_args()
    callers = [int(number) for number in given.callers.split(",")]
    if given.call:
        call(given.call, given.orders, callers[0])
        return
    every = (given.orders + stand.WARM) * given.rounds * len(callers)
    with (
        bare_ground(1) as ground,
        our_ground(every) as platform,
        bare(ground.platform) as floor_,
        ours(platform) as ours_,
    ):
        for number in callers:
            compared(floor_, ours_, given.orders, number, given.rounds)


if __name__ == "__main__":
    main()
