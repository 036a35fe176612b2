"""Base and target of every indicator, scope and module for one period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np

from metrics.formula import Floats
from metrics.scorecard.division import Held, divided_down, inherited_down, module_goals, shares_down
from metrics.scorecard.facts import YearFacts, shape_kind
from metrics.scorecard.scopes import Scopes
from metrics.targets.goals import GoalFacts, Resolved, resolve
from metrics.targets.paths import Shape, standard_shape
from metrics.targets.periods import targets_for_period
from metrics.targets.reasons import Reason as WhyNoGoal
from metrics.targets.sharing import rule_for
from metrics.tree.records import Goal, Indicator
from metrics.tree.tree import Tree
from metrics.values.compute import Values
from metrics.values.reasons import Kind, Reason

Side = Literal["base", "target"]
SIDES: tuple[Side, Side] = ("base", "target")
Days = Sequence[tuple[date, date]]
"""Runs of days, both ends included, in order."""

_HIGHEST: Mapping[str, float] = {"%": 100.0, "1–5": 5.0, "score": 100.0}
"""By unit: what no season can lift a target above."""

_WHY: Mapping[WhyNoGoal, Kind] = {
    WhyNoGoal.NO_CUSTOMERS: "no_customers",
    WhyNoGoal.NO_LAST_YEAR: "no_last_year",
    WhyNoGoal.NO_CLOSURES: "no_last_year",
    WhyNoGoal.NO_START_OF_YEAR: "no_start_of_year",
    WhyNoGoal.NO_NEW_USER_TARGET: "no_customers",
}


@dataclass(frozen=True)
class TypedGoal:
    """A base and target that the bank typed for an indicator, or for a branch or module of it.

    ``year`` is the target year, None for every year.
    """

    indicator: str
    base: float | None
    target: float | None
    branch: str = ""
    module: str = ""
    year: int | None = None


@dataclass(frozen=True, eq=False)
class GoalArrays:
    """Base and target of a period: (S,), and by module (S, M) with NaN where there is none.

    ``year_base`` and ``year_target`` (S,) are those of the entire year. ``reason`` says why the
    bank has none.
    """

    base: Floats
    target: Floats
    module_base: Floats
    module_target: Floats
    year_base: Floats
    year_target: Floats
    reason: Reason | None = None


@dataclass(frozen=True, eq=False)
class YearGoals:
    """Goals of an entire year by scope (S,) and module (S, M), each (base, target)."""

    scoped: tuple[Floats, Floats]
    modules: tuple[Floats, Floats]
    reason: Reason | None


@dataclass(frozen=True, eq=False)
class GoalBook:
    """Everything that goals of a year are worked out from."""

    tree: Tree
    scopes: Scopes
    facts: YearFacts
    typed: tuple[TypedGoal, ...]
    _years: dict[str, YearGoals] = field(default_factory=dict)

    def of(self, indicator: Indicator, days: Days) -> GoalArrays:
        """Goals of the ``days`` of this year that have passed; none where no day has."""
        year = self.year(indicator)
        shape = self.facts.shapes[indicator.id]
        scoped = _passed(shape, year.scoped, days, self._start(indicator))
        if shape.kind == "level":
            highest = np.maximum(year.scoped[1], _HIGHEST.get(indicator.unit, np.inf))
            scoped = _reachable(scoped, highest)
        flat = shape if shape.kind != "stock" else standard_shape(shape.year)
        modules = _passed(flat, year.modules, days, None)
        return GoalArrays(*scoped, *modules, *year.scoped, year.reason)

    def year(self, indicator: Indicator) -> YearGoals:
        """Goals of the entire year."""
        if indicator.id not in self._years:
            self._years[indicator.id] = self._year(indicator)
        return self._years[indicator.id]

    def hangs_on_year_ago(self, indicator: Indicator) -> bool:
        """True where goals are multiples of a last year that is not known whole."""
        forms = {indicator.base.form, indicator.target.form}
        return "last_year" in forms and not self.facts.whole.get(indicator.id, False)

    def _year(self, indicator: Indicator) -> YearGoals:
        low, high = self._bank(indicator)
        # Where a part's target alone is typed, its base keeps the bank's proportion.
        ratio = _number(low.value) / _number(high.value) if high.value else np.nan
        branches = _with_bases([self._typed_scopes(indicator.id, s) for s in SIDES], ratio)
        modules = _with_bases([self._typed_modules(indicator.id, s) for s in SIDES], ratio)
        base = self._scoped(indicator, _number(low.value), branches[0])
        target = self._scoped(indicator, _number(high.value), branches[1])
        parts = (
            self._modules(indicator, base, modules[0]),
            self._modules(indicator, target, modules[1]),
        )
        return YearGoals((base, target), parts, _why(low, high))

    def _bank(self, indicator: Indicator) -> tuple[Resolved, Resolved]:
        """The bank's goals of the year: typed ones win, a base may be a share of the target."""
        facts = self._goal_facts(indicator)
        typed = {side: self._typed_bank(indicator.id, side) for side in SIDES}
        high = self._resolved(indicator, indicator.target, facts, typed["target"], None)
        return (
            self._resolved(indicator, indicator.base, facts, typed["base"], high.value),
            high,
        )

    def _resolved(
        self,
        indicator: Indicator,
        goal: Goal,
        facts: GoalFacts,
        typed: float | None,
        target: float | None,
    ) -> Resolved:
        if typed is not None:
            return Resolved(typed)
        if goal.form == "last_year" and self.hangs_on_year_ago(indicator):
            return Resolved(None, WhyNoGoal.NO_LAST_YEAR)
        return resolve(goal, facts, target)

    def _goal_facts(self, indicator: Indicator) -> GoalFacts:
        facts = self.facts
        new = self.tree.indicators.get("new_users")
        plus = "start_of_year_plus" in (indicator.base.form, indicator.target.form)
        customers = float(facts.customers[0])
        return GoalFacts(
            customers=None if np.isnan(customers) else customers,
            last_year=_cell(facts.last_year, indicator.id),
            start_of_year=_cell(facts.start_of_year, indicator.id),
            new_users_target=self._bank(new)[1].value if new is not None and plus else None,
            closures_last_year=facts.closures,
        )

    def _scoped(self, indicator: Indicator, goal: float, typed: Floats) -> Floats:
        rule = rule_for(
            indicator.over_time, indicator.unit, "branches", standard=indicator.standard
        )
        if rule != "divided":
            return inherited_down(self.scopes, goal, typed)
        last_year = _column(self.facts.last_year, indicator.id, len(self.scopes.nodes))
        held, shares = Held(last_year, self.facts.customers), self.facts.shares
        if indicator.id not in shares:
            shares[indicator.id] = shares_down(self.scopes, held)
        return divided_down(self.scopes, goal, held, typed, shares[indicator.id])

    def _modules(self, indicator: Indicator, goals: Floats, typed: Floats) -> Floats:
        """Goals of modules in every scope; NaN for modules that the indicator does not have."""
        every = list(self.tree.modules)
        shape = (len(goals), len(every))
        chosen = np.array([module in indicator.modules for module in every], dtype=bool)
        if not chosen.any():
            return np.full(shape, np.nan)
        own = self.facts.last_year_modules.get(indicator.id, np.full(shape, np.nan))
        rule = rule_for(indicator.over_time, indicator.unit, "modules", standard=indicator.standard)
        found = module_goals(
            rule,
            goals,
            _column(self.facts.last_year, indicator.id, shape[0]),
            np.where(chosen, own, np.nan),
            typed,
            _HIGHEST.get(indicator.unit, np.inf),
        )
        return np.where(chosen, found, np.nan)

    def _start(self, indicator: Indicator) -> Floats | None:
        if shape_kind(indicator) != "stock":
            return None
        return _column(self.facts.start_of_year, indicator.id, len(self.scopes.nodes))

    def _typed_of(self, indicator: str) -> list[TypedGoal]:
        years = (None, self.facts.year)
        return [one for one in self.typed if one.indicator == indicator and one.year in years]

    def _typed_bank(self, indicator: str, side: Side) -> float | None:
        for goal in self._typed_of(indicator):
            if not goal.branch and not goal.module and getattr(goal, side) is not None:
                return float(getattr(goal, side))
        return None

    def _typed_scopes(self, indicator: str, side: Side) -> Floats:
        found = np.full(len(self.scopes.nodes), np.nan)
        for goal in self._typed_of(indicator):
            if goal.branch in self.scopes.row and goal.branch and not goal.module:
                found[self.scopes.row[goal.branch]] = _number(getattr(goal, side))
        return found

    def _typed_modules(self, indicator: str, side: Side) -> Floats:
        every = list(self.tree.modules)
        found = np.full((len(self.scopes.nodes), len(every)), np.nan)
        for goal in self._typed_of(indicator):
            if goal.module in every and goal.branch in self.scopes.row:
                place = self.scopes.row[goal.branch], every.index(goal.module)
                found[place] = _number(getattr(goal, side))
        return found


