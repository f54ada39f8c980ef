"""The rest of the spend of budget periods: totals with a band, and the course of the days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from spaceledger.forecast.bands import narrowest, quantiles
from spaceledger.forecast.paths import PATHS, Outlook, draw_paths, look_ahead
from spaceledger.forecast.step import confirm
from spaceledger.forecast.windows import (
    Array,
    History,
    amounts,
    begin_with,
    cut_windows,
    day_numbers,
    read_history,
)

METHODS = (
    "weekly rhythm",  # two weeks of history or more
    "monthly charge",  # the same, with a charge that comes each month
    "idle",  # the space does nothing at the moment; it may start again
    "short history",  # under two weeks: much leans on what is usual elsewhere
    "no history",  # never spent anything
    "stopped",  # the space was deleted, and its bill is complete or filling up
    "over",  # every day of the period is complete
)
SHORT = 14  # days
_CELLS = 6_000_000  # of paths drawn at a time, which keeps memory under 300 MB
_NEVER = 2**40
LONGEST = 5 * 366  # days after the last complete one; nothing further is forecast


@dataclass(frozen=True, slots=True)
class Forecast:
    """totals: one row per period. daily: one row per period and day after data_through."""

    totals: pa.Table
    daily: pa.Table


@dataclass(frozen=True, slots=True)
class _Periods:
    """Columns of the periods, [n] each; days as whole numbers."""

    scope: Array
    start: Array
    end: Array
    complete: Array
    data: Array
    left: Array
    ends_at: Array

    def take(self, rows: Array) -> _Periods:
        """Some of the periods."""
        return _Periods(*(getattr(self, name)[rows] for name in self.__slots__))


def forecast(history: pa.Table, periods: pa.Table) -> Forecast:
    """Forecasts what periods will still spend on top of what the history holds.

    history: scope_id string, usage_date date32, spend double (currency a day), is_complete bool; a
    day without a row spent nothing. periods: period_id string, scope_id string, period_start,
    period_end (inclusive), complete_through, data_through date32, left double (currency; the amount
    less what is spent so far), ends_at date32 (null: goes on). Where complete_through is null, the
    newest complete day of the history serves, or else the day before the period.

    totals: period_id, method (one of METHODS), rest (median), rest_low, rest_high (10 % and 90 %
    quantile), breach_probability (share of the paths on which the amount is reached; 1 when left <= 0),
    breach_date (the first day on which the median of the cumulated paths reaches left; null where
    it does not, or where it was reached before). daily: period_id, usage_date, rest_to_date,
    rest_to_date_low, rest_to_date_high (currency, cumulated from the first incomplete day on). Both
    keep the order of periods.
    """
    read = read_history(history)
    all_periods = _read_periods(read, periods)
    count = len(all_periods.scope)
    totals = {
        name: np.zeros(count) for name in ("rest", "rest_low", "rest_high", "breach_probability")
    }
    totals["breach_day"] = np.full(count, -1, np.int64)
    totals["method"] = np.zeros(count, np.int64)
    daily: list[tuple[Array, Array, Array]] = []
    for rows in _chunks(all_periods):
        found, days = _forecast_some(read, all_periods.take(rows))
        for name, values in found.items():
            totals[name][rows] = values
        if len(days[0]):
            daily.append((rows[days[0]], days[1], days[2]))
    return Forecast(_totals(periods, totals), _daily(periods, daily))


def _read_periods(read: History, periods: pa.Table) -> _Periods:
    """The periods as arrays, with every gap filled."""
    scope = np.array(
        [read.scopes.get(one, -1) for one in periods["scope_id"].to_pylist()], np.int64
    )
    start, _ = day_numbers(periods["period_start"])
    end, _ = day_numbers(periods["period_end"])
    complete, unknown = day_numbers(periods["complete_through"])
    newest = np.append(read.last_complete, -_NEVER)[scope]
    newest = np.where(newest > -_NEVER, newest, start - 1)
    complete = np.where(unknown, newest, complete)
    data, unknown = day_numbers(periods["data_through"])
    data = np.where(unknown, complete, np.maximum(data, complete))
    end = np.minimum(end, complete + LONGEST)
    ends_at, open_end = day_numbers(periods["ends_at"])
    left = periods["left"].cast(pa.float64()).fill_null(np.inf).to_numpy()
    return _Periods(scope, start, end, complete, data, left, np.where(open_end, _NEVER, ends_at))


def _chunks(periods: _Periods) -> list[Array]:
    """Rows that are drawn together: of like length, and few enough to fit in memory."""
    ahead = np.maximum(periods.end - periods.complete, 1)
    order = np.argsort(ahead, kind="stable")
    chunks, at = [], 0
    while at < len(order):
        longest = ahead[order[min(at + 500, len(order)) - 1]]
        size = int(np.clip(_CELLS // (PATHS * longest), 1, 500))
        chunks.append(order[at : at + size])
        at += size
    return chunks


def _forecast_some(
    read: History, some: _Periods
) -> tuple[dict[str, Array], tuple[Array, Array, Array]]:
    """Columns of the totals [n], and of the daily rows: period row, day, quantiles [rows, 3]."""
    windows = cut_windows(read, some.scope, some.complete)
    ahead = int(np.maximum(some.end - some.complete, 1).max())
    number = some.complete[:, None] + np.arange(1, ahead + 1)
    in_data = number <= some.data[:, None]
    # A refund on a day that fills up is no room for more spend.
    seen = np.where(in_data, amounts(read, some.scope, some.complete + 1, ahead), 0).clip(min=0)
    windows = begin_with(windows, seen.max(axis=1))
    lives = number <= some.ends_at[:, None]
    counted = (number >= some.start[:, None]) & (number <= some.end[:, None]) & lives
    unit = np.where(windows.scale > 0, windows.scale, 1)[:, None]
    with np.errstate(over="ignore"):
        seen, left = (seen / unit).astype(np.float32), some.left[:, None] / unit
    outlook = look_ahead(windows)
    outlook = replace(outlook, step=confirm(outlook.step, seen))
    # A day is never worth less than what it already shows.
    paths = np.maximum(draw_paths(outlook, ahead) - seen[:, None, :], 0)
    paths = np.cumsum(paths * counted[:, None, :], axis=2, dtype=np.float32)
    breached = some.left <= 0
    reached = (paths[:, :, -1] >= left).mean(axis=1)
    course = quantiles(paths)  # [3, n, ahead]
    crosses = (course[1] >= left) & counted & ~breached[:, None]
    course *= windows.scale[:, None]
    least = narrowest(windows)[:, None] * np.cumsum(counted, axis=1)
    course[2] = np.maximum(course[2], course[0] + least)
    day = some.complete + 1 + crosses.argmax(axis=1)
    found = {
        "rest": course[1, :, -1],
        "rest_low": course[0, :, -1],
        "rest_high": course[2, :, -1],
        "breach_probability": np.where(breached, 1.0, reached),
        "breach_day": np.where(crosses.any(axis=1), day, -1),
        "method": _methods(some, outlook),
    }
    rows, at = np.nonzero(
        (number > some.data[:, None])
        & (number >= some.start[:, None])
        & (number <= some.end[:, None])
    )
    return found, (rows, number[rows, at], course[:, rows, at].T)


def _methods(some: _Periods, outlook: Outlook) -> Array:
    """The place in METHODS of each period's word: [n]."""
    windows = outlook.windows
    chosen = np.full(len(some.scope), METHODS.index("weekly rhythm"))
    for name, where in (
        ("monthly charge", outlook.charges.any(axis=1)),
        ("idle", outlook.is_idle),
        ("short history", windows.age < SHORT),
        ("no history", windows.scale <= 0),
        ("stopped", some.ends_at <= some.data),
        ("over", some.end <= some.complete),
    ):
        chosen = np.where(where, METHODS.index(name), chosen)
    return chosen


