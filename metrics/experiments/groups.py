"""Moments of groups of users, as the warehouse returns them, put together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.experiments.moments import ArmData, Moments


def added(rows: pd.DataFrame, names: tuple[str, ...]) -> Moments:
    """The moments of some groups, put together (Chan, Golub and LeVeque).

    Products are those of columns of one metric; of two metrics' columns they say nothing.
    """
    n = rows["users"].to_numpy(dtype=np.float64)
    total, k = float(n.sum()), len(names)
    if not total:
        return Moments.empty(names)
    means = np.column_stack([_floats(rows, f"mean__{name}") for name in names]).reshape(-1, k)
    mean = (n[:, None] * means).sum(axis=0) / total
    off = means - mean
    products = (n[:, None] * off).T @ off
    for i, one in enumerate(names):
        for j, other in enumerate(names[i:], i):
            column = f"product__{one}__{other}"
            if column in rows:
                products[i, j] += float(_floats(rows, column).sum())
                products[j, i] = products[i, j]
    nonzero = np.array([_floats(rows, f"nonzero__{name}").sum() for name in names])
    lowest = np.array([_floats(rows, f"lowest__{name}").min() for name in names])
    return Moments(names, int(total), mean, products, nonzero, lowest)


def _floats(rows: pd.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(rows[name].to_numpy(dtype=np.float64))


def with_idle(arm: str, rows: pd.DataFrame, names: tuple[str, ...], users: int) -> ArmData:
    """Those who did something on a day, and the others with zeros."""
    active = added(rows, names)
    k = len(names)
    zeros = np.zeros(k)
    idle = Moments(names, users - active.n, zeros, np.zeros((k, k)), zeros, zeros)
    return ArmData(arm, users, active + idle if idle.n else active)
