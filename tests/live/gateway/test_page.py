"""The page at `/docs` in a real browser, before the real platform: an order is placed by hand, and nothing leaves."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from tests.live.gateway.test_orders_over_http import order
from tests.support.browser import PHONE, Tab
from tests.support.shop import Shop

pytestmark = [pytest.mark.live, pytest.mark.interop]

# What Swagger UI's own markup leaves: buttons in the button that folds an operation, headings that begin with the third
# level, and a title outside the main part.
LEFT = {"nested-interactive", "heading-order", "region"}


@pytest.fixture
def opened(browser: Browser, platform):
    """Open the page; at the end, nothing was asked of anybody else, and the browser has complained of nothing."""
    tabs: list[Tab] = []

    def of(**options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 1000}, **options})
        page = context.new_page()
        tabs.append(Tab(page))
        page.goto(f"{platform.gateway_url}/docs")
        page.locator(".opblock").first.wait_for()
        return page

    yield of
    for tab in tabs:
        tab.page.context.close()
    asked = [url for tab in tabs for url in tab.asked]
    origin = urlsplit(platform.gateway_url).netloc
    assert len(asked) > 5
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {origin}
    assert [text for tab in tabs for text in tab.complaints] == []


def unfold(page: Page, operation: str) -> Locator:
    found = page.locator(f"#operations-OrderService-{operation}")
    found.locator("button.opblock-summary-control").click()
    found.get_by_role("button", name="Try it out").click()
    return found


def answer(operation: Locator) -> tuple[str, dict]:
    operation.locator(".execute").click()
    live = operation.locator(".live-responses-table")
    live.locator(".response .response-col_status").wait_for()
    code = live.locator(".response .response-col_status").inner_text().split()[0]
    return code, json.loads(live.locator(".response .response-col_description pre").first.inner_text())


def violations(page: Page) -> set[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 15
    nodes = {violation["id"]: [node["html"] for node in violation["nodes"]] for violation in found["violations"]}
    assert set(nodes) <= LEFT, nodes
    return set(nodes)


def open_shop(platform) -> Shop:
    """Open a shop; in a thread of its own, since Playwright's loop runs in this one."""

    async def stock() -> Shop:
        async with Shop(platform) as shop:
            await shop.open(stock=10, credit=1000)
        return shop

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, stock()).result()


def test_it_shows_every_operation_with_what_it_does(opened) -> None:
    page = opened()
    shown = [tuple(" ".join(one.split()).split(" ", 2)) for one in page.locator(".opblock-summary").all_inner_texts()]
    document = json.loads((files("quadrille") / "openapi.json").read_text())
    assert shown == [
        (verb.upper(), path, operation["summary"])
        for path, operations in document["paths"].items()
        for verb, operation in operations.items()
    ]
    assert len(shown) == 5


def test_an_order_is_placed_and_followed_to_its_end(opened, platform) -> None:
    body = json.dumps(order(open_shop(platform)))
    page = opened()
    placing = unfold(page, "PlaceOrder")
    placing.locator("textarea").fill(body)
    code, told = answer(placing)
    assert (code, told["order"]["state"]) == ("200", "ORDER_STATE_PENDING")
    order_id = told["order"]["orderId"]
    code, again = answer(placing)
    assert (code, again["order"]["orderId"]) == ("200", order_id)  # the same key

    watching = unfold(page, "WatchOrder")
    watching.locator('tr[data-param-name="order_id"] input').fill(order_id)
    watching.locator(".execute").click()
    watching.get_by_text("ORDER_STATE_COMPLETED").first.wait_for()

    getting = unfold(page, "GetOrder")
    getting.locator('tr[data-param-name="order_id"] input').fill(order_id)
    code, told = answer(getting)
    assert (code, told["state"], told["settled"]) == ("200", "ORDER_STATE_COMPLETED", True)


def test_a_second_visit_has_a_key_of_its_own(opened) -> None:
    keys = {
        unfold(opened(), "PlaceOrder").locator('tr[data-param-name="Idempotency-Key"] input').input_value()
        for _ in range(2)
    }
    assert len(keys) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_but_what_the_viewer_is_known_for(opened, platform, scheme) -> None:
    page = opened(color_scheme=scheme)
    violations(page)
    placing = unfold(page, "PlaceOrder")
    placing.locator("textarea").fill(json.dumps(order(Shop(platform))))
    assert answer(placing)[0] == "200"
    assert violations(page) == LEFT


def test_its_text_is_not_wider_than_a_phone(opened) -> None:
    page = opened(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
