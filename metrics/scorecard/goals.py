"""Base and target of every indicator, scope and module for one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from data.period import Period
from metrics.formula import Floats
from metrics.scorecard.facts import YearFacts, shape_kind
from metrics.scorecard.scopes import Scopes
from metrics.targets.goals import GoalFacts, Resolved, resolve_pair
from metrics.targets.paths import Shape, standard_shape
from metrics.targets.periods import targets_for_period
from metrics.targets.sharing import PartFacts, WholeGoal, part_goals, rule_for
from metrics.tree.records import Indicator
from metrics.tree.tree import Tree
from metrics.values.compute import Values


@dataclass(frozen=True)
class TypedGoal:
    """A base and target that the bank typed for an indicator, or for a branch or module of it."""

    indicator: str
    base: float | None
    target: float | None
    branch: str = ""
    module: str = ""


@dataclass(frozen=True, eq=False)
class GoalArrays:
    """Base and target of a period: (S,), and by module (S, M) with NaN where there is none."""

    base: Floats
    target: Floats
    module_base: Floats
    module_target: Floats


@dataclass(frozen=True, eq=False)
class GoalBook:
    """Everything that goals of a year are worked out from."""

    tree: Tree
    scopes: Scopes
    facts: YearFacts
    typed: tuple[TypedGoal, ...]
    year_ago: Mapping[str, Floats]

    def of(self, indicator: Indicator, first: date, last: date) -> GoalArrays:
        """Goals over the elapsed days from ``first`` to ``last``."""
        yearly = self._yearly(indicator)
        if yearly is None:
            return self._from_year_ago(indicator)
        base, target = yearly
        shape = self.facts.shapes[indicator.id]
        start = self._start(indicator)
        scoped = targets_for_period(shape, base, target, first, last, start)
        modules = self._modules(indicator, base, target)
        flat: Shape = shape if shape.kind != "stock" else standard_shape(shape.year)
        parts = targets_for_period(flat, modules[0], modules[1], first, last)
        return GoalArrays(scoped.base, scoped.target, parts.base, parts.target)

    def _yearly(self, indicator: Indicator) -> tuple[Floats, Floats] | None:
        """Year goals by scope; None where they hang on a last year that is not whole."""
        forms = {indicator.base.form, indicator.target.form}
        typed = self._typed(indicator.id, "")
        if (
            "last_year" in forms
            and shape_kind(indicator) == "flow"
            and not self.facts.whole.get(indicator.id, False)
            and typed is None
        ):
            return None
        low, high = self._bank(indicator)
        rule = rule_for(
            indicator.over_time, indicator.unit, "branches", standard=indicator.standard
        )
        if rule != "divided":
            return self._overruled(indicator, self._even(low.value), self._even(high.value))
        base = self._shared(indicator, low, self._typed_units(indicator.id, "base"))
        target = self._shared(indicator, high, self._typed_units(indicator.id, "target"))
        return self._overruled(indicator, base, target)

    def _bank(self, indicator: Indicator) -> tuple[Resolved, Resolved]:
        typed = self._typed(indicator.id, "")
        low, high = resolve_pair(indicator.base, indicator.target, self._goal_facts(indicator))
        if typed is None:
            return low, high
        return (
            low if typed.base is None else Resolved(typed.base),
            high if typed.target is None else Resolved(typed.target),
        )

    def _goal_facts(self, indicator: Indicator) -> GoalFacts:
        facts = self.facts
        new = self.tree.indicators.get("new_users")
        target = None
        if new is not None and indicator.id != "new_users":
            target = resolve_pair(new.base, new.target, GoalFacts(customers=self._customers()))[1]
        return GoalFacts(
            customers=self._customers(),
            last_year=_cell(facts.last_year, indicator.id),
            start_of_year=_cell(facts.start_of_year, indicator.id),
            new_users_target=None if target is None else target.value,
            closures_last_year=facts.closures,
        )

    def _customers(self) -> float | None:
        found = float(self.facts.customers[0])
        return None if np.isnan(found) else found

    def _even(self, goal: float | None) -> Floats:
        return np.full(len(self.scopes.nodes), np.nan if goal is None else goal)

    def _shared(self, indicator: Indicator, goal: Resolved, typed: Floats) -> Floats:
        """A total divided among the units by last year, added up again for every scope."""
        if goal.value is None:
            return self._even(None)
        scopes, facts = self.scopes, self.facts
        if not scopes.units:
            return self._even(goal.value)
        last_year = scopes.own(_column(facts.last_year, indicator.id, len(scopes.nodes)))
        parts = PartFacts(last_year, scopes.own(facts.customers), typed, typed)
        whole = WholeGoal(goal.value, goal.value)
        found = part_goals("divided", whole, parts).target
        total = scopes.membership @ np.nan_to_num(found)
        some = scopes.membership @ np.isfinite(found)
        scoped: Floats = np.where(some > 0, total, np.nan)
        scoped[0] = goal.value
        return scoped

    def _typed_units(self, indicator: str, side: Literal["base", "target"]) -> Floats:
        found = np.full(len(self.scopes.units), np.nan)
        for goal in self.typed:
            if goal.indicator == indicator and goal.branch in self.scopes.units and not goal.module:
                value = goal.base if side == "base" else goal.target
                found[self.scopes.units.index(goal.branch)] = np.nan if value is None else value
        return found

    def _overruled(
        self, indicator: Indicator, base: Floats, target: Floats
    ) -> tuple[Floats, Floats]:
        """Goals typed for a branch win."""
        for row, node in enumerate(self.scopes.nodes):
            typed = self._typed(indicator.id, node) if node else None
            if typed is not None:
                base[row] = base[row] if typed.base is None else typed.base
                target[row] = target[row] if typed.target is None else typed.target
        return base, target

    def _start(self, indicator: Indicator) -> Floats | None:
        if shape_kind(indicator) != "stock":
            return None
        return _column(self.facts.start_of_year, indicator.id, len(self.scopes.nodes))

    def _typed(self, indicator: str, branch: str, module: str = "") -> TypedGoal | None:
        for goal in self.typed:
            if (goal.indicator, goal.branch, goal.module) == (indicator, branch, module):
                return goal
        return None

    def _modules(self, indicator: Indicator, base: Floats, target: Floats) -> tuple[Floats, Floats]:
        """Goals of modules in every scope: divided flows, levels in proportion to last year."""
        shape = (len(self.scopes.nodes), len(self.tree.modules))
        if not indicator.modules:
            return np.full(shape, np.nan), np.full(shape, np.nan)
        found = []
        for goals in (base, target):
            if indicator.standard:
                found.append(np.repeat(goals[:, None], shape[1], axis=1))
            else:
                found.append(self._module_goals(indicator, goals, shape))
        self._type_modules(indicator, found[0], found[1])
        return found[0], found[1]

    def _module_goals(self, indicator: Indicator, goals: Floats, shape: tuple[int, int]) -> Floats:
        own = self.facts.last_year_modules.get(indicator.id, np.full(shape, np.nan))
        chosen = [module in indicator.modules for module in self.tree.modules]
        own = np.where(np.array(chosen)[None, :] & (own > 0), own, np.nan)
        rule = rule_for(indicator.over_time, indicator.unit, "modules")
        if rule == "divided":
            whole = np.nansum(own, axis=1)
        else:
            whole = _column(self.facts.last_year, indicator.id, shape[0])
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = own * (goals / np.where(whole > 0, whole, np.nan))[:, None]
        ceiling = 100.0 if indicator.unit == "%" and rule == "relative" else np.inf
        return np.minimum(found, ceiling)

    def _type_modules(self, indicator: Indicator, base: Floats, target: Floats) -> None:
        for goal in self.typed:
            if goal.indicator != indicator.id or not goal.module:
                continue
            row = self.scopes.nodes.index(goal.branch) if goal.branch in self.scopes.nodes else -1
            column = list(self.tree.modules).index(goal.module)
            if row >= 0:
                base[row, column] = base[row, column] if goal.base is None else goal.base
                target[row, column] = target[row, column] if goal.target is None else goal.target

    def _from_year_ago(self, indicator: Indicator) -> GoalArrays:
        """Goals that are multiples of last year, by the same days a year ago where that is known.

        Spread by last year's own pattern a yearly multiple comes to the same.
        """
        size, modules = len(self.scopes.nodes), len(self.tree.modules)
        before = self.year_ago.get(indicator.id, np.full(size, np.nan))
        factors = [
            goal.amount if goal.form == "last_year" and goal.amount is not None else np.nan
            for goal in (indicator.base, indicator.target)
        ]
        none = np.full((size, modules), np.nan)
        return GoalArrays(before * factors[0], before * factors[1], none, none.copy())


def elapsed(asked: Period, left: Period | None, year: int) -> tuple[date, date] | None:
    """The days of a period that targets are asked for: what has passed of it, in one year."""
    if left is None or left.last.year != year:
        return None
    return max(asked.first, date(year, 1, 1)), left.last


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
