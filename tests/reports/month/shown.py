"""A workbook as readers find it: tables by their headings, figures by the indicator they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reports.book import Book
from reports.book.styles import PREFIX
from reports.month.build import speaking
from reports.month.facts import Facts
from tests.reports.office import opened

Writer = Callable[[Book, Facts], None]
HEAD = f"{PREFIX}head"


@dataclass(frozen=True)
class Figure:
    """A number of a table: where it stands, its column's heading and the text that leads its row.

    ``linked``: the row leads to the dictionary, as the rows of indicators do.
    """

    sheet: str
    row: int
    lead: str
    linked: bool
    heading: str
    place: int
    value: object


def file_of(facts: Facts, writers: Sequence[Writer], lang: str = "en") -> bytes:
    """A file of some sheets; pages that they lead to and that are not made stand empty."""
    book = Book(lang, title="report")
    with speaking(lang):
        for write in writers:
            write(book, facts)
        led_to = {link.page for page in book.pages.values() for _cell, link in page.links}
        for key in sorted(led_to - set(book.pages)):
            book.page(key, f"other {key}")
        return book.content()[0]


def book_of(facts: Facts, writers: Sequence[Writer], lang: str = "en") -> Workbook:
    """The same, read."""
    return opened(file_of(facts, writers, lang))


def figures(book: Workbook) -> Iterator[Figure]:
    """Every cell under a heading, with the first text of its row."""
    for page in book.worksheets:
        yield from _figures(page)


def _figures(page: Worksheet) -> Iterator[Figure]:
    heads: dict[int, str] = {}
    for row in page.iter_rows(min_col=2):
        if any(cell.style == HEAD for cell in row):
            heads = {cell.column: str(cell.value) for cell in row if cell.value is not None}
            continue
        if not row or row[0].value is None:
            heads = {}
        if not heads:
            continue
        lead, linked = str(row[0].value or ""), _leads_to_dictionary(row[0])
        for place, cell in enumerate(row[1:], 1):
            if cell.column in heads:
                told = (page.title, cell.row, lead, linked, heads[cell.column], place, cell.value)
                yield Figure(*told)


def _leads_to_dictionary(cell: Cell) -> bool:
    link = cell.hyperlink
    return link is not None and "ictionary" in str(link.location)


def texts(book: Workbook) -> Mapping[str, list[str]]:
    """Every text by sheet."""
    return {
        page.title: [cell.value for row in page.iter_rows() for cell in row if _is_text(cell)]
        for page in book.worksheets
    }


def _is_text(cell: Cell) -> bool:
    return isinstance(cell.value, str)
