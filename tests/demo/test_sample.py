"""The demo data: the same bytes each time, the same money in each format, all of it in the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from spaceledger import pipeline
from spaceledger.demo import write_sample
from spaceledger.paths import scenario_path
from spaceledger.settings import load_settings
from tests.independent.bill_figures import Summary, read_bill, summarise

DATA = scenario_path().parent
MONTHS = ("2026-08", "2026-09")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(scenario_path(), folder)
    return folder


def test_the_committed_data_is_what_the_scenario_makes(made: Path) -> None:
    committed = contents(DATA)
    assert {name: committed.get(name) for name in contents(made)} == contents(made)
    by_hand = set(committed) - set(contents(made))
    assert by_hand == {"scenario.toml", "owners.csv", "spaceledger.toml"}


def test_it_is_small() -> None:
    assert sum(map(len, contents(DATA).values())) < 3_000_000


def bill(*names: str) -> Summary:
    return summarise(read_bill([DATA.joinpath(*names)]))


def legacy(period: str) -> Summary:
    following = f"{period[:4]}{int(period[5:]) + 1:02d}01"
    span = f"{period.replace('-', '')}01-{following}"
    return bill("acme-billing", "cur", "acme-report", span, "acme-report-Manifest.json")


@pytest.mark.parametrize("period", MONTHS)
def test_formats_agree_per_space_and_day_by_independent_figures(period: str) -> None:
    partition = f"BILLING_PERIOD={period}"
    cur2 = bill("acme-exports", "acme-cur2", "data", partition)
    focus = bill("acme-exports", "acme-focus", "data", partition)
    one = legacy(period)
    assert len(one.space_days) > 200

    def effective(summary: Summary) -> dict:
        return {key: sums.effective for key, sums in summary.space_days.items() if sums.effective}

    assert effective(one) == effective(cur2) == effective(focus)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pipeline.Outcome]:
    home = tmp_path_factory.mktemp("demo") / "home"
    settings = load_settings(DATA / "spaceledger.toml").model_copy(update={"home": home})
    now = datetime(2026, 10, 21, 9, tzinfo=UTC)
    return home, pipeline.run(settings, as_of=date(2026, 10, 21), now=now)


def rows(ledger: tuple[Path, pipeline.Outcome], sql: str) -> list[tuple]:
    with duckdb.connect(str((ledger[0] / "ledger.duckdb").resolve()), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_it_runs_without_a_problem(ledger: tuple[Path, pipeline.Outcome]) -> None:
    outcome = ledger[1]
    assert outcome.exit_code == 0
    assert outcome.problems == ()
    assert not [result for result in outcome.checks if result.failures]


def test_every_dollar_is_accounted_for(ledger: tuple[Path, pipeline.Outcome]) -> None:
    found = rows(ledger, "select billing_period, bill_billed_cost, difference, effective_difference"
                         " from (select billing_period, source, sum(bill_billed_cost) as bill_billed_cost,"
                         " sum(abs(difference)) as difference,"
                         " sum(abs(effective_difference)) as effective_difference"
                         " from marts.bill_reconciliation group by all)")  # fmt: skip
    assert len(found) == 9
    for period, billed, difference, effective_difference in found:
        assert (difference, effective_difference) == (0, 0)
        if period in MONTHS:
            sums = legacy(period)
            assert billed == sum((total.billed for total in sums.charges.values()), Decimal(0))


def test_formats_agree_in_the_ledger(ledger: tuple[Path, pipeline.Outcome]) -> None:
    found = rows(ledger, "select compared_source, count(*), sum(abs(difference))"
                         " from marts.compared_spend_daily group by all order by all")  # fmt: skip
    assert [(source, difference) for source, _, difference in found] == [
        ("acme-cur2", 0),
        ("acme-focus", 0),
    ]
    assert all(count > 400 for _, count, _ in found)


def test_the_story_has_every_method(ledger: tuple[Path, pipeline.Outcome]) -> None:
    methods = {
        row[0] for row in rows(ledger, "select distinct attribution_method from core.charge")
    }
    assert methods == {"space_tag", "space_resource", "space_history", "space_event", "user_profile",
                       "domain", "unattributed"}  # fmt: skip


def test_the_story_has_the_spaces_it_tells_of(ledger: tuple[Path, pipeline.Outcome]) -> None:
    found = rows(ledger, "select space_name, count(*), max(last_spend_date)::varchar"
                         " from marts.spaces group by all order by all")  # fmt: skip
    names = {name: (count, last) for name, count, last in found}
    assert sum(count for count, _ in names.values()) == 9
    assert names["sandbox"][0] == 2
    assert "Model-Review" in names
    assert names["pricing"][1] == "2026-08-14"


def test_no_category_is_left_over(ledger: tuple[Path, pipeline.Outcome]) -> None:
    found = rows(ledger, "select distinct spend_category from marts.space_spend_daily")
    assert not {row[0] for row in found} & {"other", "other services"}
