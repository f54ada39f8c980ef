"""What a table gives away as CSV and Excel equals what it shows, and runs nowhere."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from tests.browser.table_page import ROWS, opener, plain, redraw, search, seen, sort_by

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(open_page: Callable, tmp_path: Path) -> Iterator[Callable]:
    yield from opener(open_page, tmp_path)


def written(text: str) -> str:
    """As it is exported."""
    text = seen(text)
    return "'" + text if text.strip()[:1] in set("=+-@＝") else text


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


def test_every_export_holds_what_is_shown_then(opened: Callable) -> None:
    page = opened()
    assert len(read_csv(download(page, "CSV"))) == 121
    search(page, "team 2")
    assert len(read_csv(download(page, "CSV"))) == 41
    assert len(read_excel(download(page, "Excel"))) == 41
    redraw(page, ROWS[:3])
    assert read_csv(download(page, "CSV"))[1:] == expected([ROWS[2]])


def test_text_like_a_number_stays_text(opened: Callable) -> None:
    page = opened()
    names = [
        "00123",
        "12345678901234567890",
        "5%",
        "1e5",
        "(12)",
        "1,000",
        "2026-01-02",
        "-5",
        "$3",
    ]
    redraw(page, [[{"text": name}, *ROWS[1][1:]] for name in names])
    lines = read_excel(download(page, "Excel"))[1:]
    # The ARN's column is gone with the ARNs.
    assert [line["A"][:2] for line in lines] == [("inlineStr", written(name)) for name in names]
    assert {line["B"] for line in lines} == {("n", plain(ROWS[1][1]), "64")}
    assert [line[0] for line in read_csv(download(page, "CSV"))[1:]] == [*map(written, names)]
