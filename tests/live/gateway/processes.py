"""The gateway as a process, before whatever listens at an address."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from local.environment import child_environment
from local.settings import CHECKOUT
from tests.support.ports import free_port

START_SECONDS = 30.0


@dataclass
class Running:
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def served(module: str, log: Path, values: Mapping[str, str]) -> Iterator[Running]:
    """Run a module that serves HTTP, with these `QUADRILLE_…` variables and no others."""
    port = free_port()
    values = {"QUADRILLE_GATEWAY_LISTEN": f"127.0.0.1:{port}", **values}
    bare = {name: value for name, value in child_environment(values).items() if not name.startswith("QUADRILLE_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=CHECKOUT, env={**bare, **values}, stdout=output, stderr=output
        )
    try:
        running = Running(f"http://127.0.0.1:{port}", process, log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx2.get(f"{running.url}/healthz", trust_env=False).raise_for_status()
                break
            except httpx2.TransportError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield running
    finally:
        process.kill()
        process.wait()


@contextmanager
def gateway(order_address: str, log: Path, **settings: str) -> Iterator[Running]:
    values = {f"QUADRILLE_GATEWAY_{name.upper()}": value for name, value in settings.items()}
    with served("gateway", log, {"QUADRILLE_ORDER_ADDRESS": order_address, **values}) as running:
        yield running


def code_and_reason(answer: httpx2.Response) -> tuple[int, str]:
    """The HTTP code, and the reason of the ErrorInfo that every error carries."""
    body = answer.json()
    reasons = [detail["reason"] for detail in body["details"] if detail["@type"].endswith("google.rpc.ErrorInfo")]
    assert len(reasons) == 1, body
    assert body["message"]
    assert body["code"] > 0
    return answer.status_code, reasons[0]


def violations(answer: httpx2.Response) -> dict[str, str]:
    details = answer.json()["details"]
    found = [one for detail in details for one in detail.get("fieldViolations", [])]
    return {one["field"]: one["description"] for one in found}


async def events(lines: Any) -> Any:
    """Parse a stream as an EventSource does: each event as its id, name and data."""
    event: dict[str, str] = {}
    async for line in lines:
        if line.startswith(":"):
            continue  # a comment: the stream was silent for a while
        if line:
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")
        elif event:
            yield event
            event = {}
