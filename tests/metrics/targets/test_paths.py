"""Paths: the festival, the sums, the ends, and what stands in where last year is not known."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.targets.festival import SPRING_FESTIVAL
from metrics.targets.paths import (
    at,
    days_in,
    flow_path,
    flow_shape,
    level_path,
    level_shape,
    standard_path,
    stock_path,
    stock_shape,
    sum_over,
)

LAST = pd.date_range("2024-01-01", "2024-12-31")
amounts = st.floats(-1e12, 1e12, allow_nan=False)
months = st.lists(st.floats(0.01, 1e6), min_size=12, max_size=12)


def series(values: object) -> pd.Series[float]:
    return pd.Series(values, index=LAST, dtype=float)


def test_the_festival_table_holds_known_days() -> None:
    assert len(SPRING_FESTIVAL) == 21
    assert list(SPRING_FESTIVAL) == list(range(2015, 2036))
    assert SPRING_FESTIVAL[2020] == date(2020, 1, 25)
    assert SPRING_FESTIVAL[2024] == date(2024, 2, 10)
    assert SPRING_FESTIVAL[2026] == date(2026, 2, 17)
    days = list(SPRING_FESTIVAL.values())
    assert all(date(d.year, 1, 21) <= d <= date(d.year, 2, 20) for d in days)


def test_lunar_years_have_whole_months() -> None:
    """From festival to festival there are 12 or 13 lunar months, 353 to 355 or 383 to 385 days."""
    days = list(SPRING_FESTIVAL.values())
    gaps = {(b - a).days for a, b in pairwise(days)}
    assert gaps <= {353, 354, 355, 383, 384, 385}


@settings(deadline=None, max_examples=30)
@given(goal=amounts, seed=st.integers(0, 999), year=st.sampled_from([2025, 2028]))
def test_a_flow_adds_up_to_its_goal(goal: float, seed: int, year: int) -> None:
    days = pd.date_range(f"{year - 1}-01-01", f"{year - 1}-12-31")
    last = pd.Series(np.random.default_rng(seed).exponential(100, len(days)), index=days)
    path = flow_path(goal, last, year)
    assert len(path.daily) == days_in(year)
    assert math.fsum(path.daily) == pytest.approx(goal, rel=1e-9)
    assert sum_over(path, date(year, 1, 1), date(year, 12, 31)) == pytest.approx(goal, rel=1e-9)


def test_a_dip_around_last_years_festival_is_due_around_this_years() -> None:
    festival = SPRING_FESTIVAL[2024]
    quiet = [abs((day.date() - festival).days) <= 3 for day in LAST]
    path = flow_path(365.0, series(np.where(quiet, 10.0, 100.0)), 2025)
    january = [at(path, date(2025, 1, 1) + timedelta(i)) for i in range(59)]
    assert int(np.argmin(january)) == (SPRING_FESTIVAL[2025] - date(2025, 1, 1)).days
    assert at(path, date(2025, 2, 10)) == pytest.approx(max(january))


def test_days_before_last_years_first_take_its_first() -> None:
    """New Year 2026 lies 19 days before last year's first when aligned on the festival."""
    days = pd.date_range("2025-01-01", "2025-12-31")
    path = flow_path(1.0, pd.Series(np.where(days.month == 12, 500.0, 100.0), index=days), 2026)
    assert at(path, date(2026, 1, 1)) == pytest.approx(at(path, date(2026, 6, 1)))
    assert at(path, date(2026, 12, 20)) == pytest.approx(5 * at(path, date(2026, 6, 1)))


def test_outside_january_and_february_the_date_decides() -> None:
    november = [day.month == 11 for day in LAST]
    path = flow_path(1.0, series(np.where(november, 200.0, 100.0)), 2025)
    assert at(path, date(2025, 11, 15)) == pytest.approx(2 * at(path, date(2025, 10, 15)))
    assert path.shape.seasonal


def test_weekdays_of_last_year_do_not_leak() -> None:
    path = flow_path(1.0, series(np.where(LAST.day_of_week >= 5, 20.0, 100.0)), 2025)
    inner = path.daily[10:350]
    assert inner.max() - inner.min() < 1e-12


def test_without_a_festival_in_the_table_all_days_go_by_date() -> None:
    february = [day.month == 2 for day in LAST]
    shape = flow_shape(series(np.where(february, 50.0, 100.0)), 2025, festivals={})
    assert shape.factor[45] == pytest.approx(shape.factor[200] / 2)


def test_leap_days_have_a_part() -> None:
    days = pd.date_range("2027-01-01", "2027-12-31")
    for festivals in ({}, SPRING_FESTIVAL):
        shape = flow_shape(pd.Series(1.0, index=days), 2028, festivals)
        np.testing.assert_allclose(shape.factor, np.full(366, 1 / 366))


@pytest.mark.parametrize(
    "last",
    [
        None,
        series(np.zeros(366)),
        series(np.full(366, np.nan)),
        series([np.nan] * 7 + [5.0] * 359),
        series(np.full(366, -3.0)),
    ],
)
def test_without_last_year_the_calendar_stands_in(last: pd.Series[float] | None) -> None:
    path = flow_path(365.0, last, 2025)
    np.testing.assert_allclose(path.daily, 1.0)
    assert not path.shape.seasonal


