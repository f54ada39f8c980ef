"""The datasets of the pages: what each gives on one small bill and trail, and what their files promise."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from spaceledger.paths import sql_dir
from spaceledger.warehouse.build import prepare
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.models import header_lines
from spaceledger.warehouse.panels import share
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental_events import CONFIGURATION, arn, call, event, write_log

PANELS = sorted((sql_dir() / "panels").glob("*.sql"))
ACCOUNT = "012345678901"
APP = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/fraud/JupyterLab/default"
NAMED = {"domainId": "d-abc", "spaceName": "fraud", "appType": "JupyterLab", "appName": "default"}
ROBOT = {
    "type": "AssumedRole",
    "accountId": ACCOUNT,
    "arn": "arn:aws:sts::012345678901:assumed-role/deploy/GitHubActions",
}
MEASURES = ("billed_cost", "effective_cost", "amortized_cost", "list_cost")

EXPECTED = {
    "activity_hours": [
        ("activity_date", "billing_period", "hour_of_day", "space_arn", "domain_arn", "account_id",
         "event_count", "write_event_count", "human_event_count"),
        [
            (date(2026, 5, 20), "2026-05", 9, SPACE, DOMAIN, ACCOUNT, 1, 1, 1),
            (date(2026, 5, 21), "2026-05", 9, SPACE, DOMAIN, ACCOUNT, 1, 1, 1),
            (date(2026, 9, 2), "2026-09", 8, SPACE, DOMAIN, ACCOUNT, 2, 1, 1),
            (date(2026, 9, 2), "2026-09", 18, SPACE, DOMAIN, ACCOUNT, 1, 1, 1),
            (date(2026, 9, 3), "2026-09", 9, SPACE, DOMAIN, ACCOUNT, 1, 1, 1),
            (date(2026, 9, 5), "2026-09", 18, OTHER_SPACE, DOMAIN, ACCOUNT, 2, 2, 2),
        ],
    ],
    "activity_days": [
        ("activity_date", "by_month", "space_arn", "domain_arn", "account_id", "event_count",
         "write_event_count", "error_count", "apps_started", "app_hours", "active_users",
         "peak_concurrent_users"),
        [
            (date(2026, 5, 1), True, SPACE, DOMAIN, ACCOUNT, 2, 2, 0, 0, 0, None, None),
            (date(2026, 9, 2), False, SPACE, DOMAIN, ACCOUNT, 3, 2, 0, 1, 10, 1, 1),
            (date(2026, 9, 3), False, SPACE, DOMAIN, ACCOUNT, 1, 1, 0, 0, 0, 1, 1),
            (date(2026, 9, 5), False, OTHER_SPACE, DOMAIN, ACCOUNT, 2, 2, 2, 0, 0, 1, 1),
        ],
    ],
    "people_days": [
        ("activity_date", "billing_period", "space_arn", "domain_arn", "user_name",
         "identity_evidence", "event_count", "write_event_count"),
        [
            (date(2026, 5, 20), "2026-05", SPACE, DOMAIN, "kim", "iam_user", 1, 1),
            (date(2026, 5, 21), "2026-05", SPACE, DOMAIN, "kim", "iam_user", 1, 1),
            (date(2026, 9, 2), "2026-09", SPACE, DOMAIN, "kim", "iam_user", 2, 2),
            (date(2026, 9, 3), "2026-09", SPACE, DOMAIN, "kim", "iam_user", 1, 1),
            (date(2026, 9, 5), "2026-09", OTHER_SPACE, DOMAIN, "kim", "iam_user", 1, 1),
        ],
    ],
    "people_months": [
        ("billing_period", "space_arn", "user_name"),
        [
            ("2026-05", SPACE, "kim"),
            ("2026-09", OTHER_SPACE, "kim"),
            ("2026-09", SPACE, "kim"),
        ],
    ],
    "denied_calls": [
        ("activity_date", "space_arn", "domain_arn", "account_id", "user_name", "event_name",
         "error_code", "is_denied", "event_count", "last_event_at"),
        [
            (date(2026, 9, 5), OTHER_SPACE, DOMAIN, ACCOUNT, "kim", "DeleteApp",
             "ValidationException", False, 1, datetime(2026, 9, 5, 18, 0, 5)),
            (date(2026, 9, 5), OTHER_SPACE, DOMAIN, ACCOUNT, None, "UpdateSpace",
             "AccessDenied", True, 1, datetime(2026, 9, 5, 18)),
        ],
    ],
    "quiet_spaces": [
        ("window_start", "space_arn", "domain_arn", "account_id", "last_active_at",
         "last_activity_at", "days_since", "told", "told_days", "billing_currency", *MEASURES),
        [],
    ],
    "unattended": [
        ("space_arn", "domain_arn", "account_id", "region", "owner",
         "last_user_name", "ask", "resource_id", "unattended_days", "cost_low", "cost_high",
         "is_in_use", "command"),
        [
            (OTHER_SPACE, DOMAIN, ACCOUNT, "us-east-1", None, None, None,
             OTHER_SPACE, 1, 0, 8, True, None),
            (SPACE, DOMAIN, ACCOUNT, "us-east-1", None, "kim", "kim", APP, 1, 4,
             4, False, "aws sagemaker delete-app --domain-id d-abc --space-name fraud"
             " --app-type JupyterLab --app-name default --region us-east-1"),
        ],
    ],
    "bridge": [
        ("billing_period", "source", "step", "amount", "is_total", "period_status"),
        [
            ("2026-05", "acme", "invoice", 7, True, "estimated"),
            ("2026-05", "acme", "billed cost of the ledger", 7, True, "estimated"),
            ("2026-05", "acme", "effective cost of the ledger", 7, True, "estimated"),
            ("2026-05", "acme", "effective cost of usage", 7, True, "estimated"),
            ("2026-09", "acme", "invoice", 151, True, "open"),
            ("2026-09", "acme", "outside of the ledger", -100, False, "open"),
            ("2026-09", "acme", "billed cost of the ledger", 51, True, "open"),
            ("2026-09", "acme", "effective cost of the ledger", 51, True, "open"),
            ("2026-09", "acme", "without tax", -2, False, "open"),
            ("2026-09", "acme", "without credits", 3, False, "open"),
            ("2026-09", "acme", "without refunds", 1, False, "open"),
            ("2026-09", "acme", "effective cost of usage", 53, True, "open"),
        ],
    ],
    "reconciliation": [
        ("billing_period", "charge_type", "bill_billed_cost", "ledger_billed_cost",
         "outside_billed_cost", "difference", "row_count"),
        [
            ("2026-05", "Usage", 7, 7, 0, 0, 2),
            ("2026-09", "Credit", -3, -3, 0, 0, 1),
            ("2026-09", "Refund", -1, -1, 0, 0, 1),
            ("2026-09", "Tax", 2, 2, 0, 0, 1),
            ("2026-09", "Usage", 153, 53, 100, 0, 6),
        ],
    ],
    "coverage": [
        ("billing_period", "account_id", "domain_arn", "attribution_method", "effective_cost",
         "names_space"),
        [
            ("2026-05", ACCOUNT, DOMAIN, "space_tag", 7, True),
            ("2026-09", ACCOUNT, DOMAIN, "domain", 5, False),
            ("2026-09", ACCOUNT, DOMAIN, "space_event", 30, True),
            ("2026-09", ACCOUNT, DOMAIN, "space_tag", 18, True),
        ],
    ],
    "coverage_days": [
        ("usage_date", "account_id", "domain_arn", "attribution_method", "effective_cost"),
        [
            (date(2026, 9, 2), ACCOUNT, DOMAIN, "space_tag", 6),
            (date(2026, 9, 4), ACCOUNT, DOMAIN, "space_event", 30),
            (date(2026, 9, 6), ACCOUNT, DOMAIN, "space_tag", 8),
            (date(2026, 9, 7), ACCOUNT, DOMAIN, "domain", 5),
            (date(2026, 9, 10), ACCOUNT, DOMAIN, "space_tag", 4),
        ],
    ],
    "tag_activation": [
        ("tag_key", "first_seen", "last_seen", "is_from_start", "effective_cost",
         "effective_cost_before", "tagged_effective_cost"),
        [
            ("ManagedByAmazonSageMakerResource", None, None, False, 60, 60, 0),
            ("sagemaker:domain-arn", date(2026, 9, 7), date(2026, 9, 7), False, 60, 51, 5),
            ("sagemaker:space-arn", date(2026, 5, 20), date(2026, 9, 10), True, 60, 0, 25),
            ("sagemaker:user-profile-arn", None, None, False, 60, 60, 0),
        ],
    ],
    "untagged": [
        ("billing_period", "resource_id", "attribution_method", "space_arn", "domain_arn",
         "effective_cost", "place", "command", "command_note"),
        [
            ("2026-09", arn("red"), "space_event", SPACE, DOMAIN, 30, 1,
             f"aws sagemaker add-tags --resource-arn '{arn('red')}'"
             f" --tags 'Key=sagemaker:space-arn,Value={SPACE}'"
             f" 'Key=sagemaker:domain-arn,Value={DOMAIN}' --region us-east-1",
             "counts from then on, once the payer account has activated both cost allocation tags"),
            ("2026-09", arn("blue"), "domain", None, DOMAIN, 5, 2, None,
             "only its domain is known: ask its team, or look for the call that made it, which names"
             " the space"),
        ],
    ],
    "deliveries": [
        ("source", "billing_period", "delivery_id", "row_count", "kept_count", "effective_cost",
         "replaced_delivery_id", "effective_cost_change", "is_current"),
        [
            ("acme", "2026-05", "assembly-1", 2, 2, 7, None, None, True),
            ("acme", "2026-09", "assembly-1", 9, 8, 151, None, None, True),
        ],
    ],
    "restatements": [("billing_period", "space_arn", "domain_arn", "effective_cost_change"), []],
    "problems": [("source", "problem", "what", "todo"), []],
    "freshness": [
        ("kind", "source", "role", "newest_date", "days_behind", "is_stale", "missing_count",
         "missing_from", "missing_to"),
        [
            ("bill", "acme", "ledger", date(2026, 9, 10), 20, True, 3, date(2026, 6, 1),
             date(2026, 8, 31)),
            ("trail", "trail", None, date(2026, 9, 20), 10, True, 102, date(2026, 5, 22),
             date(2026, 8, 31)),
        ],
    ],
    "space_days": [
        ("usage_date", "by_month", "space_arn", "spend_category", "attribution_method",
         "billing_currency", "billed_cost", "effective_cost", "usage_hours"),
        [
            (date(2026, 9, 6), False, OTHER_SPACE, "Studio storage", "space_tag", "USD", 8, 8, 1),
            (date(2026, 5, 1), True, SPACE, "Studio apps", "space_tag", "USD", 7, 7, 2),
            (date(2026, 9, 2), False, SPACE, "Studio apps", "space_tag", "USD", 6, 6, 1),
            (date(2026, 9, 4), False, SPACE, "hosting", "space_event", "USD", 30, 30, 1),
            (date(2026, 9, 10), False, SPACE, "Studio apps", "space_tag", "USD", 4, 4, 1),
            (date(2026, 9, 30), False, SPACE, "refund", "space_tag", "USD", -1, -1, 0),
        ],
    ],
    "space_resources": [
        ("billing_period", "space_arn", "resource_id", "resource_count", "is_rest",
         "spend_category", "attribution_method", "evidence_count", "effective_cost"),
        [
            ("2026-09", OTHER_SPACE, OTHER_SPACE, 1, False, "Studio storage", "space_tag", 1, 8),
            ("2026-09", SPACE, arn("red"), 1, False, "hosting", "space_event", 1, 30),
            ("2026-09", SPACE, APP, 1, False, "Studio apps", "space_tag", 1, 10),
            ("2026-09", SPACE, None, 0, False, "refund", "space_tag", 1, -1),
            ("2026-05", SPACE, APP, 1, False, "Studio apps", "space_tag", 1, 7),
        ],
    ],
    "space_people": [
        ("billing_period", "space_arn", "user_name", "active_days", "event_count", "share"),
        [
            ("2026-09", OTHER_SPACE, "kim", 1, 1, 1.0),
            ("2026-09", OTHER_SPACE, None, 1, 1, None),
            ("2026-05", SPACE, "kim", 2, 2, 1.0),
            ("2026-09", SPACE, "kim", 2, 3, 1.0),
            ("2026-09", SPACE, None, 1, 1, None),
        ],
    ],
    "space_people_months": [
        ("billing_period", "space_arn", "active_users", "people", "top_user_share",
         "cost_per_active_user", "effective_cost"),
        [
            ("2026-09", OTHER_SPACE, 1, "one person", 1.0, 8, 8),
            ("2026-05", SPACE, 1, "one person", 1.0, 7, 7),
            ("2026-09", SPACE, 1, "one person", 1.0, 39, 39),
        ],
    ],
    "space_app_hours": [
        ("activity_date", "space_arn", "app_count", "app_hours", "billed_hours", "difference"),
        [
            (date(2026, 9, 2), SPACE, 1, 10, 1, 9),
            (date(2026, 9, 10), SPACE, 1, None, 1, None),
        ],
    ],
    "space_restatements": [("space_arn", "cause", "effective_cost_change"), []],
    "space_calls": [
        ("event_at", "space_arn", "user_name", "event_name", "is_write", "error_code"),
        [
            (datetime(2026, 9, 5, 18, 0, 5), OTHER_SPACE, "kim", "DeleteApp", True,
             "ValidationException"),
            (datetime(2026, 9, 5, 18), OTHER_SPACE, None, "UpdateSpace", True, "AccessDenied"),
            (datetime(2026, 9, 3, 9), SPACE, "kim", "CreateEndpoint", True, None),
            (datetime(2026, 9, 2, 18), SPACE, "kim", "DeleteApp", True, None),
            (datetime(2026, 9, 2, 8, 30), SPACE, None, "DescribeSpace", False, None),
            (datetime(2026, 9, 2, 8), SPACE, "kim", "CreateApp", True, None),
            (datetime(2026, 5, 21, 9), SPACE, "kim", "UpdateSpace", True, None),
            (datetime(2026, 5, 20, 9), SPACE, "kim", "UpdateSpace", True, None),
        ],
    ],
}  # fmt: skip


def write_months(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-05", [
        {"space": SPACE, "resource": APP, "cost": "3", "day": "2026-05-20"},
        {"space": SPACE, "resource": APP, "cost": "4", "day": "2026-05-21"},
    ])  # fmt: skip
    write_cur(ledger.bill, "2026-09", [
        {"resource": arn("red"), "cost": "30", "day": "2026-09-04", "usage_type": "USE1-Host:ml.m5.large"},
        {"space": SPACE, "resource": APP, "cost": "6", "day": "2026-09-02"},
        {"space": SPACE, "resource": APP, "cost": "4", "day": "2026-09-10"},
        {"space": SPACE, "type": "Refund", "cost": "-1", "day": "2026-10-03"},
        {"space": OTHER_SPACE, "resource": OTHER_SPACE, "cost": "8", "day": "2026-09-06",
         "usage_type": "USE1-Studio:VolumeUsage.gp3"},
        {"domain": DOMAIN, "resource": arn("blue"), "cost": "5", "day": "2026-09-07",
         "usage_type": "USE1-Host:ml.m5.large"},
        {"type": "Tax", "cost": "2"},
        {"type": "Credit", "cost": "-3"},
        {"product": "AmazonEC2", "cost": "100"},
    ])  # fmt: skip


def calls() -> list[dict]:
    failed = call("DeleteApp", "", OTHER_SPACE, "2026-09-05T18:00:05Z")
    denied = call("UpdateSpace", "", OTHER_SPACE, "2026-09-05T18:00:00Z")
    return [
        event("UpdateSpace", "2026-05-20T09:00:00Z", NAMED),
        event("UpdateSpace", "2026-05-21T09:00:00Z", NAMED),
        event("CreateApp", "2026-09-02T08:00:00Z", NAMED),
        event("DescribeSpace", "2026-09-02T08:30:00Z", NAMED, readOnly=True, userIdentity=ROBOT),
        event("DeleteApp", "2026-09-02T18:00:00Z", NAMED),
        call("CreateEndpoint", "red", SPACE, "2026-09-03T09:00:00Z"),
        denied | {"errorCode": "AccessDenied", "userIdentity": ROBOT},
        failed | {"errorCode": "ValidationException"},
        *(event("ListSpaces", f"2026-09-{day:02d}T11:00:00Z", {}, readOnly=True)
          for day in range(1, 21)),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work database of a small ledger, as reports find it."""
    ledger = Ledger(tmp_path_factory.mktemp("panels"))
    ledger.configure(CONFIGURATION.format(""))
    write_months(ledger)
    write_log(ledger.root / "trail", "log", calls())
    ledger.run(as_of=date(2026, 9, 30))
    copy = ledger.root / "work.duckdb"
    shutil.copyfile((ledger.home / "ledger.duckdb").resolve(), copy)
    with open_work(copy) as con:
        prepare(con)
        share(con)
        yield con


