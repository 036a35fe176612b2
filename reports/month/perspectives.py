"""One sheet for each perspective: its course, its themes, and every indicator with its comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from metrics import findings
from metrics.scorecard import NodeResult
from metrics.tree import ROOT
from reports.book import Book, Cell, Column, Line, Page, Table, Value, bar_chart, line_chart
from reports.book.charts import Chart
from reports.month import parts, sentences
from reports.month.facts import Facts
from words import numbers
from words.i18n import _
from words.text import plain

CHARTED = 4
"""Indicators of a perspective whose course is drawn: the weightiest."""
WIDTHS = (36, 9, 11, 11, 10, 11, 10, 11, 8, 12, 20, 32)


def write(book: Book, facts: Facts) -> None:
    """A sheet for each perspective."""
    for perspective in facts.tree.perspectives:
        _sheet(book, facts, perspective)


def _sheet(book: Book, facts: Facts, perspective: str) -> None:
    tree = facts.tree
    named = sentences.name(tree, perspective)
    page = book.page(perspective, named)
    page.widths(*WIDTHS)
    node = facts.card.node(perspective, facts.branch)
    page.heading(_("{name}: {score}").format(name=named, score=numbers.score(node.score)), "title")
    leaves = findings.leaves_of(facts.card, perspective, facts.branch)
    told = _("{headline}. {verdict}").format(
        headline=sentences.headline(facts, perspective),
        verdict=sentences.verdict_words(tree, findings.verdict(leaves)),
    )
    page.finding(told)
    place, drawn = page.row, _drawn(leaves)
    scored = parts.scored(facts.cards, perspective, facts.branch)
    if scored:
        page.space(parts.CHART_ROWS)
    _indicators(page, facts, perspective)
    parts.break_before(page)
    if drawn:
        page.heading(_("The weightiest indicators"))
    lower = page.row
    page.space(parts.CHART_ROWS * ((len(drawn) + 1) // 2))
    if drawn:
        parts.break_before(page)
    themes = _themes(page, facts, perspective)
    scores, values = _scores(page, facts, perspective), _values(page, facts, drawn)
    for two in (drawn[:2], drawn[2:]):
        if two:
            lower = parts.charts_at(page, lower, [_drawing(facts, values, one) for one in two])
    if scored:
        parts.charts_at(page, place, _charts(facts, perspective, scores, themes))


def _drawn(leaves: Sequence[NodeResult]) -> list[NodeResult]:
    known = [one for one in leaves if one.value is not None]
    return sorted(known, key=lambda one: -one.effective_weight)[:CHARTED]


def _themes(page: Page, facts: Facts, perspective: str) -> Table:
    """The themes with their scores now, before and a year ago."""
    tree = facts.tree
    page.heading(_("Themes"))
    columns = (
        parts.texts("name", _("Theme")),
        Column("weight", _("Weight, %"), "weight"),
        parts.score("score", _("Score")),
        parts.score("before", _("Month before")),
        parts.change("change", _("Change")),
        parts.score("year", _("Last year")),
        parts.change("change_year", _("Change")),
        parts.number("coverage", _("Coverage"), "%", digits=0),
        parts.number("uncapped", _("Without red lines"), digits=1),
        Column("band", _("Status")),
        parts.texts("spark", _("13 months")),
    )
    nodes = (perspective, *tree.children(perspective))
    return page.table(columns, [_theme(facts, node, top=node == perspective) for node in nodes])


def _theme(facts: Facts, name: str, *, top: bool) -> Sequence[Value | Cell]:
    tree, now = facts.tree, facts.card.node(name, facts.branch)
    then = parts.score_of(parts.of_card(facts.before, name, facts.branch))
    year = parts.score_of(parts.of_card(facts.year_ago, name, facts.branch))
    course = [parts.score_of(parts.of_card(one, name, facts.branch)) for one in facts.cards]
    return (
        Cell(sentences.name(tree, name), bold=top),
        now.weight,
        Cell(now.score, bold=top),
        then,
        parts.score_change(now.score, then),
        year,
        parts.score_change(now.score, year),
        now.coverage,
        now.uncapped,
        parts.status(tree, now),
        parts.marks(course),
    )


def _indicators(page: Page, facts: Facts, perspective: str) -> None:
    columns = (
        parts.texts("name", _("Theme and indicator"), wrap=True),
        parts.texts("unit", _("Unit")),
        parts.number("value", _("Value")),
        parts.number("before", _("Month before")),
        parts.change("change", _("Change")),
        parts.number("year", _("Last year")),
        parts.change("change_year", _("Change")),
        parts.number("target", _("Target")),
        parts.score("score", _("Score")),
        Column("band", _("Status")),
        parts.texts("spark", _("13 months")),
        parts.texts("note", _("Comment of the owner; why there is no number"), wrap=True),
    )
    tree, rows, levels = facts.tree, [], []
    for theme in tree.children(perspective):
        rows.append(_theme_line(facts, theme))
        levels.append(0)
        for leaf in tree.leaves(theme):
            rows.append(_indicator(facts, leaf))
            levels.append(1)
    page.table(columns, rows, levels=levels)
    page.note(
        _(
            "Target: what scores 100; of a year's goal its path up to the month. Changes of shares "
            "are in percentage points (pp), all others in per cent."
        )
    )


def _theme_line(facts: Facts, theme: str) -> list[Value | Cell]:
    """A theme above its indicators, with its score."""
    now, tree = facts.card.node(theme, facts.branch), facts.tree
    cells: list[Value | Cell] = [sentences.name(tree, theme), *[""] * 7]
    course = [parts.score_of(parts.of_card(one, theme, facts.branch)) for one in facts.cards]
    cells += [now.score, parts.status(tree, now), parts.marks(course), parts.why_cell(now)]
    return [
        replace(one, style="total") if isinstance(one, Cell) else Cell(one, style="total")
        for one in cells
    ]


def _indicator(facts: Facts, name: str) -> list[Value | Cell]:
    tree, now = facts.tree, facts.card.node(name, facts.branch)
    then = parts.value_of(parts.of_card(facts.before, name, facts.branch))
    year = parts.value_of(parts.of_card(facts.year_ago, name, facts.branch))
    course = [parts.value_of(parts.of_card(one, name, facts.branch)) for one in facts.cards]
    return [
        parts.node_link(tree, name),
        parts.unit_cell(tree, name),
        parts.value_cell(tree, name, now.value),
        parts.value_cell(tree, name, then),
        parts.change_cell(tree, name, now.value, then),
        parts.value_cell(tree, name, year),
        parts.change_cell(tree, name, now.value, year),
        parts.value_cell(tree, name, now.target),
        now.score,
        parts.status(tree, now),
        parts.marks(course),
        " · ".join(_notes(facts, now)),
    ]


def _notes(facts: Facts, node: NodeResult) -> Iterator[str]:
    why = parts.why_cell(node)
    if why:
        yield why
    for note in facts.comments.get(node.id, ()):
        about = "" if not note.branch_id or note.branch_id == facts.branch else note.branch_id
        told = plain(note.text, 500)
        place = sentences.place_name(facts, about) if about else ""
        who = _("{text} ({who})").format(text=told, who=plain(note.author, 40))
        yield f"{place}: {who}" if place else who


def _scores(page: Page, facts: Facts, perspective: str) -> Table:
    """Scores of the perspective and its themes by month."""
    tree = facts.tree
    page.heading(_("Scores by month"))
    nodes = (ROOT, perspective, *tree.children(perspective))
    columns = (
        parts.texts("month", _("Month")),
        *(parts.score(node, sentences.name(tree, node)) for node in nodes),
    )
    rows = [
        [
            month,
            *(parts.score_of(parts.of_card(card, node, facts.branch)) for node in nodes),
        ]
        for month, card in zip(parts.months_of(facts.cards), facts.cards, strict=True)
    ]
    return page.table(columns, rows)


def _values(page: Page, facts: Facts, drawn: Sequence[NodeResult]) -> Table:
    """Values and targets of the weightiest indicators by month."""
    tree = facts.tree
    page.heading(_("The weightiest indicators by month"))
    columns = [parts.texts("month", _("Month"))]
    for one in drawn:
        named = sentences.name(tree, one.id)
        unit = parts.unit_cell(tree, one.id)
        head = _("{name}, {unit}").format(name=named, unit=unit) if unit else named
        columns.append(parts.number(one.id, head, one.unit or "", width=15))
        columns.append(parts.number(f"{one.id}_target", _("Target"), one.unit or ""))
    rows: list[list[Value | Cell]] = []
    for month, card in zip(parts.months_of(facts.cards), facts.cards, strict=True):
        row: list[Value | Cell] = [month]
        for one in drawn:
            found = parts.of_card(card, one.id, facts.branch)
            row += [parts.value_of(found), None if found is None else found.target]
        rows.append(row)
    return page.table(columns, rows)


def _charts(facts: Facts, perspective: str, scores: Table, bars: Table) -> list[Chart]:
    tree = facts.tree
    named, themes = sentences.name(tree, perspective), tree.children(perspective)
    line = line_chart(
        scores,
        "month",
        (perspective, Line(ROOT, dashed=True)),
        _("{name} and the total: scores of 13 months").format(name=named),
        size=80.0,
    )
    known = [facts.card.node(one, facts.branch) for one in themes]
    scored = [one for one in known if one.score is not None]
    title = _("Themes: scores of this month and the one before")
    if scored:
        weakest = min(scored, key=lambda one: one.score or 0.0)
        title = _("Themes: lowest is {name} with {score}").format(
            name=sentences.name(tree, weakest.id), score=numbers.score(weakest.score)
        )
    series = ("score", Line("before", colour=parts.PALE))
    rows = (bars.first + 1, bars.last)
    return [line, bar_chart(bars, "name", series, title, size=80.0, low=0.0, rows=rows)]


def _drawing(facts: Facts, values: Table, node: NodeResult) -> Chart:
    """An indicator's course with its target."""
    tree = facts.tree
    title = _("{name}: {value}, target {target}").format(
        name=sentences.name(tree, node.id),
        value=sentences.quantity(tree, node.id, node.value),
        target=sentences.quantity(tree, node.id, node.target),
    )
    lines = (node.id, Line(f"{node.id}_target", dashed=True))
    size = parts.largest([node.value, node.target])
    return line_chart(values, "month", lines, title, unit=node.unit or "", size=size)
