"""Working out a score card: values, goals, red lines and weights into one roll-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from data.period import Period
from data.points.reader import Reader
from data.points.wants import Want
from data.slice import Rights, Slice
from metrics.formula import Floats
from metrics.scorecard.card import ScoreCard
from metrics.scorecard.facts import YearFacts, year_facts
from metrics.scorecard.goals import GoalArrays, GoalBook, TypedGoal, elapsed
from metrics.scorecard.scopes import Scopes
from metrics.scoring.inputs import ModuleParts, ScoreInputs
from metrics.scoring.inputs import RedLine as CapRule
from metrics.scoring.leaf import Curve
from metrics.scoring.rollup import score
from metrics.scoring.score_tree import ScoreTree
from metrics.tree.records import Indicator, RedLine
from metrics.tree.tree import Tree
from metrics.values.compute import Values
from metrics.values.evaluation import Setup, evaluate_periods, evaluate_terms
from metrics.values.reasons import Reason
from metrics.values.windows import terms_of

ScopeWeights = Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class Rules:
    """What a bank decides about scoring, besides the tree.

    ``weights`` by node: per cent of the parent, one number or one a scope; empty: the tree's own.
    ``weight_set`` names them. ``switched_off`` indicators keep their place but have no value.
    """

    weights: ScopeWeights = field(default_factory=dict)
    weight_set: str = "balanced"
    typed: tuple[TypedGoal, ...] = ()
    minimum_coverage: float = 50.0
    switched_off: frozenset[str] = frozenset()


def build_cards(
    reader: Reader,
    setup: Setup,
    periods: Sequence[Period],
    rules: Sequence[Rules],
    rights: Rights | None = None,
    known: dict[int, YearFacts] | None = None,
) -> list[ScoreCard]:
    """Score cards of several periods, each by its own rules; facts of a year are read once."""
    scopes = Scopes.of(setup.store)
    facts = {} if known is None else known
    for year in sorted({period.last.year for period in periods} - set(facts)):
        facts[year] = year_facts(reader, setup, scopes, year)
    values = _values(reader, setup, scopes, periods)
    modules = _modules(reader, setup, scopes, periods)
    starts = _weights_of_modules(reader, setup, scopes, periods)
    breached = _breaches(reader, setup, scopes, periods)
    found = []
    for i, period in enumerate(periods):
        year_ago = dict(zip(values[i].ids, values[i + len(periods)].value.T, strict=True))
        book = GoalBook(setup.tree, scopes, facts[period.last.year], rules[i].typed, year_ago)
        goals = _goals(book, setup, period)
        shown = _switched_off(values[i], rules[i].switched_off)
        inputs = _inputs(
            setup.tree, scopes, shown, modules[i], starts[i], goals, breached[i], rules[i]
        )
        card = ScoreCard(
            tree=setup.tree,
            period=period,
            as_of=setup.store.coverage.as_of,
            weight_set=rules[i].weight_set,
            scopes=scopes,
            inputs=inputs,
            scores=score(inputs),
            values=shown,
            modules=modules[i],
            goals=goals,
            rights=rights or Rights(),
        )
        found.append(card)
    return found


def _values(
    reader: Reader, setup: Setup, scopes: Scopes, periods: Sequence[Period]
) -> list[Values]:
    """The indicators by scope: of the periods, then of the same periods a year ago."""
    both = [*periods, *(period.year_ago() for period in periods)]
    names = list(setup.tree.indicators)
    return evaluate_periods(
        reader, setup, names, Slice(periods[0]), both, ("branch",), scopes.groups
    )


def _modules(
    reader: Reader, setup: Setup, scopes: Scopes, periods: Sequence[Period]
) -> list[Values]:
    names = [name for name, one in setup.tree.indicators.items() if one.modules]
    groups = scopes.module_groups(list(setup.tree.modules))
    by = ("branch", "module")
    return evaluate_periods(reader, setup, names, Slice(periods[0]), periods, by, groups)


def _weights_of_modules(
    reader: Reader, setup: Setup, scopes: Scopes, periods: Sequence[Period]
) -> list[Mapping[str, Floats]]:
    """For leaves scored by modules: the point that weighs them, (scopes, modules)."""
    modules = list(setup.tree.modules)
    shape = (len(scopes.nodes), len(modules))
    points = {
        one.scored_by_modules.weighted_by
        for one in setup.tree.indicators.values()
        if one.scored_by_modules is not None
    }
    wants = {
        (point, period): Want(point, "sum", period.first, period.last)
        for point in sorted(points)
        for period in periods
    }
    groups = scopes.module_groups(modules)
    reading = reader.read(list(wants.values()), ("branch", "module"), Slice(periods[0]), groups)
    return [
        {p: reading.answers[wants[p, period]].values.reshape(shape) for p in sorted(points)}
        for period in periods
    ]


def _breaches(
    reader: Reader, setup: Setup, scopes: Scopes, periods: Sequence[Period]
) -> list[npt.NDArray[np.bool_]]:
    lines = setup.tree.red_lines
    catalogue, coverage = setup.store.catalogue, setup.store.coverage
    asked = [
        {
            name: terms_of(line.formula, line.over_time, period, catalogue, coverage)
            for name, line in lines.items()
        }
        for period in periods
    ]
    found = evaluate_terms(reader, asked, Slice(periods[0]), ("branch",), scopes.groups)
    return [_breached(values.value, list(lines.values())) for values in found]


def _breached(values: Floats, lines: Sequence[RedLine]) -> npt.NDArray[np.bool_]:
    columns = [_beyond(values[:, k], line) for k, line in enumerate(lines)]
    return np.column_stack(columns) if columns else np.zeros((len(values), 0), dtype=bool)


def _beyond(values: Floats, line: RedLine) -> npt.NDArray[np.bool_]:
    if line.above is not None:
        return values > line.above
    if line.below is not None:
        return values < line.below
    raise ValueError(f"red line {line.id} has no limit")


def _goals(book: GoalBook, setup: Setup, period: Period) -> Mapping[str, GoalArrays]:
    found = {}
    for name, indicator in setup.tree.indicators.items():
        left = setup.terms(name, period).period
        days = elapsed(period, left, period.last.year)
        if days is None:
            days = (period.last, period.last)
        found[name] = book.of(indicator, *days)
    return found


def _switched_off(values: Values, names: frozenset[str]) -> Values:
    if not names:
        return values
    value, reason = values.value.copy(), values.reason.copy()
    for name in names & set(values.ids):
        value[:, values.column(name)] = np.nan
        reason[:, values.column(name)] = Reason("switched_off")
    return Values(values.groups, values.ids, value, reason, values.covered, values.days)


def _inputs(
    tree: Tree,
    scopes: Scopes,
    values: Values,
    modules: Values,
    starts: Mapping[str, Floats],
    goals: Mapping[str, GoalArrays],
    breached: npt.NDArray[np.bool_],
    rules: Rules,
) -> ScoreInputs:
    names = list(tree.indicators)
    base = np.column_stack([goals[name].base for name in names])
    target = np.column_stack([goals[name].target for name in names])
    weights = {node: tree.weight(node) for node in tree.nodes() if node != "total"}
    parts = _parts(tree, scopes, modules, starts, goals)
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
        breached=breached,
        parts=parts,
        minimum_coverage=rules.minimum_coverage,
    )


def _parts(
    tree: Tree,
    scopes: Scopes,
    modules: Values,
    starts: Mapping[str, Floats],
    goals: Mapping[str, GoalArrays],
) -> tuple[ModuleParts, ...]:
    every = list(tree.modules)
    shape = (len(scopes.nodes), len(every))
    found = []
    for name, indicator in tree.indicators.items():
        by = indicator.scored_by_modules
        if by is None:
            continue
        chosen = [every.index(module) for module in by.modules]
        value = modules.value[:, modules.column(name)].reshape(shape)[:, chosen]
        base, target = _inherited(goals[name], chosen)
        weight = np.nan_to_num(starts[by.weighted_by][:, chosen])
        found.append(ModuleParts(name, curve_of(indicator), value, base, target, weight))
    return tuple(found)


def _inherited(goals: GoalArrays, chosen: Sequence[int]) -> tuple[Floats, Floats]:
    """Goals of modules; a module without a last year takes the indicator's own."""
    sides = []
    for own, by_module in ((goals.base, goals.module_base), (goals.target, goals.module_target)):
        found = by_module[:, chosen]
        sides.append(np.where(np.isfinite(found), found, own[:, None]))
    return sides[0], sides[1]


def curve_of(indicator: Indicator) -> Curve:
    """How values of an indicator become scores."""
    band = indicator.band
    kinds = {"linear": "linear", "downtime": "downtime", "step": "step", "band": "band"}
    return Curve(
        better=indicator.better,  # type: ignore[arg-type]
        kind=kinds[indicator.curve],  # type: ignore[arg-type]
        cap=indicator.cap,
        band=None if band is None else band.full,
        outer=None if band is None else band.outer,
    )
