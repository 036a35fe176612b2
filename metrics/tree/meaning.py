"""Checks of what indicators and red lines mean: their words, formulas and modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from data.configuration import Problem, nearest_name
from metrics.formula import Formula, FormulaError, parse
from metrics.tree.documents import Documents, Place
from metrics.tree.fitting import misfits
from metrics.tree.records import PointInfo
from metrics.tree.structure import node_names, repeated
from metrics.tree.written import IndicatorWritten, ModuleList

Points = Mapping[str, PointInfo]


def meaning_problems(documents: Documents, points: Points) -> Iterator[Problem]:
    """All problems of words, formulas and modules; `points` are the data points that exist."""
    for place, _, _, indicator in documents.indicators():
        yield from _words(place, indicator, documents)
        yield from _formula(place, indicator.formula, indicator.over_time, points)
        yield from _module_kpis(place, indicator, documents, points)
        yield from _scored_by_modules(place, indicator, documents, points)
    yield from _red_lines(documents, points)


def resolved_modules(written: ModuleList, documents: Documents) -> tuple[str, ...]:
    """The modules that a list or the name of a group stands for; unknown names are left out."""
    groups = documents.module_groups()
    listed = groups.get(written, ()) if isinstance(written, str) else written
    return tuple(module for module in listed if module in groups["all"])


def _words(place: Place, indicator: IndicatorWritten, documents: Documents) -> Iterator[Problem]:
    words = documents.vocabulary.value
    lists = (
        ("unit", indicator.unit, words.units),
        ("tag", indicator.tag, words.tags),
        ("owner", indicator.owner, words.owners),
    )
    for key, value, known in lists:
        if value not in known:
            yield place.at(key).problem(f"one of the {key}s of vocabulary.yaml", choices=known)


def _formula(place: Place, text: str, over_time: str, points: Points) -> Iterator[Problem]:
    where = place.at("formula")
    try:
        formula = parse(text, points)
    except FormulaError as error:
        expected = f"{error.expected} (column {error.column})"
        yield replace(where.problem(expected, found=error.found), nearest=error.nearest)
        return
    for misfit in misfits(formula, over_time, points):
        yield where.problem(misfit.expected, found=misfit.found)


def _module_kpis(
    place: Place, indicator: IndicatorWritten, documents: Documents, points: Points
) -> Iterator[Problem]:
    yield from _module_list(place.at("modules"), indicator.modules, documents)
    if not indicator.modules:
        return
    for point in sorted(_readable(indicator.formula, points)):
        if "module" not in points[point].split_by:
            where = place.at("modules")
            expected = "no modules, or points that can be split by module"
            yield where.problem(expected, found=f"modules of {point}")


def _readable(text: str, points: Points) -> frozenset[str]:
    try:
        formula: Formula = parse(text, points)
    except FormulaError:  # reported by _formula
        return frozenset()
    return formula.points


def _module_list(place: Place, written: ModuleList, documents: Documents) -> Iterator[Problem]:
    groups = documents.module_groups()
    if isinstance(written, str):
        if written not in groups:
            yield place.problem("a list of modules, or a group's name", choices=groups)
        return
    yield from repeated((place.at(at), module) for at, module in enumerate(written))
    for at, module in enumerate(written):
        if module not in groups["all"]:
            yield place.at(at).problem("a module", choices=groups["all"])


def _scored_by_modules(
    place: Place, indicator: IndicatorWritten, documents: Documents, points: Points
) -> Iterator[Problem]:
    scoring = indicator.scored_by_modules
    if scoring is None:
        return
    here = place.at("scored_by_modules")
    yield from _module_list(here.at("modules"), scoring.modules, documents)
    own = resolved_modules(indicator.modules, documents)
    wanted = resolved_modules(scoring.modules, documents)
    missing = [module for module in wanted if module not in own]
    if missing:
        found = f"{', '.join(missing)} without a module KPI"
        yield here.at("modules").problem("modules that the indicator has", found=found)
    weight = points.get(scoring.weighted_by)
    if weight is None:
        yield here.at("weighted_by").problem("a data point", choices=points)
    elif weight.adds != "flow" or "module" not in weight.split_by:
        found = f"{scoring.weighted_by}, which adds up as {weight.adds}"
        yield here.at("weighted_by").problem("a flow that can be split by module", found=found)


def _red_lines(documents: Documents, points: Points) -> Iterator[Problem]:
    document = documents.red_lines
    lines, nodes = document.value.red_lines, node_names(documents)
    place = Place(document, ("red_lines",))
    yield from repeated((place.at(at, "id"), line.id) for at, line in enumerate(lines))
    for at, line in enumerate(lines):
        here = place.at(at)
        yield from _formula(here, line.formula, line.over_time, points)
        for node in line.caps:
            if node not in nodes:
                problem = here.at("caps", node).problem("a node", found=f"'{node}'")
                yield replace(problem, nearest=nearest_name(node, nodes))
