"""What each day of a scope was expected to cost, told by its own earlier days alone.

Numbers in, numbers out: neither a later day nor another scope has a say in what is expected of a day.
Everything rests on medians and on the third dearest of many weeks, so that one dear day does not make
the next one look usual, while days that are dear again and again do. `docs/anomalies.md` says why.

Arrays are [scopes, days], a scope's first column being the Monday of its first week, or the same
as [scopes, weeks, days of the week].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)

HISTORY_DAYS = 28
WORKDAYS = 5
LEVEL_WEEKS = 3  # the level is a median: what lasts half as long is the level
WEEKEND_WEEKS = 5  # the same of Saturdays and of Sundays
SPREAD_WEEKS = 8
DEAR, DEAR_WEEKS = 1.25, 8  # a day of the week is dear for itself if all but one of eight were
RHYTHM_WEEKS = 14  # what was reached in three of so many weeks is rhythm
AWAKE_WEEKS = 26  # how long a sleeping scope's level is remembered
ASLEEP = 0.2  # of the level it had
LITTLE = 0.2  # of a working day: among days as cheap, ratios say nothing
LEAST = 1e-6  # the same in money, where a working day is nothing
MOST = 1e15  # no day counts for more
SPREAD, SPREAD_DAYS = 0.25, 10  # what a young scope's spread is taken for, and as how many days
DAY_SPREADS, RUN_SPREADS = 3.0, 2.5  # one day alone, and three days together
BEYOND_RHYTHM = 1.5
WORKED = 2.2  # of a working day, for a weekend on both days of which somebody works
LEFT_ON = 0.3  # of a working day, and so many spreads more by how many days in a row are dear
LEFT_ON_SPREADS = {3: 1.0, 4: 0.75}
LEAST_RATIO, LEAST_SHARE_OF_MONTH = 1.2, 0.01
CELLS_AT_ONCE = 1 << 16

_RESULT = pa.schema(
    [("scope_id", pa.string()), ("usage_date", pa.date32())]
    + [(name, pa.float64()) for name in ("spend", "expected", "expected_low", "expected_high")]
)


def expected_range(history: pa.Table, first_day: date | None = None) -> pa.Table:
    """The expected spend of each day from the 29th of a scope's life to its last complete one.

    `history` has scope_id, usage_date, spend and last_day, the last complete day of that scope; days
    that are not there cost nothing. The result has, for each scope and day from `first_day` on,
    spend, expected, expected_low and expected_high, in order of scope and day. A day is an anomaly:

        spend > expected_high

    The least excess that counts is in expected_high: a fifth of what is expected, and a hundredth of
    a usual month of the scope.
    """
    earliest = None if first_day is None else (first_day - date(1970, 1, 1)).days
    parts = [_rows(chunk, earliest) for chunk in _chunks(_scopes(history))]
    by_day = [("scope_id", "ascending"), ("usage_date", "ascending")]
    return pa.concat_tables([_RESULT.empty_table(), *parts]).sort_by(by_day)


@dataclass(frozen=True)
class _Scopes:
    """Scopes, and the days they paid for in order of scope; days are numbers, as date32 has them."""

    ids: pa.Array
    first: Numbers
    last: Numbers
    starts: Numbers  # where each scope's days start, and where the last one's end
    day: Numbers
    spend: Floats


def _scopes(history: pa.Table) -> _Scopes:
    scope_id = history["scope_id"].cast(pa.string())
    ids = pc.unique(scope_id).sort()
    code = pc.index_in(scope_id, ids).to_numpy().astype(np.int64)
    day = history["usage_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    last = history["last_day"].cast(pa.int32()).to_numpy().astype(np.int64)
    spend = np.nan_to_num(history["spend"].cast(pa.float64()).to_numpy())
    # Sums of equal days must not depend on the order of rows: doubles do not add up alike.
    order = np.lexsort((spend, day, code))
    starts = np.searchsorted(code[order], np.arange(len(ids) + 1))
    at = order[starts[:-1]]
    return _Scopes(ids, day[at], last[at], starts, day[order], spend[order])


@dataclass(frozen=True)
class _Chunk:
    """Scopes of like length on one grid."""

    ids: pa.Array
    monday: Numbers
    born: Numbers  # column of the first day
    end: Numbers  # column after the last complete day
    spend: Floats


def _chunks(scopes: _Scopes) -> Iterator[_Chunk]:
    """So many scopes at once as take some ten megabytes."""
    monday = scopes.first - (scopes.first + 3) % 7
    end = scopes.last - monday + 1
    order = np.argsort(-end, kind="stable")
    while len(order):
        days = -(-max(int(end[order[0]]), 7) // 7) * 7
        some, order = np.split(order, [max(1, CELLS_AT_ONCE // days)])
        spend = np.zeros((len(some), days))
        for row, scope in enumerate(some):
            paid = slice(scopes.starts[scope], scopes.starts[scope + 1])
            column = scopes.day[paid] - monday[scope]
            complete = column < end[scope]
            with np.errstate(over="ignore"):
                np.add.at(spend[row], column[complete], scopes.spend[paid][complete])
        born = scopes.first[some] - monday[some]
        yield _Chunk(scopes.ids.take(some), monday[some], born, end[some], np.nan_to_num(spend))


def _rows(chunk: _Chunk, earliest: int | None) -> pa.Table:
    column = np.arange(chunk.spend.shape[1])
    wanted = (column >= chunk.born[:, None] + HISTORY_DAYS) & (column < chunk.end[:, None])
    if earliest is not None:
        wanted &= column + chunk.monday[:, None] >= earliest
    scope, day = np.nonzero(wanted)
    dates = pa.array((chunk.monday[scope] + day).astype(np.int32)).cast(pa.date32())
    numbers = [each[wanted] for each in (chunk.spend, *_expectation(chunk))]
    return pa.Table.from_arrays([chunk.ids.take(scope), dates, *numbers], schema=_RESULT)


def _expectation(chunk: _Chunk) -> tuple[Floats, Floats, Floats]:
    """Expected, low and high of each day."""
    cost = np.clip(chunk.spend, 0, MOST)
    lived = np.arange(cost.shape[1]) >= chunk.born[:, None]
    level = _levels(np.where(lived, cost, np.nan))
    spread = _by_class(_spread, _error(cost, level.awake, level.little, lived))
    day_limit, in_bursts = _day_limit(cost, lived, level, spread)
    capped = np.fmin(cost, day_limit)  # a spike is over when it is over
    run_limit = np.where(in_bursts, np.inf, _run_limit(capped, lived, level))
    limit = np.minimum(np.minimum(day_limit, run_limit), _left_on_limit(cost, lived, level, spread))
    paid = np.cumsum(capped, axis=1)
    month = (_earlier(paid, 1) - _earlier(paid, 57)) * (30 / 56)
    least = level.awake + LEAST_SHARE_OF_MONTH * month
    high = np.maximum(limit, np.maximum(least, LEAST_RATIO * level.awake))
    low = (level.now + level.little) * np.exp(-DAY_SPREADS * spread) - level.little
    return level.now, np.clip(low, 0, level.now), np.maximum(high, level.now)


@dataclass(frozen=True)
class _Levels:
    """What a day costs as a rule."""

    now: Floats  # in the weeks before
    awake: Floats  # the same, or while the scope sleeps what it was before
    plain: Floats  # the same, were no day of the week dearer than its class
    workday: Floats  # the same of working days, on every day of the week
    little: Floats  # what is next to nothing to this scope


def _levels(paid: Floats) -> _Levels:
    now = _weeks(_by_class(_level, paid))
    # The second highest: one Monday on which a leak was the level is not what it was before.
    before = _nth_highest(np.nan_to_num(now), AWAKE_WEEKS, 2)
    workday = now[:, :, [0, 1, 2, 3, 4, 4, 4]]
    workday_before = before[:, :, [0] * 7]
    asleep = workday < ASLEEP * workday_before
    awake = np.where(asleep, np.fmax(now, before[:, :, [0, 0, 0, 0, 0, 5, 6]]), now)
    workday = np.where(asleep, workday_before, workday)
    little = np.fmax(LITTLE * workday, LEAST)
    factor = _dear_weekdays((_weeks(paid) + little) / (awake + little))
    by_weekday = [(each + little) * factor - little for each in (now, awake)]
    return _Levels(*(each.reshape(paid.shape) for each in (*by_weekday, awake, workday, little)))


def _dear_weekdays(ratio: Floats) -> Floats:
    """By how much a day of the week is dearer than its class: 1 but where nearly all of them are."""
    ordered = np.sort(_before(ratio, DEAR_WEEKS), axis=-1)
    factor = (ordered[..., DEAR_WEEKS // 2 - 1] + ordered[..., DEAR_WEEKS // 2]) / 2
    return np.where(np.isfinite(factor) & (ordered[..., 1] > DEAR), factor, 1)


def _level(paid: Floats) -> Floats:
    days = WORKDAYS * LEVEL_WEEKS if paid.shape[2] > 1 else WEEKEND_WEEKS
    windows = _before(paid.reshape(len(paid), -1, 1), days)
    return _median(windows[:, :, 0]).reshape(paid.shape)


def _error(cost: Floats, expected: Floats, little: Floats, lived: Flags) -> Floats:
    """By what a day missed what was expected, as the logarithm of a ratio."""
    # A day on which nobody came does not tell how much the days differ on which somebody does.
    told = lived & (cost >= ASLEEP * expected)
    return np.where(told, np.log((cost + little) / (expected + little)), np.nan)


def _spread(error: Floats) -> Floats:
    """The usual size of the errors in the whole weeks before: [scopes, weeks, 1]."""
    windows = np.abs(_before(error, SPREAD_WEEKS)).reshape(*error.shape[:2], -1)
    days = np.isfinite(windows).sum(axis=-1)
    own = np.nan_to_num(1.4826 * _median(windows))
    variance: Floats = (days * own**2 + SPREAD_DAYS * SPREAD**2) / (days + SPREAD_DAYS)
    return np.sqrt(variance)[:, :, None]


def _day_limit(cost: Floats, lived: Flags, level: _Levels, spread: Floats) -> tuple[Floats, Flags]:
    """What one day alone may cost, and whether bursts are the rhythm of the working days."""
    # A weekend that costs what working days do is a weekend on which somebody works.
    usual = np.fmax(level.awake, level.workday)
    limit = (usual + level.little) * np.exp(DAY_SPREADS * spread) - level.little
    rhythm = _rhythm(cost, lived)
    beyond = rhythm > limit
    in_bursts = _weeks(beyond)[:, :, [0, 1, 2, 3, 4, 4, 4]].reshape(cost.shape)
    return np.where(beyond, BEYOND_RHYTHM * rhythm, limit), in_bursts


def _run_limit(cost: Floats, lived: Flags, level: _Levels) -> Floats:
    """What a day may cost so that it and the two before, as `cost` cuts them, are not too dear."""
    before = _earlier(cost, 1) + _earlier(cost, 2)
    expected = level.awake + _earlier(level.awake, 1) + _earlier(level.awake, 2)
    error = _error(cost + before, expected, 3 * level.little, lived)
    spread = np.repeat(_spread(_weeks(error))[:, :, 0], 7, axis=1)
    step = (expected + 3 * level.little) * np.expm1(RUN_SPREADS * spread)
    # Two of the three may be worked on though such days are not as a rule.
    spare = np.clip(level.workday - level.awake, 0, None)
    spare = np.fmax(spare, np.fmax(_earlier(spare, 1), _earlier(spare, 2)))
    step = np.fmax(step, WORKED * spare)
    rhythm = _rhythm(cost + before - expected, lived)
    return expected + np.where(rhythm > step, BEYOND_RHYTHM * rhythm, step) - before


def _left_on_limit(cost: Floats, lived: Flags, level: _Levels, spread: Floats) -> Floats:
    """What a day may cost after days that all were dear: bursts end, what was left on does not."""
    more = cost - level.plain
    limit = np.full_like(cost, np.inf)
    for days, spreads in LEFT_ON_SPREADS.items():
        before = np.min([_earlier(more, by) for by in range(1, days)], axis=0)
        rhythm = _rhythm(np.minimum(more, before), lived)
        step = np.maximum(BEYOND_RHYTHM * rhythm, (LEFT_ON + spreads * spread) * level.workday)
        limit = np.where(before > step, np.fmin(limit, level.plain + step), limit)
    return limit


def _rhythm(days: Floats, lived: Flags) -> Floats:
    """What was reached in three of the whole weeks before, or in two while the scope is young."""
    dearest = _weeks(np.where(lived, np.nan_to_num(days), 0)).max(axis=2)
    padded = np.concatenate([np.zeros((len(days), 1)), dearest[:, :-1]], axis=1)[:, :, None]
    recent, ever = _nth_highest(padded, RHYTHM_WEEKS, 3), _nth_highest(padded, AWAKE_WEEKS, 3)
    reached = np.where(recent < ASLEEP * ever, ever, recent)
    reached[:, :RHYTHM_WEEKS] = _nth_highest(padded[:, :RHYTHM_WEEKS], RHYTHM_WEEKS, 2)
    return np.repeat(reached[:, :, 0], 7, axis=1)


def _nth_highest(weekly: Floats, weeks: int, nth: int) -> Floats:
    """The nth highest of so many weeks up to each, 0 where there are fewer; days of the week apart."""
    padded = np.concatenate([np.zeros((len(weekly), weeks - 1, weekly.shape[2])), weekly], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, weeks, axis=1)
    ordered: Floats = np.partition(windows, weeks - nth, axis=-1)
    return ordered[..., weeks - nth]


def _before(values: Floats, length: int) -> Floats:
    """Along the second axis, so many values before each, as a last axis; NaN where there was none."""
    padded = np.full((len(values), values.shape[1] + length, values.shape[2]), np.nan)
    padded[:, length:] = values
    return np.lib.stride_tricks.sliding_window_view(padded[:, :-1], length, axis=1)


def _median(windows: Floats) -> Floats:
    """Of what is not NaN along the last axis; NaN where nothing is."""
    ordered = np.sort(windows, axis=-1)  # NaN last
    count = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[-1] - 1), axis=-1)
    return ((low + high) / 2)[..., 0]


def _by_class(rule: Callable[[Floats], Floats], days: Floats) -> Floats:
    """Working days, Saturdays and Sundays apart."""
    classes = np.split(_weeks(days), [WORKDAYS, WORKDAYS + 1], axis=2)
    parts = [np.broadcast_to(rule(some), some.shape) for some in classes]
    return np.concatenate(parts, axis=2).reshape(days.shape)


def _weeks(days: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    return days.reshape(len(days), -1, 7)


def _earlier(days: Floats, by: int) -> Floats:
    """Of each day, what it was so many days before; 0 where there was none."""
    earlier = np.zeros_like(days)
    earlier[:, by:] = days[:, :-by]
    return earlier
