"""The console in a real browser, before the real platform: an order, a refusal, a dead letter, a service that died."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from local import state
from local.catalogue import server_names, service_names
from local.platform import set_running
from tests.live.console.conftest import WAIT_MS
from tests.live.failures.records import id_of, put
from tests.support.browser import PHONE
from tests.support.shop import Shop

pytestmark = pytest.mark.live

expect.set_options(timeout=WAIT_MS)
VIEWS = [("/flow", "Flow"), ("/orders", "Orders"), ("/trouble", "Trouble"), ("/numbers", "Numbers")]
AXE = {"resultTypes": ["violations"]}


def run(work):
    """Run a coroutine beside Playwright, which has a loop of its own in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Known:
    """A customer with credit, an item on the shelf, and orders by the API."""

    def __init__(self, platform, *, stock: int = 1000, credit: int = 100_000) -> None:
        self.platform = platform

        async def opened() -> Shop:
            async with Shop(platform) as shop:
                await shop.open(stock=stock, credit=credit)
                return shop

        shop = run(opened())
        self.sku, self.customer = shop.sku, shop.customer

    def _shop(self) -> Shop:
        shop = Shop(self.platform)
        shop.sku, shop.customer = self.sku, self.customer
        return shop

    def settled(self, **changes) -> str:
        async def placed() -> str:
            async with self._shop() as shop:
                order_id = await shop.place(**changes)
                await shop.settled(order_id)
                return order_id

        return run(placed())

    def place(self) -> str:
        async def placed() -> str:
            async with self._shop() as shop:
                return await shop.place()

        return run(placed())


@pytest.fixture(scope="module")
def known(platform) -> Known:
    return Known(platform)


@pytest.fixture(scope="module")
def completed(known) -> str:
    return known.settled()


@pytest.fixture(scope="module")
def poor(platform) -> Known:
    return Known(platform, credit=50)


@pytest.fixture(scope="module")
def declined(poor) -> str:
    return poor.settled()


def test_an_order_is_placed_with_the_form_and_watched_until_it_completes(visit, known):
    one = visit()
    page = one.go("/orders", "Orders")
    page.get_by_role("button", name="Place an order").click()
    form = page.get_by_role("dialog", name="Place an order")
    form.get_by_label("Customer").fill(known.customer)
    form.get_by_label("SKU").fill(known.sku)
    form.get_by_label("Quantity").fill("3")
    form.get_by_label("Price of one").fill("1.00")
    form.get_by_label("Who places it").fill("a tester")
    form.get_by_role("button", name="Place the order").click()
    page.wait_for_url(re.compile(r"#/orders/[0-9a-f-]{36}$"))
    expect(page.locator(".verdict")).to_contain_text("completed")
    expect(page.locator(".verdict")).to_contain_text("settled after")
    steps = page.locator(".steps > li")
    expect(steps).to_have_count(5)
    assert [step.locator("a").first.inner_text() for step in steps.all()] == [
        "OrderCreated",
        "InventoryReserved",
        "PaymentCompleted",
        "OrderShipped",
        "OrderCompleted",
    ]
    assert all(re.fullmatch(r"[+\u2212].+ m?s", step.locator(".gap").inner_text()) for step in steps.all()[1:])
    steps.first.locator("summary").click()
    event = json.loads(steps.first.locator("pre").inner_text())
    assert event["order"]["customer_id"] == known.customer
    page.go_back()
    expect(page.locator("tbody")).to_contain_text(known.customer)


def test_a_form_that_is_wrong_says_what_is_wrong(visit, known):
    one = visit()
    one.expected = ["400"]
    page = one.go("/orders", "Orders")
    page.get_by_role("button", name="Place an order").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Customer").fill("no such name!")
    form.get_by_label("SKU").fill(known.sku)
    form.get_by_label("Price of one").fill("1.00")
    form.get_by_role("button", name="Place the order").click()
    expect(form.get_by_role("alert")).to_contain_text("customerId")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)


