"""What the data say about siblings: the rows and columns that entropy and CRITIC weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.scorecard.card import NodeResult, ScoreCard
from metrics.weights.methods import Direction, Measured, critic_weights, entropy_weights

FEWEST_ROWS = 5
"""Fewer rows than this say more about chance than about the siblings."""


@dataclass(frozen=True)
class Evidence:
    """Values by row (branches, or periods) and column (siblings), complete rows only.

    ``measures`` says of each column whether it holds values (of an indicator that has a better
    direction) or scores. ``left_out`` rows lacked a value; ``never`` names siblings without any.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    better: tuple[Direction, ...]
    measures: tuple[str, ...]
    left_out: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether there are rows enough to weigh by."""
        return len(self.rows) >= FEWEST_ROWS and not self.never


def evidence(cards: Sequence[tuple[str, ScoreCard, str]], children: Sequence[str]) -> Evidence:
    """The siblings ``children`` in rows ``(name, card, branch)``."""
    if not cards:
        return Evidence((), tuple(children), (), (), (), (), tuple(children))
    tree = cards[0][1].tree
    kinds: list[tuple[Direction, str]] = []
    for child in children:
        way = tree.indicators[child].better if child in tree.indicators else "band"
        kinds.append(("down" if way == "down" else "up", "score" if way == "band" else "value"))
    table = {
        name: [_cell(card.node(child, branch), kind) for child, (_way, kind) in
               zip(children, kinds, strict=True)]
        for name, card, branch in cards
    }  # fmt: skip
    whole = {
        name: tuple(value for value in row if value is not None)
        for name, row in table.items()
        if None not in row
    }
    never = tuple(
        child for at, child in enumerate(children) if all(row[at] is None for row in table.values())
    )
    return Evidence(
        tuple(whole),
        tuple(children),
        tuple(whole.values()),
        tuple(way for way, _kind in kinds),
        tuple(kind for _way, kind in kinds),
        tuple(name for name in table if name not in whole),
        never,
    )


def _cell(node: NodeResult, kind: str) -> float | None:
    return node.value if kind == "value" else node.score


def weigh(found: Evidence, method: str) -> Measured:
    """Weights by ``entropy`` or ``critic``; None with the reason where rows are too few.

    >>> weigh(Evidence((), ("a",), (), ("up",), ("value",), (), ()), "entropy").reason
    'not enough data: 0 complete rows, at least 5 needed'
    """
    if found.never:
        return Measured(None, reason=f"not enough data: no values of {', '.join(found.never)}")
    if not found.enough:
        told = f"{len(found.rows)} complete rows, at least {FEWEST_ROWS} needed"
        return Measured(None, reason=f"not enough data: {told}")
    method_of = {"entropy": entropy_weights, "critic": critic_weights}[method]
    return method_of(found.values, found.better)
