"""Roll-up: leaf scores to themes, perspectives and the total, for all scopes at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from metrics.scoring.arrays import Codes, Flags, Floats
from metrics.scoring.inputs import ModuleParts, ScoreInputs
from metrics.scoring.leaf import leaf_scores
from metrics.scoring.score_tree import ScoreTree

ROUNDING = 1e-9


class Reason(IntEnum):
    """Why there is no score; OK where there is one."""

    OK = 0
    NO_DATA = 1
    NO_TARGET = 2
    BELOW_COVERAGE = 3
    NO_WEIGHT = 4


@dataclass(frozen=True, eq=False)
class Rolled:
    """Arrays over rows and nodes (R, N). ``mean`` is a node's score before its own cap;
    ``share`` its weight among the siblings that count, 0 to 1 (1 for the root)."""

    score: Floats
    uncapped: Floats
    mean: Floats
    coverage: Floats
    share: Floats
    counts: Flags


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of S scopes; every array is (S, N) over ``tree.ids``.

    ``score`` obeys the red lines, ``uncapped`` ignores them all. ``coverage`` is per cent of leaf
    weight with data. ``effective_weight`` is per cent of the total, by the weight set;
    ``share`` is the part of the parent's score that the node makes up now, 0 to 1.
    ``cap`` is infinite where no red line holds. ``reason`` holds `Reason` codes.
    """

    tree: ScoreTree
    score: Floats
    uncapped: Floats
    coverage: Floats
    effective_weight: Floats
    share: Floats
    cap: Floats
    reason: Codes

    def at(self, scope: int, node: str) -> float | None:
        """A node's score, None where it has none."""
        found = float(self.score[scope, self.tree.position[node]])
        return None if np.isnan(found) else found

    def why(self, scope: int, node: str) -> Reason:
        """The reason for a missing score, OK where there is one."""
        return Reason(int(self.reason[scope, self.tree.position[node]]))


def score(inputs: ScoreInputs) -> Scores:
    """Score every node of every scope.

    A parent is the weighted mean of its children that have a score; below the minimum coverage a
    node has none and is left out of its parent; a breached red line caps its node afterwards.

    >>> from metrics.scoring.leaf import Curve
    >>> tree = ScoreTree.of({"total": None, "mau": "total", "dau": "total"})
    >>> row = np.array([[48.0, 5.0]])
    >>> base, target = np.array([[27.8, 5.0]]), np.array([[48.0, 12.0]])
    >>> weights = {"mau": 75.0, "dau": 25.0}
    >>> curves = (Curve("up"), Curve("up"))
    >>> here = np.array([[True, True]])
    >>> score(ScoreInputs(tree, curves, row, base, target, here, weights)).at(0, "total")
    90.0
    """
    leaves = all_leaf_scores(inputs)
    weight, cap = inputs.weight_matrix(), inputs.caps()
    rolled = roll(inputs.tree, leaves, weight, cap, inputs.minimum_coverage)
    return Scores(
        inputs.tree,
        rolled.score,
        rolled.uncapped,
        rolled.coverage,
        effective_weights(inputs.tree, weight),
        rolled.share,
        cap,
        _reasons(inputs, rolled, weight),
    )


def all_leaf_scores(inputs: ScoreInputs) -> Floats:
    """Uncapped scores (S, L), NaN where a leaf does not count."""
    scores = leaf_scores(inputs.value, inputs.base, inputs.target, inputs.curves)
    for part in inputs.parts:
        scores[:, inputs.tree.leaves.index(part.leaf)] = module_mean(part, part.present)
    return np.where(inputs.present, scores, np.nan)


def module_mean(part: ModuleParts, counts: Flags) -> Floats:
    """Mean (S,) of the modules' scores weighted by ``weight``, over those that count (S, K)."""
    scores = leaf_scores(part.value, part.base, part.target, (part.curve,) * counts.shape[1])
    weight = np.where(counts, part.weight, 0.0)
    total = weight.sum(axis=1)
    mean = np.where(counts, scores, 0.0) * weight
    means: Floats = np.divide(
        mean.sum(axis=1), total, out=np.full(total.shape, np.nan), where=total > 0
    )
    return means


