"""The platform with provider and carrier outside: the stub, as a process that can be killed and comes back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest

from local.platform import start, stop
from local.settings import CHECKOUT, Platform
from tests.faults.ground import INSTANCES, TIMEOUTS, Ground
from tests.load import furnish
from tests.rolling.test_rolling_upgrade import free_base

DATA = CHECKOUT / ".quadrille-tests-outside"
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
def outside() -> Iterator[tuple[Ground, Stub]]:
    """Two instances of each service; payment and shipping ask the stub."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("QUADRILLE_") and n != "QUADRILLE_CACHE"]:
            patch.delenv(name)
        platform = Platform.load(data=DATA, port_base=free_base(), instances=INSTANCES)
        stop(platform)
        shutil.rmtree(DATA, ignore_errors=True)
        DATA.mkdir()
        stub = Stub(platform.port_base + 60, "--decline-customer", "poor", "--unserved", "AQ")
        for name, value in {**TIMEOUTS, **CALLS}.items():
            patch.setenv(name, value)
        patch.setenv("QUADRILLE_PAYMENT_PROVIDER_URL", stub.url)
        patch.setenv("QUADRILLE_CARRIER_URL", stub.url)
        try:
            stub.start()
            start(platform)
            import asyncio

            asyncio.run(furnish(platform))
            yield Ground(platform), stub
        finally:
            stop(platform)
            stub.stop()
            shutil.rmtree(DATA, ignore_errors=True)
