"""AWS Budgets of an account: limits, what AWS says is spent and forecast, and what each is bound to.

One DescribeBudgets call a page, with filter trees (`ShowFilterExpression`). Amounts are texts and become
exact decimals. What changes without meaning (when somebody last saved a budget) stays out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from spaceledger.settings import AwsBudgets, Settings
from spaceledger.sources.aws import client_of, session_of
from spaceledger.sources.billing import region_of
from spaceledger.sources.bills import Problem
from spaceledger.sources.budget_filters import Filter, filter_of, plain
from spaceledger.sources.patience import pages
from spaceledger.sources.snapshots import Question, Snapshot

MONEY = pa.decimal128(38, 12)
# AWS prints doubles to the last binary digit; more than a trillionth of a unit is not kept.
_SMALLEST = Decimal(1).scaleb(-12)
_CONTEXT = Context(prec=38, rounding=ROUND_HALF_EVEN)
_PAGE = 100
# Defaults of CostTypes (AWS Budgets API reference).
_COST_TYPES = (
    "Credit", "Discount", "OtherSubscription", "Recurring", "Refund", "Subscription", "Support", "Tax",
    "Upfront",
)  # fmt: skip

_BUDGETS = pa.schema([
    ("account_id", pa.string()), ("aws_budget_name", pa.string()), ("budget_type", pa.string()),
    ("time_unit", pa.string()), ("start_date", pa.date32()), ("end_date", pa.date32()),
    ("unit", pa.string()), ("amount", MONEY), ("aws_actual", MONEY), ("aws_forecast", MONEY),
    ("metric", pa.string()), ("cost_types", pa.string()), ("filters", pa.string()),
    ("not_bound_because", pa.string()), ("auto_adjust", pa.string()), ("health", pa.string()),
])  # fmt: skip
_SCOPES = pa.schema([
    ("account_id", pa.string()), ("aws_budget_name", pa.string()), ("kind", pa.string()),
    ("value", pa.string()),
])  # fmt: skip
_LIMITS = pa.schema([
    ("account_id", pa.string()), ("aws_budget_name", pa.string()), ("period_start", pa.date32()),
    ("unit", pa.string()), ("amount", MONEY),
])  # fmt: skip


def questions(settings: Settings) -> Iterator[Question]:
    """One question for each account whose budgets the configuration asks for."""
    for budgets in settings.aws_budgets:
        yield Question(
            asked_as=_label(budgets),
            ask=lambda budgets=budgets: read_budgets(budgets),  # type: ignore[misc]
            with_bills=True,
        )


def _label(budgets: AwsBudgets) -> str:
    return f"AWS Budgets {budgets.account_id}"


def read_budgets(budgets: AwsBudgets) -> Snapshot:
    """The budgets of one account. Raises SourceError where AWS refuses or does not answer."""
    where = _label(budgets)
    session = session_of(budgets, where)
    region = budgets.region or region_of(budgets, session)
    client = client_of("budgets", budgets, where, region=region, session=session)
    found: list[Mapping[str, Any]] = []
    for page in pages(
        client,
        "describe_budgets",
        where=where,
        permission=f"budgets:ViewBudget on the budgets of account {budgets.account_id}",
        AccountId=budgets.account_id,
        MaxResults=_PAGE,
        ShowFilterExpression=True,
    ):
        found += page.get("Budgets") or ()
    return snapshot_of(budgets.account_id, found, where)


def snapshot_of(account_id: str, found: Iterable[Mapping[str, Any]], where: str) -> Snapshot:
    """The tables `aws_budgets`, `aws_budget_scopes` and `aws_budget_limits` of what AWS listed."""
    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    scopes: list[dict[str, Any]] = []
    limits: list[dict[str, Any]] = []
    # A list that shifts while its pages are read repeats a budget: the last word counts.
    by_name = {str(budget.get("BudgetName", "")): budget for budget in found}
    names: set[str] = set()
    for stated, budget in by_name.items():
        name = plain(stated)
        while name in names:  # two names that differ in what cannot be printed
            name += " (2)"
        names.add(name)
        key = {"account_id": account_id, "aws_budget_name": name}
        kept = filter_of(budget)
        unbound = kept.not_bound_because or _of_another_view(budget, account_id)
        unit, figures, refused = _figures(budget)
        rows.append(key | _row(budget, kept, unbound) | {"unit": unit} | figures)
        sets = {} if unbound else kept.sets
        scopes += [
            key | {"kind": kind, "value": value}
            for kind, values in sorted(sets.items())
            for value in sorted(values)
        ]
        planned, odd = _planned(budget, unit)
        limits += [key | limit for limit in planned]
        for what in (*refused, *odd):
            problems.append(_problem(where, name, what))
    return Snapshot(
        where,
        {
            "aws_budgets": pa.Table.from_pylist(rows, _BUDGETS),
            "aws_budget_scopes": pa.Table.from_pylist(scopes, _SCOPES),
            "aws_budget_limits": pa.Table.from_pylist(limits, _LIMITS),
        },
        tuple(problems),
    )


def _problem(where: str, name: str, what: str) -> Problem:
    return Problem(
        where, f"budget {name}", "bad_budget_amount", "warning",
        f"{what} is no amount a ledger can hold; it is left out - correct the budget in AWS",
    )  # fmt: skip


def _row(budget: Mapping[str, Any], kept: Filter, unbound: str) -> dict[str, Any]:
    period = budget.get("TimePeriod") or {}
    health = budget.get("HealthStatus") or {}
    said = [plain(str(health[key])) for key in ("Status", "StatusReason") if health.get(key)]
    adjust = (budget.get("AutoAdjustData") or {}).get("AutoAdjustType")
    return {
        "budget_type": budget.get("BudgetType"),
        "time_unit": budget.get("TimeUnit"),
        "start_date": _day(period.get("Start")),
        "end_date": _day(period.get("End")),
        "metric": _metric(budget),
        "cost_types": _cost_types(budget.get("CostTypes")),
        "filters": kept.words,
        "not_bound_because": unbound or None,
        "auto_adjust": adjust,
        "health": ", ".join(said) or None,
    }


def _of_another_view(budget: Mapping[str, Any], account_id: str) -> str:
    """A budget of a billing view that is not its account's primary one counts what no bill here holds."""
    view = str(budget.get("BillingViewArn") or "")
    if not view or view.endswith(f"::{account_id}:billingview/primary"):
        return ""
    return "counts a billing view of its own"


