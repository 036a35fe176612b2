from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import beta as beta_function
from scipy.special import gamma as gamma_function
from scipy.special import roots_genlaguerre, roots_jacobi

from metrics.ltv.bg_nbd import BgNbd, fit_bg_nbd, log_likelihood
from metrics.ltv.histories import histories

Floats = npt.NDArray[np.float64]

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
TYPICAL = BgNbd(1.6, 6.0, 1.8, 2.7, 0.0, 0)
SMALL = (BgNbd(1.1, 6.0, 0.3, 0.7, 0.0, 0), BgNbd(1.1, 6.0, 0.2, 0.5, 0.0, 0))


def nodes(model: BgNbd) -> tuple[Floats, Floats, Floats]:
    """Rates, chances to leave and their weights: quadrature exact for the two distributions."""
    rate, rate_weight = roots_genlaguerre(60, model.r - 1)
    with np.errstate(invalid="ignore"):  # scipy divides 0 by 0 at a + b = 1, then discards it
        leave, leave_weight = roots_jacobi(60, model.b - 1, model.a - 1)
    scale = 2 ** (model.a + model.b - 1) * beta_function(model.a, model.b)
    rates, leaves = np.meshgrid(rate / model.alpha, (leave + 1) / 2)
    weight = np.outer(leave_weight / scale, rate_weight / gamma_function(model.r))
    return rates, leaves, weight


def single(model: BgNbd, x: int, seen: float, age: float) -> tuple[Floats, Floats]:
    """Likelihood of a history for each rate and chance to leave: still alive, and gone."""
    rates, leaves, weight = nodes(model)
    alive = (1 - leaves) ** x * rates**x * np.exp(-rates * age) * weight
    gone = np.zeros_like(alive)
    if x:
        gone = leaves * (1 - leaves) ** (x - 1) * rates**x * np.exp(-rates * seen) * weight
    return alive, gone


HISTORIES = [(0, 0.0, 20.0), (1, 3.0, 20.0), (2, 15.0, 20.0), (6, 19.0, 20.0)]


@pytest.mark.parametrize(("x", "seen", "age"), HISTORIES)
def test_likelihood_is_the_mean_over_all_kinds_of_users(x: int, seen: float, age: float) -> None:
    alive, gone = single(TYPICAL, x, seen, age)
    parameters = np.array([TYPICAL.r, TYPICAL.alpha, TYPICAL.a, TYPICAL.b])
    row = (np.array([float(v)]) for v in (x, seen, age, 1))
    assert log_likelihood(parameters, *row)[0] == pytest.approx(np.log((alive + gone).sum()))


@pytest.mark.parametrize(("x", "seen", "age"), HISTORIES)
@pytest.mark.parametrize("model", [TYPICAL, *SMALL], ids=["typical", "a + b = 1", "a + b < 1"])
def test_chance_and_purchases_are_posterior_means(
    model: BgNbd, x: int, seen: float, age: float
) -> None:
    alive, gone = single(model, x, seen, age)
    total = (alive + gone).sum()
    assert model.probability_alive(x, seen, age) == pytest.approx(alive.sum() / total)
    rates, leaves, _ = nodes(model)
    coming = alive * -np.expm1(-rates * leaves * 26) / leaves
    expected = model.expected_purchases(26, x, seen, age)
    assert expected == pytest.approx(coming.sum() / total, rel=1e-6)


def test_gradient_is_the_slope_of_the_likelihood() -> None:
    x, seen, age = np.array([0.0, 1.0, 7.0]), np.array([0.0, 4.0, 21.0]), np.array([9.0, 30.0, 22])
    count = np.array([5.0, 2.0, 1.0])
    logs = np.log(np.array([0.3, 5.0, 0.7, 2.0]))

    def value(at: Floats) -> float:
        return log_likelihood(np.exp(at), x, seen, age, count)[0]

    slope = approx_fprime(logs, value, 1e-7)
    given_slope = log_likelihood(np.exp(logs), x, seen, age, count)[1]
    assert given_slope == pytest.approx(slope, rel=1e-4, abs=1e-4)


def test_cdnow_comes_out_as_published(cdnow: pd.DataFrame) -> None:
    """Fader, Hardie and Lee (2005): weeks, calibration to 1997-09-30."""
    model = fit_bg_nbd(histories(cdnow, dt.date(1997, 9, 30))).model
    assert model is not None
    assert round(model.r, 3) == 0.243
    assert round(model.alpha, 3) == 4.414
    assert round(model.a, 3) == 0.793
    assert round(model.b, 3) == 2.426
    assert round(model.log_likelihood, 1) == -9582.4
    assert model.n == 2357


def test_the_published_customer_is_expected_to_buy_1_226_times() -> None:
    """Fader and Hardie, Implementing the BG/NBD Model in Excel: customer 0001, 39 weeks."""
    assert PUBLISHED.expected_purchases(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=5e-4)


def test_simulated_users_give_their_parameters_back(
    draw_histories: Callable[..., pd.DataFrame],
) -> None:
    model = fit_bg_nbd(draw_histories(8000, 0.8, 8.0, 0.9, 3.0, 52, seed=0)).model
    assert model is not None
    found = [model.r, model.alpha, model.a / model.b, model.b]
    assert found == pytest.approx([0.8, 8.0, 0.3, 3.0], rel=0.12)


