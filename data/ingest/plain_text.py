"""Delimited text: checked byte by byte, then read in blocks as columns of text."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from data.ingest.convert import LINE
from data.ingest.layout import Layout, is_gzip
from data.ingest.raw import Chunk, Reject
from data.ingest.refusal import BadFileError

CHUNK = 1 << 22
BLOCK = 1 << 24
LARGEST = 16 << 30
RATIO, RATIO_FLOOR = 250, 64 << 20


def read_text(path: Path, layout: Layout, scratch: Path) -> Iterator[Chunk]:
    """The rows of a delimited file in blocks. Raises BadFileError with what to do."""
    source = _checked(path, layout, scratch)
    names = _header(source, layout) if layout.header else list(layout.columns)
    if not names:
        raise BadFileError("it has no header line: the first line must name the columns")
    rejects: list[tuple[int, str]] = []
    try:
        yield from _blocks(_open(source, layout, names, rejects), names, layout, rejects)
    except pa.ArrowInvalid as error:
        raise BadFileError(
            f"it cannot be read as delimited text ({str(error).splitlines()[0][:120]}): "
            "look for an unclosed quote, or a row longer than 16 MB"
        ) from error


def _checked(path: Path, layout: Layout, scratch: Path) -> Path:
    """The path of the same text in UTF-8: the file itself, or a copy unpacked and converted."""
    packed = is_gzip(path)
    as_is = not packed and layout.encoding == "utf-8"
    target = None if as_is else scratch / f"plain-{abs(hash(str(path))):x}.csv"
    limit = min(LARGEST, max(RATIO_FLOOR, RATIO * path.stat().st_size)) if packed else LARGEST
    opener: Any = gzip.open if packed else open
    try:
        with opener(path, "rb") as source:
            if target is None:
                _scan(source, layout.encoding, limit, None)
            else:
                with target.open("w", encoding="utf-8", newline="") as copy:
                    _scan(source, layout.encoding, limit, copy)
    except (EOFError, gzip.BadGzipFile) as error:
        raise BadFileError(f"it cannot be unpacked ({error}): pack and send it again") from error
    return target or path


def _scan(source: IO[bytes], encoding: str, limit: int, copy: IO[str] | None) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    seen = lines = 0
    while chunk := source.read(CHUNK):
        seen += len(chunk)
        if seen > limit:
            raise BadFileError(
                f"it unpacks to more than {limit >> 20} MB: a decompression bomb, or split it"
            )
        if b"\x00" in chunk:
            line = lines + chunk[: chunk.index(b"\x00")].count(b"\n") + 1
            raise BadFileError(f"line {line} holds a NUL byte: export it again as UTF-8 text")
        text = _decoded(decoder, chunk, encoding, lines)
        lines += chunk.count(b"\n")
        if copy is not None:
            copy.write(text)
    _decoded(decoder, b"", encoding, lines, final=True)


def _decoded(
    decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, lines: int, final: bool = False
) -> str:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        line = lines + error.object[: error.start].count(b"\n") + 1
        other = "GB18030" if encoding == "utf-8" else "UTF-8"
        raise BadFileError(
            f"line {line} is not {encoding}: save it as CSV UTF-8, "
            f"or declare its encoding if it is {other}"
        ) from error


def _header(source: Path, layout: Layout) -> list[str]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(1 << 20)
    if not layout.quote:
        return [name.strip() for name in first.rstrip("\r\n").split(layout.delimiter)]
    rows = csv.reader(io.StringIO(first), delimiter=layout.delimiter, quotechar=layout.quote)
    return [name.strip() for name in next(rows, [])]


def _open(
    source: Path, layout: Layout, names: list[str], rejects: list[tuple[int, str]]
) -> arrow_csv.CSVStreamingReader:
    def reject(row: Any) -> str:
        rejects.append((row.number, row.text))
        return "skip"

    keys = [str(index) for index in range(len(names))]
    return arrow_csv.open_csv(
        str(source),
        read_options=arrow_csv.ReadOptions(
            column_names=keys,
            skip_rows=1 if layout.header else 0,
            block_size=BLOCK,
            use_threads=False,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char=layout.quote or False,
            newlines_in_values=bool(layout.quote),
            ignore_empty_lines=False,
            invalid_row_handler=reject,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(keys, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=list(layout.missing),
        ),
    )


def _blocks(
    reader: arrow_csv.CSVStreamingReader,
    names: list[str],
    layout: Layout,
    rejects: list[tuple[int, str]],
) -> Iterator[Chunk]:
    record = 2 if layout.header else 1
    extra = told = 0
    for batch in reader:
        told_now = [
            found for found in rejects[told:] if found[0] < record + len(batch) + len(rejects)
        ]
        lines, record = _records(record, len(batch), {number for number, _text in rejects})
        rows = pa.Table.from_batches([batch]).rename_columns(names)
        inside = _newlines(rows)
        rows = rows.append_column(LINE, pa.array(lines + extra + np.cumsum(inside) - inside))
        extra += int(inside.sum())
        yield Chunk(_without_blank(rows), _rejected(told_now, extra))
        told += len(told_now)
    yield Chunk(None, _rejected(rejects[told:], extra))


def _records(start: int, count: int, skipped: set[int]) -> tuple[Any, int]:
    """Numbers of the next ``count`` records that were not skipped, and the number after them."""
    if not skipped:
        return np.arange(start, start + count), start + count
    numbers = np.arange(start, start + count + len(skipped))
    kept = numbers[~np.isin(numbers, list(skipped))][:count]
    return kept, int(kept[-1]) + 1 if count else start


def _newlines(rows: pa.Table) -> Any:
    """Line breaks inside the values of each row: they shift the lines that follow."""
    total = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        found = pc.fill_null(pc.count_substring(column, "\n"), 0)
        total += found.to_numpy()
    return total


def _without_blank(rows: pa.Table) -> pa.Table:
    """Without lines that hold nothing at all."""
    filled = np.zeros(rows.num_rows, dtype=bool)
    for column in rows.columns[:-1]:
        filled |= column.is_valid().to_numpy()
    return rows if filled.all() else rows.filter(pa.array(filled))


def _rejected(found: list[tuple[int, str]], extra: int) -> tuple[Reject, ...]:
    reason = "the row has more or fewer cells than the header"
    return tuple(Reject(number + extra, reason, text) for number, text in found)
