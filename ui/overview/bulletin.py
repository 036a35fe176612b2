"""One page for the management meeting: an Excel sheet that prints on one side of A4."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import streamlit as st
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from metrics.peers import Ranked, extremes
from metrics.scorecard import Explanation, ScoreCard
from metrics.tree import ROOT
from metrics.warnings.decisions import Waiting
from metrics.warnings.watch import incident_of
from ui import export, findings, load, sentences
from ui.bands import band_words
from ui.findings import difference
from ui.frame import Here
from ui.load import overview as read
from ui.load.overview import Course, Standing
from ui.overview import drivers, waiting, warned, words
from ui.overview.stars import chance_words
from words import numbers
from words.i18n import _, language
from words.text import plain

NAVY, PALE, LINE = "14284B", "EAF0F8", "C5CCD6"
GOOD, BAD = "0B7A75", "B4380B"
WIDTHS = (26, 11, 11, 11, 30, 26, 11, 11, 11, 30)
Row = tuple[str | float | None, ...]
HALF = 5
"""Columns of a block: two blocks stand side by side."""
MOST = 6


@dataclass(frozen=True, eq=False)
class Page:
    """What the screen showed, to be put on one page."""

    card: ScoreCard
    before: ScoreCard
    why: Explanation
    standing: Standing
    waiting: Waiting
    courses: Sequence[Course]
    ranking: Sequence[Ranked]


@dataclass(frozen=True)
class Block:
    """A heading, column names and rows; numbers stay numbers, ``better`` colours a change."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    change: int | None = None


def button(here: Here, page: Page) -> None:
    """The download; the file is made when it is asked for, of what this reader was shown."""
    title = _("{scope}: score of {period}").format(
        scope=_scope(here), period=numbers.period(here.view.period)
    )
    blocks = tuple(_blocks(here, page))
    about = " · ".join((export.slice_words(), export.as_of_words(), _weights(here, page)))
    st.download_button(
        _("One page for the meeting (Excel)"),
        data=partial(sheet_bytes, title, about, _headline(here, page), blocks),
        file_name=f"{export.file_name('meeting')}.xlsx",
        mime=export.EXCEL,
        key="meeting_page",
        on_click="ignore",
        width="stretch",
    )


def _scope(here: Here) -> str:
    named = plain(here.bank.name(here.view.branch, language()), 60)
    return named if here.view.branch else _("Whole bank")


def _weights(here: Here, page: Page) -> str:
    chosen = page.card.branch_weight_set if here.view.branch else page.card.weight_set
    return _("Weights: {name}").format(
        name=plain(load.weights_name(here.token, chosen, language()), 60)
    )


def _headline(here: Here, page: Page) -> str:
    """The score, its band, and what happened to it."""
    node = page.card.node(ROOT, here.view.branch)
    band = band_words(page.card.tree, node.band, leaf=False)
    told = sentences.headline(page.why, ROOT, here.view)
    lamps = page.card.breached(here.view.branch)
    lines = [page.card.tree.red_lines[line] for line in lamps]
    named = [line.name_zh if language() == "zh" else line.name_en for line in lines]
    lamp = _("Red lines: {names}").format(names=words.joined(named)) if named else ""
    parts = [f"{numbers.score(node.score)} {band.sign} {band.word}", told, lamp]
    return " · ".join(part for part in parts if part)


def _blocks(here: Here, page: Page) -> Iterator[Block]:
    """In pairs: left and right of the page."""
    yield _perspectives(here, page)
    yield _parts(here, page)
    yield _off_target(here, page)
    yield _movers(here, page)
    yield _stars(here, page)
    yield _warnings(here, page)
    yield _branches(here, page)
    yield _decisions(here, page)


def _perspectives(here: Here, page: Page) -> Block:
    branch, tree = here.view.branch, page.card.tree
    rows = []
    for name in (ROOT, *tree.perspectives):
        now, then = page.card.node(name, branch), page.before.node(name, branch)
        verdict = findings.verdict(findings.leaves_of(page.card, name, branch))
        rows.append(
            (
                tree.name(name, language()),
                now.score,
                difference(now.score, then.score),
                now.effective_weight,
                _unescaped(sentences.verdict_words(tree, verdict)),
            )
        )
    heads = (_("Perspective"), _("Score"), _("Change"), _("Weight, %"), _("In a sentence"))
    return Block(_("How are we doing"), heads, tuple(rows), change=2)


def _unescaped(text: str) -> str:
    """A sentence made for Markdown, as a cell shows it."""
    return plain(html.unescape(text), 300)


def _parts(here: Here, page: Page) -> Block:
    steps = drivers.waterfall_steps(page.why, here.view)
    rows: tuple[Row, ...] = tuple((s.label, s.value, None, None, None) for s in steps)
    if page.why.parts(ROOT) is None:
        refused = page.why.refusal(ROOT, language()) or ""
        rows = ((plain(refused, 120), None, None, None, None),)
    return Block(_("What the change is made of"), (_("Part"), _("Points"), "", "", ""), rows)


def _off_target(here: Here, page: Page) -> Block:
    leaves = findings.leaves_of(page.card, ROOT, here.view.branch)
    rows = tuple(
        (
            page.card.tree.name(one.node.id, language()),
            one.node.score,
            -one.lost,
            None,
            _("{value}, base {base}").format(
                value=sentences.quantity(page.card.tree, one.node.id, one.node.value),
                base=sentences.quantity(page.card.tree, one.node.id, one.node.base),
            ),
        )
        for one in findings.off_target(leaves, MOST)
    )
    heads = (_("Indicator"), _("Score"), _("Points lost"), "", _("Value"))
    return Block(_("Where is it bad"), heads, rows)


