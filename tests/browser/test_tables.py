"""Tables in a real Chromium: sorted, searched, paged, exported, and inert."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from spaceledger.paths import dashboards_dir
from spaceledger.reports.vendor import datatables_script

pytestmark = pytest.mark.browser

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tables</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="assets/style.css"><link rel="stylesheet" href="assets/tables.css">
<script defer src="assets/values.js"></script><script defer src="assets/exports.js"></script>
<script defer src="assets/tables.js"></script><script defer src="rows.js"></script>
</head><body><main><h1>Tables</h1><div id="box"></div><div id="small"></div></main></body></html>
"""

# Money goes into JSON as text with an `n`, as the pages have it as BigInt.
SCRIPT = """
const revive = (key, value) =>
  typeof value === "string" && /^money:/.test(value) ? spaceledger.values.parse(value.slice(6)) : value;
window.given = %s;
window.show = (id, table) => spaceledger.tables.draw(document.getElementById(id), JSON.parse(table, revive));
show("box", JSON.stringify(given.table));
show("small", JSON.stringify(given.small));
"""

HOSTILE = [
    "<img src=x onerror=\"window.hacked = 1; alert('1')\">&amp;",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "a\u202egpj.exe",
    'quote " comma , semicolon ;',
    "line\nfeed",
    "</script><script>window.hacked = 2</script>",
]
COLUMNS = [
    {"key": "space", "label": "Space", "kind": "link"},
    {"key": "cost", "label": "Cost", "kind": "money", "unit": "USD"},
    {"key": "share", "label": "Share", "kind": "share"},
    {"key": "change", "label": "Change", "kind": "change", "minor": True},
    {"key": "days", "label": "Days", "kind": "count", "hint": "Days with a cost"},
    {"key": "account", "label": "Account", "kind": "code", "minor": True},
    {"key": "first", "label": "First day", "kind": "date", "minor": True},
    {"key": "note", "label": "Note", "kind": "text"},
]


def money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"money:{amount:f}"


def spaces(count: int) -> list[list]:
    """Rows with exact amounts of twelve decimals, some negative, some missing."""
    rows = []
    for number in range(count):
        amount = (Decimal(number * 7919 % 1009 - 60) * Decimal("1.000000000001")) / 8
        amount = amount.quantize(Decimal("1e-12"))
        name = HOSTILE[number] if number < len(HOSTILE) else f"space-{number}"
        arn = f"arn:aws:sagemaker:eu-central-1:000000000000:space/d-1/{number}"
        href = "javascript:alert(1)" if number == 0 else f"spaces/s-{number}.html"
        cell = {"text": name, "href": href, "detail": arn, "below": "shared", "badge": "gone"}
        cost = None if number == 20 else amount
        share = None if number == 21 else number / 1000
        rows.append(
            [
                cell,
                cost,
                share,
                number / 100 - 1,
                number,
                f"{number:012d}",
                "2026-09-01",
                f"team {number % 3}",
            ]
        )
    return rows


def as_table(rows: list[list], **more: object) -> dict:
    costs = [row[1] for row in rows if row[1] is not None]
    total = [
        "Total",
        money(sum(costs, Decimal(0))),
        None,
        0.5,
        sum(row[4] for row in rows),
        "",
        "",
        "",
    ]
    cells = [[row[0], money(row[1]), *row[2:]] for row in rows]
    return {
        "name": "spend-by-space",
        "title": "Spend by space",
        "columns": COLUMNS,
        "rows": cells,
        "total": total,
        "empty": "Nothing was spent.",
        **more,
    }


ROWS = spaces(120)
SMALL = [
    [{"text": "a", "href": "a.html"}, Decimal("1.5"), 1, 0, 1, "1", "2026-01-01", ""],
    [{"text": "b"}, Decimal("-0.25"), 0, 0, 1, "1", "2026-01-01", "=1"],
]


