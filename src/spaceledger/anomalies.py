"""What each day of a space was expected to cost, told by its own earlier days alone.

Numbers in, numbers out: no scope and no later day has any say in what is expected of a day.
Everything rests on medians and on third-highest weeks, so that what was dear once does not make
the next such day look usual, while what is dear again and again does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats: TypeAlias = npt.NDArray[np.float64]
Days: TypeAlias = npt.NDArray[np.int64]

HISTORY_DAYS = 28
LEVEL_WEEKS, SPREAD_WEEKS, RHYTHM_WEEKS, MEMORY_WEEKS = 3, 8, 12, 26
WORKDAYS, WEEKEND = slice(0, 5), slice(5, 7)
ASLEEP = 0.1
USUAL_SPREAD, USUAL_SPREAD_DAYS = 0.25, 10
DAY_SPREADS, RUN_SPREADS = 3.0, 3.0
BEYOND_RHYTHM = 1.5
LEAST_RATIO, LEAST_SHARE_OF_MONTH = 1.2, 0.01
LEAST_STEP = 0.45
MOST = 1e15
CELLS_AT_ONCE = 1 << 16


def expected_range(history: pa.Table, first_day: date | None = None) -> pa.Table:
    """The expected spend of each day from the 29th of a scope's life on."""
    scopes = _scopes(history)
    earliest = -(1 << 40) if first_day is None else _day_number(first_day)
    parts = [_rows(chunk, earliest) for chunk in _chunks(scopes)]
    return pa.concat_tables([_EMPTY, *parts]).sort_by(
        [("scope_id", "ascending"), ("usage_date", "ascending")]
    )


_EMPTY = pa.schema(
    [
        ("scope_id", pa.string()),
        ("usage_date", pa.date32()),
        ("spend", pa.float64()),
        ("expected", pa.float64()),
        ("expected_low", pa.float64()),
        ("expected_high", pa.float64()),
    ]
).empty_table()


