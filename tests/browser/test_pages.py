"""Pages of a real ledger, opened from disk in a real Chromium: drawn, silent, offline, inert."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DRAWN, Opened, Site
from tests.browser.made_bill import (
    CHURN,
    EMOJI,
    FORMULA,
    FRAUD,
    IDLE,
    IMAGE,
    KIM,
    LEE,
    LINK,
    LONG,
    LONG_ONE,
    PERSON,
    QUIET,
    RISK,
    SCRIPT,
    TURNED,
    TWIN,
    seen,
)
from tests.browser.views import exact, grid, tiles

pytestmark = pytest.mark.browser

PAGES = ("index", "budgets", "spaces", "activity", "unattended", "trust")
OF_SPACES = {"fraud": FRAUD, "long": LONG_ONE, "risk": RISK, "quiet": QUIET, "idle": IDLE}
# What is on the page for each trace of a figure, by its type.
MARKS = """box => {
  const count = (what) => box.querySelectorAll(what).length;
  const given = (kind) => box.data.filter((trace) => trace.type === kind);
  const points = (kind) => given(kind).reduce((sum, trace) => sum + (trace.x || []).length, 0);
  const lines = given("scatter").filter((trace) => trace.mode === "lines" && trace.x.length);
  return {
    wanted: {
      bars: points("bar") + points("waterfall"), heat: given("heatmap").length,
      nodes: given("sankey").reduce((sum, trace) => sum + new Set([...trace.link.source, ...trace.link.target]).size, 0),
      links: given("sankey").reduce((sum, trace) => sum + trace.link.value.length, 0), lines: lines.length,
    },
    found: {
      bars: count(".bars .point"), heat: count(".hm image"), nodes: count(".sankey-node"),
      links: count(".sankey-link"),
      lines: [...box.querySelectorAll(".scatterlayer .trace")].filter((one) => one.querySelector(".js-line")).length,
    },
    width: box.querySelector(".main-svg").getBoundingClientRect().width,
  };
}"""
CHARTS = {
    "index": ["spend-by-day", "spend-by-month", "movers", "flow", "heat"],
    "budgets": ["standings", "burn-up"],
    "spaces": [],
    "activity": ["week", "calls-by-day"],
    "unattended": ["unattended"],
    "trust": ["bridge", "coverage"],
    "fraud": ["space-by-day", "space-by-month", "space-burn-up", "space-hours"],
    "idle": [],
}


def path_of(site: Site, name: str) -> Path:
    return site.pages[name] if name in PAGES else site.page_of(OF_SPACES[name])


def charts(page: Page) -> Iterator[tuple[str, dict]]:
    for box in page.locator(".chart:visible").all():
        panel = box.evaluate("box => box.closest('[data-panel]').id")
        yield panel, box.evaluate(MARKS)


def assert_fits(page: Page, width: int) -> None:
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for panel, marks in charts(page):
            assert width / 2 < marks["width"] <= width, panel


@pytest.mark.parametrize("name", [*PAGES, *OF_SPACES])
def test_a_page_draws_everything_silently(site: Site, shared: Opened, name: str) -> None:
    shared.faults.clear()
    page = shared.show(path_of(site, name))
    assert page.locator(".fault, [aria-busy=true]").count() == 0
    drawn = dict(charts(page))
    for panel, marks in drawn.items():
        assert marks["found"] == marks["wanted"], panel
        assert sum(marks["found"].values()) > 0, panel
    if name in CHARTS:
        assert list(drawn) == CHARTS[name]
    # Each panel shows something, or says why there is nothing.
    for panel in page.locator("[data-panel]").all():
        assert panel.locator(".tile, .chart svg, tbody tr, .empty, dl").count() > 0
    assert_fits(page, 1280)
    assert page.evaluate("window.hacked") is None
    assert shared.faults == []


def test_a_phone_needs_no_scrolling_sideways(site: Site, open_page: Callable) -> None:
    opened = open_page(None, 390)
    for name in (*PAGES, "fraud", "long"):
        assert_fits(opened.show(path_of(site, name)), 390)
        assert opened.faults == [], name


def test_charts_follow_a_change_from_light_to_dark(site: Site, open_page: Callable) -> None:
    page = open_page().show(site.pages["index"])
    text = page.locator(".legendtext").first
    light = text.evaluate("node => getComputedStyle(node).fill")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => getComputedStyle(document.querySelector('.legendtext')).fill !== light", arg=light
    )


def test_a_ledger_without_sagemaker_says_so(empty_site: Site, open_page: Callable) -> None:
    opened = open_page()
    for name, path in empty_site.pages.items():
        page = opened.show(path)
        assert page.locator(".fault").count() == 0, name
        text = page.locator("main").inner_text()
        assert not re.search(r"undefined|NaN|null|Infinity", text), name
        assert [panel for panel, _ in charts(page)] == (["bridge"] if name == "trust" else [])
    assert grid(page, "reconciliation").foot == []
    assert opened.faults == []
    page = opened.show(empty_site.pages["trust"])
    outside = exact(tiles(page, "trust-figures")["Outside"][0])
    assert outside == exact(tiles(page, "trust-figures")["The bill"][0]) == 100


def test_a_ledger_without_usage_says_what_to_do(bare_site: Site, open_page: Callable) -> None:
    opened = open_page()
    for name, path in bare_site.pages.items():
        page = opened.show(path)
        assert page.locator(".fault").count() == 0, name
        assert not {panel for panel, _ in charts(page)} - {"bridge"}
        text = page.locator("main").inner_text()
        assert "No bill with usage is in the ledger yet" in text
        assert not re.search(r"undefined|NaN|null|Infinity", text), name
    assert opened.faults == []


def test_a_space_is_one_click_away_and_back(site: Site, shared: Opened) -> None:
    shared.faults.clear()
    page = shared.show(site.pages["spaces"])
    page.get_by_role("link", name=LONG).first.click()
    page.wait_for_function(DRAWN)
    assert page.locator("h1").inner_text() == LONG
    page.get_by_role("link", name="All spaces").click()
    page.wait_for_function(DRAWN)
    assert page.locator("h1").inner_text() == "Every space"
    assert shared.faults == []


# --- strangers' names ----------------------------------------------------------------------------

READABLE = {
    "index": ("measure=effective_cost", [SCRIPT, LONG, TURNED, IMAGE, "churn (d-abc)"]),
    "budgets": ("show=all", [f"Over {SCRIPT}", f"Domain {TURNED}", "Near"]),
    "spaces": ("show=spaces", [SCRIPT, LONG, LINK, FORMULA, TURNED, EMOJI, IMAGE]),
    "activity": ("show=spaces", [PERSON, SCRIPT, TURNED]),
    "unattended": ("show=spaces", [SCRIPT, LONG, LINK, FORMULA, TURNED]),
    "trust": ("show=all", [f"endpoint/{IMAGE}"]),
}


@pytest.mark.parametrize("name", READABLE)
def test_hostile_names_can_be_read_and_do_nothing(site: Site, shared: Opened, name: str) -> None:
    shared.faults.clear()
    view, names = READABLE[name]
    page = shared.show(site.pages[name], view)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    text = page.locator("body").inner_text()
    for hostile in names:
        assert seen(hostile) in text
    assert "\u202e" not in text
    assert page.locator("main img, main script, main b b, main a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None
    assert shared.faults == []


@pytest.mark.parametrize(
    ("arn", "title"),
    [(FRAUD, SCRIPT), (KIM, LINK), (LEE, FORMULA), (RISK, TURNED), (QUIET, EMOJI), (LONG_ONE, LONG),
     (CHURN, "churn"), (TWIN, "churn")],
)  # fmt: skip
def test_a_space_with_a_hostile_name_has_a_page(
    site: Site, shared: Opened, arn: str, title: str
) -> None:
    shared.faults.clear()
    page = shared.show(site.page_of(arn))
    assert page.locator("h1").inner_text() == seen(title)
    assert page.title() == f"{seen(title)} · spaceledger"
    assert arn in page.locator("#facts").inner_text()
    assert page.locator("main img, main script, main a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None
    assert shared.faults == []


HOVER = """panel => {
  const box = document.querySelector("#" + panel + " .chart");
  const texts = new Set();
  const hover = (point) => {
    Plotly.Fx.unhover(box); // or the next one would be put off
    Plotly.Fx.hover(box, [point]);
    texts.add(box.querySelector(".hoverlayer").textContent);
  };
  box.data.forEach((trace, at) => {
    if (trace.type === "heatmap") {
      const xs = box.calcdata[at][0].x;
      trace.z.forEach((line, y) => hover({ curveNumber: at, xval: xs[line.findIndex((value) => value !== null)], yval: y }));
    } else for (const point of trace.x.keys()) if (!point || box.layout.annotations) hover({ curveNumber: at, pointNumber: point });
  });
  return [...texts].join("\\n");
}"""


@pytest.mark.parametrize(
    ("name", "panel", "names"),
    [
        ("index", "spend-by-day", [SCRIPT, LONG, TURNED, EMOJI, FORMULA]),
        ("index", "heat", [SCRIPT, LONG, TURNED, EMOJI, FORMULA]),
        ("index", "movers", [SCRIPT, LONG, TURNED]),
        ("budgets", "standings", [f"Over {SCRIPT}", f"Domain {TURNED}"]),
        ("unattended", "unattended", [SCRIPT, LONG, TURNED, FORMULA]),
    ],
)
def test_hover_texts_hold_names_as_text(
    site: Site, shared: Opened, name: str, panel: str, names: list[str]
) -> None:
    shared.faults.clear()
    first = site.ask("select min(usage_date) from marts.space_spend_daily")[0][0]
    page = shared.show(site.pages[name], f"show=spaces&from={first}&least=0")
    hovered = page.evaluate(HOVER, panel)
    for hostile in names:
        assert seen(hostile) in hovered
    assert page.locator(".hoverlayer a, .hoverlayer image").count() == 0
    assert shared.faults == []


# --- keyboard, toolbar ------------------------------------------------------------------------


def test_charts_offer_no_upload(site: Site, shared: Opened) -> None:
    page = shared.show(site.pages["index"])
    titles = page.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title || '')")
    assert titles
    for title in titles:
        assert not {"cloud", "share", "upload", "edit in"} & set(title.lower().split())
        assert "chart studio" not in title.lower()


def test_a_figure_says_what_it_means_on_focus(site: Site, shared: Opened) -> None:
    page = shared.show(site.pages["index"])
    tiles = page.locator("#key-figures .tile")
    assert tiles.count() > 8
    for tile in tiles.all():
        means = tile.locator(".means")
        assert not means.is_visible()
        tile.focus()
        assert means.is_visible()
        assert tile.get_attribute("aria-describedby") == means.get_attribute("id")
    assert not tiles.first.locator(".means").is_visible()