def _metric(budget: Mapping[str, Any]) -> str | None:
    """AWS's name of what a budget of costs counts; of others only what `Metrics` says."""
    metrics = budget.get("Metrics") or ()
    if metrics:
        return str(metrics[0])
    if budget.get("BudgetType") != "COST":
        return None
    types = budget.get("CostTypes") or {}
    if types.get("UseAmortized"):
        return "AmortizedCost"
    return "BlendedCost" if types.get("UseBlended") else "UnblendedCost"


def _cost_types(types: Mapping[str, bool] | None) -> str | None:
    """The kinds of charges that are counted; null where the filter alone says so (`Metrics`)."""
    if not types:
        return None
    return ", ".join(name for name in _COST_TYPES if types.get(f"Include{name}", True)) or "none"


def _figures(budget: Mapping[str, Any]) -> tuple[str | None, dict[str, Any], list[str]]:
    """The unit, the three amounts in it, and what cannot be read."""
    spend = budget.get("CalculatedSpend") or {}
    stated = {
        "amount": budget.get("BudgetLimit"),
        "aws_actual": spend.get("ActualSpend"),
        "aws_forecast": spend.get("ForecastedSpend"),
    }
    planned = (budget.get("PlannedBudgetLimits") or {}).values()
    units = [
        str(each["Unit"]) for each in (*stated.values(), *planned) if each and each.get("Unit")
    ]
    unit = units[0] if units else None
    figures: dict[str, Any] = {}
    refused = []
    for name, each in stated.items():
        figures[name] = None
        if not each:
            continue
        # Amounts of different currencies never stand in one row.
        amount = _amount(each.get("Amount")) if each.get("Unit", unit) == unit else None
        figures[name] = amount
        if amount is None:
            told = f"{each.get('Amount')} {each.get('Unit')}"
            refused.append(f"{name} {plain(told)[:80]}")
    return unit, figures, refused


def _planned(budget: Mapping[str, Any], unit: str | None) -> tuple[list[dict[str, Any]], list[str]]:
    """Limits by the first day of their period, in the budget's unit, and what cannot be read."""
    limits: dict[date, dict[str, Any]] = {}
    refused = []
    for seconds, limit in sorted((budget.get("PlannedBudgetLimits") or {}).items()):
        day, amount = _day_of_seconds(seconds), _amount(limit.get("Amount"))
        if day is None or amount is None or limit.get("Unit", unit) != unit:
            refused.append(f"the planned limit {plain(f'{seconds}: {limit}')[:80]}")
        else:
            limits[day] = {"period_start": day, "unit": limit.get("Unit"), "amount": amount}
    return list(limits.values()), refused


def _amount(text: object) -> Decimal | None:
    """An exact amount, of at most 12 decimals; None where it is none, or more than 26 digits long."""
    try:
        # A text such as 1_000 or NaN is a number to Python, and none to AWS.
        amount = Decimal(str(text)) if "_" not in str(text) else Decimal("NaN")
        if not amount.is_finite():
            return None
        return amount.quantize(_SMALLEST, context=_CONTEXT)
    except InvalidOperation:
        return None


def _day(moment: object) -> date | None:
    if not isinstance(moment, datetime):
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _day_of_seconds(seconds: str) -> date | None:
    try:
        return datetime.fromtimestamp(int(Decimal(seconds)), UTC).date()
    except (InvalidOperation, ValueError, OverflowError, OSError):
        return None


def bound(snapshot: Snapshot) -> tuple[int, int]:
    """How many budgets there are, and how many of them are bound to spaces or domains."""
    reasons: Sequence[str | None] = snapshot.tables["aws_budgets"]["not_bound_because"].to_pylist()
    return len(reasons), sum(1 for reason in reasons if reason is None)
