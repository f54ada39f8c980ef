"""Report definitions and exports through botocore's Stubber, and what a ledger misses because of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spaceledger.errors import SourceError
from spaceledger.settings import CostSource, Settings
from spaceledger.sources.report_definitions import questions, read_definitions, snapshot_of
from tests import stubbed
from tests.stubbed import StubbedAws

ACME = CostSource(name="acme", uri="s3://bills/cur/acme-report", region="us-east-1")
ARN = "arn:aws:bcm-data-exports:us-east-1:210987654321:export/focus-1"
REPORTS, WHERE = "describe_report_definitions", "report definitions"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAws]:
    played = stubbed.install(monkeypatch)
    yield played
    played.nothing_left()


def report(name: str = "acme-report", **more: Any) -> dict[str, Any]:
    return {
        "ReportName": name, "TimeUnit": "HOURLY", "Format": "Parquet", "Compression": "Parquet",
        "AdditionalSchemaElements": ["RESOURCES"], "S3Bucket": "bills", "S3Prefix": "cur",
        "S3Region": "us-east-1", "RefreshClosedReports": True, "ReportVersioning": "OVERWRITE_REPORT",
        **more,
    }  # fmt: skip


def export(
    name: str = "acme-report", query: str = "", status: Any = None, **options: str
) -> dict[str, Any]:
    select = query or "SELECT line_item_resource_id FROM COST_AND_USAGE_REPORT"
    return {
        "Export": {
            "Name": name,
            "DataQuery": {
                "QueryStatement": select,
                "TableConfigurations": {"COST_AND_USAGE_REPORT": options} if options else {},
            },
            "DestinationConfigurations": {"S3Destination": {
                "S3Bucket": "bills", "S3Prefix": "cur", "S3Region": "us-east-1",
                "S3OutputConfigurations": {"OutputType": "CUSTOM", "Format": "PARQUET",
                                           "Compression": "PARQUET", "Overwrite": "OVERWRITE_REPORT"},
            }},
            "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
        },
        "ExportStatus": status or {"StatusCode": "HEALTHY"},
    }  # fmt: skip


def play(aws: StubbedAws, reports: list[Any], exports: list[Any]) -> None:
    aws.answers("cur", REPORTS, {"ReportDefinitions": reports})
    listed = [
        {"ExportArn": ARN, "ExportName": "x", "ExportStatus": {"StatusCode": "HEALTHY"}}
        for _ in exports
    ]
    aws.answers("bcm-data-exports", "list_exports", {"Exports": listed})
    for each in exports:
        aws.answers("bcm-data-exports", "get_export", each, expect={"ExportArn": ARN})


def test_every_page_of_both_is_read(aws: StubbedAws) -> None:
    aws.answers("cur", REPORTS, {"ReportDefinitions": [report()], "NextToken": "2"}, expect={})
    aws.answers("cur", REPORTS, "InternalErrorException: oh")
    aws.answers("cur", REPORTS, {"ReportDefinitions": [report("b")]}, expect={"NextToken": "2"})
    one = {"ExportArn": ARN, "ExportName": "focus", "ExportStatus": {"StatusCode": "HEALTHY"}}
    aws.answers("bcm-data-exports", "list_exports", {"Exports": [one], "NextToken": "2"})
    aws.answers("bcm-data-exports", "get_export", "ThrottlingException: slow")
    aws.answers("bcm-data-exports", "get_export", export("focus", INCLUDE_RESOURCES="TRUE"))
    aws.answers("bcm-data-exports", "list_exports", {"Exports": []}, expect={"NextToken": "2"})
    found = read_definitions(ACME)
    assert [(each.kind, each.name) for each in found] == [
        ("report", "acme-report"), ("report", "b"), ("export", "focus"),
    ]  # fmt: skip
    assert set(aws.asked) == {("cur", "us-east-1"), ("bcm-data-exports", "us-east-1")}


@pytest.mark.parametrize(
    ("uri", "made"),
    [
        ("s3://bills/cur/acme-report", True),
        ("s3://bills/cur/acme-report/", True),
        ("s3://bills/cur/acme-report/20260901-20261001", True),
        ("s3://bills/cur", True),
        ("s3://bills", True),
        ("s3://bills/cur/acme-report-2", False),
        ("s3://bills/cur/acme", False),
        ("s3://copies/cur/acme-report", False),
    ],
)
def test_a_report_is_known_by_where_it_is_delivered(aws: StubbedAws, uri: str, made: bool) -> None:
    play(aws, [report()], [])
    (definition,) = read_definitions(ACME)
    assert definition.makes(CostSource(name="x", uri=uri)) is made


def problems(aws: StubbedAws, reports: list[Any], exports: list[Any]) -> list[str]:
    play(aws, reports, exports)
    told = snapshot_of(ACME, (ACME,))
    assert told.source == WHERE
    assert {each.source for each in told.problems} <= {"acme"}
    return [each.problem for each in told.problems]


def test_a_report_as_it_should_be_is_no_problem(aws: StubbedAws) -> None:
    assert problems(aws, [report(), report("other", RefreshClosedReports=False)], []) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"RefreshClosedReports": False}, ["closed_months_never_refresh"]),
        ({"AdditionalSchemaElements": []}, ["no_resource_ids"]),
        ({"ReportStatus": {"lastStatus": "ERROR_PERMISSIONS"}}, ["delivery_fails"]),
        ({"ReportStatus": {"lastStatus": "ERROR_NO_BUCKET"}}, ["delivery_fails"]),
        ({"ReportStatus": {"lastStatus": "SUCCESS"}}, []),
    ],
)
def test_what_a_report_makes_the_ledger_miss(
    aws: StubbedAws, more: dict[str, Any], expected: list[str]
) -> None:
    assert problems(aws, [report(**more)], []) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (export(INCLUDE_RESOURCES="TRUE"), []),
        (export(INCLUDE_RESOURCES="FALSE"), ["no_resource_ids"]),
        (export(), ["no_resource_ids"]),
        (export(query="SELECT bill_invoice_id FROM COST_AND_USAGE_REPORT", INCLUDE_RESOURCES="TRUE"),
         ["no_resource_ids"]),
        (export(query="SELECT Tags FROM FOCUS_1_0_AWS"), []),
        (export(query="SELECT Tags FROM FOCUS_1_0_AWS",
                status={"StatusCode": "UNHEALTHY", "StatusReason": "INSUFFICIENT_PERMISSION"}),
         ["delivery_fails"]),
    ],
)  # fmt: skip
def test_what_an_export_makes_the_ledger_miss(
    aws: StubbedAws, made: dict[str, Any], expected: list[str]
) -> None:
    assert problems(aws, [], [made]) == expected


@pytest.mark.parametrize(
    ("service", "operation", "permission"),
    [
        ("cur", REPORTS, "cur:DescribeReportDefinitions"),
        ("bcm-data-exports", "list_exports", "bcm-data-exports:ListExports"),
        ("bcm-data-exports", "get_export", "bcm-data-exports:GetExport"),
    ],
)
def test_a_denied_call_names_its_permission(
    aws: StubbedAws, service: str, operation: str, permission: str
) -> None:
    if service != "cur":
        aws.answers("cur", REPORTS, {"ReportDefinitions": []})
    if operation == "get_export":
        one = {"ExportArn": ARN, "ExportName": "x", "ExportStatus": {"StatusCode": "HEALTHY"}}
        aws.answers(service, "list_exports", {"Exports": [one]})
    aws.answers(service, operation, "AccessDeniedException: no")
    with pytest.raises(SourceError, match=f"allow {permission} in the payer account"):
        read_definitions(ACME)


@pytest.mark.usefixtures("aws")
def test_a_partition_without_reports_is_not_waited_for() -> None:
    with pytest.raises(SourceError, match="aws-iso - set billing_api = false"):
        read_definitions(ACME.model_copy(update={"region": "us-iso-east-1"}))


def test_bills_of_one_access_are_told_apart(aws: StubbedAws) -> None:
    costs = [
        {"name": "acme", "uri": "s3://bills/cur/acme-report"},
        {"name": "focus", "uri": "s3://bills/cur/focus", "role": "compare"},
        {"name": "copy", "uri": "s3://copies/cur/focus", "role": "compare"},
    ]
    (question,) = questions(Settings.model_validate({"home": ".", "costs": costs}))
    play(aws, [report()], [export("focus", query="SELECT Tags FROM FOCUS_1_0_AWS")])
    rows = question.ask().tables["report_definitions"].to_pylist()
    assert [(row["costs_source"], row["kind"], row["report_name"]) for row in rows] == [
        ("acme", "report", "acme-report"),
        ("focus", "export", "focus"),
    ]
    assert (question.severity, question.with_bills) == ("notice", True)
