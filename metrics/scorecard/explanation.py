"""Why a score moved between two periods: exact parts by node, and the indicators behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from data.slice import SliceError
from metrics.formula import Floats
from metrics.scorecard.card import ScoreCard
from metrics.scoring.contributions import Contributions, contributions
from metrics.scoring.split import FACTORS, Refusal, Split, split

NOTHING = 1e-12
"""Points below which a part is rounding."""

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


@dataclass(frozen=True)
class Capped:
    """What the red lines of one node did to the score of a node above it (or its own), in points.

    ``lines`` are the red lines that capped ``id`` in either period.
    """

    id: str
    points: float
    parts: Mapping[str, float]
    lines: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Explanation:
    """The change from ``before`` to ``after`` in one scope."""

    before: ScoreCard
    after: ScoreCard
    branch: str
    split: Split
    _kept: dict[str, Contributions] = field(default_factory=dict)

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

    def movers(self, count: int | None = 5, node: str = "total") -> tuple[Mover, ...]:
        """The indicators that moved a node most, largest first; None for ``count``: all of them.

        All movers and all of ``caps`` add up to the change of the node.
        """
        if self.parts(node) is None or not self.split.tree.children[node]:
            return ()
        found = self._contributions(node)
        return tuple(
            Mover(found.sources[i], points, parts)
            for i, points, parts in _largest(found.parts[self._row], count)
        )

    def caps(self, node: str = "total") -> tuple[Capped, ...]:
        """What red lines at or below a node did to it, largest first; empty where none did."""
        if self.parts(node) is None or not self.split.tree.children[node]:
            return ()
        found = self._contributions(node)
        return tuple(
            Capped(found.caps[i], points, parts, self._lines(found.caps[i]))
            for i, points, parts in _largest(found.cap_parts[self._row], None)
        )

    def _lines(self, node: str) -> tuple[str, ...]:
        sides = (self.before.inputs, self.after.inputs)
        found = [line for side in sides for line in side.lines_at(self._row, node)]
        return tuple(dict.fromkeys(found))

    def _contributions(self, node: str) -> Contributions:
        if node not in self._kept:
            self._kept[node] = contributions(self.split, node, "leaves")
        return self._kept[node]

    @cached_property
    def _row(self) -> int:
        for card in (self.before, self.after):
            if self.branch not in card.branches:
                raise SliceError(f"no branch {self.branch!r} that you may see")
        return self.after.scopes.row[self.branch]


def _largest(rows: Floats, count: int | None) -> Iterator[tuple[int, float, dict[str, float]]]:
    """(row, sum, parts by factor) of the rows that are not zero, largest sum first."""
    sums = rows.sum(axis=1)
    order = np.argsort(-np.abs(sums), kind="stable")[:count]
    for i in order:
        if np.abs(rows[i]).max() > NOTHING:
            yield int(i), float(sums[i]), dict(zip(FACTORS, rows[i].tolist(), strict=True))


def explain(before: ScoreCard, after: ScoreCard, branch: str = "") -> Explanation:
    """Split the change between two cards of the same organisation; exact to 1e-9.

    ValueError where the cards do not have the same branches or tree.
    """
    if before.scopes.nodes != after.scopes.nodes:
        raise ValueError("the two cards have different branches")
    return Explanation(before, after, branch, split(before.inputs, after.inputs))
