"""The variance of a level's misses is the maximum of the likelihood that statsmodels works out."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.statespace.sarimax import SARIMAX

from metrics.forecast.innovations import likelihood_parts, variance, variances

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def level(seed: int, moving: float) -> Floats:
    """A level with drift whose misses have a standard deviation of 0.02."""
    missed = np.random.default_rng(seed).normal(0, 0.02, 30)
    return np.asarray(5 + np.cumsum(0.01 + missed[1:] + moving * missed[:-1]))


def parts(steps: Floats, moving: Floats) -> tuple[Floats, Floats]:
    squares, logs = likelihood_parts(steps, moving[None, :], np.array([len(steps)]))
    return squares[0], logs[0]


def log_likelihoods(steps: Floats, moving: Floats) -> Floats:
    squares, logs = parts(steps, moving)
    size = len(steps)
    return np.asarray(-0.5 * (size * np.log(2 * np.pi * squares / size) + size + logs))


@pytest.mark.parametrize("moving", [-0.6, 0.0, 0.5])
def test_it_is_the_likelihood_of_statsmodels(moving: float) -> None:
    steps = np.diff(level(3, moving))
    squares, _ = parts(steps, np.array([moving]))
    model = SARIMAX(steps, order=(0, 0, 1), trend="c")
    with model.fix_params({"ma.L1": moving}):
        found = model.fit(disp=False, method="powell", xtol=1e-10, ftol=1e-14)
    (own,) = log_likelihoods(steps, np.array([moving]))
    assert found.llf == pytest.approx(own, abs=1e-6)
    assert found.params[-1] == pytest.approx(squares[0] / len(steps), rel=1e-3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("moving", [-1.0, 0.4])
def test_no_other_optimum_is_better(seed: int, moving: float) -> None:
    values, tried = level(seed, moving), np.linspace(-1, 1, 4001)
    steps, own = np.diff(values), variance(values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = SARIMAX(values, order=(0, 1, 1), trend="c").fit(disp=False)
    every = log_likelihoods(steps, tried)
    assert every.max() >= log_likelihoods(steps, theirs.params[1:2])[0] - 1e-5
    squares, _ = parts(steps, tried[[every.argmax()]])
    assert own == pytest.approx(float(squares[0]) / len(steps), rel=1e-3)


@given(st.integers(0, 1000), st.floats(-100, 100), st.floats(0.01, 100), st.floats(-1, 1))
def test_it_scales_and_does_not_see_level_or_drift(
    seed: int, start: float, unit: float, drift: float
) -> None:
    values = np.cumsum(np.random.default_rng(seed).normal(0, 1, 15))
    moved = start + unit * (values + drift * np.arange(15))
    assert variance(moved) == pytest.approx(unit**2 * variance(values), rel=1e-5)


@given(st.integers(0, 1000), st.lists(st.integers(3, 24), min_size=1, max_size=6))
def test_many_lengths_at_once_are_each_by_itself(seed: int, sizes: list[int]) -> None:
    values = np.cumsum(np.random.default_rng(seed).normal(0, 1, 24))
    alone = [variance(values[:size]) for size in sizes]
    assert variances(values, sizes) == pytest.approx(alone, rel=1e-9)
