"""The page for the board: the score, what moved it, what is bad, what waits; in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics import findings
from metrics.scorecard import Mover
from metrics.tree import ROOT
from reports.book import Book, Cell, Column, Line, Page, Table, Value, bar_chart, line_chart
from reports.book.charts import Chart
from reports.month import parts, sentences, warned
from reports.month.facts import Facts
from words import numbers
from words.i18n import _, _n, language
from words.names import band_name
from words.text import plain

WIDTHS = (24, 18, 11, 11, 11, 11, 11, 12, 60)
EACH_WAY, MOST_BAD, MOST_WARNED, MOST_DECISIONS, MOST_COMMENTS = 5, 8, 12, 12, 20
NOTHING = 0.005
"""A part of a change, in points, that is left out."""


def write(book: Book, facts: Facts) -> None:
    """The sheet."""
    page = book.page("executive", _("Executive summary"))
    page.widths(*WIDTHS)
    _head(page, facts)
    place, drawn = page.row, parts.scored(facts.cards, ROOT, facts.branch)
    if drawn:
        page.space(parts.CHART_ROWS)
    page.heading(_("How are we doing"))
    perspectives = _perspectives(page, facts)
    parts.break_before(page)
    for heading, told in sections(facts):
        page.heading(heading)
        for line in told:
            page.finding(line)
        page.space()
    _courses(page, facts)
    _comments(page, facts)
    page.heading(_("Score by month"), "subheading")
    course = _course(page, facts)
    if drawn:
        parts.charts_at(page, place, _charts(facts, perspectives, course))


def _head(page: Page, facts: Facts) -> None:
    title = _("{scope}: score of {period}").format(
        scope=sentences.scope_words(facts), period=numbers.period(facts.period)
    )
    page.heading(title, "title")
    node = facts.card.node(ROOT, facts.branch)
    figure = numbers.score(node.score)
    if node.band is not None:
        figure = f"{figure} {' '.join(band_name(facts.tree, node.band, leaf=False))}"
    page.heading(figure, "figure")
    told, year = sentences.headline(facts), sentences.against_last_year(facts)
    page.finding(_("{told}. {chance}").format(told=told, chance=year) if year else told)
    for line in facts.card.breached(facts.branch):
        page.finding(sentences.red_line_words(facts, line))
    page.space()


def _perspectives(page: Page, facts: Facts) -> Table:
    columns = (
        parts.texts("name", _("Perspective")),
        parts.texts("spark", _("13 months")),
        parts.score("score", _("Score")),
        parts.score("before", _("Month before")),
        parts.change("change", _("Change")),
        parts.score("year", _("Last year")),
        Column("weight", _("Weight, %"), "weight"),
        Column("band", _("Status")),
        parts.texts("told", _("In a sentence"), wrap=True),
    )
    rows = [_perspective(facts, name) for name in (ROOT, *facts.tree.perspectives)]
    return page.table(columns, rows)


def _perspective(facts: Facts, name: str) -> Sequence[Value | Cell]:
    tree, now = facts.tree, facts.card.node(name, facts.branch)
    then = parts.score_of(parts.of_card(facts.before, name, facts.branch))
    year = parts.score_of(parts.of_card(facts.year_ago, name, facts.branch))
    course = [parts.score_of(parts.of_card(one, name, facts.branch)) for one in facts.cards]
    verdict = findings.verdict(findings.leaves_of(facts.card, name, facts.branch))
    shown: Value | Cell = Cell(sentences.name(tree, name), bold=True)
    if name != ROOT:
        shown = parts.node_link(tree, name, name)
    return (
        shown, parts.marks(course), Cell(now.score, bold=name == ROOT), then,
        parts.score_change(now.score, then), year, now.effective_weight, parts.status(tree, now),
        sentences.verdict_words(tree, verdict),
    )  # fmt: skip


def sections(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """Headings with their sentences; where there is nothing, that is said."""
    yield _("What moved"), list(_moved(facts))
    yield _("Where is it bad"), list(_bad(facts))
    yield _("What the rules find in this month"), list(_found(facts))
    yield _("Open warnings"), list(_open(facts))
    yield _("What must be decided"), list(_waiting(facts))
    gaps = list(_gaps(facts))
    if gaps:
        yield _("Not scored"), gaps


def _moved(facts: Facts) -> Iterator[str]:
    if facts.why is None:
        yield _("There is no month before to compare with.")
        return
    if facts.why.parts(ROOT) is None:
        refused = facts.why.refusal(ROOT, language()) or ""
        yield _("The change is not split: {reason}").format(reason=plain(refused))
        return
    yield _parts_words(facts)
    every = facts.why.movers(None, ROOT)
    gains = [one for one in every if one.points > NOTHING][:EACH_WAY]
    losses = [one for one in every if one.points < -NOTHING][:EACH_WAY]
    for sign, some in (("▼", losses), ("▲", gains)):
        yield from (_mover(facts, sign, one) for one in some)
    for cap in facts.why.caps(ROOT):
        if abs(cap.points) > NOTHING:
            yield f"■ {sentences.cap_words(facts.tree, cap)}"


def _mover(facts: Facts, sign: str, one: Mover) -> str:
    return f"{sign} {sentences.mover_words(facts, one)}"


def _parts_words(facts: Facts) -> str:
    """The change in its exact parts."""
    words = {
        "value": _("Values"),
        "target": _("Targets"),
        "weight": _("Weights"),
        "coverage": _("Coverage"),
        "red_line": _("Red lines"),
    }
    found = {} if facts.why is None else facts.why.parts(ROOT) or {}
    told = [
        f"{words[key]} {numbers.signed(points, 2)}"
        for key, points in found.items()
        if abs(points) > NOTHING
    ]
    if not told:
        return _("Nothing moved.")
    return _("What the change is made of, in points: {parts}").format(parts=sentences.joined(told))


def _bad(facts: Facts) -> Iterator[str]:
    leaves = findings.leaves_of(facts.card, ROOT, facts.branch)
    every = findings.off_target(leaves, len(leaves))
    if not every:
        scored = any(one.score is not None for one in leaves)
        yield (
            _("● Every indicator with data is at or above its base.")
            if scored
            else _("No indicator has a score yet.")
        )
        return
    told = _n(
        "{count} indicator is below its base and costs {lost} points.",
        "{count} indicators are below their base and cost {lost} points.",
        len(every),
    )
    yield told.format(count=len(every), lost=numbers.number(sum(one.lost for one in every), 1))
    yield from (f"■ {sentences.off_target_words(facts.tree, one)}" for one in every[:MOST_BAD])


def _found(facts: Facts) -> Iterator[str]:
    if not facts.incidents:
        yield _("No rule is broken by the figures of this period.")
    yield from (warned.what(facts, one) for one in facts.incidents[:MOST_WARNED])
    yield from _more(len(facts.incidents) - MOST_WARNED)


def _open(facts: Facts) -> Iterator[str]:
    """How many are open, and who has taken the gravest on; what each says stands above or below."""
    if not facts.standing.judged:
        yield _("Warnings have not been judged yet.")
        return
    shown = warned.by_gravity(facts.standing.warnings)
    if not shown:
        yield _("No warning is open.")
    yield from (warned.kept_words(facts, one) for one in shown[:MOST_WARNED])
    yield from _more(len(shown) - MOST_WARNED)


def _waiting(facts: Facts) -> Iterator[str]:
    every = facts.standing.decisions
    if not every:
        yield _("Nothing waits for a decision")
    yield from (f"◆ {warned.decision(facts, one)}" for one in every[:MOST_DECISIONS])
    yield from _more(len(every) - MOST_DECISIONS)


def _gaps(facts: Facts) -> Iterator[str]:
    for one in findings.missing(findings.leaves_of(facts.card, ROOT, facts.branch)):
        yield f"○ {sentences.missing_words(facts.tree, one)}"


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield _("{count} more").format(count=count)


def _courses(page: Page, facts: Facts) -> None:
    page.heading(_("On the way to the year's goals"))
    tree = facts.tree
    for one in facts.business.courses:
        told = sentences.course_words(tree, one.indicator, one.forecast)
        chance = sentences.chance_words(one.forecast.probability)
        page.finding(_("{told}. {chance}").format(told=told, chance=chance) if chance else told)
    page.space()


def _comments(page: Page, facts: Facts) -> None:
    """What owners wrote on the month, in full."""
    if not facts.notes:
        return
    page.heading(_("Comments of the owners"))
    for note in facts.notes[-MOST_COMMENTS:]:
        known = note.indicator and note.indicator.partition("@")[0] in facts.tree.nodes()
        about = sentences.name(facts.tree, note.indicator) if known and note.indicator else ""
        if note.branch_id and note.branch_id != facts.branch:
            place = sentences.place_name(facts, note.branch_id)
            about = _("{told} · {place}").format(told=about, place=place) if about else place
        told = _("{text} ({who})").format(text=plain(note.text, 1000), who=plain(note.author, 40))
        page.finding(
            _("{subject}: {finding}").format(subject=about, finding=told) if about else told
        )
    page.space()


def _course(page: Page, facts: Facts) -> Table:
    tree = facts.tree
    nodes = (ROOT, *tree.perspectives)
    columns = (
        parts.texts("month", _("Month")),
        *(parts.score(node, sentences.name(tree, node)) for node in nodes),
    )
    rows = [
        [month, *(parts.score_of(parts.of_card(card, one, facts.branch)) for one in nodes)]
        for month, card in zip(parts.months_of(facts.cards), facts.cards, strict=True)
    ]
    return page.table(columns, rows)


def _charts(facts: Facts, perspectives: Table, course: Table) -> list[Chart]:
    title = sentences.headline(facts, brief=True)
    bars = bar_chart(
        perspectives, "name", ("score", Line("before", colour=parts.PALE)),
        _("Scores of the perspectives, this month and the one before"), size=80.0, low=0.0,
        rows=(perspectives.first + 1, perspectives.last),
    )  # fmt: skip
    return [line_chart(course, "month", (ROOT,), title, size=80.0), bars]
