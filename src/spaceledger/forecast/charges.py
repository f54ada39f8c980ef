"""One-time monthly charges: a like amount, far above the other days, on one day of each month."""

from __future__ import annotations

import numpy as np

from spaceledger.forecast.windows import DAYS, Array

_MONTHS = 12
_LARGE = 4.0  # times the typical day around it
_LIKE_THREE = 0.35  # largest difference of three charges, as a logarithm
_LIKE_TWO_OF_TWO = 0.25  # where the history holds no third
_LIKE_TWO = 0.05  # where it does, and there was no charge then


def remove_charges(spend: Array, known: Array, typical: Array, last: Array) -> tuple[Array, Array]:
    """Takes monthly charges out of spend [n, DAYS]; returns the rest and charges [n, 31] by day of month.

    typical: [n, DAYS], the usual amount of a day at that time. A charge counts when three months
    running (two, in a short history) held a like amount on that day.
    """
    columns = _columns(last)
    rows = np.arange(len(spend))[:, None, None]
    inside = columns >= 0
    at = np.maximum(columns, 0)
    excess = spend[rows, at] - typical[rows, at]
    stands_out = known & (spend > _LARGE * typical) & (spend - typical > 1e-9)
    large = inside & (stands_out & ~_in_run(stands_out))[rows, at]
    logs = np.log(np.where(large, excess, 1.0))
    three = large[:, :, :3].all(axis=2) & (np.ptp(logs[:, :, :3], axis=2) < _LIKE_THREE)
    two = large[:, :, :2].all(axis=2)
    apart = np.abs(logs[:, :, 0] - logs[:, :, 1])
    short = ~(inside & known[rows, at])[:, :, 2]
    recurs = three | (two & np.where(short, apart < _LIKE_TWO_OF_TWO, apart < _LIKE_TWO))
    # The middle one of three is not moved by one odd month.
    middle = np.where(three, np.median(excess[:, :, :3], axis=2), excess[:, :, :2].mean(axis=2))
    charges = np.where(recurs, middle, 0.0)
    taken = large & recurs[:, :, None]
    rest = spend.copy()
    row, day, month = np.nonzero(taken)
    rest[row, columns[row, day, month]] = typical[row, columns[row, day, month]]
    return rest, charges


def charges_ahead(charges: Array, last: Array, days: int) -> Array:
    """The charges [n, days] that fall due on the days after last [n], from charges [n, 31]."""
    if not charges.any():
        return np.zeros((len(last), days))
    dates = (last[:, None] + np.arange(1, days + 1)).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    month_end = (months + 1).astype("datetime64[D]") - 1 == dates
    # In a short month the charges of the missing days fall due on its last day.
    onwards = np.cumsum(charges[:, ::-1], axis=1)[:, ::-1]
    rows = np.arange(len(last))[:, None]
    due: Array = np.where(month_end, onwards[rows, day], charges[rows, day])
    return due


def _columns(last: Array) -> Array:
    """Where each day of the month last fell: [n, 31, _MONTHS] columns of a window, newest first."""
    ends, which = np.unique(last, return_inverse=True)
    end = ends.astype("datetime64[D]")[:, None]
    day = np.arange(31)[None, :]
    months = end.astype("datetime64[M]")
    columns = np.empty((len(ends), 31, _MONTHS), np.int64)
    length = _days_in(months)
    due = months.astype("datetime64[D]") + np.minimum(day, length - 1)
    back = (due > end).astype(np.int64)  # not yet due this month: begin with the month before
    for nth in range(_MONTHS):
        month = months - back - nth
        due = month.astype("datetime64[D]") + np.minimum(day, _days_in(month) - 1)
        columns[:, :, nth] = DAYS - 1 - (end - due).astype(np.int64)
    return columns[which]


def _days_in(months: Array) -> Array:
    """The number of days of months."""
    lengths: Array = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    return lengths.astype(np.int64)


def _in_run(days: Array) -> Array:
    """The true days [n, DAYS] that stand in a row of three or more: work, not a charge."""
    wide = np.pad(days, ((0, 0), (2, 2)))
    three = wide[:, 2:] & wide[:, 1:-1] & wide[:, :-2]  # [n, DAYS + 2]: three days, by the last one
    return np.asarray(three[:, :-2] | three[:, 1:-1] | three[:, 2:])
