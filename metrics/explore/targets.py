"""Targets of a view's places, from the same paths as those of the score card."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from data.period import Period
from data.points.reader import Reader
from data.slice import Slice
from data.state import State
from metrics.decomposition.records import Refused
from metrics.explore.nodes import parted
from metrics.scorecard.build import Books, Rules, books_of, goals_over, hanging, years_of
from metrics.scorecard.facts import YearFacts, year_facts
from metrics.scorecard.goals import GoalArrays
from metrics.scorecard.reading import year_ago_terms
from metrics.scorecard.rules import typed_goals
from metrics.scorecard.scopes import Scopes
from metrics.values.compute import Values
from metrics.values.evaluation import Setup, evaluate_terms
from metrics.values.reasons import Reason


@dataclass(frozen=True, eq=False)
class Targets:
    """Where targets come from: typed ones from ``state``; ``known`` keeps facts of target years."""

    state: State
    known: dict[int, YearFacts] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Goals:
    """Goals by indicator and period, of every scope and module."""

    setup: Setup
    scopes: Scopes
    found: Mapping[tuple[str, Period], GoalArrays]

    def target(
        self, node: str, branch: str, module: str, period: Period
    ) -> tuple[float | None, Reason | Refused | None]:
        """The target of an indicator in a scope ('': the bank) and module ('': all), or why none.

        It is that of the score card: the path over the days that have passed.
        """
        name, own = parted(node)
        module = own or module
        goals, row = self.found[(name, period)], self.scopes.row[branch]
        if not module:
            value = float(goals.target[row])
            return (None, _why(goals, row)) if np.isnan(value) else (value, None)
        if module not in self.setup.tree.indicators[name].modules:
            return None, Refused("该模块没有目标", "this module has no target")
        value = float(goals.module_target[row, list(self.setup.tree.modules).index(module)])
        if not np.isnan(value):
            return value, None
        known = np.isfinite(goals.target[row])
        return None, Reason("no_last_year") if known else _why(goals, row)


def _why(goals: GoalArrays, row: int) -> Reason:
    """Why a scope has no target, as the card says it."""
    if goals.reason is not None:
        return goals.reason
    return Reason("no_start_of_year" if np.isfinite(goals.year_target[row]) else "no_share")


def read_goals(
    reader: Reader,
    setup: Setup,
    targets: Targets,
    nodes: Collection[str],
    periods: Collection[Period],
) -> Goals:
    """The goals of some nodes over some periods; facts of a year are read once for all."""
    scopes = Scopes.of(setup.store)
    for year in sorted({year for period in periods for year in years_of(period)}):
        if year not in targets.known:
            targets.known[year] = year_facts(reader, setup, scopes, year)
    names = list(dict.fromkeys(parted(node)[0] for node in nodes))
    rules = {period: Rules(typed=typed_goals(targets.state, period)) for period in periods}
    books = {
        period: books_of(setup, scopes, targets.known, period, rule)
        for period, rule in rules.items()
    }
    before = _year_ago(reader, setup, scopes, names, books)
    found = {
        (name, period): goals_over(
            setup,
            setup.tree.indicators[name],
            setup.terms(name, period),
            before[period],
            books[period],
        )
        for period in periods
        for name in names
    }
    return Goals(setup, scopes, found)


def _year_ago(
    reader: Reader,
    setup: Setup,
    scopes: Scopes,
    names: Collection[str],
    books: Mapping[Period, Books],
) -> Mapping[Period, Values]:
    """By period: values of a year before of those whose goals hang on them, from one reading."""
    asked = []
    for period, book in books.items():
        hung = [name for name in hanging(setup.tree, book) if name in names]
        terms = {name: setup.terms(name, period) for name in hung}
        asked.append(year_ago_terms(setup, terms, period, hung))
    about = Slice(next(iter(books)))
    read = evaluate_terms(reader, asked, about, ("branch",), scopes.groups)
    return dict(zip(books, read, strict=True))
