"""Figures are pure: rows in, a figure out. No queries, no clock, no files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go

from spaceledger.reports.values import Row, by, plain, total

# Okabe and Ito's colours, safe for colour blindness; a category keeps its colour on every page.
COLOURS = {
    "Studio apps": "#0072B2",
    "Studio storage": "#56B4E9",
    "training": "#D55E00",
    "processing": "#E69F00",
    "batch transform": "#F0E442",
    "hosting": "#009E73",
    "Canvas": "#CC79A7",
    "RStudio": "#7B61A8",
    "home file system": "#8C8C8C",
    "other services": "#5B7F6B",
}
OTHER_COLOURS = ("#A6761D", "#66A61E", "#E7298A", "#1B9E77", "#7570B3", "#B3B3B3")


def colour(category: str) -> str:
    """The colour of a spend category."""
    return COLOURS.get(category) or OTHER_COLOURS[sum(category.encode()) % len(OTHER_COLOURS)]


def daily_by_category(rows: Sequence[Row], measure: str, currency: str) -> go.Figure:
    """Stacked bars of daily spend, the largest category at the bottom."""
    figure = go.Figure()
    groups = by(rows, "spend_category")
    order = sorted(groups, key=lambda key: (-total(groups[key], measure), key))
    for (category,) in order:
        days = by(sorted(groups[(category,)], key=lambda row: row["usage_date"]), "usage_date")
        figure.add_bar(
            name=plain(category),
            x=[day.isoformat() for (day,) in days],
            y=[float(total(group, measure)) for group in days.values()],
            marker={"color": colour(category), "line": {"width": 0}},
            hovertemplate="%{x|%d %b %Y}<br>%{fullData.name}: %{y:,.2f}"
            f" {plain(currency)}<extra></extra>",
        )
    _layout(figure, currency)
    figure.update_layout(barmode="relative")
    return figure


def monthly_bars(rows: Sequence[Row], measure: str, currency: str) -> go.Figure:
    """One bar a billing period."""
    months = by(sorted(rows, key=lambda row: row["billing_period"]), "billing_period")
    amounts = [total(group, measure) for group in months.values()]
    figure = go.Figure(
        go.Bar(
            x=[period for (period,) in months],
            y=[float(amount) for amount in amounts],
            text=[f"{amount.quantize(Decimal(1)):,}" for amount in amounts],
            textposition="outside",
            cliponaxis=False,
            marker={"color": "#0072B2"},
            hovertemplate=f"%{{x}}: %{{y:,.2f}} {plain(currency)}<extra></extra>",
        )
    )
    _layout(figure, currency)
    figure.update_xaxes(type="category")
    return figure


def _layout(figure: go.Figure, currency: str) -> None:
    figure.update_layout(
        template="none",
        height=320,
        margin={"l": 64, "r": 16, "t": 28, "b": 40},
        bargap=0.25,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 13, "color": "#777"},
        hoverlabel={"font": {"family": "system-ui, sans-serif"}},
    )
    figure.update_yaxes(
        title={"text": plain(currency)},
        gridcolor="rgba(128,128,128,0.25)",
        zerolinecolor="#999",
        rangemode="tozero",
    )
    figure.update_xaxes(showgrid=False)
