"""The platform with provider and carrier outside: the stub, as a process that can be killed and comes back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest

from local.platform import start
from local.settings import CHECKOUT
from tests.live.remote_providers.ground import INSTANCES, TIMEOUTS, TwoInstances
from tests.support.load import furnish
from tests.support.platforms import RESTART_PAUSE, environment, free_base, fresh

DATA = CHECKOUT / ".quadrille-tests-outside"
RULES = DATA / "failpoints"
SILENT = "silent"
CALLS = {
    "QUADRILLE_CALL_TIMEOUT": "1",
    "QUADRILLE_CALL_CONCURRENCY": "32",
    "QUADRILLE_CALL_FIRST_BACKOFF": "0.2",
    "QUADRILLE_CALL_LONGEST_BACKOFF": "2",
}


class Stub:
    """The stub's process, started again whenever it ends. What it has done is in its file."""

    def __init__(self, port: int, *options: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "local.stub", "--port", str(port), "--file", str(DATA / "stub.db")]
        self._options = options
        self._stopping = False
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running)

    def start(self) -> None:
        self._thread.start()
        self.ready()

    def ready(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                self.books()
                return
            except OSError:
                assert time.monotonic() < deadline, "the stub does not come up"
                time.sleep(0.05)

    def stop(self) -> None:
        self._stopping = True
        if self._process is not None:
            self._process.kill()
        self._thread.join()

    def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)

    def again(self, *options: str) -> None:
        """Start it anew, with other options."""
        self._options = options
        self.kill()
        time.sleep(0.2)
        self.ready()

    def books(self) -> dict[str, list[dict[str, object]]]:
        with urllib.request.urlopen(f"{self.url}/books", timeout=20) as answer:  # noqa: S310 - loopback
            found: dict[str, list[dict[str, object]]] = json.load(answer)
        return found

    def _keep_running(self) -> None:
        while not self._stopping:
            self.starts += 1
            self._process = subprocess.Popen([*self._command, *self._options], cwd=CHECKOUT, stdout=subprocess.DEVNULL)
            self._process.wait()


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[TwoInstances, Stub]]:
    """Two instances of each service; payment and shipping ask the stub, and die where a rule says so."""
    base = free_base()
    stub = Stub(base + 60, "--decline-customer", "poor", "--unserved", "AQ")
    addresses = {"QUADRILLE_PAYMENT_PROVIDER_URL": stub.url, "QUADRILLE_CARRIER_URL": stub.url}
    with (
        environment({**TIMEOUTS, **CALLS, **addresses, "QUADRILLE_FAILPOINT": f"@{RULES}"}),
        fresh("outside", port_base=base, instances=INSTANCES, restart_pause=RESTART_PAUSE) as platform,
    ):
        RULES.mkdir(parents=True)
        stub.start()
        try:
            start(platform)
            asyncio.run(furnish(platform))
            yield TwoInstances(platform, RULES), stub
        finally:
            stub.stop()
