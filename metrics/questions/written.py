"""The words of questions as written in words.yaml, checked against the tree and the contract."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data.configuration import (
    ConfigurationError,
    Located,
    Problem,
    nearest_name,
    problem_at,
    read,
)
from data.configuration import Written as Strict
from data.slice import CLOSED_VALUES, DIMENSIONS
from metrics.explore.view import AGAINST, CHARTS, GRAINS
from metrics.tree import Tree

SHIPPED = Path(__file__).with_name("words.yaml")
OWN = "words.yaml"
Word = Annotated[str, Field(min_length=1, max_length=60)]


class Words(Strict):
    """Words for one thing in both languages; the first of each list is its name."""

    zh: list[Word] = Field(min_length=1)
    en: list[Word] = Field(min_length=1)


class Sorts(Strict):
    """Words for orders of rows."""

    highest: Words
    lowest: Words
    best: Words
    worst: Words


class Markers(Strict):
    """Words that hold others together."""

    by: Words
    and_: Annotated[Words, Field(alias="and")]
    versus: Words


class WrittenWords(Strict):
    """The whole file; every mapping is by id."""

    nodes: dict[str, Words]
    modules: dict[str, Words]
    dimensions: dict[str, Words]
    values: dict[str, dict[str, Words]]
    comparisons: dict[str, Words]
    grains: dict[str, Words]
    units: dict[str, Words]
    change: Words
    trend: Words
    charts: dict[str, Words]
    sorts: Sorts
    scope: Words
    markers: Markers
    fillers: Words


def load_words(folder: Path | None, tree: Tree) -> WrittenWords:
    """The words of a bank's folder of tree files, or the shipped ones; all problems at once.

    Raises ConfigurationError for ids that do not exist, with the nearest one that does.
    """
    own = None if folder is None else folder / OWN
    document = read(own if own is not None and own.exists() else SHIPPED, WrittenWords)
    problems = list(_problems(document, tree))
    if problems:
        raise ConfigurationError(problems)
    return document.value


def aliases(words: WrittenWords) -> Mapping[str, tuple[str, ...]]:
    """Other words for the nodes of the tree, in both languages: for the search of the dictionary.

    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> words = load_words(None, load_definitions(read_settings()).tree)
    >>> aliases(words)["retention_d1"][0]
    '次日留存'
    """
    return {node: (*said.zh, *said.en) for node, said in words.nodes.items()}


def _problems(document: Located[WrittenWords], tree: Tree) -> Iterator[Problem]:
    words = document.value
    lists: tuple[tuple[str, Collection[str], Collection[str], str], ...] = (
        ("nodes", words.nodes, tree.nodes(), "a node of the tree"),
        ("modules", words.modules, tree.modules, "a module"),
        ("dimensions", words.dimensions, DIMENSIONS, "a dimension"),
        ("comparisons", words.comparisons, AGAINST, "a comparison"),
        ("grains", words.grains, GRAINS, "a grain"),
        ("units", words.units, GRAINS, "a grain"),
        ("charts", words.charts, CHARTS, "a chart"),
        ("values", words.values, DIMENSIONS, "a dimension"),
    )
    for key, written, known, expected in lists:
        for name in written:
            if name not in known:
                yield _unknown(document, (key, name), expected, known)
    for dimension, values in words.values.items():
        known = CLOSED_VALUES.get(dimension, tuple(values))
        for name in values:
            if name not in known:
                place = ("values", dimension, name)
                yield _unknown(document, place, f"a value of {dimension}", known)


def _unknown(
    document: Located[WrittenWords], place: tuple[str, ...], expected: str, known: Collection[str]
) -> Problem:
    name = place[-1]
    problem = problem_at(document, place, found=repr(name), expected=expected)
    return replace(problem, nearest=nearest_name(name, known))