@dataclass(frozen=True)
class _Scopes:
    """Scopes, and their paid days in order of scope; days are numbers, as date32 counts them."""

    ids: pa.Array
    first: Days
    last: Days
    starts: Days  # where each scope's paid days start; one more than there are scopes
    day: Days
    spend: Floats


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _scopes(history: pa.Table) -> _Scopes:
    codes = pc.rank(history["scope_id"], tiebreaker="dense") if len(history) else pa.array([], pa.uint64())
    code = codes.to_numpy().astype(np.int64) - 1
    day = history["usage_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    order = np.lexsort((day, code))
    code, day = code[order], day[order]
    starts = np.flatnonzero(np.diff(code, prepend=-1, append=code.max(initial=-1) + 1))
    last = history["last_day"].cast(pa.int32()).to_numpy().astype(np.int64)[order]
    spend = np.nan_to_num(history["spend"].to_numpy()[order])
    at = starts[:-1]
    return _Scopes(history["scope_id"].take(order[at]), day[at], last[at], starts, day, spend)


@dataclass(frozen=True)
class _Chunk:
    """Scopes of like length on one grid of weeks; a scope's first column is the Monday it begins with."""

    ids: pa.Array
    monday: Days
    born: Days  # column of the first day
    end: Days  # column after the last complete day
    spend: Floats


def _chunks(scopes: _Scopes) -> Iterator[_Chunk]:
    monday = scopes.first - (scopes.first + 3) % 7
    width = scopes.last - monday + 1
    order = np.argsort(-width, kind="stable")
    at = 0
    while at < len(order):
        weeks = max(int(width[order[at]]) + 6, 7) // 7
        some = order[at : at + max(1, CELLS_AT_ONCE // (weeks * 7))]
        at += len(some)
        spend = np.zeros((len(some), weeks * 7))
        for row, scope in enumerate(some):
            paid = slice(scopes.starts[scope], scopes.starts[scope + 1])
            column = scopes.day[paid] - monday[scope]
            known = column < weeks * 7
            np.add.at(spend[row], column[known], scopes.spend[paid][known])
        born = scopes.first[some] - monday[some]
        yield _Chunk(scopes.ids.take(some), monday[some], born, width[some], np.nan_to_num(spend))


def _rows(chunk: _Chunk, earliest: int) -> pa.Table:
    column = np.arange(chunk.spend.shape[1])
    wanted = (column >= chunk.born[:, None] + HISTORY_DAYS) & (column < chunk.end[:, None])
    wanted &= column + chunk.monday[:, None] >= earliest
    expected, low, high = _expectation(chunk)
    scope, day = np.nonzero(wanted)
    return pa.table(
        {
            "scope_id": chunk.ids.take(scope),
            "usage_date": pa.array((chunk.monday[scope] + day).astype(np.int32)).cast(pa.date32()),
            "spend": chunk.spend[wanted],
            "expected": expected[wanted],
            "expected_low": low[wanted],
            "expected_high": high[wanted],
        }, schema=_EMPTY.schema,
    )


def _expectation(chunk: _Chunk) -> tuple[Floats, Floats, Floats]:
    cost = np.clip(chunk.spend, 0, MOST)
    lived = np.arange(cost.shape[1]) >= chunk.born[:, None]
    paid = _weeks(np.where(lived, cost, np.nan))
    level = np.empty_like(paid)
    work = _level(paid[:, :, WORKDAYS])
    level[:, :, WORKDAYS] = work
    level[:, :, WEEKEND] = _level(paid[:, :, WEEKEND])
    monday = level[:, :, [0]]
    long_work = _highest(monday[:, :, 0], MEMORY_WEEKS, 2, current=True)
    weekend = _highest(level[:, :, 5], MEMORY_WEEKS, 2, current=True)
    asleep = monday < ASLEEP * long_work[:, :, None]
    base = level.copy()
    base[:, :, WORKDAYS] = np.where(asleep, np.maximum(level[:, :, WORKDAYS], long_work[:, :, None]), base[:, :, WORKDAYS])
    base[:, :, WEEKEND] = np.where(asleep, np.maximum(level[:, :, WEEKEND], weekend[:, :, None]), base[:, :, WEEKEND])
    little = np.repeat(0.1 * np.maximum(monday, long_work[:,:,None]*0) , 7, axis=2)
    little = np.maximum(np.where(asleep, 0.1 * long_work[:, :, None], little), 1e-6)
    # one day
    error = np.log((paid + little) / (base + little))
    spread = np.empty_like(base)
    spread[:, :, WORKDAYS] = _spread(error[:, :, WORKDAYS])[:, :, None]
    spread[:, :, WEEKEND] = _spread(error[:, :, WEEKEND])[:, :, None]
    day_limit = (base + little) * np.exp(DAY_SPREADS * spread) - little
    rhythm = _rhythm(cost, lived)
    day_limit = np.where(rhythm > day_limit, BEYOND_RHYTHM * rhythm, day_limit)
    # three days
    flat = lambda x: x.reshape(cost.shape)
    capped = np.minimum(cost, flat(day_limit))
    capped = np.where(np.isfinite(capped), capped, cost)
    before = _shift(capped, 1) + _shift(capped, 2)
    base3 = flat(base) + _shift(flat(base), 1) + _shift(flat(base), 2)
    little3 = 3 * flat(little)
    error3 = np.log((capped + before + little3) / (base3 + little3))
    error3 = np.where(lived, error3, np.nan)
    spread3 = np.repeat(_spread(_weeks(error3)), 7, axis=1)
    step3 = (base3 + little3) * (np.exp(RUN_SPREADS * spread3) - 1)
    known3 = _rhythm(capped + before - base3, lived).repeat(7, axis=1)[:, :, 0] if False else flat(np.repeat(_rhythm(capped + before - base3, lived), 7, axis=2))
    step3 = np.where(known3 > step3, BEYOND_RHYTHM * known3, step3)
    run_limit = base3 + step3 - before
    # lowest of three
    more = cost - flat(base)
    least_before = np.minimum(_shift(more, 1), _shift(more, 2))
    known_low = flat(np.repeat(_rhythm(np.minimum(more, least_before), lived), 7, axis=2))
    usual = flat(np.repeat(np.maximum(monday, 0), 7, axis=2))
    lasting = np.maximum(BEYOND_RHYTHM * known_low, LEAST_STEP * usual + 1.0 * flat(spread)*usual)
    low_limit = np.where(least_before > lasting, flat(base) + lasting, np.inf)

    month = _month(cost)
    floor = np.maximum(LEAST_RATIO * flat(base), flat(base) + LEAST_SHARE_OF_MONTH * month)
    high = np.maximum(floor, np.minimum(np.minimum(flat(day_limit), run_limit), low_limit))
    expected = flat(level)
    low = np.clip((flat(level) + flat(little)) * np.exp(-DAY_SPREADS * flat(spread)) - flat(little), 0, None)
    low = np.minimum(low, expected)
    high = np.maximum(high, expected)
    return expected, low, high


def _weeks(days: Floats) -> Floats:
    return days.reshape(len(days), -1, 7)


def _shift(days: Floats, by: int) -> Floats:
    shifted = np.zeros_like(days)
    shifted[:, by:] = days[:, :-by]
    return shifted


def _month(cost: Floats) -> Floats:
    """30 times the mean day of the 8 weeks before."""
    total = np.cumsum(cost, axis=1)
    return (_shift(total, 1) - _shift(total, 57)) * 30 / 56


def _windows(values: Floats, length: int) -> Floats:
    """For each column, the `length` columns before it, NaN where there were none."""
    padded = np.concatenate([np.full((len(values), length), np.nan), values[:, :-1]], axis=1)
    return np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)


def _median(windows: Floats) -> Floats:
    """Of what is not NaN; NaN where nothing is."""
    ordered = np.sort(windows, axis=-1)
    count = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[-1] - 1), axis=-1)
    return ((low + high) / 2)[..., 0]


