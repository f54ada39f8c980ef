"""Figures of budgets: how each stands against its amount, and how it burns from day to day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

from spaceledger.reports.palette import AMBER, BLUE, GREY, RED, SKY
from spaceledger.reports.tables import Row, rows
from spaceledger.reports.values import label, money

_ROW_HEIGHT, _FRAME_HEIGHT, _BURN_UP_HEIGHT = 48, 96, 340
_LONGEST_NAME = 52
FARTHEST = 2.5  # times the amount; beyond it the axis would squeeze every other budget


def burn_up(days: pa.Table, amount: Decimal, currency: str) -> go.Figure:
    """What is spent, planned and forecast through each day.

    `days` is the part of `budget_burn_daily` of one budget and period, in order of usage_date.
    """
    unit = label(currency)
    known = [row for row in rows(days) if row["spent_to_date"] is not None]
    past = [row for row in known if not row["is_forecast"]]
    # The cone begins where the known line ends.
    ahead = [row for row in known if row["is_forecast"]]
    figure = go.Figure()
    if ahead:
        joined = [*past[-1:], *ahead]
        low = [_number(row["forecast_low"], row["spent_to_date"]) for row in joined]
        high = [_number(row["forecast_high"], row["spent_to_date"]) for row in joined]
        _line(figure, joined, low, "80 % band from", unit, color=SKY, width=0, is_listed=False)
        _line(figure, joined, high, "80 % band", unit, color=SKY, width=0, fill="tonexty")
        middle = [float(row["spent_to_date"]) for row in joined]
        _line(figure, joined, middle, "Forecast", unit, color=BLUE, dash="dot")
    plan = [float(row["plan_to_date"]) for row in rows(days)]
    _line(figure, rows(days), plan, "Plan", unit, color=GREY, dash="dash", width=1.5)
    spent = [float(row["spent_to_date"]) for row in past]
    _line(figure, past, spent, "Spent", unit, color=BLUE, width=3)
    figure.add_scatter(
        name="Amount",
        x=[row["usage_date"].isoformat() for row in _ends(rows(days))],
        y=[float(amount)] * len(_ends(rows(days))),
        mode="lines",
        line={"color": RED, "width": 1.5},
        hovertemplate=f"Amount: %{{y:,.2f}} {unit}<extra></extra>",
    )
    figure.update_layout(_layout(_BURN_UP_HEIGHT))
    figure.update_layout(hovermode="x unified")
    figure.update_yaxes(
        title={"text": unit, "standoff": 8, "font": {"size": 13}},
        tickformat=",~r",
        rangemode="tozero",
    )
    figure.update_xaxes(type="date", hoverformat="%a %d %b %Y")
    return figure


def standings(budgets: Sequence[Row]) -> go.Figure:
    """A bullet for each budget, in shares of its amount: spent, plan today and the forecast's band."""
    drawn = [row for row in budgets if row["amount"]]
    names = list(range(len(drawn)))
    shares = {
        key: [_share(row[key], row["amount"]) for row in drawn]
        for key in ("spent", "planned", "forecast", "forecast_low", "forecast_high")
    }
    words = [
        f"{label(row['budget_name'])}<br>spent {money(row['spent'])} of {money(row['amount'])}"
        f" {label(row['billing_currency'])}<br>forecast {money(row['forecast'])}"
        f" ({money(row['forecast_low'])} to {money(row['forecast_high'])})"
        for row in drawn
    ]
    figure = go.Figure()
    band = [FARTHEST if high is None else min(high, FARTHEST) for high in shares["forecast_high"]]
    base = [min(low or 0, FARTHEST) for low in shares["forecast_low"]]
    figure.add_bar(
        name="Forecast, 80 % band",
        y=names,
        x=[max(high - low, 0.004) if row["forecast"] is not None else 0
           for high, low, row in zip(band, base, drawn, strict=True)],
        base=base,
        orientation="h",
        width=0.46,
        marker={"color": SKY, "opacity": 0.75},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.add_bar(
        name="Spent",
        y=names,
        x=[min(share or 0, FARTHEST) for share in shares["spent"]],
        orientation="h",
        width=0.22,
        marker={
            "color": [RED if (share or 0) >= 1 else BLUE for share in shares["spent"]],
        },
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_scatter(
        name="Plan today",
        y=names,
        x=shares["planned"],
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 2.5, "color": AMBER}},
        hovertemplate="plan today: %{x:.0%} of the amount<extra></extra>",
    )
    figure.update_layout(_layout(_FRAME_HEIGHT + _ROW_HEIGHT * len(drawn)))
    figure.update_layout(barmode="overlay", hovermode="closest")
    # Names above their bars: beside them they would leave a phone no room for bars.
    figure.update_yaxes(
        range=[len(drawn) - 0.4, -0.8],
        showticklabels=False,
        ticks="",
        showgrid=False,
        zeroline=False,
    )
    for place, row in enumerate(drawn):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place - 0.44, yanchor="middle", showarrow=False,
            text=_name(row["budget_name"]), align="left", font={"size": 12},
        )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", rangemode="tozero", showgrid=True, side="bottom")
    figure.add_vline(x=1, line={"color": RED, "width": 1.5})
    return figure


def _line(
    figure: go.Figure,
    days: Sequence[Row],
    amounts: Sequence[float],
    name: str,
    unit: str,
    *,
    color: str,
    width: float = 2,
    dash: str = "solid",
    fill: str = "none",
    is_listed: bool = True,
) -> None:
    figure.add_scatter(
        name=name,
        x=[row["usage_date"].isoformat() for row in days],
        y=amounts,
        mode="lines",
        line={"color": color, "width": width, "dash": dash},
        fill=fill,
        fillcolor="rgba(105,184,232,0.35)",
        showlegend=is_listed,
        hovertemplate=f"{name}: %{{y:,.2f}} {unit}<extra></extra>",
    )


def _ends(days: Sequence[Row]) -> Sequence[Row]:
    return [days[0], days[-1]] if days else []


def _number(amount: Decimal | None, otherwise: Decimal) -> float:
    return float(otherwise if amount is None else amount)


def _share(amount: Decimal | None, whole: Decimal) -> float | None:
    return None if amount is None else float(amount) / float(whole)


def _name(name: str) -> str:
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return label(short)


def _layout(height: int) -> dict[str, Any]:
    return {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"showgrid": False, "automargin": True, "ticks": "outside"},
        "yaxis": {"automargin": True, "zeroline": True},
    }
