"""Boundaries against published tables, false alarms, and coverage at every look."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from benchmarks.experiments import daily_boundaries, false_alarms
from metrics.experiments import always_valid, sequential
from metrics.experiments.looking import honest_p, look_days, look_level, look_rule
from metrics.experiments.plan import Plan, Policy
from metrics.experiments.timeline import over_time
from tests.metrics.experiments.arms import SHARE, counted

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)


def test_boundaries_as_published() -> None:
    # Reboussin, DeMets, Kim and Lan (2000), Controlled Clinical Trials 21; Lan and DeMets (1983).
    found = sequential.boundaries("obrien_fleming", FIVE)
    assert [round(z, 3) for z in found] == [4.877, 3.357, 2.680, 2.290, 2.031]
    found = sequential.boundaries("pocock", FIVE)
    assert [round(z, 3) for z in found] == [2.438, 2.427, 2.410, 2.397, 2.386]


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040),
     (10, 2.555, 2.087), (20, 2.672, 2.126)],
)  # fmt: skip
def test_crossing_by_the_constants_of_jennison_and_turnbull(
    looks: int, pocock: float, obrien_fleming: float
) -> None:
    # Jennison and Turnbull (2000), tables 2.1 and 2.3, two-sided 0.05; rounded to three digits.
    fractions = tuple((k + 1) / looks for k in range(looks))
    flat = sequential.crossing(fractions, (pocock,) * looks)
    assert sum(flat) == pytest.approx(0.05, abs=1e-4)
    falling = tuple(obrien_fleming / f**0.5 for f in fractions)
    assert sum(sequential.crossing(fractions, falling)) == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("fractions", [(0.3, 0.35, 1.0), (0.5, 0.9, 1.0), (0.1, 0.6)])
def test_unequal_looks_by_the_multivariate_normal(
    spending: sequential.Spending, fractions: tuple[float, ...]
) -> None:
    bounds = np.array(sequential.boundaries(spending, fractions))
    t = np.array(fractions)
    correlation = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    within = multivariate_normal(cov=correlation, seed=1).cdf(bounds, lower_limit=-bounds)
    assert 1 - within == pytest.approx(sequential.spent(spending, fractions[-1]), abs=2e-5)


def test_spending_by_plan_with_other_information() -> None:
    bounds = sequential.boundaries("pocock", (0.5, 1.0), 0.05, (0.8, 1.0))
    first = sequential.spent("pocock", 0.5)
    assert bounds[0] == pytest.approx(norm.isf(first / 2))
    assert sum(sequential.crossing((0.8, 1.0), bounds)) == pytest.approx(0.05, abs=1e-9)
    assert bounds[1] < sequential.boundaries("pocock", (0.5, 1.0))[1]


def test_daily_looks_spend_all_of_the_level() -> None:
    for days in (14, 60):
        fractions = tuple((k + 1) / days for k in range(days))
        bounds = sequential.boundaries("obrien_fleming", fractions)
        assert sum(sequential.crossing(fractions, bounds)) == pytest.approx(0.05, abs=1e-8)
        assert np.all(np.diff(bounds) < 0)


def test_power_of_a_sequential_plan() -> None:
    bounds = sequential.boundaries("pocock", FIVE)
    factor = sequential.inflation("pocock", FIVE)
    drift = float(norm.isf(0.025) + norm.ppf(0.8)) * factor**0.5
    assert sum(sequential.crossing(FIVE, bounds, drift)) == pytest.approx(0.8, abs=1e-8)
    assert 1.2 < factor < 1.25  # Jennison and Turnbull: 1.229 for Pocock's own


def test_confidence_sequence_is_the_mixture_of_robbins() -> None:
    # The mixture likelihood ratio of N(0, rho^2) equals 1 / alpha on the boundary.
    alpha, users, tuned = 0.05, 3000.0, 8000.0
    z = always_valid.boundary(users, alpha, tuned)
    tail = -2 * np.log(alpha)
    m = users * (tail + np.log(1 + tail)) / tuned
    assert np.exp(0.5 * z * z * m / (1 + m)) / np.sqrt(1 + m) == pytest.approx(1 / alpha)
    p = always_valid.always_p(2 * norm.sf(z), users, alpha, tuned)
    assert p == pytest.approx(alpha)


def test_daily_looks_do_not_raise_false_alarms() -> None:
    found = false_alarms(rounds=400, seed=2)
    assert len(found) == 8
    assert min(each["p"] for each in found.values()) > 0.001
    naive = np.full(14, 1.959964)
    fractions = tuple((k + 1) / 14 for k in range(14))
    assert sum(sequential.crossing(fractions, tuple(naive))) > 0.2  # what peeking would give


def test_confidence_sequence_covers_at_every_look() -> None:
    rng = np.random.default_rng(3)
    walks = rng.normal(0.3, 1, (1000, 400)).cumsum(axis=1)
    n = np.arange(1.0, 401)
    z = (walks - 0.3 * n) / np.sqrt(n)
    bounds = np.array([always_valid.boundary(each, 0.05, 200) for each in n])
    assert (np.abs(z) <= bounds).all(axis=1).mean() >= 0.95
    assert (np.abs(z) <= 1.96).all(axis=1).mean() < 0.75
    assert set(daily_boundaries(n[:5])) == {"fixed", "obrien_fleming", "pocock", "always_valid"}


def _plan(policy: Policy) -> Plan:
    return Plan(("A", "B"), (SHARE,), policy=policy, horizon_days=14)


def test_rules_of_looks() -> None:
    assert look_rule(_plan("fixed"), 13, 1000).reason is not None
    assert look_rule(_plan("fixed"), 14, 1000).decides
    assert look_days(_plan("obrien_fleming")) == (3, 6, 9, 12, 14)
    early = look_rule(_plan("obrien_fleming"), 7, 1000)
    assert early.reason is not None and early.reason.get("next") == 9
    late = look_rule(_plan("obrien_fleming"), 20, 1000)
    assert late.decides and late.last and 2.0 < late.boundary < 2.06
    assert look_rule(_plan("always_valid"), 3, 1000).decides


def test_over_time_marks_planned_looks_and_crossings() -> None:
    looks = [
        (day, (counted("A", 40 * day, 400 * day), counted("B", 60 * day, 400 * day)))
        for day in range(1, 15)
    ]
    found = over_time(_plan("obrien_fleming"), SHARE, "B", looks)
    assert [each.day for each in found if each.planned] == [3, 6, 9, 12, 14]
    assert all(each.boundary is None and not each.crossed for each in found if not each.planned)
    assert found[-1].crossed and not found[0].crossed
    widths = [(x.difference.high or 0) - (x.difference.low or 0) for x in found if x.planned]
    assert widths == sorted(widths, reverse=True)
    valid = over_time(_plan("always_valid"), SHARE, "B", looks)
    assert all(each.planned for each in valid)
    assert all(each.crossed == (each.p is not None and each.p <= 0.05) for each in valid)


@pytest.mark.parametrize("policy", ["fixed", "obrien_fleming", "pocock", "always_valid"])
def test_honest_p_is_at_most_alpha_where_the_boundary_is_crossed(policy: Policy) -> None:
    for alpha in (0.05, 0.005):
        for day, taken in ((6, (900,)), (14, (900, 2000, 2600, 3900))):
            level = look_level(_plan(policy), alpha, day, 4500, taken)
            p = honest_p(_plan(policy), level, day, 4500, taken)
            assert p == pytest.approx(alpha, rel=1e-6)
            assert honest_p(_plan(policy), level / 2, day, 4500, taken) < alpha


def test_half_of_the_level_at_every_look_is_more_than_half_over_all() -> None:
    # Why many metrics are corrected by honest p and not by the levels of the looks.
    bounds = sequential.boundaries("pocock", FIVE)
    halved = tuple(float(norm.isf(norm.sf(z) / 2)) for z in bounds)
    assert sum(sequential.crossing(FIVE, halved)) > 0.026
    exact = sequential.boundaries("pocock", FIVE, 0.025)
    assert sum(sequential.crossing(FIVE, exact)) == pytest.approx(0.025, abs=1e-9)
