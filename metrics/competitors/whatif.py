"""What another bank's value of an indicator would do to the bank's own score."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from metrics.scorecard import ScoreCard
from metrics.scoring.rollup import score
from metrics.tree import ROOT


@dataclass(frozen=True)
class WhatIf:
    """Scores in points: of the indicator and of the whole, as they are and with the other value."""

    indicator: str
    value: float | None
    other: float
    score: float | None
    with_other: float | None
    total: float | None
    total_with_other: float | None

    @property
    def gain(self) -> float | None:
        """Points that the total would gain."""
        if self.total is None or self.total_with_other is None:
            return None
        return self.total_with_other - self.total


def with_value(card: ScoreCard, indicator: str, other: float, branch: str = "") -> WhatIf:
    """Score the card once more with another value of one indicator; all else stays.

    KeyError for an unknown indicator, SliceError for a scope out of reach.
    """
    before = card.node(indicator, branch)
    inputs = card.inputs
    column = inputs.tree.leaves.index(indicator)
    row = card.scopes.nodes.index(branch)
    value, present = inputs.value.copy(), inputs.present.copy()
    value[row, column] = other
    known = np.isfinite(inputs.base[row, column]) and np.isfinite(inputs.target[row, column])
    present[row, column] = present[row, column] or known
    scores = score(replace(inputs, value=value, present=present)).score[row]
    place = inputs.tree.position
    return WhatIf(
        indicator, before.value, other, before.score, _number(scores[place[indicator]]),
        card.node(ROOT, branch).score, _number(scores[place[ROOT]]),
    )  # fmt: skip


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
