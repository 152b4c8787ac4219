"""`PlaceOrder` calls a second, ours and floor (b), by number of callers.

    python -m bench.place [--orders N] [--callers 1,16,64,256]

Inventory, payment and shipping stand still meanwhile: their work is `bench.saga`'s to measure. The callers are a
process of their own, the same for both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import grpc
import psutil

from bench import stand
from bench.floor import place as floor
from bench.saga import PORTS, SESSION_SECONDS, frozen

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


def measure(name: str, address: str, pid: int, orders: int, callers: Iterable[int]) -> list[Result]:
    """Call a server.

    Args:
        name: Whose.
        address: Where it listens.
        pid: Its process.
        orders: Calls for each number of callers.
        callers: The numbers.

    Returns:
        A result for each number.
    """
    results = []
    for number in callers:
        # One caller waits for each answer: a tenth of the calls says as much.
        calls = orders if number > 1 else max(100, orders // 10)
        spent = stand.cost({name: pid})
        done = subprocess.run(
            [sys.executable, "-m", "bench.place", "--call", address, "--orders", str(calls), "--callers", str(number)],
            stdout=subprocess.PIPE,
            check=True,
        )
        told: Mapping[str, list[float]] = json.loads(done.stdout)
        cpu = stand.cost({name: pid}).since(spent).seconds[name]
        took = sorted(1000 * seconds for seconds in told["took"])
        rate = calls / told["seconds"][0]
        results.append(
            Result(
                name,
                number,
                rate,
                quantile(took, 0.5),
                quantile(took, 0.99),
                quantile(took, 0.999),
                1000 * cpu / (calls + warming(number)),
            )
        )
    return results


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


def ours(orders: int, callers: Iterable[int] = CALLERS) -> list[Result]:
    """Measure the order service.

    Args:
        orders: Calls for each number of callers.
        callers: The numbers.

    Returns:
        A result for each number.
    """
    os.environ["QUADRILLE_MAX_OPEN_ORDERS"] = str(100 * orders)
    os.environ["QUADRILLE_ORDER_DEADLINE"] = "86400"
    os.environ["QUADRILLE_SESSION_TIMEOUT"] = str(SESSION_SECONDS)
    with stand.platform("ours", PORTS["ours"]) as platform:
        asyncio.run(stand.furnish(platform, orders))
        pids = stand.pids(platform)
        with frozen({name: pids[name] for name in ("inventory-1", "payment-1", "shipping-1")}):
            return measure("ours", platform.service_address("order"), pids["order-1"], orders, callers)


def bare(orders: int, callers: Iterable[int] = CALLERS) -> list[Result]:
    """Measure floor (b).

    Args:
        orders: Calls for each number of callers.
        callers: The numbers.

    Returns:
        A result for each number.
    """
    with stand.platform("floor", PORTS["floor"], services=False) as platform:
        address = platform.service_address("order")
        process = floor.start(platform.database_url("order"), address)
        try:
            with grpc.insecure_channel(address) as channel:
                grpc.channel_ready_future(channel).result(timeout=30)
            return measure("floor", address, psutil.Process(process.pid).pid, orders, callers)
        finally:
            process.kill()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=4000)
    parser.add_argument("--callers", default=",".join(map(str, CALLERS)))
    parser.add_argument("--call", metavar="ADDRESS", help="be the callers of a server")
    given = parser.parse_args()
    callers = [int(number) for number in given.callers.split(",")]
    if given.call:
        call(given.call, given.orders, callers[0])
        return
    for result in (*bare(given.orders, callers), *ours(given.orders, callers)):
        print(result)


if __name__ == "__main__":
    main()
