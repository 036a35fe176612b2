"""Variance of the one-step misses of a level: the exact likelihood of what theta stands for.

The theta method is simple exponential smoothing with drift (Hyndman and Billah 2003), that is
y[t] - y[t-1] = c + e[t] + m e[t-1]. The likelihood is Ansley's (1979) by innovations; ``c`` and
the variance have closed forms given ``m``, so that one number is looked for, over all it can be.
The general optimiser of statsmodels takes twenty times as long for the same maximum, and often
stops short of it where m is near -1, as it is for a level that keeps to a straight line.
"""

from __future__ import annotations

import numpy as np

from metrics.forecast.days import Floats

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
    steps = np.diff(values)
    low, high = -1.0, 1.0
    found = 0.0
    for _ in range(ROUNDS):
        tried = np.linspace(low, high, CANDIDATES)
        squares, logs = likelihood_parts(steps, tried)
        if squares.min() <= 0:
            return 0.0
        missed = len(steps) * np.log(squares) + logs
        best = int(np.argmin(missed))
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, CANDIDATES - 1)]
        found = float(squares[best]) / len(steps)
    return found


def likelihood_parts(steps: Floats, moving: Floats) -> tuple[Floats, Floats]:
    """For each candidate of m: the least sum of squares over c, and the sum of log variances.

    Twice the log likelihood at the best variance s = squares / n is -n (log(2 pi s) + 1) - logs.
    """
    spread = 1 + moving**2
    own, one = np.full_like(moving, steps[0]), np.ones_like(moving)
    sums = own * own / spread, own * one / spread, one * one / spread
    logs = np.log(spread)
    for step in steps[1:]:
        back = moving / spread
        own, one = step - back * own, 1 - back * one
        spread = 1 + moving**2 - moving * back
        new = own * own / spread, own * one / spread, one * one / spread
        sums = sums[0] + new[0], sums[1] + new[1], sums[2] + new[2]
        logs = logs + np.log(spread)
    squares = sums[0] - sums[1] ** 2 / sums[2]
    return np.asarray(squares), np.asarray(logs)