def _level(paid: Floats) -> Floats:
    """The median of the days of this class in the three weeks before each."""
    scopes, weeks, days = paid.shape
    windows = _windows(paid.reshape(scopes, -1), LEVEL_WEEKS * days)
    return _median(windows).reshape(paid.shape)


def _spread(error: Floats) -> Floats:
    scopes, weeks, days = error.shape
    padded = np.concatenate([np.full((scopes, SPREAD_WEEKS, days), np.nan), np.abs(error[:, :-1])], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, SPREAD_WEEKS, axis=1)
    windows = windows.reshape(scopes, weeks, -1)
    count = np.isfinite(windows).sum(axis=-1)
    own = np.nan_to_num(1.4826 * _median(windows))
    return np.sqrt((count * own**2 + USUAL_SPREAD_DAYS * USUAL_SPREAD**2) / (count + USUAL_SPREAD_DAYS))


def _highest(weekly: Floats, weeks: int, rank: int, current: bool = False) -> Floats:
    """The `rank` highest of the weeks before; 0 where there were fewer."""
    values = np.nan_to_num(weekly, nan=0.0)
    padded = np.concatenate([np.zeros((len(values), weeks - int(current))), values if current else values[:, :-1]], axis=1)
    if not current:
        padded = np.concatenate([np.zeros((len(values), 0)), padded], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, weeks, axis=1)
    return -np.partition(-windows, rank - 1, axis=-1)[..., rank - 1][:, : values.shape[1]]


def _rhythm(days: Floats, lived: Any) -> Floats:
    """What was reached in at least three of the weeks before: [scopes, weeks, 1]."""
    weekly = np.nan_to_num(_weeks(np.where(lived, days, -np.inf)), neginf=0, nan=0).max(axis=2)
    recent = _highest(weekly, RHYTHM_WEEKS, 3)
    ever = _highest(weekly, MEMORY_WEEKS, 3)
    return np.where(recent < ASLEEP * ever, ever, recent)[:, :, None]
