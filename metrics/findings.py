"""What a reader should see first: picked from a score card, put into words elsewhere.

Screens and workbooks point at the same things by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from metrics.scorecard import NodeResult, ScoreCard
from metrics.values.reasons import Reason

BASE_SCORE = 60.0
TARGET_SCORE = 100.0


@dataclass(frozen=True)
class OffTarget:
    """An indicator below its base; ``lost`` is what that takes from the total, in points."""

    node: NodeResult
    lost: float


@dataclass(frozen=True)
class Missing:
    """Indicators without a score for one reason; ``weight`` is theirs, in per cent of the total."""

    reason: Reason
    nodes: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Verdict:
    """A node's leaves at a glance: how many are scored, how many below base, best and worst."""

    scored: int
    below: int
    best: NodeResult | None
    worst: NodeResult | None


def leaves_of(card: ScoreCard, node: str, branch: str) -> tuple[NodeResult, ...]:
    """The indicators at or under a node of levels 0 to 3."""
    return tuple(card.node(leaf, branch) for leaf in card.tree.leaves(node))


def off_target(leaves: Iterable[NodeResult], most: int = 8) -> tuple[OffTarget, ...]:
    """Indicators below their base, by effective weight times distance, the worst first."""
    found = [
        OffTarget(one, one.effective_weight * (BASE_SCORE - one.score) / 100)
        for one in leaves
        if one.score is not None and one.score < BASE_SCORE - 1e-9
    ]
    return tuple(sorted(found, key=lambda one: -one.lost)[:most])


def missing(leaves: Iterable[NodeResult]) -> tuple[Missing, ...]:
    """What has no score, by reason, the weightiest first."""
    groups: dict[Reason, list[NodeResult]] = {}
    for one in leaves:
        if one.score is None and one.reason is not None:
            groups.setdefault(one.reason, []).append(one)
    found = [
        Missing(reason, tuple(one.id for one in nodes), sum(one.effective_weight for one in nodes))
        for reason, nodes in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.weight))


def verdict(leaves: Iterable[NodeResult]) -> Verdict:
    """How the leaves of a node stand; best and worst by what they add to or take from it."""
    scored = [one for one in leaves if one.score is not None]
    below = [one for one in scored if (one.score or 0.0) < BASE_SCORE - 1e-9]

    def pull(one: NodeResult) -> float:
        return one.effective_weight * ((one.score or 0.0) - TARGET_SCORE)

    if not scored:
        return Verdict(0, 0, None, None)
    return Verdict(len(scored), len(below), max(scored, key=pull), min(scored, key=pull))


def goodness(change: float | None, better: str = "up") -> int:
    """1 where a change is good for the business, -1 where bad, 0 where neither or unknown."""
    if change is None or abs(change) < 0.05 or better == "band":
        return 0
    return 1 if (change > 0) == (better == "up") else -1


def difference(new: float | None, old: float | None) -> float | None:
    """The change from old to new; None where either is unknown."""
    return None if new is None or old is None else new - old
