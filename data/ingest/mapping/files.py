"""Between files and relations: sources read as text, and rows handed on by table and file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.kinds import plain
from data.ingest.layout import Layout
from data.ingest.mapping.resolved import FILE, LINE, Mapping, Part
from data.ingest.raw import Chunk, Reject
from data.ingest.refusal import BadFileError, LoadRefusedError, Refusal

FAULT = "_fault"
Reader = Callable[[Path, Layout, str], Iterator[Chunk]]


@dataclass(frozen=True)
class Mapped:
    """Chunks for one table from one driving file."""

    table: str
    file: str
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True)
class MappedFiles:
    """All tables that a mapping makes, and how many rows each source file had."""

    tables: tuple[Mapped, ...]
    rows: dict[str, int]


def read_all(
    mapping: Mapping,
    files: list[tuple[str, Path]],
    read: Reader,
    counts: dict[str, int],
    rejects: dict[str, list[Reject]],
) -> dict[str, pa.Table]:
    """All rows of each source. Raises LoadRefusedError with every file that cannot be taken."""
    found: dict[str, list[pa.Table]] = {}
    problems = []
    for source in mapping.sources:
        for name, path in files:
            if source.takes(name):
                try:
                    rows = _read(name, path, source.layout, read, counts, rejects)
                    found.setdefault(source.name, []).append(rows)
                except BadFileError as refused:
                    problems.append(Refusal(name, str(refused)))
    if problems:
        raise LoadRefusedError(problems)
    return {
        name: pa.concat_tables(tables, promote_options="default") for name, tables in found.items()
    }


def _read(
    name: str,
    path: Path,
    layout: Layout,
    read: Reader,
    counts: dict[str, int],
    rejects: dict[str, list[Reject]],
) -> pa.Table:
    """All rows of one source file as text, with its name and lines."""
    chunks = list(read(path, layout, ""))
    rejects[name] = [reject for chunk in chunks for reject in chunk.rejects]
    tables = [chunk.rows for chunk in chunks if chunk.rows is not None]
    counts[name] = sum(rows.num_rows for rows in tables) + len(rejects[name])
    whole = pa.concat_tables(tables)
    texts = {
        key: whole.column(key) if key == LINE else plain(whole.column(key)).cast(pa.string())
        for key in whole.column_names
    }
    count = whole.num_rows
    hidden = {FILE: pa.array([name] * count, pa.string()), FAULT: pa.nulls(count, pa.string())}
    return pa.table({**texts, **hidden})


def written_rows(part: Part, mapping_file: str) -> pa.Table:
    """Rows that stand in the mapping itself; their file and lines are the mapping's."""
    names = list(dict.fromkeys(name for _line, row in part.rows for name in row))
    columns = {
        name: pa.array([row.get(name) for _line, row in part.rows], pa.string()) for name in names
    }
    count = len(part.rows)
    return pa.table(
        {
            **columns,
            LINE: pa.array([line for line, _row in part.rows], pa.int64()),
            FILE: pa.array([mapping_file] * count, pa.string()),
            FAULT: pa.nulls(count, pa.string()),
        }
    )


def by_file(
    made: list[tuple[Part, pa.Table]], rejects: dict[str, list[Reject]]
) -> tuple[Mapped, ...]:
    """Chunks by table and driving file; a file's unreadable rows go with its first table."""
    gathered: dict[tuple[str, str], list[Chunk]] = {}
    for part, rows in made:
        for file in pc.unique(rows.column(FILE)).to_pylist():
            mine = rows.filter(pc.equal(rows.column(FILE), file))
            first = tuple(rejects.pop(file, ()))
            gathered.setdefault((part.table, file), []).append(_chunk(mine, first))
    tables = list(gathered)
    for file, left in rejects.items():
        if left and tables:
            gathered.setdefault((tables[-1][0], file), []).append(Chunk(None, tuple(left)))
    return tuple(Mapped(table, file, tuple(chunks)) for (table, file), chunks in gathered.items())


def _chunk(rows: pa.Table, rejects: tuple[Reject, ...]) -> Chunk:
    """Rows without faults, and a reject for each row with one."""
    faulty = np.asarray(rows.column(FAULT).is_valid().to_numpy(), dtype=bool)
    shown = rows.drop_columns([FILE])
    found = tuple(
        Reject(row.pop(LINE), row.pop(FAULT), json.dumps(row, ensure_ascii=False))
        for row in shown.filter(pa.array(faulty)).to_pylist()
    )
    kept = shown.filter(pa.array(~faulty)).drop_columns([FAULT])
    return Chunk(kept, rejects + found)