def _with_bases(typed: Sequence[Floats], ratio: float) -> tuple[Floats, Floats]:
    base, target = typed
    return np.where(np.isnan(base), target * ratio, base), target


def _passed(
    shape: Shape, goals: tuple[Floats, Floats], days: Days, start: Floats | None
) -> tuple[Floats, Floats]:
    """What yearly goals ask of the days: the path's sum over all runs, or its last day's value."""
    if not days:
        return np.full_like(goals[0], np.nan), np.full_like(goals[1], np.nan)
    runs = days if shape.kind == "flow" else [days[-1]]
    found = [targets_for_period(shape, *goals, first, last, start) for first, last in runs]
    low, high = found[0].base, found[0].target
    for more in found[1:]:
        low, high = low + more.base, high + more.target
    return low, high


def _reachable(goals: tuple[Floats, Floats], highest: Floats) -> tuple[Floats, Floats]:
    """Goals brought down together where a season lifts the target above the highest value."""
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(goals[1] > highest, highest / goals[1], 1.0)
    return goals[0] * scale, goals[1] * scale


def added(first: GoalArrays, then: GoalArrays) -> GoalArrays:
    """Goals of a flow over a period that lies in two years."""
    return GoalArrays(
        first.base + then.base,
        first.target + then.target,
        first.module_base + then.module_base,
        first.module_target + then.module_target,
        then.year_base,
        then.year_target,
        first.reason or then.reason,
    )


