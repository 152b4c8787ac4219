"""Two instances of each service, real processes: one is killed under load, and no call fails. The console shows it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import httpx2
import psycopg
import pytest
from playwright.sync_api import expect

from local import state, status
from local.catalogue import server_names, service_names
from local.platform import set_running
from local.settings import Platform
from services.catalogue import SERVICES
from tests.live.gateway.test_instances import ORDER
from tests.support.browser import DESK, chromium
from tests.support.load import furnish
from tests.support.platforms import running

pytestmark = pytest.mark.live

CALLERS = 8
SECONDS = 4.0
HEALTH_MS = 60_000


@pytest.fixture(scope="module")
def two() -> Iterator[Platform]:
    with running("two-instances", instances=2) as platform:
        asyncio.run(furnish(platform))
        yield platform


class Callers:
    """Callers who place orders, and ask for them, as fast as they are answered."""

    def __init__(self, platform: Platform) -> None:
        self._url = platform.gateway_url
        self.codes: Counter[int] = Counter()
        self.placed: dict[str, str] = {}
        self.slowest = 0.0
        self.done = asyncio.Event()

    async def run(self) -> None:
        async with httpx2.AsyncClient(base_url=self._url, trust_env=False, timeout=60) as http:
            await asyncio.gather(*(self._call(http) for _ in range(CALLERS)))

    async def _call(self, http: httpx2.AsyncClient) -> None:
        order = {**ORDER, "customerId": "rich", "lines": [{**ORDER["lines"][0], "sku": "plenty"}]}
        while not self.done.is_set():
            key, began = str(uuid4()), time.monotonic()
            answer = await http.post("/orders", json=order, headers={"Idempotency-Key": key})
            self.codes[answer.status_code] += 1
            if answer.status_code == 200:
                self.placed[key] = answer.json()["order"]["orderId"]
                found = await http.get(f"/orders/{self.placed[key]}")
                self.codes[found.status_code] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)


def answered(platform: Platform, method: str) -> list[int]:
    """How many calls of a method each instance of order has answered."""
    found = []
    for number in (1, 2):
        text = httpx2.get(f"http://127.0.0.1:{platform.port('order_metrics', number)}/metrics", trust_env=False).text
        lines = [line for line in text.splitlines() if f'/{method}"' in line and "_requests_total{" in line]
        found.append(int(sum(float(line.rpartition(" ")[2]) for line in lines)))
    return found


@pytest.mark.parametrize("number", [1, 2])
async def test_an_instance_that_is_killed_under_load_fails_no_call(two, number, record_property) -> None:
    callers = Callers(two)
    working = asyncio.create_task(callers.run())
    await asyncio.sleep(SECONDS)
    assert min(answered(two, "PlaceOrder")) > 0
    assert min(answered(two, "GetOrder")) > 0
    killed = state.read(two.run).processes[f"order-{number}"].pid
    os.kill(killed, signal.SIGKILL)
    before = sum(callers.codes.values())
    await asyncio.sleep(SECONDS)
    callers.done.set()
    await working
    assert sum(callers.codes.values()) > before + 10
    assert set(callers.codes) == {200}, callers.codes
    record_property("calls", dict(callers.codes))
    record_property("slowest", callers.slowest)
    # Asked again at the other instance, it is the same order.
    assert len(set(callers.placed.values())) == len(callers.placed)
    with psycopg.connect(two.audit_url("order")) as connection:
        query = "SELECT count(*) FROM orders WHERE order_id = ANY(%s::uuid[])"
        assert connection.execute(query, ([*callers.placed.values()],)).fetchone() == (len(callers.placed),)
    async with asyncio.timeout(120):
        while not all(one.ready for one in (await asyncio.to_thread(status.collect, two)).services):
            await asyncio.sleep(0.2)


async def test_an_instance_that_is_frozen_is_left_out_after_a_while(two, record_property) -> None:
    frozen = state.read(two.run).processes["order-1"].pid
    callers = Callers(two)
    os.kill(frozen, signal.SIGSTOP)
    began = time.monotonic()
    try:
        working = asyncio.create_task(callers.run())
        # Keepalive asks it after 12 seconds at the latest, and waits for 5.
        await asyncio.sleep(20)
        callers.codes.clear()
        await asyncio.sleep(SECONDS)
        assert set(callers.codes) == {200}, callers.codes
        callers.done.set()
        await working
    finally:
        os.kill(frozen, signal.SIGCONT)
    record_property("frozen", round(time.monotonic() - began, 1))
    async with asyncio.timeout(120):
        while not all(one.ready for one in (await asyncio.to_thread(status.collect, two)).services):
            await asyncio.sleep(0.2)


async def test_an_instance_that_is_stopped_in_order_fails_no_call_and_stops_soon(two) -> None:
    callers = Callers(two)
    working = asyncio.create_task(callers.run())
    await asyncio.sleep(1)
    everything = server_names(two) + service_names(two)
    began = time.monotonic()
    await asyncio.to_thread(set_running, two, [name for name in everything if name != "order-1"])
    took = time.monotonic() - began
    await asyncio.sleep(1)
    callers.done.set()
    await working
    await asyncio.to_thread(set_running, two, everything)
    assert set(callers.codes) == {200}, callers.codes
    # The gateway watches its health for ever: that must not be waited for.
    assert took < two_grace(), took


def two_grace() -> float:
    from services.chassis.settings import Settings

    grace = Settings.model_fields["stop_grace"].default
    assert isinstance(grace, float)
    return grace


def test_every_view_of_the_console_knows_both_instances_and_sees_one_go(two) -> None:
    everything = server_names(two) + service_names(two)
    with chromium() as browser:
        page = browser.new_context(viewport=DESK).new_page()
        page.goto(f"{two.console_url}#/flow")
        expect(page.locator("#health")).to_have_text("all 12 parts answer", timeout=HEALTH_MS)
        for service in SERVICES:
            expect(page.locator(".score .name").filter(has_text=service)).to_contain_text("2 of 2 up")
        set_running(two, [name for name in everything if name != "order-1"])
        try:
            expect(page.locator("#away")).to_contain_text("order-1", timeout=HEALTH_MS)
            expect(page.locator(".score .name").filter(has_text="order")).to_contain_text("1 of 2 up")
            # The other one answers whatever is asked.
            page.goto(f"{two.console_url}#/orders")
            page.locator("tbody a").first.click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Order ")
            page.goto(f"{two.console_url}#/trouble")
            expect(page.get_by_text("No dead letter is open")).to_be_visible(timeout=HEALTH_MS)
            expect(page.get_by_text("No order is stuck")).to_be_visible(timeout=HEALTH_MS)
            page.goto(f"{two.console_url}#/numbers")
            expect(page.locator(".note.warn")).to_contain_text(str(two.port("order_metrics", 1)), timeout=HEALTH_MS)
        finally:
            set_running(two, everything)
        expect(page.locator("#health")).to_have_text("all 12 parts answer", timeout=HEALTH_MS)
