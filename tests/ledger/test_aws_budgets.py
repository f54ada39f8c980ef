"""Runs that ask a stubbed AWS for budgets, tags and reports: what stands beside ours, and what is loaded again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest

import spaceledger
from spaceledger import pulling
from spaceledger.sources.objects import LocalStore
from tests import stubbed
from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.independent.budgets import charges_of, domain_in
from tests.independent.random_budgets import DOMAINS, PERIODS, SPACES, random_rows
from tests.independent.readers import read_bill
from tests.stubbed import StubbedAws

PAYER = "012345678901"
LOCAL = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
ACCOUNT = f'[[aws_budgets]]\naccount_id = "{PAYER}"\n'
REMOTE = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://bills/cur"\nregion = "us-east-1"\n'


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAws]:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    played = stubbed.install(monkeypatch)
    yield played
    played.nothing_left()


def tagged(key: str, *values: str) -> dict[str, Any]:
    return {"Tags": {"Key": key, "Values": list(values)}}


def aws_budget(name: str, node: dict[str, Any], actual: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "900", "Unit": "USD"},
        "CalculatedSpend": {"ActualSpend": {"Amount": actual, "Unit": "USD"}},
        "TimePeriod": {"Start": datetime(2026, 1, 1, tzinfo=UTC), "End": datetime(2026, 12, 31, tzinfo=UTC)},
        "FilterExpression": node, **more,
    }  # fmt: skip


def says(aws: StubbedAws, *budgets: dict[str, Any]) -> None:
    aws.answers("budgets", "describe_budgets", {"Budgets": list(budgets)})


def test_ours_beside_aws_equals_an_independent_sum(ledger: Ledger, aws: StubbedAws) -> None:
    random = Random(20261101)
    for period in PERIODS:
        write_cur(ledger.bill, period, random_rows(random, period, 150))
    as_of = date(2026, 9, 17)
    units = {
        "DAILY": (as_of, as_of),
        "MONTHLY": (date(2026, 9, 1), as_of),
        "QUARTERLY": (date(2026, 7, 1), as_of),
        "ANNUALLY": (date(2026, 1, 1), as_of),
        "CUSTOM": (date(2026, 1, 1), as_of),
    }
    measures = {
        "AmortizedCost": "amortized_cost",
        "NetAmortizedCost": "effective_cost",
        "UnblendedCost": "billed_cost",
    }
    scopes = {
        "one": tagged("sagemaker:space-arn", SPACES[0].upper().replace("ARN:AWS:SAGEMAKER", "arn:aws:sagemaker")),
        "some": {"Or": [tagged("sagemaker:space-arn", SPACES[0]), tagged("user:sagemaker:space-arn", *SPACES[1:3])]},
        "domain": tagged("sagemaker:domain-arn", DOMAINS[0]),
    }  # fmt: skip
    says(aws, *(
        aws_budget(f"{scope} {unit} {metric}", node, TimeUnit=unit, Metrics=[metric])
        for scope, node in scopes.items() for unit in units for metric in measures
    ))  # fmt: skip
    ledger.configure(f'cost_metric = "billed_cost"\n{LOCAL}{ACCOUNT}')
    assert ledger.run(as_of=as_of).exit_code == 0
    lines = list(read_bill(sorted(ledger.bill.rglob("*.csv.gz"))))
    found = dict(ledger.query(
        "select aws_budget_name, spent from marts.aws_budgets where is_current"
    ))  # fmt: skip
    wanted = {}
    for metric, measure in measures.items():
        charges = [each for each in charges_of(lines, measure) if each.currency == "USD"]
        for scope in scopes:
            for unit, (first, last) in units.items():
                arns = {"one": SPACES[:1], "some": SPACES[:3], "domain": DOMAINS[:1]}[scope]
                wanted[f"{scope} {unit} {metric}"] = sum(
                    (each.cost for each in charges
                     if first <= each.day <= last
                     and (each.domain if scope == "domain" else each.space) in {arn.lower() for arn in arns}),
                    Decimal(0),
                )  # fmt: skip
    assert found == wanted
    assert len({value for value in found.values() if value}) > 20
    assert all(domain_in(arn) in {domain.lower() for domain in DOMAINS} for arn in SPACES)


def test_the_next_run_keeps_what_aws_said_of_the_month_before(
    ledger: Ledger, aws: StubbedAws
) -> None:
    node = tagged("sagemaker:space-arn", SPACE)
    ledger.configure(LOCAL + ACCOUNT)
    write_cur(ledger.bill, "2026-10", [{"space": SPACE, "cost": "5", "day": "2026-10-03"}])
    write_cur(ledger.bill, "2026-11", [{"space": SPACE, "cost": "7", "day": "2026-11-03"}])

    def on(day: str, *budgets: dict[str, Any]) -> Any:
        says(aws, *budgets)
        moment = datetime.fromisoformat(f"{day}T06:00:00+00:00")
        return ledger.run(as_of=moment.date(), now=moment)

    on("2026-10-30", aws_budget("b", node, "4.5"))
    assert not on("2026-10-30", aws_budget("b", node, "4.5")).published
    on("2026-11-05", aws_budget("b", node, "6.5"))
    figures = "select period_start, amount::double, aws_actual::double, spent::double, is_listed from marts.aws_budgets order by 1"
    assert ledger.query(figures) == [
        (date(2026, 10, 1), 900, 4.5, 5, True), (date(2026, 11, 1), 900, 6.5, 7, True),
    ]  # fmt: skip
    asked = spaceledger.open_ledger(ledger.home).sql("aws_budgets", arrow=True).to_pylist()
    assert [(each["aws_budget_name"], float(each["difference"])) for each in asked] == [("b", 0.5)]
    on("2026-11-06")  # the budget is gone
    assert ledger.query(figures) == [
        (date(2026, 10, 1), 900, 4.5, 5, False), (date(2026, 11, 1), 900, 6.5, 7, False),
    ]  # fmt: skip


def test_a_budget_that_goes_or_is_narrowed_in_its_period_breaks_no_check(
    ledger: Ledger, aws: StubbedAws
) -> None:
    node = tagged("sagemaker:space-arn", SPACE)
    nowhere = {"And": [node, {"Dimensions": {"Key": "REGION", "Values": ["eu-west-1"]}}]}
    ledger.configure(LOCAL + ACCOUNT)
    write_cur(ledger.bill, "2026-11", [{"space": SPACE, "cost": "7", "day": "2026-11-03"}])
    told = "select aws_budget_name, spent::double, is_listed from marts.aws_budgets where is_current order by 1"
    for listed, expected in (
        ([("a", node), ("b", nowhere)], [("a", 7, True), ("b", 0, True)]),
        ([("a", nowhere), ("b", node)], [("a", 0, True), ("b", 7, True)]),
        ([("b", nowhere)], [("a", 0, False), ("b", 0, True)]),
        ([], [("a", 0, False), ("b", 0, False)]),
    ):
        says(aws, *(aws_budget(name, each) for name, each in listed))
        assert ledger.run().exit_code == 0
        assert ledger.query(told) == expected


def test_budgets_of_today_are_neither_ended_nor_of_another_currency_nor_late(
    ledger: Ledger, aws: StubbedAws
) -> None:
    node = tagged("sagemaker:space-arn", SPACE)
    write_cur(ledger.bill, "2026-10", [{"space": SPACE, "cost": "5", "day": "2026-10-03"}])
    write_cur(ledger.bill, "2026-11", [{"space": SPACE, "cost": "7", "day": "2026-11-01"}])
    ledger.configure(LOCAL + ACCOUNT)

    def moment(year: int, month: int, day: int) -> datetime:
        return datetime(year, month, day, tzinfo=UTC)

    def planned(*limits: tuple[datetime, str]) -> dict[str, Any]:
        told = {
            f"{day.timestamp():.0f}": {"Amount": amount, "Unit": "USD"} for day, amount in limits
        }
        return {"PlannedBudgetLimits": told}

    def on(now: str, late: str) -> list[dict[str, Any]]:
        euros = aws_budget("euros", node)
        euros["BudgetLimit"]["Unit"] = euros["CalculatedSpend"]["ActualSpend"]["Unit"] = "EUR"
        begun = {"Start": moment(2026, 10, 15), "End": moment(2087, 6, 15)}
        says(aws, euros, aws_budget("late", node, late),
             aws_budget("ended", node, TimePeriod={"Start": moment(2020, 3, 1), "End": moment(2020, 6, 15)}),
             aws_budget("planned", node, TimePeriod=begun,
                        **planned((moment(2026, 10, 15), "100"), (moment(2026, 11, 1), "200"))))  # fmt: skip
        at = datetime.fromisoformat(f"{now}+00:00")
        assert ledger.run(as_of=at.date(), now=at).exit_code == 0
        return spaceledger.open_ledger(ledger.home).sql("aws_budgets", arrow=True).to_pylist()

    on("2026-10-31T23:00:00", "900")
    today = on("2026-11-01T01:00:00", "905")
    assert [
        (each["aws_budget_name"], each["amount"], each["aws_actual"], each["spent"], each["not_bound_because"])
        for each in today
    ] == [
        ("euros", 900, None, None, "counts EUR, and its charges are billed in USD"),
        ("late", 900, None, 7, None),
        ("planned", 200, None, 7, None),
    ]  # fmt: skip
    assert ledger.query(
        "select aws_budget_name, period_start, amount::double, aws_actual::double from marts.aws_budgets"
        " where not is_current order by all"
    ) == [
        ("ended", date(2020, 6, 1), 900, 1), ("euros", date(2026, 10, 1), 900, 1),
        ("late", date(2026, 10, 1), 900, 900), ("planned", date(2026, 10, 1), 100, 1),
    ]  # fmt: skip
    tomorrow = on("2026-11-02T06:00:00", "6")
    assert {each["aws_budget_name"]: each["aws_actual"] for each in tomorrow} == {
        "euros": 1, "late": 6, "planned": 1,
    }  # fmt: skip


def test_a_refusal_is_a_problem_and_what_was_told_stands(ledger: Ledger, aws: StubbedAws) -> None:
    ledger.configure(LOCAL + ACCOUNT)
    write_cur(ledger.bill, "2026-11", [{"space": SPACE, "cost": "7", "day": "2026-11-03"}])
    says(aws, aws_budget("<b>'); drop table x; --", tagged("sagemaker:space-arn", SPACE, OTHER_SPACE)),
         aws_budget("odd", {"Not": tagged("sagemaker:space-arn", SPACE)}, "NaN"))  # fmt: skip
    assert ledger.run().exit_code == 0
    assert ledger.query("select problem, severity, location from marts.ingest_problems") == [
        ("bad_budget_amount", "warning", "budget odd")
    ]
    aws.answers("budgets", "describe_budgets", "AccessDeniedException: no")
    outcome = ledger.run()
    assert outcome.exit_code == 3
    assert ledger.query(
        "select aws_budget_name, scope, spent::double, not_bound_because from marts.aws_budgets order by all"
    ) == [("<b>'); drop table x; --", "spaces", 7, None), ("odd", None, None, "leaves something out (NOT)")]  # fmt: skip
    ((detail,),) = ledger.query("select detail from marts.ingest_problems where severity = 'error'")
    assert "budgets:ViewBudget" in detail
    assert "what it told before stands" in detail


TAGS, BACKFILLS = "list_cost_allocation_tags", "list_cost_allocation_tag_backfill_history"


def billing(aws: StubbedAws, *backfills: dict[str, Any], refreshes: bool = True) -> None:
    """What the payer account says: one key is active, these backfills, one report."""
    active = {
        "TagKey": "sagemaker:space-arn",
        "Status": "Active",
        "Type": "UserDefined",
        "LastUpdatedDate": "2026-10-07T00:00:00Z",
    }
    aws.answers("ce", TAGS, {"CostAllocationTags": [active]})
    aws.answers("ce", BACKFILLS, {"BackfillRequests": list(backfills)})
    aws.answers("sts", "get_caller_identity", {"Account": PAYER})
    report = {
        "ReportName": "report", "TimeUnit": "DAILY", "Format": "textORcsv", "Compression": "GZIP",
        "AdditionalSchemaElements": ["RESOURCES"], "S3Bucket": "bills", "S3Prefix": "cur",
        "S3Region": "us-east-1", "RefreshClosedReports": refreshes,
    }  # fmt: skip
    aws.answers("cur", "describe_report_definitions", {"ReportDefinitions": [report]})
    aws.answers("bcm-data-exports", "list_exports", {"Exports": []})


def backfill(status: str, requested: str = "2026-11-20T08:00:00Z") -> dict[str, Any]:
    return {
        "BackfillFrom": "2026-10-01T00:00:00Z",
        "RequestedAt": requested,
        "BackfillStatus": status,
    }


@pytest.fixture
def remote(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger whose bill is said to lie in S3, and lies in a folder."""

    def open_store(_: str, known: dict[tuple[str, int, int], str], __: object) -> LocalStore:
        return LocalStore(ledger.bill, known)

    monkeypatch.setattr(pulling, "open_store", open_store)
    ledger.configure(REMOTE)
    for period in ("2026-09", "2026-10", "2026-11"):
        write_cur(ledger.bill, period, [{"space": SPACE, "day": f"{period}-03"}])
    return ledger


