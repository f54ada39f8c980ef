"""Pages for everybody: axe's rules on each page, and every control within reach of a keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DRAWN, Opened, Site
from tests.browser.made_bill import FRAUD

pytestmark = pytest.mark.browser

PAGES = ("index", "budgets", "spaces", "activity", "unattended", "trust", "fraud")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ALL = {"type": "tag", "values": list(RULES)}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
FOCUSED = """() => {
  const now = document.activeElement;
  return now.getAttribute("aria-label") || now.name || now.textContent.trim();
}"""


def path_of(site: Site, name: str) -> Path:
    return site.page_of(FRAUD) if name == "fraud" else site.pages[name]


def violations(page: Page, rules: dict = ALL) -> list[str]:
    """What axe finds serious or critical: rule, how often, and the first places."""
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['impact']} {one['id']} x {len(one['nodes'])}: {one['help']}; "
        + " | ".join(f"{node['target']} {node['failureSummary']}" for node in one["nodes"][:3])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(
    site: Site, open_page: Callable[..., Opened], name: str, width: int
) -> None:
    page = open_page(None, width).show(path_of(site, name))
    page.evaluate(UNFOLD)
    assert violations(page) == []
    # Nothing but colours differs in the dark.
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []


def test_axe_would_find_something(site: Site, open_page: Callable[..., Opened]) -> None:
    page = open_page().show(site.pages["trust"])
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [line for line in violations(page) if "critical button-name" in line]


# --- by keyboard alone ---------------------------------------------------------------------------


def walk(page: Page, steps: int) -> list[str]:
    """The names of what the next presses of Tab reach, in order."""
    names = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUSED))
    return names


def test_the_first_stop_leads_past_the_header(site: Site, open_page: Callable[..., Opened]) -> None:
    page = open_page().show(site.pages["index"])
    assert walk(page, 1) == ["Skip to the figures"]
    link = page.locator(".skip")
    assert link.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert "#" not in page.url  # the fragment is the view
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('#key-figures'))")


def test_filters_are_reached_and_worked(site: Site, open_page: Callable[..., Opened]) -> None:
    opened = open_page()
    page = opened.show(site.pages["index"])
    shown = page.locator(".filters :is(select, input, button):visible")
    names = shown.evaluate_all("all => all.map((one) => one.name || one.textContent)")
    assert set(names) >= {"preset", "from", "to", "show", "account", "domain", "team", "space"}
    # A field for a date has stops of its own for day, month and year.
    reached = dict.fromkeys(walk(page, 2 * len(names) + 20))
    assert [name for name in reached if name in names] == names
    before = page.locator("#key-figures .figure").first.text_content()
    page.locator("[name=measure]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "before => document.querySelector('#key-figures .figure').textContent !== before",
        arg=before,
    )
    page.wait_for_function(DRAWN)
    assert "measure=list_cost" in page.url
    assert page.evaluate(FOCUSED) == "measure"
    assert opened.faults == []


def test_a_column_is_sorted_and_says_so(site: Site, open_page: Callable[..., Opened]) -> None:
    page = open_page().show(site.pages["spaces"])
    head = page.locator("#all-spaces thead th").first
    head.get_by_role("button").focus()
    for way in ("ascending", "descending"):
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#all-spaces thead th:first-child[aria-sort={way}]")
        assert page.evaluate("Boolean(document.activeElement.closest('#all-spaces thead'))")


def test_a_shortened_name_is_revealed(site: Site, open_page: Callable[..., Opened]) -> None:
    page = open_page().show(site.page_of(FRAUD))
    page.evaluate(UNFOLD)
    button = page.locator("button[aria-expanded]:visible").first
    button.focus()
    for is_open in ("true", "false"):
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-expanded") == is_open