def answer(con: duckdb.DuckDBPyConnection, panel: str) -> tuple[list[str], list[tuple]]:
    found = con.execute((sql_dir() / "panels" / f"{panel}.sql").read_text(encoding="utf-8"))
    return [column[0] for column in found.description], found.fetchall()


@pytest.mark.parametrize("panel", EXPECTED)
def test_a_panel_gives_the_expected_rows(work: duckdb.DuckDBPyConnection, panel: str) -> None:
    columns, expected = EXPECTED[panel]
    names, rows = answer(work, panel)
    if (
        panel == "bridge"
    ):  # its steps of 0 stand too; tests/models/marts/cost_bridge.yaml has them all
        rows = [row for row in rows if row[names.index("amount")]]
    assert [tuple(row[names.index(column)] for column in columns) for row in rows] == expected


@pytest.mark.parametrize("path", PANELS, ids=lambda path: path.stem)
def test_a_header_names_the_columns(work: duckdb.DuckDBPyConnection, path: Path) -> None:
    lines = header_lines(path.read_text(encoding="utf-8"))
    described = lines[lines.index("columns:") + 1 :]
    stated = [line.split(":")[0].strip() for line in described if re.match(r" {1,2}\w+: ", line)]
    names, _ = answer(work, path.stem)
    assert stated == names


