"""One file or mapped table, typed and on disk: the child process writes it, the parent takes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc
from sqlalchemy import Table

from data.ingest.columns import absent_columns
from data.ingest.convert import BAD_SCHEMA, convert, typed_schema
from data.ingest.raw import Chunk, Reject
from data.ingest.repeats import without_repeats


@dataclass(frozen=True)
class Parsed:
    """Where the typed rows and the bad ones of one file and table lie.

    ``rows_in`` counts what the file holds, ``repeated`` rows that came again word for word,
    ``absent`` optional columns that the file does not have.
    """

    file: str
    table: str
    rows: str
    bad: str
    rows_in: int
    repeated: int
    absent: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def parsed_of(found: dict[str, Any]) -> Parsed:
    """Out of the manifest."""
    return Parsed(**{**found, "absent": tuple(found["absent"])})


def write_parsed(
    chunks: Iterable[Chunk],
    table: Table,
    file: str,
    zone: str,
    target: Path,
    now: datetime | None = None,
) -> Parsed:
    """Convert ``chunks`` and write them under ``target``. Raises BadFileError for wrong columns.

    ``now`` (UTC): what happened later is a bad row; None: nothing is too late.
    """
    first, last = target.with_suffix(".all.arrow"), target.with_suffix(".rows.arrow")
    bad_path = target.with_suffix(".bad.arrow")
    with ipc.new_file(bad_path, BAD_SCHEMA) as bad:
        with ipc.new_file(first, typed_schema(table)) as rows:
            rows_in, absent = _convert_all(chunks, table, zone, now, rows, bad)
        repeats = without_repeats(table, _read(first, typed_schema(table)), last, zone)
        bad.write_table(repeats.bad)
    kept = last if repeats.found else first
    return Parsed(file, table.name, str(kept), str(bad_path), rows_in, repeats.identical, absent)


def _convert_all(
    chunks: Iterable[Chunk], table: Table, zone: str, now: datetime | None, rows: Any, bad: Any
) -> tuple[int, tuple[str, ...]]:
    """Convert and write block by block; returns the rows read and the columns that are absent."""
    rows_in = 0
    absent: tuple[str, ...] = ()
    for chunk in chunks:
        if chunk.rows is not None:
            absent = absent_columns(table, chunk.rows.column_names)
            converted = convert(table, chunk.rows, zone, now)
            rows.write_table(converted.rows)
            bad.write_table(converted.bad)
            rows_in += chunk.rows.num_rows
        bad.write_table(_as_bad(chunk.rejects))
        rows_in += len(chunk.rejects)
    return rows_in, absent


def typed_rows(parsed: Parsed, table: Table) -> pa.Table:
    """The typed rows, mapped from disk and checked: what a child wrote is not taken on trust."""
    rows = _read(Path(parsed.rows), typed_schema(table))
    rows.validate(full=True)
    return rows


def bad_rows(parsed: Parsed) -> pa.Table:
    """The bad rows, as ``BAD_SCHEMA``."""
    rows = _read(Path(parsed.bad), BAD_SCHEMA)
    rows.validate(full=True)
    return rows


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        found = ipc.open_file(source).read_all()
    if not found.schema.equals(schema):
        raise ValueError(f"{path.name} does not have the columns that were asked for")
    return found


def _as_bad(rejects: Iterable[Reject]) -> pa.Table:
    found = list(rejects)
    return pa.table(
        {
            "line": [reject.line for reject in found],
            "reasons": [json.dumps([reject.reason], ensure_ascii=False) for reject in found],
            "raw": [json.dumps(reject.text, ensure_ascii=False) for reject in found],
            "user_id": pa.nulls(len(found), pa.string()),
            "day": pa.nulls(len(found), pa.date32()),
        },
        schema=BAD_SCHEMA,
    )
