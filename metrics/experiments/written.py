"""A plan as people write it (YAML), and as resolved: every problem with its file, line and key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from data.configuration import ConfigurationError, Located, Problem, Written, problem_at, read
from data.experiments.check import is_id, plan_problems
from data.experiments.plan import (
    Better,
    Correction,
    ExperimentPlan,
    Kind,
    PlannedArm,
    PlannedMetric,
    Policy,
    Role,
)
from data.experiments.usable import MetricRefusal, refusals
from data.points.catalogue import Catalogue
from data.points.declared import Names
from metrics.experiments.metrics import Context, default_guardrails, metric_of
from metrics.tree import Tree


class WrittenArm(Written):
    """A variant; the first is the control."""

    name: Annotated[str, Field(min_length=1)]
    share: float


class WrittenMargin(Written):
    """How much worse a guardrail may get."""

    value: float
    relative: bool = True


class WrittenMetric(Written):
    """A metric: of a point (``id``, ``kind``, ``point``) or an ``indicator`` of the tree."""

    indicator: str | None = None
    id: str | None = None
    name: Names | None = None
    kind: Kind | None = None
    point: str | None = None
    over: str | None = None
    modules: list[str] = Field(default_factory=list)
    apps: list[str] = Field(default_factory=list)
    window_days: int = 14
    role: Role = "secondary"
    better: Better | None = None
    margin: WrittenMargin | None = None
    covariate: bool = False
    winsorised: float | None = None
    quantile: float = 0.5


class WrittenExperiment(Written):
    """An experiment's file. ``guardrails: tree`` adds those that the tree proposes."""

    id: str
    name: Names
    hypothesis: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    modules: list[str] = Field(default_factory=list)
    arms: list[WrittenArm]
    metrics: list[WrittenMetric]
    guardrails: Literal["tree", "named"] = "tree"
    starts_on: date
    ends_on: date | None = None
    horizon_days: int = 28
    alpha: float = 0.05
    power: float = 0.8
    correction: Correction = "holm"
    policy: Policy = "fixed"
    looks: list[float] = Field(default_factory=list)
    users: int | None = None
    ratio_warned: float = 0.01
    ratio_invalid: float = 0.001
    campaign: str | None = None


@dataclass(frozen=True)
class Proposed:
    """A plan ready to be registered; ``context``: indicators that cannot guard it, and why."""

    id: str
    plan: ExperimentPlan
    context: tuple[Context, ...]


def read_plan(path: Path, tree: Tree, catalogue: Catalogue) -> Proposed:
    """The plan of a file; raises ConfigurationError with everything that is wrong."""
    written = read(path, WrittenExperiment)
    problems = list(_unknown(written, tree, catalogue))
    if problems:
        raise ConfigurationError(problems)
    metrics = [_metric(one, tree, catalogue) for one in written.value.metrics]
    problems = list(_context_problems(written, metrics))
    named = tuple(one for one in metrics if isinstance(one, PlannedMetric))
    guards, context = _guards(written.value, named, tree, catalogue)
    plan = _plan(written.value, (*named, *guards))
    problems += _plan_problems(written, plan)
    problems += [
        _refused(written, place, wrong)
        for place, metric in enumerate(named)
        for wrong in refusals(catalogue, metric)
    ]
    if problems:
        raise ConfigurationError(problems)
    return Proposed(written.value.id, plan, context)


def _unknown(
    file: Located[WrittenExperiment], tree: Tree, catalogue: Catalogue
) -> Iterator[Problem]:
    """Names that do not exist, and metrics that say too little or too much."""
    value = file.value
    if not is_id(value.id):
        yield problem_at(file, ("id",), expected="letters, digits, _ . - and at most 64")
    for place, module in enumerate(value.modules):
        if module not in tree.modules:
            yield problem_at(
                file, ("modules", place), expected="a module of the tree", choices=tree.modules
            )
    for place, metric in enumerate(value.metrics):
        path = ("metrics", place)
        named = metric.indicator is not None
        if named == (metric.point is not None):
            yield problem_at(
                file, path, found="both or none of the two", expected="either indicator or point"
            )
        elif not named and (metric.id is None or metric.kind is None):
            yield problem_at(file, path, found="a point alone", expected="id and kind beside point")
        if named and metric.indicator not in tree.indicators:
            yield problem_at(
                file, (*path, "indicator"), expected="an indicator of the tree",
                choices=tree.indicators,
            )  # fmt: skip
        for key in ("point", "over"):
            if getattr(metric, key) not in (None, *catalogue.points):
                yield problem_at(
                    file, (*path, key), expected="a data point", choices=catalogue.points
                )