def test_a_declined_order_says_why(visit, poor, declined):
    page = visit().go(f"/orders?reason=INSUFFICIENT_CREDIT&customer={poor.customer}", "Orders")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("insufficient credit")
    row.get_by_role("link").click()
    expect(page.locator(".verdict")).to_contain_text("insufficient credit")
    expect(page.locator(".steps")).to_contain_text("PaymentFailed")
    why = "payment declined the charge: INSUFFICIENT_CREDIT (asked 1.00 USD, available 0.50 USD)"
    expect(page.locator(".why")).to_contain_text(f"Why it was cancelled: {why}")
    expect(page.locator(".why")).to_contain_text("no stock is held, no money is kept, nothing ships")
    expect(page.locator(".steps")).to_contain_text("INSUFFICIENT_CREDIT (asked 1.00 USD, available 0.50 USD)")
    assert page.url.endswith(declined)


def test_filters_are_in_the_address_and_the_back_button_undoes_them(visit, known, completed, declined):
    page = visit().go("/orders", "Orders")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.get_by_label("State").select_option("COMPLETED")
    page.get_by_role("textbox", name="Customer").fill(known.customer)
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url(f"**/#/orders?state=COMPLETED&customer={known.customer}")
    expect(page.locator("tbody")).not_to_contain_text("cancelled")
    expect(page.locator("tbody")).to_contain_text(completed[-12:])
    assert set(page.locator("tbody td:nth-child(3)").all_inner_texts()) == {"completed"}
    page.go_back()
    page.go_back()
    expect(page.get_by_label("State")).to_have_value("")
    expect(page.locator("tbody")).to_contain_text(declined[-12:])


def test_an_order_that_waits_says_for_whom_and_can_be_cancelled(visit, platform, known):
    pid = state.read(platform.run).processes["inventory-1"].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        order_id = known.place()
        page = visit().go(f"/orders/{order_id}", "Order")
        waits = page.get_by_role("region", name="What it waits for")
        expect(waits).to_contain_text("inventory to answer OrderCreated with InventoryFailed or InventoryReserved")
        expect(waits).to_contain_text("Then, of these, what fits")
        page.get_by_role("button", name="Cancel the order").click()
        dialog = page.get_by_role("dialog", name="Cancel the order")
        dialog.get_by_label("Why").fill("the customer called")
        dialog.get_by_role("button", name="Ask for it").click()
        expect(page.locator(".steps")).to_contain_text("OrderCancelRequested")
    finally:
        os.kill(pid, signal.SIGCONT)
    expect(page.locator(".verdict")).to_contain_text("cancelled")
    expect(page.locator(".verdict")).to_contain_text("customer request")
    expect(page.locator(".verdict")).to_contain_text("settled after")


def broken_letter(platform, order_id: str) -> dict[str, int]:
    """Put bytes that nobody can read behind a settled order, and mend inventory's letter as a later version's reader
    would: what lies in the table is then what order really published. Gives each service's letter.
    """
    from quadrille.events.order import OrderCreated

    from services.chassis.wire.decoder import frame

    with psycopg.connect(platform.database_url("order")) as connection:
        query = "SELECT body FROM outbox WHERE key = %s AND type = %s"
        (body,) = connection.execute(query, (order_id, OrderCreated.SCHEMA.full_name)).fetchone()
    put(platform, "order-events", (order_id.encode(), b"\x00garbage"))
    good = frame(id_of(platform, OrderCreated, "order-events"), bytes(body))
    found: dict[str, int] = {}
    deadline = time.monotonic() + 20
    while len(found) < 3:
        assert time.monotonic() < deadline, found
        for service in ("inventory", "payment", "shipping"):
            with psycopg.connect(platform.database_url(service)) as connection:
                row = connection.execute(
                    "SELECT id FROM dead_letters WHERE state = 'OPEN' AND key = %s", (order_id.encode(),)
                ).fetchone()
                if row is not None:
                    found[service] = row[0]
        time.sleep(0.1)
    with psycopg.connect(platform.database_url("inventory")) as connection:
        connection.execute("UPDATE dead_letters SET value = %s WHERE id = %s", (good, found["inventory"]))
    return found


