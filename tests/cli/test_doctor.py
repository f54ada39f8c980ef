"""`spaceledger doctor` on a stubbed AWS: what works, what is missing, and the exact next step for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from spaceledger import doctor
from spaceledger.findings import Finding
from spaceledger.sources import cost_tags
from spaceledger.sources.objects import LocalStore
from tests import stubbed
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger
from tests.stubbed import StubbedAws

PAYER = "012345678901"
TODAY = date(2026, 11, 24)
BILL = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://bills/cur"\nregion = "us-east-1"\n'
KEYS = (
    "sagemaker:domain-arn", "sagemaker:space-arn", "sagemaker:user-profile-arn",
    "ManagedByAmazonSageMakerResource",
)  # fmt: skip
TAGS, BACKFILLS = "list_cost_allocation_tags", "list_cost_allocation_tag_backfill_history"
REPORTS = "describe_report_definitions"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAws]:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    played = stubbed.install(monkeypatch)
    yield played
    played.nothing_left()


@pytest.fixture
def remote(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger whose bill is said to lie in S3, and lies in a folder."""
    monkeypatch.setattr(doctor, "open_store", lambda *_: LocalStore(ledger.bill))
    ledger.configure(BILL)
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    write_cur(ledger.bill, "2026-11", [{"space": SPACE}])
    return ledger


def found(ledger: Ledger) -> list[Finding]:
    return list(doctor.examine(ledger.settings, TODAY))


def lines(ledger: Ledger) -> list[str]:
    return [
        f"{f.level}: {f.subject}: {f.what} - {f.todo}".removesuffix(" - ") for f in found(ledger)
    ]


def tags(
    aws: StubbedAws, *backfills: dict[str, str], since: str = "2026-01-02", **statuses: str
) -> None:
    told = [
        {"TagKey": key, "Type": "UserDefined", "Status": statuses.get(key, "Active"),
         "LastUpdatedDate": f"{since}T00:00:00Z", "LastUsedDate": "2026-11-01T00:00:00Z"}
        for key in KEYS
    ]  # fmt: skip
    aws.answers("ce", TAGS, {"CostAllocationTags": told})
    aws.answers("ce", BACKFILLS, {"BackfillRequests": list(backfills)})
    aws.answers("sts", "get_caller_identity", {"Account": PAYER})


def reports(aws: StubbedAws, **more: Any) -> None:
    made = {
        "ReportName": "report", "TimeUnit": "DAILY", "Format": "textORcsv", "Compression": "GZIP",
        "AdditionalSchemaElements": ["RESOURCES"], "S3Bucket": "bills", "S3Prefix": "cur",
        "S3Region": "us-east-1", "RefreshClosedReports": True, **more,
    }  # fmt: skip
    aws.answers("cur", REPORTS, {"ReportDefinitions": [made]})
    aws.answers("bcm-data-exports", "list_exports", {"Exports": []})


def test_what_works_is_said_of_each(remote: Ledger, aws: StubbedAws) -> None:
    remote.configure(
        f'{BILL}[[spaces_api]]\nregions = ["us-east-1"]\n[[aws_budgets]]\naccount_id = "{PAYER}"\n'
    )
    tags(aws)
    reports(aws)
    domain = {
        "DomainId": "d-abc", "DomainArn": "arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc",
    }  # fmt: skip
    aws.answers("sagemaker", "list_domains", {"Domains": [domain]})
    for operation in ("list_spaces", "list_user_profiles", "list_apps"):
        aws.answers("sagemaker", operation, {}, expect={"MaxResults": 1})
    aws.answers("sagemaker", "describe_domain", {}, expect={"DomainId": "d-abc"})
    node = {"Tags": {"Key": "sagemaker:space-arn", "Values": [SPACE]}}
    asked = [
        {"BudgetName": name, "TimeUnit": "MONTHLY", "BudgetType": "COST", "FilterExpression": each}
        for name, each in (("a", node), ("b", {"Not": node}))
    ]
    aws.answers("budgets", "describe_budgets", {"Budgets": asked})
    told = found(remote)
    assert {each.level for each in told} == {"ok", "note"}
    assert [f"{each.subject}: {each.what}" for each in told] == [
        "acme: 2 deliveries of 2026-09 to 2026-11",
        *(f"{key}: is active in payer account {PAYER} since 2026-01-02, last used in 2026-11" for key in KEYS),
        "acme: is DAILY report report",
        "sagemaker us-east-1: 1 domains, and lists what is in them",
        f"AWS Budgets {PAYER}: 2 budgets, 1 of them exactly of spaces or domains",
        "ledger: nothing is published yet",
    ]  # fmt: skip


def test_the_tag_to_activate_is_named_with_its_account(remote: Ledger, aws: StubbedAws) -> None:
    tags(aws, **{"sagemaker:space-arn": "Inactive", "sagemaker:domain-arn": "Inactive"})
    reports(aws)
    told = [each for each in found(remote) if each.subject.startswith("sagemaker:")]
    assert [(each.level, each.subject) for each in told if each.level != "ok"] == [
        ("note", "sagemaker:domain-arn"), ("fault", "sagemaker:space-arn"),
    ]  # fmt: skip
    assert (
        "run `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status"
        f" TagKey=sagemaker:space-arn,Status=Active` in payer account {PAYER}"
    ) in told[-1].todo


