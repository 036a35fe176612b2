"""The workbook's named styles, and the looks of cells made from them, each made once."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray

from data.report_look import ReportLook

PREFIX = "Canopy "
TEXT, MUTED, GRID, PALE, WHITE = "1B2430", "5B6675", "D5DBE3", "F3F6FA", "FFFFFF"
INPUT = "FFF8DC"
"""The ground of cells that a reader may change."""
BANDS = {"excellent": "0B7A75", "good": "2F6FD0", "watch": "8F5E00", "act": "B4380B", "": MUTED}


class Look(NamedTuple):
    """How a cell looks: a named style and what differs from it. Made for every cell anew."""

    style: str = "body"
    format: str | None = None
    align: str | None = None
    wrap: bool = False
    indent: int = 0
    colour: str | None = None
    bold: bool | None = None
    editable: bool = False
    quoted: bool = False


class Styles:
    """Looks of a workbook. A named style that a bank's template brings along stays as it is."""

    def __init__(self, book: Workbook, look: ReportLook, lang: str) -> None:
        self._book = book
        self._look = look
        self._font = look.font(lang)
        self._made: dict[Look, StyleArray] = {}
        there = set(book.named_styles)
        for style in self._named():
            if style.name not in there:
                book.add_named_style(style)

    @cached_property
    def _scratch(self) -> SheetCell:
        return SheetCell(self._book.worksheets[0], row=1, column=1)

    def dress(self, cell: SheetCell, look: Look) -> None:
        """Give a cell its look."""
        found = self._made.get(look)
        if found is None:
            found = self._made[look] = self._array(look)
        # One array serves all cells of a look; setting each side by itself costs ten times more.
        cell._style = found  # noqa: SLF001

    def _array(self, look: Look) -> StyleArray:
        cell = self._scratch
        cell.style = PREFIX + look.style
        if look.format is not None:
            cell.number_format = look.format
        if look.align or look.wrap or look.indent:
            own = copy(cell.alignment)
            own.horizontal = look.align or own.horizontal or ("left" if look.indent else None)
            own.wrap_text = look.wrap or own.wrap_text
            own.indent = look.indent or own.indent
            cell.alignment = own
        if look.colour or look.bold is not None:
            font = copy(cell.font)
            font.color = look.colour or font.color
            font.bold = font.bold if look.bold is None else look.bold
            cell.font = font
        if look.editable:
            cell.fill = PatternFill("solid", fgColor=INPUT)
            cell.protection = Protection(locked=False)
        array = copy(cell._style)  # noqa: SLF001
        array.quotePrefix = int(look.quoted)
        return array

    def _named(self) -> Iterator[NamedStyle]:
        accent, middle = self._look.accent, Alignment(vertical="center")
        line = Border(bottom=Side("hair", color=GRID))
        head = Border(bottom=Side("thin", color=accent))
        left = Alignment(vertical="top", wrap_text=True)
        yield self._one("title", 20, bold=True, colour=accent, alignment=middle)
        yield self._one("heading", 14, bold=True, colour=accent, alignment=middle)
        yield self._one("subheading", 11, bold=True, alignment=middle)
        yield self._one("finding", 11, alignment=left)
        yield self._one("note", 9, colour=MUTED, alignment=left)
        yield self._one("body", 10, alignment=middle, border=line)
        yield self._one("plain", 10, alignment=middle)
        yield self._one("total", 10, bold=True, alignment=middle, border=line, fill=PALE)
        yield self._one("key", 10, colour=MUTED, alignment=middle, border=line)
        yield self._one("figure", 18, bold=True, colour=accent, alignment=middle)
        yield self._one(
            "link", 10, colour=accent, underline="single", alignment=middle, border=line
        )
        wrapped = Alignment(vertical="center", wrap_text=True)
        yield self._one(
            "head", 10, bold=True, colour=on(accent), alignment=wrapped, border=head, fill=accent
        )

    def _one(
        self,
        name: str,
        size: int,
        *,
        bold: bool = False,
        colour: str = TEXT,
        underline: str | None = None,
        alignment: Alignment | None = None,
        border: Border | None = None,
        fill: str | None = None,
    ) -> NamedStyle:
        style = NamedStyle(PREFIX + name)
        style.font = Font(
            name=self._font, size=size, bold=bold, color=colour, underline=underline, family=2
        )
        style.alignment = alignment or Alignment()
        style.border = border or Border()
        if fill:
            style.fill = PatternFill("solid", fgColor=fill)
        return style


def on(ground: str) -> str:
    """The colour of letters on a ground, by the contrast of WCAG 2.2.

    >>> on("1F5FBF"), on("F2C94C")
    ('FFFFFF', '1B2430')
    """
    light = luminance(ground)
    white, dark = 1.05 / (light + 0.05), (light + 0.05) / (luminance(TEXT) + 0.05)
    return WHITE if white >= dark else TEXT


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of an RRGGBB colour. Source: WCAG 2.2.

    >>> luminance("FFFFFF")
    1.0
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 6)


def tint(colour: str, white: float) -> str:
    """An RRGGBB colour with a part of white, 0 to 1.

    >>> tint("000000", 0.5)
    '808080'
    """
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{round(one + (255 - one) * white):02X}" for one in parts)
