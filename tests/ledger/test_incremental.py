"""Whatever the order of deliveries, what is built step by step equals what is built at once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger

PERIODS = ("2026-07", "2026-08", "2026-09")
COMPARED = (
    "core.charge",
    "core.resource_evidence",
    "core.tagged_day",
    "marts.space_spend_daily",
    "marts.space_spend_monthly",
    "marts.resource_spend_monthly",
    "marts.bill_reconciliation",
    "marts.cost_bridge",
    "marts.tags_first_seen",
    "marts.attribution_coverage",
    "marts.spaces",
    "marts.budget_status",
    "marts.budget_burn_daily",
    "marts.spend_without_budget",
    "marts.forecast_accuracy",
    "marts.spend_anomalies",
)
BUDGETS = f"""
[[budgets]]
name = "year"
space = "{SPACE}"
amount = 50
period = "annual"
[[budgets]]
name = "each"
space = "*"
amount = 20
[[budgets]]
name = "autumn"
domain = "{DOMAIN}"
amount = 90
period = "custom"
start = 2026-08-20
end = 2026-11-30
"""
Lines = list[dict[str, str]]

lines = st.lists(
    st.tuples(
        st.sampled_from(["volume-1", "volume-2", "volume-3"]),
        st.sampled_from([SPACE, OTHER_SPACE, "", "", "not an arn"]),
        st.sampled_from(["05", "14", "27"]),
        st.integers(-500, 5000),
    ),
    min_size=1,
    max_size=5,
)
deliveries = st.lists(st.tuples(st.sampled_from(PERIODS), lines), min_size=2, max_size=5)


def as_lines(period: str, drawn: list[tuple[str, str, str, int]]) -> Lines:
    return [
        {"resource": resource, "cost": f"{cost}e-2", "day": f"{period}-{day}"}
        | ({"space": space} if space else {})
        for resource, space, day, cost in drawn
    ]


def contents(ledger: Ledger, tables: tuple[str, ...] = COMPARED) -> dict[str, list[tuple]]:
    def columns(table: str) -> str:
        schema, name = table.split(".")
        made = ("build_id", "built_at", "loaded_at", "delivery_id")
        rows = ledger.query(
            "select column_name from information_schema.columns"
            f" where table_schema = '{schema}' and table_name = '{name}' order by ordinal_position"
        )
        return ", ".join(f'"{row[0]}"' for row in rows if row[0] not in made)

    return {
        table: ledger.query(f"select {columns(table)} from {table} order by all")
        for table in tables
    }


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=deliveries)
def test_incremental_equals_full(drawn: list) -> None:
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        ledger.configure(ledger.config.read_text() + BUDGETS)
        for number, (period, rows) in enumerate(drawn):
            write_cur(ledger.bill, period, as_lines(period, rows), assembly=f"assembly-{number}")
            assert ledger.run().exit_code in {0, 3}
        incremental = contents(ledger)
        assert incremental["core.charge"]
        assert ledger.run(full_refresh=True).published
        assert contents(ledger) == incremental

        (Path(folder) / "fresh").mkdir()
        fresh = Ledger(Path(folder) / "fresh")
        fresh.configure('home = "home"\n[[costs]]\nname = "acme"\nuri = "../bill"\n' + BUDGETS)
        fresh.run()
        assert contents(fresh) == incremental


def test_a_retag_of_one_closed_month_of_twelve_rewrites_that_month_alone(ledger: Ledger) -> None:
    months = [f"2025-{month:02d}" for month in range(9, 13)]
    months += [f"2026-{month:02d}" for month in range(1, 9)]
    for month in months:
        rows = [
            {"resource": f"{month}-{n}", "space": SPACE, "day": f"{month}-{n + 1:02d}", "cost": "2"}
            for n in range(10)
        ]
        write_cur(ledger.bill, month, rows)
    first = ledger.run()
    assert first.built is not None
    assert first.built.rows_written["core.charge"] == 120
    retagged = [
        {
            "resource": f"2026-02-{n}",
            "space": OTHER_SPACE,
            "day": f"2026-02-{n + 1:02d}",
            "cost": "2",
        }
        for n in range(10)
    ]
    write_cur(ledger.bill, "2026-02", retagged, assembly="assembly-2")
    second = ledger.run()
    assert second.built is not None
    assert second.built.periods == {"2026-02": "delivery"}
    assert second.built.rows_written["core.charge"] == 10
    assert second.built.rows_written["marts.space_spend_daily"] == 10
    assert ledger.query(
        "select space_arn, sum(effective_cost)::int from marts.space_spend_daily group by 1 order by 2"
    ) == [(OTHER_SPACE, 20), (SPACE, 220)]
