"""Named queries that ask of the trail."""

from __future__ import annotations

from datetime import date, datetime

import pytest

import spaceledger
from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental_events import CONFIGURATION, arn, call, event, write_log

APP = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/fraud/jupyterlab/default"
NAMED = {"domainId": "d-abc", "spaceName": "fraud", "appType": "JupyterLab", "appName": "default"}
LEE = {
    "type": "AssumedRole",
    "accountId": "012345678901",
    "arn": "arn:aws:sts::012345678901:assumed-role/AWSReservedSSO_Data_1/lee",
}
ROBOT = {
    "type": "AssumedRole",
    "accountId": "012345678901",
    "arn": "arn:aws:sts::012345678901:assumed-role/deploy/GitHubActions",
}

ASKED_OF_TRAILS = {
    "recovered_spend": [
        ("kind_of_resource", "usage_cost", "recovered_cost", "coverage_before", "coverage_after"),
        [("all kinds", 40, 30, 0.25, 1.0), ("hosting", 30, 30, 0.0, 1.0)],
    ],
    "cost_per_person": [
        ("space_name", "people", "effective_cost", "active_users", "cost_per_active_user",
         "top_user_name", "top_user_share", "unidentified_share"),
        [("fraud", "two to five", 40, 2, 20, "kim", 0.75, 0.2)],
    ],
    "people_of_space": [
        ("space_name", "user_name", "identity_evidence", "active_days", "event_count", "share"),
        [
            ("fraud", "kim", "iam_user", 2, 3, 0.75),
            ("fraud", "lee", "sso_session", 1, 1, 0.25),
            ("fraud", None, "unidentified", 1, 1, None),
            (None, None, "unidentified", 1, 1, None),  # a space that only a refused call names
        ],
    ],
    "app_hours_compared": [
        ("app_arn", "app_hours", "billed_hours", "difference"),
        [(APP, 10, 2, 8)],
    ],
    "unattended": [
        ("space_name", "spend_category", "cost_low", "cost_high", "unattended_days", "last_active_at"),
        [("fraud", "Studio apps", 0, 4, 1, datetime(2026, 9, 3, 9, 0))],
    ],
    "trail_contents": [
        ("source", "account_id", "first_date", "last_date", "event_count", "services",
         "sagemaker_event_count"),
        [("trail", "012345678901", date(2026, 9, 1), date(2026, 9, 20), 9, 2, 8)],
    ],
    "event_by_id": [
        ("event_name", "error_code", "source", "object_key"),
        [
            ("ListSpaces", None, "trail", "log.json.gz"),
            ("ListSpaces", None, "trail", "log.json.gz"),
            ("UpdateSpace", "AccessDenied", "trail", "log.json.gz"),
            ("CreateEndpoint", None, "trail", "log.json.gz"),
            ("DeleteApp", None, "trail", "log.json.gz"),
            ("UpdateSpace", None, "trail", "log.json.gz"),
            ("DescribeSpace", None, "trail", "log.json.gz"),
            ("CreateApp", None, "trail", "log.json.gz"),
        ],
    ],
    "denied_calls": [
        ("space_arn", "user_name", "event_name", "error_code", "event_count"),
        [(OTHER_SPACE, "unidentified", "UpdateSpace", "AccessDenied", 1)],
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    ledger = Ledger(tmp_path_factory.mktemp("asked"))
    ledger.configure(CONFIGURATION.format(""))
    lines = [
        {"resource": arn("red"), "cost": "30", "day": "2026-09-04", "usage_type": "USE1-Host:ml.m5.large"},
        {"space": SPACE, "resource": APP, "cost": "6", "day": "2026-09-02"},
        {"space": SPACE, "resource": APP, "cost": "4", "day": "2026-09-10"},
    ]  # fmt: skip
    write_cur(ledger.bill, "2026-09", lines)
    made = call("CreateEndpoint", "red", SPACE, "2026-09-03T09:00:00Z")
    denied = call("UpdateSpace", "", OTHER_SPACE, "2026-09-05T18:00:00Z")
    write_log(ledger.root / "trail", "log", [
        made,
        event("CreateApp", "2026-09-02T08:00:00Z", NAMED),
        event("DeleteApp", "2026-09-02T18:00:00Z", NAMED),
        event("DescribeSpace", "2026-09-02T10:00:00Z", NAMED, readOnly=True, userIdentity=LEE),
        event("UpdateSpace", "2026-09-02T11:00:00Z", NAMED, userIdentity=ROBOT),
        denied | {"errorCode": "AccessDenied", "userIdentity": ROBOT},
        event("ListSpaces", "2026-09-20T11:00:00Z", {}, readOnly=True),
        event("ListSpaces", "2026-09-10T11:00:00Z", {}, readOnly=True),
        event("GetObject", "2026-09-01T11:00:00Z", {}, eventSource="s3.amazonaws.com"),
    ])  # fmt: skip
    ledger.run()
    return ledger


@pytest.mark.parametrize("name", ASKED_OF_TRAILS)
def test_a_named_query_gives_the_expected_rows(asked: Ledger, name: str) -> None:
    columns, expected = ASKED_OF_TRAILS[name]
    table = spaceledger.open_ledger(asked.home).sql(name, arrow=True)
    assert [tuple(row[column] for column in columns) for row in table.to_pylist()] == expected


def test_the_evidence_of_a_recovered_charge_leads_to_the_call_itself(asked: Ledger) -> None:
    handle = spaceledger.open_ledger(asked.home)
    found = handle.sql("evidence_of_resource", arrow=True, resource="endpoint/red").to_pylist()
    assert [row["attribution_method"] for row in found] == ["space_event"]
    event_id = found[0]["attribution_evidence"].split()[2].rstrip(":")
    calls = handle.sql("event_by_id", arrow=True, event=event_id).to_pylist()
    assert [row["event_name"] for row in calls] == ["CreateEndpoint"]
    assert SPACE in calls[0]["request"]
