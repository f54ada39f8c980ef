"""Daily spend as spaces make it, from a seed: what forecasts are judged on.

Written before the method it judges, with parameters drawn widely. Every kind has lognormal day
noise, a weekly rhythm and a level that wanders (an autoregressive logarithm); on top comes what
names the kind. The last three kinds are extra: the acceptance test counts the first eight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

KINDS = (
    "steady",
    "weekday-only",
    "growing",
    "bursty training",
    "started mid-month",
    "stopped mid-life",
    "level shift",
    "holiday gap",
    "monthly charge",
    "idle weeks",
    "left running",
)
START = date(2025, 1, 1)
DAYS = 365


@dataclass(frozen=True, slots=True)
class Series:
    """The daily spend of one scope."""

    scope_id: str
    kind: str
    start: date
    spend: np.ndarray


def make(kind: str, seed: int, start: date = START, days: int = DAYS) -> Series:
    """One series; the same kind and seed give the same series."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    level, noise = _level(rng, days), _noise(rng, days)
    rhythm = _rhythm(rng, start, days)
    spend = _SHAPES[kind](rng, level, rhythm, noise, start)
    return Series(f"{kind} {seed}", kind, start, np.round(spend, 6))


def make_many(
    kinds: Sequence[str], seeds: Sequence[int], start: date = START, days: int = DAYS
) -> list[Series]:
    """One series of each kind for each seed."""
    return [make(kind, seed, start, days) for seed in seeds for kind in kinds]


def history(many: Sequence[Series]) -> pa.Table:
    """The history table forecasts read; days before the first spend are absent, as in a bill."""
    ids, days, spend = [], [], []
    for one in many:
        first = int(np.argmax(one.spend > 0)) if (one.spend > 0).any() else 0
        amounts = one.spend[first:]
        ids += [one.scope_id] * len(amounts)
        days.append(np.datetime64(one.start) + first + np.arange(len(amounts)))
        spend.append(amounts)
    return pa.table(
        {
            "scope_id": pa.array(ids, pa.string()),
            "usage_date": pa.array(np.concatenate(days).astype("datetime64[D]"), pa.date32()),
            "spend": pa.array(np.concatenate(spend), pa.float64()),
            "is_complete": pa.array(np.ones(len(ids), bool)),
        }
    )


def _between(rng, low, high):
    return rng.uniform(low, high)


def _log_between(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _level(rng, days):
    size = float(np.exp(rng.normal(np.log(40), 1.5)))
    memory, shock = _between(rng, 0.85, 0.995), _log_between(rng, 0.005, 0.05)
    wander = np.zeros(days)
    for day in range(1, days):
        wander[day] = memory * wander[day - 1] + rng.normal(0, shock)
    return size * np.exp(wander)


def _noise(rng, days):
    sigma = _log_between(rng, 0.05, 0.5)
    return np.exp(rng.normal(-(sigma**2) / 2, sigma, days))


def _rhythm(rng, start, days, weekend=None):
    factors = np.exp(rng.normal(0, 0.08, 7))
    factors[5:] *= _between(rng, 0.1, 1.0) if weekend is None else weekend
    return factors[(start.weekday() + np.arange(days)) % 7]


def _steady(rng, level, rhythm, noise, start):
    return level * rhythm * noise


def _weekday_only(rng, level, rhythm, noise, start):
    weekend = 0.0 if rng.random() < 0.7 else _between(rng, 0.0, 0.05)
    return level * _rhythm(rng, start, len(level), weekend) * noise


def _growing(rng, level, rhythm, noise, start):
    months = np.arange(len(level)) / 30.4
    rate = _between(rng, 0.03, 0.35)
    growth = np.exp(rate * months) if rng.random() < 0.5 else 1 + 3 * rate * months
    return level * growth * rhythm * noise


def _bursty(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise * _between(rng, 0.05, 1.0)
    per_month, extra_days = _log_between(rng, 0.3, 6), _between(rng, 0, 2)
    size, spread = _between(rng, 3, 30), _between(rng, 0.2, 0.8)
    for day in np.flatnonzero(rng.random(len(level)) < per_month / 30.4):
        length = 1 + rng.poisson(extra_days)
        spend[day : day + length] += level[day] * size * np.exp(rng.normal(0, spread))
    return spend


def _started(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise
    first = int(rng.integers(20, 330))
    first += (start + timedelta(days=first)).day == 1
    if rng.random() < 0.5:
        ramp = _between(rng, 5, 30)
        spend[first:] *= 1 - np.exp(-(1 + np.arange(len(spend) - first)) / ramp)
    spend[:first] = 0
    return spend


def _stopped(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise
    last = int(rng.integers(40, 330))
    # Half of the stopped spaces keep a little storage.
    kept = 0.0 if rng.random() < 0.5 else _between(rng, 0.005, 0.05)
    spend[last:] = level.mean() * kept
    return spend


def _shifted(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise
    for _ in range(int(rng.integers(1, 3))):
        day = int(rng.integers(40, 340))
        spend[day:] *= _log_between(rng, 1.4, 4) ** rng.choice([-1, 1])
    return spend


def _gap(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise
    for _ in range(int(rng.integers(1, 3))):
        day, length = int(rng.integers(40, 340)), int(rng.integers(5, 17))
        spend[day : day + length] *= 0.0 if rng.random() < 0.6 else _between(rng, 0, 0.1)
    return spend


def _monthly(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise
    dates = [start + timedelta(days=n) for n in range(len(spend))]
    day = 1 if rng.random() < 0.5 else int(rng.integers(2, 29))
    amount, spread = level.mean() * _log_between(rng, 5, 40), _log_between(rng, 0.001, 0.1)
    for at in [n for n, one in enumerate(dates) if one.day == day]:
        spend[at] += amount * np.exp(rng.normal(0, spread))
    return spend


def _idle(rng, level, rhythm, noise, start):
    spend = level * rhythm * noise
    to_idle, stay_idle = _between(rng, 0.1, 0.4), _between(rng, 0.3, 0.8)
    idle = False
    for monday in range(-start.weekday(), len(spend), 7):
        idle = bool(rng.random() < (stay_idle if idle else to_idle))
        if idle:
            spend[max(monday, 0) : monday + 7] = 0
    return spend


def _left_running(rng, level, rhythm, noise, start):
    # A machine at an hourly price day and night beside a little work, until somebody sees it.
    spend = level * rhythm * noise * _between(rng, 0.02, 0.3)
    hourly = level.mean() * _log_between(rng, 0.5, 5)
    day = int(rng.integers(30, 120))
    while day < len(spend):
        length = int(_log_between(rng, 4, 90))
        spend[day : day + length] += hourly
        day += length + int(_log_between(rng, 20, 150))
    return spend


_SHAPES = dict(
    zip(
        KINDS,
        (
            _steady,
            _weekday_only,
            _growing,
            _bursty,
            _started,
            _stopped,
            _shifted,
            _gap,
            _monthly,
            _idle,
            _left_running,
        ),
        strict=True,
    )
)
