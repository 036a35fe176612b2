"""Chosen views as one workbook: contents, then a page a view with its table, chart, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl.worksheet.pagebreak import Break

from data.points.catalogue import Point
from data.report_look import ReportLook
from metrics.explore.nodes import parted
from metrics.explore.records import Cell as Told
from metrics.explore.records import Table
from reports.book import Book, Cell, Change, Column, Link, Page, Value, bar_chart, line_chart
from reports.book.tables import Table as Written
from reports.explore.finding import finding
from reports.explore.notes import notes
from reports.explore.pivot import Head, Line, Pivot, figure, goodness, pivot
from reports.explore.words import Names, indicator_of, question
from words import numbers
from words.i18n import _, language
from words.text import plain

MOST_VIEWS = 20
MOST_BARS, MOST_LINES = 40, 8
ONE_PAGE = 24
"""Rows of a table that are printed on one page together with their chart."""


@dataclass(frozen=True)
class Entry:
    """A view of the workbook: its name and description (text from people), and its answer."""

    name: str
    table: Table
    description: str = ""


@dataclass(frozen=True)
class About:
    """What a workbook of views says of itself; ``made_at`` is naive UTC."""

    who: str
    made_at: datetime
    as_of: date
    look: ReportLook | None = None


def workbook(
    entries: Sequence[Entry], names: Names, points: Mapping[str, Point], about: About
) -> Book:
    """The workbook of some views in the reader's language; ValueError for none or too many."""
    if not 0 < len(entries) <= MOST_VIEWS:
        raise ValueError(f"{len(entries)} views: from 1 to {MOST_VIEWS} make a workbook")
    title = _("Analyses")
    book = Book(
        language(), about.look, title=title, subject=title, author=about.who, made_at=about.made_at
    )
    cover = book.page("contents", _("Contents"), landscape=False)
    laid = [pivot(one.table, names, every=True) for one in entries]
    for number, (entry, table) in enumerate(zip(entries, laid, strict=True), 1):
        _page(book.page(f"view{number}", entry.name), entry, table, names)
    _contents(book, cover, entries, names, about)
    _dictionary(book.page("dictionary", _("Definitions")), entries, names, points)
    return book


def _contents(book: Book, page: Page, entries: Sequence[Entry], names: Names, about: About) -> None:
    book.logo(page, "E1")
    page.heading(_("Analyses"), "title")
    page.facts(
        [
            (_("Data as of"), about.as_of),
            (_("Made by"), Cell(about.who, stamp=True)),
            (_("Made at (UTC)"), Cell(about.made_at, stamp=True)),
        ]
    )
    page.space()
    columns = (
        Column("name", _("Analysis"), width=34, wrap=True),
        Column("finding", _("Finding"), width=64, wrap=True),
    )
    rows = [
        (Link(plain(one.name, 120), f"view{number}"), finding(one.table, names))
        for number, one in enumerate(entries, 1)
    ]
    page.table(columns, rows)


def _page(page: Page, entry: Entry, laid: Pivot, names: Names) -> None:
    page.heading(plain(entry.name, 120), "title")
    page.finding(finding(entry.table, names))
    page.note(question(names, entry.table.view))
    if entry.description:
        page.note(plain(entry.description, 600))
    page.space()
    written = page.table(_columns(laid, names), _rows(laid, names), freeze=True)
    for line in notes(laid, signs=False):
        page.note(line)
    before = page.row
    _chart(page, laid, names, written)
    if len(laid.lines) <= ONE_PAGE:
        page.sheet.page_setup.fitToHeight = 1
    elif page.row > before:
        page.sheet.row_breaks.append(Break(id=before - 1))


def _columns(laid: Pivot, names: Names) -> list[Column]:
    labels = [
        Column(f"label{number}", title or _("Scope")) for number, title in enumerate(laid.axes)
    ]
    return labels + [_column(head, names) for head in laid.heads]


