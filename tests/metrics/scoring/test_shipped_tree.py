"""The shipped tree scored: bases give 60, targets 100, red lines cap what they name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from data.yaml_source import parse_yaml
from metrics.scoring.bands import LEAF_BANDS, PARENT_BANDS, band_of
from metrics.scoring.inputs import RedLine, ScoreInputs
from metrics.scoring.leaf import Better, Curve, Kind, leaf_score, needs_review
from metrics.scoring.rollup import score
from metrics.scoring.score_tree import ScoreTree
from metrics.targets.goals import FORMS, GoalFacts, resolve_pair
from metrics.tree import Indicator, Tree, load_tree

DECLARATIONS = Path(__file__).parents[3] / "data" / "points" / "declarations"
BANK = GoalFacts(10e6, 100.0, 1e6, 700_000, 20_000)


@dataclass(frozen=True)
class Declared:
    adds: str
    split_by: frozenset[str]


@pytest.fixture(scope="module")
def tree() -> Tree:
    points = {}
    for path in sorted(DECLARATIONS.glob("*.yaml")):
        for source in parse_yaml(path.read_text("utf-8")).data.values():
            for name, point in source["points"].items():
                points[name] = Declared(point["adds"], frozenset(source["split_by"]))
    return load_tree(None, points)


def curve(leaf: Indicator) -> Curve:
    better, kind = cast("Better", leaf.better), cast("Kind", leaf.curve)
    limits = (leaf.band.full, leaf.band.outer) if leaf.band else (None, None)
    return Curve(better, kind, leaf.cap, *limits)


def inputs(tree: Tree, at: str, breached: tuple[str, ...] = ()) -> ScoreInputs:
    """One bank whose every value is at its base, or at its target."""
    leaves = tuple(tree.indicators.values())
    goals = [resolve_pair(leaf.base, leaf.target, BANK) for leaf in leaves]
    base, target = np.array([[one.value for one in pair] for pair in goals], float).T[:, None, :]
    lines = tuple(RedLine(line.id, tuple(line.caps.items())) for line in tree.red_lines.values())
    return ScoreInputs(
        ScoreTree.of({node: tree.parent(node) for node in tree.nodes()}),
        tuple(curve(leaf) for leaf in leaves),
        {"base": base, "target": target}[at],
        base,
        target,
        np.ones(base.shape, bool),
        {node: tree.weight(node) for node in tree.nodes()[1:]},
        lines,
        np.array([[line.id in breached for line in lines]]),
    )


def test_every_indicator_has_goals_that_become_numbers_in_the_right_order(tree: Tree) -> None:
    for leaf in tree.indicators.values():
        base, target = resolve_pair(leaf.base, leaf.target, BANK)
        assert {leaf.base.form, leaf.target.form} <= set(FORMS)
        assert base.value is not None, leaf.id
        assert target.value is not None, leaf.id
        assert not needs_review(base.value, target.value, curve(leaf)), leaf.id


def test_a_bank_at_its_targets_scores_100_and_one_at_its_bases_60(tree: Tree) -> None:
    top, low = score(inputs(tree, "target")), score(inputs(tree, "base"))
    np.testing.assert_allclose(top.score, 100.0)
    differing = {
        node for node, s in zip(low.tree.ids, low.score[0].tolist(), strict=True)
        if abs(s - 60) > 1e-9
    }  # fmt: skip
    assert differing == {"data_leaks", "privacy", "compliance", "total"}
    assert len(low.tree.leaves) == 78
    assert top.effective_weight[0, low.tree.leaf_positions].sum() == pytest.approx(100)


def test_the_shipped_red_lines_cap_what_the_specification_names(tree: Tree) -> None:
    every = tuple(tree.red_lines)
    found = score(inputs(tree, "target", every))
    caps = {
        node: cap for node, cap in zip(found.tree.ids, found.cap[0].tolist(), strict=True)
        if np.isfinite(cap)
    }  # fmt: skip
    assert caps == {
        "total": 80, "stability": 60, "credit_quality": 60, "compliance": 60,
        "regulatory": 60, "aml": 60, "marketing_review": 60,
    }  # fmt: skip
    assert found.at(0, "total") == 80
    np.testing.assert_allclose(found.uncapped, 100.0)


def test_caps_of_leaves_are_those_of_their_perspectives(tree: Tree) -> None:
    for leaf in tree.indicators.values():
        if leaf.curve == "linear":
            way = -1.0 if leaf.better == "down" else 1.0
            assert leaf_score(way * 1e9, way, 2 * way, curve(leaf)) == leaf.cap
    caps = {key: one.cap for key, one in tree.perspectives.items()}
    assert caps == {
        "user_scale": 120,
        "business": 120,
        "risk": 100,
        "brand": 110,
        "compliance": 100,
    }


def test_the_default_bands_are_the_shipped_ones(tree: Tree) -> None:
    for mine, shipped in ((LEAF_BANDS, tree.bands.leaves), (PARENT_BANDS, tree.bands.parents)):
        assert [(b.id, b.at_least, b.sign) for b in mine] == [
            (b.id, b.at_least, b.sign) for b in shipped
        ]
    found = band_of(84.0, tree.bands.parents)
    assert found is not None
    assert found.name_en == "Watch"
