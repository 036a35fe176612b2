"""Why a score moved between two periods: exact parts by node, and the indicators behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.scorecard.card import ScoreCard
from metrics.scoring.contributions import contributions
from metrics.scoring.split import FACTORS, Refusal, Split, split

_REFUSALS = {
    Refusal.NO_SCORE_BEFORE: ("no score before", "前期没有得分"),
    Refusal.NO_SCORE_AFTER: ("no score after", "后期没有得分"),
    Refusal.NO_SCORE: ("no score on either side", "两期均没有得分"),
}


@dataclass(frozen=True)
class Mover:
    """What one indicator did to the score of a node, in points; ``parts`` by factor."""

    id: str
    points: float
    parts: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Explanation:
    """The change from ``before`` to ``after`` in one scope."""

    before: ScoreCard
    after: ScoreCard
    branch: str
    split: Split

    def parts(self, node: str = "total") -> Mapping[str, float] | None:
        """Points by value, target, weight, coverage and red_line; None where it is refused."""
        return self.split.at(self._row, node)

    def change(self, node: str = "total") -> float | None:
        """The change of a node's score in points."""
        found = self.split.change[self._row, self.split.tree.position[node]]
        return None if np.isnan(found) else float(found)

    def refusal(self, node: str, lang: str) -> str | None:
        """Why a node's change is not split, in words."""
        why = self.split.why(self._row, node)
        return None if why == Refusal.OK else _REFUSALS[why][lang == "zh"]

    def movers(self, count: int = 5, node: str = "total") -> tuple[Mover, ...]:
        """The indicators that moved a node most, largest first; red lines are in ``parts``."""
        if self.parts(node) is None:
            return ()
        found = contributions(self.split, node, "leaves")
        rows = found.parts[self._row]
        order = np.argsort(-np.abs(rows.sum(axis=1)), kind="stable")[:count]
        return tuple(
            Mover(
                found.sources[i],
                float(rows[i].sum()),
                dict(zip(FACTORS, rows[i].tolist(), strict=True)),
            )
            for i in order
            if abs(rows[i].sum()) > 1e-9
        )

    @cached_property
    def _row(self) -> int:
        if self.branch not in self.after.branches:
            raise KeyError(self.branch)
        return self.after.scopes.nodes.index(self.branch)


def explain(before: ScoreCard, after: ScoreCard, branch: str = "") -> Explanation:
    """Split the change between two cards of the same organisation; exact to 1e-9.

    ValueError where the cards do not have the same branches or tree.
    """
    if before.scopes.nodes != after.scopes.nodes:
        raise ValueError("the two cards have different branches")
    return Explanation(before, after, branch, split(before.inputs, after.inputs))
