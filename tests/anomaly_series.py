"""Seeded series of daily spend, clean ones of many kinds, and copies with spikes and leaks put in.

A clean series is level x weekly rhythm x noise: the level wanders from day to day (autocorrelated),
the noise is lognormal, storage is paid on every day, some days nobody comes, and now and then
somebody works on a weekend. Every parameter is drawn anew for each series, and widely.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.random import Generator

DAYS = 365
SETTLED = 42  # days of a life before anything is put into it

KINDS = (
    "steady",
    "weekday only",
    "growing",
    "bursty training",
    "started mid-month",
    "stopped",
    "idle weeks",
    "holiday gap",
    "weekly training",
)
IN_BURSTS = ("bursty training", "weekly training")


@dataclass(frozen=True)
class Series:
    """Daily spend of one space; `injected` are the days, by number, on which it was made to cost more."""

    kind: str
    first_day: date
    spend: np.ndarray
    used: np.ndarray  # False where only storage was paid
    injected: range = range(0)

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=len(self.spend) - 1)

    def weekdays(self) -> np.ndarray:
        """Monday is 0."""
        return (np.arange(len(self.spend)) + self.first_day.weekday()) % 7


def clean(kind: str, seed: int) -> Series:
    """Twelve months of a space of that kind; a younger space has fewer days."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    first_day = date(2025, 1, 1) + timedelta(days=int(rng.integers(0, 365)))
    weekday = (np.arange(DAYS) + first_day.weekday()) % 7
    use = _level(rng) * _rhythm(rng, kind, weekday) * _noise(rng)
    use[rng.random(DAYS) < rng.uniform(0, 0.04)] = 0
    use = _shaped(rng, kind, use)
    if kind == "bursty training":
        use += _bursts(rng)
    if kind == "weekly training":
        use += _weekly(rng, weekday)
    storage = rng.uniform(0, 0.05) * np.ones(DAYS)
    spend = 10 ** rng.uniform(0.3, 3.5) * (use + storage)
    if kind == "started mid-month":
        return _young(rng, kind, first_day, spend, use > 0)
    return Series(kind, first_day, spend, use > 0)


def _level(rng: Generator) -> np.ndarray:
    """A level that wanders: each day's is most of the day before's."""
    memory, spread = rng.uniform(0.9, 0.98), rng.uniform(0.05, 0.2)
    steps = rng.normal(0, spread * np.sqrt(1 - memory**2), DAYS)
    log_level = np.empty(DAYS)
    log_level[0] = rng.normal(0, spread)
    for day in range(1, DAYS):
        log_level[day] = memory * log_level[day - 1] + steps[day]
    return np.exp(log_level)


def _noise(rng: Generator) -> np.ndarray:
    return rng.lognormal(0, rng.uniform(0.08, 0.35), DAYS)


def _rhythm(rng: Generator, kind: str, weekday: np.ndarray) -> np.ndarray:
    factors = rng.lognormal(0, rng.uniform(0, 0.15), 7)
    if kind == "weekday only" or (kind != "steady" and rng.random() < 0.5):
        factors[5:] = 0
    else:
        factors[5:] *= rng.uniform(0.2, 1)
    rhythm = factors[weekday]
    worked = (weekday >= 5) & (rng.random(DAYS) < rng.uniform(0, 0.05))
    rhythm[worked] = np.maximum(rhythm[worked], rng.uniform(0.2, 1, worked.sum()))
    return rhythm


def _shaped(rng: Generator, kind: str, use: np.ndarray) -> np.ndarray:
    """What the kind does to a year: growth, an end, weeks without use."""
    if kind == "growing":
        return use * np.exp(rng.uniform(0.02, 0.15) * np.arange(DAYS) / 30)
    if kind == "stopped":
        use[int(rng.integers(120, 330)) :] = 0
    if kind == "idle weeks":
        for _ in range(int(rng.integers(1, 4))):
            start, length = int(rng.integers(45, 330)), int(rng.integers(14, 57))
            use[start : start + length] = 0
            use[start + length :] *= rng.lognormal(0, 0.15)
    if kind == "holiday gap":
        for start in (int(rng.integers(60, 160)), int(rng.integers(200, 330))):
            use[start : start + int(rng.integers(5, 17))] *= rng.choice([0, 0, 0.15])
    return use