def test_a_few_missing_days_are_bridged() -> None:
    values = np.full(366, 5.0)
    values[:5] = np.nan
    values[200] = np.inf
    path = flow_path(365.0, series(values), 2025)
    np.testing.assert_allclose(path.daily, 1.0)
    assert path.shape.seasonal


def test_the_index_may_hold_plain_dates() -> None:
    last = pd.Series(3.0, index=[day.date() for day in LAST])
    assert flow_shape(last, 2025).seasonal


def test_a_level_follows_last_years_months() -> None:
    path = level_path(50.0, [8, 9, 10, 10, 10, 10, 10, 10, 10, 10, 12, 10], 2025)
    assert at(path, date(2025, 1, 31)) == pytest.approx(40)
    assert at(path, date(2025, 2, 28)) == pytest.approx(45)
    assert at(path, date(2025, 2, 14)) == pytest.approx(42.5)
    assert at(path, date(2025, 11, 30)) == pytest.approx(60)
    assert at(path, date(2025, 12, 31)) == 50
    assert at(path, date(2025, 1, 1)) == pytest.approx(40)


def test_a_levels_factors_are_clipped() -> None:
    shape = level_shape([1.0, 100.0, *[10.0] * 10], 2025)
    assert (shape.factor.min(), shape.factor.max()) == (0.5, 2.0)


@pytest.mark.parametrize("bad", [None, [math.nan] + [1.0] * 11, [1.0] * 11 + [0.0], [-1.0] * 12])
def test_a_level_without_last_year_is_flat(bad: list[float] | None) -> None:
    path = level_path(50.0, bad, 2024)
    assert set(path.daily.tolist()) == {50.0}
    assert len(path.daily) == 366
    assert not path.shape.seasonal


@settings(deadline=None)
@given(monthly=months, goal=st.floats(0.1, 1e6))
def test_a_level_ends_at_its_goal_and_stays_in_bounds(monthly: list[float], goal: float) -> None:
    path = level_path(goal, monthly, 2025)
    assert at(path, date(2025, 12, 31)) == goal
    assert (path.daily >= goal * 0.5 * (1 - 1e-12)).all()
    assert (path.daily <= goal * 2 * (1 + 1e-12)).all()


@given(
    monthly=st.lists(st.floats(-1e6, 1e6), min_size=13, max_size=13), start=amounts, goal=amounts
)
def test_a_stock_goes_one_way_from_start_to_goal(
    monthly: list[float], start: float, goal: float
) -> None:
    path = stock_path(start, goal, monthly, 2025)
    steps = np.diff(path.shape.factor)
    assert (steps >= -1e-12).all()
    assert path.shape.factor[0] >= 0
    assert at(path, date(2025, 12, 31)) == pytest.approx(goal, rel=1e-9, abs=1e-3)


def test_a_stock_follows_last_years_share_of_growth() -> None:
    balances = [100, 110, 110, 130, *[130] * 8, 200]
    path = stock_path(1000.0, 1500.0, balances, 2025)
    assert at(path, date(2025, 1, 1)) == pytest.approx(1000 + 50 / 31)
    assert at(path, date(2025, 1, 31)) == pytest.approx(1050)
    assert at(path, date(2025, 2, 28)) == pytest.approx(1050)
    assert at(path, date(2025, 3, 31)) == pytest.approx(1150)
    assert at(path, date(2025, 11, 30)) == pytest.approx(1150)


def test_a_fall_within_last_year_holds_the_stock_where_it_was() -> None:
    path = stock_path(0.0, 100.0, [100, 160, 140, *[140] * 9, 200], 2025)
    assert at(path, date(2025, 2, 28)) == pytest.approx(60)
    assert at(path, date(2025, 6, 30)) == pytest.approx(60)


def test_with_twelve_balances_january_grew_like_the_others() -> None:
    path = stock_path(0.0, 120.0, [100.0 + 10 * m for m in range(12)], 2025)
    assert at(path, date(2025, 1, 31)) == pytest.approx(10)


@pytest.mark.parametrize("last", [None, [5.0] * 13, [9.0] * 12 + [3.0], [math.nan] * 13])
def test_a_stock_that_did_not_grow_goes_by_the_calendar(last: list[float] | None) -> None:
    shape = stock_shape(last, 2025)
    np.testing.assert_allclose(shape.factor, np.arange(1, 366) / 365)
    assert not shape.seasonal


def test_a_standard_is_the_same_every_day() -> None:
    path = standard_path(99.99, 2025)
    assert {at(path, date(2025, 1, 1)), at(path, date(2025, 7, 9))} == {99.99}


def test_days_of_another_year_and_sums_of_levels_are_refused() -> None:
    path = flow_path(1.0, None, 2025)
    with pytest.raises(ValueError, match="2024-12-31 is not in the path's year 2025"):
        at(path, date(2024, 12, 31))
    with pytest.raises(ValueError, match="2026"):
        sum_over(path, date(2025, 12, 1), date(2026, 1, 1))
    assert sum_over(path, date(2025, 3, 2), date(2025, 3, 1)) == 0
    with pytest.raises(ValueError, match="level is not summed"):
        sum_over(level_path(1.0, None, 2025), date(2025, 1, 1), date(2025, 1, 2))
    with pytest.raises(ValueError, match="expected 12 monthly values, found 3"):
        level_path(1.0, [1, 2, 3], 2025)
