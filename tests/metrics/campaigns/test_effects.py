"""Effects against other software, by hand, and where there is none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from data.campaigns.arms import ArmTotals
from data.campaigns.money import MonthSpend
from metrics.campaigns.differences import (
    Cell,
    cells_of_members,
    difference_in_differences,
)
from metrics.campaigns.effects import income_effect, paying_effect, return_on_spend
from metrics.campaigns.money import PLANNED_SHARES, budget
from metrics.campaigns.staged import Count, staged_cells


def totals(arm: str, income: np.ndarray, payers: int = 0, group: str = "") -> ArmTotals:
    """An arm's totals; income by member and span (n, 3)."""
    sums, squares = income.sum(axis=0), (income**2).sum(axis=0)
    return ArmTotals("K", arm, group, len(income), tuple(sums), tuple(squares), payers)


def test_welch_as_scipy_has_it() -> None:
    rng = np.random.default_rng(3)
    treated, holdout = rng.gamma(0.5, 8, (90, 3)), rng.gamma(0.5, 5, (31, 3))
    found = income_effect([totals("treated", treated), totals("holdout", holdout)])
    other = stats.ttest_ind(treated[:, 0], holdout[:, 0], equal_var=False)
    interval = other.confidence_interval(0.95)
    assert found.value == pytest.approx(treated[:, 0].mean() - holdout[:, 0].mean())
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p == pytest.approx(other.pvalue)


def test_newcombe_as_published() -> None:
    """Newcombe 1998, table II, method 10: 56/70 less 48/80 is 0.2 (0.0524 to 0.3339)."""
    treated = ArmTotals("K", "treated", "", 70, (0, 0, 0), (0, 0, 0), 56)
    holdout = ArmTotals("K", "holdout", "", 80, (0, 0, 0), (0, 0, 0), 48)
    found = paying_effect([treated, holdout])
    assert found.value == pytest.approx(20.0)
    assert (found.low, found.high) == pytest.approx((5.24, 33.39), abs=0.005)


def test_no_effect_without_two_groups_or_money() -> None:
    some = np.ones((20, 3))
    assert income_effect([totals("treated", some)]).why == "no_holdout"
    few = [totals("treated", some), totals("holdout", some[:3])]
    assert income_effect(few).why == "few_members"
    flat = income_effect([totals("treated", some), totals("holdout", some)])
    assert (flat.value, flat.low, flat.high, flat.clear) == (0.0, 0.0, 0.0, 0)
    assert return_on_spend(flat, 0.0).why == "no_spend"


def members(seed: int, effect: float, clusters: int = 12) -> pd.DataFrame:
    """Users by branch and arm over three spans, with a planted effect after assignment."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(400):
        branch, treated = user % clusters, user % 5 != 0
        own = rng.normal(10, 3) + branch / 4
        for period in (-2, -1, 0):
            value = own + period + rng.normal(0, 1) + effect * (treated and period == 0)
            rows.append((user, f"b{branch}", treated, period, value))
    return pd.DataFrame(rows, columns=["user", "branch", "treated", "period", "y"])


def test_difference_in_differences_as_a_regression_on_users() -> None:
    """Cells of branch and arm give what statsmodels gives on all users with all dummies."""
    frame = members(5, 2.0)
    found = difference_in_differences(_cells(frame))
    frame["did"] = (frame["treated"] & (frame["period"] == 0)).astype(float)
    frame["group"] = frame["branch"] + frame["treated"].astype(str)
    fit = smf.ols("y ~ did + C(group) + C(period)", frame).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(frame["branch"])[0], "use_correction": False},
    )
    assert found.effect is not None
    assert found.effect.value == pytest.approx(fit.params["did"])
    reach = stats.t.ppf(0.975, 11) * fit.bse["did"] * np.sqrt(12 / 11)
    assert found.effect.high - found.effect.value == pytest.approx(reach)
    assert found.effect.low < 2.0 < found.effect.high
    assert found.placebo is not None
    assert found.placebo.low < 0 < found.placebo.high
    assert found.parallel


def _cells(frame: pd.DataFrame) -> list[Cell]:
    means = frame.groupby(["branch", "treated", "period"])["y"].agg(["mean", "size"]).reset_index()
    return [
        Cell(str(branch), bool(treated), int(period), float(size), float(mean))
        for branch, treated, period, mean, size in means.itertuples(index=False, name=None)
    ]


def test_trends_that_differ_are_told() -> None:
    frame = members(6, 0.0)
    frame["y"] += frame["treated"] * frame["period"] * 3.0
    found = difference_in_differences(_cells(frame))
    assert found.parallel is False
    assert found.placebo is not None
    assert found.placebo.low > 0


def test_members_become_cells_of_three_spans() -> None:
    income = np.array([[3.0, 1.0, 2.0], [5.0, 1.0, 0.0]])
    cells = cells_of_members([totals("treated", income, group="B1")])
    assert {cell.period: cell.mean for cell in cells} == {0: 4.0, -1: 1.0, -2: 1.0}
    assert difference_in_differences(cells).why == "no_control"


def test_stages_are_held_against_branches_that_wait() -> None:
    months = range(24312, 24324)  # the twelve months of 2026
    counts = [
        Count(branch, month, 30.0 if branch in ("a", "b") and month >= start else 20.0, 100.0)
        for branch, start in (("a", 24315), ("b", 24319), ("c", 99999))
        for month in months
    ]
    started = {"a": date(2026, 4, 1), "b": date(2026, 7, 15)}
    cells = staged_cells(counts, started, before=3, after=3)
    first = {cell.cluster for cell in cells if cell.stack == "@24315"}
    assert first == {"a", "b", "c"}  # b still waits
    second = [cell for cell in cells if cell.stack == "@24319"]
    assert {cell.cluster for cell in second if not cell.treated} == {"c"}  # a is treated already
    assert all(cell.period != -1 for cell in second)  # July, in which it arrived on the 15th


amounts = st.lists(
    st.builds(
        MonthSpend,
        st.sampled_from([date(2026, month, 28) for month in range(1, 13)]),
        st.sampled_from([*PLANNED_SHARES, "reserve"]),
        st.floats(0, 1e6),
        st.floats(0, 1e6),
    ),
    max_size=30,
)


@given(amounts)
def test_budgets_add_up(rows: list[MonthSpend]) -> None:
    found = budget(rows, 2026, date(2026, 12, 28))
    assert found.spent_cny == pytest.approx(sum(row.spent_cny for row in rows))
    parts = [one.spent_cny for one in found.categories]
    assert sum(parts) + found.reserve_cny == pytest.approx(found.spent_cny)
    shares = [one.share for one in found.categories if one.share is not None]
    assert not shares or sum(shares) == pytest.approx(100)
    assert sum(spent for _d, _p, spent in found.months) == pytest.approx(found.spent_cny)


def test_forecast_of_a_steady_year() -> None:
    rows = [MonthSpend(date(2026, m, 28), "technology", 100.0, 100.0) for m in range(1, 7)]
    found = budget(rows, 2026, date(2026, 6, 28))
    assert found.forecast == pytest.approx((1200.0, 1200.0, 1200.0))
    assert budget(rows[:2], 2026, date(2026, 2, 28)).forecast is None
