"""Whatever view the address says: the numbers on the page are those of the ledger, to the last decimal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opened, Site
from tests.browser.made_bill import (
    AS_OF,
    CHURN,
    D_ABC,
    D_XYZ,
    EMOJI,
    IMAGE,
    KIM,
    LEE,
    ONE,
    RISK,
    TWIN,
    TWO,
)
from tests.browser.views import View, exact, grid, month_end, months_back, tiles, whole_grid

pytestmark = pytest.mark.browser

FIRST = date(2026, 6, 1)
VIEWS = {
    "as pages open": View(),
    "private spaces": View(show="private"),
    "all spaces": View(show="spaces"),
    "all cost": View(show="all"),
    "all cost ever at list prices": View(start=FIRST, show="all", measure="list_cost"),
    "an account": View(account=TWO, show="all", measure="billed_cost"),
    "a domain": View(domain=D_ABC, show="all"),
    "a domain in a month, billed": View(date(2026, 10, 1), date(2026, 10, 31), "all", domain=D_ABC, measure="billed_cost"),
    "a team": View(team="payments", show="spaces"),
    "a hostile team": View(team=IMAGE, show="spaces", measure="amortized_cost"),
    "a team of emoji since June": View(start=FIRST, team=EMOJI, show="spaces"),
    "a space": View(space=CHURN, measure="amortized_cost"),
    "a private space": View(space=LEE, show="spaces", start=date(2026, 9, 1)),
    "euros": View(currency="EUR", show="all"),
    "euros of a space at list prices": View(currency="EUR", space=RISK, measure="list_cost"),
    "days within a month": View(date(2026, 10, 5), date(2026, 10, 20), "spaces"),
    "a day": View(date(2026, 9, 3), date(2026, 9, 3), "all"),
    "months that are known whole": View(date(2026, 6, 10), date(2026, 7, 20), "all"),
    "a team of an account, private": View(date(2026, 10, 10), team="payments", account=ONE, show="private"),
    "nothing": View(team="payments", account=TWO, show="private"),
}  # fmt: skip


@pytest.fixture(params=VIEWS, scope="module")
def view(request: pytest.FixtureRequest) -> View:
    return VIEWS[request.param]


@pytest.fixture(scope="module")
def shown(site: Site, summary: Opened, view: View) -> Page:
    """The summary in the view."""
    return summary.turn(site.pages["index"], view.address(site, least="0"))


def last_column(page: Page, panel: str) -> dict[str, Decimal | None]:
    """Each line's total; a chart of one series has no column for it."""
    return {row[0]: exact(row[-1]) for row in grid(page, panel).rows}


def foot(page: Page, panel: str) -> Decimal | None:
    cells = grid(page, panel).foot
    return exact(cells[-1]) if cells else None


def test_the_summary_shows_what_the_ledger_holds(
    site: Site, summary: Opened, shown: Page, view: View
) -> None:
    assert shown.locator(".fault").count() == 0
    assert summary.faults == []
    figures = tiles(shown)
    label = f"{view.last:%B %Y}" + (" so far" if view.last < month_end(view.last) else "")
    spent = view.total(site, view.last.replace(day=1), view.last)
    assert exact(figures[label][0]) == (spent or 0)

    by_day = view.sums(site, "day", view.first, view.last)
    is_daily = view.first.isoformat() >= "2026-08"
    if is_daily:
        wanted = {day.isoformat(): amount for day, amount in by_day}
        assert last_column(shown, "spend-by-day") == dict(list(wanted.items())[:25])
    whole = view.total(site, view.first, view.last)
    assert foot(shown, "spend-by-day") == whole
    assert foot(shown, "heat") in {whole, whole or Decimal(0)}

    start = min(months_back(view.last, 12), view.first.replace(day=1))
    known = min(month_end(view.last), AS_OF)
    by_month = view.sums(site, "billing_period", start, known)
    wanted = {f"{date.fromisoformat(f'{period}-01'):%B %Y}": amount for period, amount in by_month}
    assert last_column(shown, "spend-by-month") == wanted
    assert foot(shown, "spend-by-month") == view.total(site, start, known)


def test_what_moved_is_what_the_ledger_says(site: Site, shown: Page, view: View) -> None:
    found = grid(shown, "movers")
    if view.like is None:
        assert found.rows == []
        return
    begin, end, earlier, same = view.like
    holder = "case when space_arn is not null then space_arn when domain_arn is not null then 'd' else 'n' end"
    now, then = (
        {key: amount or Decimal(0) for key, amount in view.sums(site, holder, *span)}
        for span in ((begin, end), (earlier, same))
    )
    wanted = sorted(
        (now.get(key, Decimal(0)), then.get(key, Decimal(0))) for key in now.keys() | then.keys()
    )
    wanted = [pair for pair in wanted if pair[0] != pair[1]]
    assert sorted((exact(row[1]), exact(row[2])) for row in found.rows) == wanted
    assert [exact(row[3]) for row in found.rows] == sorted(
        (one - other for one, other in wanted), key=abs, reverse=True
    )
    if wanted:
        sums = [sum(column) for column in zip(*wanted, strict=True)]
        assert [exact(cell) for cell in found.foot[1:4]] == [*sums, sums[0] - sums[1]]
    else:
        assert found.rows == []


def test_the_flow_adds_up(site: Site, shown: Page, view: View) -> None:
    rows = whole_grid(shown, "flow").rows
    categories = dict(view.sums(site, "spend_category", view.first, view.last))
    found: dict[str, Decimal] = {}
    for _, to, amount in rows:
        if to in categories:
            found[to] = found.get(to, Decimal(0)) + (exact(amount) or 0)
    assert found == {name: amount for name, amount in categories.items() if amount is not None}