def _movers(here: Here, page: Page) -> Block:
    gains, losses = drivers.both_ways(page.why)
    tree, branch = page.card.tree, here.view.branch
    rows = tuple(
        (
            tree.name(one.id, language()),
            one.points,
            None,
            None,
            " → ".join(
                sentences.quantity(tree, one.id, card.node(one.id, branch).value)
                for card in (page.before, page.card)
            ),
        )
        for one in (*losses, *gains)
    )
    heads = (_("Indicator"), _("Points"), "", "", _("Value"))
    return Block(_("Largest movers"), heads, rows, change=1)


def _stars(here: Here, page: Page) -> Block:
    tree = page.card.tree
    rows = []
    for one in page.courses:
        chance = one.forecast.probability
        expected = None if one.forecast.end is None else one.forecast.end.value
        said = chance_words(chance) if chance is not None else ""
        if not said and one.forecast.reason is not None:
            said = one.forecast.reason.words(language())
        name = tree.name(one.indicator, language())
        rows.append((name, one.so_far, expected, one.forecast.goal, said))
    heads = (_("Figure"), _("So far"), _("Expected"), _("Goal"), _("Chance"))
    return Block(_("On the way to the year's goals"), heads, tuple(rows))


def _warnings(here: Here, page: Page) -> Block:
    rules = read.rules(here.token)
    rows: list[Row] = []
    for one in warned.by_gravity(page.standing.warnings)[:MOST]:
        found, rule = incident_of(one), rules.get(one.rule)
        promised = one.last.promised_on
        day = None if promised is None else numbers.day(promised)
        told = plain(words.finding(here, rule, found), 200)
        about, who = plain(words.subject(here.tree, found), 60), plain(one.taken_by or "", 20)
        rows.append((about, float(one.last.level), day, who, told))
    heads = (_("Warning"), _("Level"), _("Promised for"), _("Taken on by"), _("How far beyond"))
    return Block(_("Open warnings"), heads, tuple(rows))


def _branches(here: Here, page: Page) -> Block:
    best, worst = extremes(page.ranking)
    rows = tuple(
        (
            plain(here.bank.name(one.branch, language()), 40),
            one.score,
            difference(one.score, page.before.node(ROOT, one.branch).score),
            f"{one.rank} / {one.of}",
            heading,
        )
        for heading, some in ((_("Best"), best), (_("Worst"), worst))
        for one in some
    )
    heads = (_("Branch"), _("Score"), _("Change"), _("Rank"), "")
    return Block(_("Branches"), heads, rows, change=2)


def _decisions(here: Here, page: Page) -> Block:
    known = {one.id: one for one in page.waiting.warnings}
    rows = []
    for one in waiting.found_in(page.waiting)[:10]:
        about = ""
        if one.warning is not None:
            about = plain(words.subject(here.tree, incident_of(known[one.warning])), 60)
        rows.append((about, None, None, None, plain(words.decision(one), 160)))
    return Block(_("What must be decided"), (_("About"), "", "", "", _("Decision")), tuple(rows))


def sheet_bytes(title: str, about: str, headline: str, blocks: Sequence[Block]) -> bytes:
    """The page as a file: A4 across, fitted to one page; text cells are typed as text."""
    book = Workbook()
    page = book.active
    page.title = plain(title, 31).translate({ord(sign): " " for sign in r"[]:*?/\\"})
    _prepare(page)
    _text(page.cell(1, 1), title, Font(bold=True, size=18, color=NAVY))
    _text(page.cell(2, 1), headline, Font(bold=True, size=12))
    _text(page.cell(3, 1), about, Font(size=9, color="5B6675"))
    top = 5
    for left, right in zip(blocks[::2], blocks[1::2], strict=True):
        heights = [_block(page, top, 1, left), _block(page, top, 1 + HALF, right)]
        top += max(heights) + 1
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _prepare(page: Worksheet) -> None:
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth = page.page_setup.fitToHeight = 1
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.4
    for number, width in enumerate(WIDTHS, 1):
        page.column_dimensions[page.cell(1, number).column_letter].width = width


def _block(page: Worksheet, top: int, left: int, block: Block) -> int:
    """Draw a block; returns the rows that it takes."""
    for column in range(HALF):
        page.cell(top, left + column).fill = PatternFill("solid", fgColor=NAVY)
    _text(page.cell(top, left), block.heading, Font(bold=True, color="FFFFFF"))
    for column, name in enumerate(block.columns):
        cell = page.cell(top + 1, left + column)
        cell.fill = PatternFill("solid", fgColor=PALE)
        _text(cell, name, Font(size=9, bold=True, color=NAVY))
        cell.alignment = Alignment(horizontal="left" if column in (0, HALF - 1) else "right")
    rows = block.rows or ((_("Nothing to report"), None, None, None, None),)
    for height, row in enumerate(rows, top + 2):
        for column, value in enumerate(row):
            _value(page.cell(height, left + column), value, column == block.change)
    return len(rows) + 2


def _value(cell: Cell, value: str | float | None, change: bool) -> None:
    cell.border = Border(bottom=Side(style="thin", color=LINE))
    if isinstance(value, str):
        _text(cell, value, Font(size=10))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif value is not None:
        cell.value = value
        cell.number_format = '+0.0;-0.0;"±0"' if change else "#,##0.0"
        colour = (GOOD if value > 0 else BAD) if change and abs(value) >= 0.05 else "1B2430"
        cell.font = Font(size=10, color=colour)
        cell.alignment = Alignment(vertical="top")


def _text(cell: Cell, text: str, font: Font) -> None:
    """Text that stays text also where it begins like a formula."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.font = font
