"""Quantiles from the buckets of a histogram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metrics.formula import Floats


def quantile(counts: Floats, bounds: Sequence[float], probability: float) -> Floats:
    """The quantile of each row of ``counts`` (groups, buckets), in the unit of ``bounds``.

    Bucket i holds what lies above ``bounds[i - 1]`` (0 for the first) up to ``bounds[i]``;
    within a bucket values are taken as evenly spread (Prometheus' ``histogram_quantile``). What
    falls into the open last bucket is given as its lower bound: a floor, never an invention.
    NaN where nothing was counted.

    >>> quantile(np.array([[0.0, 10.0, 0.0]]), [1.0, 3.0], 0.5)
    array([2.])
    """
    total = counts.sum(axis=1)
    rank = probability * total
    reached = np.cumsum(counts, axis=1)
    bucket = (reached < rank[:, None]).sum(axis=1).clip(max=counts.shape[1] - 1)
    rows = np.arange(len(counts))
    inside = counts[rows, bucket]
    before = reached[rows, bucket] - inside
    edges = np.array([0.0, *bounds, bounds[-1]])
    low, high = edges[bucket], edges[bucket + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = low + (high - low) * (rank - before) / inside
    return np.where(total > 0, found, np.nan)
