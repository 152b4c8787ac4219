"""What the console costs, and what it does to a browser, while thousands of orders a second go through.

    python -m bench.console [--orders N] [--seconds N]

Orders are placed while inventory, payment and shipping are frozen, and again; then the backlog is let go. Meanwhile a
headless Chromium has one view after the other open.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil
from playwright.sync_api import CDPSession, Page

from bench import stand
from local.settings import Platform
from tests.support.browser import DESK, chromium

PORT_BASE = 14500
VIEWS = ("orders", "flow", "numbers", "trouble")
#: What the page counts: states that came, changes of the document, tasks over 50 ms, gaps between two frames.
WATCH = """async () => {
  const live = await import("./live.js");
  window.seen = { states: 0, changes: 0, tasks: 0, longest: 0, frame: 0 };
  live.follow(() => { window.seen.states += 1; });
  new MutationObserver((found) => { window.seen.changes += found.length; }).observe(document.getElementById("content"),
    { subtree: true, childList: true, characterData: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) {
    window.seen.tasks += 1; window.seen.longest = Math.max(window.seen.longest, one.duration); } })
    .observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => { window.seen.frame = Math.max(window.seen.frame, now - last); last = now;
    requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured while a view was open.

    Attributes:
        phase: What the system did meanwhile.
        view: Which view.
        seconds: How long.
        page: What the page counted.
        heap: Bytes of JavaScript's heap, after a collection.
        nodes: Nodes of documents, after a collection.
        gateway_cpu: CPU of the gateway, in cores.
        gateway_rss: Memory of the gateway, in bytes.
        said: What the view said below its heading.
    """

    phase: str
    view: str
    seconds: float
    page: Mapping[str, float]
    heap: float
    nodes: float
    gateway_cpu: float
    gateway_rss: int
    said: str

    def __str__(self) -> str:
        """Tell it in a line."""
        page = self.page
        return (
            f"{self.phase:9} {self.view:8} {page['states'] / self.seconds:4.1f} states/s  "
            f"{page['changes'] / self.seconds:6.0f} changes/s  {page['tasks']:3.0f} long tasks, longest "
            f"{page['longest']:4.0f} ms, longest frame {page['frame']:4.0f} ms  heap {self.heap / 1e6:5.1f} MB  "
            f"{self.nodes:6.0f} nodes  gateway {self.gateway_cpu:4.2f} cores, {self.gateway_rss / 1e6:4.0f} MB  "
            f"{self.said}"
        )


def look(page: Page, session: CDPSession, gateway: int, phase: str, view: str, seconds: float) -> Seen:
    """Have a view open for a while.

    Args:
        page: The tab.
        session: Its debugger.
        gateway: The gateway's process id.
        phase: What the system does meanwhile.
        view: Which view.
        seconds: How long.

    Returns:
        What was measured.
    """
    page.evaluate(f"location.hash = '#/{view}'")
    page.evaluate("window.seen = { states: 0, changes: 0, tasks: 0, longest: 0, frame: 0 }")
    before, began = stand.cost({"gateway": gateway}), time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    took = time.perf_counter() - began
    spent = stand.cost({"gateway": gateway}).since(before).seconds["gateway"]
    counted = page.evaluate("window.seen")
    said = page.locator(".sub").first.inner_text()
    session.send("HeapProfiler.collectGarbage")
    figures = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    rss = psutil.Process(gateway).memory_info().rss
    return Seen(phase, view, took, counted, figures["JSHeapUsedSize"], figures["Nodes"], spent / took, rss, said)


def placing(platform: Platform, orders: int) -> threading.Thread:
    """Place orders from a thread of its own.

    Args:
        platform: Where.
        orders: How many.

    Returns:
        The thread; it runs.
    """

    def work() -> None:
        began = time.perf_counter()
        asyncio.run(stand.place(platform.service_address("order"), orders, 64))
        print(f"placed {orders / (time.perf_counter() - began):,.0f} orders a second", flush=True)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def measure(platform: Platform, orders: int, seconds: float) -> None:
    """Measure while the system is idle, takes orders, works off its backlog, and is idle again.

    Args:
        platform: Where.
        orders: How many.
        seconds: How long each view is open.
    """
    with chromium() as browser:
        pids = stand.pids(platform)
        readers = {name: pids[name] for name in stand.READERS}
        page = browser.new_context(viewport={"width": DESK["width"], "height": DESK["height"]}).new_page()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        page.goto(f"{platform.console_url}#/flow")
        page.wait_for_selector("h1")
        page.evaluate(WATCH)
        print(look(page, session, pids["gateway"], "idle", "flow", seconds), flush=True)
        with stand.frozen(readers):
            thread = placing(platform, orders)
            for view in VIEWS:
                print(look(page, session, pids["gateway"], "placing", view, seconds), flush=True)
            thread.join()
        began = time.perf_counter()
        while (done := stand.settled(platform)) < orders:
            for view in VIEWS:
                print(look(page, session, pids["gateway"], "backlog", view, seconds), flush=True)
        print(f"{done / (time.perf_counter() - began):,.0f} sagas a second or more")
        for view in VIEWS:
            print(look(page, session, pids["gateway"], "after", view, seconds), flush=True)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=30_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    given = parser.parse_args()
    with stand.patient(10 * given.orders), stand.platform("console", PORT_BASE) as platform:
        asyncio.run(stand.furnish(platform, 2 * given.orders))
        asyncio.run(stand.place(platform.service_address("order"), stand.WARM, 16))
        stand.wait_until_settled(platform, stand.WARM)
        measure(platform, given.orders, given.seconds)


if __name__ == "__main__":
    main()
