"""The overview: where the money of all spaces goes, and whether it ties to the bill."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow.compute as pc

from spaceledger.reports import people, trust
from spaceledger.reports.build import (
    Build,
    domain_title,
    is_private,
    of_currency,
    recent,
    space_path,
    space_title,
    used,
)
from spaceledger.reports.charts import daily_chart, monthly_chart
from spaceledger.reports.panels import Column, Link, Notes, Page, Panel, Section, Table, Tile
from spaceledger.reports.tables import Row, rows, summed, where
from spaceledger.reports.values import (
    add,
    change,
    change_ratio,
    exact,
    money,
    month,
    month_before,
    ratio,
)
from spaceledger.reports.words import MEASURES, OUTSIDE, STATUSES

_NO_SPACES = (
    "No space is known yet. Studio tags every app and job of a space with sagemaker:space-arn: activate "
    "that cost allocation tag in the payer account's Billing console, and the next bill names its spaces."
)
_NO_CHARGES = (
    "No SageMaker charge is in the ledger for this currency. The reconciliation below shows what the bill "
    "holds: if SageMaker usage is missing from it, check that the export covers the account that runs it."
)
_NO_BILL = (
    "No bill is in the ledger yet. Point a [[costs]] entry of spaceledger.toml at a billing export, then "
    "run `spaceledger run`; `spaceledger doctor` says what is missing."
)


def overview(build: Build) -> Page:
    """The page people open first."""
    name, meaning = MEASURES[build.measure]
    return Page(
        path="index.html",
        template="page.html",
        title="What each space costs",
        sections=[_section(build, currency) for currency in build.currencies],
        panels=[
            *trust.history(build),
            trust.problems(build),
            Notes("What is not in these numbers", OUTSIDE),
        ],
        lead=f"{name}: {meaning}. Amounts are exact in the ledger and rounded only for display.",
        notice=trust.notice(build),
        empty="" if build.currencies else _NO_BILL,
    )


def _section(build: Build, currency: str) -> Section:
    period = build.period(currency)
    if period is None:
        empty = Table("Spend", [], [], empty=_NO_CHARGES)
        return Section(currency, [], [empty, trust.reconciliation(build, currency)])
    measure, name = build.measure, MEASURES[build.measure][0]
    daily = of_currency(build["space_spend_daily"], currency)
    days = summed(recent(used(daily)), ["usage_date", "spend_category"], measure)
    periods = summed(daily, ["billing_period", "spend_category"], measure)
    panels: list[Panel] = [
        daily_chart(days, currency, f"All SageMaker cost: {name.lower()}"),
        monthly_chart(periods, currency, f"All SageMaker cost: {name.lower()}"),
        *_spaces(build, currency, period),
        people.unattended(build, currency),
        trust.coverage(build, currency, period),
        trust.reconciliation(build, currency),
    ]
    return Section(currency, _tiles(build, currency, period), panels)


def _tiles(build: Build, currency: str, period: str) -> Sequence[Tile]:
    before = month_before(period)
    shared = [s["space_arn"] for s in build.spaces if not is_private(s)]
    every = {key[1] for key in build.months if key[0] == currency}

    def amount(arns: Any, of: str) -> Decimal | None:
        return add([build.amount(currency, arn, of) for arn in arns])

    status = build.statuses.get(period, "unknown")
    opening = "Shared spaces" if build.run["show_spaces"] == "shared" else "Spaces"
    arns = shared if opening == "Shared spaces" else every - {None}
    is_open = status == "open"
    when = f"{month(period)} so far" if is_open else month(period)

    def tile(label: str, arns: Any) -> Tile:
        now, then = amount(arns, period), amount(arns, before)
        # A part of a month is not set against a whole one.
        moved = "whole month" if is_open else change(change_ratio(now, then))
        detail = f"{month(before)}: {money(then)} ({moved})" if then is not None else "first month"
        return Tile(f"{label}, {when}", money(now or Decimal(0)), currency, detail, exact(now))

    return [
        tile(opening, arns),
        tile("All SageMaker cost", every),
        *_coverage_tiles(build, currency, period),
        trust.difference_tile(build, currency),
    ]


def _coverage_tiles(build: Build, currency: str, period: str) -> Sequence[Tile]:
    coverage = where(of_currency(build["attribution_coverage"], currency), "billing_period", period)
    shares = {row["attribution_method"]: row["share"] for row in rows(coverage)}
    named = [
        share for key, share in shares.items() if key.startswith("space_") and share is not None
    ]
    lost = where(coverage, "attribution_method", "unattributed")
    amount = pc.sum(lost["effective_cost"]).as_py() or Decimal(0)
    detail = (
        f"{ratio(shares.get('unattributed'))} of usage" if amount else "every charge has a place"
    )
    return [
        Tile(
            "Usage cost that names its space",
            ratio(sum(named)) if named else "–",
            detail=f"of effective cost of usage, {month(period)}",
        ),
        Tile("Unattributed", money(amount), currency, detail, exact(amount)),
    ]


def _spaces(build: Build, currency: str, period: str) -> Sequence[Panel]:
    shows_all = build.run["show_spaces"] == "all"
    spaces = build.spaces_of(currency)
    opening = [space for space in spaces if shows_all or not is_private(space)]
    rest = [space for space in spaces if not shows_all and is_private(space)]
    status = build.statuses.get(period, "unknown")
    caption = f"{MEASURES[build.measure][0]}, {currency}. {month(period)}: {STATUSES[status]}."
    if status == "open":
        caption += " Its change compares a part of a month with a whole one."
    if not shows_all:
        caption += " A space whose sharing type is unknown counts as shared."
    title = "Spaces" if shows_all else "Shared spaces"
    panels = [_space_table(build, opening, currency, period, title, caption)]
    if rest:
        summary = f"Private spaces ({len(rest)})"
        panels.append(_space_table(build, rest, currency, period, "", "", summary))
    return panels


def _space_table(
    build: Build,
    spaces: Sequence[Row],
    currency: str,
    period: str,
    title: str,
    caption: str,
    summary: str = "",
) -> Table:
    before = month_before(period)
    lines = [_space_row(build, space, currency, period) for space in spaces]
    # Largest first; spaces come by ARN, which decides between equals.
    lines.sort(key=lambda line: -(line[4] or Decimal(0)))
    now, then = add([line[4] for line in lines]), add([line[5] for line in lines])
    return Table(
        title=title,
        columns=[
            Column("Space"),
            Column("Domain", is_minor=True),
            Column("Team", is_minor=True),
            Column("Owner", is_minor=True),
            Column(f"{month(period)} ({currency})", "money"),
            Column(f"{month(before)} ({currency})", "money"),
            Column("Change", "change"),
        ],
        rows=lines,
        total=["Total", "", "", "", now, then, change_ratio(now, then)],
        caption=caption,
        empty=_NO_SPACES,
        is_folded=bool(summary),
        summary=summary,
    )


def _space_row(build: Build, space: Row, currency: str, period: str) -> list[Any]:
    now = build.amount(currency, space["space_arn"], period)
    before = build.amount(currency, space["space_arn"], month_before(period))
    domain = domain_title(space)
    link = Link(
        space_title(space),
        space_path(space),
        detail=space["space_arn"],
        below=domain,
        badge="deleted" if space["deleted_at"] else "",
    )
    return [link, domain, space["team"], space["owner"], now, before, change_ratio(now, before)]
