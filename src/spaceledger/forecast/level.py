"""The level a scope's spend has reached, where it is heading, and how far off that has been before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spaceledger.forecast.rhythm import Days
from spaceledger.forecast.windows import DAYS, Array

LEVEL_HALF_LIVES = (3.0, 7.0, 18.0, 45.0, 120.0)  # days
TRENDS = ((7.0, 28.0), (14.0, 56.0))  # half-lives of the faster and the slower level, days
DAMPING = 0.985  # of the daily growth that is left after each day
LEAST_APART = 4.0  # days between the two: less tells nothing of growth
STEEPEST = 0.02  # growth a day, as a logarithm
ORIGINS = 26  # weeks back at which the forecasts are replayed
HORIZONS = (7, 14, 28)  # days
SMOOTH_HALF_LIFE = 10.0  # days to either side, for the level a past day is compared with

# Settled on generated series (tests/series.py), other seeds than the tests use.
PRIOR_ERRORS = 1.0  # replays' worth of trust in equal candidates
PREFERENCE = 5.0  # power of the inverse squared error
PRIOR_SPREAD = (0.002, 0.003, 0.006)  # squared log error of the sum of 7, 14, 28 days
PRIOR_SPREADS = 2.0  # replays' worth of trust in them
ORIGIN_HALF_LIFE = 13.0  # weeks
NOISE_SPREAD = 0.5  # of a week's own scatter, that a level is usually off by
DRIFT_LIMITS = (1e-4, 3e-3)  # squared logarithm a day
OUTLYING = 4.0  # times the usual error (2.7 standard deviations, if normal)
NOW_FLOOR = 0.25  # of the squared error of a week's sum


@dataclass(frozen=True, slots=True)
class Level:
    """log_level: [n], of the working day after the window. growth: [n], of it a day, to be damped.

    now_spread, drift_spread: [n], variance of log_level now, and what a day adds to it.
    """

    log_level: Array
    growth: Array
    now_spread: Array
    drift_spread: Array


def damped_days(days: Array | float, damping: Array | float = DAMPING) -> Array:
    """How many days of undamped growth the damped growth of some days amounts to."""
    return np.asarray(damping * (1 - damping**days) / (1 - damping))


def find_level(days: Days, age: Array, noise: Array) -> Level:
    """Weighs levels and damped trends by their errors in replays of this very scope.

    Levels are exponentially weighted (Brown 1959), over the sum of the rhythm, so that any part of
    a week serves; growth is damped (Gardner and McKenzie 1985). noise: [n], the variance of the
    logarithm of a week's sum that the days' own scatter explains.
    """
    plain = np.where(days.working, days.plain, 0)
    rhythm = np.where(days.working, days.rhythm, 0)
    logs, growths = _candidates(plain, rhythm)  # [c, n, ORIGINS + 1]
    errors, weight = _replay(plain, rhythm, logs, growths, age)  # [c, h, n, o], [h, n, o]
    squares = (np.clip(errors, -1.2, 1.2) ** 2 * weight).sum(axis=(1, 3))
    trust = weight.sum(axis=(0, 2))
    pooled = squares.mean(axis=0) / np.maximum(trust, 1e-9)
    score = (squares + PRIOR_ERRORS * (pooled + 0.01)) / (trust + PRIOR_ERRORS) + 1e-4
    share = score**-PREFERENCE / (score**-PREFERENCE).sum(axis=0)
    log_level = (share * logs[:, :, 0]).sum(axis=0)
    growth = (share * growths[:, :, 0]).sum(axis=0)
    combined = np.clip((share[:, None, :, None] * errors).sum(axis=0), -1.5, 1.5)
    now, drift = _spread(combined, weight, noise, age)
    return Level(log_level, growth, now, drift)


def _candidates(plain: Array, rhythm: Array) -> tuple[Array, Array]:
    """Log levels and daily growth [candidates, n, ORIGINS + 1] as seen now and some weeks ago."""
    ends = DAYS - 1 - 7 * np.arange(ORIGINS + 1)
    ages = ends[None, :] - np.arange(DAYS)[:, None]
    levels, mean_ages = {}, {}
    for half_life in {*LEVEL_HALF_LIVES, *(one for pair in TRENDS for one in pair)}:
        kernel = np.where(ages >= 0, 0.5 ** (np.maximum(ages, 0) / half_life), 0)
        above, below = plain @ kernel, rhythm @ kernel
        some = np.where(below > 0, below, 1)
        levels[half_life] = np.log(above / some + 1e-9)
        mean_ages[half_life] = rhythm @ (kernel * ages) / some
    logs = [levels[half_life] for half_life in LEVEL_HALF_LIVES]
    growths = [np.zeros_like(logs[0]) for _ in LEVEL_HALF_LIVES]
    for fast, slow in TRENDS:
        # In a short history both levels hold the same days, and less lies between them.
        apart = np.maximum(mean_ages[slow] - mean_ages[fast], LEAST_APART)
        growth = np.clip((levels[fast] - levels[slow]) / apart, -STEEPEST, STEEPEST)
        logs.append(levels[fast] + growth * mean_ages[fast])
        growths.append(growth)
    return np.array(logs), np.array(growths)


def _replay(
    plain: Array, rhythm: Array, logs: Array, growths: Array, age: Array
) -> tuple[Array, Array]:
    """Log errors of the sums over HORIZONS from past weeks on, and the weight each deserves."""
    weeks = np.arange(1, ORIGINS + 1)
    starts = DAYS - 7 * weeks
    column = np.arange(DAYS)[:, None]
    errors, weights = [], []
    for days in HORIZONS:
        inside = ((column >= starts) & (column < starts + days)).astype(float)
        actual, expected = plain @ inside, rhythm @ inside
        grown = growths[:, :, 1:] * damped_days(np.arange(1, days + 1)).mean()
        ahead = np.log(np.maximum(expected, 1e-9)) + logs[:, :, 1:] + grown
        floor = np.log(np.maximum(expected, 1e-9)) + logs[:1, :, 1:] - 3.0
        gained = np.logaddexp(np.log(np.maximum(actual, 1e-12)), floor)
        errors.append(gained - np.logaddexp(ahead, floor))
        enough = (expected > 0.4 * days) & (weeks * 7 >= days) & (age[:, None] - 7 * weeks >= 10)
        weights.append(enough * 0.5 ** (weeks / ORIGIN_HALF_LIFE))
    return np.stack(errors, axis=1), np.array(weights)


def _spread(errors: Array, weight: Array, noise: Array, age: Array) -> tuple[Array, Array]:
    """Variance of the log level now, and what a day adds: [n] each, from errors [h, n, o].

    The mean of h days of a random walk has a third of the variance of its last day.
    """
    young = np.exp(-np.maximum(age, 0) / 6.0)
    prior = np.array(PRIOR_SPREAD)[:, None] + 0.6 * young + NOISE_SPREAD * noise
    seen = weight.sum(axis=2)
    # One step in half a year is no reason for a wide band: large errors are cut to the others' size.
    rooted = (np.sqrt(np.abs(errors)) * weight).sum(axis=2) / np.maximum(seen, 1e-9)
    cut = OUTLYING * rooted[:, :, None] ** 2 + 0.02
    errors = np.clip(errors, -cut, cut)
    found = ((errors**2 * weight).sum(axis=2) + PRIOR_SPREADS * prior) / (seen + PRIOR_SPREADS)
    level = np.maximum(found - noise[None, :] / (np.array(HORIZONS)[:, None] / 7), 0)
    drift = np.clip((level[2] - level[0]) / (21 / 3), *DRIFT_LIMITS)
    now = np.maximum((level[0] + level[1]) / 2 - drift * 10.5 / 3, NOW_FLOOR * found[0])
    return np.clip(now, 2e-4, 1.0), drift


def smooth_level(plain: Array, rhythm: Array) -> Array:
    """The level around each day [n, DAYS], weighted to both sides; the mean level where no day is near.

    plain, rhythm: [n, DAYS], 0 on the days that do not count.
    """
    apart = np.abs(np.arange(DAYS)[:, None] - np.arange(DAYS))
    kernel = 0.5 ** (apart / SMOOTH_HALF_LIFE)
    above, below = plain @ kernel, rhythm @ kernel
    whole = plain.sum(axis=1) / np.maximum(rhythm.sum(axis=1), 1e-9)
    there = (below > 1e-6) & (above > 1e-12)
    return np.asarray(np.where(there, above / np.where(there, below, 1), whole[:, None]))
