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
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from data.ingest.convert import LINE
from data.ingest.layout import Layout, is_gzip
from data.ingest.raw import Chunk, Reject
from data.ingest.refusal import BadFileError

Ints = npt.NDArray[np.int64]
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
    if layout.header and _nothing_follows(source):
        none = [pa.array([], pa.string()) for _name in names]
        yield Chunk(pa.table([*none, pa.array([], pa.int64())], names=[*names, LINE]))
        return
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
                _scan(source, layout, limit, None)
            else:
                with target.open("w", encoding="utf-8", newline="") as copy:
                    _scan(source, layout, limit, copy)
    except (EOFError, gzip.BadGzipFile) as error:
        raise BadFileError(f"it cannot be unpacked ({error}): pack and send it again") from error
    return target or path


def _scan(source: IO[bytes], layout: Layout, limit: int, copy: IO[str] | None) -> None:
    """Check every byte, and write the text to ``copy`` if there is one."""
    decoder = codecs.getincrementaldecoder(layout.encoding)("strict")
    seen = lines = quotes = 0
    while chunk := source.read(CHUNK):
        seen += len(chunk)
        if seen > limit:
            raise BadFileError(
                f"it unpacks to more than {limit >> 20} MB: a decompression bomb, or split it"
            )
        if b"\x00" in chunk:
            line = lines + _breaks(chunk[: chunk.index(b"\x00")]) + 1
            raise BadFileError(f"line {line} holds a NUL byte: export it again as UTF-8 text")
        text = _decoded(decoder, chunk, layout.encoding, lines)
        lines += _breaks(chunk)
        quotes += text.count(layout.quote) if layout.quote else 0
        if copy is not None:
            copy.write(text)
    _decoded(decoder, b"", layout.encoding, lines, final=True)
    if quotes % 2:
        raise BadFileError(
            f"it has an odd number of {layout.quote} signs: an unclosed quote would swallow rows; "
            "close it, and double a sign that is meant as text"
        )


def _breaks(text: bytes) -> int:
    """Line breaks: LF, alone or after CR; where there is none, CR alone (old Macintosh files)."""
    return text.count(b"\n") or text.count(b"\r")


def _decoded(
    decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, lines: int, final: bool = False
) -> str:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        line = lines + _breaks(error.object[: error.start]) + 1
        other = "gb18030" if encoding == "utf-8" else "utf-8"
        raise BadFileError(
            f"line {line} is not {encoding}: save it as CSV UTF-8, "
            f"or declare how it is written, such as --encoding {other} "
            "(with a mapping: its key encoding)"
        ) from error


def _header(source: Path, layout: Layout) -> list[str]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(1 << 20)
    if not layout.quote:
        return [name.strip() for name in first.rstrip("\r\n").split(layout.delimiter)]
    rows = csv.reader(io.StringIO(first), delimiter=layout.delimiter, quotechar=layout.quote)
    return [name.strip() for name in next(rows, [])]


def _nothing_follows(source: Path) -> bool:
    """Whether the header is all there is, line breaks apart."""
    with source.open(encoding="utf-8-sig", newline="") as file:  # ends lines at a lone CR as well
        file.readline()
        return not any(part.strip("\r\n") for part in iter(lambda: file.read(CHUNK), ""))


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
    """Blocks of rows with the lines that they stand on, each with the rejects before its end."""
    record = 2 if layout.header else 1
    shift = told = 0
    for batch in reader:
        rows = pa.Table.from_batches([batch]).rename_columns(names)
        numbers = _records(record, len(batch), {number for number, _text in rejects})
        record = int(numbers[-1]) + 1 if len(numbers) else record
        mine = [found for found in rejects[told:] if found[0] < record]
        told += len(mine)
        lines, bad_lines, shift = _lines(numbers, _newlines(rows), mine, shift)
        placed = rows.append_column(LINE, pa.array(lines))
        yield Chunk(_without_blank(placed), _rejected(mine, bad_lines))
    left = rejects[told:]
    _none, bad_lines, shift = _lines(np.arange(0), np.arange(0), left, shift)
    yield Chunk(None, _rejected(left, bad_lines))


def _records(start: int, count: int, skipped: set[int]) -> Ints:
    """Numbers of the next ``count`` records, from ``start``, that were not skipped."""
    numbers = np.arange(start, start + count + len(skipped))
    return numbers[~np.isin(numbers, list(skipped))][:count] if skipped else numbers


def _lines(
    numbers: Ints, inside: Ints, rejects: list[tuple[int, str]], shift: int
) -> tuple[Ints, Ints, int]:
    """Lines of rows and of rejects out of their record numbers, and how far later ones are shifted.

    Every line break inside a record before it moves a record one line down.
    """
    every = np.concatenate([numbers, np.array([number for number, _text in rejects], dtype=int)])
    breaks = np.concatenate(
        [inside, np.array([text.strip("\r\n").count("\n") for _number, text in rejects], dtype=int)]
    )
    order = np.argsort(every, kind="stable")
    before = np.empty(len(every), dtype=int)
    before[order] = np.cumsum(breaks[order]) - breaks[order]
    lines = every + before + shift
    return lines[: len(numbers)], lines[len(numbers) :], shift + int(breaks.sum())


def _newlines(rows: pa.Table) -> Ints:
    """Line breaks inside the values of each row: they shift the lines that follow."""
    total = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        total += _counted(column, "\n")
        returns = _counted(column, "\r")
        if returns.any():
            total += returns - _counted(column, "\r\n")
    return total


def _counted(column: pa.ChunkedArray, sign: str) -> Ints:
    return np.asarray(pc.fill_null(pc.count_substring(column, sign), 0).to_numpy(), dtype=np.int64)


def _without_blank(rows: pa.Table) -> pa.Table:
    """Without lines that hold nothing at all."""
    filled = np.zeros(rows.num_rows, dtype=bool)
    for column in rows.columns[:-1]:
        filled |= column.is_valid().to_numpy()
    return rows if filled.all() else rows.filter(pa.array(filled))


def _rejected(found: list[tuple[int, str]], lines: Ints) -> tuple[Reject, ...]:
    reason = "the row has more or fewer cells than the header"
    places = lines.tolist()
    return tuple(
        Reject(line, reason, text) for line, (_number, text) in zip(places, found, strict=True)
    )
