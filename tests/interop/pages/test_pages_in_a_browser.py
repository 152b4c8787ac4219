"""The pages in a real browser, from their files: quiet, usable by keyboard, on a phone, in both modes, accessible."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from admin.reference import sources as gather
from pages.site import INDEX, build, write
from registry.catalogue import load
from tests.support.browser import DESK, PHONE, Tab

ROOT = Path(__file__).parents[3]
EVENT = "events/payment.PaymentFailed.html"
LOOKED_AT = [INDEX, EVENT, "api.html", "flow.html", "topics.html", "types.html", "names.html", "services/order.html"]

# Axe would ask for the style sheet once more, by a request that no page from a file may make.
AXE = {"preload": False, "resultTypes": ["violations"]}

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("pages") / "docs"
    write(out, build(gather(ROOT, load(ROOT))))
    return out


class PageVisit(Tab):
    """A tab on the pages of a folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        super().__init__(page)
        self.folder = folder

    def go(self, path: str) -> Page:
        file, hash_, fragment = path.partition("#")
        self.page.goto((self.folder / file).as_uri() + hash_ + fragment)
        return self.page

    @property
    def focused(self) -> str:
        return self.page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href') || ''")

    @property
    def paper(self) -> str:
        return self.page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.fixture
def visit(browser: Browser, folder: Path):
    """Open a tab; at the end, it asked for files only and had no complaint."""
    opened: list[PageVisit] = []

    def of(*, script: bool = True, **options) -> PageVisit:
        context = browser.new_context(java_script_enabled=script, **{"viewport": DESK, **options})
        opened.append(PageVisit(context.new_page(), folder))
        return opened[-1]

    yield of
    for one in opened:
        one.page.context.close()
        assert one.complaints == []
        assert [url for url in one.asked if not url.startswith(("file://", "data:"))] == []


def test_axe_finds_no_violation(visit):
    one = visit()
    for path in LOOKED_AT:
        page = one.go(path)
        page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        found = Axe().run(page, options=AXE)
        assert found.response["violations"] == [], f"{path}: {found.generate_report()}"
        assert len(found.response["passes"]) > 15, path


def test_axe_finds_enough_contrast_in_dark_mode_too(visit):
    one = visit(color_scheme="dark")
    for path in (INDEX, EVENT, "flow.html", "topics.html"):
        found = Axe().run(one.go(path), options={**AXE, "runOnly": ["color-contrast"]})
        assert found.response["violations"] == [], f"{path}: {found.generate_report()}"
        assert [rule["id"] for rule in found.response["passes"]] == ["color-contrast"], path


def test_axe_finds_no_violation_on_a_phone_or_while_searching(visit):
    one = visit(viewport=PHONE)
    for path in (INDEX, EVENT, "flow.html"):
        page = one.go(path)
        page.get_by_role("searchbox").fill("order")
        found = Axe().run(page, options=AXE)
        assert found.response["violations"] == [], f"{path}: {found.generate_report()}"


def test_nothing_is_wider_than_a_phone(visit, folder):
    one = visit(viewport=PHONE)
    for path in sorted(folder.rglob("*.html")):
        page = one.go(path.relative_to(folder).as_posix())
        page.evaluate("for (const folded of document.querySelectorAll('main details')) folded.open = true")
        assert one.overflow <= 0, path.name


def test_search_finds_events_fields_and_methods_and_leads_to_them(visit):
    one = visit()
    page = one.go(EVENT)
    page.keyboard.press("/")
    assert one.focused == "query"
    found = page.locator("#found a")
    for typed, first in (("placeord", "PlaceOrder"), ("reserved", "InventoryReserved"), ("tracking", "tracking_id")):
        page.get_by_role("searchbox").fill(typed)
        assert found.first.locator("strong").inner_text() == first
    page.get_by_role("searchbox").fill("no such thing")
    assert page.locator("#found").inner_text() == "Nothing has this name."
    page.get_by_role("searchbox").fill("PlaceOrder")
    page.keyboard.press("ArrowDown")
    assert one.focused == "../api.html#quadrille.order.v1.OrderService.PlaceOrder"
    page.keyboard.press("Escape")
    assert one.focused == "query"
    assert not page.locator("#found").is_visible()
    page.get_by_role("searchbox").fill("OrderCreated")
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/order.OrderCreated.html")
    assert page.get_by_role("heading", level=1).inner_text() == "OrderCreated"


def test_dark_mode_follows_the_system_and_the_button_and_is_kept(visit):
    light, dark = visit(color_scheme="light"), visit(color_scheme="dark")
    for one in (light, dark):
        one.go(INDEX)
    papers = light.paper, dark.paper
    assert papers == ("rgb(255, 255, 255)", "rgb(21, 24, 28)")
    button = light.page.get_by_role("button", name="Dark mode")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert (light.paper, button.get_attribute("aria-pressed")) == (papers[1], "true")
    light.go(EVENT)
    assert light.paper == papers[1]
    light.page.get_by_role("button", name="Dark mode").click()
    assert light.paper == papers[0]


def test_the_keyboard_reaches_the_content_the_search_and_the_first_event(visit):
    one = visit()
    page = one.go(INDEX)
    page.keyboard.press("Tab")
    assert one.focused == "#content"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert one.focused == "content"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(one.focused)
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid", reached[-1]
        if reached[-1] == "events/order.OrderCreated.html":
            break
    assert reached[-1] == "events/order.OrderCreated.html"
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/order.OrderCreated.html")
    for wanted in ("#content", "../index.html", "query", "theme"):
        page.keyboard.press("Tab")
        assert one.focused == wanted


def test_a_link_into_something_folded_opens_it(visit):
    one = visit()
    page = one.go(f"{EVENT}#fields.amount.currency_code")
    assert page.locator('[id="fields.amount.currency_code"]').is_visible()
    assert not page.locator('[id="fields.available.currency_code"]').is_visible()


def test_the_contents_fold_on_a_phone_and_unfold_on_a_desk(visit):
    one = visit(viewport=PHONE)
    page = one.go(INDEX)
    first = page.locator(".menu a").first
    assert not first.is_visible()
    page.locator(".menu summary").click()
    assert first.is_visible()
    page.locator(".menu summary").click()
    page.set_viewport_size(DESK)
    first.wait_for(state="visible")


def test_the_pages_work_without_their_script(visit):
    one = visit(script=False)
    page = one.go(INDEX)
    assert not page.locator("#query").is_visible()
    page.get_by_role("link", name="All names").click()
    page.get_by_role("link", name="InventoryReserved", exact=True).last.click()
    assert page.get_by_role("heading", level=1).inner_text() == "InventoryReserved"
    assert page.get_by_text("Every line of the order is held.").first.is_visible()


def test_printed_pages_are_light_and_leave_out_what_paper_cannot_use(visit):
    one = visit(color_scheme="dark")
    page = one.go(EVENT)
    page.emulate_media(media="print", color_scheme="dark")
    assert one.paper == "rgb(255, 255, 255)"
    assert not page.locator(".menu").is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator('[id="fields.available.currency_code"]').is_visible()
