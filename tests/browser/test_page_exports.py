"""Tables of real pages as CSV and Excel equal the ledger, row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opened, Site
from tests.browser.made_bill import FORMULA, LEE, LINK, seen
from tests.browser.table_page import plain
from tests.browser.test_table_exports import read_csv, read_excel
from tests.browser.views import View

pytestmark = pytest.mark.browser


def download(page: Page, panel: str, kind: str) -> bytes:
    page.locator(f"#{panel} details").evaluate_all(
        "all => all.forEach(one => { one.open = true; })"
    )
    with page.expect_download() as started:
        page.locator(f"#{panel}").get_by_role("button", name=f"as {kind}").click()
    name = started.value.suggested_filename
    assert name.startswith(f"{panel}_")
    assert name.endswith(".csv" if kind == "CSV" else ".xlsx")
    return Path(started.value.path()).read_bytes()


def written(text: str | None) -> str:
    """As it is exported: nothing that a spreadsheet would run."""
    text = seen(text or "")
    return "'" + text if text[:1] in set("=+-@") and text else text


def as_long(amount: Decimal | None) -> str:
    return plain(amount)


def test_all_spaces_as_csv(site: Site, shared: Opened) -> None:
    view = View(show="spaces", start=date(2026, 9, 1), measure="billed_cost")
    page = shared.show(site.pages["spaces"], view.address(site))
    header, *lines = read_csv(download(page, "all-spaces", "CSV"))
    spent = dict(view.sums(site, "space_arn", view.first, view.last))
    spaces = site.ask(
        "select space_arn, coalesce(space_display_name, space_name), coalesce(domain_name, split_part(domain_arn, '/', 2)),"
        " account_id, team, owner from marts.spaces"
    )
    wanted = [
        [written(title), arn, written(domain), account, written(team), written(owner), as_long(spent.get(arn))]
        for arn, title, domain, account, team, owner in spaces
    ]  # fmt: skip
    places = [header.index(name) for name in ("Space", "Space ARN", "Domain", "Account", "Team", "Owner", "Spend (USD)")]  # fmt: skip
    found = [[line[place] for place in places] for line in lines]
    assert sorted(found) == sorted(wanted)
    amounts = [Decimal(line[6]) for line in found if line[6]]
    assert amounts == sorted(amounts, reverse=True)
    assert sum(amounts) == view.total(site, view.first, view.last)
    assert written(FORMULA) in [line[0] for line in found]
    assert LINK in [line[0] for line in found]


def test_days_of_a_space_as_csv(site: Site, shared: Opened) -> None:
    view = View(show="all", space=LEE, currency="USD", measure="list_cost")
    page = shared.show(site.page_of(LEE), view.address(site))
    header, *lines = read_csv(download(page, "space-by-day", "CSV"))
    by_day = view.sums(site, "day", view.first, view.last)
    assert header[0] == "Day"
    assert [(line[0], line[-1]) for line in lines] == [
        (day.isoformat(), as_long(amount)) for day, amount in by_day
    ]
    for name, place in zip(header[1:-1], range(1, len(header)), strict=False):
        category = name.removesuffix(" (USD)")
        [total] = [
            amount
            for found, amount in view.sums(site, "spend_category", view.first, view.last)
            if found == category
        ]
        cells = [Decimal(line[place]) for line in lines if line[place]]
        assert (sum(cells) if cells else None) == total


def test_the_reconciliation_as_excel(site: Site, shared: Opened) -> None:
    view = View(start=date(2026, 6, 1))
    page = shared.show(site.pages["trust"], view.address(site))
    header, *lines = read_excel(download(page, "reconciliation", "Excel"))
    names = {cell[1]: letter for letter, cell in header.items()}
    wanted = site.ask(
        "select source, charge_type, bill_billed_cost, ledger_billed_cost, outside_billed_cost, row_count"
        " from marts.bill_reconciliation where billing_currency = 'USD'"
        " order by billing_period, source, charge_type"
    )
    assert len(lines) == len(wanted) > 25
    for line, row in zip(lines, wanted, strict=True):
        texts = [line[names[name]][:2] for name in ("Source", "Charge type")]
        assert texts == [("inlineStr", text) for text in row[:2]]
        for name, amount in zip(
            ("Bill (USD)", "Ledger (USD)", "Outside (USD)"), row[2:5], strict=True
        ):
            kind, text, _ = line[names[name]]
            assert (kind, text) == ("n", as_long(amount))
        assert line[names["Lines"]][:2] == ("n", str(row[5]))


@pytest.mark.parametrize("kind", ["CSV", "Excel"])
def test_people_keep_their_names(site: Site, shared: Opened, kind: str) -> None:
    page = shared.show(site.pages["activity"], "show=spaces&from=2026-09-01")
    content = download(page, "people", kind)
    rows = site.ask(
        "select user_name, count(distinct space_arn), count(distinct activity_date), sum(event_count),"
        " sum(write_event_count) from marts.space_users_daily where user_name is not null"
        " and space_arn is not null group by user_name order by user_name"
    )
    wanted = sorted([written(row[0]), *(str(int(value)) for value in row[1:])] for row in rows)
    if kind == "CSV":
        found = read_csv(content)[1:]
    else:
        found = [[cell[1] for cell in line.values()] for line in read_excel(content)[1:]]
    assert sorted(found) == wanted
