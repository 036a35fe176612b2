"""The split of a change: by hand, against 120 explicit orders, and its laws."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.scoring.contributions import contributions
from metrics.scoring.inputs import ModuleParts, RedLine, ScoreInputs
from metrics.scoring.leaf import Curve
from metrics.scoring.rollup import score
from metrics.scoring.score_tree import ScoreTree
from metrics.scoring.shapley import members, shapley
from metrics.scoring.split import FACTORS, Refusal, split
from tests.metrics.scoring.examples import NODES, TREE, random_inputs
from tests.metrics.scoring.slow import slow_split

seeds = st.integers(0, 10**6)
PAIR = ScoreTree.of({"total": None, "mau": "total", "nps": "total"})
INNER = [node for node in NODES if TREE.children[node]]


def pair(mau: float, nps: float, weight: float = 50.0, target: float = 100.0) -> ScoreInputs:
    """One scope, two leaves whose scores are their values when the target is 100."""
    row = np.array([[mau, nps]])
    return ScoreInputs(
        PAIR, (Curve("up"), Curve("up")), row, np.full((1, 2), 60.0), np.full((1, 2), target),
        np.isfinite(row), {"mau": weight, "nps": 100 - weight},
        (RedLine("leak", (("total", 70.0),)),), np.array([[False]]),
    )  # fmt: skip


def parts(a: ScoreInputs, b: ScoreInputs, node: str = "total") -> dict[str, float]:
    found = split(a, b).at(0, node)
    assert found is not None
    return {factor: part for factor, part in found.items() if abs(part) > 1e-12}


def test_a_change_of_values_alone_is_all_value() -> None:
    assert parts(pair(80, 80), pair(100, 90)) == pytest.approx({"value": 15})


def test_a_change_of_targets_alone_is_all_target() -> None:
    assert parts(pair(80, 80), pair(80, 80, target=140)) == pytest.approx({"target": -10})


def test_weight_and_value_together_meet_half_way() -> None:
    """From 50:50 of (80, 100) to 75:25 of (100, 100): 90 to 100, by hand over both orders."""
    assert parts(pair(80, 100), pair(100, 100, 75)) == pytest.approx(
        {"value": (10 + 15) / 2, "weight": (-5 + 0) / 2}
    )


def test_a_leaf_that_comes_is_coverage_only() -> None:
    assert parts(pair(80, math.nan), pair(80, 100)) == pytest.approx({"coverage": 10})


def test_a_red_line_is_its_own_part() -> None:
    breached = replace(pair(100, 90), breached=np.array([[True]]))
    assert parts(pair(100, 90), breached) == pytest.approx({"red_line": -25})
    both = parts(pair(80, 80), breached)
    assert both == pytest.approx({"value": (15 + 0) / 2, "red_line": (-10 - 25) / 2})


def test_modules_mix_and_scores_are_value_and_a_new_module_is_coverage() -> None:
    def with_modules(values: list[float], starts: list[float]) -> ScoreInputs:
        row, goal = np.array([values]), np.full((1, 2), 60.0)
        module = ModuleParts("nps", Curve("up"), row, goal, goal + 40, np.array([starts]))
        return replace(pair(100, 0), parts=(module,))

    old = with_modules([60, 100], [1, 1])
    assert parts(old, with_modules([60, 100], [1, 3])) == pytest.approx({"value": 5})
    alone = with_modules([60, math.nan], [1, math.nan])
    assert parts(alone, old) == pytest.approx({"coverage": 10})


def test_without_a_score_on_one_side_the_split_is_refused_with_the_reason() -> None:
    none, some = pair(math.nan, math.nan), pair(80, 80)
    for a, b, reason in [
        (none, some, Refusal.NO_SCORE_BEFORE),
        (some, none, Refusal.NO_SCORE_AFTER),
        (none, none, Refusal.NO_SCORE),
    ]:
        found = split(a, b)
        assert found.at(0, "total") is None
        assert found.why(0, "total") is reason
        assert np.isnan(found.change).all()
        assert np.isnan(contributions(found, "total").parts).all()
    assert split(some, some).why(0, "total") is Refusal.OK


def test_a_node_that_would_lose_its_score_between_the_ends_is_still_split_exactly() -> None:
    """Each end has only the leaf that its own weights favour: mixed, coverage would be 10 %."""
    a, b = pair(80, math.nan, 90), pair(math.nan, 60, 10)
    assert parts(a, b) == pytest.approx({"coverage": -20})


def test_weights_that_leave_the_counted_children_nothing_fall_back() -> None:
    a, b = pair(80, math.nan, 100), pair(math.nan, 60, 0)
    assert parts(a, b) == pytest.approx({"coverage": -20})


@settings(max_examples=25, deadline=None)
@given(first=seeds, second=seeds, missing=st.sampled_from([0.0, 0.2, 0.5]))
def test_it_agrees_with_the_average_over_120_explicit_orders(
    first: int, second: int, missing: float
) -> None:
    a = random_inputs(first, scopes=1, missing=missing)
    b = random_inputs(second, scopes=1, missing=missing)
    found = split(a, b)
    for node in NODES:
        expected, got = slow_split(a, b, 0, node), found.at(0, node)
        assert (got is None) == (expected is None), node
        if got is not None:
            assert got == pytest.approx(expected, abs=1e-9), node


@settings(deadline=None)
@given(first=seeds, second=seeds, missing=st.sampled_from([0.0, 0.2, 0.5]))
def test_parts_add_up_to_the_change_of_the_shown_scores(
    first: int, second: int, missing: float
) -> None:
    a, b = random_inputs(first, missing=missing), random_inputs(second, missing=missing)
    found = split(a, b)
    before, after = score(a).score, score(b).score
    np.testing.assert_array_equal(found.before, before)
    np.testing.assert_array_equal(found.after, after)
    known = np.isfinite(before) & np.isfinite(after)
    assert (np.isfinite(found.parts).all(axis=-1) == known).all()
    assert (np.abs(found.parts.sum(axis=-1) - (after - before))[known] < 1e-9).all()


@settings(deadline=None)
@given(first=seeds, second=seeds)
def test_the_way_back_is_the_same_with_the_other_sign(first: int, second: int) -> None:
    a, b = random_inputs(first), random_inputs(second)
    there, back = split(a, b), split(b, a)
    np.testing.assert_allclose(there.parts, -back.parts, atol=1e-9)
    for node in INNER:
        np.testing.assert_allclose(
            contributions(there, node).parts, -contributions(back, node).parts, atol=1e-9
        )


@settings(deadline=None)
@given(seed=seeds, factor=st.sampled_from(["value", "weights", "breached"]), other=seeds)
def test_what_did_not_change_has_no_part(seed: int, factor: str, other: int) -> None:
    a = random_inputs(seed, missing=0.0)
    b = replace(a, **{factor: getattr(random_inputs(other, missing=0.0), factor)})
    column = {"value": 0, "weights": 2, "breached": 4}[factor]
    idle = [i for i in range(5) if i != column and not (factor == "weights" and i == 3)]
    found = split(a, b).parts[..., idle]
    assert (np.abs(found[np.isfinite(found)]) < 1e-12).all()


@pytest.mark.parametrize("depth", ["children", "leaves"])
@settings(deadline=None)
@given(first=seeds, second=seeds, node=st.sampled_from(INNER))
def test_contributions_add_up_to_the_split_of_their_node(
    depth: Literal["children", "leaves"], first: int, second: int, node: str
) -> None:
    found = split(random_inputs(first), random_inputs(second))
    below = contributions(found, node, depth)
    total = below.parts.sum(axis=1) + below.cap_parts.sum(axis=1)
    expected = found.parts[:, TREE.position[node]]
    np.testing.assert_allclose(total, expected, atol=1e-9)
    assert set(below.sources) <= set(NODES)


def test_without_caps_or_gaps_a_childs_part_times_its_weight_is_its_contribution() -> None:
    found = split(pair(80, 80, 75), pair(100, 90, 75))
    below = contributions(found, "total")
    assert below.sources == ("mau", "nps")
    np.testing.assert_allclose(below.parts[0, :, 0], [0.75 * 20, 0.25 * 10])
    np.testing.assert_allclose(below.cap_parts, 0)


def test_weight_moved_to_the_stronger_child_is_a_gain_of_both() -> None:
    below = contributions(split(pair(80, 100, 60), pair(80, 100, 40)), "total")
    np.testing.assert_allclose(below.parts[0, :, 2], [2.0, 2.0])


def test_leaves_of_the_total_are_named_with_the_nodes_that_may_be_capped() -> None:
    below = contributions(split(random_inputs(1), random_inputs(2)), "total", "leaves")
    assert below.sources == TREE.leaves
    assert below.caps == ("total", "users", "scale", "keeping", "risk", "brand")


def test_a_leaf_has_nothing_below_it() -> None:
    with pytest.raises(ValueError, match="'mau' is a leaf"):
        contributions(split(pair(1, 2), pair(3, 4)), "mau")


def test_sides_of_different_shape_are_refused() -> None:
    a = pair(80, 80)
    with pytest.raises(ValueError, match="different trees or curves"):
        split(a, replace(a, curves=(Curve("down"), Curve("up"))))
    with pytest.raises(ValueError, match="shapes"):
        split(random_inputs(1, scopes=2), random_inputs(1, scopes=3))
    with pytest.raises(ValueError, match="modules differently"):
        split(random_inputs(1), replace(random_inputs(1), parts=()))


def test_shapley_of_an_additive_game_gives_each_its_own() -> None:
    own = np.array([3.0, -2.0, 5.0, 0.5, 0.0])
    found = shapley((members(5) * own).sum(axis=1) + 7)
    np.testing.assert_allclose(found, own)
    assert len(FACTORS) == 5
    with pytest.raises(ValueError, match="6 outcomes"):
        shapley(np.zeros(6))
