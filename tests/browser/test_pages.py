"""Pages opened from disk in a real Chromium: drawn, silent, offline, inert."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.reports.sample_marts import HOSTILE, LONG

pytestmark = pytest.mark.browser


def test_every_page_draws_its_charts_without_a_fault(site: list[Path], open_page: Callable) -> None:
    for path in site:
        opened = open_page(path)
        boxes = opened.page.locator("[data-chart]")
        for number in range(boxes.count()):
            boxes.nth(number).locator(".main-svg").first.wait_for()
            assert boxes.nth(number).locator(".bars .point, .scatterlayer .js-line").count() > 0
        assert opened.faults == []
        assert opened.page.evaluate("window.hacked") is None
    assert "never-used" in " ".join(path.name for path in site)


def test_bars_are_as_many_as_the_data(site: list[Path], open_page: Callable) -> None:
    page = open_page(site[0]).page
    for key in ("daily-USD", "monthly-USD", "daily-EUR", "monthly-EUR"):
        box = page.locator(f'[data-chart="{key}"]')
        box.locator(".main-svg").first.wait_for()
        wanted = page.evaluate(
            "key => spaceledgerCharts[key].data.filter(t => t.type === 'bar')"
            ".reduce((sum, t) => sum + t.x.length, 0)",
            key,
        )
        assert box.locator(".bars .point").count() == wanted


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(
    site: list[Path], open_page: Callable, width: int, scheme: str
) -> None:
    for path in site[:4]:
        opened = open_page(path, width, scheme)
        opened.page.locator(".main-svg").first.wait_for()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.faults == []


def test_charts_follow_a_change_from_light_to_dark(site: list[Path], open_page: Callable) -> None:
    page = open_page(site[0]).page
    text = page.locator(".legendtext").first
    text.wait_for()
    light = text.evaluate("node => getComputedStyle(node).fill")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => getComputedStyle(document.querySelector('.legendtext')).fill !== light", arg=light
    )


def test_a_space_is_one_click_away_and_back(site: list[Path], open_page: Callable) -> None:
    opened = open_page(site[0])
    opened.page.get_by_role("link", name=LONG).first.click()
    assert opened.page.locator("h1").inner_text() == LONG
    opened.page.get_by_role("link", name="All spaces").click()
    assert opened.page.locator("h1").inner_text() == "What each space costs"
    assert opened.faults == []


def test_hostile_names_are_text(site: list[Path], open_page: Callable) -> None:
    opened = open_page(site[0])
    shown = opened.page.locator("main").inner_text()
    for name in HOSTILE:
        assert name.replace("\u202e", "[U+202E]").replace("\u200f", "[U+200F]") in shown
    assert opened.page.locator("main img, main script, main b b").count() == 0
    assert opened.faults == []


def test_the_policy_stops_inline_script(
    site: list[Path], open_page: Callable, tmp_path: Path
) -> None:
    opened = open_page(site[0])
    opened.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.hacked = 3';"
        " document.body.append(s); }"
    )
    assert opened.page.evaluate("window.hacked") is None
    assert "Content Security Policy" in " ".join(opened.faults)


def test_an_empty_ledger_says_so(empty_site: list[Path], open_page: Callable) -> None:
    opened = open_page(empty_site[0])
    assert "No bill is in the ledger yet" in opened.page.locator("main").inner_text()
    assert opened.faults == []


def test_charts_offer_no_upload(site: list[Path], open_page: Callable) -> None:
    page = open_page(site[0]).page
    page.locator(".main-svg").first.wait_for()
    titles = page.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    assert titles
    assert not [
        title
        for title in titles
        if title and ("cloud" in title.lower() or "share" in title.lower())
    ]