def test_grouped_and_single_rows_fit_alike(draw_histories: Callable[..., pd.DataFrame]) -> None:
    single_rows = draw_histories(1500, 0.8, 8.0, 0.9, 3.0, 52, seed=5).round(0)
    single_rows["recency"] = single_rows[["recency", "age"]].min(axis=1)
    keys = ["frequency", "recency", "age"]
    possible = (single_rows["frequency"] > 0) | (single_rows["recency"] == 0)
    single_rows = single_rows[possible]
    grouped = single_rows.groupby(keys, as_index=False).size().rename(columns={"size": "count"})
    assert len(grouped) < len(single_rows)
    one, other = fit_bg_nbd(single_rows.sample(frac=1, random_state=1)), fit_bg_nbd(grouped)
    assert one.model is not None
    assert one == other


def test_days_instead_of_weeks_change_alpha_alone(
    draw_histories: Callable[..., pd.DataFrame],
) -> None:
    weeks = draw_histories(1500, 0.8, 8.0, 0.9, 3.0, 52, seed=6)
    in_weeks = fit_bg_nbd(weeks).model
    in_days = fit_bg_nbd(weeks.assign(recency=weeks["recency"] * 7, age=weeks["age"] * 7)).model
    assert in_weeks is not None
    assert in_days is not None
    assert in_days.alpha == pytest.approx(in_weeks.alpha * 7, rel=1e-4)
    assert [in_days.r, in_days.a, in_days.b] == pytest.approx(
        [in_weeks.r, in_weeks.a, in_weeks.b], rel=1e-4
    )
    shift = weeks["frequency"].sum() * np.log(7)
    assert in_days.log_likelihood == pytest.approx(in_weeks.log_likelihood - shift)


@given(
    x=st.integers(0, 800),
    seen=st.floats(0, 1),
    age=st.floats(0.1, 500),
    horizons=st.lists(st.floats(0, 520), min_size=2, max_size=6),
    a=st.sampled_from([0.05, 0.5, 0.99995, 1.0, 1.2, 4.0]),
)
def test_purchases_are_finite_and_grow_with_the_horizon(
    x: int, seen: float, age: float, horizons: list[float], a: float
) -> None:
    model = BgNbd(0.4, 3.0, a, 2.0, 0.0, 0)
    recency = seen * age if x else 0.0
    found = [float(model.expected_purchases(t, x, recency, age)) for t in [0.0, *sorted(horizons)]]
    assert found[0] == pytest.approx(0, abs=1e-9)
    assert np.isfinite(found).all()
    assert all(later >= earlier - 1e-7 for earlier, later in pairwise(found))
    assert 0 <= float(model.probability_alive(x, recency, age)) <= 1


def test_nothing_jumps_where_a_is_one() -> None:
    def at(a: float) -> float:
        return float(BgNbd(0.4, 3.0, a, 2.0, 0.0, 0).expected_purchases(52, 3, 20.0, 30.0))

    assert at(1.0) == pytest.approx((at(0.999) + at(1.001)) / 2, rel=1e-5)


def test_the_longer_the_silence_the_less_alive() -> None:
    alive = PUBLISHED.probability_alive(5, [38.0, 30.0, 20.0, 10.0], 38.86)
    assert (np.diff(alive) < 0).all()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"frequency": [0.0] * 200, "recency": 0.0, "age": 5.0}, "bought again: 0, at least 30"),
        ({"frequency": [2.0] * 50, "recency": 1.0, "age": 5.0}, "too few users: 50"),
        ({"frequency": [2.0] * 200, "recency": 9.0, "age": 5.0}, "later than age"),
        ({"frequency": [1.0] * 200, "recency": 0.0, "age": 0.0}, "longer than a day"),
        ({"frequency": [2.0] * 200, "recency": 4.0, "age": 5.0}, "do not determine"),
    ],
)
def test_too_little_to_fit_is_refused_with_the_reason(rows: dict[str, object], words: str) -> None:
    found = fit_bg_nbd(pd.DataFrame(rows))
    assert found.model is None
    assert words in str(found.reason)


def test_users_who_never_leave_do_not_determine_the_leaving() -> None:
    draw = np.random.default_rng(0)
    bought = draw.poisson(draw.gamma(1, 0.1, 2000) * 50.0).astype(float)
    last = np.where(bought > 0, 50 * draw.random(2000) ** (1 / np.maximum(bought, 1)), 0.0)
    found = fit_bg_nbd(pd.DataFrame({"frequency": bought, "recency": last, "age": 50.0}))
    assert found.model is None
    assert "do not determine a" in str(found.reason)


@pytest.mark.parametrize("horizon", [-1.0, np.nan, np.inf])
def test_an_impossible_horizon_is_an_error(horizon: float) -> None:
    with pytest.raises(ValueError, match="horizon"):
        PUBLISHED.expected_purchases(horizon, 0, 0, 5)


def test_impossible_histories_are_an_error() -> None:
    with pytest.raises(ValueError, match="1 of 2 rows: recency is later"):
        PUBLISHED.probability_alive([1, 1], [2, 9], [5, 5])
