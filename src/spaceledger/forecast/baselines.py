"""The two forecasts people make by hand, which ours must beat: the run-rate and a straight line."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from spaceledger.forecast.windows import DAYS, Array, Windows

_OLS_DAYS = 90


def run_rate(windows: Windows, elapsed: Array, days: Array) -> Array:
    """Spend so far over days elapsed, times the days to come: [n], currency.

    elapsed: [n], complete days of the period; where there is none, the last 7 days are taken.
    """
    span = np.where(elapsed > 0, elapsed, 7)
    counted = np.arange(DAYS)[None, :] >= DAYS - span[:, None]
    total = np.where(counted, windows.spend, 0).sum(axis=1) * windows.scale
    return np.asarray(total / span * days)


def straight_line(windows: Windows, days: Array) -> tuple[Array, Array, Array]:
    """Least squares of daily spend on the day number, summed over the days [n] to come.

    Returns centre, low and high of the textbook 80 % prediction band of a sum of m new days:
    s^2 (m + m^2/n + (sum of day - mean day)^2 / Sxx), Student's t with n - 2 degrees of freedom
    (Draper and Smith, Applied Regression Analysis, section 3.1). History: at most 90 days.
    """
    spend = windows.spend[:, -_OLS_DAYS:]  # scaled, so that squares stay finite
    used = windows.known[:, -_OLS_DAYS:]
    day = np.arange(_OLS_DAYS, dtype=float)[None, :]
    count = np.maximum(used.sum(axis=1), 1)
    mean_day = (used * day).sum(axis=1) / count
    mean = (used * spend).sum(axis=1) / count
    apart = used * (day - mean_day[:, None])
    squares = (apart**2).sum(axis=1)
    slope = (apart * spend).sum(axis=1) / np.maximum(squares, 1e-9)
    line = mean[:, None] + slope[:, None] * (day - mean_day[:, None])
    freedom = np.maximum(count - 2, 1)
    scatter = (used * (spend - line) ** 2).sum(axis=1) / freedom
    reach = days * (_OLS_DAYS + (days - 1) / 2 - mean_day)
    centre = mean * days + slope * reach
    variance = scatter * (days + days**2 / count + reach**2 / np.maximum(squares, 1e-9))
    half = _student_90(freedom) * np.sqrt(variance) * windows.scale
    centre = centre * windows.scale
    return centre, centre - half, centre + half


def _student_90(freedom: Array) -> Array:
    """The 90 % quantile of Student's t, by the series of Abramowitz and Stegun 26.7.5; exact for 1 and 2."""
    z = NormalDist().inv_cdf(0.9)
    f = freedom.astype(float)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    series = z + g1 / f + g2 / f**2 + g3 / f**3
    return np.where(f == 1, 3.0776835, np.where(f == 2, 1.8856181, series))
