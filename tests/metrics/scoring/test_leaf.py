"""Scores of leaves: the rules of the specification by hand, and laws for any numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.scoring.leaf import Curve, leaf_score, leaf_scores, needs_review

NAN = float("nan")
DWELL = Curve("band", "band", 120, band=(6, 9), outer=(4, 11))

sane = st.floats(-1e6, 1e6, allow_nan=False)
curves = st.sampled_from(
    [
        Curve("up", cap=120),
        Curve("down", cap=100),
        Curve("down", cap=110),
        Curve("up", "downtime", 100),
        Curve("down", "step", 100),
        DWELL,
    ]
)


def one(value: float, base: float, target: float, curve: Curve) -> float:
    return float(leaf_score(value, base, target, curve))


@pytest.mark.parametrize(
    ("value", "base", "target", "curve", "expected"),
    [
        (27.8, 27.8, 48.0, Curve("up"), 60),
        (48.0, 27.8, 48.0, Curve("up"), 100),
        (37.9, 27.8, 48.0, Curve("up"), 80),
        (58.1, 27.8, 48.0, Curve("up"), 120),
        (500.0, 27.8, 48.0, Curve("up"), 120),
        (-2.5, 27.8, 48.0, Curve("up"), 0),
        (18.0, 27.8, 48.0, Curve("up"), 60 - 40 * 9.8 / 20.2),
        (18.0, 18.0, 12.0, Curve("down"), 60),
        (12.0, 18.0, 12.0, Curve("down"), 100),
        (9.0, 18.0, 12.0, Curve("down"), 120),
        (9.0, 18.0, 12.0, Curve("down", cap=110), 110),
        (9.0, 18.0, 12.0, Curve("down", cap=100), 100),
        (27.0, 18.0, 12.0, Curve("down"), 0),
        (6.0, 4.0, 6.0, DWELL, 100),
        (7.5, 4.0, 6.0, DWELL, 100),
        (9.0, 4.0, 6.0, DWELL, 100),
        (5.0, 4.0, 6.0, DWELL, 80),
        (4.0, 4.0, 6.0, DWELL, 60),
        (11.0, 4.0, 6.0, DWELL, 60),
        (13.0, 4.0, 6.0, DWELL, 20),
        (1.0, 4.0, 6.0, DWELL, 0),
        (7.5, NAN, NAN, DWELL, 100),
        (12.0, 8.0, 12.0, DWELL, 100),
        (8.0, 8.0, 12.0, DWELL, 60),
        (18.0, 8.0, 12.0, DWELL, 100),
        (22.0, 8.0, 12.0, DWELL, 60),
        (0.0, 0.0, 0.0, Curve("down", "step", 100), 100),
        (1.0, 0.0, 0.0, Curve("down", "step", 100), 0),
        (0.0, NAN, NAN, Curve("down", "step", 100), 100),
        (99.9, 99.9, 99.99, Curve("up", "downtime", 100), 60),
        (99.99, 99.9, 99.99, Curve("up", "downtime", 100), 100),
        (99.0, 99.9, 99.99, Curve("up", "downtime", 100), 20),
        (100.0, 99.9, 99.99, Curve("up", "downtime", 120), 120),
        (98.0, 90.0, 98.0, Curve("up", cap=100), 100),
    ],
)
def test_a_value_scores_by_hand(
    value: float, base: float, target: float, curve: Curve, expected: float
) -> None:
    assert one(value, base, target, curve) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "base", "target", "curve", "expected"),
    [
        (50.0, 60.0, 50.0, Curve("up"), 100),
        (80.0, 60.0, 50.0, Curve("up"), 100),
        (40.0, 60.0, 50.0, Curve("up"), 60),
        (45.0, 50.0, 50.0, Curve("up"), 80),
        (12.0, 10.0, 10.0, Curve("down"), 60),
        (2.0, 10.0, 10.0, Curve("down"), 100),
        (-60.0, -40.0, -50.0, Curve("up"), 60),
        (0.0, 0.0, 0.0, Curve("down"), 100),
        (1.0, 0.0, 0.0, Curve("down"), 0),
        (100 - 0.012, 99.99, 99.99, Curve("up", "downtime", 100), 60),
    ],
)
def test_a_target_not_better_than_its_base_takes_the_slope_from_a_fifth_of_it(
    value: float, base: float, target: float, curve: Curve, expected: float
) -> None:
    assert one(value, base, target, curve) == pytest.approx(expected, abs=1e-6)
    assert needs_review(base, target, curve)


@pytest.mark.parametrize("missing", [(NAN, 1, 2), (1, NAN, 2), (1, 1, NAN), (math.inf, 1, 2)])
def test_what_is_missing_has_no_score(missing: tuple[float, float, float]) -> None:
    assert math.isnan(one(*missing, Curve("up")))
    assert math.isnan(one(NAN, 4, 6, DWELL))
    assert math.isnan(one(NAN, 0, 0, Curve("down", "step", 100)))


def test_only_targets_that_are_not_better_need_a_review() -> None:
    assert needs_review([1, 2, NAN, 3], [2, 2, 2, NAN], Curve("up")).tolist() == [0, 1, 0, 0]
    assert needs_review([2.0, 1.0], [1.0, 2.0], Curve("down")).tolist() == [False, True]
    assert not needs_review(0.0, 0.0, Curve("down", "step", 100))


def test_many_leaves_at_once_score_as_each_alone() -> None:
    rng = np.random.default_rng(7)
    kinds = [Curve("up"), DWELL, Curve("down", cap=100), Curve("down", "step", 100), Curve("up")]
    value, base, target = (rng.uniform(0, 12, (40, len(kinds))) for _ in range(3))
    together = leaf_scores(value, base, target, kinds)
    for i, curve in enumerate(kinds):
        alone = leaf_score(value[:, i], base[:, i], target[:, i], curve)
        np.testing.assert_array_equal(together[:, i], alone)
    with pytest.raises(ValueError, match="5 columns"):
        leaf_scores(value, base, target, kinds[:2])


@settings(deadline=None)
@given(curve=curves, base=sane, target=sane, values=st.tuples(sane, sane))
def test_a_better_value_never_scores_less(
    curve: Curve, base: float, target: float, values: tuple[float, float]
) -> None:
    low, high = sorted(values)
    if curve.better == "band":
        centre = 7.5 if target <= 0 else 7.5 * target / 6
        low, high = sorted(values, key=lambda x: -abs(x - centre))
        if (low - centre) * (high - centre) < 0:
            low = 2 * centre - low
            low, high = sorted((low, high), key=lambda x: -abs(x - centre))
    first, second = one(low, base, target, curve), one(high, base, target, curve)
    worse, better = (second, first) if curve.better == "down" else (first, second)
    assert worse <= better


@settings(deadline=None)
@given(curve=curves, value=sane, base=sane, target=sane)
def test_scores_stay_between_zero_and_the_cap(
    curve: Curve, value: float, base: float, target: float
) -> None:
    assert 0 <= one(value, base, target, curve) <= curve.cap


@settings(deadline=None)
@given(base=sane, target=sane, factor=st.floats(0.01, 100), value=sane)
def test_the_unit_does_not_matter(base: float, target: float, factor: float, value: float) -> None:
    plain = one(value, base, target, Curve("up"))
    if target - base > 0.1:
        scaled = one(value * factor, base * factor, target * factor, Curve("up"))
        assert scaled == pytest.approx(plain, abs=1e-5)
        turned = one(-value, -base, -target, Curve("down"))
        assert turned == plain


@pytest.mark.parametrize(
    "arguments",
    [
        {"better": "up", "cap": 90},
        {"better": "up", "cap": NAN},
        {"better": "up", "kind": "band"},
        {"better": "band"},
        {"better": "up", "kind": "step"},
        {"better": "down", "kind": "downtime"},
        {"better": "band", "kind": "band"},
        {"better": "band", "kind": "band", "band": (6, 9), "outer": (6, 11)},
        {"better": "band", "kind": "band", "band": (9, 6), "outer": (4, 11)},
    ],
)
def test_a_curve_that_means_nothing_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cap|curve|band"):
        Curve(**arguments)
