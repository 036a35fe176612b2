"""Does an effect wear off? The effect by day since each user's exposure, and its trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import norm

from metrics.experiments.analysis import effect_of, pair_of
from metrics.experiments.moments import ArmData
from metrics.experiments.plan import MetricPlan, Plan
from metrics.experiments.records import Effect, Reason

Trend = Literal["fading", "growing", "steady", "unknown"]
_FEWEST_DAYS = 4


@dataclass(frozen=True)
class Novelty:
    """The effect on each day since exposure, in order, and how it moves.

    ``slope``: change of the difference per day, in the metric's unit, weighted by precision;
    ``p``: two-sided, that it is 0; ``trend``: fading (towards 0) or growing where p is at most
    alpha; ``reason``: the warning of a fading effect.
    """

    days: tuple[tuple[int, Effect], ...]
    slope: float | None
    p: float | None
    trend: Trend
    reason: Reason | None


def by_day(
    plan: Plan, metric: MetricPlan, arm: str, parts: Mapping[int, Sequence[ArmData]]
) -> Novelty:
    """One treatment's effect on each day since exposure (0: the day itself).

    The trend is a straight line by least squares weighted with 1 / error^2; its z takes the days
    as independent (Draper and Smith, "Applied Regression Analysis", 3rd ed., 9.2). They are
    partly the same users, whose days go together: then the slope is more precise than said, so
    the warning errs by silence.

    >>> by_day(Plan(("A", "B"), ()), MetricPlan("x", "mean", ("x",)), "B", {}).trend
    'unknown'
    """
    found = tuple(
        (day, effect_of(pair_of(plan, metric, parts[day], arm), plan.alpha))
        for day in sorted(parts)
    )
    rows = [
        (day, each.difference.value, each.error)
        for day, each in found
        if each.difference.value is not None and each.error and each.p is not None
    ]
    if len(rows) < _FEWEST_DAYS:
        return Novelty(found, None, None, "unknown", None)
    slope, middle, error = _line(np.array(rows, dtype=float))
    p = float(2 * norm.sf(abs(slope) / error))
    trend = _trend(slope, middle, p, plan.alpha)
    warned = Reason.of("novelty", metric=metric.id) if trend == "fading" else None
    return Novelty(found, slope, p, trend, warned)


def _line(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float, float]:
    """Slope, height in the middle, and the slope's error, of (day, value, error)."""
    day, value, error = rows.T
    weight = 1 / error**2
    centre = (weight @ day) / weight.sum()
    spread = weight @ (day - centre) ** 2
    slope = (weight @ ((day - centre) * value)) / spread
    return float(slope), float((weight @ value) / weight.sum()), float(spread**-0.5)


def _trend(slope: float, middle: float, p: float, alpha: float) -> Trend:
    if p > alpha:
        return "steady"
    return "fading" if slope * middle < 0 else "growing"
