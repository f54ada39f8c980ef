"""Possible courses of the days ahead: whole past weeks of the same scope, replayed at today's level."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from spaceledger.forecast.charges import charges_ahead
from spaceledger.forecast.level import Level, damped_days, find_level, smooth_level
from spaceledger.forecast.rhythm import Days, take_apart
from spaceledger.forecast.step import Step, find_step, levels_on_both_sides
from spaceledger.forecast.windows import WEEKS, Array, Windows

PATHS = 400
_TABLE = 512  # steps of a distribution over past weeks

# Settled on generated series (tests/series.py), other seeds than the tests use.
WEEK_HALF_LIFE = 20.0  # weeks: how fast a past week loses its say
PRIOR_WEEKS = 1.0  # weeks' worth of say of the made-up weeks
PRIOR_NOISE = 0.35  # logarithm, of a made-up day
RESTART_PRIOR = (0.15, 1.2)  # restarts, idle weeks: seen before the first of either
IDLE_PRIOR = 3.0  # working weeks: seen before the first idle one
SPREAD_SCALE = 0.8  # of the variance of the level: set for a band that holds 80 %
SAME_WEEK = 0.3  # chance that a path repeats its week: how often runs come is itself uncertain
SETTLED = 45.0  # days after which a wandering level hardly wanders further
GROWTH_HALF_LIVES = (30.0, 500.0)  # days: how soon growth halves is anything between
LARGEST = (1.5, 3.0)  # times the largest day known, times the level: no day of a path is larger
_MADE_UP = 8


@dataclass(frozen=True, slots=True)
class Outlook:
    """All a scope's paths are drawn from, in the unit of its windows.

    weeks: [n, blocks, 7], past weeks over the level they had, made-up weeks, a week of nothing.
    working_table, idle_table: [n, _TABLE], a block for each step of the distribution.
    is_idle, restart, stop: [n], the state now and the chance a week that it changes.
    charges: [n, 31], by day of month.
    """

    level: Level
    step: Step
    weeks: Array
    working_table: Array
    idle_table: Array
    is_idle: Array
    restart: Array
    stop: Array
    charges: Array
    windows: Windows


def look_ahead(windows: Windows) -> Outlook:
    """Everything learnt from windows [n, DAYS]."""
    days = take_apart(windows)
    rhythm, plain = (np.where(days.working, one, 0) for one in (days.rhythm, days.plain))
    smooth = smooth_level(plain, rhythm)
    whole, idle = _week_states(days, windows.known)
    recent = 0.5 ** (np.arange(WEEKS)[::-1] / WEEK_HALF_LIFE)
    noise = _week_noise(_past_weeks(days, days.plain, smooth), (whole & ~idle) * recent)
    step = find_step(days, noise)
    past = _past_weeks(days, days.spend, levels_on_both_sides(days, step))
    level = find_level(days, windows.age, noise)
    made_up = days.week[:, None, :] * _made_up_noise()
    nothing = np.zeros((len(past), 1, 7))
    weeks = np.concatenate([past, made_up, nothing], axis=1).astype(np.float32)
    count = len(past)
    prior = np.full((count, _MADE_UP), PRIOR_WEEKS / _MADE_UP)
    none, some = np.zeros((count, 1)), np.full((count, 1), 0.5)
    working = np.concatenate([(whole & ~idle) * recent, prior, none], axis=1)
    resting = np.concatenate([(whole & idle) * recent, 0 * prior, some], axis=1)
    restart, stop = _chances(whole, idle)
    return Outlook(
        level,
        step,
        weeks,
        _table(working),
        _table(resting),
        days.idle[:, -1],
        restart,
        stop,
        days.charges,
        windows,
    )


def draw_paths(outlook: Outlook, days: int) -> Array:
    """Daily spend [n, PATHS, days] of the days after the window, in the unit of the windows.

    A block bootstrap (Kuensch 1989) with blocks of whole weeks, which keep rhythm, runs of several
    days and their likeness from day to day. All scopes share the same random numbers, so that no
    scope's result depends on the others in the call.
    """
    count, blocks = len(outlook.weeks), outlook.weeks.shape[1]
    weeks_ahead = -(-days // 7)
    paths = np.empty((count, PATHS, weeks_ahead, 7), np.float32)
    flat = outlook.weeks.reshape(-1, 7)
    first = (np.arange(count) * blocks)[:, None]
    rows = np.arange(count)[:, None]
    idle = np.repeat(outlook.is_idle[:, None], PATHS, axis=1)
    now = np.sqrt(SPREAD_SCALE * outlook.level.now_spread)[:, None]
    drift = np.sqrt(SPREAD_SCALE * outlook.level.drift_spread)[:, None]
    start, side, damping, steps, state, pick = _random_numbers(weeks_ahead)
    base = _levels(outlook, side)
    # The growth seen across a step is the step.
    largest = LARGEST[0] * outlook.windows.spend.max(axis=1).astype(np.float32)[:, None]
    growth = (outlook.level.growth * (1 - outlook.step.sure))[:, None]
    log_level = now * start
    for week in range(weeks_ahead):
        added = 7 * np.exp(-7 * week / SETTLED)  # days of wandering
        log_level = log_level + drift * np.sqrt(added) * steps[week]
        changes = state[week] < np.where(idle, outlook.restart[:, None], outlook.stop[:, None])
        idle = idle ^ changes
        step = pick[week]
        block = np.where(idle, outlook.idle_table[rows, step], outlook.working_table[rows, step])
        grown = growth * damped_days(7 * week + 4.0, damping)
        level = np.exp(base + log_level + grown).astype(np.float32)
        most = np.maximum(largest, LARGEST[1] * level)[:, :, None]
        np.minimum(flat[first + block] * level[:, :, None], most, out=paths[:, :, week])
    drawn: Array = paths.reshape(count, PATHS, -1)[:, :, :days]
    due = charges_ahead(outlook.charges, outlook.windows.last, days)
    if due.any():
        drawn += due[:, None, :].astype(np.float32)
    return np.asarray(drawn)


def _levels(outlook: Outlook, side: Array) -> Array:
    """Log levels [n, PATHS]: after or before a step on the share of the paths that it may last or end."""
    step = outlook.step
    after = side < (step.certain * step.lasts)[:, None]
    either = side < step.certain[:, None]
    levels = np.where(either, step.before[:, None], outlook.level.log_level[:, None])
    levels = np.where(after, step.after[:, None], levels)
    return np.where((outlook.windows.scale > 0)[:, None], levels, -np.inf)


def _week_states(days: Days, known: Array) -> tuple[Array, Array]:
    """Which weeks [n, WEEKS] are known whole, and which of them were idle."""
    shape = (-1, WEEKS, 7)
    whole = np.asarray(known.reshape(shape).all(axis=2))
    idle = np.asarray(days.idle.reshape(shape).sum(axis=2) >= 4)
    return whole, idle


def _past_weeks(days: Days, spend: Array, smooth: Array) -> Array:
    """Past weeks [n, WEEKS, 7] over the level of their time; refunded days as usual ones."""
    usual = ~days.working & ~days.idle
    ratio = np.where(usual, days.rhythm, spend / np.where(smooth > 1e-12, smooth, 1))
    return np.minimum(ratio, 1e6).reshape(-1, WEEKS, 7)


def _week_noise(past: Array, weight: Array) -> Array:
    """Variance [n] of the logarithm of a week's sum around the level, without one-off runs."""
    total = np.log(np.clip(past.sum(axis=2) / 7, 0.3, 3.0))
    sure = np.maximum(weight.sum(axis=1), 1e-9)
    mean = (weight * total).sum(axis=1) / sure
    spread = (weight * (total - mean[:, None]) ** 2).sum(axis=1) / sure
    few = 1 + 1.0 / np.maximum(sure, 1.0)
    return np.where(sure > 1, spread * few, 0.01)


