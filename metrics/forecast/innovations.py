"""Variance of the one-step misses of a level: the exact likelihood of what theta stands for.

The theta method is simple exponential smoothing with drift (Hyndman and Billah 2003), that is
y[t] - y[t-1] = c + e[t] + m e[t-1]. The likelihood is Ansley's (1979) by innovations; ``c`` and
the variance have closed forms given ``m``, so that one number is looked for, over all it can be.
The general optimiser of statsmodels takes twenty times as long for the same maximum, and often
stops short of it where m is near -1, as it is for a level that keeps to a straight line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from metrics.forecast.days import Floats

Whole = npt.NDArray[np.int64]
CANDIDATES = 41
ROUNDS = 7
"""Each round looks between the neighbours of the best: 20 times nearer."""


def variance(values: Floats) -> float:
    """Variance of e by maximum likelihood from the ``values`` (T,) of a level, T of 3 or more.

    >>> round(variance(np.array([1.0, 2.0, 3.0, 4.0])), 12)
    0.0
    >>> round(variance(np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])), 3)
    0.274
    """
    return float(variances(values, [len(values)])[0])


def variances(values: Floats, sizes: Sequence[int]) -> Floats:
    """The variance (S,) from the first ``size`` of the values, for all sizes at once."""
    steps, counts = np.diff(values), np.asarray(sizes) - 1
    rows, part = np.arange(len(counts)), np.linspace(0, 1, CANDIDATES)
    low, high = np.full(len(counts), -1.0), np.full(len(counts), 1.0)
    found = np.zeros(len(counts))
    for _ in range(ROUNDS):
        tried = low[:, None] + (high - low)[:, None] * part
        squares, logs = likelihood_parts(steps, tried, counts)
        exact = squares.min(axis=1) <= 0
        missed = counts[:, None] * np.log(np.where(squares > 0, squares, 1.0)) + logs
        best = missed.argmin(axis=1)
        low = tried[rows, np.maximum(best - 1, 0)]
        high = tried[rows, np.minimum(best + 1, CANDIDATES - 1)]
        found = np.where(exact, 0.0, squares[rows, best] / counts)
    return np.asarray(found)


def likelihood_parts(steps: Floats, moving: Floats, counts: Whole) -> tuple[Floats, Floats]:
    """For each candidate of m (S, C): the least sum of squares over c, and the log variances.

    Row i is about the first ``counts[i]`` of the steps. Twice the log likelihood at the best
    variance s = squares / n is -n (log(2 pi s) + 1) - logs.
    """
    spread = 1 + moving**2
    own, one = np.full_like(moving, steps[0]), np.ones_like(moving)
    sums = own * own / spread, own * one / spread, one * one / spread
    logs = np.log(spread)
    for place, step in enumerate(steps[1:], 2):
        on = (counts >= place)[:, None]
        back = moving / spread
        own, one = step - back * own, 1 - back * one
        spread = 1 + moving**2 - moving * back
        new = own * own / spread, own * one / spread, one * one / spread
        sums = sums[0] + on * new[0], sums[1] + on * new[1], sums[2] + on * new[2]
        logs = logs + on * np.log(spread)
    squares = sums[0] - sums[1] ** 2 / sums[2]
    return np.asarray(squares), np.asarray(logs)
