"""Pages are data: what the overview and each space's page show, picked from the marts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

from spaceledger.reports.figures import daily_by_category, monthly_bars
from spaceledger.reports.values import Row, by, slug, total

USAGE_DAYS_SHOWN = 92


@dataclass(frozen=True)
class Page:
    """One page: its file below the pages' folder, its template, what it shows, its charts."""

    path: str
    template: str
    title: str
    context: Mapping[str, Any]
    charts: Mapping[str, go.Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Marts:
    """The marts as rows, and the run they belong to."""

    rows: Mapping[str, Sequence[Row]]
    run: Row

    def __getitem__(self, mart: str) -> Sequence[Row]:
        return self.rows[mart]

    @property
    def measure(self) -> str:
        """The cost column that pages count."""
        return str(self.run["cost_metric"])


def read(tables: Mapping[str, pa.Table]) -> Marts:
    """The marts of one build."""
    rows = {name: table.to_pylist() for name, table in tables.items()}
    return Marts(rows, rows["run"][0])


def is_private(space: Row) -> bool:
    """Private spaces are shown apart; an unknown sharing type counts as shared."""
    return bool(space["sharing_type"] == "Private")


def pages(marts: Marts) -> Iterable[Page]:
    """The overview, then a page per space."""
    yield overview(marts)
    monthly = by(marts["space_spend_monthly"], "space_arn")
    daily = by(marts["space_spend_daily"], "space_arn")
    resources = by(marts["resource_spend_monthly"], "space_arn")
    for space in marts["spaces"]:
        key = (space["space_arn"],)
        yield space_page(
            marts, space, daily.get(key, []), monthly.get(key, []), resources.get(key, [])
        )


def space_path(space: Row) -> str:
    """Where a space's page lies."""
    return f"spaces/{slug(space['space_arn'], space['space_name'])}.html"


def data_through(rows: Iterable[Row]) -> Any:
    """Newest day with usage among deliveries."""
    return max((row["data_through"] for row in rows if row["data_through"]), default=None)


def overview(marts: Marts) -> Page:
    """Where the money of all spaces goes, and whether it ties to the bill."""
    sections, charts = [], {}
    spend = by(marts["space_spend_daily"], "billing_currency")
    for (currency,), daily in sorted(spend.items()):
        section, drawn = _currency(marts, currency, daily)
        sections.append(section)
        charts.update(drawn)
    context = {"sections": sections, "problems": marts["ingest_problems"]}
    return Page("index.html", "overview.html", "Overview", context, charts)


def _currency(
    marts: Marts, currency: str, daily: Sequence[Row]
) -> tuple[dict[str, Any], dict[str, go.Figure]]:
    measure = marts.measure
    period = max(row["billing_period"] for row in daily)
    months = [r for r in marts["space_spend_monthly"] if r["billing_currency"] == currency]
    current = {r["space_arn"]: r for r in months if r["billing_period"] == period}
    spaces: list[dict[str, Any]] = []
    for space in marts["spaces"]:
        own = [r for r in months if r["space_arn"] == space["space_arn"]]
        now = current.get(space["space_arn"])
        spaces.append(
            {
                "space": space,
                "path": space_path(space),
                "is_private": is_private(space),
                "amount": now[measure] if now else Decimal(0),
                "previous": now["previous_effective_cost"] if now else None,
                "change": now["change_ratio"] if now else None,
                "whole": total(own, measure),
            }
        )
    spaces.sort(key=lambda item: (-item["amount"], item["space"]["space_arn"]))
    reconciliation = [
        {
            "billing_period": key[0],
            "source": key[1],
            "role": rows[0]["role"],
            "period_status": rows[0]["period_status"],
            "bill": total(rows, "bill_billed_cost"),
            "ledger": total(rows, "ledger_billed_cost"),
            "outside": total(rows, "outside_billed_cost"),
            "difference": total(rows, "difference"),
            "row_count": sum(row["row_count"] for row in rows),
        }
        for key, rows in by(
            [r for r in marts["bill_reconciliation"] if r["billing_currency"] == currency],
            "billing_period",
            "source",
        ).items()
    ]
    coverage = [
        row
        for row in marts["attribution_coverage"]
        if row["billing_currency"] == currency and row["billing_period"] == period
    ]
    priced = [row for row in daily if row["purchase_option"] is not None]
    last_day = max((row["usage_date"] for row in priced), default=None)
    recent = [
        row for row in priced if last_day and (last_day - row["usage_date"]).days < USAGE_DAYS_SHOWN
    ]
    section = {
        "currency": currency,
        "period": period,
        "period_status": next(iter(current.values()))["period_status"] if current else "unknown",
        "shown": total((r for r in daily if r["billing_period"] == period), measure),
        "in_spaces": total(
            (r for r in daily if r["billing_period"] == period and r["space_arn"]), measure
        ),
        "attributed_share": sum(
            row["share"] or 0.0
            for row in coverage
            if row["attribution_method"].startswith("space_")
        ),
        "unattributed": total(
            (r for r in coverage if r["attribution_method"] == "unattributed"), "effective_cost"
        ),
        "difference": total(reconciliation, "difference"),
        "shared": [item for item in spaces if not item["is_private"]],
        "private": [item for item in spaces if item["is_private"]],
        "coverage": coverage,
        "reconciliation": reconciliation,
        "days": _day_table(recent, measure),
        "months": _month_table(daily, measure),
    }
    charts = {
        f"daily-{currency}": daily_by_category(recent, measure, currency),
        f"monthly-{currency}": monthly_bars(daily, measure, currency),
    }
    return section, charts


def space_page(
    marts: Marts,
    space: Row,
    daily: Sequence[Row],
    monthly: Sequence[Row],
    resources: Sequence[Row],
) -> Page:
    """What one space costs, on what, and on what evidence."""
    measure = marts.measure
    sections, charts = [], {}
    for (currency,), rows in sorted(by(daily, "billing_currency").items()):
        own = [r for r in resources if r["billing_currency"] == currency]
        sections.append(
            {
                "currency": currency,
                "months": sorted(
                    (r for r in monthly if r["billing_currency"] == currency),
                    key=lambda r: r["billing_period"],
                    reverse=True,
                ),
                "resources": sorted(
                    own, key=lambda r: (r["billing_period"], r[measure] or 0), reverse=True
                ),
                "methods": [
                    {"method": key[0], "amount": total(group, measure), "count": len(group)}
                    for key, group in by(own, "attribution_method").items()
                ],
                "days": _day_table(rows, measure),
            }
        )
        charts[f"daily-{currency}"] = daily_by_category(rows, measure, currency)
    name = space["space_display_name"] or space["space_name"]
    context = {"space": space, "name": name, "sections": sections}
    return Page(space_path(space), "space.html", name, context, charts)


def _day_table(rows: Sequence[Row], measure: str) -> list[tuple[Any, Decimal]]:
    days = by(sorted(rows, key=lambda r: r["usage_date"], reverse=True), "usage_date")
    return [(key[0], total(group, measure)) for key, group in days.items()]


def _month_table(rows: Sequence[Row], measure: str) -> list[tuple[Any, Decimal]]:
    months = by(sorted(rows, key=lambda r: r["billing_period"], reverse=True), "billing_period")
    return [(key[0], total(group, measure)) for key, group in months.items()]