def of_year_ago(goals: GoalArrays, indicator: Indicator, year_ago: Floats) -> GoalArrays:
    """Goals with multiples of a last year that is not known whole taken of ``year_ago`` (S,).

    That holds the values of the same days of the year before: a yearly multiple that is spread by
    last year's own pattern comes to the same.
    """

    def filled(goal: Goal, found: Floats) -> Floats:
        if goal.form != "last_year" or goal.amount is None:
            return found
        return np.where(np.isnan(found), year_ago * goal.amount, found)

    base, target = filled(indicator.base, goals.base), filled(indicator.target, goals.target)
    reason = None if np.isfinite(base[0]) and np.isfinite(target[0]) else goals.reason
    return replace(goals, base=base, target=target, reason=reason)


def _why(low: Resolved, high: Resolved) -> Reason | None:
    for side in (high, low):
        if side.value is None:
            return Reason(_WHY.get(side.reason, "no_target"))
    return None


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _cell(values: Values, name: str) -> float | None:
    if name not in values.ids:
        return None
    found = float(values.value[0, values.column(name)])
    return None if np.isnan(found) else found


def _column(values: Values, name: str, size: int) -> Floats:
    if name not in values.ids:
        return np.full(size, np.nan)
    found: Floats = values.value[:, values.column(name)]
    return found