def test_a_finished_backfill_loads_the_months_it_rewrote_again_once(
    remote: Ledger, aws: StubbedAws
) -> None:
    def loaded(*backfills: dict[str, Any]) -> list[str]:
        billing(aws, *backfills)
        return [row.period for row in remote.run().loaded]

    first = backfill("SUCCEEDED", "2026-10-20T08:00:00Z")
    assert loaded(first) == ["2026-09", "2026-10", "2026-11"]
    assert loaded(first) == []
    assert loaded(first, backfill("PROCESSING")) == []
    problems = "select source, problem, severity from marts.ingest_problems order by all"
    tags = f"cost allocation tags {PAYER}"
    assert (tags, "tag_backfill_running", "notice") in remote.query(problems)
    assert loaded(first, backfill("SUCCEEDED")) == ["2026-10", "2026-11"]
    assert loaded(first, backfill("SUCCEEDED")) == []
    assert remote.query(problems) == [(tags, "tag_not_seen", "notice")] * 3
    assert remote.query(
        "select tag_key, status, is_active, active_since from marts.cost_tags where status <> 'Unlisted'"
    ) == [("sagemaker:space-arn", "Active", True, date(2026, 10, 7))]
    asked = spaceledger.open_ledger(remote.home).sql("tags_in_the_payer_account", arrow=True)
    assert asked.num_rows == 4


