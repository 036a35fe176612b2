"""A page of a workbook: text and tables from top to bottom, and how it prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from openpyxl.cell import Cell as SheetCell
from openpyxl.formatting.rule import DataBarRule
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from data.report_look import ReportLook
from reports.book.cells import (
    Cell,
    Change,
    Formula,
    Link,
    Status,
    Value,
    as_told,
    harmless,
    looks_alive,
    number_of,
)
from reports.book.charts import GAP, Chart, anchor_at, column_at, draw, rows_of
from reports.book.fitting import Fit
from reports.book.formats import DAY, MOMENT, MONTH, SCORE, WEIGHT, number_format
from reports.book.measure import DEFAULT_WIDTH, LINE, lines_of, width_of
from reports.book.styles import BANDS, Look, Styles, tint
from reports.book.tables import Column, Table

FIXED = {"score": SCORE, "weight": WEIGHT, "day": DAY, "moment": MOMENT, "month": MONTH}
PLAIN = Cell(None)
LEFT = 2
"""The first column with content: the one before it is a margin."""


@dataclass(frozen=True)
class Outcome:
    """What all pages of a workbook share."""

    lang: str
    look: ReportLook
    styles: Styles


class Page:
    """A page that is written from top to bottom; ``row`` is the next free row.

    ``left`` is the first column. Addresses are those of the sheet, from 1. ``anchors`` are names
    of cells that links may lead to.
    """

    def __init__(self, key: str, sheet: Worksheet, shared: Outcome) -> None:
        self.key = key
        self.sheet = sheet
        self.left = LEFT
        self.row = 1
        self.links: list[tuple[SheetCell, Link]] = []
        self.values: dict[str, float | str | None] = {}
        self.stamps: set[str] = set()
        self.anchors: dict[str, str] = {}
        self._shared = shared
        self._widths: dict[int, float] = {1: 2.0}
        self._last_row, self._last_column = 1, LEFT + 1
        self._paragraphs: list[tuple[int, float]] = []

    @property
    def title(self) -> str:
        """The sheet's title, as formulas write it."""
        return str(self.sheet.title)

    @property
    def lang(self) -> str:
        """The workbook's language."""
        return self._shared.lang

    @property
    def look(self) -> ReportLook:
        """The bank's look."""
        return self._shared.look

    def widths(self, *widths: float) -> None:
        """Widths of the columns from the left, in figures; tables only make them wider."""
        for place, width in enumerate(widths):
            self._widths[self.left + place] = width

    def put(self, row: int, column: int, value: Value | Cell, look: Look | None = None) -> None:
        """Write one cell; None leaves it empty but dressed."""
        cell = self.sheet.cell(row, column)
        self._last_row = max(self._last_row, row)
        if not isinstance(value, Cell):
            self._shared.styles.dress(cell, self._fill(cell, value, look or Look()))
            return
        if value.stamp:
            self.stamps.add(cell.coordinate)
        wanted = self._fill(cell, value.value, look or Look(value.style or "body"))
        self._shared.styles.dress(cell, _own(wanted, value))

    def heading(self, text: str, style: str = "heading") -> None:
        """A heading over the page's width: title, heading or subheading."""
        self.put(self.row, self.left, text, Look(style))
        self.sheet.row_dimensions[self.row].height = {"title": 30, "heading": 24}.get(style, 20)
        self.row += 1

    def finding(self, text: str) -> None:
        """A sentence made from the data, over the page's width."""
        self._paragraph(text, "finding", 1.1)

    def note(self, text: str) -> None:
        """Small print, over the page's width."""
        self._paragraph(text, "note", 0.9)

    def space(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.row += rows

    def facts(self, pairs: Iterable[tuple[str, Value | Cell]]) -> None:
        """Lines of name and value, as on a cover."""
        for name, value in pairs:
            self.put(self.row, self.left, name, Look("key"))
            wide = value.style if isinstance(value, Cell) and value.style else "body"
            self.put(self.row, self.left + 1, value, Look(wide, align="left"))
            self.row += 1

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value | Cell]],
        *,
        freeze: bool = False,
        filters: bool = False,
        levels: Sequence[int] = (),
    ) -> Table:
        """A table at the next free row; one value or ``Cell`` a column.

        ``freeze`` keeps the heading in sight and repeats it on every printed page: one table a
        page. ``levels`` are outline levels by row, 0 is outermost.
        """
        head, first = self.row, self.row + 1
        for place, column in enumerate(columns):
            self.put(head, self.left + place, column.title, _head(column))
        last, fits = head, [Fit.of(column) for column in columns]
        for last, row in enumerate(rows, first):
            for at, (column, fit, value) in enumerate(
                zip(columns, fits, row, strict=True), self.left
            ):
                self._put_typed(last, at, column, value)
                fit.see(last, value)
        found = Table(self.title, head, first, last, tuple(columns), self.left)
        self._fit(found, fits)
        for row_number, level in enumerate(levels, first):
            self.sheet.row_dimensions[row_number].outlineLevel = level
        if levels:
            self.sheet.sheet_properties.outlinePr.summaryBelow = False
        if freeze:
            self.freeze(first, self.left + 1)
            self.sheet.print_title_rows = f"{head}:{head}"
        if filters and last >= first:
            right = get_column_letter(self.left + len(columns) - 1)
            self.sheet.auto_filter.ref = f"{get_column_letter(self.left)}{head}:{right}{last}"
        self.row = last + 2
        return found

    def freeze(self, row: int, column: int) -> None:
        """Keep everything above the row and left of the column in sight."""
        self.sheet.freeze_panes = f"{get_column_letter(column)}{row}"

    def data_bar(self, span: str, colour: str | None = None) -> None:
        """Bars in the cells of a span, from 0 to its largest value."""
        pale = tint(colour or self._shared.look.accent, 0.6)
        rule = DataBarRule("num", 0, "max", None, color=f"FF{pale}")
        self.sheet.conditional_formatting.add(span, rule)

    def width(self, column: int) -> float:
        """Width of a column in figures."""
        return self._widths.get(column, DEFAULT_WIDTH)

    def chart(self, *charts: Chart) -> None:
        """Charts side by side at the next free row."""
        tallest, offset = 0, 0.0
        for chart in charts:
            anchor = anchor_at(self.row, self.left, offset, self.width, chart)
            draw(self.sheet, chart, anchor, self._shared.look, self.lang)
            tallest, offset = max(tallest, rows_of(chart)), offset + chart.width + GAP
            right = column_at(self.left, offset - GAP, self.width)[0]
            self._last_column = max(self._last_column, right)
        self.row += tallest + 1
        self._last_row = max(self._last_row, self.row - 1)

    def finish(self) -> None:
        """Set widths, paragraphs and the area that prints, once all is written."""
        right = max(self.sheet.max_column, self._last_column)
        for column in range(1, right + 1):
            letter = get_column_letter(column)
            self.sheet.column_dimensions[letter].width = self.width(column)
        for row, size in self._paragraphs:
            self._spread(row, size, right)
        self._paragraphs.clear()
        bottom = max(self._last_row, self.row - 1)
        self.sheet.print_area = f"A1:{get_column_letter(right)}{bottom}"

    def _fill(self, cell: SheetCell, value: Value, look: Look) -> Look:
        """The value in the cell, and the look that its kind asks for."""
        if isinstance(value, str):
            return self._text(cell, value, look)
        if isinstance(value, Formula):
            cell.value = value.text
            self.values[cell.coordinate] = value.value
            return look
        if isinstance(value, Status):
            cell.value = harmless(f"{value.sign} {value.word}".strip())
            cell.data_type = "s"
            return look._replace(colour=BANDS.get(value.band, BANDS[""]))
        if isinstance(value, Change):
            cell.value = number_of(value.value)
            good, bad = self._shared.look.good, self._shared.look.bad
            return look._replace(colour={1: good, -1: bad}.get(value.good))
        if isinstance(value, datetime | date):
            cell.value = to_excel(value)
            shown = MOMENT if isinstance(value, datetime) else DAY
            return look._replace(format=look.format or shown)
        if isinstance(value, Link):
            self.links.append((cell, value))
            return self._text(cell, value.text, look._replace(style="link"))
        cell.value = number_of(value)
        return look

    def _text(self, cell: SheetCell, value: str, look: Look) -> Look:
        text = harmless(value)
        cell.value = text
        cell.data_type = "s"
        return look._replace(quoted=True) if looks_alive(text) else look

    def _put_typed(self, row: int, column: int, kind: Column, value: Value | Cell) -> None:
        asked = value if isinstance(value, Cell) else None
        style = (asked.style if asked else None) or "body"
        inner = as_told(value.value if isinstance(value, Cell) else value)
        if inner is None and kind.missing is not None and not (asked and asked.editable):
            missing = replace(asked, value=kind.missing) if asked else kind.missing
            text = kind.kind == "text"
            side = "left" if text else "right"
            self.put(row, column, missing, Look(style, align=side, indent=int(text)))
            return
        if isinstance(inner, Change | Formula):
            inner = as_told(inner.value)
        if isinstance(inner, int | float) or (inner is None and kind.kind != "text"):
            size = float(inner) if isinstance(inner, int | float) else 1.0
            look = Look(style, self._format(kind, asked or PLAIN, size), "right")
        else:
            form = MONTH if kind.kind == "month" else None
            look = Look(style, form, None, kind.wrap, int(kind.kind == "text"))
        self.put(row, column, value, look)

    def _format(self, kind: Column, asked: Cell, size: float) -> str:
        if kind.kind in FIXED and asked.unit is None and asked.digits is None and not kind.signed:
            return FIXED[kind.kind]
        digits = kind.digits if asked.digits is None else asked.digits
        if kind.kind == "score" and digits is None:
            digits = 1
        unit = kind.unit if asked.unit is None else asked.unit
        return number_format(unit, size, self.lang, signed=kind.signed, digits=digits)

    def _paragraph(self, text: str, style: str, size: float) -> None:
        """A text over the width of the page's columns; its row grows when the page is done."""
        self.put(self.row, self.left, text, Look(style, wrap=True))
        self._paragraphs.append((self.row, size))
        self.row += 1

    def _spread(self, row: int, size: float, right: int) -> None:
        """A paragraph over the columns up to ``right``, in a row high enough for it."""
        # Cells that are merged away have no look of their own: the range alone says it.
        self.sheet.merged_cells.add(
            f"{get_column_letter(self.left)}{row}:{get_column_letter(right)}{row}"
        )
        width = sum(self.width(at) for at in range(self.left, right + 1))
        text = width_of(str(self.sheet.cell(row, self.left).value))
        lines = lines_of(text, width / size)
        self.sheet.row_dimensions[row].height = 4 + lines * LINE * size

    def _fit(self, table: Table, fits: Sequence[Fit]) -> None:
        """Columns as wide as their texts, within bounds; rows as high as what is wrapped."""
        tall: dict[int, int] = {}
        for at, fit in enumerate(fits, table.left):
            self._widths[at] = max(self._widths.get(at, 0.0), fit.wanted)
            for row, text in [(table.head, width_of(fit.column.title)), *fit.wrapped]:
                tall[row] = max(tall.get(row, 1), lines_of(text, self._widths[at] - 2))
            if fit.column.bar and table.last >= table.first:
                self.data_bar(table.span(fit.column.key))
        for row, lines in tall.items():
            if lines > 1:
                self.sheet.row_dimensions[row].height = 4 + lines * LINE


def _own(look: Look, asked: Cell) -> Look:
    """The look with what the cell itself asks for."""
    if asked.bold is None and not asked.editable and not asked.indent:
        return look
    return look._replace(
        bold=look.bold if asked.bold is None else asked.bold,
        editable=look.editable or asked.editable,
        indent=asked.indent + look.indent,
    )


def _head(column: Column) -> Look:
    text = column.kind == "text"
    return Look("head", align="left" if text else "right", wrap=True, indent=int(text))
