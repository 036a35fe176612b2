"""What a report rests on and says, as digests: the whole, each of its grounds, each of its sheets.

When a report is issued again with another content, these tell which grounds differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from functools import cache
from pathlib import Path

from data.report_look import ReportLook
from data.state import State, baselines_in_force, closings
from data.state.checks import digest
from data.state.reports import MadeFrom
from metrics.lineage.version import definition_version
from metrics.scorecard import ScoreCard
from metrics.values import Setup
from reports.book import Book, Page
from reports.month.facts import Facts

VALUES, TARGETS, WEIGHTS = "values", "targets", "weights"
DEFINITIONS, CLOSING, REMARKS = "definitions", "closing", "remarks"
LOOK, PROGRAM = "look", "program"
GROUNDS = (VALUES, TARGETS, WEIGHTS, DEFINITIONS, CLOSING, REMARKS, LOOK, PROGRAM)
"""What a report rests on, in the order in which differences are told."""
HOME = Path(__file__).parents[2]
MADE_BY = ("reports", "words", "metrics", "data")
KINDS = (".py", ".yaml", ".po")


def made_from(state: State, setup: Setup, card: ScoreCard, token: str) -> MadeFrom:
    """What a month's card was made from; ``token`` is the state of the warehouse."""
    last = card.period.last
    kept = baselines_in_force(state, last, year=last.year)
    closed = [one.number for one in closings(state) if one.month == last]
    return MadeFrom(
        as_of=setup.store.coverage.as_of,
        token=token,
        weight_set=card.weight_set,
        branch_weight_set=card.branch_weight_set,
        baselines=tuple(sorted(one.id for one in kept)),
        definitions=_definitions(setup, card),
        closing=max(closed, default=None),
    )


def grounds(facts: Facts, look: ReportLook) -> dict[str, str]:
    """Digests of what the report rests on, within its scope."""
    cards = [one for one in (*facts.cards, facts.year_ago) if one is not None]
    nodes = [(str(card.period), one) for card in cards for one in card.nodes(facts.branch)]
    values = [(at, one.id, _number(one.value), one.covered, one.days) for at, one in nodes]
    goals = [(at, one.id, _number(one.base), _number(one.target)) for at, one in nodes]
    weighed = [(at, one.id, _number(one.weight)) for at, one in nodes]
    changed = [(one.id, _number(one.now)) for one in facts.restated]
    sets = [(card.weight_set, card.branch_weight_set) for card in cards]
    told = (facts.notes, facts.standing, [astuple(one.experiment) for one in facts.decided])
    return {
        VALUES: digest(repr((values, changed))),
        TARGETS: digest(repr(goals)),
        WEIGHTS: digest(repr((weighed, sets))),
        DEFINITIONS: _definitions(facts.setup, facts.card),
        CLOSING: digest(repr((facts.versions.closed, facts.versions.sign_offs))),
        REMARKS: digest(repr(told)),
        LOOK: digest(repr((look, _file(look.logo), _file(look.template)))),
        PROGRAM: program(),
    }


@cache
def program() -> str:
    """A digest of what makes reports: Canopy's own sources, tree and texts, without the screens."""
    every = (path for floor in MADE_BY for path in (HOME / floor).rglob("*"))
    files = sorted(path for path in every if path.suffix in KINDS)
    told = hashlib.sha256()
    for path in files:
        told.update(path.relative_to(HOME).as_posix().encode())
        told.update(path.read_bytes())
    return told.hexdigest()


def sheets(book: Book) -> Mapping[str, str]:
    """Digests of the cells of each page by its title, without who and when."""
    return {page.title: digest("\n".join(_cells(page))) for page in book.pages.values()}


def _cells(page: Page) -> Iterator[str]:
    for row in page.sheet.iter_rows():
        for cell in row:
            if cell.value is not None and cell.coordinate not in page.stamps:
                yield f"{cell.coordinate} {cell.number_format} {_shown(cell.value)}"


def _shown(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _definitions(setup: Setup, card: ScoreCard) -> str:
    catalogue = setup.store.catalogue
    found = [
        (leaf.id, definition_version(card.tree, catalogue, leaf.id))
        for leaf in card.tree.indicators.values()
        if set(leaf.formula.points) <= set(catalogue.points)
    ]
    return digest(repr(sorted(found)))


def _number(value: float | None) -> str:
    """Nine digits: the last bits of a sum are no difference."""
    return "" if value is None else f"{value:.9g}"


def _file(path: Path | None) -> str:
    return "" if path is None else digest(path.read_bytes())
