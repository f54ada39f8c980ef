"""The view of a page: kept in its address, changed by the filters, taken along to other pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DRAWN, REDRAWN, Opened, Site
from tests.browser.made_bill import D_XYZ, EMOJI, FRAUD, IMAGE, LEE, ONE, RISK, TITLES, TWO, seen
from tests.browser.views import View, exact, grid, tiles

pytestmark = pytest.mark.browser


def said(page: Page) -> dict[str, str]:
    """The view in the address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).fragment).items()}


def change(page: Page, name: str, value: str) -> None:
    """Chooses in a filter, and waits until everything is drawn again."""
    before = page.evaluate(DRAWN)
    field = page.locator(f".filters [name={name}]")
    if field.evaluate("node => node.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
        field.dispatch_event("change")
    page.wait_for_function(REDRAWN, arg=before)


def total(page: Page) -> object:
    cells = grid(page, "spend-by-day").foot
    return exact(cells[-1]) if cells else None


CHANGES = {
    "show": ("all", "show", "all", View(show="all")),
    "account": (TWO, "account", TWO, View(account=TWO)),
    "domain": (D_XYZ, "domain", "d-xyz", View(domain=D_XYZ)),
    "team": (IMAGE, "team", IMAGE, View(team=IMAGE)),
    "measure": ("list_cost", "measure", "list_cost", View(measure="list_cost")),
    "currency": ("EUR", "currency", "EUR", View(currency="EUR")),
    "from": ("2026-10-09", "from", "2026-10-09", View(start=date(2026, 10, 9))),
    "to": ("2026-10-09", "to", "2026-10-09", View(end=date(2026, 10, 9))),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_filter_changes_the_address_and_the_numbers(
    site: Site, shared: Opened, name: str
) -> None:
    value, key, text, view = CHANGES[name]
    page = shared.turn(site.pages["index"], "")
    assert said(page) == {}
    before = total(page)
    change(page, name, value)
    assert said(page) == {key: text}
    assert total(page) == view.total(site, view.first, view.last)
    assert total(page) != before


@pytest.mark.parametrize("place", range(6))
def test_presets_are_dates(site: Site, shared: Opened, place: int) -> None:
    page = shared.turn(site.pages["index"], "from=2026-10-02&to=2026-10-03")
    start, end = [
        ("2026-08-23", "2026-11-24"),
        ("2026-11-01", "2026-11-24"),
        ("2026-10-01", "2026-10-31"),
        ("2026-08-01", "2026-10-31"),
        ("2026-01-01", "2026-11-24"),
        ("2026-06-01", "2026-11-24"),
    ][place]
    change(page, "preset", str(place))
    shown = [page.locator(f".filters [name={name}]").input_value() for name in ("from", "to")]
    assert shown == [start, end]
    view = View(date.fromisoformat(start), date.fromisoformat(end))
    assert total(page) == view.total(site, view.first, view.last)
    assert page.locator(".fault").count() == 0


def everything(page: Page) -> list[object]:
    shown = [grid(page, panel) for panel in ("spend-by-day", "spend-by-month", "movers", "flow")]
    return [tiles(page), *shown]


def test_an_address_gives_a_colleague_the_same_page(
    site: Site, shared: Opened, open_page: Callable
) -> None:
    page = shared.show(site.pages["index"])
    for name, value in (("show", "spaces"), ("team", EMOJI), ("from", "2026-08-02"), ("measure", "billed_cost")):  # fmt: skip
        change(page, name, value)
    page.locator("#spend-by-day .options select").select_option("spend_category")
    page.wait_for_function("() => location.hash.includes('by-spend-by-day')")
    page.wait_for_function(DRAWN)
    address = urlsplit(page.url).fragment
    other = open_page().show(site.pages["index"], address)
    assert said(other) == said(page) == {
        "from": "2026-08-02", "show": "spaces", "team": EMOJI, "measure": "billed_cost",
        "by-spend-by-day": "spend_category",
    }  # fmt: skip
    assert everything(other) == everything(page)
    for name in ("show", "team", "from", "to", "measure", "currency", "preset"):
        field = f".filters [name={name}]"
        assert other.locator(field).input_value() == page.locator(field).input_value()


def test_back_and_reset(site: Site, shared: Opened) -> None:
    page = shared.show(site.pages["index"])
    opened = everything(page)
    change(page, "show", "all")
    changed = everything(page)
    change(page, "account", TWO)
    before = page.evaluate(DRAWN)
    page.go_back()
    page.wait_for_function(REDRAWN, arg=before)
    assert said(page) == {"show": "all"}
    assert page.locator(".filters [name=account]").input_value() == ""
    assert everything(page) == changed
    before = page.evaluate(DRAWN)
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function(REDRAWN, arg=before)
    assert said(page) == {}
    assert everything(page) == opened


def test_links_to_pages_take_the_view_along(site: Site, shared: Opened) -> None:
    view = View(date(2026, 9, 5), show="all", domain=D_XYZ, team=IMAGE, measure="list_cost")
    page = shared.show(site.pages["index"], view.address(site))
    wanted = {
        "from": "2026-09-05",
        "show": "all",
        "domain": "d-xyz",
        "team": IMAGE,
        "measure": "list_cost",
    }
    for name in ("Budgets", "Spaces", "Activity", "Unattended", "Trust", "Summary"):
        page.locator("nav.pages").get_by_role("link", name=name).click()
        page.wait_for_function(DRAWN)
        assert page.locator("nav.pages [aria-current=page]").inner_text() == name
        assert said(page) == wanted
    assert total(page) == view.total(site, view.first, view.last)


def test_a_page_of_a_space_keeps_dates_measure_and_currency(site: Site, shared: Opened) -> None:
    view = View(date(2026, 9, 5), date(2026, 10, 3), "spaces", measure="list_cost", currency="EUR")
    page = shared.show(site.pages["spaces"], view.address(site))
    page.get_by_role("link", name=seen(TITLES[RISK])).click()
    page.wait_for_function(DRAWN)
    own = View(view.start, view.end, "all", space=RISK, measure="list_cost", currency="EUR")
    spent = tiles(page, "space-figures")["In these dates"][0]
    assert exact(spent) == own.total(site, own.first, own.last)
    shown = [name for name in ("from", "to", "measure", "currency", "show", "account", "domain", "team", "space")
             if page.locator(f".filters [name={name}]").is_visible()]  # fmt: skip
    assert shown == ["from", "to", "measure", "currency"]


def test_all_cost_outlives_a_look_at_a_space(site: Site, shared: Opened) -> None:
    page = shared.show(site.pages["spaces"], "show=all")
    page.get_by_role("link", name=seen(TITLES[RISK])).click()
    page.wait_for_function(DRAWN)
    page.get_by_role("link", name="All spaces").click()
    page.wait_for_function(DRAWN)
    assert page.locator(".filters [name=show]").input_value() == "all"


@pytest.mark.parametrize("address", ["show=shared", "account=1", "team=x"])
def test_a_page_of_a_space_is_narrowed_by_nothing_it_does_not_show(
    site: Site, shared: Opened, address: str
) -> None:
    page = shared.show(site.page_of(LEE), address)
    assert exact(tiles(page, "space-figures")["In these dates"][0]) > 0


IDLE = {
    ("index", "key-figures", "team=payments"): "",
    ("index", "spend-by-day", "team=payments&measure=list_cost&from=2026-10-01"): "",
    ("trust", "reconciliation", "team=payments&from=2026-10-01"): "team",
    ("trust", "reconciliation", f"account={ONE}&measure=list_cost"): "account, cost measure",
    ("trust", "coverage", f"team=payments&account={ONE}"): "team",
    ("trust", "problems", "from=2026-10-01&team=payments"): "dates, team",
    ("activity", "people", "measure=list_cost&team=payments"): "cost measure",
    ("activity", "week", "measure=list_cost&domain=d-abc"): "cost measure",
    ("unattended", "unattended", "measure=list_cost&team=payments"): "cost measure",
    ("budgets", "past-periods", "measure=list_cost&team=payments"): "cost measure",
}


@pytest.mark.parametrize(("where", "words"), IDLE.items(), ids=["-".join(key) for key in IDLE])
def test_a_panel_says_what_does_not_narrow_it(
    site: Site, shared: Opened, where: tuple[str, str, str], words: str
) -> None:
    name, panel, address = where
    page = shared.turn(site.pages[name], address)
    note = page.locator(f"#{panel} .unfiltered")
    assert note.is_visible() == bool(words)
    if words:
        assert note.inner_text() == f"Not narrowed by: {words}."


NONSENSE = (
    "show=nobody&measure=free&currency=XXX&from=yesterday&to=2026-13-99x&domain=d-no",
    "measure=constructor&from=",
    "%E0%A4%A&&==&show",
    "x=1&x=2&by-spend-by-day=nothing&least=-1",
    "show=__proto__",
    "show=constructor",
    "team=nobody&account=1&space=nowhere",
    "to=2026-13-45",
)


@pytest.mark.parametrize("address", NONSENSE)
def test_an_address_that_says_nonsense_shows_what_pages_open_with(
    site: Site, shared: Opened, address: str
) -> None:
    shared.faults.clear()
    page = shared.turn(site.pages["index"], address)
    view = View()
    assert total(page) == view.total(site, view.first, view.last)
    assert page.locator(".filters [name=show]").input_value() == "shared"
    assert page.locator(".fault").count() == 0
    assert shared.faults == []


def test_what_the_address_asks_in_vain_is_told(site: Site, shared: Opened) -> None:
    page = shared.turn(site.pages["index"], "team=nobody&show=all")
    assert "not in this build (team)" in page.locator("#unknown").inner_text()
    page = shared.turn(site.pages["index"], "from=2026-06-15&to=2026-06-20")
    assert "widened to whole months" in page.locator("#unknown").inner_text()
    page = shared.turn(site.pages["index"], "")
    assert page.locator("#unknown").is_hidden()


def test_hostile_views_are_text(site: Site, shared: Opened) -> None:
    shared.faults.clear()
    address = View(team=IMAGE, show="all").address(
        site, **{"by-x": IMAGE, "least": IMAGE, "since": IMAGE}
    )
    for path in (site.pages["index"], site.pages["trust"], site.page_of(FRAUD)):
        page: Page = shared.show(Path(path), address)
        assert page.locator("main img, main script, .filters img").count() == 0
        assert page.evaluate("window.hacked") is None
    assert shared.faults == []
