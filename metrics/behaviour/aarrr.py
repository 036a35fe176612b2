"""The AARRR funnel: the plan's six stages, each an indicator with its target; the weakest named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.scorecard import NodeResult, ScoreCard

STAGES = (
    ("acquisition", "visit_to_register"),
    ("activation", "activation_rate"),
    ("retention", "retention_d30"),
    ("conversion", "wealth_conversion"),
    ("revenue", "arpu"),
    ("referral", "referral_share"),
)
"""Stage 0 and the plan's five, each with the indicator that says how well users pass it."""


@dataclass(frozen=True)
class Stage:
    """A stage with its indicator's result in one scope; what is None has the node's reason."""

    stage: str
    node: NodeResult

    @property
    def reached(self) -> float | None:
        """Value in per cent of the target."""
        value, target = self.node.value, self.node.target
        return None if value is None or not target else 100 * value / target


def stages(card: ScoreCard, branch: str = "") -> tuple[Stage, ...]:
    """The six stages of a scope, from its score card."""
    return tuple(Stage(stage, card.node(indicator, branch)) for stage, indicator in STAGES)


def weakest(found: Sequence[Stage]) -> Stage | None:
    """The stage with the lowest score; without any score none is named."""
    scored = [one for one in found if one.node.score is not None]
    return min(scored, key=lambda one: one.node.score or 0.0, default=None)
