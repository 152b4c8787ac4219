"""The console as a process of its own before the shared platform, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.live.gateway.processes import served
from tests.support.browser import DESK, Tab

WAIT_MS = 20_000


@pytest.fixture(scope="session")
def console(platform, tmp_path_factory) -> Iterator[str]:
    """A console that may write; the platform's own one may only read."""
    log = tmp_path_factory.mktemp("console") / "console.log"
    values = {
        **platform.environment(),
        "QUADRILLE_CONSOLE": "write",
        "QUADRILLE_INSTANCE": "console-under-test",
    }
    with served("console", log, values) as running:
        yield f"{running.url}/console/"
        assert running.stop() == 0, log.read_text()
        assert "Traceback" not in log.read_text()


class Visit(Tab):
    """A tab on the console."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page)
        self.url = url
        #: Parts of what the browser may complain about: it tells of every answer that is an error.
        self.expected: list[str] = []
        page.set_default_timeout(WAIT_MS)

    def go(self, path: str, heading: str | None = None) -> Page:
        self.page.goto(f"{self.url}#{path}")
        if heading is not None:
            self.page.get_by_role("heading", level=1, name=heading).wait_for()
        return self.page


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
