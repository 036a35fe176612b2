"""The theta method agrees with statsmodels, and never stops at a worse smoothing."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import SimpleExpSmoothing

from metrics.forecast.smoothing import theta

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def squares(values: Floats, alpha: float) -> float:
    fitted = SimpleExpSmoothing(values, initialization_method="known", initial_level=values[0])
    return float(fitted.fit(smoothing_level=alpha, optimized=False).sse)


def level(seed: int, wandering: float) -> Floats:
    chance = np.random.default_rng(seed)
    steps = chance.normal(0.01, 0.02, 26)
    return np.asarray(3 + wandering * np.cumsum(steps) + chance.normal(0, 0.02, 26))


@pytest.mark.parametrize("wandering", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_theta_of_statsmodels(seed: int, wandering: float) -> None:
    values, sizes = level(seed, wandering), [26, 20, 13]
    middle, alpha = theta(values, sizes, 6)
    for row, size in enumerate(sizes):
        known = values[:size]
        series = pd.Series(known, index=pd.period_range("2000-01", periods=size, freq="M"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = ThetaModel(series, deseasonalize=False, method="additive").fit()
        other = float(theirs.params["alpha"])
        assert squares(known, float(alpha[row])) <= squares(known, other) * (1 + 1e-9)
        if abs(other - alpha[row]) < 1e-3:
            expected = np.asarray(theirs.forecast(6, theta=2))
            assert middle[row] == pytest.approx(expected, abs=2e-4)


@given(st.integers(0, 1000), st.lists(st.integers(2, 20), min_size=1, max_size=5))
def test_many_lengths_at_once_are_each_by_itself(seed: int, sizes: list[int]) -> None:
    values = np.cumsum(np.random.default_rng(seed).normal(0, 1, 20))
    middle, alpha = theta(values, sizes, 4)
    for row, size in enumerate(sizes):
        alone, its = theta(values[:size], [size], 4)
        assert middle[row] == pytest.approx(alone[0])
        assert alpha[row] == pytest.approx(its[0])
