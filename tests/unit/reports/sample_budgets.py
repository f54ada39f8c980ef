"""Budgets of the made-up company: every status, hostile names, a domain, two currencies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

MONEY = pa.decimal128(38, 12)
TEXT, DAY, NUMBER = pa.string(), pa.date32(), pa.float64()

SCHEMAS = {
    "budget_status": {
        "budget_name": TEXT,
        "period_start": DAY,
        "period_end": DAY,
        "scope": TEXT,
        "scope_arn": TEXT,
        "space_name": TEXT,
        "sharing_type": TEXT,
        "team": TEXT,
        "owner": TEXT,
        "period": TEXT,
        "plan": TEXT,
        "as_of": DAY,
        "cost_metric": TEXT,
        "amount": MONEY,
        "billing_currency": TEXT,
        "spent": MONEY,
        "remaining": MONEY,
        "burn_ratio": NUMBER,
        "elapsed_ratio": NUMBER,
        "planned": MONEY,
        "forecast": MONEY,
        "forecast_low": MONEY,
        "forecast_high": MONEY,
        "forecast_method": TEXT,
        "breach_probability": NUMBER,
        "breach_date": DAY,
        "status": TEXT,
        "data_through": DAY,
        "is_current": pa.bool_(),
    },
    "budget_burn_daily": {
        "budget_name": TEXT,
        "period_start": DAY,
        "usage_date": DAY,
        "billing_currency": TEXT,
        "spent_to_date": MONEY,
        "plan_to_date": MONEY,
        "is_forecast": pa.bool_(),
        "forecast_low": MONEY,
        "forecast_high": MONEY,
    },
    "spend_without_budget": {
        "billing_period": TEXT,
        "domain_arn": TEXT,
        "space_arn": TEXT,
        "space_name": TEXT,
        "billing_currency": TEXT,
        "spent": MONEY,
    },
    "forecast_accuracy": {
        "scope_arn": TEXT,
        "billing_currency": TEXT,
        "period": TEXT,
        "period_count": pa.int64(),
        "within_count": pa.int64(),
        "error_ratio": NUMBER,
        "covered_count": pa.int64(),
        "median_error_ratio": NUMBER,
        "run_rate_error_ratio": NUMBER,
    },
}
START, AS_OF, END = date(2026, 10, 1), date(2026, 10, 13), date(2026, 10, 31)
KNOWN_DAYS = 11


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def budget(
    name: str, scope_arn: str, status: str, spent: str, amount: str, **other: object
) -> dict:
    """One budget of October in a status; its forecast is twice what is spent, give or take a fifth."""
    money, whole = Decimal(spent), Decimal(amount)
    is_known = status != "unknown_scope"
    return {
        "budget_name": name, "period_start": START, "period_end": END, "scope_arn": scope_arn,
        "scope": "domain" if ":domain/" in scope_arn else "space", "period": "monthly",
        "plan": "even", "as_of": AS_OF, "cost_metric": "effective_cost", "amount": whole,
        "billing_currency": "USD", "spent": money, "remaining": whole - money,
        "burn_ratio": float(money / whole) if whole else None, "elapsed_ratio": 11 / 31,
        "planned": cents(whole * 11 / 31), "forecast": money * 2 if is_known else None,
        "forecast_low": money * Decimal("1.6") if is_known else None,
        "forecast_high": money * Decimal("2.4") if is_known else None,
        "forecast_method": "weekly rhythm" if is_known else None,
        "breach_probability": 0.4 if is_known else None, "status": status, "owner": "pat",
        "data_through": date(2026, 10, 11), "is_current": True, **other,
    }  # fmt: skip


def burn(row: dict) -> list[dict]:
    """Its days: even until the newest data, then the forecast."""
    days = []
    for number in range(31):
        share = Decimal(min(number + 1, KNOWN_DAYS)) / KNOWN_DAYS
        ahead = Decimal(max(0, number + 1 - KNOWN_DAYS)) / 20
        is_forecast = number >= KNOWN_DAYS
        is_known = row["forecast"] is not None or not is_forecast
        middle = cents(row["spent"] * (share + ahead))
        days.append(
            {
                "budget_name": row["budget_name"], "period_start": START,
                "usage_date": START + timedelta(days=number),
                "billing_currency": row["billing_currency"],
                "spent_to_date": middle if is_known else None,
                "plan_to_date": cents(row["amount"] * (number + 1) / 31), "is_forecast": is_forecast,
                "forecast_low": middle * Decimal("0.9") if is_forecast and is_known else None,
                "forecast_high": middle * Decimal("1.1") if is_forecast and is_known else None,
            }
        )  # fmt: skip
    return days


def budgets(spaces: list[dict], hostile: tuple[str, ...], domain_arn: str) -> dict[str, list[dict]]:
    """Rows of every mart of budgets."""
    arns = [space["space_arn"] for space in spaces]
    status = [
        budget(hostile[0], arns[0], "breached", "1200.5", "1000", breach_date=date(2026, 10, 9)),
        budget(hostile[1], arns[1], "breach_forecast", "700", "1000", breach_probability=0.9),
        budget(hostile[3], arns[2], "watch", "400", "900"),
        budget(hostile[4], arns[3], "ok", "12", "900", breach_probability=0.0),
        budget("nothing yet", arns[4], "no_data", "0", "50"),
        budget("none at all", arns[0], "breached", "0.01", "0"),
        budget("a domain", domain_arn, "ok", "2000", "9000"),
        budget("in euro", arns[5], "ok", "3", "10", billing_currency="EUR"),
        budget(hostile[2], f"{domain_arn.replace(':domain/', ':space/')}/nobody", "unknown_scope", "0", "70"),
    ]  # fmt: skip
    old = budget(hostile[0], arns[0], "ok", "80", "1000")
    past = old | {"period_start": date(2026, 9, 1), "period_end": date(2026, 9, 30)}
    return {
        "budget_status": [*status, past],
        "budget_burn_daily": [day for row in status for day in burn(row)],
        "spend_without_budget": [
            {"billing_period": "2026-10", "domain_arn": domain_arn, "space_arn": arns[6],
             "space_name": spaces[6]["space_name"], "billing_currency": "USD", "spent": Decimal("77.5")},
            {"billing_period": "2026-10", "billing_currency": "USD", "spent": Decimal("-3")},
            {"billing_period": "2026-09", "billing_currency": "USD", "spent": Decimal(900)},
        ],
        "forecast_accuracy": [
            {"scope_arn": arns[0], "billing_currency": "USD", "period": "monthly", "period_count": 5,
             "within_count": 4, "error_ratio": 0.126},
            {"scope_arn": arns[1], "billing_currency": "USD", "period": "monthly", "period_count": 2,
             "within_count": 2, "error_ratio": 0.5},
        ],
    }  # fmt: skip