def test_refused_tags_and_reports_are_notices_and_bills_are_published(
    remote: Ledger, aws: StubbedAws
) -> None:
    aws.answers(
        "ce",
        TAGS,
        "AccessDeniedException: Linked account doesn't have access to cost allocation tags",
    )
    aws.answers("cur", "describe_report_definitions", "AccessDeniedException: no")
    assert remote.run().exit_code == 0
    told = remote.query(
        "select problem, severity, detail from marts.ingest_problems order by detail"
    )
    assert [each[:2] for each in told] == [("refused", "notice")] * 2
    assert "cur:DescribeReportDefinitions" in told[0][2]
    assert "payer account alone" in told[1][2]


def test_a_report_whose_closed_months_never_refresh_is_told_of(
    remote: Ledger, aws: StubbedAws
) -> None:
    billing(aws, refreshes=False)
    assert remote.run().exit_code == 0
    assert remote.query(
        "select source, location, severity from marts.ingest_problems"
        " where problem = 'closed_months_never_refresh'"
    ) == [("acme", "report report", "warning")]


def test_events_alone_ask_for_no_budgets_and_no_tags(remote: Ledger, aws: StubbedAws) -> None:
    remote.configure(REMOTE + ACCOUNT)
    billing(aws, backfill("PROCESSING"))
    says(aws)
    remote.run()
    asked = len(aws.asked)
    remote.run(only_activity=True, as_of=date(2026, 11, 25))
    assert len(aws.asked) == asked
    assert ("tag_backfill_running",) in remote.query("select problem from marts.ingest_problems")


def test_no_secret_is_left_behind(remote: Ledger, aws: StubbedAws) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE/wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1234"
    aws.answers("ce", TAGS, f"AccessDeniedException: {secret}")
    aws.answers(
        "cur", "describe_report_definitions", f"ValidationException: X-Amz-Signature={secret}"
    )
    remote.run()
    for (detail,) in remote.query("select detail from marts.ingest_problems"):
        assert "wJalr" not in detail
    for path in remote.root.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert b"wJalrXUtnFEMI" not in body, path
            assert b"AKIAIOSFODNN7" not in body, path
