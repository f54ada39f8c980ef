"""Pages of a ledger of more spaces than the first view tells one by one, which no trail tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Request

from tests.browser.conftest import Opened, Site
from tests.browser.odd_ledgers import CROWD, ONE
from tests.browser.odd_views import ALL, SHARED, figure, named, spent, words
from tests.browser.views import SPEND, exact, grid, tiles, whole_grid

pytestmark = pytest.mark.browser
Odd = Callable[[str], Site]

FIRST, LAST = "2026-07-21", "2026-10-21"
# Each asks for every space, and none of the last two can be answered from the folded rows.
SAME = {"as pages open": "", "of a domain": "domain=d-abc", "of an account": f"account={ONE}"}


@pytest.fixture(scope="module")
def crowd(odd: Odd) -> Site:
    site = odd("crowd")
    assert site.ask("select count(*) > 60 from marts.spaces") == [(True,)]
    return site


@pytest.mark.parametrize("name", SAME)
def test_a_crowd_adds_up(crowd: Site, shared: Opened, name: str) -> None:
    page = shared.show(crowd.pages["index"], SAME[name])
    month = spent(crowd, SHARED, "2026-10-01", LAST)
    value, said = figure(page, "October 2026 so far")
    assert exact(value) == month
    everything = spent(crowd, SHARED if "domain" in name else ALL, "2026-10-01", LAST)
    assert said.endswith(f"of {everything:,.2f} for all SageMaker cost")
    now = spent(crowd, SHARED, "2026-10-01", "2026-10-18")
    then = spent(crowd, SHARED, "2026-09-01", "2026-09-18")
    value, said = figure(page, "Change, like for like")
    assert said == f"{now:,.2f} against {then:,.2f} USD"
    assert value == f"{(now - then) / then:+.1%}"
    assert exact(grid(page, "spend-by-day").foot[-1]) == spent(crowd, SHARED, FIRST, LAST)
    months = grid(page, "spend-by-month").rows
    assert [exact(row[-1]) for row in months] == [
        spent(crowd, SHARED, f"{month}-01", f"{month}-31")
        if month != "2026-09"
        else spent(crowd, SHARED, "2026-09-01", "2026-09-30")
        for month in ("2026-10", "2026-09", "2026-08")
    ]


@pytest.mark.parametrize("name", SAME)
def test_a_dear_newcomer_is_named_among_many(crowd: Site, shared: Opened, name: str) -> None:
    page = shared.turn(crowd.pages["index"], SAME[name])
    moved = dict(
        crowd.ask(
            "select split_part(space_arn, '/', -1),"
            " coalesce(sum(effective_cost) filter (day between '2026-10-01' and '2026-10-18'), 0)"
            " - coalesce(sum(effective_cost) filter (day between '2026-09-01' and '2026-09-18'), 0) as moved"
            f" from ({SPEND}) where space_arn is not null group by all having abs(moved) >= 10"
        )
    )
    rows = whole_grid(page, "movers").rows
    found = {name: exact(row[3]) for name, row in zip(named(rows), rows, strict=True)}
    assert found == moved
    assert found["newcomer"] == Decimal("391.5")


def test_every_space_of_a_crowd_is_in_its_table(crowd: Site, shared: Opened) -> None:
    wanted = crowd.ask(
        "select split_part(space_arn, '/', -1), sum(effective_cost),"
        " sum(effective_cost) filter (day >= '2026-10-01')"
        f" from ({SPEND}) where space_arn is not null and day >= '2026-07-21' group by all"
    )
    seen = []
    for view in ("", "domain=d-abc", "from=2026-07-20"):
        page = shared.show(crowd.pages["spaces"], view)
        found = whole_grid(page, "all-spaces")
        assert len(found.rows) == len(CROWD) + 1
        amounts = [(exact(row[6]), exact(row[7])) for row in found.rows]
        assert dict(zip(named(found.rows), amounts, strict=True)) == {row[0]: row[1:] for row in wanted}  # fmt: skip
        assert exact(found.foot[6]) == sum(row[1] for row in wanted)
        assert exact(found.foot[7]) == sum(row[2] for row in wanted)
        seen.append(sorted(row[8] for row in found.rows))
    assert seen[0] == seen[1] == seen[2]


def test_heat_of_a_crowd_is_of_the_dearest(crowd: Site, shared: Opened) -> None:
    dearest = crowd.ask(
        f"select sum(effective_cost) from ({SPEND}) where space_arn is not null and day >= '2026-07-21'"
        " group by space_arn order by 1 desc limit 30"
    )
    for view in ("", "domain=d-abc"):
        page = shared.turn(crowd.pages["index"], view)
        assert exact(grid(page, "heat").foot[-1]) == sum(amount for (amount,) in dearest)
    page = shared.turn(crowd.pages["index"], "from=2026-10-16")
    assert named(grid(page, "heat").rows)[0] == "newcomer"
    assert "newcomer" in " ".join(grid(page, "spend-by-day").head)


@pytest.fixture
def asked(shared: Opened) -> Iterator[list[str]]:
    """The files that pages ask for while a test runs."""
    names: list[str] = []

    def note(request: Request) -> None:
        names.append(request.url.partition("/data/")[2])

    shared.page.on("request", note)
    yield names
    shared.page.remove_listener("request", note)


def test_days_of_every_space_are_read_when_a_filter_asks(
    crowd: Site, shared: Opened, asked: list[str]
) -> None:
    for name in ("index", "spaces", "budgets"):
        shared.show(crowd.pages[name])
    shared.turn(crowd.pages["index"], "show=all")
    assert not [name for name in asked if name.startswith("spend_days")]
    shared.turn(crowd.pages["index"], "domain=d-abc")
    assert "spend_days/2026-10.js" in asked


def test_no_trail_is_no_idleness(crowd: Site, shared: Opened) -> None:
    page = shared.show(crowd.pages["index"])
    for label in ("Active people", "While nobody was there"):
        assert figure(page, label) == ("–", "no trail tells of these days")
    page = shared.show(crowd.pages["activity"])
    for value, said in tiles(page, "activity-figures").values():
        assert (value, said) == ("–", "no trail tells of these days")
    for panel in ("week", "calls-by-day", "people", "apps-started", "denied", "quiet-spaces"):
        assert "silence means nothing here" in words(page, panel) or grid(page, panel).rows
        assert "Nobody is away" not in words(page, panel)
        assert "No call failed" not in words(page, panel)
    page = shared.show(crowd.pages["unattended"])
    assert "Nothing was left running" not in words(page, "unattended")
    page = shared.show(crowd.pages["spaces"])
    assert {row[10] for row in grid(page, "all-spaces").rows} == {"–"}
    page = shared.show(crowd.page_of(CROWD[0]))
    people = figure(page, "People, October 2026", "space-figures")
    assert people == ("–", "no trail tells of this month")


def test_a_budget_of_a_currency_without_a_bill_is_listed(crowd: Site, shared: Opened) -> None:
    page = shared.show(crowd.pages["budgets"])
    choices = page.locator(".filters [name=currency] option").all_inner_texts()
    assert choices == ["USD", "EUR"]
    assert sorted(named(grid(page, "standings").rows)) == ["of nothing", "of plenty"]
    page = shared.turn(crowd.pages["budgets"], "currency=EUR")
    [row] = grid(page, "standings").rows
    assert named([row]) == ["of euros"]
    assert (exact(row[2]), exact(row[3])) == (100, 0)


def test_a_budget_of_nothing_is_the_gravest_and_has_no_bar(crowd: Site, shared: Opened) -> None:
    page = shared.show(crowd.pages["budgets"])
    first = grid(page, "standings").rows[0]
    month = spent(crowd, f"space_arn = '{CROWD[2]}'", "2026-10-01", LAST)
    assert [*named([first]), first[1]] == ["of nothing", "breached"]
    assert [exact(cell) for cell in first[2:5]] == [0, month, -month]
    said = words(page, "standings")
    assert "1 with an amount of 0 have no bar." in said
    assert "gravest of" not in said
    page = shared.show(crowd.pages["index"])
    assert figure(page, "Spaces over or near budget")[1].startswith("1 over, 0 near")


def test_spend_without_a_budget_counts_what_is_nobodys(crowd: Site, shared: Opened) -> None:
    wanted = spent(
        crowd,
        f"coalesce(space_arn, '') not in ('{CROWD[2]}', '{CROWD[3]}')",
        "2026-10-01",
        LAST,
    )
    page = shared.turn(crowd.pages["index"], "")
    assert exact(figure(page, "Spend without a budget")[0]) == wanted
    page = shared.show(crowd.pages["trust"])
    assert "endpoint/lonely" in words(page, "untagged")
