"""What shipping would be worth: points of the total score, between the ends of the lift's interval.

The indicator that a metric stands for is moved by the lift times the share of users whom the
experiment reached, and the card is scored again as weights are previewed: nothing is kept, all
other values, goals, weights and breached red lines stay as they are. It is no forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from data.experiments.plan import PlannedMetric
from data.points.catalogue import Point
from metrics.experiments.records import Effect
from metrics.formula import Floats, Formula, Term
from metrics.scorecard.card import ScoreCard
from metrics.scoring.rollup import score
from metrics.tree.records import Indicator
from metrics.tree.tree import ROOT

WorthReason = Literal[
    "no_indicator",  # nothing of the tree is measured as the metric is
    "part_of_indicator",  # the metric is about a part whose share of the indicator is unknown
    "no_lift",  # no lift with an interval
    "no_share",  # how many users were reached is unknown
    "no_value",  # the indicator has no value in the period, or the total no score
]


@dataclass(frozen=True)
class Worth:
    """Points of the total that a treatment would add; ``low`` to ``high`` as the lift's interval.

    ``node`` (the indicator, or its KPI of the one module that the metric is about) moves from
    ``value`` to ``shipped`` (both in its unit) at the estimated lift; ``share``: of the active
    users, 0 to 1. Where there are no points ``reason`` says why.
    """

    metric: str
    arm: str
    node: str | None
    share: float | None
    value: float | None = None
    shipped: float | None = None
    points: float | None = None
    low: float | None = None
    high: float | None = None
    reason: WorthReason | None = None


def indicator_of(
    indicators: Mapping[str, Indicator], points: Mapping[str, Point], metric: PlannedMetric
) -> str | None:
    """The indicator that moves in proportion to a metric; None where there is none.

    A ratio stands for the indicator that is the same point over the same other one; a mean for one
    that is its point alone; a proportion for one that counts distinct users by its point.
    """
    if metric.kind == "quantile":
        return None
    if metric.kind == "proportion" and points[metric.point].adds not in ("distinct", "cohort"):
        return None
    found = (one.id for one in indicators.values() if _proportional(one.formula, metric))
    return next(found, None)


def worth(
    card: ScoreCard,
    points: Mapping[str, Point],
    metric: PlannedMetric,
    effect: Effect,
    share: float | None,
    branch: str = "",
) -> Worth:
    """What shipping ``effect.arm`` to everybody would add to the total of a branch.

    ``share``: users whom the experiment would reach among the active ones, 0 to 1.
    """
    name = indicator_of(card.tree.indicators, points, metric)
    told = Worth(effect.metric, effect.arm, name, share)
    if name is None:
        return replace(told, reason="no_indicator")
    lifts = (effect.lift.low, effect.lift.value, effect.lift.high)
    if any(one is None or not np.isfinite(one) for one in lifts):
        return replace(told, reason="no_lift")
    if share is None:
        return replace(told, reason="no_share")
    part = _moved_part(card, name, metric)
    if part is None:
        return replace(told, reason="part_of_indicator")
    told = replace(told, node=_node(card, name, metric))
    now, value = card.node(ROOT, branch).score, card.node(told.node or name, branch).value
    if now is None or value is None:
        return replace(told, reason="no_value")
    changes = [part * (one or 0.0) * share for one in lifts]
    totals = [_total(card, name, metric, change, branch) - now for change in changes]
    if not np.isfinite(totals).all():
        return replace(told, reason="no_value")
    factor = 1.0 + changes[1][card.scopes.row[branch]]
    shipped = float(_times(np.array(value), np.array(factor), card.tree.indicators[name]))
    return replace(
        told, value=value, shipped=shipped, points=totals[1], low=min(totals), high=max(totals)
    )


def _node(card: ScoreCard, name: str, metric: PlannedMetric) -> str:
    """The indicator; where its modules are scored and one is chosen, the KPI of that module."""
    modules = dict(metric.where).get("module", ())
    by_module = card.tree.indicators[name].scored_by_modules is not None
    return f"{name}@{modules[0]}" if by_module and len(modules) == 1 else name


def _proportional(formula: Formula, metric: PlannedMetric) -> bool:
    """Whether the formula doubles with the metric's point and halves with what it is over."""
    if formula.points != frozenset(metric.points) or {t.function for t in formula.calls} != {
        "total"
    }:
        return False

    def at(point: float, over: float) -> float:
        held = {metric.point: point, metric.over or "": over}

        def lookup(term: Term) -> Floats:
            return np.array([held[term.point]])

        return float(formula.evaluate(lookup)[0])

    base = at(3.0, 7.0)
    doubled = np.isclose(at(6.0, 7.0), 2 * base)
    halved = metric.over is None or np.isclose(at(3.0, 14.0), base / 2)
    return bool(doubled and halved and base > 0)


def _moved_part(card: ScoreCard, name: str, metric: PlannedMetric) -> Floats | None:
    """Which part of the indicator the metric is about, by scope (S,); None where unknown."""
    scopes = len(card.scopes.nodes)
    where = dict(metric.where)
    if not where:
        return np.ones(scopes)
    indicator = card.tree.indicators[name]
    if set(where) != {"module"}:
        return None
    if indicator.scored_by_modules is not None:
        return np.ones(scopes)  # those modules move, the others stay: see _total
    if indicator.over_time != "sum" or not set(where["module"]) <= set(indicator.modules):
        return None
    every = list(card.tree.modules)
    by_module = card.modules.value[:, card.modules.column(name)].reshape(scopes, len(every))
    chosen = np.nansum(by_module[:, [every.index(one) for one in where["module"]]], axis=1)
    whole = card.values.value[:, card.values.column(name)]
    with np.errstate(all="ignore"):
        part = chosen / whole
    return np.where(np.isfinite(part), np.clip(part, 0.0, 1.0), 0.0)


def _total(card: ScoreCard, name: str, metric: PlannedMetric, change: Floats, branch: str) -> float:
    """The total with the indicator ``change`` (S,) larger, as a share; NaN where there is none."""
    inputs, row = card.inputs, card.scopes.row[branch]
    leaf = list(inputs.tree.leaves).index(name)
    indicator = card.tree.indicators[name]
    modules = () if indicator.scored_by_modules is None else indicator.scored_by_modules.modules
    chosen = dict(metric.where).get("module", modules)
    factor = 1.0 + change
    parts = tuple(
        replace(part, value=_times(part.value, _by_module(factor, modules, chosen), indicator))
        if part.leaf == name
        else part
        for part in inputs.parts
    )
    value = inputs.value.copy()
    if set(modules) <= set(chosen):
        value[:, leaf] = _times(value[:, leaf], factor, indicator)
    found = score(replace(inputs, value=value, parts=parts))
    total = found.at(row, ROOT)
    return float("nan") if total is None else total


def _by_module(factor: Floats, modules: Sequence[str], chosen: Sequence[str]) -> Floats:
    """The factor (S, K) of each module that scores the indicator: 1 for those not chosen."""
    touched = np.array([one in chosen for one in modules])
    return np.where(touched[None, :], factor[:, None], 1.0)


def _times(values: Floats, factor: Floats, indicator: Indicator) -> Floats:
    """Larger values; a share does not go beyond all of it."""
    made = values * factor
    return np.minimum(made, np.maximum(values, 100.0)) if indicator.unit == "%" else made
