"""What is wrong with a plan before anything is measured: all of it at once."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from data.experiments.plan import ExperimentPlan, PlannedMetric

LONGEST_DAYS = 730
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

Problem = tuple[tuple[str | int, ...], str]
"""Where in the plan, and what is wrong there."""


def is_id(text: str) -> bool:
    """Whether an experiment may be called so.

    >>> is_id("X0001"), is_id("a b")
    (True, False)
    """
    return bool(_ID.fullmatch(text))


def plan_problems(plan: ExperimentPlan) -> tuple[Problem, ...]:
    """All problems of a plan, each with its place; empty for one that can be started."""
    found = [*_head(plan), *_arms(plan), *_limits(plan)]
    for place, metric in enumerate(plan.metrics):
        found += [(("metrics", place, key), what) for key, what in _metric(metric)]
    return (*found, *_roles(plan))


def _head(plan: ExperimentPlan) -> Iterator[Problem]:
    if not (plan.name_zh.strip() or plan.name_en.strip()):
        yield ("name",), "the name of the plan is empty"
    for key in ("hypothesis", "owner"):
        if not getattr(plan, key).strip():
            yield (key,), f"the {key} of the plan is empty"
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        yield ("ends_on",), "the last day lies before the first"
    if not 1 <= plan.horizon_days <= LONGEST_DAYS:
        yield ("horizon_days",), f"expected 1 to {LONGEST_DAYS} days"
    if plan.users is not None and plan.users < 2:
        yield ("users",), "expected at least 2 users"


def _arms(plan: ExperimentPlan) -> Iterator[Problem]:
    if len(plan.arms) < 2:
        yield ("arms",), "an experiment has at least two arms, the control first"
    twice = [name for name, times in Counter(one.name for one in plan.arms).items() if times > 1]
    if twice:
        yield ("arms",), f"arms named twice: {', '.join(twice)}"
    for place, arm in enumerate(plan.arms):
        if not arm.name.strip():
            yield ("arms", place, "name"), "an arm has no name"
        if not (math.isfinite(arm.share) and 0 < arm.share < 1):
            yield ("arms", place, "share"), "a share lies between 0 and 1"
    if abs(sum(one.share for one in plan.arms) - 1) > 1e-6:
        yield ("arms",), "the shares add up to 1"


def _limits(plan: ExperimentPlan) -> Iterator[Problem]:
    if not 0 < plan.alpha < 0.5:
        yield ("alpha",), "expected a number between 0 and 0.5"
    if not 0.5 <= plan.power < 1:
        yield ("power",), "expected a number from 0.5 to below 1"
    if not 0 <= plan.ratio_invalid <= plan.ratio_warned < 1:
        yield ("ratio_invalid",), "expected 0 <= ratio_invalid <= ratio_warned < 1"
    if any(not 0 < look <= 1 for look in plan.looks) or list(plan.looks) != sorted(set(plan.looks)):
        yield ("looks",), "looks are rising fractions above 0 and up to 1"
    if plan.looks and plan.policy not in ("obrien_fleming", "pocock"):
        yield ("looks",), f"the policy {plan.policy} has no planned looks"


def _metric(metric: PlannedMetric) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(metric.id):
        yield "id", "an id has small letters, digits and _ only, at most 40"
    if not 1 <= metric.window_days <= 366:
        yield "window_days", "expected 1 to 366 days"
    if not 0 < metric.quantile < 1:
        yield "quantile", "expected a number between 0 and 1"
    if metric.winsorised is not None and not 0.5 < metric.winsorised < 1:
        yield "winsorised", "expected a quantile between 0.5 and 1"
    if metric.margin is not None and not (math.isfinite(metric.margin) and metric.margin > 0):
        yield "margin", "a margin is positive, whichever direction is worse"
    if metric.margin is not None and metric.margin_relative and metric.margin >= 1:
        yield "margin", "a relative margin is a share below 1 (0.02: two per cent of the control)"
    if metric.role == "guardrail" and metric.margin is None:
        yield "margin", "a guardrail needs a margin"
    if metric.covariate and metric.kind == "quantile":
        yield "covariate", "a quantile takes no covariate"


def _roles(plan: ExperimentPlan) -> Iterator[Problem]:
    primary = sum(one.role == "primary" for one in plan.metrics)
    if primary != 1:
        yield ("metrics",), f"expected one primary metric, found {primary}"
    taken = [name for one in plan.metrics for name in one.columns]
    twice = sorted(name for name, times in Counter(taken).items() if times > 1)
    if twice:
        yield ("metrics",), f"metrics named twice: {', '.join(twice)}"
