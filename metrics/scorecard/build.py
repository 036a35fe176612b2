"""Working out a score card: values, goals, red lines and weights into one roll-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import cast

import numpy as np
import numpy.typing as npt

from data.period import Period
from data.points.read import permitted_scope
from data.points.reader import Reader
from data.slice import WHOLE_BANK, Rights, Slice
from metrics.formula import Floats
from metrics.scorecard.card import ScoreCard
from metrics.scorecard.facts import YearFacts, shape_kind, year_facts
from metrics.scorecard.goals import GoalArrays, GoalBook, TypedGoal, added, of_year_ago
from metrics.scorecard.passed import passed_days
from metrics.scorecard.reading import Found, read_periods
from metrics.scorecard.scopes import Scopes
from metrics.scorecard.within import within
from metrics.scoring.inputs import ModuleParts, ScoreInputs
from metrics.scoring.inputs import RedLine as CapRule
from metrics.scoring.leaf import Better, Curve, Kind
from metrics.scoring.rollup import score
from metrics.scoring.score_tree import ScoreTree
from metrics.tree.records import Indicator
from metrics.tree.tree import ROOT, Tree
from metrics.values.compute import Values, without
from metrics.values.evaluation import Setup
from metrics.values.windows import Terms

ScopeWeights = Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class Rules:
    """What a bank decides about scoring, besides the tree.

    ``weights`` by node: per cent of the parent, one number or one a scope; empty: the tree's own.
    ``weight_set`` names those of the bank, ``branch_weight_set`` those of its branches.
    ``switched_off`` indicators keep their place but have no value.
    """

    weights: ScopeWeights = field(default_factory=dict)
    weight_set: str = "balanced"
    typed: tuple[TypedGoal, ...] = ()
    minimum_coverage: float = 50.0
    switched_off: frozenset[str] = frozenset()
    branch_weight_set: str = "balanced"


def build_cards(
    reader: Reader,
    setup: Setup,
    periods: Sequence[Period],
    rules: Sequence[Rules],
    rights: Rights | None = None,
    known: dict[int, YearFacts] | None = None,
) -> list[ScoreCard]:
    """Score cards of several periods, each by its own rules; facts of a year are read once.

    Goals are shared out from the bank down, so all is worked out for the bank and then cut to the
    rights. SliceError for rights to a branch that does not exist.
    """
    scopes = Scopes.of(setup.store)
    reader_rights = rights or WHOLE_BANK
    permitted_scope(setup.store, Slice(periods[0], rights=reader_rights))
    facts = {} if known is None else known
    for year in sorted({year for period in periods for year in years_of(period)} - set(facts)):
        facts[year] = year_facts(reader, setup, scopes, year)
    books = [
        books_of(setup, scopes, facts, period, rule) for period, rule in _pairs(periods, rules)
    ]
    year_ago = [hanging(setup.tree, book) for book in books]
    found = read_periods(reader, setup, scopes, periods, year_ago)
    cards = [
        _card(setup, scopes, periods[i], rules[i], found[i], books[i]) for i in range(len(periods))
    ]
    return [within(card, reader_rights) for card in cards]


def _pairs(periods: Sequence[Period], rules: Sequence[Rules]) -> Iterator[tuple[Period, Rules]]:
    return zip(periods, rules, strict=True)


def years_of(period: Period) -> range:
    """The years that a period lies in."""
    return range(period.first.year, period.last.year + 1)


Books = Mapping[int, GoalBook]


def books_of(
    setup: Setup, scopes: Scopes, facts: Mapping[int, YearFacts], period: Period, rules: Rules
) -> Books:
    """Goals by year for every year that the period lies in."""
    return {
        year: GoalBook(setup.tree, scopes, facts[year], rules.typed) for year in years_of(period)
    }


def hanging(tree: Tree, books: Books) -> list[str]:
    """Indicators whose goals are multiples of the same days of the year before."""
    return [
        name
        for name, one in tree.indicators.items()
        if any(book.hangs_on_year_ago(one) for book in books.values())
    ]


def _card(
    setup: Setup,
    scopes: Scopes,
    period: Period,
    rules: Rules,
    found: Found,
    books: Books,
) -> ScoreCard:
    goals = {
        name: goals_over(setup, one, found.terms[name], found.year_ago, books)
        for name, one in setup.tree.indicators.items()
    }
    shown = without(found.values, rules.switched_off)
    inputs = _inputs(setup.tree, scopes, shown, found, goals, rules)
    return ScoreCard(
        tree=setup.tree,
        period=period,
        as_of=setup.store.coverage.as_of,
        weight_set=rules.weight_set,
        branch_weight_set=rules.branch_weight_set,
        scopes=scopes,
        inputs=inputs,
        scores=score(inputs),
        values=shown,
        modules=without(found.modules, rules.switched_off),
        goals=goals,
        rights=WHOLE_BANK,
    )


def goals_over(
    setup: Setup, indicator: Indicator, terms: Terms, before: Values, books: Books
) -> GoalArrays:
    """Goals over the days that have passed; a flow over two years has a part of each's.

    ``before`` holds the values of a year before, by scope, of indicators whose goals hang on them.
    """
    runs = passed_days(terms, setup.store.catalogue, setup.store.coverage)
    if shape_kind(indicator) != "flow":
        runs = runs[-1:]
    years = sorted({first.year for first, _ in runs}) or [max(books)]
    parts = [
        books[year].of(indicator, [run for run in runs if run[0].year == year]) for year in years
    ]
    goals = reduce(added, parts)
    if indicator.id not in before.ids:
        return goals
    return of_year_ago(goals, indicator, before.value[:, before.column(indicator.id)])


def _inputs(
    tree: Tree,
    scopes: Scopes,
    values: Values,
    found: Found,
    goals: Mapping[str, GoalArrays],
    rules: Rules,
) -> ScoreInputs:
    names = list(tree.indicators)
    base = np.column_stack([goals[name].base for name in names])
    target = np.column_stack([goals[name].target for name in names])
    weights = {node: tree.weight(node) for node in tree.nodes() if node != ROOT}
    parts = _parts(tree, scopes, found, goals)
    present = np.isfinite(values.value) & np.isfinite(base) & np.isfinite(target)
    for part in parts:
        present[:, names.index(part.leaf)] = part.present.any(axis=1)
    return ScoreInputs(
        tree=ScoreTree.of({node: tree.parent(node) for node in tree.nodes()}),
        curves=tuple(curve_of(one) for one in tree.indicators.values()),
        value=values.value,
        base=base,
        target=target,
        present=present,
        weights={**weights, **rules.weights},
        red_lines=tuple(CapRule(k, tuple(v.caps.items())) for k, v in tree.red_lines.items()),
        breached=found.breached,
        parts=parts,
        minimum_coverage=rules.minimum_coverage,
    )


def _parts(
    tree: Tree, scopes: Scopes, found: Found, goals: Mapping[str, GoalArrays]
) -> tuple[ModuleParts, ...]:
    every = list(tree.modules)
    shape = (len(scopes.nodes), len(every))
    parts = []
    for name, indicator in tree.indicators.items():
        by = indicator.scored_by_modules
        if by is None:
            continue
        chosen = [every.index(module) for module in by.modules]
        values = found.modules.value[:, found.modules.column(name)]
        value = values.reshape(shape)[:, chosen]
        base, target = _inherited(goals[name], chosen)
        weight = np.nan_to_num(found.starts[by.weighted_by][:, chosen])
        parts.append(ModuleParts(name, curve_of(indicator), value, base, target, weight))
    return tuple(parts)


def _inherited(goals: GoalArrays, chosen: Sequence[int]) -> tuple[Floats, Floats]:
    """Goals of modules; a module without a last year takes the indicator's own."""
    sides = []
    for own, by_module in ((goals.base, goals.module_base), (goals.target, goals.module_target)):
        found = by_module[:, chosen]
        sides.append(np.where(np.isfinite(found), found, own[:, None]))
    return sides[0], sides[1]


def curve_of(indicator: Indicator) -> Curve:
    """How values of an indicator become scores; the tree was checked to name only these kinds."""
    band = indicator.band
    return Curve(
        better=cast("Better", indicator.better),
        kind=cast("Kind", indicator.curve),
        cap=indicator.cap,
        band=None if band is None else band.full,
        outer=None if band is None else band.outer,
    )
