"""Targets of a period: the path's sum of a flow, the path's value of anything else."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.targets.paths import (
    at,
    flow_path,
    flow_shape,
    level_path,
    level_shape,
    standard_shape,
    stock_path,
    stock_shape,
    sum_over,
)
from metrics.targets.periods import completion, targets_for_period, year_passed
from metrics.targets.reasons import Reason
from metrics.targets.sharing import PartFacts, WholeGoal, part_goals

DAYS = pd.date_range("2024-01-01", "2024-12-31")
FLOW = pd.Series(np.random.default_rng(3).exponential(10, 366), index=DAYS)
MONTHS = [8.0, 9, 7, 8, 9, 10, 11, 12, 9, 10, 11, 10]
QUARTER = date(2025, 1, 1), date(2025, 3, 31)


def test_each_kind_reads_its_path() -> None:
    flow = targets_for_period(flow_shape(FLOW, 2025), [70.0], [100.0], *QUARTER)
    path = flow_path(100.0, FLOW, 2025)
    assert flow.target[0] == pytest.approx(sum_over(path, *QUARTER))
    assert flow.base[0] == pytest.approx(0.7 * flow.target[0])
    level = targets_for_period(level_shape(MONTHS, 2025), 5.0, 6.0, *QUARTER)
    assert level.target == pytest.approx(at(level_path(6.0, MONTHS, 2025), QUARTER[1]))
    assert level.target == pytest.approx(6.0 * 7 / 10)
    standard = targets_for_period(standard_shape(2025), 85.0, 98.0, *QUARTER)
    assert [standard.base.item(), standard.target.item()] == [85.0, 98.0]


def test_a_stock_goes_from_its_start_and_a_base_at_the_start_stays_there() -> None:
    balances = [100, *range(101, 113)]
    shape = stock_shape(balances, 2025)
    found = targets_for_period(shape, [1000.0], [1200.0], *QUARTER, start=[1000.0])
    assert found.target[0] == pytest.approx(
        at(stock_path(1000.0, 1200.0, balances, 2025), QUARTER[1])
    )
    assert found.target[0] == pytest.approx(1050)
    assert found.base[0] == pytest.approx(1000)
    with pytest.raises(ValueError, match="value at the year's start"):
        targets_for_period(shape, [1.0], [2.0], *QUARTER)


def test_an_open_period_asks_only_for_the_days_that_have_passed() -> None:
    shape = flow_shape(None, 2025)
    half = targets_for_period(shape, 0.0, 365.0, date(2025, 6, 1), date(2025, 6, 15))
    assert half.target == pytest.approx(15)
    for none in (None, date(2025, 5, 31)):
        found = targets_for_period(shape, [0.0], [365.0], date(2025, 6, 1), none)
        assert np.isnan(found.target).all()
        assert found.reason.tolist() == [Reason.NOT_STARTED]


def test_missing_goals_stay_missing_with_the_reason() -> None:
    nan = np.nan
    found = targets_for_period(standard_shape(2025), [1, nan, 1], [2, 2, nan], *QUARTER)
    assert found.reason.tolist() == [Reason.OK, Reason.NO_BASE, Reason.NO_TARGET]


def test_a_period_across_the_new_year_is_refused() -> None:
    with pytest.raises(ValueError, match="2024-12-20 is not in the path's year"):
        targets_for_period(flow_shape(FLOW, 2025), 1, 2, date(2024, 12, 20), date(2025, 1, 5))
    level = level_shape(MONTHS, 2025)
    assert targets_for_period(level, 1, 2, date(2024, 12, 20), date(2025, 1, 5)).target > 0


@settings(deadline=None, max_examples=40)
@given(
    last_year=st.lists(st.floats(1, 1e6), min_size=2, max_size=30),
    goal=st.floats(1, 1e9),
    day=st.integers(1, 365),
)
def test_parts_of_a_divided_goal_add_up_in_every_period(
    last_year: list[float], goal: float, day: int
) -> None:
    none = np.full(len(last_year), np.nan)
    parts = part_goals(
        "divided", WholeGoal(goal / 2, goal), PartFacts(np.array(last_year), none, none, none)
    )
    period = date(2025, 1, 1), date(2025, 1, 1) + pd.Timedelta(days=day - 1)
    shape = flow_shape(FLOW, 2025)
    whole = targets_for_period(shape, goal / 2, goal, *period)
    split = targets_for_period(shape, parts.base, parts.target, *period)
    assert split.target.sum() == pytest.approx(float(whole.target), rel=1e-9)
    assert split.base.sum() == pytest.approx(float(whole.base), rel=1e-9)


@settings(deadline=None, max_examples=50)
@given(cut=st.integers(1, 364))
def test_two_halves_of_a_year_ask_for_the_whole_goal(cut: int) -> None:
    shape, first = flow_shape(FLOW, 2025), date(2025, 1, 1)
    middle = first + pd.Timedelta(days=cut)
    one = targets_for_period(shape, 0.0, 850.0, first, middle - pd.Timedelta(days=1))
    two = targets_for_period(shape, 0.0, 850.0, middle, date(2025, 12, 31))
    assert float(one.target + two.target) == pytest.approx(850, rel=1e-12)


def test_completion_and_the_share_of_the_year() -> None:
    assert completion(30.0, 120.0) == 25
    assert completion(150.0, 120.0) == 125
    for none in ((None, 1.0), (1.0, None), (1.0, 0.0), (float("nan"), 1.0)):
        assert completion(*none) is None
    assert year_passed(date(2025, 12, 31)) == 100
    assert year_passed(date(2024, 7, 1)) == pytest.approx(100 * 183 / 366)
