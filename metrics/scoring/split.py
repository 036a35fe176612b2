"""Why a score moved: its change split into value, target, weight, coverage and red line.

Each coalition takes every factor from one of the two sides and rolls the tree up again. Three
rules make the coalitions well defined; all three are the same in both directions of time.

1. A leaf (or module) with data on one side only takes its value, base and target from that side
   in every coalition, so that its coming or going is coverage alone.
2. Which nodes have a score comes with the coverage factor: the coalition counts exactly the nodes
   that have one on the side it takes coverage from. A node that passes the minimum coverage only
   because weights moved therefore comes or goes by coverage, and a node scored on both sides is
   scored in all coalitions.
3. Where the weights of one side leave nothing to the children that count, that node keeps the
   weights of the side that its coverage comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from metrics.scoring.arrays import Codes, Flags, Floats
from metrics.scoring.inputs import ModuleParts, ScoreInputs
from metrics.scoring.leaf import leaf_scores
from metrics.scoring.rollup import Rolled, all_leaf_scores, module_mean, roll
from metrics.scoring.score_tree import ScoreTree
from metrics.scoring.shapley import members, shapley

FACTORS = ("value", "target", "weight", "coverage", "red_line")
VALUE, TARGET, WEIGHT, COVERAGE, RED_LINE = range(5)


class Refusal(IntEnum):
    """Why a change is not split; OK where it is."""

    OK = 0
    NO_SCORE_BEFORE = 1
    NO_SCORE_AFTER = 2
    NO_SCORE = 3


@dataclass(frozen=True, eq=False)
class Coalitions:
    """All 32 coalitions: arrays (32, S, N) of score, mean before the own cap, and share."""

    score: Floats
    mean: Floats
    share: Floats


@dataclass(frozen=True, eq=False)
class Split:
    """The change of every node's capped score: arrays (S, N), ``parts`` (S, N, 5) by `FACTORS`.

    Parts add up to ``change``; both are NaN where ``reason`` is not OK.
    """

    tree: ScoreTree
    before: Floats
    after: Floats
    change: Floats
    parts: Floats
    reason: Codes
    coalitions: Coalitions

    def at(self, scope: int, node: str) -> dict[str, float] | None:
        """Parts by factor of one node, None where the split is refused."""
        row = self.parts[scope, self.tree.position[node]]
        if np.isnan(row).any():
            return None
        return dict(zip(FACTORS, row.tolist(), strict=True))

    def why(self, scope: int, node: str) -> Refusal:
        """The reason for a refused split, OK where there is one."""
        return Refusal(int(self.reason[scope, self.tree.position[node]]))


def split(a: ScoreInputs, b: ScoreInputs) -> Split:
    """Split the change from ``a`` to ``b`` by node; same tree, curves, scopes and modules.

    The Shapley average over the 120 orders of changing the five factors, hence exact within
    rounding and antisymmetric. ValueError when the two sides are not of the same shape.

    >>> from dataclasses import replace
    >>> from metrics.scoring.leaf import Curve
    >>> tree = ScoreTree.of({"total": None, "mau": "total"})
    >>> base, target, here = np.array([[0.0]]), np.array([[100.0]]), np.array([[True]])
    >>> old = ScoreInputs(tree, (Curve("up"),), base, base, target, here, {"mau": 100.0})
    >>> new = replace(old, value=np.array([[50.0]]))
    >>> split(old, new).at(0, "total")
    {'value': 20.0, 'target': 0.0, 'weight': 0.0, 'coverage': 0.0, 'red_line': 0.0}
    """
    _comparable(a, b)
    rolled = (_alone(a), _alone(b))
    coalitions = _coalitions((a, b), rolled)
    before, after = rolled[0].score, rolled[1].score
    parts = np.moveaxis(shapley(coalitions.score), 0, -1)
    reason = np.isnan(before) * np.int8(1) + np.isnan(after) * np.int8(2)
    parts = np.where(reason[..., None] == Refusal.OK, parts, np.nan)
    return Split(a.tree, before, after, after - before, parts, reason.astype(np.int8), coalitions)


def _comparable(a: ScoreInputs, b: ScoreInputs) -> None:
    if a.tree != b.tree or a.curves != b.curves:
        raise ValueError("the two sides of a split have different trees or curves")
    if a.value.shape != b.value.shape:
        raise ValueError(f"the two sides have shapes {a.value.shape} and {b.value.shape}")
    shapes = [[(p.leaf, p.curve, p.value.shape) for p in side.parts] for side in (a, b)]
    if shapes[0] != shapes[1]:
        raise ValueError("the two sides score their modules differently")


def _alone(side: ScoreInputs) -> Rolled:
    leaves = all_leaf_scores(side)
    return roll(side.tree, leaves, side.weight_matrix(), side.caps(), side.minimum_coverage)


def _coalitions(
    sides: tuple[ScoreInputs, ScoreInputs], rolled: tuple[Rolled, Rolled]
) -> Coalitions:
    tree, rows = sides[0].tree, sides[0].scopes
    inside = members(len(FACTORS))

    def chosen(factor: int, old: Floats, new: Floats) -> Floats:
        stacked = np.where(inside[:, factor][:, None, None], new, old)
        return stacked.reshape(-1, old.shape[-1])

    weights = [side.weight_matrix() for side in sides]
    result = roll(
        tree,
        _leaf_outcomes(sides, rolled, inside),
        chosen(WEIGHT, *weights),
        chosen(RED_LINE, sides[0].caps(), sides[1].caps()),
        sides[0].minimum_coverage,
        counts=chosen(COVERAGE, rolled[0].counts.astype(float), rolled[1].counts.astype(float)) > 0,
        spare=chosen(COVERAGE, *weights),
    )
    shape = (len(inside), rows, len(tree.ids))
    return Coalitions(*(x.reshape(shape) for x in (result.score, result.mean, result.share)))


def _leaf_outcomes(
    sides: tuple[ScoreInputs, ScoreInputs], rolled: tuple[Rolled, Rolled], inside: Flags
) -> Floats:
    """Leaf scores of all coalitions (32 x S, L), filled where one side alone has data."""
    tree = sides[0].tree
    at = tree.leaf_positions
    has = [side.counts[:, at] for side in rolled]
    value, base, target = (
        _filled(getattr(sides[0], name), getattr(sides[1], name), *has)
        for name in ("value", "base", "target")
    )
    known: dict[tuple[int, int, int], Floats] = {}
    for v, t, c in np.ndindex(2, 2, 2):
        scores = leaf_scores(value[v], base[t], target[t], sides[0].curves)
        for old, new in zip(sides[0].parts, sides[1].parts, strict=True):
            column = tree.leaves.index(old.leaf)
            here = (
                old.present & sides[0].present[:, [column]],
                new.present & sides[1].present[:, [column]],
            )
            scores[:, column] = _module_outcome(old, new, here, (v, t, c))
        known[v, t, c] = scores
    rows = [known[int(r[VALUE]), int(r[TARGET]), int(r[COVERAGE])] for r in inside]
    return np.concatenate(rows)


def _filled(old: Floats, new: Floats, has_old: Flags, has_new: Flags) -> tuple[Floats, Floats]:
    """Both sides, each with the other's numbers where the other alone has data."""
    return (
        np.where(has_new & ~has_old, new, old),
        np.where(has_old & ~has_new, old, new),
    )


def _module_outcome(
    old: ModuleParts, new: ModuleParts, has: tuple[Flags, Flags], chosen: tuple[int, int, int]
) -> Floats:
    """Mean of the modules' scores with value and starts, target, and presence chosen by side."""
    v, t, c = chosen
    value, base, target, weight = (
        _filled(getattr(old, name), getattr(new, name), *has)
        for name in ("value", "base", "target", "weight")
    )
    mixed = ModuleParts(old.leaf, old.curve, value[v], base[t], target[t], weight[v])
    return module_mean(mixed, has[c])
