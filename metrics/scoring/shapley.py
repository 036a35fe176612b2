"""Shapley averages over the orders of changing some factors from one side to the other."""

from __future__ import annotations

from math import factorial

import numpy as np

from metrics.scoring.arrays import Flags, Floats


def members(factors: int) -> Flags:
    """Which factors are on the new side in each coalition: (2^n, n), factor i is bit i.

    >>> members(2).tolist()
    [[False, False], [True, False], [False, True], [True, True]]
    """
    codes = np.arange(2**factors)
    flags: Flags = (codes[:, None] >> np.arange(factors)) % 2 == 1
    return flags


def shapley(outcomes: Floats) -> Floats:
    """Parts (n, ...) of ``outcomes[-1] - outcomes[0]`` from outcomes (2^n, ...) of all coalitions.

    Each factor gets the mean of its effect over all orders, by the weights
    |S|! (n - |S| - 1)! / n!. The parts add up to the difference. ValueError unless the first
    axis is a power of two. Source: Shapley (1953), A value for n-person games.

    >>> shapley(np.array([0.0, 10.0, 20.0, 36.0])).tolist()
    [13.0, 23.0]
    """
    factors = outcomes.shape[0].bit_length() - 1
    if outcomes.shape[0] != 2**factors:
        raise ValueError(f"{outcomes.shape[0]} outcomes are not those of all coalitions")
    inside = members(factors)
    size = inside.sum(axis=1)
    chance = [
        factorial(s) * factorial(factors - s - 1) / factorial(factors) for s in range(factors)
    ]
    parts = np.zeros((factors, *outcomes.shape[1:]))
    for factor in range(factors):
        for before in np.flatnonzero(~inside[:, factor]):
            after = before | (1 << factor)
            parts[factor] += chance[size[before]] * (outcomes[after] - outcomes[before])
    return parts
