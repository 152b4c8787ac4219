"""What telemetry costs: saga throughput with everything on against everything off, one after the other, several times.

    python -m bench.telemetry [--rounds N] [--orders N] [--before CHECKOUT]

On: spans go to an OTLP receiver, and every process is scraped every five seconds. Off: neither. Counting itself cannot
be switched off, so an earlier checkout shows what that costs. CPU time counts more than throughput here: it hardly
depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)

from local.settings import CHECKOUT, GATEWAY, PORT_OFFSETS
from services.catalogue import SERVICES

SCRAPE_SECONDS = 5.0
PORT_BASE = 21300
_RATE = re.compile(r"^ours: ([\d,]+) sagas/s", re.MULTILINE)
_COST = re.compile(r"^  (\S+) +([\d.]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Round:
    """One run.

    Attributes:
        rate: Sagas a second.
        services: CPU milliseconds of the four services for a saga.
        all: Those of every process.
    """

    rate: float
    services: float
    all: float


class _Receiver(TraceServiceServicer):
    def __init__(self) -> None:
        self.spans = 0

    def Export(self, request: pb.ExportTraceServiceRequest, _context: object) -> pb.ExportTraceServiceResponse:  # noqa: N802
        self.spans += sum(len(scope.spans) for one in request.resource_spans for scope in one.scope_spans)
        return pb.ExportTraceServiceResponse()


@contextmanager
def _watched() -> Iterator[dict[str, str]]:
    """Receive spans and scrape metrics.

    Yields:
        What the services' environment needs.
    """
    receiver, stop, scraped = _Receiver(), threading.Event(), 0
    server = grpc.server(ThreadPoolExecutor(2))
    add_TraceServiceServicer_to_server(receiver, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def scrape() -> None:
        nonlocal scraped
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while not stop.wait(SCRAPE_SECONDS):
            for name in (*SERVICES, GATEWAY):
                try:
                    url = f"http://127.0.0.1:{PORT_BASE + PORT_OFFSETS[f'{name}_metrics']}/metrics"
                    scraped += len(opener.open(url, timeout=5).read()) > 0
                except (urllib.error.URLError, TimeoutError):
                    continue  # not started yet, or frozen

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
    finally:
        stop.set()
        thread.join()
        server.stop(1).wait()
        print(f"  received {receiver.spans:,} spans, scraped {scraped} times")


def _run(checkout: Path, orders: int, environment: dict[str, str]) -> Round:
    # Also an earlier checkout, whose own ports may be others.
    code = f"from bench import saga; saga.PORTS['ours'] = {PORT_BASE}; saga.main()"
    command = [sys.executable, "-c", code, "--only", "ours", "--orders", str(orders)]
    said = subprocess.run(
        command, cwd=checkout, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    rate = _RATE.search(said)
    costs = {name: float(cost) for name, cost in _COST.findall(said)}
    if rate is None or not costs:
        raise SystemExit(f"bench.saga said something else:\n{said}")
    services = sum(cost for name, cost in costs.items() if name.partition("-")[0] in SERVICES)
    return Round(float(rate[1].replace(",", "")), services, sum(costs.values()))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="measure an earlier checkout too")
    given = parser.parse_args()
    rounds: dict[str, list[Round]] = {}
    for number in range(given.rounds):
        names = ["off", "on", *(["before"] if given.before else [])]
        for name in names if number % 2 == 0 else reversed(names):
            if name == "on":
                with _watched() as environment:
                    result = _run(CHECKOUT, given.orders, environment)
            else:
                result = _run(given.before if name == "before" else CHECKOUT, given.orders, {})
            print(
                f"{name:6} {result.rate:6,.0f} sagas/s  {result.services:.3f} / {result.all:.3f} ms CPU a saga",
                flush=True,
            )
            rounds.setdefault(name, []).append(result)
    print("\nmedian  sagas/s  services  everything")
    for name, found in rounds.items():
        rate, services, every = (statistics.median(getattr(r, f) for r in found) for f in ("rate", "services", "all"))
        print(f"{name:6} {rate:8,.0f}  {services:8.3f}  {every:10.3f}")


if __name__ == "__main__":
    main()
