"""Checks of the tree's shape: counts, ids, weights, and the small files beside the perspectives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from data.configuration import Problem, nearest_name
from metrics.tree.documents import PERSPECTIVES, Documents, Place
from metrics.tree.tree import ROOT
from metrics.tree.written import Better, OverTime, ScoreBandWritten

THEMES_EACH = 5
INDICATORS_EACH: Mapping[str, int] = {
    "user_scale": 18,
    "business": 18,
    "risk": 16,
    "brand": 14,
    "compliance": 12,
}


def structure_problems(documents: Documents) -> Iterator[Problem]:
    """All problems of counts, ids, weights, modules, bands and vocabulary."""
    yield from _counts(documents)
    yield from repeated(_node_ids(documents))
    yield from _weights(documents)
    yield from _modules(documents)
    yield from _bands(documents)
    yield from _vocabulary(documents)


def node_names(documents: Documents) -> tuple[str, ...]:
    """Ids of all nodes of levels 0 to 3."""
    return (ROOT, *(name for _, name in _node_ids(documents)))


def repeated(places: Iterable[tuple[Place, str]]) -> Iterator[Problem]:
    """A problem for every id that was used before."""
    first: dict[str, Place] = {}
    for place, name in places:
        if name in first:
            found = f"'{name}', also at {first[name]}"
            yield place.problem("an id that is used once", found=found)
        elif name == ROOT:
            yield place.problem("an id other than that of the root")
        first.setdefault(name, place)


def _node_ids(documents: Documents) -> Iterator[tuple[Place, str]]:
    for document in documents.perspectives:
        yield Place(document, ("perspective", "id")), document.value.perspective.id
    for place, _, theme in documents.themes():
        yield place.at("id"), theme.id
    for place, _, _, indicator in documents.indicators():
        yield place.at("id"), indicator.id


def _counts(documents: Documents) -> Iterator[Problem]:
    for name, document in zip(PERSPECTIVES, documents.perspectives, strict=True):
        file, place = document.value, Place(document)
        if file.perspective.id != name:
            yield place.at("perspective", "id").problem(f"'{name}', as its file is called")
        if len(file.themes) != THEMES_EACH:
            yield place.at("themes").problem(
                f"{THEMES_EACH} themes", found=f"{len(file.themes)} themes"
            )
        count = sum(len(theme.indicators) for theme in file.themes)
        if count != INDICATORS_EACH[name]:
            yield place.at("themes").problem(
                f"{INDICATORS_EACH[name]} indicators under {name}", found=f"{count} indicators"
            )


def _weights(documents: Documents) -> Iterator[Problem]:
    files = documents.perspectives
    top = Place(files[0], ("perspective", "weight"))
    yield from _adding_up(top, [file.value.perspective.weight for file in files], "perspectives")
    for file in files:
        weights = [theme.weight for theme in file.value.themes]
        name = f"the themes of {file.value.perspective.id}"
        yield from _adding_up(Place(file, ("themes",)), weights, name)
    for place, _, theme in documents.themes():
        weights = [indicator.weight for indicator in theme.indicators]
        name = f"the indicators of {theme.id}"
        yield from _adding_up(place.at("indicators"), weights, name)


def _adding_up(place: Place, weights: Sequence[float], name: str) -> Iterator[Problem]:
    total = round(sum(weights), 6)
    if total != 100:
        told = " + ".join(f"{weight:g}" for weight in weights)
        expected = f"weights of {name} that add up to 100"
        yield place.problem(expected, found=f"{told} = {total:g}")


def _modules(documents: Documents) -> Iterator[Problem]:
    document = documents.modules
    place, file = Place(document), document.value
    known, owners = [module.id for module in file.modules], documents.vocabulary.value.owners
    yield from repeated((place.at("modules", at, "id"), name) for at, name in enumerate(known))
    for at, module in enumerate(file.modules):
        if module.team not in owners:
            where = place.at("modules", at, "team")
            yield where.problem("an owner of vocabulary.yaml", choices=owners)
    for group, members in file.groups.items():
        if group in ("all", "basic", "advanced") or group in known:
            yield place.at("groups", group).problem(
                "a name that is not a module or a grade", found=f"'{group}'"
            )
        for at, member in enumerate(members):
            if member not in known:
                yield place.at("groups", group, at).problem("a module", choices=known)


def _bands(documents: Documents) -> Iterator[Problem]:
    document = documents.bands
    for key, bands in (("leaves", document.value.leaves), ("parents", document.value.parents)):
        yield from _descending(Place(document, (key,)), bands)
    leaves = [band.id for band in document.value.leaves]
    for at, band in enumerate(document.value.parents):
        if band.id not in leaves:
            place = Place(document, ("parents", at, "id"))
            yield place.problem("an id that the leaves' bands have too", choices=leaves)


def _descending(place: Place, bands: Sequence[ScoreBandWritten]) -> Iterator[Problem]:
    yield from repeated((place.at(at, "id"), band.id) for at, band in enumerate(bands))
    for at in range(1, len(bands)):
        if bands[at].at_least >= bands[at - 1].at_least:
            limit = f"less than {bands[at - 1].at_least:g}, the limit of the band above"
            yield place.at(at, "at_least").problem(limit)
    if bands[-1].at_least != 0:
        yield place.at(len(bands) - 1, "at_least").problem("0 for the last band")


def _vocabulary(documents: Documents) -> Iterator[Problem]:
    place, file = Place(documents.vocabulary), documents.vocabulary.value
    closed = (("directions", file.directions, Better), ("over_time", file.over_time, OverTime))
    for key, words, listed in closed:
        names = get_args(listed)
        for name in words:
            if name not in names:
                problem = place.at(key, name).problem(f"one of {', '.join(names)}")
                near = nearest_name(name, names)
                yield replace(problem, found=f"unknown key '{name}'", nearest=near)
        for name in names:
            if name not in words:
                yield place.at(key).problem(f"words for '{name}' too")
