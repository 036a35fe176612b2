"""What a score card would be under other weights: worked out from the card alone, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from metrics.scorecard.card import ScoreCard
from metrics.scoring.arrays import Floats
from metrics.scoring.rollup import all_leaf_scores, roll, score
from metrics.tree import ROOT
from metrics.weights.stability import RankStability, ranks_under

MOVE, DRAWS, SEED = 0.2, 1000, 0
CHUNKS = 10
"""Draws are scored in so many parts: all at once they would need much memory."""


@dataclass(frozen=True)
class NodeShift:
    """A node before and after: weight in per cent of its parent and of the total, and score."""

    id: str
    level: int
    weight: tuple[float, float]
    effective: tuple[float, float]
    score: tuple[float | None, float | None]


@dataclass(frozen=True)
class RankShift:
    """A branch before and after: score and rank (1 is best; None without a score)."""

    branch: str
    score: tuple[float | None, float | None]
    rank: tuple[int | None, int | None]


@dataclass(frozen=True, eq=False)
class Preview:
    """Two cards of the same facts under two sets of weights, and what differs between them."""

    before: ScoreCard
    after: ScoreCard
    nodes: tuple[NodeShift, ...]
    ranks: tuple[RankShift, ...]

    @property
    def total(self) -> NodeShift:
        """The root."""
        return self.nodes[0]

    @property
    def moved(self) -> tuple[NodeShift, ...]:
        """Nodes whose weight or share of the total changes."""
        return tuple(one for one in self.nodes if _differs(one.weight) or _differs(one.effective))

    @property
    def overtaken(self) -> tuple[RankShift, ...]:
        """Branches whose rank changes."""
        return tuple(one for one in self.ranks if one.rank[0] != one.rank[1])


def reweighed(card: ScoreCard, weights: Mapping[str, float], name: str) -> ScoreCard:
    """The card as ``weights`` (per cent of the parent by node) would score it, in every scope.

    The same numbers as of a card that is worked out anew with the set: values, goals and red lines
    do not hang on weights.
    """
    inputs = replace(card.inputs, weights={**card.inputs.weights, **weights})
    return replace(
        card, inputs=inputs, scores=score(inputs), weight_set=name, branch_weight_set=name
    )


def preview(
    card: ScoreCard,
    before: tuple[str, Mapping[str, float]],
    after: tuple[str, Mapping[str, float]],
    branch: str,
    among: Sequence[str],
) -> Preview:
    """Both sets (name, weights) on the facts of ``card``; ``among`` are the branches to rank."""
    old, new = reweighed(card, before[1], before[0]), reweighed(card, after[1], after[0])
    shifts = []
    for node in card.tree.nodes():
        one, other = old.node(node, branch), new.node(node, branch)
        shifts.append(
            NodeShift(
                node,
                one.level,
                (one.weight, other.weight),
                (one.effective_weight, other.effective_weight),
                (one.score, other.score),
            )
        )
    return Preview(old, new, tuple(shifts), ranked(old, new, among))


def ranked(old: ScoreCard, new: ScoreCard, among: Sequence[str]) -> tuple[RankShift, ...]:
    """The branches by their total under both cards, in the order of the new ranks."""
    first = [old.node("total", one).score for one in among]
    then = [new.node("total", one).score for one in among]
    pairs = zip(among, first, then, _ranks(first), _ranks(then), strict=True)
    found = [RankShift(one, (a, b), (x, y)) for one, a, b, x, y in pairs]
    return tuple(sorted(found, key=lambda one: (one.rank[1] is None, one.rank[1] or 0, one.branch)))


def _ranks(scores: Sequence[float | None]) -> list[int | None]:
    known = [value for value in scores if value is not None]
    places = iter(rankdata([-round(value, 9) for value in known], method="min"))
    return [None if value is None else int(next(places)) for value in scores]


def stability(card: ScoreCard, among: Sequence[str], move: float = MOVE) -> RankStability:
    """Ranks of the branches when the weight of every node moves by up to ``move`` either way.

    Each draw multiplies the weight of every perspective, theme and indicator by a factor of its
    own from the uniform distribution on 1 - move .. 1 + move, brings siblings back to their sum,
    and scores the branches as the card does, coverage and red lines included.
    """
    chance = np.random.default_rng(SEED)
    factors = chance.uniform(1 - move, 1 + move, (DRAWS, len(card.inputs.tree.ids)))
    parts = [moved_totals(card, among, part) for part in np.array_split(factors, CHUNKS)]
    today = np.array([card.node(ROOT, one).score for one in among], dtype=np.float64)
    return ranks_under(today, np.concatenate(parts), move, SEED)


def moved_totals(card: ScoreCard, among: Sequence[str], factors: Floats) -> Floats:
    """Totals of the branches (D, B) with each node's weight multiplied by its factor (D, N)."""
    inputs, nodes = card.inputs, len(card.inputs.tree.ids)
    rows = [card.scopes.row[one] for one in among]
    weight = (factors[:, None, :] * inputs.weight_matrix()[rows][None]).reshape(-1, nodes)
    leaves = np.tile(all_leaf_scores(inputs)[rows], (len(factors), 1))
    cap = np.tile(inputs.caps()[rows], (len(factors), 1))
    rolled = roll(inputs.tree, leaves, weight, cap, inputs.minimum_coverage)
    return rolled.score[:, 0].reshape(len(factors), len(rows))


def _differs(pair: tuple[float, float]) -> bool:
    return abs(pair[0] - pair[1]) > 1e-9
