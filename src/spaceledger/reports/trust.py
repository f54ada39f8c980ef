"""Panels that say how far the numbers can be trusted: reconciliation, coverage, inputs, changes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spaceledger.reports.build import Build, of_currency
from spaceledger.reports.panels import Column, Group, Table, Tile
from spaceledger.reports.tables import rows, where
from spaceledger.reports.values import add, count, exact, money, month
from spaceledger.reports.words import CAUSES, METHODS

_NO_BILL = "No bill of this currency was delivered."
_NO_PROBLEMS = "None: every delivery that was found was read."
_NO_CHANGES = "Nothing: no month that was published before has other amounts in this build."


def difference_tile(build: Build, currency: str) -> Tile:
    """What the ledger and the bill differ by, over all periods."""
    lines = rows(of_currency(build["bill_reconciliation"], currency))
    gaps = [abs(row[key] or 0) for row in lines for key in ("difference", "effective_difference")]
    # Absolute values: two faults must not cancel each other.
    gap = add(gaps) or Decimal(0)
    row_count = sum(row["row_count"] or 0 for row in lines)
    periods = {row["billing_period"] for row in lines}
    detail = f"{count(row_count)} lines of {len(periods)} billing periods"
    value = money(gap) if gap else "0"
    return Tile(
        "Difference to the bill", value, currency, detail, exact(gap), "warn" if gap else "good"
    )


def reconciliation(build: Build, currency: str) -> Group:
    """The bill against the ledger, in billed and in effective cost."""
    table = of_currency(build["bill_reconciliation"], currency)
    caption = (
        "bill = ledger + outside, to the last decimal, or nothing is published. “Ledger” is what these pages "
        "count; “outside” are the bill's lines that are not about SageMaker."
    )
    billed = _reconciled(table, currency, "billed_cost", "difference")
    effective = _reconciled(
        table, currency, "effective_cost", "effective_difference", is_folded=True
    )
    return Group("Reconciled with the bill", [billed, effective], caption)


def _reconciled(
    table: pa.Table, currency: str, measure: str, difference: str, *, is_folded: bool = False
) -> Table:
    names = [f"{part}_{measure}" for part in ("bill", "ledger", "outside")] + [difference]
    keys = ["billing_period", "source", "role", "period_status"]
    grouped = table.group_by(keys, use_threads=False).aggregate(
        [(name, "sum") for name in ["row_count", *names]]
    )
    lines = []
    for row in rows(grouped.sort_by([("billing_period", "descending"), ("source", "ascending")])):
        compared = " (compared, never added)" if row["role"] == "compare" else ""
        amounts = [row[f"{name}_sum"] for name in names]
        lines.append(
            [
                month(row["billing_period"]),
                f"{row['source']}{compared}",
                row["period_status"] or "unknown",
                row["row_count_sum"],
                *amounts,
            ]
        )
    label = measure.replace("_", " ").capitalize()
    return Table(
        title="",
        columns=[
            Column("Billing period", "term"),
            Column("Source", "term"),
            Column("Status", "term"),
            Column("Lines", "count"),
            Column(f"Bill ({currency})", "money"),
            Column("Ledger", "money"),
            Column("Outside", "money"),
            Column("Difference", "exact"),
        ],
        rows=lines,
        caption="" if is_folded else f"{label}, {currency}.",
        empty=_NO_BILL,
        is_folded=is_folded,
        summary=f"The same in {label.lower()}",
    )


def coverage(build: Build, currency: str, period: str) -> Table:
    """How the cost of a month was attributed."""
    table = of_currency(build["attribution_coverage"], currency)
    order = {method: place for place, method in enumerate(METHODS)}
    found = rows(where(table, "billing_period", period))
    found.sort(
        key=lambda row: (order.get(row["attribution_method"], 99), row["attribution_method"])
    )
    lines = [
        [
            row["attribution_method"],
            METHODS.get(row["attribution_method"], ""),
            row["effective_cost"],
            row["share"],
            row["charge_count"],
        ]
        for row in found
    ]
    whole = add([row["effective_cost"] for row in found])
    shares = [row["share"] for row in found if row["share"] is not None]
    counted = sum(row["charge_count"] for row in found)
    return Table(
        title=f"How {month(period)} was attributed",
        columns=[
            Column("Method", "key"),
            Column("What it rests on", is_minor=True),
            Column(f"Effective cost ({currency})", "money"),
            Column("Share of usage", "share"),
            Column("Charges", "count"),
        ],
        rows=lines,
        total=["Total", "", whole, sum(shares) if shares else None, counted],
        caption=f"Effective cost, {currency}. Each charge has one method and one piece of evidence; "
        "the page of a space shows them.",
        empty="No charge in this month.",
    )


def history(build: Build) -> Sequence[Table]:
    """What changed in closed figures, and which deliveries the figures come from."""
    changed = rows(where(build["restatements"], "build_id", build.run["build_id"]))
    names = {space["space_arn"]: space["space_name"] for space in build.spaces}
    changed.sort(key=lambda row: (row["billing_period"], row["space_arn"] or ""), reverse=True)
    current = build["deliveries"].filter(pc.field("is_current"))
    return [
        Table(
            title="Changed since the build before",
            columns=[
                Column("Billing period", "term"),
                Column("Space"),
                Column("Why"),
                Column("Currency", "term"),
                Column("Effective cost before", "money"),
                Column("After", "money"),
            ],
            rows=[_restated(row, names) for row in changed],
            caption="Effective cost. All changes ever made are kept in marts.restatements.",
            empty=_NO_CHANGES,
        ),
        Table(
            title="Deliveries these figures come from",
            columns=[
                Column("Billing period", "term"),
                Column("Source", "term"),
                Column("Delivered at (UTC)", "term"),
                Column("Usage through", "term"),
                Column("Lines", "count"),
                Column("Billed cost", "money"),
                Column("Currency", "term"),
                Column("Delivery", "code", is_minor=True),
            ],
            rows=[_delivered(row) for row in _newest_first(current)],
            empty="No delivery was loaded.",
            is_folded=True,
            summary=f"{current.num_rows} deliveries",
        ),
    ]


def _newest_first(table: pa.Table) -> list[dict[str, Any]]:
    order = [
        ("billing_period", "descending"),
        ("source", "ascending"),
        ("delivery_id", "ascending"),
    ]
    return rows(table.sort_by([*order, ("billing_currency", "ascending")]))


def _restated(row: dict[str, Any], names: dict[str, str]) -> list[Any]:
    arn = row["space_arn"]
    return [
        month(row["billing_period"]),
        (names.get(arn) or arn) if arn else "outside spaces",
        CAUSES.get(row["cause"], row["cause"]),
        row["billing_currency"],
        row["effective_cost_before"],
        row["effective_cost_after"],
    ]


def _delivered(row: dict[str, Any]) -> list[Any]:
    return [
        month(row["billing_period"]),
        row["source"],
        f"{row['delivered_at']:%Y-%m-%d %H:%M}" if row["delivered_at"] else "–",
        row["data_through"] or "no usage",
        row["row_count"],
        row["billed_cost"],
        row["billing_currency"] or "–",
        row["delivery_id"],
    ]


def problems(build: Build) -> Table:
    """What is wrong with the inputs now."""
    order = {"error": 0, "warning": 1, "notice": 2}
    found = rows(build["ingest_problems"])
    found.sort(
        key=lambda row: (
            order.get(row["severity"], 3),
            row["source"] or "",
            row["location"] or "",
            row["problem"],
        )
    )
    return Table(
        title="Inputs refused, held back or noticed",
        columns=[
            Column("Severity", "term"),
            Column("Source", "term"),
            Column("Problem", "key"),
            Column("What, and what to do"),
            Column("Where", "code"),
            Column("Since (UTC)", "term"),
        ],
        rows=[
            [
                row["severity"],
                row["source"],
                row["problem"],
                row["detail"],
                row["location"],
                f"{row['first_seen_at']:%Y-%m-%d}" if row["first_seen_at"] else "–",
            ]
            for row in found
        ],
        empty=_NO_PROBLEMS,
        anchor="problems",
    )


def notice(build: Build) -> str:
    """What a reader must know before any number: inputs that were held back."""
    refused = [row for row in rows(build["ingest_problems"]) if row["severity"] == "error"]
    if not refused:
        return ""
    what = "One input was" if len(refused) == 1 else f"{len(refused)} inputs were"
    return f"{what} refused or held back: these figures may be incomplete or older than they look."