def violations(page: Page) -> list[object]:
    """What Axe has against a page."""
    found: list[object] = Axe().run(page, options=AXE).response["violations"]
    return found


def act(page: Page, method: str, reason: str, outcome: str) -> None:
    page.get_by_role("button", name=method, exact=True).click()
    dialog = page.get_by_role("dialog")
    go = dialog.get_by_role("button", name=f"{method} now")
    expect(go).to_be_disabled()
    dialog.get_by_label("Why").fill(reason)
    dialog.get_by_label("Who, kept with it").fill("a tester")
    dialog.get_by_role("button", name="Dry run").click()
    expect(dialog).to_contain_text(f"Tried and taken back: 1 {outcome}")
    go.click()
    expect(page.get_by_role("heading", level=1).locator("..")).to_contain_text(outcome)


def test_a_dead_letter_is_read_tried_replayed_and_another_dropped(visit, platform, completed):
    found = broken_letter(platform, completed)
    page = visit().go("/trouble", "Trouble")
    name = f"inventory/{found['inventory']}"
    expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.locator("#troubles")).to_contain_text("3")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=f"Dead letter {name}")).to_be_visible()
    expect(page.locator("pre")).to_contain_text(completed)
    act(page, "Replay", "the reader was mended", "replayed")
    expect(page.locator(".history")).to_contain_text("a tester (console)")
    expect(page.locator(".history")).to_contain_text("the reader was mended")
    expect(page.get_by_role("button", name="Replay", exact=True)).to_have_count(0)
    for service in ("payment", "shipping"):
        page.evaluate(f"location.hash = '#/trouble/{service}/{found[service]}'")
        expect(page.get_by_role("heading", name=f"Dead letter {service}/{found[service]}")).to_be_visible()
        expect(page.locator("pre")).to_contain_text("67 61 72 62 61 67 65")
        act(page, "Drop", "a test poured it in", "dropped")
    page.get_by_role("link", name="← Trouble").click()
    expect(page.get_by_text("No dead letter is open")).to_be_visible()
    expect(page.locator("#troubles")).to_be_hidden()


@pytest.fixture
def refused(platform) -> Iterator[Callable[[], None]]:
    """Payment's table refuses every new row, until the fixture is called."""

    def mend() -> None:
        with psycopg.connect(platform.database_url("payment")) as connection:
            connection.execute("ALTER TABLE payments DROP CONSTRAINT IF EXISTS none")

    with psycopg.connect(platform.database_url("payment")) as connection:
        connection.execute("ALTER TABLE payments ADD CONSTRAINT none CHECK (false) NOT VALID")
    yield mend
    mend()


