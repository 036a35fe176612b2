"""Excel workbooks (.xlsx), read as a stream of rows."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from data.ingest.convert import LINE
from data.ingest.raw import Chunk, Reject
from data.ingest.refusal import BadFileError

BATCH = 20_000
LARGEST = 2 << 30
RATIO, RATIO_FLOOR = 250, 64 << 20
EXACT = 10**15
ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})


def read_workbook(path: Path, table: str) -> Iterator[Chunk]:
    """The rows of the sheet named like the table, or of the only one. Raises BadFileError."""
    _check_archive(path)
    book = _open(path, data_only=True)
    written = _open(path, data_only=False) if _has_formulas(path) else None
    try:
        formulas = None if written is None else _sheet(written, table)
        yield from _rows(_sheet(book, table), formulas)
    finally:
        book.close()
        if written is not None:
            written.close()


def _open(path: Path, *, data_only: bool) -> Any:
    """The workbook; ``data_only``: formulas by the values that were kept with them."""
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise BadFileError(
            f"it is not a workbook that can be read ({error}): save it again"
        ) from error


def _has_formulas(path: Path) -> bool:
    """Whether any sheet holds a formula: only then is the workbook read a second time."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_mentions(archive, name, b"<f") for name in sheets if name.endswith(".xml"))


def _mentions(archive: zipfile.ZipFile, name: str, tag: bytes) -> bool:
    """Whether a part holds an element of this name, with or without attributes."""
    ends = (tag + b">", tag + b" ", tag + b"/")
    with archive.open(name) as part:
        tail = b""
        while block := part.read(1 << 20):
            seen = tail + block
            if any(end in seen for end in ends):
                return True
            tail = seen[-len(tag) :]
    return False


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise BadFileError(f"it is not a whole .xlsx file ({error}): save it again") from error
    size = sum(part.file_size for part in parts)
    limit = min(LARGEST, max(RATIO_FLOOR, RATIO * path.stat().st_size))
    if size > limit or len(parts) > 10_000:
        raise BadFileError(
            f"it unpacks to {size >> 20} MB in {len(parts)} parts: a decompression bomb, "
            "or save it as CSV or Parquet"
        )
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise BadFileError("it is a zip archive but no workbook: save it from Excel as .xlsx")


def _sheet(book: Any, table: str) -> Any:
    names = book.sheetnames
    if table in names:
        return book[table]
    if len(names) == 1:
        return book[names[0]]
    raise BadFileError(
        f"it has {len(names)} sheets and none is named {table!r}: "
        "name the one to load so, or keep one sheet a file"
    )


def _rows(sheet: Any, formulas: Any = None) -> Iterator[Chunk]:
    rows = _with_formulas(sheet, formulas)
    header = _trimmed(next(rows, ()))
    if not header or any(name is None or isinstance(name, _Formula) for name in header):
        raise BadFileError("the first row must name every column, without gaps")
    names = [str(name).strip() for name in header]
    taken: list[tuple[int, list[str | None]]] = []
    rejects: list[Reject] = []
    for number, row in enumerate(rows, start=2):
        _sort_row(number, row, len(names), taken, rejects)
        if len(taken) >= BATCH:
            yield _chunk(names, taken, rejects)
            taken, rejects = [], []
    yield _chunk(names, taken, rejects)


@dataclass(frozen=True)
class _Formula:
    """A formula of which the file holds no value: it was written by a program, not by Excel."""

    text: str


def _with_formulas(sheet: Any, formulas: Any) -> Iterator[Sequence[Any]]:
    """The rows by value; where a formula has none, the formula."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
    if formulas is None:
        yield from rows
        return
    formulas.reset_dimensions()
    for row, asked in zip(rows, formulas.iter_rows(values_only=True), strict=True):
        yield [
            value if value is not None or formula is None else _Formula(_formula_text(formula))
            for value, formula in zip(row, asked, strict=True)
        ]


def _formula_text(formula: Any) -> str:
    return str(getattr(formula, "text", formula))


def _sort_row(
    number: int,
    row: Sequence[Any],
    width: int,
    taken: list[tuple[int, list[str | None]]],
    rejects: list[Reject],
) -> None:
    cells = [_text(value) for value in row]
    if not any(cells):
        return
    reason = _why_not(row, cells, width)
    if reason:
        text = json.dumps([cell for cell in cells if cell is not None], ensure_ascii=False)
        rejects.append(Reject(number, reason, text))
    else:
        taken.append((number, (cells + [None] * width)[:width]))


def _why_not(row: Iterable[Any], cells: list[str | None], width: int) -> str | None:
    if any(cells[width:]):
        return "the row has more cells than the header"
    for value, cell in zip(row, cells, strict=True):
        if isinstance(value, _Formula):
            return f"{value.text[:60]} is a formula without a value: open and save it in Excel"
        if cell in ERRORS:
            return f"a cell holds the error {cell}"
        if isinstance(value, int | float) and abs(value) >= EXACT:
            return f"{cell} has more digits than Excel keeps: format the column as text"
    return None


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, _Formula):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip() or None


def _trimmed(row: Sequence[Any]) -> list[Any]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _chunk(
    names: list[str], taken: list[tuple[int, list[str | None]]], rejects: list[Reject]
) -> Chunk:
    columns = [
        pa.array([cells[place] for _line, cells in taken], pa.string())
        for place in range(len(names))
    ]
    lines = pa.array([line for line, _cells in taken], pa.int64())
    return Chunk(pa.table([*columns, lines], names=[*names, LINE]), tuple(rejects))
