"""A small workbook that a person filled in: its rows by heading, each with its place."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl

from data.configuration import ConfigurationError, Problem, nearest_name

MOST_BYTES = 4_000_000
MOST_UNPACKED = 64 << 20
MOST_ROWS = 20_000
Cell = str | float | int | None


@dataclass(frozen=True)
class Row:
    """A filled row: its number in the sheet (from 1) and its cells by heading."""

    number: int
    cells: Mapping[str, Any]


def read_rows(
    raw: bytes, file: str, needed: Sequence[str], optional: Sequence[str] = (), sheet_name: str = ""
) -> tuple[Row, ...]:
    """The rows below the first row that holds all ``needed`` headings; other columns are left out.

    Of the first sheet, or of the one that is named; no rows where there is none of that name.
    Raises ConfigurationError with what is wrong: no workbook, no headings, too much of it.
    """
    sheet = _sheet(raw, file, sheet_name)
    if sheet_name and not sheet:
        return ()
    for at, row in enumerate(sheet):
        heads = [str(cell).strip() if cell is not None else "" for cell in row]
        if set(needed) <= set(heads):
            places = {name: heads.index(name) for name in (*needed, *optional) if name in heads}
            return _below(sheet[at + 1 :], at + 2, places)
    first = [str(cell) for cell in next((row for row in sheet if any(row)), ())]
    near = next((nearest_name(name, first) for name in needed if name not in first), None)
    wanted = f"a row with the headings {', '.join(needed)}"
    raise ConfigurationError([Problem(file, 1, "", "no such headings", wanted, near)])


def _below(
    rows: Sequence[tuple[Any, ...]], first: int, places: Mapping[str, int]
) -> tuple[Row, ...]:
    found = []
    for number, row in enumerate(rows, first):
        cells = {name: row[at] if at < len(row) else None for name, at in places.items()}
        if any(cell not in (None, "") for cell in cells.values()):
            found.append(Row(number, cells))
    return tuple(found)


def _sheet(raw: bytes, file: str, name: str) -> list[tuple[Any, ...]]:
    """All rows of the first or the named sheet as values; refused where it unpacks to too much."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if len(raw) > MOST_BYTES or size > MOST_UNPACKED:
            told = f"at most {MOST_BYTES // 1_000_000} MB"
            raise ConfigurationError([Problem(file, None, "", f"{len(raw)} bytes", told)])
        book = openpyxl.load_workbook(
            BytesIO(raw), read_only=True, data_only=True, keep_links=False
        )
        named = [one for one in book.worksheets if not name or one.title == name][:1]
        rows = [tuple(row) for page in named for row in page.iter_rows(values_only=True)]
        book.close()
    except (KeyError, IndexError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        problem = Problem(file, None, "", "a file that is no workbook", "an Excel file (.xlsx)")
        raise ConfigurationError([problem]) from error
    if len(rows) > MOST_ROWS:
        told = f"at most {MOST_ROWS} rows"
        raise ConfigurationError([Problem(file, None, "", f"{len(rows)} rows", told)])
    return rows
