"""A step: the newest days all lie far from the level before them, as when a machine is left running."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spaceledger.forecast.level import smooth_level
from spaceledger.forecast.rhythm import Days
from spaceledger.forecast.windows import DAYS, Array

# Settled on generated series (tests/series.py), other seeds than the tests use.
# Days: dense enough that a run between two of them still shows against the level before the shorter.
RUNS = (
    *(2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 17, 20, 23, 26, 30),
    *(34, 38, 43, 49, 55, 62, 70, 79, 89, 100, 112),
)
FOLLOWED = (14, 28)  # days: by then the level itself begins to follow a step, has followed it
LEAST = 0.7  # shift, as a logarithm: twice or half
LEAST_NOISE = 2.0  # times the scatter of a week's sum
SURE = 0.4  # further shift that makes it certain
LASTS_HALF = 5.5  # days: a step this old is as likely to last as to end
LASTS_POWER = 2.5  # how fast that chance rises with age
AHEAD = 7  # days: an earlier run of this age that went on for so long stayed
OWN_PRIOR = 1.0  # runs' worth of trust in LASTS_HALF, beside the scope's own earlier runs
LEAST_BEFORE = 8.0  # days, weighted, before a run that it can be held against
_BEFORE_HALF_LIFE = 14.0  # days


@dataclass(frozen=True, slots=True)
class Step:
    """sure: [n], that there is a step; certain: [n], that the level does not know it yet.

    lasts: [n], the chance that it stays, of which trust comes from its age and the rest from the
    scope's earlier runs; days: [n], its age; before, after: [n], log levels.
    """

    sure: Array
    certain: Array
    lasts: Array
    trust: Array
    days: Array
    before: Array
    after: Array


def find_step(days: Days, noise: Array) -> Step:
    """The longest run of newest days that all lie beyond half the shift; noise: [n], as for the level.

    Whether a run of large days is a job that ends or a machine left on cannot be told from a few
    days: paths take either side, the more often the new one the longer it has lasted, and the more
    of the scope's earlier runs went on from there.
    """
    plain = np.where(days.working, days.plain, 0)
    rhythm = np.where(days.working, days.rhythm, 0)
    least = np.maximum(LEAST, LEAST_NOISE * np.sqrt(noise))
    weak = days.rhythm <= 0.2  # a weekend of a weekday space says nothing
    age = np.arange(DAYS)[::-1]
    best = [np.zeros(len(plain)) for _ in range(6)]  # sure, lasts, trust, days, before, after
    for run in RUNS:
        kernel = np.where(age >= run, 0.5 ** ((age - run) / _BEFORE_HALF_LIFE), 0)
        old_spend, old_days = plain @ kernel, rhythm @ kernel
        spent, worked = days.spend[:, -run:].sum(axis=1), days.rhythm[:, -run:].sum(axis=1)
        there = (old_days > LEAST_BEFORE) & (old_spend > 1e-9) & (spent > 1e-9) & (worked > 0.5)
        old = np.log(np.where(there, old_spend, 1) / np.where(there, old_days, 1))
        new = np.log(np.where(there, spent, 1) / np.where(there, worked, 1))
        middle = np.exp((old + new) / 2)[:, None] * days.rhythm
        beyond = np.where((new > old)[:, None], days.spend > middle, days.spend < middle)
        beyond = (beyond | weak) & days.working
        length = np.where(beyond.all(axis=1), 0, (~beyond[:, ::-1]).argmax(axis=1))
        sure = np.clip((np.abs(new - old) - least) / SURE, 0, 1)
        found = there & (length >= run) & (sure > 0)
        if not found.any():
            continue
        earlier = beyond & (age >= length[:, None])
        own, longer = _runs(earlier, run), _runs(earlier, run + AHEAD)
        trust = OWN_PRIOR / (own + OWN_PRIOR)
        lasts = (1 - trust) * longer / np.maximum(own, 1) + trust * _hoped(length)
        for kept, value in zip(best, (sure, lasts, trust, length, old, new), strict=True):
            kept[found] = value[found]
    sure, lasts, trust, length, old, new = best
    known = np.clip((length - FOLLOWED[0]) / (FOLLOWED[1] - FOLLOWED[0]), 0, 1)
    return Step(sure, sure * (1 - known), lasts, trust, length, old, new)


def confirm(step: Step, seen: Array) -> Step:
    """The step with its chance to last raised by incomplete days [n, days] that already lie beyond it.

    seen: in the unit of the windows. A low amount on an incomplete day says nothing: it may still grow.
    """
    beyond = seen > np.exp((step.before + step.after) / 2)[:, None]
    more = np.cumprod(beyond, axis=1).sum(axis=1) * (step.after > step.before)
    gained = step.trust * (_hoped(step.days + more) - _hoped(step.days))
    return replace(step, lasts=step.lasts + gained)


def levels_on_both_sides(days: Days, step: Step) -> Array:
    """The level around each day [n, DAYS]; a day before the step is not compared with one after it."""
    since = np.arange(DAYS)[::-1] < step.days[:, None]
    rhythm = np.where(days.working, days.rhythm, 0)
    plain = np.where(days.working, days.plain, 0)
    level = smooth_level(np.where(since, 0, plain), np.where(since, 0, rhythm))
    # The first days after a step were taken for a run and cut: here they count in full.
    new = np.minimum(days.spend, 3 * np.exp(step.after)[:, None] * rhythm)
    later = smooth_level(np.where(since, new, 0), np.where(since, rhythm, 0))
    return np.where(since, later, level)


def _hoped(days: Array) -> Array:
    """The chance that a step of some days stays, where no earlier run tells: few jobs run so long."""
    return np.asarray(days**LASTS_POWER / (days**LASTS_POWER + LASTS_HALF**LASTS_POWER))


def _runs(days: Array, length: int) -> Array:
    """How many stretches [n] of true days [n, DAYS] are of this length at least."""
    total = np.pad(np.cumsum(days, axis=1), ((0, 0), (1, 0)))
    full = total[:, length:] - total[:, :-length] == length
    return np.asarray(full[:, 0] + (full[:, 1:] & ~full[:, :-1]).sum(axis=1))
