"""A page of two tables, as the dashboards draw them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page

from spaceledger.paths import dashboards_dir
from spaceledger.reports.vendor import datatables_script

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tables</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="assets/style.css"><link rel="stylesheet" href="assets/tables.css">
<script defer src="assets/values.js"></script><script defer src="assets/cells.js"></script>
<script defer src="assets/exports.js"></script><script defer src="assets/tables.js"></script><script defer src="rows.js"></script>
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


def opener(open_page: Callable, tmp_path: Path) -> Iterator[Callable]:
    """Gives what opens a page of two tables, and finds afterwards that it did nothing it should not."""

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


def plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"
