"""Everything that the cards of some periods are worked out from, in two readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.period import Period
from data.points.reader import Reader
from data.slice import Slice
from metrics.formula import Floats, parse
from metrics.scorecard.scopes import Scopes
from metrics.tree.records import RedLine
from metrics.values.compute import Values
from metrics.values.evaluation import Setup, evaluate_terms
from metrics.values.windows import Terms, terms_of, year_before

Asked = Mapping[str, Terms]


@dataclass(frozen=True, eq=False)
class Found:
    """Of one period: values by scope, and by scope and module (modules within scopes).

    ``year_ago`` has those that were asked for. ``breached`` is (S, red lines). ``starts`` holds,
    by point, what weighs the modules of a leaf (S, M).
    """

    terms: Asked
    values: Values
    year_ago: Values
    breached: npt.NDArray[np.bool_]
    modules: Values
    starts: Mapping[str, Floats]


def read_periods(
    reader: Reader,
    setup: Setup,
    scopes: Scopes,
    periods: Sequence[Period],
    year_ago: Sequence[Sequence[str]],
) -> list[Found]:
    """What is found for each period; ``year_ago`` names the indicators to read a year before."""
    terms = [{name: setup.terms(name, p) for name in setup.tree.indicators} for p in periods]
    lines = [_lines(setup, period) for period in periods]
    before = [
        year_ago_terms(setup, t, p, names)
        for t, p, names in zip(terms, periods, year_ago, strict=True)
    ]
    about, count = Slice(periods[0]), len(periods)
    whole = evaluate_terms(reader, [*terms, *lines, *before], about, ("branch",), scopes.groups)
    parts = _by_module(reader, setup, scopes, periods, terms)
    return [
        Found(
            terms[i],
            whole[i],
            whole[i + 2 * count],
            _breached(whole[i + count].value, list(setup.tree.red_lines.values())),
            *parts[i],
        )
        for i in range(count)
    ]


def _lines(setup: Setup, period: Period) -> Asked:
    catalogue, coverage = setup.store.catalogue, setup.store.coverage
    return {
        name: terms_of(line.formula, line.over_time, period, catalogue, coverage)
        for name, line in setup.tree.red_lines.items()
    }


def year_ago_terms(setup: Setup, terms: Asked, period: Period, names: Sequence[str]) -> Asked:
    """The same indicators over the days of the year before that compare with what has passed."""
    left = {name: terms[name].period for name in names}
    return {
        name: setup.terms(name, year_before(period, days))
        for name, days in left.items()
        if days is not None
    }


def _by_module(
    reader: Reader, setup: Setup, scopes: Scopes, periods: Sequence[Period], terms: Sequence[Asked]
) -> list[tuple[Values, Mapping[str, Floats]]]:
    names = [name for name, one in setup.tree.indicators.items() if one.modules]
    points = _weighing(setup)
    catalogue, coverage = setup.store.catalogue, setup.store.coverage
    starts = [
        {p: terms_of(parse(p), "sum", period, catalogue, coverage) for p in points}
        for period in periods
    ]
    asked = [{name: found[name] for name in names} for found in terms]
    modules = list(setup.tree.modules)
    groups = scopes.module_groups(modules)
    by = ("branch", "module")
    read = evaluate_terms(reader, [*asked, *starts], Slice(periods[0]), by, groups)
    shape = (len(scopes.nodes), len(modules))
    weights = [
        {name: found.value[:, k].reshape(shape) for k, name in enumerate(found.ids)}
        for found in read[len(periods) :]
    ]
    return list(zip(read, weights, strict=False))


def _weighing(setup: Setup) -> list[str]:
    """Points that weigh the modules of leaves that are scored by modules."""
    found = {
        one.scored_by_modules.weighted_by
        for one in setup.tree.indicators.values()
        if one.scored_by_modules is not None
    }
    return sorted(found)


def _breached(values: Floats, lines: Sequence[RedLine]) -> npt.NDArray[np.bool_]:
    columns = [_beyond(values[:, k], line) for k, line in enumerate(lines)]
    return np.column_stack(columns) if columns else np.zeros((len(values), 0), dtype=bool)


def _beyond(values: Floats, line: RedLine) -> npt.NDArray[np.bool_]:
    """Whether the limit is passed; what is unknown is not."""
    if line.above is not None:
        return values > line.above
    if line.below is not None:
        return values < line.below
    raise ValueError(f"red line {line.id} has no limit")