@pytest.mark.parametrize("path", PANELS, ids=lambda path: path.stem)
def test_money_is_exact(work: duckdb.DuckDBPyConnection, path: Path) -> None:
    described = work.execute(f"describe ({path.read_text(encoding='utf-8')})").fetchall()
    for name, kind, *_ in described:
        if name.endswith("_cost") or name in {"amount", "spent", "forecast"}:
            assert kind == "DECIMAL(38,12)", name


@pytest.mark.parametrize("path", PANELS, ids=lambda path: path.stem)
def test_the_order_is_total(work: duckdb.DuckDBPyConnection, path: Path) -> None:
    """No two rows are equal in what they are ordered by, so that files are the same byte for byte."""
    text = path.read_text(encoding="utf-8").strip()
    at = text.rindex("order by")
    keys = [key.split()[0] for key in text[at:].removeprefix("order by").split(",")]
    names, _ = answer(work, path.stem)
    told = [key.split(".")[-1] for key in keys]
    if set(told) <= set(names):
        counted = (
            f"select count(*) as many from ({text[:at]}) group by {', '.join(told)} having many > 1"
        )
    else:
        counted = f"{text[:at]} qualify count(*) over (partition by {', '.join(keys)}) > 1"
    assert work.execute(counted).fetchall() == []
