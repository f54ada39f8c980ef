"""The key figures of each page are those of the ledger, whatever the view."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opened, Site
from tests.browser.made_bill import D_XYZ, FRAUD, LEE
from tests.browser.test_filters import VIEWS
from tests.browser.views import DAILY_FROM, View, exact, grid, month_end, tiles

pytestmark = pytest.mark.browser

USAGE = (
    "charge_category = 'Usage'"
    " and spend_category not in ('discount', 'savings plan negation', 'unused Savings Plan commitment')"
)
NAMES_SPACE = (
    "attribution_method in ('space_tag', 'space_resource', 'space_history', 'space_event')"
)


@pytest.fixture(params=VIEWS, scope="module")
def view(request: pytest.FixtureRequest) -> View:
    return VIEWS[request.param]


@pytest.fixture(scope="module")
def shown(site: Site, summary: Opened, view: View) -> Page:
    return summary.turn(site.pages["index"], view.address(site))


def figure(page: Page, label: str) -> tuple[str, str]:
    """The value and the small print of the figure whose label begins so."""
    [found] = [tile for name, tile in tiles(page).items() if name.startswith(label)]
    return found[0], found[1]


def percent(part: Decimal | None, whole: Decimal | None) -> str:
    return f"{(part or 0) / whole:.1%}" if whole and whole > 0 else "–"


def test_the_change_is_that_of_the_ledger(site: Site, shown: Page, view: View) -> None:
    value, said = figure(shown, "Change, like for like")
    if view.like is None:
        assert (value, said) == ("–", "nothing to compare yet")
        return
    begin, end, earlier, same = view.like
    now, then = view.total(site, begin, end), view.total(site, earlier, same)
    if now is None or then is None or then <= 0:
        assert value == "–"
    else:
        ratio = (now - then) / then
        assert value == (f"{ratio:+.1%}" if ratio < 9 else f"×{ratio + 1:,.0f}")
    sums = [f"{amount:,.2f}" if amount is not None else "–" for amount in (now, then)]
    assert said == f"{sums[0]} against {sums[1]} {view.currency}"


def test_budgets_are_those_of_the_spaces_shown(site: Site, shown: Page, view: View) -> None:
    rows = site.ask(
        "select scope_arn, remaining, amount, status from marts.budget_status"
        " where is_current and scope = 'space' and status <> 'unknown_scope' and billing_currency = ?"
        " qualify row_number() over (partition by scope_arn order by period_end, budget_name) = 1",
        view.currency,
    )
    own = [row for row in rows if row[0] in view.spaces(site)]
    value, said = figure(shown, "Budget left")
    if own:
        assert exact(value) == sum(row[1] for row in own)
        amount = sum(row[2] for row in own)
        budgets = "budget" if len(own) == 1 else "budgets"
        assert said.startswith(f"of {amount:,.2f} in {len(own)} {budgets} of spaces")
    else:
        assert value == "–"
        assert said.startswith("no space shown has a budget")
    gravest = dict(
        site.ask(
            "select scope_arn, arg_min(status, list_position(?, status)) from marts.budget_status"
            " where is_current and scope = 'space' and billing_currency = ? group by scope_arn",
            ["breached", "breach_forecast", "watch", "ok", "no_data", "unknown_scope"],
            view.currency,
        )
    )
    worst = [gravest[row[0]] for row in own]
    bad = sum(status in {"breached", "breach_forecast", "watch"} for status in worst)
    over = worst.count("breached")
    value, said = figure(shown, "Spaces over or near budget")
    assert value == str(bad)
    assert said.startswith(f"{over} over, {bad - over} near or likely to be")


def test_spend_without_a_budget(site: Site, shown: Page, view: View) -> None:
    rows = site.ask(
        "select space_arn, domain_arn, sum(spent) from marts.spend_without_budget"
        " where billing_period = ? and billing_currency = ? group by all",
        f"{view.last:%Y-%m}",
        view.currency,
    )
    # Cost of no space stands with the shared spaces too: a budget of its domain would count it.
    of_nobody = view.show != "private" and not (view.team or view.space)
    own = [
        spent
        for space, domain, spent in rows
        if space in view.spaces(site)
        or (
            space is None
            and of_nobody
            and view.domain in {"", domain}
            and view.account in {"", (domain or "::::").split(":")[4]}
        )
    ]
    assert exact(figure(shown, "Spend without a budget")[0]) == sum(own)


def test_coverage_is_of_all_usage(site: Site, shown: Page, view: View) -> None:
    where = f"{USAGE} and billing_currency = ? and billing_period = ?"
    where += f" and account_id = '{view.account}'" if view.account else ""
    where += f" and domain_arn = '{view.domain}'" if view.domain else ""
    [(usage, named, lost)] = site.ask(
        f"select sum(effective_cost), sum(effective_cost) filter ({NAMES_SPACE}),"
        " sum(effective_cost) filter (attribution_method = 'unattributed')"
        f" from marts.space_spend_daily where {where}",
        view.currency,
        f"{view.last:%Y-%m}",
    )
    assert figure(shown, "Usage that names its space")[0] == percent(named, usage)
    value, said = figure(shown, "Unattributed")
    assert exact(value) == (lost or 0)
    assert said.startswith(f"{percent(lost, usage)} of usage")


def test_people_are_counted_once(site: Site, shown: Page, view: View) -> None:
    through = view.last if view.last >= DAILY_FROM else month_end(view.last)
    rows = site.ask(
        "select distinct space_arn, user_name from marts.space_users_daily"
        " where user_name is not null and activity_date between ? and ?",
        view.last.replace(day=1),
        through,
    )
    seen = {name for space, name in rows if space in view.spaces(site)}
    accounts = f" and account_id = '{view.account}'" if view.account else ""
    [(told,)] = site.ask(
        f"select count(*) from core.trail_coverage where told_date between ? and ?{accounts}",
        view.last.replace(day=1),
        through,
    )
    assert figure(shown, "Active people")[0] == (str(len(seen)) if told else "–")


FORECASTS = [
    (View(), "scope = 'sum' and scope_key = 'shared'"),
    (View(show="private"), "scope = 'sum' and scope_key = 'private'"),
    (View(show="spaces", currency="EUR"), "scope = 'sum' and scope_key = 'spaces'"),
    (View(show="all"), "scope = 'sum' and scope_key = 'all'"),
    (View(space=FRAUD), f"scope = 'space' and scope_key = '{FRAUD}'"),
    (View(space=LEE, show="spaces"), f"scope = 'space' and scope_key = '{LEE}'"),
    (View(domain=D_XYZ, show="all"), f"scope = 'domain' and scope_key = '{D_XYZ}'"),
]


@pytest.mark.parametrize(("view_", "scope"), FORECASTS, ids=[scope for _, scope in FORECASTS])
def test_the_forecast_is_the_one_made_for_the_view(
    site: Site, summary: Opened, view_: View, scope: str
) -> None:
    page = summary.turn(site.pages["index"], view_.address(site))
    [(middle, low, high)] = site.ask(
        "select forecast, forecast_low, forecast_high from marts.spend_forecast"
        f" where {scope} and billing_currency = '{view_.currency}'"
    )
    value, said = figure(page, "Forecast")
    assert exact(value) == middle
    assert said == f"{low:,.2f} to {high:,.2f}"


def test_a_forecast_of_no_one_view_is_the_sum_of_its_spaces(site: Site, summary: Opened) -> None:
    view = View(team="payments", show="spaces")
    page = summary.turn(site.pages["index"], view.address(site))
    [(middle, count)] = site.ask(
        "select sum(forecast), count(*) from marts.spend_forecast where scope = 'space' and billing_currency = 'USD'"
        f" and scope_key in ({', '.join(repr(arn) for arn in view.spaces(site))})"
    )
    value, said = figure(page, "Forecast")
    assert exact(value) == middle
    assert said == f"the sum of {count} spaces alone, without a band"
    past = View(end=date(2026, 10, 31))
    page = summary.turn(site.pages["index"], past.address(site))
    assert figure(page, "Forecast")[0] == "–"


@pytest.mark.parametrize("name", ["as pages open", "all cost", "euros", "a domain", "a space"])
def test_budgets_stand_as_the_ledger_says(site: Site, shared: Opened, name: str) -> None:
    view = VIEWS[name]
    page = shared.turn(site.pages["budgets"], view.address(site))
    rows = site.ask(
        "select scope_arn, scope, amount, spent, remaining, forecast, status"
        " from marts.budget_status where period_end >= (select as_of from core.run) and billing_currency = ?",
        view.currency,
    )
    shown = [
        row
        for row in rows
        if row[0] in view.spaces(site) or (row[1] == "domain" and _has_domain(view, row[0]))
    ]
    found = grid(page, "standings").rows
    amounts = sorted(row[2:6] for row in shown)
    assert sorted(tuple(exact(cell) for cell in row[2:6]) for row in found) == amounts
    bad = sum(row[6] in {"breached", "breach_forecast"} for row in shown)
    assert tiles(page, "budget-figures")["Budgets that do not hold"][0] == str(bad)


def _has_domain(view: View, arn: str) -> bool:
    """A budget of a domain is shown unless the view is about something smaller."""
    return not (view.space or view.team) and view.domain in {"", arn} and not view.account
