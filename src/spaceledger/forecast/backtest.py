"""Replays past periods with what was known then, beside the two forecasts people make by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from spaceledger.forecast.bands import QUANTILES, narrowest, quantiles
from spaceledger.forecast.baselines import run_rate, straight_line
from spaceledger.forecast.paths import PATHS, draw_paths, look_ahead
from spaceledger.forecast.windows import (
    Array,
    History,
    amounts,
    cut_windows,
    day_numbers,
    read_history,
)

HELD_OUT = 2  # days: the newest days of a bill have not filled up
_CELLS = 6_000_000  # of paths drawn at a time, which keeps memory under 200 MB
METHODS = ("forecast", "run_rate", "ols")


def month_replays(history: pa.Table, as_of_days: Sequence[int] = (5, 12, 19, 26)) -> pa.Table:
    """The replays of every complete calendar month of each scope: its as-of days, by day of the month.

    Columns scope_id, period_start, period_end, as_of. Months before the first spend, and as-of days
    that leave no complete day of spend, are left out.
    """
    read = read_history(history)
    rows: list[tuple[str, Any, Any, Any]] = []
    for scope, number in read.scopes.items():
        first, last = read.first_day[number], read.last_complete[number]
        if first > last:
            continue
        begin, end = (
            np.datetime64(int(day), "D").astype("datetime64[M]") for day in (first, last + 1)
        )
        for month in np.arange(begin, end):
            start, after = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
            for day in as_of_days:
                as_of = start + (day - 1)
                if as_of < after and as_of - HELD_OUT >= np.datetime64(int(first), "D"):
                    rows.append((scope, start, after - 1, as_of))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    dates = [pa.array(np.array(one, "datetime64[D]"), pa.date32()) for one in columns[1:]]
    return pa.table(
        [pa.array(columns[0], pa.string()), *dates],
        names=["scope_id", "period_start", "period_end", "as_of"],
    )


def backtest(history: pa.Table, replays: pa.Table) -> pa.Table:
    """Forecasts past periods: one row per replay, in the order of replays.

    history: as for `forecast`. replays: scope_id, period_start, period_end (inclusive), as_of. The
    newest `HELD_OUT` days up to as_of count as not known. Returns scope_id, period_start,
    period_end, as_of, days_left (after the last known day), spent (until then), actual (whole
    period), mean_day (of the scope up to then, to scale errors with), and whole-period forecast,
    run_rate and ols, each with `_low` and `_high`.
    """
    read = read_history(history)
    scope = np.array(
        [read.scopes.get(one, -1) for one in replays["scope_id"].to_pylist()], np.int64
    )
    start, end, as_of = (
        day_numbers(replays[name])[0] for name in ("period_start", "period_end", "as_of")
    )
    last = as_of - HELD_OUT
    days = np.maximum(end - last, 0)
    widest = int(max(days.max(initial=1), (end - start + 1).max(initial=1)))
    parts: list[dict[str, Array]] = []
    step = max(1, min(500, _CELLS // (PATHS * widest)))
    # Replays of like length are drawn together; each result stands on its own.
    order = np.argsort(days, kind="stable")
    for at in range(0, len(scope), step):
        rows = order[at : at + step]
        parts.append(_replay(read, scope[rows], start[rows], end[rows], last[rows]))
    back = np.argsort(order)
    names = list(parts[0]) if parts else []
    merged = {name: np.concatenate([part[name] for part in parts])[back] for name in names}
    table = replays.select(["scope_id", "period_start", "period_end", "as_of"])
    for name in names:
        table = table.append_column(name, pa.array(merged[name]))
    return table


def _replay(read: History, scope: Array, start: Array, end: Array, last: Array) -> dict[str, Array]:
    """The columns of some replays: [n] each."""
    windows = cut_windows(read, scope, last)
    length = end - start + 1
    period = amounts(read, scope, start, int(length.max()))
    day = start[:, None] + np.arange(period.shape[1])
    inside = day <= end[:, None]
    actual = np.where(inside, period, 0).sum(axis=1)
    spent = np.where(inside & (day <= last[:, None]), period, 0).sum(axis=1)
    days = np.maximum(end - last, 0)
    ahead = max(int(days.max()), 1)
    paths = draw_paths(look_ahead(windows), ahead)
    # Days between as_of and a period that begins later belong to no period.
    number = np.arange(1, ahead + 1)
    counted = (number <= days[:, None]) & (last[:, None] + number >= start[:, None])
    totals = np.matmul(paths, counted[:, :, None].astype(np.float32))[:, :, 0]
    low, middle, high = quantiles(totals) * windows.scale
    high = np.maximum(high, low + narrowest(windows) * counted.sum(axis=1))
    line = run_rate(windows, np.clip(last - start + 1, 0, None), counted.sum(axis=1))
    centre, below, above = straight_line(windows, counted.sum(axis=1).astype(float))
    seen = np.maximum(np.minimum(windows.age, 364), 1)
    ours = {"forecast": middle, "forecast_low": low, "forecast_high": high}
    theirs = {"run_rate": line, "run_rate_low": line, "run_rate_high": line}
    fitted = {"ols": centre, "ols_low": below, "ols_high": above}
    whole = {name: spent + value for name, value in (ours | theirs | fitted).items()}
    mean_day = windows.spend.clip(0).sum(axis=1) * windows.scale / seen
    return {"days_left": days, "spent": spent, "actual": actual, "mean_day": mean_day} | whole


def summarise(
    replayed: pa.Table, group: str | None = None, methods: Sequence[str] = METHODS
) -> pa.Table:
    """How good forecasts were, per group (a column of the table) and method (its columns).

    Columns: group, method, count, median_absolute_error (share of actual, where that is above 0),
    mean_error (bias) and pinball_loss (mean over the quantiles 0.1, 0.5, 0.9; Koenker and Bassett
    1978), both divided by the scope's mean daily spend x the days of the period, so that large and
    small scopes count alike; coverage, the share of actuals inside the band.
    """
    keys = replayed[group].to_pylist() if group else ["all"] * len(replayed)
    actual = replayed["actual"].to_numpy()
    length = day_numbers(replayed["period_end"])[0] - day_numbers(replayed["period_start"])[0] + 1
    scale = replayed["mean_day"].to_numpy() * length
    rows = []
    names = np.array(keys)
    for key in dict.fromkeys(keys):
        for method in methods:
            figures = [replayed[method + edge].to_numpy() for edge in ("_low", "", "_high")]
            chosen = names == key
            rows.append(
                {"group": key, "method": method}
                | _score(actual[chosen], [one[chosen] for one in figures], scale[chosen])
            )
    return pa.Table.from_pylist(rows)


def _score(actual: Array, figures: list[Array], scale: Array) -> dict[str, float]:
    """The figures of one group and method."""
    low, middle, high = figures
    paid = actual > 0
    scaled = scale > 0
    per = scale[scaled]
    losses = [
        np.maximum(share * (actual - value), (share - 1) * (actual - value))[scaled] / per
        for share, value in zip(QUANTILES, figures, strict=True)
    ]
    hair = 1e-6 * np.maximum(np.abs(actual), 1e-9)  # rounding is no miss
    covered = (low - hair <= actual) & (actual <= high + hair)
    return {
        "count": len(actual),
        "median_absolute_error": _mean(np.median, np.abs(middle - actual)[paid] / actual[paid]),
        "mean_error": _mean(np.mean, (middle - actual)[scaled] / per),
        "coverage": _mean(np.mean, covered),
        "pinball_loss": _mean(np.mean, np.array(losses)),
    }


def _mean(function: Any, values: Array) -> float:
    """A mean or median, or not-a-number where there is nothing to take it of."""
    return float(function(values)) if values.size else float("nan")
