"""Native charts of spreadsheets, dressed: explicit colours, one typeface, few lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils.units import cm_to_EMU
from openpyxl.worksheet.worksheet import Worksheet

from data.report_look import ReportLook
from reports.book.cells import harmless
from reports.book.formats import number_format
from reports.book.measure import ROW
from reports.book.styles import GRID, MUTED, TEXT
from reports.book.tables import Table

PIXELS_A_FIGURE, CM_A_PIXEL, CM_A_POINT = 7, 2.54 / 96, 2.54 / 72
WIDTH, HEIGHT, GAP = 15.5, 7.5, 0.4  # cm


@dataclass(frozen=True)
class Line:
    """A series of a chart: the key of its column; ``dashed`` for targets and comparisons."""

    key: str
    dashed: bool = False
    colour: str | None = None


@dataclass(frozen=True)
class Chart:
    """A chart that a page places: its data are columns of a table, its title says the finding."""

    kind: Literal["line", "bar"]
    table: Table
    x: str
    series: tuple[Line, ...]
    title: str
    unit: str = ""
    stacked: bool = False
    horizontal: bool = False
    labels: bool = False
    low: float | None = None
    high: float | None = None
    rows: tuple[int, int] | None = None
    width: float = WIDTH
    height: float = HEIGHT
    size: float | None = field(default=None)


def line_chart(
    table: Table,
    x: str,
    series: tuple[str | Line, ...],
    title: str,
    *,
    unit: str = "",
    size: float | None = None,
    **more: Any,
) -> Chart:
    """Lines over the rows of a table. ``size``: about how large the values are, for the axis."""
    return Chart("line", table, x, _lines(series), title, unit, size=size, **more)


def bar_chart(
    table: Table,
    x: str,
    series: tuple[str | Line, ...],
    title: str,
    *,
    unit: str = "",
    stacked: bool = False,
    horizontal: bool = False,
    size: float | None = None,
    **more: Any,
) -> Chart:
    """Bars a row of a table; ``horizontal`` with the first row on top."""
    lines = _lines(series)
    return Chart(
        "bar", table, x, lines, title, unit, stacked, horizontal, size=size, **more
    )  # fmt: skip


def _lines(series: tuple[str | Line, ...]) -> tuple[Line, ...]:
    return tuple(Line(one) if isinstance(one, str) else one for one in series)


def draw(
    sheet: Worksheet, chart: Chart, anchor: OneCellAnchor, look: ReportLook, lang: str
) -> None:
    """Put a chart on the sheet of its page; what stands for missing numbers leaves its cells."""
    source = sheet.parent[chart.table.sheet]
    for line in chart.series:
        column = chart.table.column(line.key)
        for row in range(chart.table.first, chart.table.last + 1):
            cell = source.cell(row, column)
            # A text would be drawn as a zero.
            if cell.data_type == "s":
                cell.value = None
    made = _made(chart, source, look, lang)
    made.anchor = anchor
    sheet.add_chart(made)


def rows_of(chart: Chart) -> int:
    """Rows that a chart covers."""
    return math.ceil(chart.height / CM_A_POINT / ROW)


def anchor_at(
    row: int, left: int, offset: float, width_of: Callable[[int], float], chart: Chart
) -> OneCellAnchor:
    """The place ``offset`` cm to the right of a row's column ``left``."""
    column, rest = column_at(left, offset, width_of)
    return OneCellAnchor(
        _from=AnchorMarker(col=column - 1, colOff=cm_to_EMU(rest), row=row - 1),
        ext=XDRPositiveSize2D(cm_to_EMU(chart.width), cm_to_EMU(chart.height)),
    )


def column_at(left: int, offset: float, width_of: Callable[[int], float]) -> tuple[int, float]:
    """The column that lies ``offset`` cm right of column ``left``, and what is left over, in cm.

    >>> column_at(2, 4.0, lambda column: 8.43)
    (4, 0.61)
    """
    while (wide := (width_of(left) * PIXELS_A_FIGURE + 5) * CM_A_PIXEL) <= offset:
        left, offset = left + 1, offset - wide
    return left, round(offset, 2)


