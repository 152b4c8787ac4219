"""The console as a process of its own before the shared platform, and a browser that looks at it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from local.environment import child_environment
from local.settings import CHECKOUT
from tests.gateway.processes import free_port
from tests.interop.tools import tool

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
START_SECONDS = 30.0
WAIT_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the session: Playwright's loop runs in this thread for as long as it lives, and asyncio tests need theirs.
    chromium = tool("chromium", "chromium-browser", "google-chrome", install="on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def console(platform, tmp_path_factory) -> Iterator[str]:
    """A console that may write; the platform's own one may only read."""
    log = tmp_path_factory.mktemp("console") / "console.log"
    port = free_port()
    values = {
        **platform.environment(),
        "QUADRILLE_CONSOLE": "write",
        "QUADRILLE_GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "QUADRILLE_INSTANCE": "console-under-test",
    }
    bare = {name: value for name, value in child_environment(values).items() if not name.startswith("QUADRILLE_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "console"], cwd=CHECKOUT, env={**bare, **values}, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx2.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).raise_for_status()
                break
            except httpx2.TransportError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/console/"
        process.terminate()
        assert process.wait(20) == 0, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


class Visit:
    """A tab, and everything that it asked for or complained about."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        #: Parts of what the browser may complain about: it tells of every answer that is an error.
        self.expected: list[str] = []
        self.asked: set[str] = set()
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.add(request.url))

    def go(self, path: str, heading: str | None = None) -> Page:
        self.page.goto(f"{self.url}#{path}")
        if heading is not None:
            self.page.get_by_role("heading", level=1, name=heading).wait_for()
        return self.page

    @property
    def overflow(self) -> int:
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture
def visit(browser: Browser, console: str):
    """Open a tab; at the end, it asked for nothing from elsewhere and had no complaint but those that are expected."""
    opened: list[Visit] = []

    def of(**options) -> Visit:
        url = options.pop("url", console)
        context = browser.new_context(**{"viewport": DESK, **options})
        opened.append(Visit(context.new_page(), url))
        return opened[-1]

    yield of
    for one in opened:
        one.page.context.close()
        home = one.url.removesuffix("/console/")
        assert [url for url in one.asked if not url.startswith(home)] == []
        assert [text for text in one.complaints if not any(part in text for part in one.expected)] == []
