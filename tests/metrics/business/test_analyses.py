"""Scenes against least squares on single users, growth bands, payback, holdout."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from data.period import Period
from metrics.business.growth import growth
from metrics.business.lifetime import calibration
from metrics.business.payback import payback
from metrics.business.scenes import scene_values

SCENES = ["pay", "wealth"]


def users(n: int = 600) -> pd.DataFrame:
    """Single users with tiers, scenes and what they did."""
    chance = np.random.default_rng(5)
    tier = chance.choice(["basic", "vip"], n)
    pay, wealth = chance.integers(0, 2, n), chance.integers(0, 2, n)
    days = chance.poisson(3 + 2 * pay + (tier == "vip"))
    fees = np.round(chance.gamma(2, 3, n) * (1 + wealth), 2)
    return pd.DataFrame({"tier": tier, "pay": pay, "wealth": wealth, "days": days, "fees": fees})


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    """The sums over groups of like users."""
    squared = rows.assign(n=1, days2=rows["days"] ** 2, fees2=rows["fees"] ** 2)
    return squared.groupby(["tier", *SCENES], as_index=False).sum()


def test_scenes_are_those_of_least_squares_on_single_users() -> None:
    rows = users()
    design = pd.get_dummies(rows["tier"]).astype(float).join(rows[SCENES].astype(float))
    for outcome in ("days", "fees"):
        fitted = sm.OLS(rows[outcome].astype(float), design).fit(cov_type="HC1")
        bounds = fitted.conf_int()
        for one in scene_values(cells(rows), SCENES):
            found = getattr(one, outcome)
            expected = (fitted.params[one.scene], *bounds.loc[one.scene])
            assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-6)
            assert one.users == rows[one.scene].sum()


def test_a_scene_that_everybody_uses_cannot_be_told() -> None:
    rows = users().assign(pay=1)
    pay, wealth = scene_values(cells(rows), SCENES)
    assert (pay.days, pay.fees, pay.total) == (None, None, None)
    assert wealth.days is not None


def test_nobody_gives_no_values() -> None:
    found = scene_values(cells(users()).head(0), SCENES)
    assert [(one.users, one.days) for one in found] == [(0, None), (0, None)]


def months(values: list[float]) -> list[tuple[Period, float | None]]:
    """Values of months from 2024 on."""
    found = [Period.parse("2024-01")]
    while len(found) < len(values):
        found.append(found[-1].next())
    return list(zip(found, values, strict=True))


def test_growth_is_year_on_year_and_its_band_comes_from_the_months_before() -> None:
    chance = np.random.default_rng(2)
    rates = chance.normal(10, 1, 12)
    values = [100.0] * 12 + [100 + rate for rate in rates] + [60.0]
    found = growth(months(values))
    assert [one.rate for one in found[:12]] == pytest.approx(rates)
    last = found[-1]
    middle = np.median(rates)
    spread = 1.4826 * np.median(np.abs(rates - middle))
    assert (last.low, last.high) == pytest.approx((middle - 3 * spread, middle + 3 * spread))
    assert (last.outside, last.n) == (-1, 12)
    assert [one.low for one in found[:6]] == [None] * 6


def test_payback_counts_only_months_that_were_seen_whole() -> None:
    seen = pd.DataFrame({"full": [1.0, 3.0], "users": [60, 40]})
    income = pd.DataFrame(
        {"full": [1.0, 1.0, 3.0, 3.0, 3.0, 3.0], "age": [0.0, 1.0, 0.0, 1.0, 2.0, 3.0],
         "income": [120.0, 999.0, 80.0, 40.0, 20.0, 999.0]}
    )  # fmt: skip
    found = payback(seen, income, 3.0)
    assert [(one.users, one.income) for one in found.ages] == [(100, 2.0), (40, 1.0), (40, 0.5)]
    assert (found.months, found.expected) == (2, 2.0)
    late = payback(seen, income, 5.0)
    assert late.months is None
    assert late.expected == pytest.approx(3 + 1.5 / (3.5 / 3))
    assert payback(seen, income, None).months is None


def test_a_holdout_of_nobody_is_refused() -> None:
    none = pd.DataFrame({"user": [], "day": [], "amount": []})
    assert calibration(none, date(2026, 1, 1)).model is None


def test_a_holdout_predicts_buyers_of_a_steady_rate() -> None:
    chance = np.random.default_rng(8)
    start = date(2025, 1, 1)
    rows = []
    for user in range(400):
        rows.append((user, start, 0.0))
        rate, leaves, worth = chance.gamma(1.5, 0.03), chance.beta(0.6, 2.5), chance.gamma(4, 2)
        for day in np.flatnonzero(chance.random(400) < rate) + 1:
            amount = worth * chance.gamma(4, 0.25)
            rows.append((user, start + timedelta(days=int(day)), amount))
            if chance.random() < leaves:
                break
    table = pd.DataFrame(rows, columns=["user", "day", "amount"])
    found = calibration(table, start + timedelta(days=400))
    assert found.model is not None, found.reason
    assert found.model.bias_percent == pytest.approx(0, abs=25)
    assert found.model.weeks == pytest.approx(0.3 * 400 / 7, abs=0.2)
