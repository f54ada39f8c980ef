"""Every check can fail: rows dropped, repeated and altered at raw, staging, core and mart are noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from spaceledger.paths import sql_dir
from spaceledger.warehouse.build import prepare
from spaceledger.warehouse.checks import run_checks
from spaceledger.warehouse.connection import open_work, run
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental_events import CONFIGURATION, arn, call, write_log

LINES = [
    {
        "space": SPACE,
        "cost": "1",
        "resource": "arn:aws:sagemaker:us-east-1:012345678901:training-job/a",
    },
    {"space": OTHER_SPACE, "cost": "2", "day": "2026-09-02"},
    {"domain": DOMAIN, "cost": "4", "day": "2026-09-03"},
    {"type": "Tax", "cost": "8"},
    {
        "resource": arn("red"),
        "cost": "32",
        "day": "2026-09-04",
        "usage_type": "USE1-Host:ml.m5.large",
    },
    {
        "space": SPACE,
        "resource": SPACE,
        "cost": "3",
        "day": "2026-09-04",
        "usage_type": "USE1-Studio:VolumeUsage.gp3",
    },
    {"product": "AmazonEC2", "cost": "16"},
]


BUDGETS = f"""
[[budgets]]
name = "red"
space = "{SPACE}"
amount = 2
[[budgets]]
name = "all"
domain = "{DOMAIN}"
amount = 900
period = "annual"
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ledger = Ledger(tmp_path_factory.mktemp("checks"))
    ledger.configure(CONFIGURATION.format("") + BUDGETS)
    write_cur(ledger.bill, "2026-09", LINES)
    calls = [
        call("CreateEndpoint", "red", SPACE, "2026-09-01T08:00:00Z"),
        call("CreateApp", "blue", SPACE, "2026-09-02T08:00:00Z"),
        call("DeleteApp", "blue", SPACE, "2026-09-02T18:00:00Z"),
        call("UpdateSpace", "blue", OTHER_SPACE, "2026-09-04T18:00:00Z"),
    ]
    write_log(ledger.root / "trail", "log", calls)
    ledger.run()
    return (ledger.home / "ledger.duckdb").resolve()


