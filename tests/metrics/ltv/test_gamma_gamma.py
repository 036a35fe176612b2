from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.optimize import approx_fprime

from metrics.ltv.gamma_gamma import (
    GammaGamma,
    fit_gamma_gamma,
    log_likelihood,
    value_correlation,
)
from metrics.ltv.histories import histories

PUBLISHED = GammaGamma(6.25, 3.74, 15.44, -4055.9, 946)


def test_cdnow_comes_out_as_published(cdnow: pd.DataFrame) -> None:
    """Fader and Hardie (2013): the repeat buyers of the calibration period."""
    model = fit_gamma_gamma(histories(cdnow, dt.date(1997, 9, 30))).model
    assert model is not None
    assert [round(model.p, 2), round(model.q, 2), round(model.v, 2)] == [6.25, 3.74, 15.44]
    assert model.n == 946


def test_cdnow_amounts_hardly_depend_on_frequency(cdnow: pd.DataFrame) -> None:
    correlation = value_correlation(histories(cdnow, dt.date(1997, 9, 30)))
    assert correlation == pytest.approx(0.11, abs=0.01)


def posterior_mean(model: GammaGamma, x: int, spent: float) -> float:
    """Mean of p / rate over the users whose x amounts have the mean ``spent``."""

    def density(rate: float) -> float:
        prior = stats.gamma.pdf(rate, model.q, scale=1 / model.v)
        return float(prior * stats.gamma.pdf(spent, model.p * x, scale=1 / (rate * x)))

    weight = integrate.quad(density, 0, np.inf)[0]
    mean = integrate.quad(lambda rate: model.p / rate * density(rate), 0, np.inf)[0]
    return float(mean / weight)


@pytest.mark.parametrize(("x", "spent"), [(1, 20.0), (3, 60.0), (9, 35.0)])
def test_expected_value_is_the_posterior_mean(x: int, spent: float) -> None:
    expected = posterior_mean(PUBLISHED, x, spent)
    assert PUBLISHED.expected_value(x, spent) == pytest.approx(expected, rel=1e-6)


def test_likelihood_is_the_mean_over_all_kinds_of_users() -> None:
    def density(rate: float) -> float:
        prior = stats.gamma.pdf(rate, PUBLISHED.q, scale=1 / PUBLISHED.v)
        return float(prior * stats.gamma.pdf(42.0, PUBLISHED.p * 4, scale=1 / (rate * 4)))

    parameters = np.array([PUBLISHED.p, PUBLISHED.q, PUBLISHED.v])
    row = (np.array([v]) for v in (4.0, 42.0, 1.0))
    expected = np.log(integrate.quad(density, 0, 20, limit=200)[0])
    assert log_likelihood(parameters, *row)[0] == pytest.approx(expected, rel=1e-7)


def test_gradient_is_the_slope_of_the_likelihood() -> None:
    x, spent, count = np.array([1.0, 4.0]), np.array([30.0, 55.0]), np.array([3.0, 1.0])
    logs = np.log(np.array([6.0, 4.0, 15.0]))

    def value(at: npt.NDArray[np.float64]) -> float:
        return log_likelihood(np.exp(at), x, spent, count)[0]

    slope = approx_fprime(logs, value, 1e-7)
    assert log_likelihood(np.exp(logs), x, spent, count)[1] == pytest.approx(slope, rel=1e-5)


def test_simulated_users_give_their_parameters_back(
    draw_values: Callable[..., pd.DataFrame],
) -> None:
    model = fit_gamma_gamma(draw_values(20000, 6.0, 4.0, 15.0, seed=0)).model
    assert model is not None
    assert model.mean_value() == pytest.approx(30, rel=0.02)
    assert model.q == pytest.approx(4, rel=0.05)
    assert [model.p, model.v] == pytest.approx([6, 15], rel=0.15)


def test_another_currency_changes_v_alone(draw_values: Callable[..., pd.DataFrame]) -> None:
    rows = draw_values(2000, 6.0, 4.0, 15.0, seed=2)
    yuan = fit_gamma_gamma(rows).model
    cents = fit_gamma_gamma(rows.assign(monetary=rows["monetary"] * 100)).model
    assert yuan is not None
    assert cents is not None
    assert [cents.p, cents.q, cents.v] == pytest.approx([yuan.p, yuan.q, yuan.v * 100], rel=1e-4)


def test_grouped_rows_fit_like_single_ones(draw_values: Callable[..., pd.DataFrame]) -> None:
    rows = draw_values(400, 6.0, 4.0, 15.0, seed=3)
    doubled = pd.concat([rows, rows]).sample(frac=1, random_state=0)
    assert fit_gamma_gamma(doubled) == fit_gamma_gamma(rows.assign(count=2))


@given(st.integers(1, 200), st.floats(0.01, 1e6))
def test_a_value_lies_between_the_own_mean_and_everybodys(x: int, spent: float) -> None:
    value = float(PUBLISHED.expected_value(x, spent))
    low, high = sorted((spent, PUBLISHED.mean_value()))
    assert low * (1 - 1e-9) <= value <= high * (1 + 1e-9)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"frequency": [1.0] * 20, "monetary": 5.0}, "20, at least 30 needed"),
        ({"frequency": [0.0] * 90, "monetary": np.nan}, "0, at least 30 needed"),
        ({"frequency": [1.0] * 90, "monetary": -2.0}, "0, at least 30 needed"),
        ({"frequency": [3.0] * 90, "monetary": 5.0}, "all users spend the same"),
        ({"frequency": [1.0] * 90, "monetary": [5.0] * 89 + [np.inf]}, "infinite"),
    ],
)
def test_too_little_to_fit_is_refused_with_the_reason(rows: dict[str, object], words: str) -> None:
    found = fit_gamma_gamma(pd.DataFrame(rows))
    assert found.model is None
    assert words in str(found.reason)


def test_a_tail_without_a_mean_is_refused(draw_values: Callable[..., pd.DataFrame]) -> None:
    found = fit_gamma_gamma(draw_values(3000, 6.0, 0.6, 15.0, seed=4))
    assert found.model is None
    assert "at 1 or below" in str(found.reason)


def test_a_repeat_buyer_without_an_amount_is_an_error() -> None:
    with pytest.raises(ValueError, match="1 rows bought again without"):
        PUBLISHED.expected_value([0, 2], [np.nan, np.nan])