def _bursts(rng: Generator) -> np.ndarray:
    """Training runs of one to three days, every week or two, each of about the usual size."""
    bursts = np.zeros(DAYS)
    height, spread = rng.uniform(2, 12), rng.uniform(0.1, 0.35)
    every, longest = rng.uniform(6, 15), int(rng.integers(1, 4))
    day = rng.uniform(0, every)
    while day < DAYS:
        start, length = int(day), int(rng.integers(1, longest + 1))
        run = height * rng.lognormal(0, spread)
        bursts[start : start + length] += run * rng.lognormal(0, 0.1)
        day += max(length + 1, every * rng.uniform(0.6, 1.4))
    return bursts


def _weekly(rng: Generator, weekday: np.ndarray) -> np.ndarray:
    """Training on one or two set days of the week, now and then left out."""
    on = np.isin(weekday, rng.choice(7, int(rng.integers(1, 3)), replace=False))
    on &= rng.random(DAYS) > rng.uniform(0, 0.1)
    return on * rng.uniform(0.7, 5) * rng.lognormal(0, rng.uniform(0.05, 0.3), DAYS)


def _young(
    rng: Generator, kind: str, first_day: date, spend: np.ndarray, used: np.ndarray
) -> Series:
    """A space that starts within the year and takes some weeks to come to its level."""
    start, weeks = int(rng.integers(20, 240)), rng.uniform(0.5, 5)
    since = np.arange(DAYS - start)
    ramp = np.minimum(1, rng.uniform(0.1, 0.8) + since / (7 * weeks))
    return Series(kind, first_day + timedelta(days=start), spend[start:] * ramp, used[start:])


def usual_day(series: Series, day: int) -> float:
    """What a working day costs in the eight weeks before: the median of the weekdays in use.

    Where bursts are the rhythm it is the mean, which counts what they cost.
    """
    before = _weekdays_before(series, day)
    if series.kind in IN_BURSTS:
        return float(before.mean())
    return float(np.median(before[before > 0.1 * before.max()]))


def usual_peak(series: Series, day: int) -> float:
    """What a spike is measured against: a usual day, or where bursts are the rhythm a usual burst."""
    if series.kind not in IN_BURSTS:
        return usual_day(series, day)
    before = _weekdays_before(series, day)
    return float(np.median(before[before > 0.4 * before.max()]))


def _weekdays_before(series: Series, day: int) -> np.ndarray:
    span = slice(max(0, day - 56), day)
    return series.spend[span][series.weekdays()[span] < 5]


def with_spike(series: Series, seed: int, low: float = 3, high: float = 10) -> Series:
    """A copy in which one or two days cost `low` to `high` times the usual."""
    rng = np.random.default_rng([1, seed])
    day, length = _day_in_use(rng, series), int(rng.integers(1, 3))
    spend = series.spend.copy()
    peak = usual_peak(series, day) * rng.uniform(low, high)
    spend[day : day + length] = np.maximum(peak, spend[day : day + length])
    return replace(series, spend=spend, injected=range(day, day + length))


def with_leak(series: Series, seed: int, low: float = 0.6, high: float = 2.5) -> Series:
    """A copy in which something was left on: the same amount more on each day, the first one in part."""
    rng = np.random.default_rng([2, seed])
    day = _day_in_use(rng, series)
    length = min(int(rng.integers(14, 120)), len(series.spend) - day)
    amount = np.full(length, usual_day(series, day) * rng.uniform(low, high))
    amount[0] *= rng.uniform(0.2, 1)
    spend = series.spend.copy()
    spend[day : day + length] += amount
    return replace(series, spend=spend, injected=range(day, day + length))


def _day_in_use(rng: Generator, series: Series) -> int:
    """A day of a settled space with use in the weeks on both its sides; what idles may wake unnoticed."""
    while True:
        day = int(rng.integers(SETTLED, len(series.spend) - 10))
        if min(series.used[day - 7 : day].sum(), series.used[day : day + 7].sum()) >= 3:
            return day


def table(named: dict[str, Series]) -> pa.Table:
    """The series as `expected_range` takes them; days without spend are left out."""
    ids, days, spends, lasts = [], [], [], []
    for scope_id, series in named.items():
        paid = np.flatnonzero((series.spend != 0) | (np.arange(len(series.spend)) == 0))
        ids += [scope_id] * len(paid)
        days.append(np.datetime64(series.first_day, "D") + paid)
        spends.append(series.spend[paid])
        lasts += [series.last_day] * len(paid)
    return pa.table(
        {
            "scope_id": pa.array(ids, pa.string()),
            "usage_date": pa.array(np.concatenate(days), pa.date32()),
            "spend": pa.array(np.concatenate(spends), pa.float64()),
            "last_day": pa.array(lasts, pa.date32()),
        }
    )
