"""AWS Budgets through botocore's Stubber: pages, amounts, periods, and every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import AwsBudgets, Settings
from spaceledger.sources import patience
from spaceledger.sources.aws_budgets import bound, questions, read_budgets, snapshot_of
from spaceledger.sources.patience import Patience
from spaceledger.sources.snapshots import Snapshot
from tests import stubbed
from tests.bills import OTHER_SPACE, SPACE
from tests.stubbed import StubbedAws

ACCOUNT = "210987654321"
BUDGETS = AwsBudgets(account_id=ACCOUNT)
WHERE = f"AWS Budgets {ACCOUNT}"
USD = {"Unit": "USD"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAws]:
    played = stubbed.install(monkeypatch)
    yield played
    played.nothing_left()


def budget(name: str = "fraud", **more: Any) -> dict[str, Any]:
    return {
        "BudgetName": name,
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        "BudgetLimit": {"Amount": "900.0", **USD},
        "CostFilters": {"TagKeyValue": [f"user:sagemaker:space-arn${SPACE}"]},
        "TimePeriod": {
            "Start": datetime(2026, 9, 1, tzinfo=UTC),
            "End": datetime(2087, 6, 15, tzinfo=UTC),
        },
        **more,
    }


def rows(snapshot: Snapshot, table: str = "aws_budgets") -> list[dict[str, Any]]:
    return snapshot.tables[table].to_pylist()


def one(**more: Any) -> dict[str, Any]:
    return rows(snapshot_of(ACCOUNT, [budget(**more)], WHERE))[0]


def test_every_page_is_read_with_filter_trees(aws: StubbedAws) -> None:
    asked = {"AccountId": ACCOUNT, "MaxResults": 100, "ShowFilterExpression": True}
    aws.answers(
        "budgets", "describe_budgets", {"Budgets": [budget()], "NextToken": "2"}, expect=asked
    )
    aws.answers("budgets", "describe_budgets", "ThrottlingException: slow down")
    aws.answers(
        "budgets",
        "describe_budgets",
        {"Budgets": [budget("fraud", TimeUnit="DAILY"), budget("churn")], "NextToken": "3"},
        expect={**asked, "NextToken": "2"},
    )
    # The last page of an account without more has no list at all.
    aws.answers("budgets", "describe_budgets", {}, expect={**asked, "NextToken": "3"})
    told = read_budgets(BUDGETS)
    assert told.source == WHERE
    # A budget that the next page repeats counts once, by its last word.
    assert [(row["aws_budget_name"], row["time_unit"]) for row in rows(told)] == [
        ("fraud", "DAILY"),
        ("churn", "MONTHLY"),
    ]
    assert rows(told, "aws_budget_scopes")[0] == {
        "account_id": ACCOUNT, "aws_budget_name": "fraud", "kind": "space", "value": SPACE,
    }  # fmt: skip
    assert bound(told) == (2, 2)
    assert aws.asked == [("budgets", "us-east-1")]


@pytest.mark.parametrize(
    ("access", "region"),
    [
        ({"role_arn": "arn:aws-cn:iam::210987654321:role/reader"}, "cn-northwest-1"),
        ({"region": "cn-north-1"}, "cn-north-1"),
        ({"region": "eusc-de-east-1"}, "eusc-de-east-1"),
        ({}, "us-east-1"),
    ],
)
def test_each_partition_answers_in_its_own_region(
    aws: StubbedAws, monkeypatch: pytest.MonkeyPatch, access: dict[str, str], region: str
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    aws.answers("budgets", "describe_budgets", {"Budgets": []})
    told = read_budgets(AwsBudgets(account_id=ACCOUNT, **access))
    assert rows(told) == []  # a table without rows says that there is no budget
    assert aws.asked == [("budgets", region)]


DENIED = "allow budgets:ViewBudget on the budgets of account 210987654321"


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("AccessDeniedException: User: arn:aws:iam::1:user/x is not authorized", DENIED),
        ("ExpiredTokenException: The security token included in the request is expired",
         "the AWS credentials have expired"),
        ("UnrecognizedClientException: The security token included in the request is invalid.",
         "AWS does not know these credentials"),
        ("InvalidSignatureException: signature AKIAIOSFODNN7EXAMPLE is wrong", "does not know these credentials"),
        ("InvalidSignatureException: Credential should be scoped to a valid region, not 'eu-west-1'. ",
         "does not answer for it in this region (InvalidSignatureException) - correct region of this source"),
        ("InvalidRegionException: no", "lies in another region (InvalidRegionException)"),
        ("NotFoundException: no such account", "AWS answered NotFoundException: no such account"),
        ("InvalidParameterException: bad", "AWS answered InvalidParameterException: bad"),
        ("InvalidNextTokenException: bad", "AWS answered InvalidNextTokenException"),
        ("ExpiredNextTokenException: old", "AWS answered ExpiredNextTokenException"),
        ("SubscriptionRequiredException: sign up", "AWS answered SubscriptionRequiredException"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do_and_shows_no_secret(
    aws: StubbedAws, answer: str, line: str
) -> None:
    aws.answers("budgets", "describe_budgets", answer)
    with pytest.raises(SourceError) as refused:
        read_budgets(BUDGETS)
    assert not isinstance(refused.value, TransientSourceError)
    assert line in refused.value.line()
    assert refused.value.line().startswith(f"{WHERE}: ")
    assert "AKIA" not in refused.value.line()


@pytest.mark.parametrize(
    "answer", ["ThrottlingException", "InternalErrorException", "ServiceUnavailableException"]
)
def test_who_is_throttled_for_ever_gives_up_within_a_budget_of_time(
    aws: StubbedAws, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=0, first_wait=0, longest_wait=0))
    aws.answers("budgets", "describe_budgets", {"Budgets": [budget()], "NextToken": "2"})
    aws.answers("budgets", "describe_budgets", answer)
    with pytest.raises(TransientSourceError, match=f"AWS did not answer .{answer}."):
        read_budgets(BUDGETS)  # half a list is no list


def test_credentials_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(SourceError, match="there are no AWS credentials"):
        read_budgets(BUDGETS)


def test_each_account_is_one_question() -> None:
    settings = Settings.model_validate(
        {"home": ".", "aws_budgets": [{"account_id": ACCOUNT}, {"account_id": "012345678901"}]}
    )
    asked = list(questions(settings))
    assert [question.asked_as for question in asked] == [WHERE, "AWS Budgets 012345678901"]
    assert {(question.severity, question.with_bills) for question in asked} == {("error", True)}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100", "100"),
        ("0.000000000001", "0.000000000001"),
        ("604.4560000000000172803993336856365203857421875", "604.456"),
        ("-3.5", "-3.5"),
        ("1E+3", "1000"),
        ("99999999999999999999999999.999999999999", "99999999999999999999999999.999999999999"),
    ],
)
def test_amounts_are_exact(text: str, amount: str) -> None:
    assert one(BudgetLimit={"Amount": text, **USD})["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "sNaN", "1_000", "", "a lot", "1" * 27, "1E+99999999"]
)
def test_what_is_no_amount_is_a_problem_and_the_budget_stands(text: str) -> None:
    told = snapshot_of(ACCOUNT, [budget(BudgetLimit={"Amount": text, **USD})], WHERE)
    assert rows(told)[0]["amount"] is None
    problem = told.problems[0]
    assert (problem.location, problem.problem) == ("budget fraud", "bad_budget_amount")
    assert problem.detail.startswith(f"amount {text}"[:20].rstrip())


def test_currencies_are_never_mixed() -> None:
    spend = {
        "ActualSpend": {"Amount": "5", "Unit": "EUR"},
        "ForecastedSpend": {"Amount": "6", **USD},
    }
    told = snapshot_of(ACCOUNT, [budget(CalculatedSpend=spend)], WHERE)
    row = rows(told)[0]
    assert (row["unit"], row["aws_actual"], row["aws_forecast"]) == ("USD", None, Decimal(6))
    assert "aws_actual 5 EUR" in told.problems[0].detail


@pytest.mark.parametrize(
    ("more", "metric", "types"),
    [
        ({}, "UnblendedCost", None),
        ({"CostTypes": {"UseAmortized": True, "IncludeTax": False, "IncludeCredit": False}},
         "AmortizedCost",
         "Discount, OtherSubscription, Recurring, Refund, Subscription, Support, Upfront"),
        ({"CostTypes": {"UseBlended": True}}, "BlendedCost",
         "Credit, Discount, OtherSubscription, Recurring, Refund, Subscription, Support, Tax, Upfront"),
        ({"Metrics": ["NetAmortizedCost"]}, "NetAmortizedCost", None),
        ({"BudgetType": "USAGE"}, None, None),
        ({"BudgetType": "USAGE", "Metrics": ["Hours"]}, "Hours", None),
    ],
)  # fmt: skip
def test_metric_and_cost_types(more: dict[str, Any], metric: str | None, types: str | None) -> None:
    row = one(**more)
    assert (row["metric"], row["cost_types"]) == (metric, types)


def test_days_are_those_of_utc() -> None:
    late = datetime(2026, 8, 31, 20, tzinfo=timezone(timedelta(hours=-4)))
    assert one(TimePeriod={"Start": late})["start_date"] == date(2026, 9, 1)
    assert one(TimePeriod={"Start": late})["end_date"] is None
    assert one(TimePeriod=None)["start_date"] is None


def test_planned_limits_have_a_day_each() -> None:
    planned = {
        "1788220800": {"Amount": "10", **USD},  # 2026-09-01
        "1790812800.0": {"Amount": "20", **USD},  # 2026-10-01
        "soon": {"Amount": "30", **USD},
        "1793491200": {"Amount": "NaN", **USD},
    }
    told = snapshot_of(ACCOUNT, [budget(PlannedBudgetLimits=planned)], WHERE)
    assert [
        (row["period_start"], row["amount"]) for row in rows(told, "aws_budget_limits")
    ] == [(date(2026, 9, 1), Decimal(10)), (date(2026, 10, 1), Decimal(20))]  # fmt: skip
    assert len(told.problems) == 2


def test_planned_limits_in_another_currency_stand_in_no_row() -> None:
    planned = {
        "1788220800": {"Amount": "10", **USD},  # 2026-09-01
        "1790812800": {"Amount": "20", "Unit": "EUR"},
    }
    mixed = budget(PlannedBudgetLimits=planned)
    bare = budget("bare", PlannedBudgetLimits=planned, BudgetLimit=None, CalculatedSpend=None)
    told = snapshot_of(ACCOUNT, [mixed, bare], WHERE)
    assert [
        (row["aws_budget_name"], row["amount"], row["unit"])
        for row in rows(told, "aws_budget_limits")
    ] == [("fraud", Decimal(10), "USD"), ("bare", Decimal(10), "USD")]
    assert [row["unit"] for row in rows(told)] == ["USD", "USD"]
    assert [each.location for each in told.problems] == ["budget fraud", "budget bare"]


def test_what_is_not_bound_has_no_scope() -> None:
    shown = [
        budget("all", CostFilters={}),
        budget("not", CostFilters=None, FilterExpression={"Not": {
            "Tags": {"Key": "sagemaker:space-arn", "Values": [OTHER_SPACE]}}}),
        budget("view", BillingViewArn="arn:aws:billing::210987654321:billingview/custom-1"),
        budget("primary", BillingViewArn="arn:aws:billing::210987654321:billingview/primary"),
    ]  # fmt: skip
    told = snapshot_of(ACCOUNT, shown, WHERE)
    assert [row["not_bound_because"] for row in rows(told)] == [
        "has no filter: it counts all of its account",
        "leaves something out (NOT)",
        "counts a billing view of its own",
        None,
    ]
    assert {row["aws_budget_name"] for row in rows(told, "aws_budget_scopes")} == {"primary"}
    assert bound(told) == (4, 1)


def test_what_changes_without_meaning_is_no_news() -> None:
    before = budget(LastUpdatedTime=datetime(2026, 9, 2, tzinfo=UTC))
    after = budget(
        LastUpdatedTime=datetime(2026, 9, 3, tzinfo=UTC),
        HealthStatus={"LastUpdatedTime": datetime(2026, 9, 3, tzinfo=UTC)},
    )
    first, second, more = (
        snapshot_of(ACCOUNT, [each], WHERE)
        for each in (before, after, budget(HealthStatus={"Status": "UNHEALTHY", "StatusReason": "FILTER_INVALID"}))
    )  # fmt: skip
    assert first.digest == second.digest
    assert rows(more)[0]["health"] == "UNHEALTHY, FILTER_INVALID"
    assert first.digest != more.digest


def test_names_of_strangers_stay_apart_and_on_one_line() -> None:
    told = snapshot_of(ACCOUNT, [budget("a\nb"), budget("a b"), budget("<b>'; drop--")], WHERE)
    assert [row["aws_budget_name"] for row in rows(told)] == ["a b", "a b (2)", "<b>'; drop--"]
