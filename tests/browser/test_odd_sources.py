"""Pages of two payers whose bills reach differently, and of a trail that begins late, beside one that is silent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner

from spaceledger.cli import main
from tests.browser.conftest import DRAWN, Opened, Site
from tests.browser.odd_ledgers import D_NEAR, FAR, IDLE, NEAR, NEAR_TOO, ONE, TWO, UNTOLD, VICTIM
from tests.browser.odd_views import figure, notices, spent, words
from tests.browser.views import exact, grid, tiles, whole_grid

pytestmark = pytest.mark.browser
Odd = Callable[[str], Site]


@pytest.fixture(scope="module")
def payers(odd: Odd) -> Site:
    return odd("payers")


@pytest.fixture(scope="module")
def late(odd: Odd) -> Site:
    return odd("late trail")


# --- two payers ----------------------------------------------------------------------------------

SPENT = {FAR: Decimal("4650"), NEAR: Decimal("300"), NEAR_TOO: Decimal("112.5")}
ONE_MADE = {
    "": "scope = 'sum' and scope_key = 'shared'",
    "show=spaces": "scope = 'sum' and scope_key = 'spaces'",
    "show=all": "scope = 'sum' and scope_key = 'all'",
    "show=all&domain=d-two": f"scope_key = '{D_NEAR}'",
}
ADDED = {
    "domain=d-abc": [FAR],
    "domain=d-two": [NEAR, NEAR_TOO],
    "show=spaces&domain=d-two": [NEAR, NEAR_TOO],
    f"account={ONE}": [FAR],
    f"account={TWO}": [NEAR, NEAR_TOO],
    f"account={TWO}&show=all": [NEAR, NEAR_TOO],
    f"team={quote('Near team')}": [NEAR, NEAR_TOO],
    f"team={quote('Far team')}&domain=d-abc": [FAR],
}


@pytest.mark.parametrize("view", ONE_MADE)
def test_the_forecast_of_a_sum_is_no_less_than_its_spend(
    payers: Site, shared: Opened, view: str
) -> None:
    [(least, middle, low, high)] = payers.ask(
        f"select spent, forecast, forecast_low, forecast_high from marts.spend_forecast where {ONE_MADE[view]}"
    )
    page = shared.turn(payers.pages["index"], view)
    value, said = figure(page, "Forecast, October 2026")
    assert exact(value) == middle
    assert said == f"{low:,.2f} to {high:,.2f}"
    shown = exact(figure(page, "October 2026 so far")[0])
    assert shown == least
    assert high >= middle >= low >= shown


@pytest.mark.parametrize("view", ADDED)
def test_the_forecast_of_a_filter_is_the_sum_of_its_spaces(
    payers: Site, shared: Opened, view: str
) -> None:
    names = ", ".join(f"'{arn}'" for arn in ADDED[view])
    [(least, middle, count)] = payers.ask(
        "select sum(spent), sum(forecast), count(*) from marts.spend_forecast"
        f" where scope = 'space' and scope_key in ({names})"
    )
    page = shared.turn(payers.pages["index"], view)
    value, said = figure(page, "Forecast, October 2026")
    assert exact(value) == middle >= least == sum(SPENT[arn] for arn in ADDED[view])
    assert said == f"the sum of {count} spaces alone, without a band"


def test_the_gravest_of_two_budgets_counts(payers: Site, shared: Opened) -> None:
    page = shared.show(payers.pages["index"])
    value, said = figure(page, "Spaces over or near budget")
    assert (value, said) == ("1", "1 over, 0 near or likely to be")
    value, said = figure(page, "Budget left")
    assert exact(value) == 100000 - SPENT[FAR]
    assert said == "of 100,000.00 in 1 budget of spaces"
    page = shared.show(payers.pages["spaces"])
    assert {row[3]: row[9] for row in grid(page, "all-spaces").rows} == {
        "Far team": "breached",
        "Near team": "",
    }
    page = shared.show(payers.page_of(FAR))
    left = figure(page, "Left of annual far", "space-figures")
    year = spent(payers, f"space_arn = '{FAR}'", "2026-01-01", "2026-12-31")
    assert exact(left[0]) == 500 - year
    assert left[1].startswith("breached")


OF_NOBODY = {
    "": "300 + 112.5 + 18.75",
    "show=all": "300 + 112.5 + 18.75",
    f"account={TWO}": "300 + 112.5 + 18.75",
    f"account={TWO}&show=all": "300 + 112.5 + 18.75",
    f"account={TWO}&show=spaces": "300 + 112.5 + 18.75",
    f"account={ONE}&show=all": "0",
    "domain=d-two": "300 + 112.5 + 18.75",
    f"team={quote('Near team')}": "300 + 112.5",
    "show=private": "0",
}


@pytest.mark.parametrize("view", OF_NOBODY)
def test_what_has_no_budget_is_of_domains_too(payers: Site, shared: Opened, view: str) -> None:
    wanted = sum(Decimal(part) for part in OF_NOBODY[view].split(" + "))
    page = shared.turn(payers.pages["index"], view)
    assert exact(figure(page, "Spend without a budget")[0]) == wanted
    page = shared.show(payers.pages["budgets"], f"{view}&from=2026-10-01")
    foot = grid(page, "without-budget").foot
    assert (exact(foot[-1]) if foot else 0) == wanted


def test_filters_outlive_a_visit_to_a_space(payers: Site, shared: Opened) -> None:
    view = f"from=2026-09-01&show=all&account={TWO}&domain=d-two&team=Near+team"
    page = shared.show(payers.pages["spaces"], view)
    page.locator("#all-spaces tbody tr a").first.click()
    page.wait_for_function(DRAWN)
    assert "/spaces/near" in page.url
    page.get_by_role("link", name="Summary").click()
    page.wait_for_function(DRAWN)
    assert urlsplit(page.url).fragment == view
    wanted = spent(payers, "team = 'Near team'", "2026-10-01", "2026-10-31")
    assert exact(figure(page, "October 2026 so far")[0]) == wanted


# --- a trail that begins late --------------------------------------------------------------------


@pytest.mark.parametrize("view", ["to=2026-07-31", "from=2026-08-01&to=2026-08-19"])
def test_days_before_the_trail_are_not_silent(late: Site, shared: Opened, view: str) -> None:
    page = shared.show(late.pages["index"], view)
    assert figure(page, "Active people") == ("–", "no trail tells of these days")
    page = shared.show(late.pages["activity"], view)
    for value, said in tiles(page, "activity-figures").values():
        assert (value, said) == ("–", "no trail tells of these days")
    for panel in ("week", "calls-by-day", "people", "apps-started", "denied"):
        assert grid(page, panel).rows == []
        assert "No trail tells of these days" in words(page, panel)
    page = shared.show(late.pages["spaces"], view)
    assert {row[10] for row in grid(page, "all-spaces").rows} == {"–"}


def test_a_trail_of_one_account_tells_nothing_of_another(late: Site, shared: Opened) -> None:
    for view in (f"account={TWO}", "domain=d-two", f"space={late.page_of(UNTOLD).stem}"):
        page = shared.turn(late.pages["index"], view)
        for label in ("Active people", "While nobody was there"):
            assert figure(page, label) == ("–", "no trail tells of these days")
    page = shared.turn(late.pages["index"], f"account={ONE}")
    assert figure(page, "Active people")[0] == "0"
    page = shared.show(late.pages["spaces"])
    people = {row[2]: row[10] for row in grid(page, "all-spaces").rows}
    assert people == {ONE: "0", TWO: "–"}


def test_thirty_days_stay_whatever_the_dates(late: Site, shared: Opened) -> None:
    [(low, high)] = late.ask("select sum(cost_low), sum(cost_high) from marts.unattended_spend")
    assert high > 0
    for view in ("", "from=2026-06-01&to=2026-06-30", "from=2026-09-01&to=2026-09-30"):
        page = shared.turn(late.pages["unattended"], view)
        foot = grid(page, "unattended").foot
        assert (exact(foot[3]), exact(foot[4])) == (low, high)
        note = page.locator("#unattended .unfiltered")
        assert note.is_visible() == bool(view)
        assert "dates" in note.inner_text() or not view
    for view in ("", "from=2026-06-01&to=2026-06-30"):
        page = shared.turn(late.pages["activity"], view)
        assert len(grid(page, "quiet-spaces").rows) == 3
        assert page.locator("#quiet-spaces .unfiltered").is_visible() == bool(view)
    page = shared.show(late.pages["index"], "from=2026-09-01&to=2026-09-30")
    assert exact(figure(page, "While nobody was there")[0].split(" to ")[-1]) == high


def test_no_command_deletes_what_a_tag_alone_names(late: Site, shared: Opened) -> None:
    page = shared.show(late.pages["unattended"])
    commands = {row[1].rsplit("/", 1)[-1]: row[9] for row in whole_grid(page, "unattended").rows}
    assert not [text for text in commands.values() if "--space-name victim" in text]
    assert "delete-space" not in commands["mine"]
    assert "--space-name idle" in commands["idle"]
    page = shared.show(late.page_of(VICTIM))
    assert "delete-space" not in page.content()
    page = shared.show(late.page_of(IDLE))
    assert "delete-space" in page.content()


def test_a_folder_without_logs_is_named(late: Site, shared: Opened) -> None:
    for path in late.pages.values():
        said = notices(shared.show(path))
        assert "Nothing was read of the trail silent. Point its uri at the folder" in said
        assert "None" not in said


def test_a_single_file_says_which_space_it_lacks(
    late: Site, shared: Opened, tmp_path: Path
) -> None:
    target, config = tmp_path / "mail.html", late.folder.parents[2] / "spaceledger.toml"
    done = CliRunner().invoke(
        main, ["report", "--config", str(config), "--single-file", str(target)]
    )
    assert done.exit_code == 0, done.output
    shared.faults.clear()
    page = shared.show(target, "page=space&is=nosuch")
    assert "names a space that is not in this build" in notices(page)
    assert page.locator(".panel:visible").count() == 0
    page = shared.turn(target, f"page=space&is={late.page_of(IDLE).stem}")
    assert exact(figure(page, "October 2026 so far", "space-figures")[0]) == 40
    assert "not in this build" not in notices(page)
    assert shared.faults == []
