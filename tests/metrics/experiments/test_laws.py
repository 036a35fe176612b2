"""Laws: parts add up, swapping arms flips signs, scaling scales, p is uniform without effect."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from metrics.experiments.effects import effect
from metrics.experiments.moments import Counted, Moments
from metrics.experiments.plan import MetricPlan
from metrics.experiments.records import Effect, Estimate
from tests.metrics.experiments.arms import CUPED, MEAN, MEDIAN, RATIO, SHARE, arm, counted, users

SEEDS = st.integers(0, 10_000)
SCALES = st.sampled_from([0.001, 0.5, 7.0, 1e6])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e3, 1e3)), max_size=60),
    st.lists(st.integers(0, 60), max_size=3),
)
def test_parts_add_up(rows: list[tuple[float, float]], cuts: list[int]) -> None:
    table = np.array(rows, dtype=float).reshape(-1, 2)
    edges = [0, *sorted(min(cut, len(table)) for cut in cuts), len(table)]
    whole = Moments.of({"x": table[:, 0], "y": table[:, 1]})
    added, values = Moments.empty(("x", "y")), Counted.of([])
    for start, end in itertools.pairwise(edges):
        part = table[start:end]
        added = added + Moments.of({"x": part[:, 0], "y": part[:, 1]})
        values = values + Counted.of(part[:, 1])
    assert (added.n, values.n) == (whole.n, len(table))
    assert added.nonzero.tolist() == whole.nonzero.tolist()
    size = np.abs(table).max(axis=0, initial=1.0)
    assert np.allclose(added.means, whole.means, rtol=1e-9, atol=1e-12 * size.max())
    room = 1e-9 * np.outer(size, size) * max(len(table), 1)
    assert (np.abs(added.products - whole.products) <= room).all()
    assert values.values.tolist() == Counted.of(table[:, 1]).values.tolist()


def ends(part: Estimate) -> tuple[float, float]:
    assert part.low is not None and part.high is not None
    return part.low, part.high


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from([MEAN, RATIO, MEDIAN, CUPED]))
def test_swapping_arms_flips_signs(seed: int, metric: MetricPlan) -> None:
    a, b = arm("A", **users(seed, 300)), arm("B", **users(seed + 1, 400, 1.1))
    one, two = effect(metric, a, b), effect(metric, b, a)
    _flipped(one, two)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 300), st.integers(0, 500))
def test_swapping_counts_flips_signs(x0: int, x1: int) -> None:
    a, b = counted("A", x0, 300), counted("B", x1, 500)
    _flipped(effect(SHARE, a, b), effect(SHARE, b, a))


def _flipped(one: Effect, two: Effect) -> None:
    low, high = ends(one.difference)
    assert ends(two.difference) == pytest.approx((-high, -low), rel=1e-6, abs=1e-9)
    assert one.p == pytest.approx(two.p, rel=1e-6, abs=1e-12)
    if one.lift.value is not None and two.lift.value is not None:
        assert (1 + one.lift.value) * (1 + two.lift.value) == pytest.approx(1, abs=1e-6) or (
            one.lift.value == -1 or two.lift.value == -1
        )


@settings(max_examples=20, deadline=None)
@given(SEEDS, SCALES, st.sampled_from([MEAN, RATIO, MEDIAN, CUPED]))
def test_scaling_a_metric_scales_its_effect(seed: int, scale: float, metric: MetricPlan) -> None:
    parts = [users(seed, 300), users(seed + 1, 300, 1.05)]
    plain = effect(metric, arm("A", **parts[0]), arm("B", **parts[1]))
    for each in parts:
        each["v"] = each["v"] * scale
    scaled = effect(metric, arm("A", **parts[0]), arm("B", **parts[1]))
    assert ends(scaled.difference) == pytest.approx(
        [scale * end for end in ends(plain.difference)], rel=1e-6
    )
    assert ends(scaled.lift) == pytest.approx(ends(plain.lift), rel=1e-6)
    assert scaled.p == pytest.approx(plain.p, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([MEAN, RATIO, CUPED]))
def test_p_and_both_intervals_agree(seed: int, metric: MetricPlan) -> None:
    found = effect(metric, arm("A", **users(seed, 250)), arm("B", **users(seed + 7, 350, 1.08)))
    assert found.p is not None
    for part in (found.difference, found.lift):
        low, high = ends(part)
        assert (found.p < 0.05) == (not low <= 0 <= high)


@settings(max_examples=30, deadline=None)
@given(st.integers(10, 190), st.integers(10, 390))
def test_p_and_both_intervals_of_a_proportion_agree(x0: int, x1: int) -> None:
    found = effect(SHARE, counted("A", x0, 200), counted("B", x1, 400))
    assert found.p is not None
    for part in (found.difference, found.lift):
        low, high = ends(part)
        assert (found.p < 0.05) == (not low <= 0 <= high)


@pytest.mark.parametrize("metric", [MEAN, RATIO, MEDIAN, CUPED], ids=lambda m: m.kind)
def test_p_is_uniform_without_effect(metric: MetricPlan) -> None:
    p = [
        effect(metric, arm("A", **users(seed, 400)), arm("B", **users(seed + 5000, 400))).p
        for seed in range(300)
    ]
    assert kstest([each for each in p if each is not None], "uniform").pvalue > 0.001
    assert None not in p
