"""Tables of budgets: burn by day, past periods, spend that no budget counts, how good forecasts were."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from spaceledger.reports.build import Build, of_currency, space_path, space_title
from spaceledger.reports.panels import Column, Link, Table
from spaceledger.reports.tables import rows, where
from spaceledger.reports.values import add, count, month, period_words, ratio
from spaceledger.reports.words import BUDGET_STATUS_NAMES

_ALL_COVERED = "Every charge that budgets count has a budget."
_PAST_SHOWN = 400


def accuracy(build: Build) -> dict[tuple[str, str, str], str]:
    """What past forecasts of the same day were worth, in a sentence."""
    names = {"monthly": "months", "quarterly": "quarters", "annual": "years"}
    return {
        (row["scope_arn"], row["billing_currency"], row["period"]): (
            f"were within {ratio(row['error_ratio'])} in {row['within_count']} of"
            f" {row['period_count']} past {names[row['period']]}"
        )
        for row in rows(build["forecast_accuracy"])
        if row["error_ratio"] is not None and row["period_count"] > 2
    }


def days_of(days: pa.Table, currency: str) -> Table:
    """A budget's burn by day, folded."""
    lines = [
        [
            f"{row['usage_date']}{' (forecast)' if row['is_forecast'] else ''}",
            row["spent_to_date"],
            row["plan_to_date"],
            row["forecast_low"],
            row["forecast_high"],
        ]
        for row in rows(days)
    ]
    return Table(
        "",
        [
            Column("Through", "term"),
            Column(f"Spent ({currency})", "money"),
            Column("Plan", "money"),
            Column("Band from", "money"),
            Column("Band to", "money"),
        ],
        lines,
        is_folded=True,
        summary="The same as a table",
    )


def without_budget(build: Build, currency: str) -> Table:
    """What no budget counts, in the month pages open with, largest first."""
    table = of_currency(build["spend_without_budget"], currency)
    spaces = {space["space_arn"]: space for space in build.spaces}
    period = build.period(currency)
    lines: list[list[Any]] = []
    for row in rows(where(table, "billing_period", period)) if period else []:
        space = spaces.get(row["space_arn"])
        if not row["spent"]:
            continue
        name = space_title(space) if space else "no space"
        link = space_path(space) if space else None
        whose = row["domain_arn"] or "no domain"
        lines.append([Link(name, link, detail=row["space_arn"] or ""), whose, row["spent"]])
    lines.sort(key=lambda line: -line[2])
    return Table(
        title="Spend without a budget",
        columns=[Column("Space"), Column("Domain", "code"), Column(f"Spent ({currency})", "money")],
        rows=lines,
        total=["Total", "", add([line[2] for line in lines])] if lines else (),
        caption=f"{month(period)}, what budgets would count." if period else "",
        empty=_ALL_COVERED,
    )


def past_periods(build: Build, currency: str) -> Table:
    """How past periods ended, newest first, folded."""
    found = [
        row
        for row in rows(of_currency(build["budget_status"], currency))
        if row["period_end"] < build.run["as_of"] and row["status"] != "unknown_scope"
    ]
    found.sort(key=lambda row: (-row["period_start"].toordinal(), row["budget_name"]))
    lines = [
        [
            row["budget_name"],
            period_words(row["period_start"], row["period_end"]),
            row["amount"],
            row["spent"],
            row["remaining"],
            BUDGET_STATUS_NAMES[row["status"]],
        ]
        for row in found[:_PAST_SHOWN]
    ]
    more = f" The newest {_PAST_SHOWN} of {count(len(found))}." if len(found) > len(lines) else ""
    return Table(
        title="Past periods",
        columns=[
            Column("Budget"),
            Column("Period", "term"),
            Column(f"Amount ({currency})", "money"),
            Column("Spent", "money"),
            Column("Left", "money"),
            Column("Status"),
        ],
        rows=lines,
        caption=f"All of them are in marts.budget_status.{more}",
        empty="No budget has a past period yet.",
        is_folded=True,
        summary=f"{count(len(found))} past periods",
    )