def _metric(written: WrittenMetric, tree: Tree, catalogue: Catalogue) -> PlannedMetric | Context:
    margin = written.margin
    if written.indicator is not None:
        found = metric_of(
            tree.indicators[written.indicator], catalogue, role=written.role,
            window_days=written.window_days, modules=written.modules, covariate=written.covariate,
        )  # fmt: skip
        return found if isinstance(found, Context) or margin is None else _with(found, margin)
    where = tuple(
        (name, tuple(sorted(values)))
        for name, values in (("module", written.modules), ("app", written.apps))
        if values
    )
    return PlannedMetric(
        written.id or "", written.kind or "mean", written.point or "", written.over, where,
        written.window_days, written.role, written.better or "higher",
        None if margin is None else margin.value, margin is None or margin.relative,
        written.covariate, written.winsorised, written.quantile,
        written.name.zh if written.name else "", written.name.en if written.name else "",
    )  # fmt: skip


def _with(metric: PlannedMetric, margin: WrittenMargin) -> PlannedMetric:
    return replace(metric, margin=margin.value, margin_relative=margin.relative)


def _guards(
    written: WrittenExperiment, named: tuple[PlannedMetric, ...], tree: Tree, catalogue: Catalogue
) -> tuple[tuple[PlannedMetric, ...], tuple[Context, ...]]:
    """What the tree adds: guardrails that are not named already, and what is only context."""
    window = max((one.window_days for one in named), default=14)
    proposed = default_guardrails(tree, catalogue, written.modules, window)
    if written.guardrails == "named":
        return (), proposed.context
    there = {one.id for one in named}
    return tuple(one for one in proposed.metrics if one.id not in there), proposed.context


def _plan(written: WrittenExperiment, metrics: tuple[PlannedMetric, ...]) -> ExperimentPlan:
    return ExperimentPlan(
        written.name.zh, written.name.en, written.hypothesis, written.owner,
        tuple(written.modules), tuple(PlannedArm(one.name, one.share) for one in written.arms),
        metrics, written.starts_on, written.ends_on, written.horizon_days, written.alpha,
        written.power, written.correction, written.policy, tuple(written.looks), written.users,
        written.ratio_warned, written.ratio_invalid, written.campaign,
    )  # fmt: skip


def _context_problems(
    file: Located[WrittenExperiment], metrics: list[PlannedMetric | Context]
) -> Iterator[Problem]:
    for place, one in enumerate(metrics):
        if isinstance(one, Context):
            path = ("metrics", place, "indicator")
            yield problem_at(file, path, expected=_expected(one.kind))


def _plan_problems(file: Located[WrittenExperiment], plan: ExperimentPlan) -> Iterator[Problem]:
    """What is wrong with the plan, at its keys; the tree's own guardrails have no line."""
    written = len(file.value.metrics)
    for place, what in plan_problems(plan):
        known = place[:1] if len(place) > 1 and int(place[1]) >= written else place
        yield problem_at(file, known, found="this plan", expected=what)


def _refused(file: Located[WrittenExperiment], place: int, wrong: MetricRefusal) -> Problem:
    return problem_at(file, ("metrics", place), found=wrong.about, expected=_expected(wrong.kind))


def _expected(kind: str) -> str:
    return {
        "no_user": "a point whose facts carry a user",
        "no_sum": "a flow: stocks, histograms and month-end figures cannot be summed by user",
        "only_proportion": "kind proportion: distinct users are in or not",
        "not_by_dimension": "modules or apps that the facts name",
        "over_missing": "over: a ratio is over a second point",
        "over_needless": "kind ratio where there is an over",
        "not_a_ratio": "an indicator that is one point, or one point over another",
    }.get(kind, "a data point")