def _chances(whole: Array, idle: Array) -> tuple[Array, Array]:
    """The chance a week that an idle scope restarts and that a working one goes idle: [n] each.

    Old weeks count in full: the longer a space has been idle, the less likely it starts again.
    """
    pair = whole[:, 1:] & whole[:, :-1]
    before, after = idle[:, :-1], idle[:, 1:]
    restarts = (pair * (before & ~after)).sum(axis=1)
    stops = (pair * (~before & after)).sum(axis=1)
    restart = (restarts + RESTART_PRIOR[0]) / ((pair * before).sum(axis=1) + RESTART_PRIOR[1])
    return restart, stops / ((pair * ~before).sum(axis=1) + IDLE_PRIOR)


def _table(weight: Array) -> Array:
    """For each step of an even grid the block [n, _TABLE] that its share of the weight falls on."""
    total = np.cumsum(weight, axis=1)
    total /= total[:, -1:]
    grid = (np.arange(_TABLE) + 0.5) / _TABLE
    table = np.empty((len(weight), _TABLE), np.int64)
    for row, cumulated in enumerate(total):
        table[row] = np.searchsorted(cumulated, grid)
    return table.clip(max=weight.shape[1] - 1)


def _made_up_noise() -> Array:
    """Fixed lognormal day factors [_MADE_UP, 7], mean about 1."""
    drawn = np.random.default_rng(1).normal(0, PRIOR_NOISE, (_MADE_UP // 2, 7))
    factors: Array = np.exp(np.concatenate([drawn, -drawn]) - PRIOR_NOISE**2 / 2)
    return factors


def _random_numbers(weeks: int) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Start, side and damping of growth [PATHS]; steps, states and places in a table [weeks, PATHS].

    Each row is an even grid in random order, so that few paths give steady quantiles; a longer
    look ahead begins with the same rows.
    """
    rng = np.random.default_rng(20250101)
    even = (np.arange(PATHS) + 0.5) / PATHS
    normal = normal_quantiles(even)
    start = rng.permutation(normal)
    shortest, longest = np.log(GROWTH_HALF_LIVES)
    halving = np.exp(shortest + (longest - shortest) * rng.permutation(even))
    damping = 0.5 ** (1 / halving)
    side = rng.permutation(even)
    steps, state, pick = (np.empty((weeks, PATHS)) for _ in range(3))
    for week in range(weeks):
        steps[week] = rng.permutation(normal)
        state[week] = rng.permutation(even)
        pick[week] = rng.permutation(even)
        again = rng.random(PATHS) < (SAME_WEEK if week else 0)
        pick[week] = np.where(again, pick[week - 1], pick[week])
    return start, side, damping, steps, state, (pick * _TABLE).astype(np.int64)


def normal_quantiles(shares: Array) -> Array:
    """Quantiles of the standard normal distribution."""
    return np.array([NormalDist().inv_cdf(float(share)) for share in shares])
