"""Chart panels: a figure with its table, from the same rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa

from spaceledger.reports.figures import daily_by_category, monthly_by_category
from spaceledger.reports.palette import place
from spaceledger.reports.panels import Chart, Column, Table
from spaceledger.reports.tables import rows
from spaceledger.reports.values import add, month

_USAGE_ONLY = (
    "Priced usage only. Tax, credits, refunds, discounts and unused commitment bear dates that are not "
    "days of use: they are in the months."
)


def daily_chart(amounts: pa.Table, currency: str, measure: str) -> Chart:
    """Daily spend by category, of `amounts` by usage_date and spend_category."""
    days = amounts["usage_date"].to_pylist()
    span = f"{min(days)} to {max(days)}. " if days else ""
    return Chart(
        key=f"daily-{currency}",
        title="By day",
        figure=daily_by_category(amounts, currency),
        table=_table(amounts, "usage_date", "Day", currency, date.isoformat),
        caption=f"{measure}, {currency}, {span}{_USAGE_ONLY}",
        empty="No priced usage in these bills. An export by month has no days: make it daily or hourly.",
    )


def monthly_chart(amounts: pa.Table, currency: str, measure: str) -> Chart:
    """Monthly spend by category, of `amounts` by billing_period and spend_category."""
    return Chart(
        key=f"monthly-{currency}",
        title="By month",
        figure=monthly_by_category(amounts, currency),
        table=_table(amounts, "billing_period", "Month", currency, month),
        caption=f"{measure}, {currency}, by billing period. Every charge is in it.",
        empty="No charge in any month.",
    )


def _table(
    amounts: pa.Table, key: str, name: str, currency: str, show: Callable[[Any], str]
) -> Table:
    cells = {(row[key], row["spend_category"]): row["amount"] for row in rows(amounts)}
    categories = sorted({category for _, category in cells}, key=place)
    keys = sorted({value for value, _ in cells}, reverse=True)
    amounts_of = {value: [cells.get((value, each)) for each in categories] for value in keys}
    lines = [[show(value), *line, add(line)] for value, line in amounts_of.items()]
    whole = [add(column) for column in zip(*amounts_of.values(), strict=True)]
    return Table(
        title="",
        columns=[
            Column(name, "term"),
            *(Column(category, "money") for category in categories),
            Column(f"Total ({currency})", "money"),
        ],
        rows=lines,
        total=["Total", *whole, add(whole)],
        is_folded=True,
        summary=f"The same as a table, {currency}",
    )
