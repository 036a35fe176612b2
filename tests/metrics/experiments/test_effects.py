"""Means, ratios, quantiles and CUPED against scipy, statsmodels and numpy."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from metrics.experiments import normal, quantiles
from metrics.experiments.effects import effect
from metrics.experiments.moments import ArmData, Counted, Moments
from metrics.experiments.noninferiority import guardrail
from metrics.experiments.pairs import Pair
from metrics.experiments.plan import Limits, Margin, MetricPlan
from metrics.experiments.ratio import known
from tests.metrics.experiments.arms import CUPED, MEAN, MEDIAN, RATIO, SHARE, arm, counted, users

SIZES = [(300, 300, 1.0), (250, 4000, 1.05), (2000, 900, 0.97), (5000, 5000, 1.02)]


@pytest.mark.parametrize(("n0", "n1", "scale"), SIZES)
def test_mean_is_welch_of_scipy(n0: int, n1: int, scale: float) -> None:
    a, b = users(1, n0), users(2, n1, scale)
    found = effect(MEAN, arm("A", **a), arm("B", **b))
    expected = stats.ttest_ind(b["v"], a["v"], equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.df == pytest.approx(expected.df, rel=1e-9)
    ends = (found.difference.low, found.difference.high)
    assert ends == pytest.approx((interval.low, interval.high), rel=1e-9)


@pytest.mark.parametrize(("n0", "n1", "scale"), SIZES)
def test_lift_is_what_the_test_does_not_reject(n0: int, n1: int, scale: float) -> None:
    a, b = users(3, n0), users(4, n1, scale)
    found = effect(MEAN, arm("A", **a), arm("B", **b))
    df = stats.ttest_ind(b["v"], a["v"], equal_var=False).df
    for end in (found.lift.low, found.lift.high):
        assert end is not None
        off = b["v"].mean() - (1 + end) * a["v"].mean()
        error = (b["v"].var(ddof=1) / n1 + (1 + end) ** 2 * a["v"].var(ddof=1) / n0) ** 0.5
        assert abs(off / error) == pytest.approx(stats.t.isf(0.025, df), rel=1e-8)


def test_lift_is_the_delta_method_for_many_users() -> None:
    a, b = users(5, 400_000), users(6, 400_000, 1.03)
    found = effect(MEAN, arm("A", **a), arm("B", **b))
    parts = [x["v"].var(ddof=1) / len(x["v"]) / x["v"].mean() ** 2 for x in (a, b)]
    ratio = b["v"].mean() / a["v"].mean()
    half = 1.959964 * ratio * sum(parts) ** 0.5
    assert (found.lift.low, found.lift.high) == pytest.approx(
        (ratio - 1 - half, ratio - 1 + half), abs=2e-5
    )


@pytest.mark.parametrize(("n0", "n1", "scale"), SIZES)
def test_ratio_is_the_cluster_robust_regression_of_statsmodels(
    n0: int, n1: int, scale: float
) -> None:
    a, b = users(7, n0), users(8, n1, scale)
    found = effect(RATIO, arm("A", **a), arm("B", **b))
    values, errors = [], []
    for each in (a, b):
        n = len(each["v"])
        fit = sm.WLS(each["v"] / each["d"], np.ones(n), weights=each["d"]).fit(cov_type="HC0")
        values.append(fit.params[0])
        errors.append(fit.bse[0] * (n / (n - 1)) ** 0.5)
    assert found.difference.value == pytest.approx(values[1] - values[0], rel=1e-9)
    assert found.error == pytest.approx(np.hypot(*errors), rel=1e-9)


@pytest.mark.parametrize(("n0", "n1", "scale"), SIZES)
def test_cuped_is_the_analysis_of_covariance(n0: int, n1: int, scale: float) -> None:
    a, b = users(9, n0), users(10, n1, scale)
    found = effect(CUPED, arm("A", **a), arm("B", **b))
    value = np.concatenate([a["v"], b["v"]])
    treated = np.repeat([0.0, 1.0], [n0, n1])
    before = np.concatenate([a["c"], b["c"]])
    fit = sm.OLS(value, sm.add_constant(np.column_stack([treated, before]))).fit()
    assert found.difference.value == pytest.approx(fit.params[1], rel=1e-8)
    left = [x["v"] - fit.params[2] * x["c"] for x in (a, b)]
    plain = stats.ttest_ind(left[1], left[0], equal_var=False)
    assert found.error == pytest.approx(np.hypot(*(stats.sem(x) for x in left)), rel=1e-8)
    assert found.statistic == pytest.approx(fit.params[1] / found.error, rel=1e-8)
    assert plain.df == pytest.approx(found.df, rel=0.01)
    assert found.unadjusted is not None and found.saved is not None and found.saved > 0.3


def test_cuped_with_new_users_is_the_regression_with_a_flag() -> None:
    parts = []
    for seed in (11, 12):
        each = users(seed, 800)
        each["c"][:200] = np.nan
        value, flag = known(each["c"])
        parts.append({"v": each["v"], "c": value, "known": flag})
    metric = MetricPlan("v", "mean", ("v",), covariates=("c", "known"))
    found = effect(metric, arm("A", **parts[0]), arm("B", **parts[1]))
    both = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    treated = np.repeat([0.0, 1.0], 800)
    design = sm.add_constant(np.column_stack([treated, both["c"], both["known"]]))
    assert found.difference.value == pytest.approx(
        sm.OLS(both["v"], design).fit().params[1], rel=1e-8
    )


def test_cuped_uses_all_arms_for_theta() -> None:
    arms = [arm(name, **users(seed, 500)) for name, seed in (("A", 13), ("B", 14), ("C", 15))]
    raw = [users(seed, 500) for seed in (13, 14, 15)]
    value, before = (np.concatenate([x[name] for x in raw]) for name in ("v", "c"))
    design = np.column_stack([np.repeat(np.eye(3), 500, axis=0), before])
    fit = sm.OLS(value, design).fit()
    found = effect(CUPED, arms[0], arms[1], everyone=arms)
    assert found.difference.value == pytest.approx(fit.params[1] - fit.params[0], rel=1e-8)


def test_a_covariate_halves_the_variance_at_a_correlation_of_seven_tenths() -> None:
    rng = np.random.default_rng(16)
    parts = []
    for _ in "AB":
        before = rng.normal(0, 1, 50_000)
        parts.append({"v": 0.7 * before + 0.51**0.5 * rng.normal(0, 1, 50_000), "c": before})
    found = effect(CUPED, arm("A", **parts[0]), arm("B", **parts[1]))
    assert found.saved == pytest.approx(0.49, abs=0.01)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_quantile_is_that_of_numpy(share: float) -> None:
    values = np.round(users(17, 1501)["v"])
    data = Counted.of(values)
    assert quantiles.quantile(data, share) == np.quantile(values, share)
    step = 1.3 * (share * (1 - share) / 1501) ** 0.5
    low, high = max(share - step, 0), min(share + step, 1)
    wide = np.quantile(values, high) - np.quantile(values, low)
    expected = wide * step / (high - low) / 1.3
    assert quantiles.measured(data, share).variance ** 0.5 == pytest.approx(expected, rel=1e-9)


def test_order_statistics_cover_by_the_binomial() -> None:
    found = quantiles.order_interval(Counted.of(range(1, 301)), 0.9)
    low, high = int(found.low or 0), int(found.high or 0)
    covered = stats.binom.cdf(high - 1, 300, 0.9) - stats.binom.cdf(low - 1, 300, 0.9)
    assert 0.95 <= covered <= 0.97


def test_bootstrap_of_ranks_is_the_bootstrap_of_users() -> None:
    a, b = (np.sort(users(seed, 400)["v"]) for seed in (18, 19))
    found = quantiles.bootstrap_difference(Counted.of(b), Counted.of(a), 0.5)
    rng = np.random.default_rng(0)
    draws = [
        np.median(rng.choice(b, (4000, 400)), axis=1)
        - np.median(rng.choice(a, (4000, 400)), axis=1)
    ]
    expected = np.quantile(draws, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx(expected, abs=1.5)


def test_quantiles_of_two_arms_are_compared() -> None:
    a, b = users(20, 3000), users(21, 3000, 1.3)
    found = effect(MEDIAN, arm("A", **a), arm("B", **b))
    assert found.difference.value == np.median(b["v"]) - np.median(a["v"])
    assert found.p is not None and found.p < 1e-6


@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("size", [0.01, 0.05, 0.3])
def test_a_guardrail_of_a_mean_is_the_shifted_welch_test(
    better: str, relative: bool, size: float
) -> None:
    a, b = users(22, 900), users(23, 1100, 1.02)
    margin = Margin(size if relative else size * 100, relative)
    metric = MetricPlan(
        "v", "mean", ("v",), "guardrail", "higher" if better == "higher" else "lower", margin
    )
    control, treatment = arm("A", **a), arm("B", **b)
    pair = Pair(metric, control, treatment, (control, treatment), Limits())
    found = guardrail(pair, effect(metric, control, treatment))
    sign = 1 if better == "higher" else -1
    kept = (1 - sign * size) * a["v"] if relative else a["v"] - sign * size * 100
    error = np.hypot(stats.sem(b["v"]), stats.sem(kept))
    df = stats.ttest_ind(b["v"], a["v"], equal_var=False).df
    p = float(stats.t.sf(sign * (b["v"].mean() - kept.mean()) / error, df))
    assert found.p == pytest.approx(p, rel=1e-6, abs=1e-12)
    state = "passed" if p <= 0.025 else "breached" if p >= 0.975 else "not_shown"
    assert found.state == state


@pytest.mark.parametrize(
    ("treated", "margin", "state"),
    [
        (500, 0.02, "passed"),
        (430, 0.02, "not_shown"),
        (330, 0.02, "breached"),
        (500, 0.0, "not_shown"),
    ],
)
def test_a_guardrail_of_a_proportion(treated: int, margin: float, state: str) -> None:
    metric = MetricPlan("y", "proportion", ("y",), "guardrail", "higher", Margin(margin, False))
    arms = counted("A", 500, 5000), counted("B", treated, 5000)
    found = guardrail(Pair(metric, *arms, arms, Limits()), effect(metric, *arms))
    assert found.state == state
    assert found.limit == -margin


def test_money_keeps_its_digits() -> None:
    rng = np.random.default_rng(24)
    noise = rng.normal(0, 1, (2, 2000))
    near = effect(MEAN, arm("A", v=noise[0]), arm("B", v=noise[1]))
    far = effect(MEAN, arm("A", v=noise[0] + 1e9), arm("B", v=noise[1] + 1e9))
    assert far.p == pytest.approx(near.p, rel=1e-5)


def test_shifted_sums_of_a_warehouse_are_the_moments() -> None:
    columns = users(25, 700)
    whole = Moments.of(columns)
    shifts = np.array([70.0, 4.0, 100.0])
    rows = np.stack(list(columns.values())) - shifts[:, None]
    found = Moments.of_shifted(
        tuple(columns), 700, shifts, rows.sum(axis=1), rows @ rows.T, [700] * 3, whole.lowest
    )
    assert found.products == pytest.approx(whole.products, rel=1e-9)
    assert normal.degrees(normal.Measured(1, 0, 3), normal.Measured(1, 0, 3)) == np.inf
    assert ArmData("A", 700, found).moments.total("v") == pytest.approx(columns["v"].sum())


def test_counts_and_rows_say_the_same() -> None:
    rows = arm("A", y=[1] * 40 + [0] * 460), arm("B", y=[1] * 60 + [0] * 440)
    assert effect(SHARE, *rows) == effect(SHARE, counted("A", 40, 500), counted("B", 60, 500))


@pytest.mark.parametrize(("n", "answered"), [(1500, True), (1501, False)])
def test_amounts_of_few_in_arms_of_unlike_size_are_not_enough_data(n: int, answered: bool) -> None:
    amounts = [np.where(np.arange(size) < 60, 50.0 + np.arange(size), 0.0) for size in (500, n)]
    found = effect(MEAN, arm("A", v=amounts[0]), arm("B", v=amounts[1]))
    assert (found.p is not None) == (found.difference.low is not None) == answered
    if not answered:
        assert found.difference.reason is not None
        assert found.difference.reason.get("needed") == 100