def test_every_space_has_its_cost(site: Site, shared: Opened, view: View) -> None:
    page = shared.turn(site.pages["spaces"], view.address(site))
    spent = dict(view.sums(site, "space_arn", view.first, view.last))
    recent = dict(view.sums(site, "space_arn", view.last.replace(day=1), view.last))
    people = dict(
        site.ask(
            "select space_arn, count(distinct user_name) from marts.space_users_monthly"
            " where billing_period between ? and ? group by space_arn",
            f"{view.first:%Y-%m}",
            f"{view.last:%Y-%m}",
        )
    )
    told = site.ask(
        "select distinct account_id from core.trail_coverage where told_date between ? and ?",
        view.first,
        view.last,
    )
    found = grid(page, "all-spaces")
    arns = page.locator("#all-spaces tbody a").evaluate_all("all => all.map(a => a.title)")
    assert sorted(arns) == view.spaces(site)
    for arn, row in zip(arns, found.rows, strict=True):
        assert exact(row[6]) == spent.get(arn), arn
        assert exact(row[7]) == recent.get(arn), arn
        silence = "0" if (arn.split(":")[4],) in told else "–"
        assert row[10] == str(people.get(arn, silence)), arn
    sums = [
        sum(found_, Decimal(0)) if (found_ := [one[arn] for arn in arns if one.get(arn) is not None]) else None
        for one in (spent, recent)
    ]  # fmt: skip
    assert [exact(cell) for cell in found.foot[6:8]] == (sums if arns else [])


OF_BILLS = ("as pages open", "euros", "all cost ever at list prices", "days within a month", "a day",
            "months that are known whole")  # fmt: skip


@pytest.mark.parametrize("name", OF_BILLS)
def test_the_reconciliation_is_the_ledger_s(site: Site, shared: Opened, name: str) -> None:
    view = VIEWS[name]
    page = shared.turn(site.pages["trust"], view.address(site))
    wanted = site.ask(
        "select billing_period, source, charge_type, bill_billed_cost, ledger_billed_cost, outside_billed_cost,"
        " bill_billed_cost - ledger_billed_cost - outside_billed_cost from marts.bill_reconciliation"
        " where billing_currency = ? and billing_period between ? and ? order by 1, 2, 3",
        view.currency,
        f"{view.first:%Y-%m}",
        f"{view.last:%Y-%m}",
    )
    found = grid(page, "reconciliation")
    amounts = [[row[1], row[2], *map(exact, row[3:7])] for row in found.rows]
    assert amounts == [list(row[1:]) for row in wanted[:25]]
    sums = [sum(row[place] for row in wanted) for place in (3, 4, 5, 6)]
    assert [exact(cell) for cell in found.foot[3:7]] == sums
    assert sums[3] == 0
    assert exact(tiles(page, "trust-figures")["The bill"][0]) == sums[0]


@pytest.mark.parametrize(
    "view",
    [View(), View(date(2026, 10, 5), measure="list_cost"), View(start=FIRST, end=date(2026, 10, 7)),
     View(currency="EUR", measure="billed_cost")],
    ids=["as it opens", "list", "since June", "euros"],
)  # fmt: skip
@pytest.mark.parametrize("arn", [CHURN, TWIN, KIM], ids=["churn", "its twin", "private"])
def test_a_page_of_a_space_shows_its_cost(site: Site, shared: Opened, arn: str, view: View) -> None:
    own = replace(view, show="all", space=arn)
    page = shared.turn(site.page_of(arn), own.address(site))
    whole = own.total(site, own.first, own.last)
    assert exact(tiles(page, "space-figures")["In these dates"][0]) == (whole or 0)
    assert foot(page, "space-by-day") == whole
    by_method = own.sums(site, "attribution_method", own.first, own.last)
    found = grid(page, "space-methods")
    assert [exact(row[1]) for row in found.rows] == [amount for _, amount in by_method]
    periods = [f"{own.first:%Y-%m}", f"{own.last:%Y-%m}"]
    first, last = (date.fromisoformat(f"{period}-01") for period in periods)
    resources = grid(page, "space-resources")
    column = resources.head.index(f"Cost ({own.currency})") if resources.rows else 0
    wanted = own.total(site, first, month_end(last))
    assert (exact(resources.foot[column]) if resources.rows else None) == wanted


def test_the_views_are_not_all_alike(site: Site) -> None:
    """Each view has a sum of its own, so that a filter that does nothing is noticed."""
    sums = [view.total(site, view.first, view.last) for view in VIEWS.values()]
    assert len(set(sums)) == len(sums)
    assert sums.count(None) == 1
    assert VIEWS["as pages open"].end == AS_OF
    assert VIEWS["a domain"].domain != D_XYZ


def test_days_are_not_held_against_a_whole_month(site: Site, shared: Opened) -> None:
    view = View(date(2026, 8, 1), date(2026, 8, 10), "spaces")
    page = shared.turn(site.pages["index"], view.address(site, least="0"))
    assert grid(page, "movers").rows == []
    assert "not known one by one" in page.locator("#movers").inner_text()


def test_resources_of_nobody_are_worth_tagging(site: Site, shared: Opened) -> None:
    untagged = site.ask(
        "select sum(effective_cost) from marts.resource_spend_monthly where attribution_method = 'unattributed'"
        " and billing_period = '2026-11' and billing_currency = 'USD'"
    )
    assert untagged[0][0] > 2
    page = shared.turn(site.pages["trust"], "")
    assert "Every resource of the two newest months" not in page.locator("#untagged").inner_text()
