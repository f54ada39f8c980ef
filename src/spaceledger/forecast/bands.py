"""From paths to figures: medians, the 80 % band, and the chance that an amount is reached."""

from __future__ import annotations

import numpy as np

from spaceledger.forecast.paths import PATHS
from spaceledger.forecast.windows import Array, Windows

QUANTILES = (0.1, 0.5, 0.9)
UNKNOWN_DAY = 1.0  # currency a day: the upper edge where a scope has never spent anything
_NARROWEST = 1e-3  # of the mean known day: no band is of width zero while days remain


def quantiles(totals: Array) -> Array:
    """The quantiles [3, ...] over the second axis of totals [n, PATHS, ...]."""
    ordered = np.sort(totals, axis=1)
    at = np.array(QUANTILES) * (PATHS - 1)
    low = np.floor(at).astype(int)
    found = [
        ordered[:, below] + (ordered[:, below + 1] - ordered[:, below]) * (point - below)
        for point, below in zip(at, low, strict=True)
    ]
    return np.array(found, dtype=np.float64)


def narrowest(windows: Windows) -> Array:
    """The width [n] a day that every band has at least, in currency."""
    paid = np.abs(windows.spend).sum(axis=1) / np.maximum(windows.known.sum(axis=1), 1)
    return np.where(windows.scale > 0, _NARROWEST * paid * windows.scale, UNKNOWN_DAY)
