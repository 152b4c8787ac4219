"""Where faults are injected: two instances of each service on real servers, a proxy before each server and each API.

The servers belong to one supervisor, the services to another, which reaches them through the proxies only.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from local import provision, state
from local.catalogue import service_names
from local.platform import set_running, start
from local.settings import SERVERS, Platform
from services.catalogue import SERVICES
from services.chassis.observe.failpoints import parse
from tests.live.faults.proxy import Proxy
from tests.live.faults.small_disk import SmallDisk
from tests.live.faults.verdict import Row
from tests.support.load import Load
from tests.support.platforms import RESTART_PAUSE, environment, free_base, fresh
from tests.support.waiting import until

INSTANCES = 2
SESSION_SECONDS = 6
TIMEOUTS = {"QUADRILLE_SESSION_TIMEOUT": str(SESSION_SECONDS), "QUADRILLE_TRANSACTION_TIMEOUT": "5"}
#: Until something happens that must: more than anything here has ever taken.
ENOUGH_SECONDS = 120.0
#: So many orders must be completed before orders count as moving again: every partition has its share of them.
PROBES = 8
PROBE_SECONDS = 3.0
ALL_SERVICES = [f"{service}-{number}" for number in range(1, INSTANCES + 1) for service in SERVICES]


class Ground:
    """Two platforms that are one, and what can be done to them."""

    def __init__(
        self, servers: Platform, services: Platform, proxies: dict[str, Proxy], rules: Path, disk: SmallDisk
    ) -> None:
        self.servers = servers
        self.platform = services
        self.proxies = proxies
        self.disk = disk
        self.rows: list[Row] = []
        self._rules = rules
        #: Poisonous records that a service has been given, or is to read yet.
        self.poured: Counter[str] = Counter()
        self.apis = {f"order-{n}": Proxy(services.port("order", n)) for n in range(1, INSTANCES + 1)}

    @property
    def order_addresses(self) -> list[str]:
        return [f"127.0.0.1:{proxy.port}" for proxy in self.apis.values()]

    def close(self) -> None:
        for proxy in self.apis.values():
            proxy.close()

    # Processes.

    def _home(self, name: str) -> Platform:
        return self.servers if name in SERVERS else self.platform

    def pid(self, name: str) -> int | None:
        current = state.read(self._home(name).run)
        process = current.processes.get(name) if current else None
        return process.pid if process else None

    def signal(self, name: str, number: signal.Signals) -> int:
        pid = self.pid(name)
        assert pid is not None, f"{name} does not run"
        os.kill(pid, number)
        return pid

    async def kill(self, *names: str) -> None:
        """Kill processes, and wait until the supervisor has others in their place that run."""
        before = [(name, self.signal(name, signal.SIGKILL)) for name in names]
        for name, pid in before:
            await self.runs_anew(name, pid)

    async def runs_anew(self, name: str, before: int) -> None:
        """Wait until another process runs in the place of this one."""

        def anew() -> bool:
            current = state.read(self._home(name).run)
            process = current.processes.get(name) if current else None
            return process is not None and process.pid not in (None, before) and process.stage == "running"

        await until(anew, f"{name} runs again")

    def deaths(self, service: str) -> int:
        """Count how often instances of a service have ended and were started again."""
        current = state.read(self.platform.run)
        processes = current.processes.values() if current else ()
        return sum(process.restarts for process in processes if process.name.startswith(f"{service}-"))

    async def all_run(self) -> None:
        """Wait until every service runs."""

        def run() -> bool:
            current = state.read(self.platform.run)
            found = current.processes if current else {}
            return all(
                name in found and found[name].stage == "running" and found[name].alive() for name in ALL_SERVICES
            )

        await until(run, "every service runs")

    async def freeze(self, names: list[str], seconds: float) -> None:
        """Stop processes in the middle of whatever they do, and let them go on: they know nothing of the pause."""
        for name in names:
            self.signal(name, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for name in names:
                self.signal(name, signal.SIGCONT)

    def keep_running(self, *but: str) -> None:
        """Have the supervisor run every service but these."""
        set_running(self.platform, [name for name in service_names(self.platform) if name not in but])

    # Failpoints.

    def arm(self, service: str, rule: str, known: list[str]) -> None:
        """Let whichever instance of a service comes to a point first die there."""
        parse(rule, known)
        beside = self._rules / f".{service}"
        beside.write_text(rule)
        beside.rename(self._rules / service)

    def disarm(self, service: str) -> None:
        (self._rules / service).unlink(missing_ok=True)

    def armed(self, service: str) -> bool:
        return (self._rules / service).exists()

    # Databases.

    def direct_url(self, url: str) -> str:
        """Give a database's URL past the proxy."""
        return _through(url, self.servers.port("postgres"))

    @contextmanager
    def database(self, service: str) -> Iterator[psycopg.Connection]:
        """Connect to a service's database, as the service, past the proxy."""
        url = self.direct_url(self.platform.database_url(service))
        with psycopg.connect(url, connect_timeout=5) as connection:
            yield connection

    def in_flight(self) -> int:
        """Count the orders that have not settled."""
        with self.database("order") as connection:
            found = connection.execute("SELECT count(*) FROM orders WHERE NOT settled").fetchone()
        assert found is not None
        return int(found[0])

    # Orders.

    async def recover(self, load: Load) -> float:
        """Wait until orders that are placed from now on are completed, and tell how long that took."""
        began = time.monotonic()
        async with asyncio.timeout(ENOUGH_SECONDS):
            made = await asyncio.gather(*(load.place("completed", seconds=PROBE_SECONDS) for _ in range(PROBES)))
            ids = [order_id for request in made for order_id in request.order_ids]
            while True:
                with self.database("order") as connection:
                    query = "SELECT count(*) FROM orders WHERE state = 'COMPLETED' AND order_id = ANY(%s::uuid[])"
                    found = connection.execute(query, (ids,)).fetchone()
                if found == (PROBES,):
                    return time.monotonic() - began
                await asyncio.sleep(0.05)


@contextmanager
def prepared() -> Iterator[Ground]:
    """Run everything, for as long as the context lasts."""
    base = free_base()
    ports = {name: Platform.load(port_base=base).port(name) for name in SERVERS}
    proxies = {name: Proxy(port) for name, port in ports.items()}
    at = {name: f"127.0.0.1:{proxy.port}" for name, proxy in proxies.items()}
    try:
        with (
            SmallDisk() as disk,
            environment(TIMEOUTS),
            fresh("faults-servers", port_base=base, kafka_advertised=at["kafka"]) as servers,
        ):
            start(servers, services=False)
            external = {
                "external_postgres_url": _through(servers.postgres_admin_url, proxies["postgres"].port),
                "external_kafka": at["kafka"],
                "external_registry_url": _through(servers.registry_url, proxies["registry"].port),
            }
            with fresh(
                "faults", port_base=base, instances=INSTANCES, restart_pause=RESTART_PAUSE, **external
            ) as services:
                rules = services.data / "failpoints"
                rules.mkdir(parents=True)
                provision.provision(services)
                disk.apply_answer("payment", servers.postgres_admin_url, services.database_url("payment"))
                with environment({**TIMEOUTS, "QUADRILLE_FAILPOINT": f"@{rules}"}):
                    start(services)
                    ground = Ground(servers, services, proxies, rules, disk)
                    try:
                        yield ground
                    finally:
                        ground.close()
    finally:
        for proxy in proxies.values():
            proxy.close()


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}"))