def test_the_backfill_to_ask_for_begins_with_the_first_bill(
    remote: Ledger, aws: StubbedAws
) -> None:
    tags(aws, since="2026-10-07")
    reports(aws)
    (wanted,) = [each for each in found(remote) if "lack it" in each.what]
    assert wanted.what == "the bills from 2026-09 until its activation lack it"
    assert wanted.todo == (
        "run `aws ce start-cost-allocation-tag-backfill --backfill-from 2026-09-01T00:00:00Z`"
        f" in payer account {PAYER}; one a day is allowed"
    )


def test_one_fault_never_stops_the_others(remote: Ledger, aws: StubbedAws) -> None:
    remote.configure(
        f'{BILL}[[spaces_api]]\nregions = ["us-east-1", "eu-west-1"]\n'
        f'[[aws_budgets]]\naccount_id = "{PAYER}"\n[[aws_budgets]]\naccount_id = "210987654321"\n'
    )
    aws.answers(
        "ce",
        TAGS,
        "AccessDeniedException: Linked account doesn't have access to cost allocation tags",
    )
    aws.answers("cur", REPORTS, "AccessDeniedException: no")
    aws.answers("sagemaker", "list_domains", "ExpiredTokenException: AKIAIOSFODNN7EXAMPLE")
    aws.answers("sagemaker", "list_domains", {"Domains": []})
    aws.answers("sagemaker", "list_spaces", "AccessDeniedException: no")
    aws.answers("sagemaker", "list_user_profiles", {})
    aws.answers("sagemaker", "list_apps", "AccessDeniedException: no")
    aws.answers("budgets", "describe_budgets", "AccessDeniedException: no")
    amount = {"BudgetName": "x\x1b[2J", "TimeUnit": "MONTHLY", "BudgetType": "COST",
              "BudgetLimit": {"Amount": "NaN", "Unit": "USD"}}  # fmt: skip
    aws.answers("budgets", "describe_budgets", {"Budgets": [amount]})
    told = lines(remote)
    policy = "`spaceledger iam-policy` prints the policy"
    assert told[1:-1] == [
        "note: cost allocation tags: this is a member account, and the payer account alone knows the cost"
        " allocation tags - set role_arn of this source to a role in the payer account, or billing_api = false",
        "note: report definitions: access is denied (AccessDeniedException) - allow"
        f" cur:DescribeReportDefinitions in the payer account: {policy}",
        "fault: sagemaker us-east-1: the AWS credentials have expired - sign in again (`aws sso login`),"
        " or renew the session token",
        f"fault: sagemaker eu-west-1: access is denied (AccessDeniedException) - allow sagemaker:ListSpaces: {policy}",
        f"fault: sagemaker eu-west-1: access is denied (AccessDeniedException) - allow sagemaker:ListApps: {policy}",
        f"fault: AWS Budgets {PAYER}: access is denied (AccessDeniedException) - allow budgets:ViewBudget on the"
        f" budgets of account {PAYER}: {policy}",
        "ok: AWS Budgets 210987654321: 1 budgets, 0 of them exactly of spaces or domains",
        "note: AWS Budgets 210987654321: budget x [2J: amount NaN USD is no amount a ledger can hold; it is"
        " left out - correct the budget in AWS",
    ]  # fmt: skip
    assert told[-1].startswith("note: ledger: nothing is published yet")
    assert "AKIA" not in "".join(told)


def test_an_answer_that_lacks_what_it_always_had_stops_nothing(
    remote: Ledger, aws: StubbedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_key = {"CostAllocationTags": [{"Status": "Active"}]}  # a stub would refuse to say so
    monkeypatch.setattr(cost_tags, "pages", lambda *_, **__: iter([without_key]))
    reports(aws)
    told = lines(remote)
    assert told[1].startswith(
        "note: cost allocation tags: AWS answered something unknown (KeyError)"
    )
    assert "ok: acme: is DAILY report report" in told


def test_how_a_bill_is_made_is_told(remote: Ledger, aws: StubbedAws) -> None:
    tags(aws)
    reports(aws, RefreshClosedReports=False, AdditionalSchemaElements=[])
    told = [each for each in found(remote) if each.subject == "acme"][1:]
    assert [each.level for each in told] == ["note", "note"]
    assert "closed months never refresh" in told[0].what
    assert "set RefreshClosedReports to true" in told[0].todo
    assert "no resource ids" in told[1].what
    tags(aws)
    reports(aws, S3Bucket="elsewhere")
    told = [each for each in found(remote) if each.subject == "acme"][1:]
    assert [each.what for each in told] == [
        "no report or export of this account is delivered there"
    ]


def test_a_tag_on_no_line_says_where_to_activate_it(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-11", [{"space": SPACE, "day": "2026-11-23"}])
    ledger.run()
    (told,) = [each for each in found(ledger) if each.subject == "sagemaker:domain-arn"]
    assert told.todo == (
        f"activate it as a cost allocation tag in the payer account {PAYER}: `aws ce"
        " update-cost-allocation-tags-status --cost-allocation-tags-status"
        " TagKey=sagemaker:domain-arn,Status=Active`"
    )
