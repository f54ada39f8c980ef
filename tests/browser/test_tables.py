"""Tables in a real Chromium: ordered, searched, paged, and inert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.browser.table_page import (
    HOSTILE,
    ROWS,
    column,
    opener,
    plain,
    redraw,
    search,
    seen,
    sort_by,
    status,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(open_page: Callable, tmp_path: Path) -> Iterator[Callable]:
    yield from opener(open_page, tmp_path)


def test_a_table_is_drawn_before_the_library_is_there(opened: Callable) -> None:
    page = opened()
    assert column(page, 1)[2] == "+1+1 gone"
    assert len(column(page, 1)) == 25
    assert status(page) == "25 of 120 rows"
    assert page.locator("#box tfoot th").inner_text() == "Total"
    assert page.evaluate("spaceledger.DataTable") is None
    assert page.locator("script[src*=datatables]").count() == 0
    box = page.locator("#box")
    assert box.get_by_role("table", name="Spend by space").count() == 1
    assert box.get_by_role("columnheader", name="Cost (USD)").count() == 1
    assert box.locator("tbody th[scope=row]").count() == 25


def test_order_by_exact_amount_with_nothing_last(opened: Callable) -> None:
    page = opened()
    page.get_by_role("button", name="Show all 120 rows").click()
    page.wait_for_function("() => document.querySelectorAll('#box tbody tr').length === 120")
    amounts = sorted((row[1] for row in ROWS if row[1] is not None), reverse=True)
    sort_by(page, "Cost (USD)")
    header = page.locator("#box th[aria-sort]")
    assert header.get_attribute("aria-sort") == "descending"
    titles = page.locator("#box tbody td.n:nth-child(2)").evaluate_all(
        "all => all.map(cell => cell.title.replaceAll(',', ''))"
    )
    assert titles == [f"{plain(amount)} USD" for amount in amounts] + [""]
    assert column(page, 2)[-1] == "–"
    sort_by(page, "Cost (USD)")
    assert header.get_attribute("aria-sort") == "ascending"
    assert page.locator("#box th[aria-sort]").count() == 1
    assert column(page, 2)[-1] == "–"


def test_keys_order_and_keep_their_place(opened: Callable) -> None:
    page = opened()
    button = page.locator("#box").get_by_role("button", name="Space", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    page.locator("#box th[aria-sort=ascending]").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Space"
    page.keyboard.press("Enter")
    page.locator("#box th[aria-sort=descending]").wait_for()
    # Numbers in names count: space-119 comes before space-20.
    assert column(page, 1)[0] == "space-119 gone"
    assert page.locator("#box .dt-column-order, #box .dt-paging, #box .dt-search").count() == 0


def test_search_narrows_the_rows_and_the_total(opened: Callable) -> None:
    page = opened()
    search(page, "team 1")
    found = [row for row in ROWS if row[7] == "team 1"]
    page.get_by_text(f"25 of {len(found)} found in 120 rows").wait_for()
    total = page.locator("#box tfoot tr > *")
    exact = sum((row[1] for row in found if row[1] is not None), Decimal(0))
    assert total.nth(1).get_attribute("title").replace(",", "") == f"{plain(exact)} USD"
    assert total.nth(0).inner_text() == f"Total of {len(found)} shown of 120"
    # An average cannot be added up; days can.
    assert total.nth(3).inner_text() == "–"
    assert total.nth(4).inner_text() == f"{sum(row[4] for row in found):,}"
    search(page, "nowhere to be found")
    page.get_by_text("No row matches the search.").wait_for()
    assert status(page) == "0 of 120 rows"
    assert total.nth(1).inner_text() == "0.00"
    search(page, "")
    page.wait_for_function("() => document.querySelectorAll('#box tbody tr').length === 25")
    assert total.nth(0).inner_text() == "Total"
    assert total.nth(3).inner_text() == "+50.0%"


@pytest.mark.parametrize("name", [*HOSTILE[:5], HOSTILE[-1], "&amp;", "onerror"])
def test_hostile_names_are_found_and_inert(opened: Callable, name: str) -> None:
    page = opened()
    search(page, seen(name))
    page.wait_for_function("() => document.querySelector('#box tbody').rows.length < 25")
    assert [text for text in column(page, 1) if seen(name) in text]
    assert page.locator("#box img, #box script").count() == 0
    assert page.locator("#box a[href^=javascript]").count() == 0


def test_hostile_names_are_readable(opened: Callable) -> None:
    page = opened()
    names = page.locator("#box tbody bdi").evaluate_all("all => all.map(node => node.textContent)")
    assert names[: len(HOSTILE)] == [seen(name) for name in HOSTILE]
    assert page.locator("#box tbody tr:first-child a").count() == 0
    assert page.locator("#box tbody tr:nth-child(2) a").get_attribute("href") == "spaces/s-1.html"


@pytest.mark.parametrize(
    ("href", "is_link"),
    [
        ("spaces/a-1.html#cost", True),
        ("../index.html", True),
        ("#domain=arn%3Aaws", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("//example.org/", False),
        ("/etc/passwd", False),
        ("\\\\host\\share", False),
        ("https://example.org", False),
    ],
)
def test_links_stay_inside(opened: Callable, href: str, is_link: bool) -> None:
    page = opened()
    redraw(page, [[{"text": "a", "href": href}, *ROWS[0][1:]]])
    assert page.locator("#box tbody a").count() == int(is_link)
    assert column(page, 1) == ["a"]


def test_pages_turn(opened: Callable) -> None:
    page = opened()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Page 2 of 5").wait_for()
    assert column(page, 1)[0] == "space-25 gone"
    assert status(page) == "26–50 of 120 rows"
    for _ in range(3):
        page.get_by_role("button", name="Next").click()
    assert status(page) == "101–120 of 120 rows"
    next_ = page.get_by_role("button", name="Next")
    assert next_.get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="Show all 120 rows").click()
    assert status(page) == "120 rows"
    page.get_by_role("button", name="Show 25 at a time").click()
    assert status(page) == "25 of 120 rows"


def test_a_redraw_keeps_what_was_asked_for(opened: Callable) -> None:
    page = opened()
    search(page, "team 2")
    sort_by(page, "Days")
    fewer = ROWS[:60]
    redraw(page, fewer)
    wanted = [row[4] for row in fewer if row[7] == "team 2"][::-1]
    assert column(page, 5) == [str(days) for days in wanted]
    assert page.get_by_label("Search in Spend by space").input_value() == "team 2"
    assert page.locator("#box th[aria-sort=descending]").inner_text().startswith("Days")
    assert status(page) == "20 of 60 rows"
    redraw(page, [])
    assert page.locator("#box").inner_text() == "Nothing was spent."
    redraw(page, ROWS)
    assert status(page) == "25 of 40 found in 120 rows"
    assert page.evaluate("spaceledger.DataTable.settings.length") == 1


def test_a_small_table_is_folded_and_has_no_search(opened: Callable) -> None:
    page = opened()
    small = page.locator("#small")
    assert not small.locator("table").is_visible()
    small.get_by_text("As a table").click()
    assert small.locator("table").is_visible()
    assert not small.locator("input").is_visible()
    assert not small.locator(".pager").is_visible()
    assert small.locator("[role=status]").inner_text() == "2 rows"
    assert small.locator("tfoot td").first.inner_text() == "1.25"
    small.get_by_role("button", name="Cost (USD)").click()
    small.locator("[aria-sort]").wait_for()
    page.evaluate("show('small', JSON.stringify(given.small))")
    assert small.locator("table").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_does_not_scroll_sideways(opened: Callable, scheme: str) -> None:
    page = opened(390, scheme)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not page.locator("#box th.minor").first.is_visible()
        assert page.locator("#box .below").first.is_visible()
        scroll = page.locator("#box .scroll")
        is_wider = scroll.evaluate("node => node.scrollWidth > node.clientWidth")
        assert (scroll.get_attribute("tabindex") == "0") == is_wider
        first = page.locator("#box tbody th").first
        left = first.bounding_box()["x"]
        scroll.evaluate("node => { node.scrollLeft = 90; }")
        assert first.bounding_box()["x"] == pytest.approx(left, abs=1)
        sort_by(page, "Days")


def test_paper_says_how_many_rows_are_on_it(opened: Callable) -> None:
    page = opened()
    page.emulate_media(media="print")
    box = page.locator("#box")
    assert not box.locator("input").is_visible()
    assert not box.get_by_role("button", name="CSV").is_visible()
    assert not box.locator(".pager").is_visible()
    assert box.locator("[role=status]").is_visible()
    assert box.locator("tbody tr").last.is_visible()


def test_a_missing_library_is_said(opened: Callable, tmp_path: Path) -> None:
    page = opened()
    library = tmp_path / "assets" / "datatables.js"
    kept = library.read_bytes()
    library.unlink()
    with page.expect_event("console"):
        page.locator("#box").get_by_role("button", name="Days").click()
    page.get_by_text("need the file assets/datatables.js").wait_for()
    assert len(column(page, 1)) == 25
    library.write_bytes(kept)
    sort_by(page, "Days")
