"""From Arrow rows to matrices: one row per scope and last known day, one column per day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, Any]

WEEKS = 52
DAYS = 7 * WEEKS
_DAY_LIMIT = 8_000_000  # more days than dates have, so that scope and day make one number

BEGINS_WITHIN, BEGINS_BELOW = 14, 0.05  # days of age; of the amount seen


@dataclass(frozen=True, slots=True)
class History:
    """Daily spend, one entry per scope and day, sorted.

    keys: [rows] scope number x `_DAY_LIMIT` + day. spend: [rows] currency. first_day: [scopes] the
    first day with spend above 0 (the largest integer where there is none). Days count from 1970-01-01.
    """

    scopes: dict[str, int]
    keys: Array
    spend: Array
    first_day: Array
    last_complete: Array


@dataclass(frozen=True, slots=True)
class Windows:
    """The last `DAYS` complete days of some scopes, scaled so that the largest amount is 1.

    spend: [n, DAYS], oldest first, in units of `scale`. known: [n, DAYS], true from the first day
    with spend on. last: [n], the day of the last column. age: [n], days since the first spend.
    """

    spend: Array
    known: Array
    scale: Array
    last: Array
    age: Array


def day_numbers(column: pa.ChunkedArray) -> tuple[Array, Array]:
    """The days of a date column as whole numbers, and which of them are null."""
    numbers = column.cast(pa.date32()).cast(pa.int32())
    return (
        numbers.fill_null(0).to_numpy().astype(np.int64),
        np.asarray(column.is_null().to_numpy(zero_copy_only=False), bool)
        if isinstance(column, pa.Array)
        else np.asarray(pc.is_null(column).to_numpy(), bool),
    )


def read_history(history: pa.Table) -> History:
    """Sorts the rows and adds up those of one scope and day, whatever their order."""
    names = sorted(set(pc.unique(history["scope_id"]).to_pylist()) - {None})
    scopes = {name: number for number, name in enumerate(names)}
    codes = pc.index_in(history["scope_id"], value_set=pa.array(names, pa.string()))
    codes = codes.fill_null(-1).to_numpy().astype(np.int64)
    days, no_day = day_numbers(history["usage_date"])
    spend = history["spend"].cast(pa.float64()).fill_null(0.0).to_numpy()
    complete = np.asarray(history["is_complete"].fill_null(True).to_numpy(), bool)
    kept = (codes >= 0) & ~no_day
    codes, days, spend, complete = codes[kept], days[kept], spend[kept], complete[kept]
    last_complete = np.full(len(names), -(2**40))
    np.maximum.at(last_complete, codes[complete], days[complete])
    keys = codes * _DAY_LIMIT + days
    order = np.lexsort((spend, keys))  # by amount too: a sum must not depend on the order of rows
    keys, starts = np.unique(keys[order], return_index=True)
    spend = np.add.reduceat(spend[order], starts) if len(starts) else spend[:0]
    first_day = np.full(len(names), 2**40)
    paid = spend > 0
    owner = np.floor_divide(keys + _DAY_LIMIT // 2, _DAY_LIMIT)
    np.minimum.at(first_day, owner[paid], (keys - owner * _DAY_LIMIT)[paid])
    return History(scopes, keys, spend, first_day, last_complete)


def amounts(history: History, scope: Array, first: Array, width: int) -> Array:
    """Spend [n, width] of scopes [n] (-1: unknown) on the days from first [n] on; 0 where no row is."""
    base = scope * _DAY_LIMIT + first
    low = np.searchsorted(history.keys, base)
    high = np.searchsorted(history.keys, base + width)
    high = np.where(scope < 0, low, high)
    counts = high - low
    row = np.repeat(np.arange(len(scope)), counts)
    entry = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    entry = entry + np.repeat(low, counts)
    found = np.zeros((len(scope), width))
    found[row, history.keys[entry] - base[row]] = history.spend[entry]
    return found


def cut_windows(history: History, scope: Array, last: Array) -> Windows:
    """The windows of scopes [n] that end on the days last [n]."""
    spend = amounts(history, scope, last - (DAYS - 1), DAYS)
    padded = np.append(history.first_day, 2**40)  # the last entry serves scope -1
    first = padded[scope]
    days = last[:, None] + np.arange(1 - DAYS, 1)
    known = days >= first[:, None]
    scale = np.where(known, np.abs(spend), 0).max(axis=1, initial=0)
    spend = np.where(known, spend, 0) / np.where(scale > 0, scale, 1)[:, None]
    age = np.clip(last - first + 1, 0, 10 * DAYS)
    return Windows(spend, known, scale, last, age)


def begin_with(windows: Windows, seen: Array) -> Windows:
    """Windows in which scopes that only begin have one day of the amount seen [n] so far.

    Of a space that began yesterday that is all there is to tell: no complete day, or days of nearly
    nothing, as when its volume was paid for before anybody worked.
    """
    nearly_nothing = (windows.age <= BEGINS_WITHIN) & (windows.scale < BEGINS_BELOW * seen)
    begins = ((windows.scale <= 0) | nearly_nothing) & (seen > 0)
    spend, known = windows.spend.copy(), windows.known.copy()
    spend[begins] = 0
    known[begins] = False
    spend[begins, -1], known[begins, -1] = 1, True
    scale = np.where(begins, seen, windows.scale)
    return Windows(spend, known, scale, windows.last, np.where(begins, 1, windows.age))
