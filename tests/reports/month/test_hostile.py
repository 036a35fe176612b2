"""Names that look like formulas, links or markup reach every sheet as text, and as nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from openpyxl import Workbook

from reports.book.cells import harmless
from reports.month import (
    behaviour,
    branches,
    business,
    campaigns,
    competitors,
    cover,
    executive,
    experiments,
    perspectives,
    quality,
    risk,
)
from reports.month.facts import Facts
from tests.reports.month.hostile import NAMES, poisoned, with_branches
from tests.reports.month.shown import Writer, file_of, texts
from tests.reports.office import opened
from tests.reports.parts import MAIN, RELATIONS, formulas_in, trees_of, ways_out
from words.text import plain

SHEETS: Mapping[str, Writer] = {
    "cover": cover.write,
    "executive": executive.write,
    "perspectives": perspectives.write,
    "behaviour": behaviour.write,
    "business": business.write,
    "risk": risk.write,
    "campaigns": campaigns.write,
    "competitors": competitors.write,
    "branches": branches.write,
    "experiments": experiments.write,
    "quality": quality.write,
}
NAMED = dict(
    enumerate(
        ("behaviour", "business", "risk", "campaigns", "competitors", "branches", "experiments",
         "quality"), 7,
    )
)  # fmt: skip
"""The sheets in which every name stands, by their place: after cover, summary, perspectives."""
BEGINNING = 24
"""Signs of a name that must be found: how much of a long one is kept differs by place."""


@pytest.fixture(scope="module")
def poison(facts: Facts) -> Iterator[Facts]:
    """The month in which every name is hostile; nothing is left out for its length."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(competitors, "MOST_RELEASES", len(NAMES))
        patch.setattr(competitors, "MOST_PEERS", len(NAMES))
        patch.setattr(executive, "MOST_COMMENTS", len(NAMES))
        yield poisoned(facts)


@dataclass(frozen=True)
class Made:
    """A file, and what a reader finds in it."""

    raw: bytes
    book: Workbook


@pytest.fixture(scope="module", params=["en", "zh"] if os.environ.get("CI") else ["zh"])
def made(request: pytest.FixtureRequest, poison: Facts) -> Made:
    """The workbook of that month."""
    raw = file_of(poison, tuple(SHEETS.values()), str(request.param))
    return Made(raw, opened(raw))


def test_there_are_150_of_them() -> None:
    assert len(set(NAMES)) >= 150


def test_none_becomes_a_formula(made: Made) -> None:
    assert formulas_in(made.raw) == []
    values = [cell for page in made.book.worksheets for row in page.iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n", "inlineStr") for cell in values)


def test_none_leads_out_of_the_file(made: Made) -> None:
    assert list(ways_out(made.raw)) == []
    trees = trees_of(made.raw)
    titles = {page.title for page in made.book.worksheets}
    for name, tree in trees.items():
        relations = tree.iter(f"{RELATIONS}Relationship")
        kinds = {one.get("Type", "").rsplit("/", 1)[-1] for one in relations}
        if name.startswith("xl/worksheets/"):
            assert kinds <= {"drawing"}, name
        for link in tree.iter(f"{MAIN}hyperlink"):
            assert set(link.keys()) <= {"ref", "location", "display"}, name
            page, _sign, place = str(link.get("location")).rpartition("!")
            assert page.strip("'") in titles
            assert place == "A1"


def test_every_name_reaches_the_sheets_as_text(made: Made) -> None:
    found = [*texts(made.book).values()]
    for place, sheet in NAMED.items():
        if sheet == "branches":
            continue  # there are fewer of them: see below
        every = "\n".join(found[place])
        lost = [name for name in NAMES if kept(name) not in every]
        assert not lost, sheet
    comments = "\n".join(found[1])
    assert [name for name in NAMES if kept(name) not in comments] == []


def kept(name: str) -> str:
    """The beginning of a name as a cell shows it: one line, without invisible signs."""
    return harmless(plain(name, 4000))[:BEGINNING].strip()


def test_names_of_branches_are_text(facts: Facts) -> None:
    size = len(facts.ranking)
    for first in range(0, len(NAMES), size):
        some = NAMES[first : first + size]
        raw = file_of(with_branches(facts, some), (branches.write,))
        told = texts(opened(raw))["Branches"]
        assert [
            name for name in some if not any(t.strip().startswith(kept(name)) for t in told)
        ] == []
        assert formulas_in(raw) == []


def test_negative_numbers_stay_numbers(facts: Facts) -> None:
    book = opened(file_of(facts, (executive.write, perspectives.write)))
    numbers = [
        cell.value
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    ]
    assert sum(value < 0 for value in numbers) > 10
    for told in texts(book).values():
        assert not [text for text in told if text.startswith("-") and text[1:2].isdigit()]