@pytest.fixture
def opened(open_page: Callable, tmp_path: Path) -> Callable:
    def open_(width: int = 1280, scheme: str = "light", small: dict | None = None) -> Page:
        assets = tmp_path / "assets"
        assets.mkdir()
        folder = dashboards_dir()
        for path in [*folder.glob("*.css"), *(folder / "scripts").glob("*.js")]:
            (assets / path.name).write_bytes(path.read_bytes())
        (assets / "datatables.js").write_text(datatables_script(), encoding="utf-8", newline="")
        small = small or as_table(SMALL, name="small", title="Small table", folded="As a table")
        given = json.dumps({"table": as_table(ROWS), "small": small})
        (tmp_path / "rows.js").write_text(SCRIPT % given, encoding="utf-8")
        (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
        result = open_page(tmp_path / "page.html", width, scheme)
        pages.append(result)
        return result.page

    pages: list = []
    yield open_
    for result in pages:
        assert [fault for fault in result.faults if "ERR_FILE_NOT_FOUND" not in fault] == []
        assert result.page.evaluate("window.hacked") is None


def redraw(page: Page, rows: list[list], **more: object) -> None:
    page.evaluate("table => show('box', table)", json.dumps(as_table(rows, **more)))


def column(page: Page, number: int) -> list[str]:
    return page.locator(f"#box tbody tr > :nth-child({number})").all_inner_texts()


def status(page: Page) -> str:
    return page.locator("#box [role=status]").inner_text()


def sort_by(page: Page, label: str) -> None:
    page.locator("#box").get_by_role("button", name=label, exact=True).click()
    page.locator("#box [aria-sort]").wait_for()


def search(page: Page, text: str) -> None:
    page.get_by_label("Search in Spend by space").fill(text)
    page.wait_for_function("() => !!window.spaceledger.DataTable")


def seen(text: str) -> str:
    """As it is shown: marks named, blanks for tabs and line ends."""
    for mark in "\t\r\n":
        text = text.replace(mark, " ")
    return text.replace("\u202e", "[U+202E]")


def written(text: str) -> str:
    """As it is exported."""
    text = seen(text)
    return "'" + text if text.strip()[:1] in set("=+-@＝") else text


def plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def expected(rows: list[list]) -> list[list[str]]:
    return [
        [
            written(row[0]["text"]),
            row[0].get("detail", ""),
            plain(row[1]),
            "" if row[2] is None else js(row[2]),
            js(row[3]),
            js(row[4]),
            row[5],
            row[6],
            row[7],
        ]
        for row in rows
    ]


def js(number: float) -> str:
    """As JavaScript writes it."""
    return str(int(number)) if number == int(number) else repr(number)


def download(page: Page, label: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Spend by space as {label}").click()
    name = started.value.suggested_filename
    assert name == "spend-by-space" + {"CSV": ".csv", "Excel": ".xlsx"}[label]
    return Path(started.value.path()).read_bytes()


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_excel(content: bytes) -> list[dict[str, tuple[str, str, str]]]:
    """Each row as column letters to (type, text, look)."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{space}f"))
    return [
        {
            cell.attrib["r"].rstrip("0123456789"): (
                cell.attrib.get("t", "n"),
                "".join(cell.itertext()),
                cell.attrib.get("s", ""),
            )
            for cell in row.iter(f"{space}c")
        }
        for row in sheet.iter(f"{space}row")
    ]


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


def test_csv_holds_every_row_exactly(opened: Callable) -> None:
    page = opened()
    header, *lines = read_csv(download(page, "CSV"))
    assert header == [
        "Space",
        "Space ARN",
        "Cost (USD)",
        "Share",
        "Change",
        "Days",
        "Account",
        "First day",
        "Note",
    ]
    assert lines == expected(ROWS)
    shown = [Decimal(line[2]) for line in lines if line[2]]
    assert sum(shown) == sum(row[1] for row in ROWS if row[1] is not None)
    assert [line for line in lines if line[2].startswith("-")]


def test_csv_holds_what_is_searched_and_ordered(opened: Callable) -> None:
    page = opened()
    search(page, "team 2")
    sort_by(page, "Days")
    wanted = sorted((row for row in ROWS if row[7] == "team 2"), key=lambda row: -row[4])
    assert read_csv(download(page, "CSV"))[1:] == expected(wanted)


def test_excel_holds_every_row_as_what_it_is(opened: Callable) -> None:
    page = opened()
    header, *lines = read_excel(download(page, "Excel"))
    assert [header[letter][1] for letter in "ABC"] == ["Space", "Space ARN", "Cost (USD)"]
    assert len(lines) == len(ROWS)
    for line, row, wanted in zip(lines, ROWS, expected(ROWS), strict=True):
        assert line["A"][:2] == ("inlineStr", wanted[0])
        assert line["B"][:2] == ("inlineStr", wanted[1])
        if row[1] is None:
            assert "C" not in line
        else:
            assert line["C"] == ("n", wanted[2], "64")
        assert ("D" in line) == (row[2] is not None)
        assert (line["E"][0], float(line["E"][1])) == ("n", row[3])
        assert line["F"] == ("n", str(row[4]), "63")
        # A day as Excel counts them, and an account as text.
        assert line["H"] == ("n", "46266", "67")
        assert line["G"][:2] == ("inlineStr", row[5])


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


def test_paper_has_no_controls(opened: Callable) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator("#box .controls").first.is_visible()
    assert page.locator("#box tbody tr").last.is_visible()


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
