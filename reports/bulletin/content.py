"""What the bulletin says: the executive page of the month's workbook, cut to one sheet of paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics import findings
from metrics.findings import difference
from metrics.peers import Ranked, extremes
from metrics.tree import ROOT
from reports.book import spark
from reports.month import executive, parts, sentences
from reports.month.cover import freshness
from reports.month.facts import Facts
from words import numbers
from words.i18n import _
from words.names import band_name

LINES = (8, 6, 5, 5, 6, 2)
"""Sentences of each section, in their order."""
EACH_SIGN = 3
"""Sentences of a section that begin with the same sign: what rose is told beside what fell."""
MOST_PLACES = 4
SIGNS = ("▼", "▲")


@dataclass(frozen=True)
class Row:
    """A node of the tree; ``good`` is 1, −1 or 0: what its change is for the business."""

    name: str
    marks: str
    score: str
    change: str
    good: int
    year: str
    band: str
    told: str


@dataclass(frozen=True)
class Section:
    """A heading and sentences; ``more`` are in the workbook only."""

    heading: str
    lines: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class Place:
    """A branch among the best or the worst of its peers."""

    name: str
    score: str
    change: str
    good: int
    rank: str


@dataclass(frozen=True)
class Bulletin:
    """The month of a scope in words: plain text, nothing of it is markup."""

    title: str
    figure: str
    band: str
    headline: str
    red_lines: tuple[str, ...]
    rows: tuple[Row, ...]
    sections: tuple[Section, ...]
    courses: tuple[str, ...]
    best: tuple[Place, ...]
    worst: tuple[Place, ...]
    about: tuple[str, ...]


def bulletin(facts: Facts) -> Bulletin:
    """What is said of a month, in the language that is spoken."""
    node = facts.card.node(ROOT, facts.branch)
    headline, year = sentences.headline(facts), sentences.against_last_year(facts)
    if year:
        headline = _("{told}. {chance}").format(told=headline.rstrip("。."), chance=year)
    best, worst = extremes(facts.ranking)
    return Bulletin(
        title=_("{scope}: score of {period}").format(
            scope=sentences.scope_words(facts), period=numbers.period(facts.period)
        ),
        figure=numbers.score(node.score),
        band="" if node.band is None else " ".join(band_name(facts.tree, node.band, leaf=False)),
        headline=headline,
        red_lines=tuple(
            sentences.red_line_words(facts, line) for line in facts.card.breached(facts.branch)
        ),
        rows=tuple(_row(facts, name) for name in (ROOT, *facts.tree.perspectives)),
        sections=tuple(_sections(facts)),
        courses=tuple(_courses(facts)),
        best=tuple(_place(facts, one) for one in best[:MOST_PLACES]),
        worst=tuple(_place(facts, one) for one in worst[:MOST_PLACES]),
        about=tuple(_about(facts)),
    )


def _row(facts: Facts, name: str) -> Row:
    tree, now = facts.tree, facts.card.node(name, facts.branch)
    then = parts.score_of(parts.of_card(facts.before, name, facts.branch))
    year = parts.score_of(parts.of_card(facts.year_ago, name, facts.branch))
    course = [parts.score_of(parts.of_card(one, name, facts.branch)) for one in facts.cards]
    change = difference(now.score, then)
    verdict = findings.verdict(findings.leaves_of(facts.card, name, facts.branch))
    return Row(
        sentences.name(tree, name),
        spark(course),
        numbers.score(now.score),
        numbers.signed(change),
        findings.goodness(change) if change is not None else 0,
        numbers.score(year),
        sentences.band_words(tree, now),
        sentences.verdict_words(tree, verdict),
    )


def _sections(facts: Facts) -> Iterator[Section]:
    every = list(executive.sections(facts))
    for place, ((heading, lines), most) in enumerate(zip(every, LINES, strict=False)):
        kept = both_ways(lines)[:most] if place == 0 else lines[:most]
        yield Section(heading, tuple(kept), len(lines) - len(kept))


def both_ways(lines: Sequence[str]) -> list[str]:
    """The first sentences of each sign, in their order; those without a sign all.

    >>> both_ways(["Parts", "▼ a", "▼ b", "▼ c", "▼ d", "▲ e"])
    ['Parts', '▼ a', '▼ b', '▼ c', '▲ e']
    """
    seen: Counter[str] = Counter()
    kept = []
    for line in lines:
        seen[line[:1]] += 1
        if line[:1] not in SIGNS or seen[line[:1]] <= EACH_SIGN:
            kept.append(line)
    return kept


def _courses(facts: Facts) -> Iterator[str]:
    for one in facts.business.courses:
        told = sentences.course_words(facts.tree, one.indicator, one.forecast)
        chance = sentences.chance_words(one.forecast.probability)
        yield _("{told}. {chance}").format(told=told, chance=chance) if chance else told


def _place(facts: Facts, one: Ranked) -> Place:
    then = parts.score_of(parts.of_card(facts.before, ROOT, one.branch))
    change = difference(one.score, then)
    return Place(
        sentences.place_name(facts, one.branch, 30),
        numbers.score(one.score),
        numbers.signed(change),
        findings.goodness(change) if change is not None else 0,
        f"{one.rank} / {one.of}",
    )


def _about(facts: Facts) -> Iterator[str]:
    yield _("Data as of {day}").format(day=numbers.day(facts.card.as_of))
    yield freshness(facts)
    yield _("Weights: {name}").format(name=sentences.weights_in_force(facts))
    closed = facts.versions.closed
    yield (
        _("The month is not closed: figures may still change")
        if closed is None
        else _("Closed, version {number}").format(number=closed.number)
    )
    yield _("Made by {who}, {moment} UTC").format(
        who=facts.who, moment=numbers.moment(facts.made_at)
    )


def as_text(found: Bulletin) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Headings and sentences one below the other, for where there is no page."""
    first = (found.headline, *found.red_lines)
    below = [(one.heading, one.lines) for one in found.sections]
    return [(f"{found.figure} {found.band}".strip(), first), *below]
