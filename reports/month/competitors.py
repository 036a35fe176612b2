"""Competitors: figures with provider, period, source and grade; features; what they shipped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data.competitors.records import OURS, Figure, Release
from metrics.competitors.features import Gap, Row, State
from metrics.competitors.standing import INDICATOR_OF, comparable
from reports.book import Book, Cell, Page, Value
from reports.month import parts
from reports.month.facts import Facts
from words import codes, numbers
from words.i18n import _, _n
from words.text import plain

WIDTHS = (26, 22, 14, 14, 14, 16, 12, 18, 12, 40)
SIGNS = {"new": "●", "improved": "◆", "removed": "✕"}
MOST_RELEASES, MOST_PEERS = 40, 8


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("competitors", _("Competitors"))
    page.widths(*WIDTHS)
    page.heading(_("Competitors"), "title")
    found, until = facts.competitors, facts.period.last
    if not found.figures and not found.releases:
        page.note(_("Nothing is written down of competitors up to this month."))
        return
    lately = [
        one for one in found.releases if one.competitor != OURS and one.day >= facts.period.first
    ]
    told = _n(
        "Competitors shipped {count} feature in the month.",
        "Competitors shipped {count} features in the month.",
        len(lately),
    )
    page.finding(told.format(count=len(lately)))
    _figures(page, facts, until)
    parts.break_before(page)
    _gaps(page, found.gaps)
    _features(page, found.features)
    _releases(page, found.releases)


def _figures(page: Page, facts: Facts, until: date) -> None:
    page.heading(_("Scale and ratings: the newest figure of each provider"))
    found = facts.competitors.figures
    if not found:
        page.note(_("No figures of competitors are known for this time."))
        return
    columns = (
        parts.texts("measure", _("Measure"), wrap=True),
        parts.texts("who", _("Competitor"), wrap=True),
        parts.number("value", _("Value")),
        parts.number("low", _("At least")),
        parts.number("high", _("At most")),
        parts.number("own", _("This bank, in the month")),
        parts.texts("unit", _("Unit")),
        parts.texts("period", _("Period"), wrap=True),
        parts.texts("grade", _("Grade")),
        parts.texts("source", _("Provider, source and age"), wrap=True),
    )
    page.table(columns, [_figure(facts, one, until) for one in found])
    page.note(
        _("Providers are never mixed: each counts in its own way, so only figures of one provider "
          "and period may be set against each other. A count of people is not set against a part "
          "of the bank.")
    )  # fmt: skip


def _figure(facts: Facts, one: Figure, until: date) -> Sequence[Value | Cell]:
    unit = one.unit if one.unit in ("%", "CNY") else "users" if one.unit == "users" else ""
    source = _("{provider}: {source} · {age}").format(
        provider=plain(one.provider, 60), source=plain(one.source, 200),
        age=codes.age_words(one, until),
    )  # fmt: skip
    return (
        codes.measure_words(one.measure),
        codes.competitor_words(one.competitor),
        Cell(one.value, unit=unit),
        Cell(one.low, unit=unit),
        Cell(one.high, unit=unit),
        Cell(_own(facts, one), unit=unit),
        codes.figure_unit(one.unit),
        numbers.period(codes.figure_period(one)),
        plain(one.grade, 10) or _("not graded"),
        source,
    )


def _own(facts: Facts, one: Figure) -> float | None:
    """The bank's own value in the month, where an indicator means the same."""
    indicator = INDICATOR_OF.get(one.measure, "")
    if indicator not in facts.tree.indicators or not comparable(indicator, facts.about):
        return None
    if one.competitor == OURS:
        return None
    return facts.card.node(indicator, facts.branch).value


def _gaps(page: Page, found: Sequence[Gap]) -> None:
    page.heading(_("What peers offer, by scene"))
    columns = (
        parts.texts("scene", _("Scene")),
        parts.number("offered", _("Features that peers offer"), digits=0),
        parts.number("ours", _("Of these ours"), digits=0),
        parts.number("lately", _("Shipped by peers in a year"), digits=0),
    )
    page.table(
        columns,
        [(codes.scene_words(one.scene), one.offered, one.ours, one.lately) for one in found],
    )
    if any(one.ours is None for one in found):
        page.note(_("A dash: no feature of this bank is written down, so nothing is known."))


def _features(page: Page, rows: Sequence[Row]) -> None:
    page.heading(_("Feature matrix"))
    peers = sorted({peer for row in rows for peer in row.states} - {OURS})
    columns = (
        parts.texts("feature", _("Feature"), wrap=True),
        parts.texts("scene", _("Scene")),
        parts.texts("ours", codes.competitor_words(OURS)),
        *(
            parts.texts(f"p{n}", codes.competitor_words(peer), wrap=True)
            for n, peer in enumerate(peers[:MOST_PEERS])
        ),
    )
    page.table(columns, [_feature(row, peers[:MOST_PEERS]) for row in rows])
    page.note(
        _("The latest that is written down: ● new, ◆ improved, ✕ removed. — means that nothing "
          "is known, not that it is absent.")
    )  # fmt: skip
    if len(peers) > MOST_PEERS:
        page.note(_("{count} more").format(count=len(peers) - MOST_PEERS))


def _feature(row: Row, peers: Sequence[str]) -> Sequence[Value | Cell]:
    cells = (_state(row.states.get(one)) for one in (OURS, *peers))
    return plain(row.feature, 100), codes.scene_words(row.scene), *cells


def _state(state: State | None) -> str | None:
    return None if state is None else f"{SIGNS[state.change]} {numbers.day(state.day)}"


def _releases(page: Page, found: Sequence[Release]) -> None:
    page.heading(_("What was shipped, the newest first"))
    columns = (
        parts.texts("feature", _("Feature"), wrap=True),
        parts.texts("who", _("Competitor"), wrap=True),
        parts.texts("day", _("Day")),
        parts.texts("change", _("Change")),
        parts.texts("scene", _("Scene")),
        parts.texts("source", _("Source"), 15),
    )
    rows = [
        (plain(one.feature, 100), codes.competitor_words(one.competitor), numbers.day(one.day),
         codes.change_words(one.change), codes.scene_words(one.scene), plain(one.source, 200))
        for one in found[:MOST_RELEASES]
    ]  # fmt: skip
    page.table(columns, rows)
    if len(found) > MOST_RELEASES:
        page.note(_("{count} more").format(count=len(found) - MOST_RELEASES))