def test_from_the_start_page_a_newcomer_finds_what_holds_an_order_up_and_puts_it_right(visit, known, refused):
    one = visit()
    order_id = known.place()
    page = one.go("/flow", "Flow")
    page.get_by_role("link", name="dead letters 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trouble")
    page.get_by_label("Waiting longer than").select_option("5")
    stuck = page.get_by_role("region", name="Table of stuck orders").filter(has_text="behind the dead letter")
    expect(stuck).to_contain_text(order_id[-12:])
    assert violations(page) == []
    stuck.get_by_role("link", name=order_id[-12:]).click()
    held = page.locator(".note").filter(has_text="could not let an event of this order take effect")
    name = held.get_by_role("link").inner_text()
    assert name.startswith("payment/")
    assert violations(page) == []

    # Cancelled meanwhile: what follows of the order waits behind the letter, and says behind which.
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_role("dialog").get_by_label("Why").fill("it takes too long")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.locator(".why")).to_contain_text("Its caller asked for it")
    expect(page.locator(".why")).to_contain_text("is being undone")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Trouble").click()
    letters = page.get_by_role("region", name="Table of dead letters").locator("tbody tr")
    waiting = letters.filter(has_text="Waiting")
    expect(waiting).to_contain_text(order_id[-12:])
    waiting.get_by_role("link").first.click()
    advice = page.get_by_role("region", name="What it means")
    expect(advice).to_contain_text(f"it waits behind {name}, an earlier record of its order")
    advice.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=f"Dead letter {name}")).to_be_visible()
    expect(advice).to_contain_text("1 later record of its order waits")
    assert violations(page) == []
    expect(advice).to_contain_text("its handler failed each time. Mend what the error names")

    page.get_by_role("button", name="Replay", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill("does it hold?")
    dialog.get_by_role("button", name="Dry run").click()
    expect(dialog).to_contain_text("It would fail again: mend the cause first")
    expect(dialog).to_contain_text("CheckViolation")
    # What the database says, not the statement with all of its values.
    expect(dialog).not_to_contain_text("INSERT INTO")
    refused()
    dialog.get_by_role("button", name="Dry run").click()
    expect(dialog).to_contain_text("Tried and taken back: 2 replayed")
    dialog.get_by_role("button", name="Replay now").click()
    expect(advice).to_contain_text("It has taken effect after all")
    advice.get_by_role("link", name="its order").click()
    expect(page.locator(".why")).to_contain_text("no stock is held, no money is kept, nothing ships")
    expect(page.locator(".verdict")).to_contain_text("settled after")
    expect(page.locator("#troubles")).to_be_hidden()


def test_the_audit_is_made_on_demand(visit, completed):
    page = visit().go("/trouble", "Trouble")
    page.get_by_role("button", name="Audit now").click()
    expect(page.get_by_text(re.compile(r"Every invariant holds for [\d,]+ orders"))).to_be_visible()
    judged = page.get_by_role("region", name="Invariants").locator("tbody td:first-child").all_inner_texts()
    assert {"stock", "money", "completed orders", "cancelled orders", "agreement", "settled"} <= set(judged)


def test_a_service_that_goes_away_is_seen_and_so_is_its_coming_back(visit, platform):
    page = visit().go("/flow", "Flow")
    expect(page.locator("#health")).to_have_text("all 8 parts answer")
    # Killed alone, the supervisor may have it back between two looks.
    everything = server_names(platform) + service_names(platform)
    set_running(platform, [name for name in everything if name != "shipping-1"])
    try:
        expect(page.locator("#away")).to_contain_text("shipping-1")
        expect(page.locator("#health")).to_contain_text("away")
        expect(page.get_by_role("listitem").filter(has_text="shipping-1")).to_have_class("bad")
    finally:
        set_running(platform, everything)
    expect(page.locator("#health")).to_have_text("all 8 parts answer", timeout=30_000)
    expect(page.locator("#away")).to_be_hidden()


def test_the_flow_is_the_choreography_and_its_events_lead_to_their_schemas(visit):
    page = visit().go("/flow", "Flow")
    names = {link.text_content() for link in page.locator(".score a[href*=events]").all()}
    assert {"OrderCreated", "InventoryReserved", "PaymentCompleted", "OrderShipped"} <= names
    assert len(names) == 14
    page.get_by_role("link", name="InventoryRollback").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("InventoryRollback")
    expect(page.get_by_role("region", name="Fields")).to_contain_text("order_id")
    expect(page.locator(".versions > li")).to_have_count(2)


def test_a_console_that_may_only_read_shows_everything_and_changes_nothing(visit, platform, completed):
    one = visit(url=platform.console_url)
    page = one.go("/orders", "Orders")
    page.get_by_role("button", name="Place an order").click()
    expect(page.get_by_role("dialog")).to_contain_text("QUADRILLE_CONSOLE=write")
    expect(page.get_by_role("button", name="Place the order")).to_be_disabled()
    one.expected = ["403"]
    code = page.evaluate(
        f"""fetch("api/orders/{completed}/cancel", {{method: "POST", body: '{{"reason": "x"}}', headers:
        {{"content-type": "application/json", "x-quadrille-console": "1"}}}}).then((answer) => answer.status)"""
    )
    assert code == 403


def test_axe_finds_no_violation_in_any_view_in_both_modes_and_on_a_phone(visit, completed, declined):
    views = [
        *VIEWS,
        (f"/orders/{declined}", "Order"),
        ("/events/InventoryFailed", "InventoryFailed"),
        ("/no", "There is"),
    ]
    for options in ({}, {"color_scheme": "dark"}, {"viewport": PHONE}):
        one = visit(**options)
        for path, heading in views:
            page = one.go(path, heading)
            expect(page.locator("#health")).to_contain_text("answer")
            found = Axe().run(page, options=AXE)
            assert found.response["violations"] == [], f"{path} {options}: {found.generate_report()}"
            assert len(found.response["passes"]) > 10, path
            assert one.overflow <= 0, f"{path} {options} is wider than the screen"


def test_axe_finds_no_violation_in_the_dialogs(visit, known):
    for options in ({}, {"color_scheme": "dark", "viewport": PHONE}):
        page = visit(**options).go("/orders", "Orders")
        page.get_by_role("button", name="Place an order").click()
        page.get_by_role("dialog").wait_for()
        found = Axe().run(page, options=AXE)
        assert found.response["violations"] == [], found.generate_report()


def test_dark_mode_follows_the_system_and_the_button_and_is_kept(visit):
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = visit(color_scheme="light"), visit(color_scheme="dark")
    papers = [one.go("/flow", "Flow").evaluate(paper) for one in (light, dark)]
    assert papers[0] != papers[1]
    button = light.page.get_by_role("button", name="Dark mode")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert light.page.evaluate(paper) == papers[1]
    light.page.reload()
    light.page.get_by_role("heading", level=1, name="Flow").wait_for()
    assert light.page.evaluate(paper) == papers[1]


def test_the_keyboard_reaches_every_view_and_a_new_view_has_the_focus(visit):
    page = visit().go("/flow", "Flow")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    expect(page.get_by_role("heading", level=1)).to_have_text("Flow")
    link = page.get_by_role("navigation", name="Views").get_by_role("link", name="Orders")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    assert page.evaluate("document.activeElement.id") == "content"
    assert page.title() == "Orders · Quadrille console"
    expect(link).to_have_attribute("aria-current", "page")


def test_a_row_keeps_the_focus_while_orders_arrive(visit, known):
    page = visit().go("/orders", "Orders")
    first = page.locator("tbody a").first
    first.focus()
    href = first.get_attribute("href")
    known.settled()
    expect(page.locator("tbody a").first).not_to_have_attribute("href", href)
    assert page.evaluate("document.activeElement.getAttribute('href')") == href


def test_live_regions_do_not_chatter_while_nothing_happens(visit):
    page = visit().go("/flow", "Flow")
    expect(page.locator("#health")).to_have_text("all 8 parts answer")
    page.evaluate(
        """window.told = 0; new MutationObserver((seen) => { window.told += seen.length; }).observe(document.body,
        {subtree: true, childList: true, characterData: true, attributes: false});
        window.loud = 0; for (const one of document.querySelectorAll('[role=status], [aria-live]'))
          new MutationObserver((seen) => { window.loud += seen.length; }).observe(one, {subtree: true, childList: true,
          characterData: true})"""
    )
    page.wait_for_timeout(2500)
    assert page.evaluate("window.told") > 0, "the page did not change: this test would see nothing"
    assert page.evaluate("window.loud") == 0
