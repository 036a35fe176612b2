"""Many metrics, Bayes, planning, health: against statsmodels, scipy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import betaln
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from metrics.experiments import bayes, many, power
from metrics.experiments.effects import effect
from metrics.experiments.health import health, ratio_p
from metrics.experiments.plan import Correction, MetricPlan, Plan, Policy
from metrics.experiments.power import Baseline
from metrics.experiments.records import Enrolment
from tests.metrics.experiments.arms import CUPED, MEAN, MEDIAN, RATIO, SHARE, arm, counted, users


@settings(max_examples=5, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_corrections_as_statsmodels(p: list[float]) -> None:
    for name, method in (("holm", "holm"), ("benjamini_hochberg", "fdr_bh")):
        correction: Correction = "holm" if name == "holm" else "benjamini_hochberg"
        assert many.adjusted(p, correction) == pytest.approx(multipletests(p, method=method)[1])


def test_holm_and_benjamini_hochberg_by_hand() -> None:
    # Benjamini and Hochberg (1995), section 3.2: 15 p of a myocardial infarction trial.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
         0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    holm, fdr = many.adjusted(p, "holm"), many.adjusted(p, "benjamini_hochberg")
    assert sum(each is not None and each <= 0.05 for each in holm) == 3
    assert sum(each is not None and each <= 0.05 for each in fdr) == 4
    assert holm[:2] == pytest.approx([0.0015, 0.0056])
    assert fdr[3] == pytest.approx(0.0095 * 15 / 4)
    levels = many.interval_levels(p, "benjamini_hochberg", 0.05)
    assert levels[:4] == pytest.approx([0.05 * 4 / 15] * 4) and levels[4:] == [None] * 11
    assert many.interval_levels([0.5, None], "holm", 0.05) == [0.05, None]


@pytest.mark.parametrize(
    "data", [(120, 1000, 100, 1000), (8, 50, 2, 60), (5100, 10_000, 5000, 10_000)]
)
def test_chance_to_win_by_the_closed_form(data: tuple[int, int, int, int]) -> None:
    # Evan Miller, "Formulas for Bayesian A/B testing" (2014).
    x1, n1, x0, n0 = data
    a1, b1, a0, b0 = 1 + x1, 1 + n1 - x1, 1 + x0, 1 + n0 - x0
    i = np.arange(a1)
    terms = betaln(a0 + i, b0 + b1) - np.log(b1 + i) - betaln(1 + i, b1) - betaln(a0, b0)
    chance, gain, loss = bayes.beta_view(*data)
    assert chance == pytest.approx(float(np.exp(terms).sum()), rel=1e-7)
    assert gain - loss == pytest.approx(a1 / (a1 + b1) - a0 / (a0 + b0), rel=1e-7)


def test_expected_loss_of_a_normal_posterior_by_integration() -> None:
    chance, gain, loss = bayes.normal_view(0.4, 0.7)
    density = stats.norm(0.4, 0.7).pdf
    assert loss == pytest.approx(integrate.quad(lambda d: -d * density(d), -9, 0)[0], rel=1e-7)
    assert gain == pytest.approx(integrate.quad(lambda d: d * density(d), 0, 9)[0], rel=1e-7)
    assert chance == pytest.approx(stats.norm.cdf(0.4 / 0.7))


def test_lower_is_better_turns_the_view() -> None:
    arms = counted("A", 100, 1000), counted("B", 130, 1000)
    up = bayes.bayes(effect(SHARE, *arms), (130, 1000, 100, 1000))
    down_metric = MetricPlan("y", "proportion", ("y",), better="lower")
    down = bayes.bayes(effect(down_metric, *arms), (130, 1000, 100, 1000))
    assert up.chance is not None and down.chance == pytest.approx(1 - up.chance)
    assert (down.loss_ship, down.loss_keep) == (up.loss_keep, up.loss_ship)
    low, high = up.difference.low, up.difference.high
    assert low is not None and high is not None and low < 0.03 < high


@pytest.mark.parametrize(("effect_size", "ratio"), [(2.0, 1.0), (0.5, 1.0), (1.0, 0.25)])
def test_users_for_a_mean_as_statsmodels(effect_size: float, ratio: float) -> None:
    expected = NormalIndPower().solve_power(effect_size / 20, alpha=0.05, power=0.8, ratio=ratio)
    plan = Plan(("A", "B"), (), split=(1.0, ratio))
    found = power.sample_size(Baseline("mean", 50, 20), effect_size, plan)
    assert found.control == int(np.ceil(expected))
    exact = TTestIndPower().solve_power(effect_size / 20, alpha=0.05, power=0.8, ratio=ratio)
    assert found.control is not None and 0 <= exact - found.control + 1 <= 5


@pytest.mark.parametrize(("rate", "change"), [(0.1, 0.02), (0.4, -0.05), (0.02, 0.004)])
def test_users_for_a_proportion_as_statsmodels(rate: float, change: float) -> None:
    expected = samplesize_proportions_2indep_onetail(change, rate, 0.8, 1, 0.05, 0)
    found = power.sample_size(Baseline.proportion(rate), change)
    assert found.control == pytest.approx(expected, abs=1.0)
    assert found.control is not None
    reached = power.power(Baseline.proportion(rate), change, found.control)
    assert reached == pytest.approx(0.8, abs=1e-3)


def test_users_for_non_inferiority_as_published() -> None:
    # Chow, Shao and Wang (2008), 4.2.3: response 65 % and 85 %, margin 10 points, one-sided 0.05,
    # power 0.8: 25 users an arm.
    plan = Plan(("A", "B"), (), alpha=0.1)
    share = Baseline("mean", 0.65, ((0.65 * 0.35 + 0.85 * 0.15) / 2) ** 0.5)
    assert power.sample_size(share, 0.20, plan, margin=0.10).control == 25
    same = power.sample_size(Baseline("mean", 50, 20), 0.0, None, margin=2.0).control
    assert same == int(
        np.ceil(2 * (20 / 2) ** 2 * (stats.norm.isf(0.025) + stats.norm.ppf(0.8)) ** 2)
    )
    assert power.power(Baseline("mean", 50, 20), 0.0, 1570, None, 2.0) == pytest.approx(
        0.8, abs=1e-3
    )


@pytest.mark.parametrize("policy", ["fixed", "obrien_fleming", "pocock", "always_valid"])
def test_detectable_effect_needs_the_users_it_was_found_with(policy: Policy) -> None:
    plan = Plan(("A", "B", "C"), (), policy=policy, split=(2.0, 1.0, 1.0))
    for base in (Baseline("mean", 50, 20, saved=0.3), Baseline.proportion(0.1)):
        found = power.detectable(base, 5000, plan)
        assert found is not None
        assert power.sample_size(base, found, plan).control == pytest.approx(5000, abs=1)
    assert (power.cost_of_looking(plan) > 1) == (policy != "fixed")


@pytest.mark.parametrize("metric", [MEAN, RATIO, MEDIAN, CUPED])
def test_baseline_of_every_kind_gives_the_error_of_the_experiment(metric: MetricPlan) -> None:
    control, treatment = arm("A", **users(1, 4000)), arm("B", **users(2, 4000))
    base = Baseline.of(metric, control)
    assert isinstance(base, Baseline)
    error = base.deviation * (2 * (1 - base.saved) / 4000) ** 0.5
    assert effect(metric, control, treatment).error == pytest.approx(error, rel=0.08)


def test_planning_without_sense_says_so() -> None:
    assert power.sample_size(Baseline("mean", 1, 0), 1).reason is not None
    assert power.sample_size(Baseline("mean", 1, 2), 0).reason is not None
    assert power.sample_size(Baseline.proportion(0.9), 0.2).reason is not None
    assert power.detectable(Baseline.proportion(0.5), 3) is None
    assert power.duration(100, 0) is None and power.duration(1400, 100) == 14


def test_a_sample_ratio_of_52_to_48_is_invalid() -> None:
    assert ratio_p([44_700, 45_489], [1, 1]) == pytest.approx(0.0086, abs=5e-5)
    plan = Plan(("A", "B"), (SHARE,))
    arms = [counted("A", 2400, 24_000), counted("B", 2600, 26_000)]
    found = health(plan, arms, Enrolment(14))
    assert found.state == "invalid" and found.problems[0].kind == "sample_ratio_broken"
    assert [each.expected for each in found.arms] == [25_000, 25_000]


@pytest.mark.parametrize(
    ("enrolment", "state", "kind"),
    [
        (Enrolment(14), "good", None),
        (Enrolment(3), "warned", "less_than_a_week"),
        (Enrolment(14, crossed=20), "warned", "users_in_two_arms"),
        (Enrolment(14, crossed=200), "invalid", "users_in_two_arms"),
        (Enrolment(14, duplicated=1), "warned", "duplicated_users"),
        (Enrolment(14, late=30), "warned", "outcome_before_exposure"),
        (Enrolment(14, unplanned=(("C", 9),)), "warned", "unplanned_arm"),
    ],
)
def test_health_of_the_enrolment(enrolment: Enrolment, state: str, kind: str | None) -> None:
    arms = [counted("A", 100, 1000), counted("B", 100, 1000)]
    found = health(Plan(("A", "B"), (SHARE,)), arms, enrolment)
    assert found.state == state
    assert [each.kind for each in (*found.problems, *found.warnings)] == ([kind] if kind else [])
