"""Metrics in the product's own terms: from an indicator of the tree to what is summed by user.

An indicator that is one point over another becomes a ratio with the user as the unit, a point by
itself a mean; the constant before it (100, 10 000) is a matter of showing and falls away. Only
points whose facts carry a user can be compared by user; the others are shown as context.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from data.experiments.plan import Better, ExperimentPlan, PlannedMetric, Role
from data.experiments.usable import RefusalKind, point_refusal, refusals
from data.points.catalogue import Catalogue
from metrics.experiments.plan import Limits, Margin, MetricPlan, Plan
from metrics.formula import Node, Number, Operation, Term
from metrics.tree import Tree
from metrics.tree.records import Goal, Indicator

GUARDED = ("risk", "compliance")
"""Perspectives whose indicators guard an experiment."""
DEFAULT_MARGIN = 0.1
"""Of the control's value, where base and target of the indicator say nothing."""

ContextKind = Literal["other_modules", "not_a_ratio"] | RefusalKind


@dataclass(frozen=True)
class Context:
    """An indicator that cannot be a metric of users: shown beside the result, with the reason."""

    indicator: str
    kind: ContextKind
    about: str = ""


@dataclass(frozen=True)
class Guards:
    """The guardrails that the tree proposes, and the indicators that are only context."""

    metrics: tuple[PlannedMetric, ...]
    context: tuple[Context, ...]


@dataclass(frozen=True)
class Shape:
    """A formula as factor x point, or factor x point / over."""

    factor: float
    point: str
    over: str | None


def shape_of(indicator: Indicator) -> Shape | None:
    """The formula as one point, or one over another, times a constant; None for any other.

    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> tree = load_definitions(read_settings()).tree
    >>> shape_of(tree.indicators["scene_risk_rate"])
    Shape(factor=100.0, point='txn_risky', over='txn_all')
    >>> shape_of(tree.indicators["privacy_complaints"]) is None
    True
    """
    return _shape(indicator.formula.root)


def _shape(node: Node) -> Shape | None:
    if isinstance(node, Term):
        return Shape(1.0, node.point, None) if node.function == "total" else None
    if not isinstance(node, Operation):
        return None
    left, right = node.left, node.right
    if node.sign == "*" and isinstance(left, Number):
        inner = _shape(right)
        return None if inner is None else Shape(left.value * inner.factor, inner.point, inner.over)
    if node.sign == "/":
        above, below = _shape(left), _shape(right)
        if above is None or below is None or above.over or below.over:
            return None
        return Shape(above.factor / below.factor, above.point, below.point)
    return None


def metric_of(
    indicator: Indicator,
    catalogue: Catalogue,
    *,
    role: Role = "secondary",
    window_days: int = 14,
    modules: Collection[str] = (),
    covariate: bool = False,
) -> PlannedMetric | Context:
    """The indicator as a metric of users, or why it is none.

    ``modules`` narrow the facts where the indicator is one of modules. A guardrail gets a margin:
    the step from the indicator's base to its target, else a tenth of the control's value.
    """
    shape = shape_of(indicator)
    if shape is None:
        return Context(indicator.id, "not_a_ratio")
    for point in (shape.point, shape.over):
        kind = None if point is None else point_refusal(catalogue, point)
        if kind is not None:
            return Context(indicator.id, kind, point or "")
    where = (("module", tuple(sorted(modules))),) if modules and indicator.modules else ()
    margin, relative = _margin(indicator, shape)
    guarded = role == "guardrail"
    better: Better = "higher" if indicator.better == "up" else "lower"
    made = PlannedMetric(
        indicator.id, "mean" if shape.over is None else "ratio", shape.point, shape.over, where,
        window_days, role, better, margin if guarded else None, relative, covariate,
        name_zh=indicator.name_zh, name_en=indicator.name_en,
    )  # fmt: skip
    wrong = next(refusals(catalogue, made), None)
    return made if wrong is None else Context(indicator.id, wrong.kind, wrong.about)


def default_guardrails(
    tree: Tree, catalogue: Catalogue, modules: Collection[str], window_days: int
) -> Guards:
    """The risk and compliance indicators of the modules touched, as guardrails where possible.

    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> found = load_definitions(read_settings())
    >>> guards = default_guardrails(found.tree, found.catalogue, ["transfer"], 14)
    >>> [one.id for one in guards.metrics]
    ['scene_risk_rate', 'fraud_rate']
    >>> next(one.kind for one in guards.context if one.indicator == "availability")
    'no_user'
    """
    metrics: list[PlannedMetric] = []
    context: list[Context] = []
    for indicator in tree.indicators.values():
        if indicator.perspective not in GUARDED:
            continue
        touched = sorted(set(indicator.modules or ()) & set(modules))
        found: PlannedMetric | Context = Context(indicator.id, "other_modules")
        if touched:
            found = metric_of(
                indicator, catalogue, role="guardrail", window_days=window_days, modules=touched
            )
        elif not indicator.modules:
            plain = metric_of(indicator, catalogue)
            found = plain if isinstance(plain, Context) else found
        if isinstance(found, PlannedMetric):
            metrics.append(found)
        else:
            context.append(found)
    return Guards(tuple(metrics), tuple(context))


def _margin(indicator: Indicator, shape: Shape) -> tuple[float, bool]:
    """How much worse it may get: (margin, whether it is relative to the control)."""
    base, target = (_number(goal) for goal in (indicator.base, indicator.target))
    if base is None or target is None or base == target:
        return DEFAULT_MARGIN, True
    return abs(target - base) / abs(shape.factor), False


def _number(goal: Goal | None) -> float | None:
    return goal.amount if goal is not None and goal.form == "number" else None


def statistical_plan(plan: ExperimentPlan, covariates: Collection[str] = ()) -> Plan:
    """The plan as the statistics take it; ``covariates``: columns that were measured.

    >>> from datetime import date
    >>> from data.experiments.plan import PlannedArm
    >>> arms = (PlannedArm("A", 0.5), PlannedArm("B", 0.5))
    >>> fee = PlannedMetric("fee", "mean", "fee_income", role="primary", covariate=True)
    >>> made = ExperimentPlan("", "x", "y", "z", (), arms, (fee,), date(2026, 1, 1))
    >>> statistical_plan(made, ["fee_before", "known_before"]).metrics[0].covariates
    ('fee_before', 'known_before')
    """
    return Plan(
        tuple(one.name for one in plan.arms), tuple(_plan(one, covariates) for one in plan.metrics),
        tuple(one.share for one in plan.arms), plan.alpha, plan.power, plan.correction,
        plan.policy, plan.looks, plan.horizon_days, plan.users,
        Limits(ratio_warned=plan.ratio_warned, ratio_invalid=plan.ratio_invalid),
    )  # fmt: skip


def _plan(metric: PlannedMetric, measured: Collection[str]) -> MetricPlan:
    before = tuple(f"{name}_before" for name in metric.columns)
    used: tuple[str, ...] = ()
    if metric.covariate and set(before) <= set(measured):
        used = (*before, *(name for name in ("known_before",) if name in measured))
    margin = None if metric.margin is None else Margin(metric.margin, metric.margin_relative)
    columns = () if metric.kind == "quantile" else metric.columns
    return MetricPlan(
        metric.id, metric.kind, columns, metric.role, metric.better, margin, used,
        metric.quantile, metric.winsorised,
    )  # fmt: skip
