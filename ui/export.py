"""Tables as files: CSV and Excel in which text stays text, with what they are about in words."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from io import BytesIO, StringIO

import pandas as pd
import streamlit as st
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ui.frame import Here, here
from words import numbers
from words.i18n import _, language
from words.names import dimension_words, value_words
from words.text import plain

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 2000
WIDEST = 48
_STARTS_FORMULA = re.compile(r"^[=+\-@\t\r|%]")
_NUMBER = re.compile(r"^[+-]?[\d.,]+%?$")
_UNFIT = re.compile(r"[^\w.-]+")
Value = str | float | int | bool | date | None


@dataclass(frozen=True)
class Sheet:
    """A table as it goes into a file: what it shows and is about, headings, rows."""

    about: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def rows_permitted(found: Here | None = None) -> bool:
    """Whether the reader may see rows of users."""
    return (found or here()).view.slice.rights.rows


def buttons(table: pd.DataFrame, key: str, finding: str) -> None:
    """Downloads of a table as CSV and Excel.

    Whoever knows the address of a file in Streamlit's store can fetch it without signing in. So no
    file is made before its reader asks for it (``data`` is a function, run over the reader's own
    connection), its address is a digest of its content, and it is gone with the next clearing of
    files that no page shows. What the function may return was decided when the page was made: it
    holds the rows that this reader was shown and reads nothing.
    """
    sheet = Sheet((plain(finding, 300), slice_words(), as_of_words()), *_content(table))
    name = file_name(key)
    forms: tuple[tuple[str, str, str, Callable[[Sheet], bytes]], ...] = (
        ("csv", "CSV", "text/csv", csv_bytes),
        ("xlsx", "Excel", EXCEL, excel_bytes),
    )
    with st.container(horizontal=True, gap="small", key=f"export-{key}"):
        for ending, label, kind, make in forms:
            st.download_button(
                label, data=partial(make, sheet), file_name=f"{name}.{ending}", mime=kind,
                key=f"{key}_{ending}", type="tertiary", on_click="ignore", icon=None,
            )  # fmt: skip


def slice_words(found: Here | None = None) -> str:
    """Period, scope and segment of the view in the reader's language, as plain text."""
    where = found or here()
    view, lang = where.view, language()
    scope = plain(where.bank.name(view.branch, lang)) if view.branch else _("Whole bank")
    told = [numbers.period(view.period), scope]
    for name, values in view.segment:
        said = _(", ").join(map(value_words(name), values))
        told.append(f"{dimension_words(name)} = {said}")
    return " · ".join(told)


def as_of_words(found: Here | None = None) -> str:
    """Until which day the data go."""
    return _("Data as of {day}").format(day=numbers.day((found or here()).bank.as_of))


def file_name(key: str, found: Here | None = None) -> str:
    """A name that says what, when, where and as of which day, in characters that files may have."""
    where = found or here()
    view = where.view
    parts = ["canopy", key, str(view.period), view.branch, *(name for name, _v in view.segment)]
    parts.append(numbers.day(where.bank.as_of))
    return "_".join(_UNFIT.sub("-", part).strip("-") for part in parts if part)[:120]


def _content(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    headings = tuple(plain(name, LONGEST_CELL) for name in table.columns)
    found = table.astype(object).itertuples(index=False, name=None)
    return headings, tuple(tuple(_value(value) for value in row) for row in found)


def _value(value: object) -> Value:
    """A cell's value: numbers, days and truths as they are, what is missing as nothing."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, str | bool | date):
        return value if not isinstance(value, str) else plain(value, LONGEST_CELL)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float):
        return None if isinstance(value, float) and not math.isfinite(value) else value
    return plain(value, LONGEST_CELL)


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula when it opens a CSV file.

    >>> harmless("=1+1"), harmless("+4.2%"), harmless("Wealth")
    ("'=1+1", '+4.2%', 'Wealth')
    """
    return f"'{text}" if _STARTS_FORMULA.match(text) and not _NUMBER.match(text) else text


def csv_bytes(sheet: Sheet) -> bytes:
    """A CSV file with a byte order mark, so that Excel reads Chinese text; notes come first.

    >>> csv_bytes(Sheet(("Oct 2026",), ("Name", "n"), (("@A", 1.5),))).decode("utf-8-sig")
    "Oct 2026\\r\\n\\r\\nName,n\\r\\n'@A,1.5\\r\\n"
    """
    target = StringIO()
    writer = csv.writer(target)
    writer.writerows([[harmless(line)] for line in sheet.about])
    writer.writerow([])
    writer.writerow([harmless(name) for name in sheet.headings])
    writer.writerows([[harmless(v) if isinstance(v, str) else v for v in r] for r in sheet.rows])
    return target.getvalue().encode("utf-8-sig")


def excel_bytes(sheet: Sheet) -> bytes:
    """An Excel file: notes, then the table with a frozen heading; text cells are typed as text."""
    book = Workbook()
    page = book.active
    for number, line in enumerate(sheet.about, 1):
        _put(page.cell(number, 1), line)
    top = len(sheet.about) + 2
    for number, name in enumerate(sheet.headings, 1):
        _put(page.cell(top, number), name)
        page.cell(top, number).font = Font(bold=True)
    for height, row in enumerate(sheet.rows, top + 1):
        for column, value in enumerate(row, 1):
            _put(page.cell(height, column), value)
    page.freeze_panes = page.cell(top + 1, 1)
    _fit(page, sheet)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _put(cell: Cell, value: Value) -> None:
    """A value into a cell; text keeps its type also where it begins like a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = True
    elif isinstance(value, date) and not isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd"


def _fit(page: Worksheet, sheet: Sheet) -> None:
    for number, name in enumerate(sheet.headings, 1):
        longest = max([_width(name), *(_width(row[number - 1]) for row in sheet.rows[:200])])
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = min(WIDEST, longest + 2)


def _width(value: Value) -> int:
    """Columns that a text takes: Chinese characters are two wide."""
    text = f"{value:.6g}" if isinstance(value, float) else str(value or "")
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text)