def effective_weights(tree: ScoreTree, weight: Floats) -> Floats:
    """Product of the shares along each node's path (S, N), in per cent of the total."""
    effective = np.zeros(weight.shape)
    effective[:, 0] = 100.0
    for node, children in reversed(tree.bottom_up):
        among = weight[:, children]
        effective[:, children] = effective[:, [node]] * _shares(among)
    return effective


def roll(
    tree: ScoreTree,
    leaves: Floats,
    weight: Floats,
    cap: Floats,
    minimum: float,
    counts: Flags | None = None,
    spare: Floats | None = None,
) -> Rolled:
    """Roll leaf scores (R, L) up under weights and caps (R, N).

    With ``counts`` (R, N) the nodes that have a score are given instead of found by coverage;
    where none of a node's counted children has weight, ``spare`` weights (R, N) stand in.
    """
    shape = weight.shape
    score, mean, uncapped = (np.full(shape, np.nan) for _ in range(3))
    coverage, share = np.zeros(shape), np.zeros(shape)
    counted = np.zeros(shape, bool) if counts is None else counts.copy()
    at = tree.leaf_positions
    known = np.isfinite(leaves)
    counted[:, at] = known if counts is None else counted[:, at] & known
    coverage[:, at] = 100.0 * counted[:, at]
    mean[:, at] = uncapped[:, at] = np.where(counted[:, at], leaves, np.nan)
    score[:, at] = np.minimum(mean[:, at], cap[:, at])
    for node, children in tree.bottom_up:
        part = _shares(
            weight[:, children] * counted[:, children],
            None if spare is None else spare[:, children] * counted[:, children],
        )
        coverage[:, node] = (_shares(weight[:, children]) * coverage[:, children]).sum(axis=1)
        if counts is None:
            counted[:, node] = (coverage[:, node] >= minimum - ROUNDING) & (part.sum(axis=1) > 0)
        share[:, children] = part * counted[:, [node]]
        mean[:, node] = _mean(part, score[:, children], counted[:, node])
        uncapped[:, node] = _mean(part, uncapped[:, children], counted[:, node])
        score[:, node] = np.minimum(mean[:, node], cap[:, node])
    share[:, 0] = counted[:, 0]
    return Rolled(score, uncapped, mean, coverage, share, counted)


def _shares(weight: Floats, spare: Floats | None = None) -> Floats:
    """Weights (R, C) as parts of their sum, 0 where the sum is 0."""
    total = weight.sum(axis=1, keepdims=True)
    if spare is not None:
        weight = np.where(total > 0, weight, spare)
        total = weight.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
    return shares


def _mean(share: Floats, scores: Floats, counted: Flags) -> Floats:
    mean = (share * np.where(share > 0, scores, 0.0)).sum(axis=1)
    return np.where(counted, mean, np.nan)


def _reasons(inputs: ScoreInputs, rolled: Rolled, weight: Floats) -> Codes:
    tree = inputs.tree
    reason = np.full(rolled.score.shape, Reason.BELOW_COVERAGE, dtype=np.int8)
    reason[rolled.coverage <= 0] = Reason.NO_DATA
    for node, children in tree.bottom_up:
        reason[weight[:, children].sum(axis=1) == 0, node] = Reason.NO_WEIGHT
    valued = inputs.present & np.isfinite(inputs.value)
    for part in inputs.parts:
        column = tree.leaves.index(part.leaf)
        valued[:, column] = inputs.present[:, column] & _any_value(part)
    reason[:, tree.leaf_positions] = np.where(valued, Reason.NO_TARGET, Reason.NO_DATA)
    reason[rolled.counts] = Reason.OK
    return reason


def _any_value(part: ModuleParts) -> Flags:
    flags: Flags = np.any(np.isfinite(part.value) & (part.weight > 0), axis=1)
    return flags
