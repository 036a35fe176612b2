"""Arms of tests from plain arrays or from counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.experiments.moments import ArmData, Counted, Moments
from metrics.experiments.plan import MetricPlan

SHARE = MetricPlan("y", "proportion", ("y",), role="primary")
MEAN = MetricPlan("v", "mean", ("v",), role="primary")
RATIO = MetricPlan("r", "ratio", ("v", "d"), role="primary")
MEDIAN = MetricPlan("v", "quantile", ("v",), role="primary")
CUPED = MetricPlan("v", "mean", ("v",), role="primary", covariates=("c",))


def arm(name: str, **columns: ArrayLike) -> ArmData:
    """An arm of users with these columns; ``v`` is also the values of the quantile metric."""
    moments = Moments.of(columns)
    values = {"v": Counted.of(columns["v"])} if "v" in columns else {}
    return ArmData(name, moments.n + moments.missing, moments, values)


def counted(name: str, conversions: int, users: int) -> ArmData:
    """An arm by its counts, as the column ``y``."""
    lowest = 1.0 if users and conversions == users else 0.0
    moments = Moments.of_shifted(
        ("y",), users, [0.0], [conversions], [[conversions]], [conversions], [lowest]
    )
    return ArmData(name, users, moments)


def users(seed: int, n: int, scale: float = 1.0) -> dict[str, NDArray[np.float64]]:
    """Columns of n users: an amount, a denominator, a covariate before."""
    rng = np.random.default_rng(seed)
    before = rng.gamma(2.0, 50.0, n)
    visits = (1 + rng.poisson(3, n)).astype(np.float64)
    return {"v": scale * (0.5 * before + rng.gamma(2.0, 20.0, n)), "d": visits, "c": before}
