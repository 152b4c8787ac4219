"""Memory of the services and the gateway over many orders: how much, and whether it grows.

    python -m bench.memory [--orders N] [--minutes N] [--callers N] [--port-base N] [--out FOLDER]

Orders are placed by callers that wait for each answer, in rounds, so that no more than two rounds are under way. What
is resident is noted every ten seconds in `memory.csv`, and told as a table: at the start, after each mark, at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench import stand
from bench.saga import PORTS
from local.settings import GATEWAY, Platform
from services.catalogue import SERVICES

ROUND = 2000
SAMPLE_SECONDS = 10.0
MARKS = (10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the processes.

    Attributes:
        seconds: Since the first order was placed.
        settled: Orders that had settled by then.
        megabytes: Resident, by process.
    """

    seconds: float
    settled: int
    megabytes: dict[str, float]


class Sampler:
    """Notes the memory of a platform's processes from a thread of its own, until it is left."""

    def __init__(self, platform: Platform, out: Path) -> None:
        """Find the processes.

        Args:
            platform: It runs, and its processes do not change.
            out: File that each sample is added to at once.
        """
        found = stand.pids(platform)
        self.processes = {
            name: psutil.Process(pid)
            for name, pid in found.items()
            if name == GATEWAY or name.rpartition("-")[0] in SERVICES
        }
        self.settled = 0
        self.samples: list[Sample] = []
        self._out = out
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Sampler:
        """Begin with a sample."""
        with self._out.open("w", newline="") as file:
            csv.writer(file).writerow(["seconds", "settled", *self.processes])
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End with a sample."""
        self._ended.set()
        self._thread.join()
        self._sample()

    def _run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        # A process that ended and was started again has another id: that is an error, and no flat line.
        read = {name: process.memory_info().rss / 1e6 for name, process in self.processes.items()}
        sample = Sample(time.monotonic() - self._began, self.settled, read)
        self.samples.append(sample)
        with self._out.open("a", newline="") as file:
            csv.writer(file).writerow([f"{sample.seconds:.0f}", sample.settled, *(f"{mb:.1f}" for mb in read.values())])


def chosen(samples: Sequence[Sample]) -> list[Sample]:
    """Choose the samples that are told.

    Args:
        samples: All of them, in order.

    Returns:
        The first, the first after each mark, and the last.
    """
    told = [samples[0]]
    for mark in MARKS:
        after = next((sample for sample in samples if sample.settled >= mark), None)
        if after is not None and after is not told[-1]:
            told.append(after)
    return told if told[-1] is samples[-1] else [*told, samples[-1]]


def table(samples: Sequence[Sample]) -> str:
    """Tell samples as a Markdown table.

    Args:
        samples: The samples.

    Returns:
        The table, in megabytes.
    """
    names = list(samples[0].megabytes)
    lines = ["| orders | minutes | " + " | ".join(names) + " |", "|" + "---|" * (2 + len(names))]
    for sample in samples:
        cells = (f"{megabytes:.0f}" for megabytes in sample.megabytes.values())
        lines.append(f"| {sample.settled:,} | {sample.seconds / 60:.0f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def run(platform: Platform, orders: int, seconds: float, callers: int, out: Path) -> list[Sample]:
    """Send orders through a platform.

    Args:
        platform: It runs, and is furnished.
        orders: How many, at most.
        seconds: After which no further round begins.
        callers: Calls in flight.
        out: As for `Sampler`.

    Returns:
        The samples.
    """
    address = platform.service_address("order")
    placed, until = 0, time.monotonic() + seconds
    with Sampler(platform, out) as sampler, psycopg.connect(platform.audit_url("order"), autocommit=True) as orders_db:

        def wait_until_open(most: int) -> None:
            while True:
                # There is an index of these: counting the settled ones would read a million rows each time.
                under_way = stand.count_unsettled(orders_db)
                sampler.settled = placed - under_way
                if under_way <= most:
                    return
                time.sleep(5 * stand.NEAR_SECONDS)

        while placed < orders and time.monotonic() < until:
            now = min(ROUND, orders - placed)
            asyncio.run(stand.place(address, now, callers))
            placed += now
            wait_until_open(ROUND)
        wait_until_open(0)
    return sampler.samples


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="place no more orders after so many")
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--port-base", type=int, default=PORTS["ours"])
    parser.add_argument("--out", type=Path, default=Path(".quadrille-bench"), metavar="FOLDER")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with stand.platform("memory", given.port_base) as platform:
        asyncio.run(stand.furnish(platform, given.orders))
        samples = run(platform, given.orders, 60 * given.minutes, given.callers, given.out / "memory.csv")
    print(table(chosen(samples)))


if __name__ == "__main__":
    main()
