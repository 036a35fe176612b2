"""The theta method: exponential smoothing with half of the linear trend.

Assimakopoulos and Nikolopoulos (2000) in the closed form of Hyndman and Billah (2003), as
statsmodels' ThetaModel has it: the smoothing starts at the first value and its one parameter
minimises the squared one-step misses. One number is looked for, over all it can be, for every
length of history at once: statsmodels' general optimiser takes fifty times as long for each, and
stops short where a level hardly moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metrics.forecast.days import Floats
from metrics.forecast.innovations import Whole

LOWEST, HIGHEST = 1e-4, 1 - 1e-4
CANDIDATES = 41
ROUNDS = 5
"""Each round looks between the neighbours of the best: 20 times nearer."""


def theta(values: Floats, sizes: Sequence[int], horizon: int) -> tuple[Floats, Floats]:
    """From the first ``size`` of the values: expected (S, horizon) and the parameter (S,).

    >>> middle, alpha = theta(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), [5, 6], 2)
    >>> middle.round(2).tolist()
    [[5.5, 6.0], [6.5, 7.0]]
    """
    lengths = np.asarray(sizes)
    alpha = _alpha(values, lengths)
    level = _levels(values, lengths, alpha[:, None])[0][:, 0]
    slope = np.array([_slope(values[:size]) for size in sizes])
    ahead = np.arange(horizon) + ((1 - (1 - alpha) ** lengths) / alpha)[:, None]
    found: Floats = level[:, None] + 0.5 * slope[:, None] * ahead
    return found, alpha


def _slope(values: Floats) -> float:
    when = np.arange(len(values)) - (len(values) - 1) / 2
    return float(when @ values / (when @ when))


def _alpha(values: Floats, lengths: Whole) -> Floats:
    """The parameter of least squared misses for each length (S,)."""
    rows = np.arange(len(lengths))
    low, high = np.full(len(lengths), LOWEST), np.full(len(lengths), HIGHEST)
    part = np.linspace(0, 1, CANDIDATES)
    for _ in range(ROUNDS):
        tried = low[:, None] + (high - low)[:, None] * part
        best = _levels(values, lengths, tried)[1].argmin(axis=1)
        low = tried[rows, np.maximum(best - 1, 0)]
        high = tried[rows, np.minimum(best + 1, CANDIDATES - 1)]
    return np.asarray((low + high) / 2)


def _levels(values: Floats, lengths: Whole, tried: Floats) -> tuple[Floats, Floats]:
    """After smoothing each length with each parameter: the level and the squared misses (S, C)."""
    level, squares = np.full_like(tried, values[0]), np.zeros_like(tried)
    end, last = np.full_like(tried, values[0]), np.zeros_like(tried)
    for place, value in enumerate(values):
        missed = value - level
        squares = squares + missed * missed
        level = level + tried * missed
        done = lengths == place + 1
        if done.any():
            end[done], last[done] = level[done], squares[done]
    return end, last
