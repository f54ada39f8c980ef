"""What a scope's days are like: its weekly rhythm, its idle stretches, and its days without one-off runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spaceledger.forecast.charges import remove_charges
from spaceledger.forecast.windows import DAYS, WEEKS, Array, Windows

_RHYTHM_HALF_LIFE = 16.0  # weeks
_RHYTHM_PRIOR = 2.0  # weeks' worth of trust in weekday = weekday, weekend = weekend
_WEEKEND_PRIOR = 0.7  # of a weekday, where no weekend has been seen
_BURST = 3.0  # times the expected day: what lies above is a one-off run
OFTEN = (0.15, 0.3)  # of the days: from here on runs begin to be the level, are it
_OFTEN_HALF_LIFE = 90.0  # days
_IDLE_SHARE = 0.02  # of the typical day: what lies below is no work
_IDLE_DAYS = 2.5  # expected working days without work that make a stretch idle


@dataclass(frozen=True, slots=True)
class Days:
    """Windows taken apart. All [n, DAYS] unless said otherwise, in the unit of the windows.

    spend: without refunds and monthly charges. plain: spend without what one-off runs add.
    rhythm: the factor of each day's weekday, mean 1. working: known, not refunded, not in an idle
    stretch. idle: in an idle stretch. charges: [n, 31], by day of the month. week: [n, 7], the
    factors of the seven days that follow the window.
    """

    spend: Array
    plain: Array
    rhythm: Array
    working: Array
    idle: Array
    charges: Array
    week: Array


def take_apart(windows: Windows) -> Days:
    """Finds monthly charges, weekly rhythm, idle stretches and one-off runs, in this order."""
    refunded = windows.spend < 0
    spend = np.maximum(windows.spend, 0)
    usable = windows.known & ~refunded
    typical = np.repeat(_typical(spend, usable), 7, axis=1)
    spend, charges = remove_charges(spend, usable, typical, windows.last)
    typical = _typical(spend, usable)
    week = _week_factors(spend, usable, typical, windows.last)
    rhythm = np.tile(week, (1, WEEKS))
    # The median day of a rhythm is not its mean day: weekends pull the mean down.
    usual = np.repeat(typical / np.maximum(np.median(week, axis=1), 0.2)[:, None], 7, axis=1)
    idle = _idle(spend, windows.known, usual, rhythm)
    plain = _without_runs(spend, usual, rhythm)
    working = usable & ~idle
    plain = _with_usual_runs(spend, plain, working)
    return Days(spend, plain, rhythm, working, idle, charges, week)


def _typical(spend: Array, usable: Array) -> Array:
    """The median day of each week and its neighbours [n, WEEKS]; the mean where most days are 0."""
    count = len(spend)
    pad = ((0, 0), (7, 7))
    values = np.pad(np.where(usable, spend, np.inf), pad, constant_values=np.inf)
    three = np.concatenate(
        [values[:, at : at + DAYS].reshape(count, WEEKS, 7) for at in (0, 7, 14)], axis=2
    )
    three.sort(axis=2)
    seen = np.isfinite(three).sum(axis=2)
    middle = np.take_along_axis(three, np.maximum(seen - 1, 0)[:, :, None] // 2, axis=2)[:, :, 0]
    middle = np.where(seen > 0, middle, 0)
    total = np.where(np.isfinite(three), three, 0).sum(axis=2)
    return np.where(middle > 0, middle, total / np.maximum(seen, 1))


def _week_factors(spend: Array, usable: Array, typical: Array, last: Array) -> Array:
    """Factors [n, 7] of the days after the window: means of day / typical day, recent weeks first.

    A weekday is drawn to its class (weekday, weekend), a class to what is usual, by the weeks seen.
    """
    days = spend.reshape(-1, WEEKS, 7)
    level = typical[:, :, None]
    counted = usable.reshape(-1, WEEKS, 7) & (level > 1e-12)
    ratio = np.minimum(days / np.where(level > 1e-12, level, 1), 3.0)
    weight = counted * 0.5 ** (np.arange(WEEKS)[::-1] / _RHYTHM_HALF_LIFE)[None, :, None]
    seen = weight.sum(axis=1)
    total = (weight * ratio).sum(axis=1)
    # 1970-01-01 was a Thursday: day 2 and 3 after it are the weekend.
    weekend = (last[:, None] + np.arange(1, 8) + 3) % 7 >= 5
    factors = np.empty_like(total)
    for members, prior in ((~weekend, 1.0), (weekend, _WEEKEND_PRIOR)):
        class_seen = (seen * members).sum(axis=1)
        mean = (total * members).sum(axis=1) + 1.0 * prior
        mean = (mean / (class_seen + 1.0))[:, None]
        own = (total + _RHYTHM_PRIOR * mean) / (seen + _RHYTHM_PRIOR)
        factors = np.where(members, own, factors)
    scaled: Array = factors / factors.mean(axis=1, keepdims=True)
    return scaled


def _without_runs(spend: Array, usual: Array, rhythm: Array) -> Array:
    """Spend [n, DAYS] with large days cut, and days larger still taken for usual ones.

    The further a day stands out, the less it says of the level (a redescending weight, Hampel 1974).
    """
    expected = usual * rhythm
    ceiling = _BURST * usual * np.maximum(rhythm, 0.3)
    beyond = np.clip(spend / np.where(ceiling > 1e-12, ceiling, 1) - 1, 0, 1)
    cut = ceiling + (np.minimum(expected, ceiling) - ceiling) * beyond
    return np.where((ceiling > 1e-12) & (spend > ceiling), cut, spend)


def _with_usual_runs(spend: Array, plain: Array, working: Array) -> Array:
    """Plain spend [n, DAYS], with the runs back in where they come so often that they are the level."""
    weight = working * 0.5 ** (np.arange(DAYS)[::-1] / _OFTEN_HALF_LIFE)
    often = (weight * (spend > plain)).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    usual = np.clip((often - OFTEN[0]) / (OFTEN[1] - OFTEN[0]), 0, 1)[:, None]
    return np.asarray(plain + usual * (spend - plain))


def _idle(spend: Array, known: Array, usual: Array, rhythm: Array) -> Array:
    """Days [n, DAYS] in stretches without work long enough not to be a weekend."""
    nothing = known & (spend <= _IDLE_SHARE * _recent_high(usual))
    run = np.zeros_like(spend)
    missed = np.zeros(len(spend))
    for day in range(DAYS):
        missed = (missed + rhythm[:, day]) * nothing[:, day]
        run[:, day] = missed
    for day in range(DAYS - 2, -1, -1):  # every day of a stretch gets the length of the whole
        longer = nothing[:, day] & nothing[:, day + 1]
        run[:, day] = np.where(longer, run[:, day + 1], run[:, day])
    return run >= _IDLE_DAYS


def _recent_high(usual: Array) -> Array:
    """The largest usual day of the eight weeks up to each day [n, DAYS]."""
    weeks = usual[:, ::7]
    high = weeks.copy()
    for back in range(1, 8):
        high[:, back:] = np.maximum(high[:, back:], weeks[:, :-back])
    return np.repeat(high, 7, axis=1)
