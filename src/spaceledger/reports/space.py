"""The page of one space: what it costs, on what, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from spaceledger.reports import people
from spaceledger.reports.budgets import burn_ups_of
from spaceledger.reports.build import (
    Build,
    domain_title,
    of_currency,
    recent,
    space_path,
    space_title,
    used,
)
from spaceledger.reports.charts import daily_chart, monthly_chart
from spaceledger.reports.panels import Column, Group, Kind, Page, Section, Table, Tile
from spaceledger.reports.tables import Row, rows, split, summed
from spaceledger.reports.values import (
    add,
    change,
    change_ratio,
    count,
    exact,
    money,
    month,
    month_before,
)
from spaceledger.reports.words import MEASURES, METHODS

MOST_RESOURCES = 200
_NO_OWNER = "not in the owners file"


@dataclass(frozen=True)
class BySpace:
    """Mart rows of each space, split once for all pages."""

    daily: Mapping[str, pa.Table]
    monthly: Mapping[str, pa.Table]
    resources: Mapping[str, pa.Table]


@dataclass(frozen=True)
class Own:
    """Mart rows of one space in one currency."""

    space_arn: str
    currency: str
    daily: pa.Table
    monthly: pa.Table
    resources: pa.Table


def split_by_space(build: Build) -> BySpace:
    """The marts that pages of spaces read, by space."""
    return BySpace(
        split(build["space_spend_daily"], "space_arn"),
        split(build["space_spend_monthly"], "space_arn"),
        split(build["resource_spend_monthly"], "space_arn"),
    )


def space_page(build: Build, by_space: BySpace, space: Row) -> Page:
    """What one space costs."""
    arn = space["space_arn"]
    currencies = [
        name for name in build.currencies if name in build.currencies_of_spaces.get(arn, set())
    ]
    return Page(
        path=space_path(space),
        template="page.html",
        title=space_title(space),
        sections=[_section(build, _own(build, by_space, arn, name)) for name in currencies],
        panels=[people.people(build, arn)],
        facts=_facts(space),
        empty=""
        if currencies
        else f"No charge is attributed to this space. It is known by its {space['evidence']} alone; cost "
        "appears once charges carry its sagemaker:space-arn tag, or name it or an app of it as resource.",
    )


def _own(build: Build, by_space: BySpace, arn: str, currency: str) -> Own:
    def own(tables: Mapping[str, pa.Table], mart: str) -> pa.Table:
        return of_currency(tables.get(arn, build[mart].slice(0, 0)), currency)

    return Own(
        arn,
        currency,
        own(by_space.daily, "space_spend_daily"),
        own(by_space.monthly, "space_spend_monthly"),
        own(by_space.resources, "resource_spend_monthly"),
    )


def _facts(space: Row) -> list[tuple[str, str, Kind]]:
    account = f"{space['account_name']} ({space['account_id']})" if space["account_name"] else None
    spent = f"{space['first_spend_date']} to {space['last_spend_date']}"
    facts: list[tuple[str, str | None, Kind]] = [
        ("Space ARN", space["space_arn"], "code"),
        ("Name in AWS", space["space_name"], "text"),
        ("Domain", domain_title(space), "text"),
        ("Account", account or space["account_id"], "text"),
        ("Region", space["region"], "text"),
        ("Sharing", space["sharing_type"] or "unknown, counts as shared", "text"),
        ("Team", space["team"] or _NO_OWNER, "text"),
        ("Owner", space["owner"] or _NO_OWNER, "text"),
        ("Cost centre", space["cost_centre"], "text"),
        ("App type", space["app_type"], "text"),
        ("Storage", f"{space['storage_gb']:,.0f} GB" if space["storage_gb"] else None, "text"),
        ("Created", _minute(space["created_at"]), "text"),
        ("Last activity", _minute(space["last_activity_at"]), "text"),
        ("Usage", spent if space["first_spend_date"] else "none yet", "text"),
        ("Deleted", _minute(space["deleted_at"]), "text"),
    ]
    return [(name, str(value), kind) for name, value, kind in facts if value]


def _minute(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else None


def _section(build: Build, own: Own) -> Section:
    measure, name = build.measure, MEASURES[build.measure][0]
    days = summed(recent(used(own.daily)), ["usage_date", "spend_category"], measure)
    periods = summed(own.daily, ["billing_period", "spend_category"], measure)
    return Section(
        own.currency,
        _tiles(build, own),
        [
            daily_chart(days, own.currency, name),
            monthly_chart(periods, own.currency, name),
            *burn_ups_of(build, own.space_arn, own.currency),
            _months(build, own),
            people.unattended_of(build, own.space_arn, own.currency),
            _methods(own.daily, own.currency, measure),
            _resources(own.resources, own.currency, measure),
        ],
    )


def _tiles(build: Build, own: Own) -> Sequence[Tile]:
    period = build.period(own.currency) or ""
    before = month_before(period)
    now = build.amount(own.currency, own.space_arn, period)
    then = build.amount(own.currency, own.space_arn, before)
    whole = add(own.monthly[build.measure].to_pylist())
    hours = add(own.monthly["usage_hours"].to_pylist())
    months = len(set(own.monthly["billing_period"].to_pylist()))
    is_open = build.statuses.get(period) == "open"
    so_far = " so far" if is_open else ""
    compared = "whole month" if is_open else change(change_ratio(now, then))
    moved = f"{month(before)}: {money(then)} ({compared})"
    return [
        Tile(
            f"{month(period)}{so_far}",
            money(now or Decimal(0)),
            own.currency,
            moved if then is not None else f"no cost in {month(before)}",
            exact(now),
        ),
        Tile("All months", money(whole), own.currency, f"{months} with cost", exact(whole)),
        Tile("Hours used", money(hours), "h", "where AWS charges by the hour", exact(hours)),
    ]


def _months(build: Build, own: Own) -> Table:
    found = summed(own.monthly, ["billing_period"], "usage_hours")
    hours = {row["billing_period"]: row["amount"] for row in rows(found)}
    lines = []
    for period in sorted(hours, reverse=True):
        now = build.amount(own.currency, own.space_arn, period)
        before = build.amount(own.currency, own.space_arn, month_before(period))
        status = build.statuses.get(period, "unknown")
        lines.append([month(period), status, now, change_ratio(now, before), hours[period]])
    return Table(
        title="Months",
        columns=[
            Column("Billing period", "term"),
            Column("Status", "term"),
            Column(f"{MEASURES[build.measure][0]} ({own.currency})", "money"),
            Column("Change", "change"),
            Column("Hours", "money"),
        ],
        rows=lines,
        total=["Total", "", add([row[2] for row in lines]), "", add(list(hours.values()))],
    )


def _methods(daily: pa.Table, currency: str, measure: str) -> Table:
    order = {method: place for place, method in enumerate(METHODS)}
    found = rows(summed(daily, ["attribution_method"], measure))
    found.sort(key=lambda row: order.get(row["attribution_method"], 99))
    return Table(
        title="How it was attributed",
        columns=[
            Column("Method", "key"),
            Column("What it rests on"),
            Column(f"{MEASURES[measure][0]} ({currency})", "money"),
        ],
        rows=[
            [row["attribution_method"], METHODS.get(row["attribution_method"], ""), row["amount"]]
            for row in found
        ],
        total=["Total", "", add([row["amount"] for row in found])],
        caption="All months.",
    )


def _resources(resources: pa.Table, currency: str, measure: str) -> Group:
    months = split(resources, "billing_period")
    panels = [
        _resource_table(month(period), months[period], currency, measure, is_open=not place)
        for place, period in enumerate(sorted(months, reverse=True))
    ]
    caption = (
        "What was charged, and the evidence that it belongs to this space: one example of each."
    )
    return Group("Resources and their evidence", panels, caption)


def _resource_table(
    title: str, table: pa.Table, currency: str, measure: str, *, is_open: bool
) -> Table:
    found = rows(table)
    found.sort(
        key=lambda row: (
            -(row[measure] or 0),
            row["resource_id"] or "",
            row["spend_category"],
            row["attribution_method"],
        )
    )
    whole = add([row[measure] for row in found])
    lines = [_resource(row, measure) for row in found[:MOST_RESOURCES]]
    rest = found[MOST_RESOURCES:]
    if rest:
        what = f"{count(len(rest))} more, in marts.resource_spend_monthly"
        lines.append([what, "", "", add([row[measure] for row in rest]), "", ""])
    return Table(
        title="",
        columns=[
            Column("Resource", "code"),
            Column("Category", "term"),
            Column("Instance type", "term"),
            Column(f"{MEASURES[measure][0]} ({currency})", "money"),
            Column("Attributed by", "key"),
            Column("Evidence", "code"),
        ],
        rows=lines,
        total=["Total", "", "", whole, "", ""],
        is_folded=True,
        is_open=is_open,
        summary=f"{title}: {money(whole)} {currency}",
    )


def _resource(row: Row, measure: str) -> list[Any]:
    more = row["evidence_count"] - 1
    evidence = row["attribution_evidence"] or ""
    return [
        row["resource_id"] or "no resource",
        row["spend_category"],
        row["instance_type"],
        row[measure],
        row["attribution_method"],
        f"{evidence} and {count(more)} more" if more > 0 else evidence,
    ]
