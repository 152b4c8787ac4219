"""Everything, in one run: `make bench`.

python -m bench [--long] [--out FOLDER] [--before FOLDER/bench.json]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import latency, place, report, saga, stand
from bench.floor import saga as bare_saga
from bench.floor import servers
from bench.report import Figure
from bench.turns import Pair, in_turns
from services.catalogue import SERVICES

TARGET_RATIO = 0.8


def _say(text: object) -> None:
    print(text, flush=True)


def sagas(pair: Pair[saga.Result]) -> list[Figure]:
    """Tell throughput with a backlog, and what its parts cost.

    Args:
        pair: What floor (a) and the platform did.

    Returns:
        The figures.
    """
    ours, floor = pair.ours, pair.floor
    figures = [
        Figure(
            "saga throughput",
            ours.rate,
            "/s",
            floor.rate,
            f">= {TARGET_RATIO} of the floor",
            pair.ratio >= TARGET_RATIO,
        ),
        Figure("CPU a saga, servers included", sum(map(ours.cost, ours.cpu)), "ms", sum(map(floor.cost, floor.cpu))),
    ]
    for name in (*SERVICES, "postgres", "kafka"):
        own = f"{name}-1" if name in SERVICES else name
        figures += [Figure(f"CPU a saga, {name}", ours.cost(own), "ms", floor.cost(name))]
    return figures


def alone(ground: saga.Ground, orders: int) -> list[Figure]:
    """Measure what the servers can do alone.

    Args:
        ground: What the floors stand on.
        orders: How many.

    Returns:
        The figures.
    """
    made = [servers.events(number, stand.SKUS, stand.CUSTOMERS) for number in range(orders)]
    bare_saga.insert_orders(ground.databases["order"], [one[0] for one in made])
    of_rows = servers.rows(ground.databases, made)
    kafka = ground.topics("alone")
    of_records = servers.records(kafka.bootstrap, kafka.topics, made)
    return [
        Figure("floor (c): PostgreSQL alone, same rows", orders / of_rows, "/s"),
        Figure("floor (d): Kafka alone, same records", orders / of_records, "/s"),
    ]


def placing(floor: place.Server, ours: place.Server, orders: int, callers: Sequence[int], rounds: int) -> list[Figure]:
    """Measure `PlaceOrder`.

    Args:
        floor: Floor (b).
        ours: The order service.
        orders: Calls of a turn.
        callers: How many there are at a time; the last are those of the target.
        rounds: Turns of each by the last; the others take one.

    Returns:
        The figures.
    """
    figures = []
    for number in callers:
        most = number == callers[-1]
        pair = place.compared(floor, ours, orders, number, rounds if most else 1)
        figures.append(
            Figure(
                f"PlaceOrder, {number} callers",
                pair.ours.rate,
                "/s",
                pair.floor.rate,
                f">= {TARGET_RATIO} of the floor" if most else "",
                pair.ratio >= TARGET_RATIO if most else None,
            )
        )
        figures.append(Figure(f"PlaceOrder, {number} callers, p99", pair.ours.p99, "ms", pair.floor.p99))
    return figures


def latencies(orders: int, seconds: float, floor: Sequence[float]) -> list[Figure]:
    """Measure latency, memory and start-up.

    Args:
        orders: By which the throughput of the whole path is measured.
        floor: The milliseconds of an idle floor, sorted.
        seconds: For how long each load is kept up.

    Returns:
        The figures.
    """
    with stand.platform("latency", saga.PORTS["ours"]) as platform:
        asyncio.run(stand.furnish(platform, stand.PLENTY))
        latency.whole_path(platform, stand.WARM)
        throughput = latency.whole_path(platform, orders)
        results, step = latency.measure(platform, throughput, seconds)
        memory = latency.memory(platform)
        ready = latency.ready(platform)
    _say(step)
    figures = [
        Figure("ready, everything", ready["everything"], "s", None, "<= 12 s", ready["everything"] <= 12),
        Figure(
            "ready, a service beside the others", ready["a service"], "s", None, "<= 1.5 s", ready["a service"] <= 1.5
        ),
        Figure("placed and settled, the whole path", throughput, "/s"),
    ]
    for result in results:
        _say(result)
        p50, p99 = place.quantile(result.completed, 0.5), place.quantile(result.completed, 0.99)
        idle, half = result.name == "idle", result.name.startswith("50")
        figures.append(
            Figure(
                f"{result.name}: PlaceOrder to COMPLETED, p50",
                p50,
                "ms",
                place.quantile(floor, 0.5) if idle else None,
                "<= 25 ms" if idle else "",
                p50 <= 25 if idle else None,
            )
        )
        limit = 80 if idle else 250
        figures.append(
            Figure(
                f"{result.name}: PlaceOrder to COMPLETED, p99",
                p99,
                "ms",
                place.quantile(floor, 0.99) if idle else None,
                f"<= {limit} ms" if idle or half else "",
                p99 <= limit if idle or half else None,
            )
        )
    figures += [
        Figure("ten times the load for 10 s: p99 during it", step.during, "ms"),
        Figure("... and until latency is back", step.until_back, "s"),
    ]
    figures += [
        Figure(f"memory of {name}", megabytes, "MB", None, "<= 120 MB", megabytes <= 120)
        for name, megabytes in memory.items()
    ]
    return figures


def main() -> int:
    """Run it.

    Returns:
        The exit code: 2 if an earlier run cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="ten times as much of everything")
    parser.add_argument("--out", type=Path, default=Path(".quadrille-bench"), metavar="FOLDER")
    parser.add_argument("--before", type=Path, metavar="FILE", help="bench.json of an earlier run to compare with")
    given = parser.parse_args()
    try:
        before = report.read(given.before) if given.before else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"--before: {error}\n")
        return 2
    ran_on = report.about()
    _say(", ".join(f"{name} {value}" for name, value in ran_on.items()))
    flushes = report.Flushes()
    times = 10 if given.long else 1
    of_turns, of_calls = 5000 * times, 1500 * times
    callers = place.CALLERS if given.long else (1, 64, 256)
    every = (of_turns + of_calls + 2 * stand.WARM) * saga.ROUNDS + of_calls * len(callers)
    with saga.bare_ground(every) as ground:
        with saga.our_ground(every) as platform:
            # First of all, with servers that are equally young: Kafka grows faster with what it has done.
            with saga.bare(ground) as floor, saga.ours(platform) as ours:
                pair = in_turns(saga.ROUNDS, lambda: floor.turn(of_turns), lambda: ours.turn(of_turns))
            with place.bare(ground.platform) as server, place.ours(platform) as service:
                calls = placing(server, service, of_calls, callers, saga.ROUNDS)
        figures = [*sagas(pair), *alone(ground, 3000 * times), *calls]
        idle = latency.idle_floor(ground, 6.0 * times)
    figures += latencies(3000 * times, 4.0 * times, idle)
    ran_on["flushes to its disk"] = flushes.stop()
    _say(f"flushes to its disk meanwhile: {ran_on['flushes to its disk']}")
    report.store(given.out, figures, ran_on)
    _say("")
    _say(report.table(figures, before))
    _say(f"\n{given.out / 'bench.json'} and {os.fspath(given.out / 'bench.svg')} are written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