def _totals(periods: pa.Table, totals: dict[str, Array]) -> pa.Table:
    """The table of totals."""
    day = totals["breach_day"]
    names = np.array(METHODS, dtype=object)[totals["method"]]
    return pa.table(
        {
            "period_id": periods["period_id"],
            "method": pa.array(names, pa.string()),
            "rest": totals["rest"],
            "rest_low": totals["rest_low"],
            "rest_high": totals["rest_high"],
            "breach_probability": totals["breach_probability"],
            "breach_date": pa.array(day.astype(np.int32), pa.int32(), mask=day < 0).cast(
                pa.date32()
            ),
        }
    )


def _daily(periods: pa.Table, parts: list[tuple[Array, Array, Array]]) -> pa.Table:
    """The table of days, in the order of periods and days."""
    rows = np.concatenate([part[0] for part in parts] or [np.zeros(0, np.int64)])
    days = np.concatenate([part[1] for part in parts] or [np.zeros(0, np.int64)])
    course = np.concatenate([part[2] for part in parts] or [np.zeros((0, 3))])
    order = np.lexsort((days, rows))
    course = course[order]
    return pa.table(
        {
            "period_id": periods["period_id"].take(pa.array(rows[order])),
            "usage_date": pa.array(days[order].astype(np.int32), pa.int32()).cast(pa.date32()),
            "rest_to_date": course[:, 1],
            "rest_to_date_low": course[:, 0],
            "rest_to_date_high": course[:, 2],
        }
    )
