"""Pages of a day within a bill or long after it, of a bill by month, and of a short month before a long one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.browser.conftest import Opened, Site
from tests.browser.odd_ledgers import ALPHA, STEADY
from tests.browser.odd_views import ALL, SHARED, figure, notices, spent
from tests.browser.views import exact, grid, tiles, whole_grid

pytestmark = pytest.mark.browser
Odd = Callable[[str], Site]


def test_nothing_after_the_day_is_counted(odd: Odd, shared: Opened) -> None:
    site = odd("back")
    assert site.ask("select max(usage_date) > '2026-08-15' from marts.space_spend_daily") == [(True,)]  # fmt: skip
    month = spent(site, SHARED, "2026-08-01", "2026-08-15")
    page = shared.show(site.pages["index"])
    assert exact(figure(page, "August 2026 so far")[0]) == month == Decimal("185.625")
    newest, july = (grid(page, "spend-by-month").rows[at] for at in (0, 1))
    assert (newest[0], exact(newest[-1])) == ("August 2026", month)
    assert exact(july[-1]) == spent(site, SHARED, "2026-07-01", "2026-07-31")
    by_day = grid(page, "spend-by-day")
    assert by_day.rows[0][0] == "2026-08-15"
    assert exact(by_day.foot[-1]) == month + exact(july[-1])
    usage = spent(site, ALL, "2026-08-01", "2026-08-15")
    value, said = figure(page, "Unattributed")
    assert exact(value) == Decimal("7.5")
    assert said.startswith(f"{Decimal('7.5') / usage:.1%} of usage")
    assert figure(page, "Usage that names its space")[0] == f"{month / usage:.1%}"
    page = shared.show(site.pages["trust"])
    assert exact(whole_grid(page, "coverage").rows[0][-1]) == usage
    page = shared.show(site.pages["spaces"])
    assert exact(grid(page, "all-spaces").foot[7]) == month
    page = shared.show(site.page_of(STEADY))
    assert exact(figure(page, "August 2026 so far", "space-figures")[0]) == Decimal("63.75")


def test_a_day_long_after_the_data_says_so(odd: Odd, shared: Opened) -> None:
    site = odd("ahead")
    page = shared.show(site.pages["index"])
    # Eleven days of October are in no bill.
    assert exact(figure(page, "October 2026 so far")[0]) == spent(site, SHARED, "2026-10-01", "2026-10-31")  # fmt: skip
    assert "as of 2027-02-10" in figure(page, "Budget left")[1]
    assert "The newest day of the bill acme is 2026-10-20" in notices(page)
    page = shared.turn(site.pages["index"], "to=2026-09-30")
    assert exact(figure(page, "September 2026")[0]) == spent(site, SHARED, "2026-09-01", "2026-09-30")  # fmt: skip
    assert "September 2026" in tiles(page)
    page = shared.turn(site.pages["index"], "to=2026-10-31")
    assert "October 2026 so far" in tiles(page)


def test_a_budget_that_is_over_was_held_or_breached(odd: Odd, shared: Opened) -> None:
    site = odd("ahead")
    page = shared.show(site.pages["budgets"], "from=2026-07-01")
    found = {(row[0], row[1]): row[-1] for row in whole_grid(page, "past-periods").rows}
    assert set(found.values()) <= {"held", "breached", "no charge"}
    assert {ended for (name, day), ended in found.items() if name == "tight" and day < "2026-11"} == {"held", "breached"}  # fmt: skip
    for month, name, ended in (("08", "roomy", "breached"), ("09", "roomy", "held"), ("09", "tight", "breached")):  # fmt: skip
        assert found[name, f"2026-{month}-01"] == ended


def test_a_bill_by_month_is_not_read_as_days(odd: Odd, shared: Opened) -> None:
    site = odd("by month")
    for path in [*site.pages.values(), site.page_of(ALPHA)]:
        assert "The newest bills are by month: they say nothing of days." in notices(shared.show(path))  # fmt: skip
    page = shared.show(site.pages["index"])
    assert exact(figure(page, "October 2026 so far")[0]) == 332
    assert figure(page, "Change, like for like") == ("–", "nothing to compare yet")
    assert figure(page, "Forecast")[:2] == ("–", "none: the bill is by month")
    assert grid(page, "movers").rows == []
    by_day = grid(page, "spend-by-day")
    assert {row[0][-2:] for row in by_day.rows} == {"01"}
    assert exact(by_day.foot[-1]) == sum(exact(row[-1]) for row in grid(page, "spend-by-month").rows)  # fmt: skip
    page = shared.turn(site.pages["index"], "to=2026-09-30")
    value, said = figure(page, "Change, like for like")
    assert said == "331.00 against 330.00 USD"
    assert value == f"{Decimal(1) / 330:+.1%}"


@pytest.mark.parametrize(("view", "label"), [("to=2026-03-31", "March 2026"), ("to=2026-03-30", "March 2026 so far")])  # fmt: skip
def test_a_short_month_before_is_no_rise(odd: Odd, shared: Opened, view: str, label: str) -> None:
    site = odd("march")
    page = shared.show(site.pages["index"], view)
    assert label in tiles(page)
    assert figure(page, "Change, like for like") == ("+0.0%", "140.00 against 140.00 USD")
    assert grid(page, "movers").rows == []
    page = shared.show(site.page_of(ALPHA), view)
    assert figure(page, label, "space-figures")[1] == "+0.0% like for like"


def test_the_first_days_of_a_month_compare_nothing(odd: Odd, shared: Opened) -> None:
    page = shared.show(odd("march").pages["index"])
    assert exact(figure(page, "April 2026 so far")[0]) == 10
    assert figure(page, "Change, like for like") == ("–", "nothing to compare yet")


# The newest usage date of such a bill is the first of its month, and is held against stale_after_days as a day would be.
def test_a_bill_by_month_is_not_stale_within_its_month(odd: Odd, shared: Opened) -> None:
    page = shared.show(odd("by month").pages["index"])
    assert "what came since is not in these numbers" not in notices(page)
