from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.ltv.bg_nbd import BgNbd
from metrics.ltv.gamma_gamma import GammaGamma
from metrics.ltv.holdout import holdout_error
from metrics.ltv.lifetime import WEEKS_A_YEAR, predicted_ltv

OFTEN = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
MUCH = GammaGamma(6.25, 3.74, 15.44, -4055.9, 946)
USERS = (
    np.array([0.0, 0.0, 2.0, 40.0]),
    np.array([0.0, 0.0, 30.43, 38.0]),
    np.array([0.0, 38.0, 38.86, 38.86]),
    np.array([np.nan, np.nan, 22.35, 80.0]),
)


@pytest.mark.parametrize("horizon", [4.0, 52.0, 520.0])
def test_value_is_the_sum_over_short_steps(horizon: float) -> None:
    edges = np.linspace(0, horizon, 4001)
    totals = np.array([OFTEN.expected_purchases(float(t), *USERS[:3]) for t in edges])
    middles = (edges[1:] + edges[:-1]) / 2
    discount = 1.15 ** (-middles / WEEKS_A_YEAR)
    expected = 0.4 * MUCH.expected_value(USERS[0], USERS[3]) * (discount @ np.diff(totals, axis=0))
    found = predicted_ltv(OFTEN, MUCH, *USERS, horizon, 0.15, 0.4)
    assert found == pytest.approx(expected, rel=1e-5)


def test_without_discount_it_is_purchases_times_value() -> None:
    expected = OFTEN.expected_purchases(52, *USERS[:3]) * MUCH.expected_value(USERS[0], USERS[3])
    assert predicted_ltv(OFTEN, MUCH, *USERS, 52, 0.0) == pytest.approx(expected)


@given(st.floats(0, 2), st.floats(0, 2), st.floats(0.01, 1))
def test_more_discount_and_less_margin_are_worth_less(
    one: float, other: float, margin: float
) -> None:
    low, high = sorted((one, other))
    dear = predicted_ltv(OFTEN, MUCH, *USERS, 104, low)
    cheap = predicted_ltv(OFTEN, MUCH, *USERS, 104, high)
    assert (cheap <= dear + 1e-9).all()
    assert predicted_ltv(OFTEN, MUCH, *USERS, 104, low, margin) == pytest.approx(dear * margin)


def test_users_do_not_influence_each_other() -> None:
    x, seen, age, spent = (column[::-1] for column in USERS)
    found = predicted_ltv(OFTEN, MUCH, x, seen, age, spent, 52, 0.1)
    assert found[::-1] == pytest.approx(predicted_ltv(OFTEN, MUCH, *USERS, 52, 0.1))


def test_arguments_out_of_range_are_errors() -> None:
    with pytest.raises(ValueError, match="annual_discount is -1"):
        predicted_ltv(OFTEN, MUCH, *USERS, 52, -1.0)
    with pytest.raises(ValueError, match="margin is nan"):
        predicted_ltv(OFTEN, MUCH, *USERS, 52, 0.1, float("nan"))
    with pytest.raises(ValueError, match="horizon is -3"):
        predicted_ltv(OFTEN, MUCH, *USERS, -3, 0.1)


def test_holdout_of_cdnow(cdnow: pd.DataFrame) -> None:
    """The sample's weeks 40 to 78: the model is 12 % short of the 1882 purchases."""
    found = holdout_error(cdnow, dt.date(1997, 9, 30), dt.date(1998, 6, 30)).model
    assert found is not None
    assert found.n == 2357
    assert found.weeks == 39
    assert found.actual_purchases == 1882
    assert found.bias_percent == pytest.approx(-12.15, abs=0.01)
    assert found.correlation == pytest.approx(0.626, abs=0.001)
    assert sum(level.users for level in found.by_frequency) == 2357


def test_holdout_of_users_drawn_from_the_models_is_close(drawn_purchases: pd.DataFrame) -> None:
    found = holdout_error(drawn_purchases, dt.date(2026, 12, 31), dt.date(2027, 6, 30)).model
    assert found is not None
    assert found.bias_percent == pytest.approx(0, abs=5)
    assert found.value_bias_percent == pytest.approx(0, abs=5)
    totals = [level.users * level.predicted for level in found.by_frequency]
    assert sum(totals) == pytest.approx(found.predicted_purchases)


def test_newcomers_in_the_holdout_are_not_counted(drawn_purchases: pd.DataFrame) -> None:
    end, holdout = dt.date(2026, 12, 31), dt.date(2027, 6, 30)
    newcomer = pd.DataFrame({"user": [-1], "day": [dt.date(2027, 2, 1)], "amount": [1e6]})
    more = pd.concat([drawn_purchases, newcomer])
    assert holdout_error(more, end, holdout) == holdout_error(drawn_purchases, end, holdout)


def test_amounts_that_cannot_be_modelled_leave_the_purchases(drawn_purchases: pd.DataFrame) -> None:
    same = drawn_purchases.drop_duplicates(["user", "day"]).assign(amount=5.0)
    found = holdout_error(same, dt.date(2026, 12, 31), dt.date(2027, 6, 30)).model
    assert found is not None
    assert found.predicted_purchases > 0
    assert found.predicted_value is None
    assert "spend the same" in str(found.value_reason)


def test_a_calibration_before_the_first_purchase_is_refused(drawn_purchases: pd.DataFrame) -> None:
    found = holdout_error(drawn_purchases, dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    assert "too few users: 0" in str(found.reason)


def test_too_few_users_are_refused(drawn_purchases: pd.DataFrame) -> None:
    few = drawn_purchases[drawn_purchases["user"] < 20]
    found = holdout_error(few, dt.date(2026, 12, 31), dt.date(2027, 6, 30))
    assert found.model is None
    assert "too few users: 20" in str(found.reason)
