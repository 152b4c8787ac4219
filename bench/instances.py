"""One, two and four instances of each service, on one machine: what more processes give, and where the cores end.

    python -m bench.instances [--orders N] [--instances 1,2,4]

Orders are placed by 64 callers that wait for each answer, and timed until the last has settled. CPU is that of every
process but the callers'.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time

import psutil

from bench import stand
from bench.saga import PORTS
from services.catalogue import SERVICES


def measure(instances: int, orders: int, port_base: int) -> str:
    """Measure one number of instances.

    Args:
        instances: Of each service.
        orders: How many.
        port_base: Where its ports begin.

    Returns:
        A line of a Markdown table.
    """
    with stand.platform("instances", port_base, instances=instances) as platform:
        asyncio.run(stand.furnish(platform, 2 * orders))
        asyncio.run(stand.place(platform.service_address("order"), stand.WARM, 64))
        stand.wait_until_settled(platform, stand.WARM)
        pids = stand.pids(platform)
        spent = stand.cost(pids)
        began = time.perf_counter()
        # Half of the callers at each of two instances, and so on: as a load balancer would have it.
        addresses = [platform.service_address("order", number) for number in range(1, instances + 1)]

        async def place() -> None:
            await asyncio.gather(*(stand.place(a, orders // instances, 64 // instances) for a in addresses))

        asyncio.run(place())
        seconds = stand.wait_until_settled(platform, stand.WARM + orders // instances * instances) - began
        cpu = stand.cost(pids).since(spent).seconds
        services = [pid for name, pid in pids.items() if name.rpartition("-")[0] in SERVICES]
        memory = sum(psutil.Process(pid).memory_info().rss for pid in services) / 1e6
        total, of_servers = sum(cpu.values()), cpu["postgres"] + cpu["kafka"]
        return (
            f"| {instances} | {orders / seconds:,.0f} | {1000 * total / orders:.2f} ms | "
            f"{1000 * of_servers / orders:.2f} ms | {total / seconds:.2f} of {os.cpu_count()} | {memory:,.0f} MB |"
        )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=6000)
    parser.add_argument("--instances", default="1,2,4")
    parser.add_argument("--port-base", type=int, default=PORTS["ours"])
    given = parser.parse_args()
    os.environ["QUADRILLE_MAX_OPEN_ORDERS"] = str(10 * given.orders)
    heads = (
        "instances of each",
        "orders/s, placed and settled",
        "CPU an order",
        "servers' part",
        "cores used",
        "memory",
    )
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for number in map(int, given.instances.split(",")):
        print(measure(number, given.orders, given.port_base), flush=True)


if __name__ == "__main__":
    main()
