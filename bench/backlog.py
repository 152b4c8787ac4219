"""Saga throughput with a backlog: orders wait in the topic, then inventory, payment and shipping are started."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import time

from bench import stand
from local.platform import set_running


def spy(folder: str, name: str, pid: int) -> subprocess.Popen[bytes]:
    """Record where a process spends its time, with the `py-spy` that stands on PATH.

    Args:
        folder: Where `<name>.txt` is written: one stack a line, with how often it was seen.
        name: The process.
        pid: Its id.

    Returns:
        The recorder; an interrupt ends it.
    """
    options = ["--pid", str(pid), "--format", "raw", "--output", f"{folder}/{name}.txt", "--nonblocking", "--gil"]
    return subprocess.Popen(["py-spy", "record", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--port-base", type=int, default=46000)
    parser.add_argument("--profile", metavar="FOLDER", help="record each service with py-spy")
    given = parser.parse_args()
    os.environ["QUADRILLE_MAX_OPEN_ORDERS"] = str(10 * given.orders)
    os.environ["QUADRILLE_ORDER_DEADLINE"] = "86400"
    with stand.platform("backlog", given.port_base) as platform:
        asyncio.run(stand.furnish(platform, given.orders))
        everything = stand.every_name(platform)
        late = {"inventory-1", "payment-1", "shipping-1"}
        set_running(platform, [name for name in everything if name not in late])
        while set(stand.pids(platform)) & late:
            time.sleep(0.1)
        placing = stand.cost(stand.pids(platform))
        began = time.perf_counter()
        asyncio.run(stand.place(platform.service_address("order"), given.orders, 64))
        took = time.perf_counter() - began
        print(f"placed {given.orders / took:,.0f}/s")
        spent = stand.cost(stand.pids(platform)).since(placing)
        for name, seconds in sorted(spent.seconds.items()):
            print(f"  {name:12} {1000 * seconds / given.orders:6.3f} ms CPU an order placed")
        set_running(platform, everything)
        while not late <= set(stand.pids(platform)):
            time.sleep(0.01)
        before = stand.cost(stand.pids(platform))
        spies = [spy(given.profile, name, pid) for name, pid in stand.pids(platform).items() if given.profile]
        began = stand.wait_until_settled(platform, 1)
        ended = stand.wait_until_settled(platform, given.orders)
        spent = stand.cost(stand.pids(platform)).since(before)
        for running in spies:
            running.send_signal(signal.SIGINT)
            running.wait()
        print(f"{given.orders / (ended - began):,.0f} sagas/s")
        for name, seconds in sorted(spent.seconds.items()):
            print(f"  {name:12} {1000 * seconds / given.orders:6.3f} ms CPU a saga (start-up included)")
        print(f"  sum {1000 * sum(spent.seconds.values()) / given.orders:6.3f} ms")


if __name__ == "__main__":
    main()
