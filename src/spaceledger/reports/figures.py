"""Figures are pure: an Arrow table in, a figure out. No queries, no clock, no files.

Each takes `amount` by `spend_category` and by day or month. Amounts are exact until they are drawn.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

from spaceledger.reports import palette
from spaceledger.reports.tables import rows, split
from spaceledger.reports.values import label

_DAY_MS = 86_400_000
_FEWEST_DAYS = 14


def daily_by_category(table: pa.Table, currency: str) -> go.Figure:
    """Stacked bars of `amount` by `usage_date` and `spend_category`."""
    figure = go.Figure()
    unit = label(currency)
    for category, days in _stack(table):
        figure.add_bar(
            name=label(category),
            x=[day.isoformat() for day in days["usage_date"].to_pylist()],
            y=[float(amount or 0) for amount in days["amount"].to_pylist()],
            width=_DAY_MS * 0.8,
            marker=palette.marker(category),
            hovertemplate=f"%{{fullData.name}}: %{{y:,.2f}} {unit}<extra></extra>",
        )
    totals = _totals(table, "usage_date")
    figure.add_scatter(
        **_hidden_totals(totals, unit), x=[day.isoformat() for day in totals], mode="markers"
    )
    figure.update_layout(_layout(unit))
    figure.update_xaxes(type="date", hoverformat="%a %d %b %Y", range=_days_shown(list(totals)))
    if len(totals) <= _FEWEST_DAYS:
        figure.update_xaxes(tickformat="%d %b\n%Y")
    return figure


def monthly_by_category(table: pa.Table, currency: str) -> go.Figure:
    """Stacked bars of `amount` by `billing_period` and `spend_category`, totals above them."""
    figure = go.Figure()
    unit = label(currency)
    for category, months in _stack(table):
        figure.add_bar(
            name=label(category),
            x=[f"{period}-01" for period in months["billing_period"].to_pylist()],
            y=[float(amount or 0) for amount in months["amount"].to_pylist()],
            width=_DAY_MS * 20,
            marker=palette.marker(category),
            hovertemplate=f"%{{fullData.name}}: %{{y:,.2f}} {unit}<extra></extra>",
        )
    totals = _totals(table, "billing_period")
    figure.add_scatter(**_hidden_totals(totals, unit), x=[f"{p}-01" for p in totals], mode="text")
    tops = [float(top) for top in _tops(table)]
    figure.data[-1].update(
        customdata=figure.data[-1].y,
        y=tops,
        text=[_short(amount) for amount in totals.values()],
        textposition="top center",
        cliponaxis=False,
        hovertemplate=f"<b>Total: %{{customdata:,.2f}} {unit}</b><extra></extra>",
    )
    figure.update_layout(_layout(unit))
    figure.update_xaxes(type="date", hoverformat="%B %Y", range=_months_shown(totals))
    # Months without a bill get no tick: an empty place with a name would read as no spend.
    ticks = list(totals)[-1 :: -(1 + len(totals) // 13)]
    figure.update_xaxes(
        tickvals=[f"{period}-01" for period in ticks],
        ticktext=[f"{date.fromisoformat(f'{period}-01'):%b<br>%Y}" for period in ticks],
    )
    return figure


def _stack(table: pa.Table) -> list[tuple[str, pa.Table]]:
    """The rows of each category that has any amount, in the palette's order."""
    groups = split(table, "spend_category")
    drawn = {name: group for name, group in groups.items() if any(group["amount"].to_pylist())}
    return [(name, drawn[name]) for name in sorted(drawn, key=palette.place)]


def _totals(table: pa.Table, column: str) -> dict[Any, Decimal]:
    totals: dict[Any, Decimal] = {}
    for row in rows(table.sort_by(column)):
        totals[row[column]] = totals.get(row[column], Decimal(0)) + (row["amount"] or 0)
    return totals


def _tops(table: pa.Table) -> list[Decimal]:
    """Where each month's stack ends: what is above zero, for credits hang below."""
    tops: dict[str, Decimal] = {}
    for row in rows(table.sort_by("billing_period")):
        above = max(row["amount"] or Decimal(0), Decimal(0))
        tops[row["billing_period"]] = tops.get(row["billing_period"], Decimal(0)) + above
    return list(tops.values())


def _hidden_totals(totals: dict[Any, Decimal], unit: str) -> dict[str, Any]:
    """A trace that only speaks on hover, so that the sum of a stack can be read."""
    return {
        "name": "Total",
        "y": [float(amount) for amount in totals.values()],
        "marker": {"opacity": 0},
        "showlegend": False,
        "hovertemplate": f"<b>Total: %{{y:,.2f}} {unit}</b><extra></extra>",
    }


def _short(amount: Decimal) -> str:
    return f"{amount:,.0f}" if abs(amount) >= 10 else f"{amount:,.2f}"


def _days_shown(days: list[date]) -> list[str] | None:
    """The axis from the first to the last day, and never so short that one bar fills it."""
    if not days:
        return None
    first = min(days[0], days[-1] - timedelta(days=_FEWEST_DAYS - 1))
    return [f"{first - timedelta(days=1)}T12:00:00", f"{days[-1]}T12:00:00"]


def _months_shown(totals: dict[str, Decimal]) -> list[str] | None:
    periods = list(totals)
    if not periods:
        return None
    first, last = (date.fromisoformat(f"{period}-01") for period in (periods[0], periods[-1]))
    first = min(first, last - timedelta(days=150))
    return [str(first - timedelta(days=16)), str(last + timedelta(days=16))]


def _layout(unit: str) -> dict[str, Any]:
    # Colours of text and grid come from the page, which follows the reader's light or dark.
    return {
        "template": "none",
        "barmode": "relative",
        "height": 340,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "hovermode": "x unified",
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.04,
            "yanchor": "bottom",
            "traceorder": "normal",
            "itemwidth": 30,
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"showgrid": False, "automargin": True, "fixedrange": False, "ticks": "outside"},
        "yaxis": {
            "title": {"text": unit, "standoff": 8, "font": {"size": 13}},
            "automargin": True,
            "tickformat": ",~r",
            "rangemode": "tozero",
            "zeroline": True,
        },
    }
