"""The tree: every node with its value, goals, weight and score, as formulas that follow edits."""

from __future__ import annotations

from metrics.scorecard import NodeResult, ScoreCard
from metrics.tree.tree import ROOT
from reports.book import Book, Column, Page
from reports.book.rules import allow, colour_changes
from reports.month.facts import Facts
from reports.month.parts import of_card, score_of
from reports.month.tree_bands import BandRows
from reports.month.tree_inputs import steps_sheet, write_inputs
from reports.month.tree_places import HEAD, Lines, Sheet, sheet_of
from reports.month.tree_rows import Scribe
from words import numbers
from words.i18n import _, _n

LEAST = 0.05
"""A smaller change has no colour."""
PRINTED = 2
"""Pages of paper that the tree takes."""


def columns() -> tuple[Column, ...]:
    """The columns of the tree."""
    return (
        Column("name", _("Name"), width=45),
        Column("id", _("Id"), width=30),
        Column("value", _("Value"), "number", missing=None, width=11),
        Column("unit", _("Unit"), missing=None, width=13),
        Column("before", _("Month before"), "number", missing=None, width=11),
        Column("change", _("Change (pp or %)"), "number", signed=True, missing=None, width=10),
        Column("base", _("Base"), "number", missing=None, width=11),
        Column("target", _("Target on the path"), "number", missing=None, width=11),
        Column("better", _("Direction"), missing=None, width=20),
        Column("score", _("Score"), "score", missing=None, width=9, bar=True),
        Column("status", _("Status"), missing=None, width=12),
        Column("score_before", _("Score, month before"), "score", width=9),
        Column("score_change", _("Change of score"), "score", signed=True, missing=None, width=9),
        Column("free", _("Without red lines"), "score", missing=None, width=10),
        Column("weight", _("Weight in parent (%)"), "weight", missing=None, width=10),
        Column("effective", _("Effective weight (%)"), "weight", missing=None, digits=2, width=11),
        Column("coverage", _("Coverage (%)"), "number", missing=None, digits=1, width=10),
        Column("why", _("Remarks"), missing=None, width=46, wrap=True),
    )


def write(book: Book, facts: Facts) -> None:
    """Two pages: the tree, and the inputs that its scores are worked out from."""
    write_card(book, facts.card, facts.before, facts.branch)


def write_card(book: Book, card: ScoreCard, before: ScoreCard | None, branch: str) -> None:
    """Both pages of a card's scope; ``before`` is the card of the month before."""
    page = book.page("tree", _("Indicator tree"))
    inputs = book.page("inputs", _("Scoring inputs"))
    lines = Lines(card, card.scopes.nodes.index(branch))
    sheet = sheet_of(page.title, HEAD, columns(), lines.all)
    steps = steps_sheet(inputs, lines)
    rules = write_inputs(inputs, lines, sheet, steps)
    bands = BandRows(lines.tree.bands, sheet.table.last + 4)
    _head(page, card, before, branch)
    scribe = Scribe(before, branch, lines, sheet, steps, rules, bands)
    rows = [scribe.row(line) for line in lines.all]
    levels = [max(0, line.level - 1) for line in lines.all]
    page.table(sheet.table.columns, rows, freeze=True, levels=levels)
    for line in lines.all:
        page.anchors[line.node] = sheet.at(line.node, "name")
    _follow(page, lines, sheet)
    page.sheet.page_setup.fitToHeight = PRINTED
    bands.write(page, sheet.span("status"))


def _head(page: Page, card: ScoreCard, before: ScoreCard | None, branch: str) -> None:
    """Title and what the page says, in the rows above the table."""
    page.heading(_("Indicator tree"))
    was = score_of(of_card(before, ROOT, branch))
    page.finding(_finding(card, card.node(ROOT, branch), was))
    page.note(
        _(
            "Yellow cells may be changed: scores, weights and status follow. A weight is per cent "
            "of its parent; only the proportions between siblings count. A parent is the weighted "
            "mean of its children that have a score. The page “{inputs}” holds every step."
        ).format(inputs=_("Scoring inputs"))
    )
    page.row = HEAD


def _finding(card: ScoreCard, top: NodeResult, before: float | None) -> str:
    scored = sum(card.node(leaf, top.branch).score is not None for leaf in card.tree.indicators)
    counted = _n(
        "{scored} of {count} indicator has a score.",
        "{scored} of {count} indicators have a score.",
        len(card.tree.indicators),
    ).format(scored=scored, count=len(card.tree.indicators))
    if top.score is None:
        return (
            _("There is no total score: {coverage} of the weight has data.").format(
                coverage=numbers.percent(top.coverage)
            )
            + f" {counted}"
        )
    if before is None:
        return _("The total is {score}.").format(score=numbers.score(top.score)) + f" {counted}"
    told = _("The total is {score}, {change} against the month before.").format(
        score=numbers.score(top.score), change=numbers.signed(top.score - before)
    )
    return f"{told} {counted}"


def _follow(page: Page, lines: Lines, sheet: Sheet) -> None:
    """Colours and checks that hold while somebody edits the page."""
    for better, up in (("up", True), ("down", False)):
        of_kind = [
            sheet.at(line.node, "change")
            for line in lines.leaves
            if lines.tree.indicators[line.node.partition("@")[0]].better == better
        ]
        colour_changes(page, of_kind, up_is_good=up, least=LEAST)
    colour_changes(page, [sheet.span("score_change")], up_is_good=True, least=LEAST)
    weights = [
        sheet.at(line.node, "weight") for line in lines.all if line.part is None and line.level
    ]
    allow(page, weights, 0, 100, _("Write a weight from 0 to 100, per cent of the parent."))