def _made(chart: Chart, source: Worksheet, look: ReportLook, lang: str) -> Any:
    made: Any = LineChart() if chart.kind == "line" else BarChart()
    made.width, made.height = chart.width, chart.height
    made.title = _title(chart.title, look.font(lang))
    made.style = 2
    first, last = chart.rows or (chart.table.first, chart.table.last)
    for place, line in enumerate(chart.series):
        made.series.append(_series(chart, line, place, source, look, (first, last)))
    column = chart.table.column(chart.x)
    made.set_categories(Reference(source, column, first, column, last))
    _axes(made, chart, look.font(lang), lang)
    made.legend.position = "b"
    made.legend.txPr = _text(look.font(lang), 900, MUTED)
    if len(chart.series) == 1:
        made.legend = None
    if chart.kind == "bar":
        made.type = "bar" if chart.horizontal else "col"
        made.grouping = "stacked" if chart.stacked else "clustered"
        made.overlap = 100 if chart.stacked else 0
        made.gapWidth = 60
    made.graphical_properties = GraphicalProperties(solidFill="FFFFFF")
    made.graphical_properties.line = LineProperties(solidFill=GRID)
    made.roundedCorners = False
    return made


def _series(
    chart: Chart, line: Line, place: int, source: Worksheet, look: ReportLook, rows: tuple[int, int]
) -> Any:
    column = chart.table.column(line.key)
    values = Reference(source, column, rows[0], column, rows[1])
    head = Reference(source, column, chart.table.head)
    made: Any = Series(values, title=None)
    made.tx = _named(head)
    colour = line.colour or look.series[place % len(look.series)]
    if chart.kind == "line":
        properties = LineProperties(solidFill=colour, w=28_000 if not line.dashed else 19_000)
        properties.prstDash = "dash" if line.dashed else None
        made.graphicalProperties = GraphicalProperties(ln=properties)
        made.smooth = False
        made.marker.symbol = "none"
    else:
        made.graphicalProperties = GraphicalProperties(solidFill=colour)
        made.graphicalProperties.line = LineProperties(noFill=True)
        made.invertIfNegative = False
    if chart.labels:
        made.dLbls = DataLabelList(showVal=True)
        for one in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(made.dLbls, one, False)
    return made


def _named(head: Reference) -> Any:
    from openpyxl.chart.data_source import StrRef
    from openpyxl.chart.series import SeriesLabel

    return SeriesLabel(strRef=StrRef(f=str(head)))


def _axes(made: Any, chart: Chart, font: str, lang: str) -> None:
    for axis in (made.x_axis, made.y_axis):
        axis.delete = False
        axis.txPr = _text(font, 900, MUTED)
        axis.title = None
        axis.majorTickMark = "none"
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    made.x_axis.majorGridlines = None
    made.x_axis.tickLblPos = "low"
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    made.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    digits = None if (chart.size or 0) >= 10_000 else 1 if (chart.size or 0) < 10 else 0
    made.y_axis.number_format = number_format(chart.unit, chart.size or 100.0, lang, digits=digits)
    made.y_axis.scaling.min, made.y_axis.scaling.max = chart.low, chart.high
    if chart.horizontal:
        made.x_axis.scaling.orientation = "maxMin"


def _title(text: str, font: str) -> Title:
    properties = _letters(font, 1100, TEXT, bold=True)
    run = RegularTextRun(rPr=properties, t=harmless(text, 200))
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=properties), r=[run])
    title = Title(overlay=False)
    title.tx = _rich(paragraph)
    title.layout = Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.02))
    return title


def _rich(paragraph: Paragraph) -> Any:
    from openpyxl.chart.text import Text

    return Text(rich=RichText(bodyPr=RichTextProperties(), p=[paragraph]))


@lru_cache(maxsize=64)
def _text(font: str, size: int, colour: str) -> RichText:
    properties = ParagraphProperties(defRPr=_letters(font, size, colour))
    paragraph = Paragraph(pPr=properties, endParaRPr=_letters(font, size, colour))
    return RichText(bodyPr=RichTextProperties(), p=[paragraph])


def _letters(font: str, size: int, colour: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(
        sz=size, b=bold, solidFill=colour, latin=Font(typeface=font), ea=Font(typeface=font)
    )
