"""Named queries, ad-hoc SQL, the notebook handle and the data dictionary."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from click.testing import CliRunner

import spaceledger
from spaceledger.cli import main
from spaceledger.errors import QueryError
from spaceledger.warehouse.dictionary import documented
from spaceledger.warehouse.reader import named_queries, neutral
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_sql_activity import ASKED_OF_TRAILS

APP = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/fraud/JupyterLab/default"
JOB = "arn:aws:sagemaker:us-east-1:012345678901:training-job/nightly"


@pytest.fixture
def published(ledger: Ledger) -> Ledger:
    ledger.configure(
        'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n[[budgets]]\nname = "fraud"\n'
        f'space = "{SPACE}"\namount = 20\nperiod = "annual"\n'
    )
    write_cur(ledger.bill, "2026-08", [{"space": SPACE, "cost": "10", "resource": APP}])
    lines = [
        {"space": SPACE, "cost": "16", "resource": APP, "day": "2026-09-02", "pricing/publicOnDemandCost": "20"},
        {"space": OTHER_SPACE, "cost": "1", "usage_type": "USE1-Studio:VolumeUsage.gp3", "day": "2026-09-05"},
        {"domain": DOMAIN, "cost": "2", "resource": JOB, "usage_type": "USE1-Train:ml.m5.large"},
        {"product": "AmazonEC2", "cost": "100"},
        {"type": "Tax", "cost": "3", "usage_type": ""},
    ]  # fmt: skip
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run()
    return ledger


EXPECTED = {
    "top_movers": [("space_name", "change"), [("fraud", 6), ("churn", 1)]],
    "spend_by_domain": [
        ("domain_arn", "effective_cost", "in_spaces", "shared_by_the_domain"),
        [(DOMAIN, 19, 17, 2), (None, 3, 0, 0)],
    ],
    "spend_by_category": [
        ("spend_category", "effective_cost"),
        [("Studio apps", 16), ("tax", 3), ("training", 2), ("Studio storage", 1)],
    ],
    "spend_by_account": [("account_id", "effective_cost"), [("012345678901", 18), ("012345678901", 4)]],
    "untagged_resources": [("resource_id", "effective_cost"), [(JOB, 2)]],
    "what_changed": [("change",), []],
    "running_apps": [("app_name",), []],
    "billed_to_effective_bridge": [
        ("charge_type", "bill_billed_cost", "ledger_billed_cost", "step"),
        [("Tax", 3, 3, 0), ("Usage", 119, 19, 0)],
    ],
    "instance_types_of_space": [("instance_type", "effective_cost_per_hour"), [("ml.t3.medium", 16)]],
    "daily_spend_of_space": [
        ("space_name", "effective_cost"),
        [("fraud", 16), ("churn", 1)],
    ],
    "coverage_by_month": [
        ("billing_period", "attribution_method", "effective_cost"),
        [("2026-08", "space_tag", 10), ("2026-09", "space_tag", 17), ("2026-09", "domain", 2), ("2026-09", "tax", 3)],
    ],
    "reconciliation": [
        ("billing_period", "row_count", "bill_unblended_cost", "difference"),
        [("2026-08", 1, 10, 0), ("2026-09", 5, 122, 0)],
    ],
    "commitment_savings": [("space_name", "saved"), [("fraud", 4), ("churn", None), (None, None)]],
    "storage_without_apps": [("space_name", "storage_cost"), [("churn", 1)]],
    "spaces_that_came_and_went": [("space_name", "evidence"), [("churn", "tag"), ("fraud", "tag")]],
    "evidence_of_resource": [
        ("resource_id", "billing_period", "attribution_evidence"),
        [
            (APP, "2026-08", "tag sagemaker:space-arn"),
            (APP, "2026-09", "tag sagemaker:space-arn"),
            (JOB, "2026-09", "tag sagemaker:domain-arn"),
        ],
    ],
    "chargeback": [
        ("charged_to", "space_name", "charge_category", "effective_cost", "period_status"),
        [
            ("space", "fraud", None, 16, "estimated"),
            ("space", "churn", None, 1, "estimated"),
            ("domain", None, "Usage", 2, "estimated"),
            ("unattributed", None, "Tax", 3, "estimated"),
        ],
    ],
    "budgets": [("budget_name", "status", "spent", "remaining"), [("fraud", "breached", 26, -6)]],
    "spend_without_budget": [
        ("billing_period", "space_name", "spent", "share"),
        [("2026-09", None, 2, 0.1053), ("2026-09", "churn", 1, 0.0526)],
    ],
    "anomalies": [("space_name", "excess"), [("fraud", 16)]],
    "how_late_usage_fills_up": [
        ("source", "newest_usage_date", "complete_through", "held_out_days", "is_learned"),
        [("acme", date(2026, 9, 5), date(2026, 9, 3), 2, False)],
    ],
    # With what a stubbed AWS tells: tests/ledger/test_aws_budgets.py.
    "aws_budgets": [("aws_budget_name",), []],
    "tags_in_the_payer_account": [("tag_key",), []],
    "spend_by_team": [("team", "effective_cost"), [(None, 17)]],
}  # fmt: skip


def test_every_named_query_is_tested_and_described() -> None:
    queries = named_queries()
    assert set(queries) == {*EXPECTED, *ASKED_OF_TRAILS}
    assert len(queries) >= 12
    assert all(query.description.endswith(".") for query in queries.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_named_query_gives_the_expected_rows(published: Ledger, name: str) -> None:
    columns, expected = EXPECTED[name]
    table = spaceledger.open_ledger(published.home).sql(name, arrow=True)
    found = [tuple(row[column] for column in columns) for row in table.to_pylist()]
    assert found == expected


def test_parameters_narrow_a_named_query(published: Ledger) -> None:
    handle = spaceledger.open_ledger(published.home)
    table = handle.sql("daily_spend_of_space", arrow=True, space="CHURN")
    assert table["space_name"].to_pylist() == ["churn"]
    with pytest.raises(QueryError, match="takes no parameter colour"):
        handle.sql("daily_spend_of_space", colour="red")


def test_a_notebook_gets_frames_with_exact_money_and_documentation(published: Ledger) -> None:
    handle = spaceledger.open_ledger(published.home)
    frame = handle.sql("select sum(effective_cost) as cost from marts.space_spend_daily")
    assert isinstance(frame, pd.DataFrame)
    assert frame["cost"][0] == Decimal("32")
    marts = handle.marts
    assert "marts.space_spend_daily" in set(marts["name"])
    assert marts["description"].notna().all()
    columns = handle.columns("marts.space_spend_daily")
    assert columns["description"].notna().all()


def test_every_table_for_readers_is_documented_in_the_file(published: Ledger) -> None:
    undocumented = published.query(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name in ('core', 'marts') and comment is null"
    )
    assert undocumented == []
    found = {
        row[0]
        for row in published.query("select schema_name || '.' || table_name from duckdb_tables()")
    }
    assert {model.name for model in documented()} <= found


def test_the_command_line_prints_tables_and_neutral_csv(published: Ledger) -> None:
    runner = CliRunner()
    config = ["--config", str(published.config)]
    result = runner.invoke(
        main, ["sql", *config, "select 1 as one, '=1+1' as two", "--format", "csv"]
    )
    assert result.output == "one,two\n1,'=1+1\n"
    result = runner.invoke(main, ["sql", *config, "top_movers"])
    assert result.exit_code == 0
    assert result.output.splitlines()[0].startswith("space_name")
    result = runner.invoke(main, ["sql", *config, "select * from read_csv('/etc/passwd')"])
    assert result.exit_code == 1
    assert "disabled by configuration" in result.output
    result = runner.invoke(main, ["models", "marts.spaces"])
    assert "grain: space_arn" in result.output


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=cmd|'x'!A0", "'=cmd|'x'!A0"),
        ("-5.25", "-5.25"),
        ("+x", "'+x"),
        ("@sum", "'@sum"),
        ("name", "name"),
    ],
)
def test_formulas_are_neutral(cell: str, expected: str) -> None:
    assert neutral(cell) == expected
