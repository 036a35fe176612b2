"""What a score card would be under other weights: worked out from the card alone, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from metrics.scorecard.card import ScoreCard
from metrics.scoring.rollup import score
from metrics.weights.stability import RankStability, rank_stability

MOVE, DRAWS = 0.2, 1000


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
    """Ranks of the branches when each indicator's share of the total moves by up to ``move``.

    Scores of indicators as they are; caps of red lines do not move with weights and are left out.
    """
    leaves = list(card.tree.indicators)
    cells = [[card.node(leaf, one).score for leaf in leaves] for one in among]
    shares = [_share(card, leaf, among) for leaf in leaves]
    data = np.array(cells, dtype=np.float64).reshape(len(among), len(leaves))
    return rank_stability(data, shares, move, DRAWS)


def _share(card: ScoreCard, leaf: str, among: Sequence[str]) -> float:
    """Of the total, by the weights of the branches that are ranked."""
    share = 100.0
    for node in card.tree.path(leaf)[1:]:
        share *= card.node(node, among[0]).weight / 100 if among else 0.0
    return share


def _differs(pair: tuple[float, float]) -> bool:
    return abs(pair[0] - pair[1]) > 1e-9
