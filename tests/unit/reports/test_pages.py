"""What pages say, before and after they are rendered."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest

from spaceledger.reports import write_reports
from spaceledger.reports.budgets import budgets_page
from spaceledger.reports.build import Build
from spaceledger.reports.overview import overview
from spaceledger.reports.pages import pages
from spaceledger.reports.panels import Chart, Group, Page, Table
from spaceledger.reports.values import add, money
from tests.unit.reports.sample_marts import (
    CLOSING,
    HOSTILE,
    SCRIPT,
    SPACES,
    empty_marts,
    sample_marts,
    table,
)


@pytest.fixture(scope="module")
def marts() -> dict[str, pa.Table]:
    return sample_marts()


def tables(page: Page) -> list[Table]:
    found: list[Table] = []
    for panel in [p for section in page.sections for p in section.panels] + list(page.panels):
        if isinstance(panel, Group):
            found += panel.panels
        elif isinstance(panel, Chart):
            found.append(panel.table)
        elif isinstance(panel, Table):
            found.append(panel)
    return found


def expected(marts: dict[str, pa.Table], measure: str = "effective_cost", **wanted: str) -> Decimal:
    rows = marts["space_spend_daily"].to_pylist()
    chosen = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return sum((row[measure] for row in chosen if row[measure] is not None), Decimal(0))


def named(page: Page, title: str, currency: int = 0) -> Table:
    panels = [panel for panel in page.sections[currency].panels if isinstance(panel, Table)]
    return next(panel for panel in panels if panel.title == title)


def test_currencies_stand_apart_and_the_larger_bill_comes_first(marts: dict) -> None:
    page = overview(Build(marts))
    assert [section.currency for section in page.sections] == ["USD", "EUR"]
    assert sorted(page.charts) == ["daily-EUR", "daily-USD", "monthly-EUR", "monthly-USD"]


def test_key_figures_are_exact_sums(marts: dict) -> None:
    tiles = overview(Build(marts)).sections[0].tiles
    whole = expected(marts, billing_currency="USD", billing_period="2026-10")
    assert tiles[1].label == "All SageMaker cost, October 2026 so far"
    assert tiles[1].exact.replace(",", "") == f"{whole:f}".rstrip("0")
    private = expected(
        marts, billing_currency="USD", billing_period="2026-10", space_arn=SPACES[-2]["space_arn"]
    )
    outside = Decimal("31.5") + Decimal("212.04") + Decimal("88.11") - 150
    assert tiles[0].label == "Shared spaces, October 2026 so far"
    assert Decimal(tiles[0].exact.replace(",", "")) == whole - private - outside
    assert (tiles[3].label, tiles[3].value) == ("Unattributed", "212.04")
    assert (tiles[4].value, tiles[4].tone) == ("0", "good")


def test_faults_of_opposite_sign_do_not_cancel_in_the_difference() -> None:
    gaps = [
        {
            "billing_period": "2026-09",
            "source": "acme",
            "charge_type": str(gap),
            "billing_currency": "USD",
            "difference": Decimal(gap),
            "row_count": 1,
        }
        for gap in (5, -5)
    ]
    marts = sample_marts() | {"bill_reconciliation": table("bill_reconciliation", gaps)}
    tile = overview(Build(marts)).sections[0].tiles[-1]
    assert (tile.value, tile.tone) == ("10.00", "warn")


def test_private_spaces_are_folded_away_unless_all_are_shown(marts: dict) -> None:
    found = tables(overview(Build(marts)))
    folded = next(each for each in found if each.summary == "Private spaces (1)")
    assert [row[0].text for row in folded.rows] == ["default-1764000000"]
    assert folded.is_folded
    everything = marts | {"run": empty_marts(show_spaces="all")["run"]}
    page = overview(Build(everything))
    assert "default-1764000000" in [row[0].text for row in named(page, "Spaces").rows]
    assert not [each for each in tables(page) if each.summary.startswith("Private")]


def test_spaces_are_listed_largest_first_and_total(marts: dict) -> None:
    shared = named(overview(Build(marts)), "Shared spaces")
    amounts = [row[4] for row in shared.rows]
    assert amounts == sorted(amounts, key=lambda amount: -(amount or 0))
    assert shared.total[4] == add(amounts)
    assert [row[0].text for row in shared.rows].count("fraud-models") == 2


def test_another_measure_is_counted_and_named(marts: dict, tmp_path: Path) -> None:
    listed = marts | {"run": empty_marts(cost_metric="list_cost")["run"]}
    whole = expected(marts, "list_cost", billing_currency="USD", billing_period="2026-10")
    page = overview(Build(listed))
    assert page.sections[0].tiles[1].value == money(whole)
    for path in write_reports(listed, tmp_path / "html"):
        assert "List cost" in path.read_text(encoding="utf-8")


def test_charts_and_their_tables_hold_the_same_sums(marts: dict) -> None:
    for page in pages(Build(marts)):
        for panel in [p for section in page.sections for p in section.panels]:
            if isinstance(panel, Chart) and panel.key.startswith(("daily-", "monthly-")):
                drawn = sum(sum(trace.y) for trace in panel.figure.data if trace.type == "bar")
                assert float(panel.table.total[-1]) == pytest.approx(drawn)
                assert panel.table.total[-1] == add([row[-1] for row in panel.table.rows])


def test_a_space_page_ties_to_the_ledger(marts: dict) -> None:
    arn = SPACES[0]["space_arn"]
    page = next(page for page in pages(Build(marts)) if arn in str(page.facts))
    whole = expected(marts, space_arn=arn)
    assert named(page, "Months").total[2] == whole
    assert named(page, "How it was attributed").total[2] == whole
    resources = next(p for p in page.sections[0].panels if isinstance(p, Group))
    assert add([each.total[3] for each in resources.panels]) == whole
    assert [each.is_open for each in resources.panels] == [True, False, False, False, False]


def test_many_resources_end_in_a_row_that_keeps_the_total(marts: dict) -> None:
    arn = SPACES[0]["space_arn"]
    jobs = [
        {
            "billing_period": "2026-10",
            "resource_id": f"job-{number}",
            "spend_category": "training",
            "space_arn": arn,
            "attribution_method": "space_tag",
            "billing_currency": "USD",
            "effective_cost": Decimal(number),
            "evidence_count": 1,
        }
        for number in range(300)
    ]
    busy = marts | {"resource_spend_monthly": table("resource_spend_monthly", jobs)}
    page = next(page for page in pages(Build(busy)) if arn in str(page.facts))
    resources = next(p for p in page.sections[0].panels if isinstance(p, Group)).panels[0]
    assert len(resources.rows) == 201
    assert resources.rows[0][0] == "job-299"
    assert resources.rows[-1][0].startswith("100 more")
    assert add([row[3] for row in resources.rows]) == resources.total[3] == Decimal(44850)


def test_empty_marts_say_what_to_do(tmp_path: Path) -> None:
    page, budgets = write_reports(empty_marts(), tmp_path)
    assert "No budget is configured" in budgets.read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    assert "No bill is in the ledger yet" in text
    assert "spaceledger run" in text
    assert "None: every delivery that was found was read" in text


def test_a_bill_without_sagemaker_is_still_reconciled() -> None:
    lines = [
        {
            "billing_period": "2026-09",
            "source": "acme",
            "role": "ledger",
            "billing_currency": "USD",
            "bill_billed_cost": Decimal(9),
            "outside_billed_cost": Decimal(9),
            "row_count": 4,
        }
    ]
    marts = empty_marts() | {"bill_reconciliation": table("bill_reconciliation", lines)}
    page = overview(Build(marts))
    assert [section.currency for section in page.sections] == ["USD"]
    found = tables(page)
    assert found[0].empty.startswith("No SageMaker charge")
    assert found[1].rows[0][4] == Decimal(9)


def test_one_charge_is_enough() -> None:
    charge = {
        "usage_date": sample_marts()["space_spend_daily"]["usage_date"][0].as_py(),
        "billing_period": "2026-09",
        "spend_category": "training",
        "attribution_method": "unattributed",
        "purchase_option": "On-Demand",
        "billing_currency": "USD",
        "effective_cost": Decimal("1.5"),
    }
    marts = empty_marts() | {
        "space_spend_daily": table("space_spend_daily", [charge]),
        "space_spend_monthly": table("space_spend_monthly", [charge]),
    }
    section = overview(Build(marts)).sections[0]
    assert section.tiles[1].value == "1.50"
    assert named(overview(Build(marts)), "Shared spaces").empty.startswith("No space is known yet")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_written_pages_are_inert_whatever_names_they_hold(marts: dict, tmp_path: Path) -> None:
    written = write_reports(marts, tmp_path)
    assert len(written) == 2 + len(SPACES)
    for path in written:
        text = path.read_text(encoding="utf-8")
        page = Tags()
        page.feed(text)
        for tag, attributes in page.found:
            assert tag != "img"
            assert not any(name.startswith("on") for name in attributes)
            if tag == "script":
                assert (path.parent / str(attributes["src"])).is_file()
            if tag == "a" and not str(attributes["href"]).startswith("#"):
                assert (path.parent / str(attributes["href"])).is_file()
        assert not re.search(r"https?://", text)
        data = path.with_suffix(".js").read_text(encoding="ascii")
        assert "<" not in data
        assert "\u202e" not in text
    whole = Tags()
    whole.feed(written[0].read_text(encoding="utf-8"))
    for name in HOSTILE:
        if "\u202e" not in name:
            assert name in whole.text


def test_same_marts_give_the_same_bytes(marts: dict, tmp_path: Path) -> None:
    def content(folder: Path) -> dict[str, bytes]:
        write_reports(marts, folder)
        return {
            str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()
        }

    first = content(tmp_path / "one")
    assert first == content(tmp_path / "two")
    assert len(first) == 3 + 2 * (2 + len(SPACES))


def test_a_page_of_a_space_that_is_gone_does_not_stay(marts: dict, tmp_path: Path) -> None:
    write_reports(marts, tmp_path)
    write_reports(marts | {"spaces": marts["spaces"].slice(0, 2)}, tmp_path)
    assert len(list((tmp_path / "spaces").glob("*.html"))) == 2


def test_budgets_are_listed_gravest_first_with_their_outlook(marts: dict) -> None:
    page = budgets_page(Build(marts))
    assert [section.currency for section in page.sections] == ["USD", "EUR"]
    listed = named(page, "Budgets now")
    statuses = [row[1] for row in listed.rows]
    assert statuses == [
        "breached", "breached", "breach forecast", "watch", "ok", "ok", "no data", "unknown scope",
    ]  # fmt: skip
    first = listed.rows[0]
    assert first[0].text == SCRIPT
    assert first[2:8] == [
        Decimal(1000), Decimal("1200.5"), Decimal("-200.5"), Decimal("2401.0"), Decimal("1920.80"),
        Decimal("2881.20"),
    ]  # fmt: skip
    assert first[9:] == ["2026-10-09", "were within 12.6% in 4 of 5 past months"]
    assert listed.rows[2][10] == "too few past periods"
    tiles = {tile.label: tile for tile in page.sections[0].tiles}
    assert tiles["Budgets that do not hold"].detail == "2 breached, 1 forecast to be"
    assert tiles["Spend without a budget, October 2026"].value == "74.50"
    assert tiles["Of spaces nobody has seen"].value == "1"
    assert named(page, "Past periods").rows[0][1] == "September 2026"


def test_a_burn_up_draws_what_its_table_says(marts: dict) -> None:
    page = budgets_page(Build(marts))
    burns = [p for p in page.sections[0].panels if isinstance(p, Chart) and "burn" in p.key]
    assert len(burns) == 8
    for panel in burns:
        traces = {trace.name: trace for trace in panel.figure.data}
        rows = panel.table.rows
        past = [row for row in rows if "forecast" not in row[0]]
        assert list(traces["Spent"].y) == [float(row[1]) for row in past]
        assert list(traces["Plan"].y) == [float(row[2]) for row in rows]
        ahead = [row for row in rows if "forecast" in row[0] and row[1] is not None]
        if ahead:
            assert list(traces["Forecast"].y)[1:] == [float(row[1]) for row in ahead]
            assert list(traces["80 % band"].y)[1:] == [float(row[4]) for row in ahead]


def test_a_budget_stands_on_the_page_of_its_space(marts: dict) -> None:
    titles = {
        page.title: [panel.title for panel in page.sections[0].panels]
        for page in pages(Build(marts))
        if page.sections
    }
    assert f"{CLOSING}, October 2026" in titles["Chargebacks & disputes"]