def _column(head: Head, names: Names) -> Column:
    unit = indicator_of(names.tree, head.indicator).unit
    title = " · ".join(part for part in (head.above, head.label) if part)
    if head.kind == "value":
        return Column(head.key, title, "number", unit)
    if head.kind == "share":
        return Column(head.key, title, "number", "%", digits=1)
    return Column(head.key, title, "number", "pp" if unit == "%" else "%", signed=True, digits=1)


def _rows(laid: Pivot, names: Names) -> list[list[Value | Cell]]:
    rows: list[list[Value | Cell]] = []
    for line in laid.lines:
        bold = True if line.total else None
        labels: list[Value | Cell] = [Cell(one, bold=bold) for one in line.labels]
        rows.append(labels + [_cell(laid, line, head, names) for head in laid.heads])
    return rows


def _cell(laid: Pivot, line: Line, head: Head, names: Names) -> Cell:
    found: Told | None = laid.cell(line, head)
    bold = True if line.total else None
    if found is None:
        return Cell(None)
    if head.kind == "value":
        return Cell(found.value, bold=bold)
    if head.kind == "share":
        return Cell(found.share, bold=bold)
    indicator = indicator_of(names.tree, head.indicator)
    other = found.against(head.against) if head.against is not None else None
    step = figure(other, in_points=indicator.unit == "%")
    return Cell(Change(step, goodness(indicator.better, step)) if step is not None else None,
                bold=bold)  # fmt: skip


def _chart(page: Page, laid: Pivot, names: Names, written: Written) -> None:
    """A native chart of the first indicator, where its rows make one."""
    view = laid.table.view
    values = [one for one in laid.heads if one.kind == "value"]
    first = next(iter(values), None)
    body = (sum(line.total for line in laid.lines), len(laid.lines))
    if first is None or len(laid.axes) > 1 or body[1] - body[0] < 2:
        return
    node = view.indicators[0]
    unit = indicator_of(names.tree, node).unit
    cells = [laid.cell(line, first) for line in laid.lines[body[0] :]]
    size = max((abs(cell.value or 0.0) for cell in cells if cell is not None), default=0.0)
    told = names.indicator(node)
    rows = (written.first + body[0], written.last)
    if view.grain and not view.by:
        same = [one.key for one in values if indicator_of(names.tree, one.indicator).unit == unit]
        page.chart(line_chart(written, "label0", tuple(same[:MOST_LINES]), told, unit=unit,
                              size=size, rows=rows))  # fmt: skip
    elif body[1] - body[0] <= MOST_BARS:
        height = min(13.0, max(7.5, 0.55 * (body[1] - body[0])))
        page.chart(bar_chart(written, "label0", (first.key,), told, unit=unit, horizontal=True,
                             size=size, rows=rows, height=height))  # fmt: skip


def _dictionary(
    page: Page, entries: Sequence[Entry], names: Names, points: Mapping[str, Point]
) -> None:
    """What every indicator of the workbook means, its formula, and the points behind it."""
    nodes = dict.fromkeys(parted(n)[0] for one in entries for n in one.table.view.indicators)
    columns = (
        Column("name", _("Indicator"), width=26, wrap=True),
        Column("meaning", _("Definition"), width=52, wrap=True),
        Column("formula", _("Formula"), width=40, wrap=True),
        Column("points", _("Data points"), width=40, wrap=True),
        Column("owner", _("Owner"), width=18, wrap=True),
    )
    zh, rows = language() == "zh", []
    for node in nodes:
        found = indicator_of(names.tree, node)
        behind = [points[one] for one in sorted(found.formula.points) if one in points]
        rows.append(
            (
                names.indicator(node),
                found.description_zh if zh else found.description_en,
                found.formula.text,
                _(", ").join(one.name_zh if zh else one.name_en for one in behind),
                found.owner_zh if zh else found.owner_en,
            )
        )
    page.heading(_("Definitions"), "title")
    page.table(columns, rows, freeze=True)


def file_name(made_at: datetime) -> str:
    """The name of the file.

    >>> file_name(datetime.fromisoformat("2026-11-22T08:30:00"))
    'canopy_analyses_2026-11-22_0830.xlsx'
    """
    return f"canopy_analyses_{numbers.day(made_at.date())}_{made_at:%H%M}.xlsx"
