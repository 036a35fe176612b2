"""Two arms by one metric: their users, their counts, and whether these are too few."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.experiments.moments import ArmData
from metrics.experiments.plan import Limits, MetricPlan
from metrics.experiments.records import Reason

_UNLIKE = 3


@dataclass(frozen=True)
class Pair:
    """What one metric's comparison needs: the two arms, and all arms for CUPED."""

    metric: MetricPlan
    control: ArmData
    treatment: ArmData
    everyone: tuple[ArmData, ...]
    limits: Limits

    @property
    def arms(self) -> tuple[ArmData, ArmData]:
        """Control, then treatment."""
        return self.control, self.treatment


def few_conversions(pair: Pair) -> Reason | None:
    """The arm with too few users who have (or who lack) what is measured, if one has."""
    column = pair.metric.columns[0]
    needed = _needed(pair)
    for arm in pair.arms:
        place = arm.moments.names.index(column)
        count = int(arm.moments.nonzero[place])
        if pair.metric.kind == "proportion":
            count = min(count, arm.moments.n - count)
        if count < needed:
            return Reason.of(
                "few_conversions", arm=arm.arm, conversions=count,
                needed=needed,
            )  # fmt: skip
    return None


def _needed(pair: Pair) -> int:
    """Conversions that each arm needs: more for amounts in arms of very unlike size."""
    sizes = sorted(users(pair.metric, arm) for arm in pair.arms)
    skewed = pair.metric.kind in ("mean", "ratio") and sizes[1] > _UNLIKE * sizes[0]
    limits = pair.limits
    return (
        max(limits.fewest_unlike, limits.fewest_conversions)
        if skewed
        else limits.fewest_conversions
    )


def few_users(pair: Pair, needed: int) -> Reason | None:
    """The arm with fewer users than needed, if one has."""
    for arm in pair.arms:
        if users(pair.metric, arm) < needed:
            return Reason.of("few_users", arm=arm.arm, users=users(pair.metric, arm), needed=needed)
    return None


def users(metric: MetricPlan, arm: ArmData) -> int:
    """Users of an arm whose value of the metric is known."""
    if metric.kind == "quantile":
        return arm.values[metric.id].n if metric.id in arm.values else 0
    return arm.moments.n


def counts(pair: Pair) -> tuple[int, int, int, int]:
    """Conversions and users of the treatment, then of the control."""
    column = pair.metric.columns[0]
    x1, x0 = (round(arm.moments.total(column)) for arm in (pair.treatment, pair.control))
    return x1, pair.treatment.moments.n, x0, pair.control.moments.n