@pytest.fixture
def work(published: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "work.duckdb"
    shutil.copyfile(published, copy)
    return copy


def failures(con: duckdb.DuckDBPyConnection, severity: str = "fail") -> set[str]:
    results = run_checks(con, prepare_again(con), everything=True)
    return {r.name for r in results if r.failures and r.severity == severity}


def prepare_again(con: duckdb.DuckDBPyConnection) -> tuple:
    staged = run(con, "select count(*) from duckdb_tables() where schema_name = 'staging'")[0][0]
    return () if staged else prepare(con)


def drop_row(table: str) -> str:
    return f"delete from {table} where rowid = (select min(rowid) from {table})"


def repeat_row(table: str) -> str:
    return (
        f"insert into {table} select * from {table} where rowid = (select min(rowid) from {table})"
    )


def alter_row(table: str, column: str, value: str) -> str:
    return f"update {table} set {column} = {value} where rowid = (select min(rowid) from {table})"


# table -> a column whose change must not pass unseen, and its new value
TABLES = {
    "raw.cur__line_items": ("space_arn_tag", f"'{OTHER_SPACE}x'"),
    "raw.delivery_totals": ("billed_cost", "billed_cost + 0.000000000001"),
    "core.charge": ("effective_cost", "effective_cost + 0.000000000001"),
    "marts.space_spend_daily": ("effective_cost", "effective_cost + 0.000000000001"),
    "marts.space_spend_monthly": ("list_cost", "7"),
    "marts.resource_spend_monthly": ("billed_cost", "billed_cost - 0.000000000001"),
    "marts.bill_reconciliation": ("difference", "0.000000000001"),
    "marts.attribution_coverage": ("effective_cost", "effective_cost + 1"),
    "marts.cost_bridge": ("amount", "amount - 0.000000000001"),
    "raw.trail_events": ("event_id", "'another'"),
    "core.trail_event": ("event_key", "'another'"),
    "core.activity": ("space_arn", "'another'"),
    "marts.space_activity_daily": ("event_count", "event_count + 1"),
    "marts.space_activity_hourly": ("event_count", "event_count + 1"),
    "marts.space_users_daily": ("write_event_count", "write_event_count + 1"),
    "core.budget_charge_daily": ("spent", "spent + 0.000000000001"),
    "marts.budget_status": ("spent", "spent + 0.000000000001"),
}


def test_an_untouched_ledger_has_no_failures(work: Path) -> None:
    with open_work(work) as con:
        assert failures(con) == set()


@pytest.mark.parametrize("how", ["drop", "repeat", "alter"])
@pytest.mark.parametrize("table", TABLES)
def test_a_mutated_row_is_noticed(work: Path, table: str, how: str) -> None:
    statements = {
        "drop": drop_row(table),
        "repeat": repeat_row(table),
        "alter": alter_row(table, *TABLES[table]),
    }
    with open_work(work) as con:
        run(con, statements[how])
        assert failures(con)


@pytest.mark.parametrize("how", ["drop", "repeat", "alter"])
def test_a_mutated_staging_row_is_noticed(work: Path, how: str) -> None:
    with open_work(work) as con:
        prepare(con)
        run(con, "create table main.copy as select * from staging.charges")
        run(con, "drop view staging.charges")
        run(con, "create table staging.charges as select * from main.copy")
        table = "staging.charges"
        statements = {
            "drop": drop_row(table),
            "repeat": repeat_row(table),
            "alter": alter_row(table, "effective_cost", "effective_cost + 0.000000000001"),
        }
        run(con, statements[how])
        results = run_checks(con, (), everything=True)
        assert {r.name for r in results if r.failures and r.severity == "fail"}


# check -> the statement that makes it, by name, find something
BREAKS = {
    "marts.bill_reconciliation__bill_equals_ledger_plus_outside": alter_row("marts.bill_reconciliation", "effective_difference", "1"),
    "marts.bill_reconciliation__every_current_delivery_is_reconciled": "delete from marts.bill_reconciliation",
    "raw.line_items__unchanged_since_load": alter_row("raw.cur__line_items", "line_item_description", "'x'"),
    "raw.delivery_totals__add_up_to_the_delivery": alter_row("raw.delivery_totals", "row_count", "99"),
    "staging.charges__same_lines_as_raw": alter_row("raw.cur__line_items", "unblended_cost", "99"),
    "core.charge__same_charges_as_staging": alter_row("core.charge", "usage_type", "'x'"),
    "core.charge__method_has_its_evidence": alter_row("core.charge", "attribution_method", "'space_history'") + "; update core.charge set attribution_evidence = null",
    "marts.space_spend_daily__adds_up_to_charges": alter_row("marts.space_spend_daily", "usage_hours", "99"),
    "marts.resource_spend_monthly__adds_up_to_charges": alter_row("marts.resource_spend_monthly", "list_cost", "99"),
    "marts.space_spend_monthly__adds_up_to_days": alter_row("marts.space_spend_monthly", "usage_hours", "99"),
    "marts.attribution_coverage__adds_up_to_days": "delete from marts.attribution_coverage",
    "marts.spaces__every_space_with_spend": "delete from marts.spaces",
    "core.charge__tag_is_well_formed": alter_row("core.charge", "malformed_tag", "'x'"),
    "core.charge__tag_agrees_with_domain": "update core.charge set tagged_domain_arn = 'x'",
    "core.resource_evidence__names_that_are_both": f"insert into core.known_user_profile values ('{SPACE.replace(':space/', ':user-profile/')}', '{DOMAIN}')",
    "raw.trail_events__as_many_as_were_read": drop_row("raw.trail_events"),
    "core.trail_event__every_call_once": drop_row("core.trail_event"),
    "core.resource_evidence__events_do_not_overlap": (
        "insert into core.resource_evidence select * replace (began_at + interval '1' day as began_at, '" + OTHER_SPACE
        + "' as space_arn) from core.resource_evidence where method = 'space_event'"
    ),
    "marts.space_activity_daily__adds_up_to_calls": alter_row("marts.space_activity_daily", "error_count", "9"),
    "marts.space_activity_hourly__adds_up_to_days": alter_row("marts.space_activity_hourly", "write_event_count", "9"),
    "marts.space_users_daily__adds_up_to_activity": alter_row("marts.space_users_daily", "event_count", "9"),
    "marts.unattended_spend__within_the_bill": alter_row("marts.unattended_spend", "cost_high", "99"),
    "core.budget_charge_daily__adds_up_to_spend": alter_row("core.budget_charge_daily", "spent", "spent + 1"),
    "marts.budget_status__spent_adds_up_to_days": "update marts.budget_status set spent = spent + 1",
    "marts.budget_status__forecast_is_possible": "update marts.budget_status set forecast_low = spent - 1",
    "marts.spend_forecast__is_possible": alter_row("marts.spend_forecast", "forecast_low", "spent - 1"),
    "marts.budget_burn_daily__ends_where_the_budget_stands": "update marts.budget_burn_daily set plan_to_date = plan_to_date - 1",
    "marts.aws_budgets__spent_adds_up_to_days": (
        "insert into marts.aws_budgets by name select '012345678901' as account_id, 'x' as aws_budget_name, true as is_current,"
        " date '2026-09-01' as period_start, date '2026-09-30' as period_end, scope_arn, billing_currency, cost_metric,"
        " spent + 1 as spent from marts.budget_status where budget_name = 'red' and period_start = date '2026-09-01'"
    ),
    "marts.cost_bridge__steps_add_up": alter_row("marts.cost_bridge", "amount", "amount + 0.000000000001"),
    "marts.compared_spend_daily__formats_agree": "insert into marts.compared_spend_daily (billing_period, difference) values ('2026-09', 1)",
}  # fmt: skip


def test_every_check_file_has_a_way_to_fail() -> None:
    assert {path.stem for path in (sql_dir() / "checks").glob("*.sql")} == set(BREAKS)


@pytest.mark.parametrize("check", BREAKS)
def test_a_check_finds_what_it_is_for(work: Path, check: str) -> None:
    with open_work(work) as con:
        for statement in BREAKS[check].split("; "):
            run(con, statement)
        found = {r.name for r in run_checks(con, prepare(con), everything=True) if r.failures}
    assert check in found


def test_a_repeated_row_breaks_a_grain(work: Path) -> None:
    with open_work(work) as con:
        run(con, repeat_row("marts.spaces"))
        assert "marts.spaces__grain_is_unique" in failures(con)
