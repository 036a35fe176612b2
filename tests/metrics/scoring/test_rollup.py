"""Roll-up: the rules by hand, a slow independent reference, and laws."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.scoring.inputs import ModuleParts, RedLine, ScoreInputs
from metrics.scoring.leaf import Curve
from metrics.scoring.rollup import Reason, score
from metrics.scoring.score_tree import Node, ScoreTree
from tests.metrics.scoring.examples import NODES, TREE, random_inputs
from tests.metrics.scoring.slow import slow_score

SMALL = ScoreTree.of(
    {
        "total": None,
        "compliance": "total",
        "privacy": "compliance",
        "leaks": "privacy",
        "consent": "privacy",
        "regulatory": "compliance",
        "passed": "regulatory",
        "rectified": "regulatory",
        "brand": "total",
        "nps": "brand",
    }
)
WEIGHTS = {
    "compliance": 60.0, "privacy": 40.0, "leaks": 40.0, "consent": 60.0,
    "regulatory": 60.0, "passed": 50.0, "rectified": 50.0, "brand": 40.0, "nps": 100.0,
}  # fmt: skip
LEAK = RedLine("data_leak", (("compliance", 60.0), ("total", 80.0)))


def small(values: Sequence[float], leak: bool = False, **changes: Any) -> ScoreInputs:
    """One scope whose leaf scores are the values themselves: base 60, target 100."""
    row = np.array([values])
    inputs = ScoreInputs(
        SMALL, (Curve("up"),) * 5, row, np.full((1, 5), 60.0), np.full((1, 5), 100.0),
        np.isfinite(row), WEIGHTS, (LEAK,), np.array([[leak]]),
    )  # fmt: skip
    return replace(inputs, **changes)


def test_a_parent_is_the_weighted_mean_of_its_children() -> None:
    found = score(small([100, 80, 90, 70, 110]))
    assert found.at(0, "privacy") == pytest.approx(88)
    assert found.at(0, "regulatory") == pytest.approx(80)
    assert found.at(0, "compliance") == pytest.approx(0.4 * 88 + 0.6 * 80)
    assert found.at(0, "total") == pytest.approx(0.6 * 83.2 + 0.4 * 110)
    assert found.coverage[0].tolist() == [100.0] * 10
    shown = dict(zip(SMALL.ids, found.effective_weight[0].tolist(), strict=True))
    assert shown["leaks"] == pytest.approx(0.6 * 0.4 * 0.4 * 100)
    assert sum(shown[leaf] for leaf in SMALL.leaves) == pytest.approx(100)


def test_children_without_data_are_left_out_and_lower_the_coverage() -> None:
    found = score(small([math.nan, 80, 90, 70, 110]))
    assert found.at(0, "privacy") == pytest.approx(80)
    assert found.coverage[0, SMALL.position["privacy"]] == pytest.approx(60)
    assert found.why(0, "leaks") is Reason.NO_DATA
    assert found.coverage[0, SMALL.position["total"]] == pytest.approx(100 - 9.6)


def test_below_half_coverage_a_node_has_no_score_and_its_parent_goes_on_without_it() -> None:
    found = score(small([100, math.nan, 90, 70, 110]))
    assert found.at(0, "privacy") is None
    assert found.why(0, "privacy") is Reason.BELOW_COVERAGE
    assert found.at(0, "compliance") == pytest.approx(80)
    assert found.coverage[0, SMALL.position["compliance"]] == pytest.approx(0.4 * 40 + 60)
    assert found.share[0, SMALL.position["leaks"]] == 0
    looser = score(small([100, math.nan, 90, 70, 110], minimum_coverage=40.0))
    assert looser.at(0, "privacy") == pytest.approx(100)


def test_exactly_half_coverage_is_enough() -> None:
    found = score(small([100, 80, 90, math.nan, 110]))
    assert found.at(0, "regulatory") == pytest.approx(90)


def test_a_red_line_caps_whatever_the_rest_and_the_score_without_it_is_kept() -> None:
    calm, breached = score(small([100] * 4 + [110])), score(small([100] * 4 + [110], leak=True))
    assert calm.at(0, "total") == pytest.approx(104)
    assert breached.at(0, "compliance") == 60
    assert breached.at(0, "total") == pytest.approx(0.6 * 60 + 0.4 * 110)
    np.testing.assert_allclose(breached.uncapped, calm.score)
    assert breached.cap[0, SMALL.position["total"]] == 80
    assert np.isinf(calm.cap).all()


def test_the_strictest_of_several_red_lines_holds_and_is_named_first() -> None:
    late = RedLine("late", (("compliance", 30.0),))
    for lines in ((LEAK, late), (late, LEAK)):
        both = small([100] * 5, red_lines=lines, breached=np.array([[True, True]]))
        assert score(both).at(0, "compliance") == 30
        assert score(both).at(0, "total") == pytest.approx(0.6 * 30 + 40)
        assert both.lines_at(0, "compliance") == ("late", "data_leak")
        assert both.lines_at(0, "brand") == ()


def test_a_cap_lifts_no_score() -> None:
    assert score(small([10] * 5, leak=True)).at(0, "total") == pytest.approx(10)


def test_a_value_without_a_target_says_so() -> None:
    found = score(small([100] * 5, target=np.array([[100, math.nan, 100, 100, 100]])))
    assert found.why(0, "consent") is Reason.NO_TARGET


def test_a_leaf_of_modules_scores_as_their_mean_weighted_by_starts() -> None:
    part = ModuleParts(
        "nps",
        Curve("up", cap=110),
        np.array([[65.0, 85.0, math.nan, 85.0]]),
        np.full((1, 4), 65.0),
        np.full((1, 4), 85.0),
        np.array([[30.0, 10.0, 50.0, 0.0]]),
    )
    found = score(small([100] * 5, parts=(part,)))
    assert found.at(0, "nps") == pytest.approx((30 * 60 + 10 * 100) / 40)
    empty = replace(part, weight=np.zeros((1, 4)))
    assert score(small([100] * 5, parts=(empty,))).why(0, "nps") is Reason.NO_DATA


def test_no_data_at_all_gives_no_score_anywhere() -> None:
    found = score(small([math.nan] * 5))
    assert np.isnan(found.score).all()
    assert found.why(0, "total") is Reason.NO_DATA


def test_children_without_weight_give_their_parent_no_score() -> None:
    weights = {**WEIGHTS, "leaks": 0.0, "consent": 0.0}
    found = score(small([100] * 5, weights=weights))
    assert found.why(0, "privacy") is Reason.NO_WEIGHT
    assert found.at(0, "compliance") == pytest.approx(100)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), missing=st.sampled_from([0.0, 0.2, 0.6]))
def test_it_agrees_with_the_slow_reference(seed: int, missing: float) -> None:
    inputs = random_inputs(seed, missing=missing)
    found = score(inputs)
    for scope in range(inputs.scopes):
        for node in NODES:
            expected, got = slow_score(inputs, scope, node), found.at(scope, node)
            assert (got is None) == (expected is None), node
            if got is not None and expected is not None:
                assert got == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), factor=st.floats(0.01, 50), sibling=st.sampled_from(NODES))
def test_the_scale_of_siblings_weights_does_not_matter(
    seed: int, factor: float, sibling: str
) -> None:
    inputs = random_inputs(seed)
    scaled = {
        node: np.asarray(weight) * (factor if node in TREE.children[sibling] else 1.0)
        for node, weight in inputs.weights.items()
    }
    np.testing.assert_allclose(
        score(replace(inputs, weights=scaled)).score, score(inputs).score, atol=1e-9
    )


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), leaf=st.sampled_from(TREE.leaves))
def test_a_leaf_without_data_changes_nothing_but_coverage(seed: int, leaf: str) -> None:
    """Its value may be anything: only its absence is seen, as if its weight were zero."""
    inputs = random_inputs(seed, missing=0.0, zero=0.0)
    present = inputs.present.copy()
    present[:, TREE.leaves.index(leaf)] = False
    gone = score(replace(inputs, present=present, minimum_coverage=0.1))
    weightless = score(replace(inputs, weights={**inputs.weights, leaf: 0.0}, minimum_coverage=0.1))
    others = [TREE.position[node] for node in NODES if node != leaf]
    np.testing.assert_allclose(gone.score[:, others], weightless.score[:, others], atol=1e-9)
    assert (gone.coverage[:, 0] < 100).all()


@settings(deadline=None)
@given(seed=st.integers(0, 10**6))
def test_caps_bind_only_downwards_and_scores_stay_in_range(seed: int) -> None:
    found = score(random_inputs(seed))
    known = np.isfinite(found.score)
    assert (known == np.isfinite(found.uncapped)).all()
    assert (found.score[known] <= found.uncapped[known] + 1e-12).all()
    assert (found.score[known] <= found.cap[known]).all()
    assert (found.score[known] >= 0).all()
    assert (found.score[known] <= 120 + 1e-9).all()
    assert ((found.reason == Reason.OK) == known).all()


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), leaf=st.sampled_from(["mau", "dau", "day1", "day30", "nps"]))
def test_a_better_leaf_never_lowers_a_node(seed: int, leaf: str) -> None:
    inputs = random_inputs(seed)
    value = inputs.value.copy()
    value[:, TREE.leaves.index(leaf)] += 1.0
    before, after = score(inputs).score, score(replace(inputs, value=value)).score
    known = np.isfinite(before)
    assert (after[known] >= before[known] - 1e-9).all()


def test_eighty_scopes_and_seventy_eight_leaves_take_milliseconds() -> None:
    parents: dict[str, str | None] = {"total": None}
    for theme in range(25):
        parents[f"p{theme // 5}"] = "total"
        parents[f"t{theme}"] = f"p{theme // 5}"
        parents |= {f"l{leaf}": f"t{theme}" for leaf in range(theme, 78, 25)}
    tree = ScoreTree.of(parents)
    rng = np.random.default_rng(1)
    value = rng.uniform(0, 100, (80, 78))
    goal = np.full((80, 78), 50.0)
    weights = dict.fromkeys(tree.ids[1:], 1.0)
    inputs = ScoreInputs(
        tree, (Curve("up"),) * 78, value, goal, goal * 2, np.isfinite(value), weights
    )
    started = time.perf_counter()
    score(inputs)
    assert len(tree.leaves) == 78
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": np.zeros((1, 4))}, r"base: expected shape \(1, 5\), found \(1, 4\)"),
        ({"curves": (Curve("up"),)}, "curves: expected 5, found 1"),
        ({"breached": np.zeros((1, 2), bool)}, "breached: expected shape"),
        ({"weights": {**WEIGHTS, "nps": -1.0}}, "weight of 'nps': expected numbers"),
        ({"weights": {**WEIGHTS, "nps": [1.0, 2.0]}}, "weight of 'nps': expected one number"),
        ({"weights": {"nps": 1.0}}, "weight of 'compliance' is missing; weight of 'privacy'"),
        ({"red_lines": (RedLine("x", (("nobody", 60.0),)),)}, "caps the unknown node 'nobody'"),
        ({"red_lines": (RedLine("x", (("total", math.nan),)),)}, "is no score"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small([100] * 5, **changes)


def test_module_arrays_that_do_not_fit_are_refused() -> None:
    bad = ModuleParts("bps", Curve("up"), *(np.full((2, 1), -1.0) for _ in range(4)))
    with pytest.raises(ValueError, match=r"'bps'.*must all be.*negative.*no leaf of that name"):
        small([100] * 5, parts=(bad,))


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ((Node("a", None), Node("a", None)), "twice"),
        ((Node("b", "a"), Node("a", None)), "not before it"),
        ((Node("a", None), Node("b", None)), "exactly one root"),
        ((), "exactly one root"),
    ],
)
def test_a_tree_that_is_none_is_refused(nodes: tuple[Node, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScoreTree(nodes)
