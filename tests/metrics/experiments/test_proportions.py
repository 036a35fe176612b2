"""Proportions against published tables, statsmodels, scipy and the likelihood itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

from benchmarks.experiments import covered
from metrics.experiments import proportions
from metrics.experiments.effects import effect
from tests.metrics.experiments.arms import SHARE, counted

Data = tuple[int, int, int, int]

# By Newcombe, "Interval estimation for the difference between independent proportions", in
# Statistics in Medicine 17 of 1998: table II, method of Miettinen and Nurminen.
NEWCOMBE: list[tuple[Data, float, float]] = [
    ((56, 70, 48, 80), 0.0528, 0.3382),
    ((9, 10, 3, 10), 0.1700, 0.8406),
    ((6, 7, 2, 7), 0.0342, 0.8534),
    ((5, 56, 0, 29), -0.0326, 0.1933),
    ((0, 10, 0, 20), -0.1658, 0.2844),
    ((0, 10, 0, 10), -0.2879, 0.2879),
    ((10, 10, 0, 20), 0.7156, 1.0),
    ((10, 10, 0, 10), 0.6636, 1.0),
]
CASES: list[Data] = [
    (4, 91, 12, 134), (13, 254, 11, 170), (27126, 29328, 14989, 54131), (20, 200, 31, 210),
    (12341, 42123, 5981, 51616), (32101, 87212, 2865, 45944), (110, 1000, 100, 1000),
]  # fmt: skip


@pytest.mark.parametrize(("data", "low", "high"), NEWCOMBE)
def test_difference_as_published(data: Data, low: float, high: float) -> None:
    found = [round(float(bound), 4) for bound in proportions.difference_interval(*data)]
    assert found == [low, high]


@pytest.mark.parametrize("data", CASES)
@pytest.mark.parametrize("level", [0.05, 0.01])
def test_ratio_as_statsmodels(data: Data, level: float) -> None:
    expected = confint_proportions_2indep(*data, method="score", compare="ratio", alpha=level)
    found = proportions.ratio_interval(*data, level)
    assert [float(each) for each in found] == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("data", CASES)
def test_p_as_statsmodels(data: Data) -> None:
    expected = test_proportions_2indep(*data, method="score", compare="diff")
    found = effect(SHARE, counted("A", *data[2:]), counted("B", *data[:2]))
    if found.method == "score":
        assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-9)


test_proportions_2indep.__test__ = False


@pytest.mark.parametrize("data", CASES)
@pytest.mark.parametrize("delta", [0.01, -0.02, 0.05])
def test_difference_score_by_the_likelihood(data: Data, delta: float) -> None:
    # statsmodels' score for a difference other than 0 puts a count where Miettinen and Nurminen
    # have the number of users, so the likelihood is the reference here.
    x1, n1, x0, n0 = data

    def lost(p: float) -> float:
        q = p + delta
        parts = (
            x1 * np.log(q) + (n1 - x1) * np.log1p(-q) + x0 * np.log(p) + (n0 - x0) * np.log1p(-p)
        )
        return -float(parts)

    ends = (max(0.0, -delta) + 1e-12, min(1.0, 1 - delta) - 1e-12)
    p0 = minimize_scalar(lost, bounds=ends, method="bounded", options={"xatol": 1e-13}).x
    p1, n = p0 + delta, n1 + n0
    variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1)
    expected = (x1 / n1 - x0 / n0 - delta) / variance**0.5
    assert float(proportions.difference_score(*data, delta)) == pytest.approx(expected, rel=1e-6)


def test_bounds_are_where_the_test_stops_rejecting() -> None:
    z = norm.isf(0.025)
    for data in CASES:
        low, high = proportions.difference_interval(*data)
        assert float(proportions.difference_score(*data, low)) == pytest.approx(z, rel=1e-6)
        assert float(proportions.difference_score(*data, high)) == pytest.approx(-z, rel=1e-6)


@pytest.mark.parametrize(
    "data", [(0, 200, 0, 200), (200, 200, 200, 200), (0, 200, 200, 200), (0, 1000, 8, 900)]
)
def test_none_and_all_convert(data: Data) -> None:
    found = effect(SHARE, counted("A", *data[2:]), counted("B", *data[:2]))
    value, low, high = found.difference.value, found.difference.low, found.difference.high
    assert value is not None and low is not None and high is not None
    assert -1 <= low <= value <= high <= 1 and low < high
    assert found.method == "exact" and found.direction == "unknown"
    assert found.lift.value is not None or found.lift.reason is not None


def test_intervals_of_few_cover() -> None:
    # Coverage summed over all pairs of counts, not simulated; without care it falls to 0.918.
    for n, other, rate, times in (
        (200, 200, 0.015, 2.0),
        (54, 1296, 0.0032, 1.65),
        (58, 229, 0.0103, 0.97),
    ):
        assert min(covered(n, rate, times, other)) >= 0.94


def test_intervals_of_ten_conversions_of_two_hundred_cover() -> None:
    for conversions in (10, 25):
        for times in (1.0,):
            assert all(0.94 <= each <= 0.96 for each in covered(200, conversions / 200, times))
