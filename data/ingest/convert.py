"""From columns as they came to the contract's types, a whole column at a time.

Only rows that cannot be taken are looked at one by one, to say every reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Column, Table

from data.ingest.across import cross_checks
from data.ingest.ahead import too_late
from data.ingest.kinds import (
    Bools,
    Problem,
    arrow_type,
    mask,
    out_of_bounds,
    plain,
    read_kind,
    without,
)
from data.ingest.placing import TIME_COLUMNS, main_day

LINE = "_line"
SHOWN = 60
NAN = "nan"
"""How a number that is none comes out of a file of typed columns."""
BAD_SCHEMA = pa.schema(
    [
        ("line", pa.int64()),
        ("reasons", pa.string()),
        ("raw", pa.string()),
        ("user_id", pa.string()),
        ("day", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Converted:
    """``rows``: every column of the table and ``_line``; ``bad``: see ``BAD_SCHEMA``."""

    rows: pa.Table
    bad: pa.Table


def convert(table: Table, raw: pa.Table, zone: str, now: datetime | None = None) -> Converted:
    """The rows of ``raw`` (columns of ``table`` by name, any simple type, and ``_line``) in types.

    Columns that ``raw`` lacks become empty. Raises nothing for bad values: they are in ``bad``, as
    is what would have happened after ``now`` (UTC; None: nothing is too late).
    """
    problems: list[Problem] = []
    columns: dict[str, pa.Array] = {}
    for column in table.columns:
        came = _came(raw, column.name)
        columns[column.name], found = _convert_column(column, came, zone)
        problems += found
    problems += [Problem(*found) for found in cross_checks(table.name, columns)]
    if now is not None:
        problems += [Problem(*found) for found in too_late(table, columns, zone, now)]
    bad = np.zeros(raw.num_rows, dtype=bool)
    for problem in problems:
        bad |= problem.rows
    columns[LINE] = raw.column(LINE).combine_chunks()
    rows = pa.table(columns, schema=typed_schema(table))
    if not bad.any():
        return Converted(rows, BAD_SCHEMA.empty_table())
    return Converted(rows.filter(pa.array(~bad)), _bad_rows(table, raw, rows, problems, bad, zone))


def typed_schema(table: Table) -> pa.Schema:
    """The Arrow schema of converted rows.

    >>> from data.contract import CONTRACT
    >>> typed_schema(CONTRACT.tables["load_coverage"]).names
    ['table', 'day', 'complete', 'loaded_at', '_line']
    """
    fields = [(column.name, arrow_type(column)) for column in table.columns]
    return pa.schema([*fields, (LINE, pa.int64())])


def _came(raw: pa.Table, name: str) -> pa.Array:
    if name not in raw.column_names:
        return pa.nulls(raw.num_rows, pa.string())
    return plain(raw.column(name))


def _convert_column(
    column: Column[Any], came: pa.Array, zone: str
) -> tuple[pa.Array, list[Problem]]:
    problems: list[Problem] = []
    name = column.name
    if not column.nullable:
        empty = mask(came.is_null())
        if empty.any():
            problems.append(Problem(name, empty, _why_empty))
    found, wrong = read_kind(column, came, zone)
    problems += [Problem(name, rows, wording) for rows, wording in wrong if rows.any()]
    problems += out_of_bounds(column, found)
    return without(found, [problem.rows for problem in problems]), problems


def _why_empty(shown: str) -> str:
    return "is not a number (NaN)" if shown == repr(NAN) else "is required and empty"


def _bad_rows(
    table: Table, raw: pa.Table, rows: pa.Table, problems: list[Problem], bad: Bools, zone: str
) -> pa.Table:
    """The rows that cannot be taken, as they came, with every reason."""
    where = np.flatnonzero(bad)
    took = pa.table({name: _as_text(raw.column(name)) for name in raw.column_names}).take(where)
    came = took.drop_columns([LINE]).to_pylist()
    reasons: list[list[str]] = [[] for _ in where]
    for problem in problems:
        for place in np.flatnonzero(problem.rows[where]):
            shown = show(came[place].get(problem.column))
            reasons[place].append(f"{problem.column}: {problem.wording(shown)}")
    placed = table.name in TIME_COLUMNS
    day = main_day(table.name, rows, zone).take(where) if placed else pa.nulls(len(where))
    return pa.table(
        {
            "line": rows.column(LINE).take(where),
            "reasons": [json.dumps(found, ensure_ascii=False) for found in reasons],
            "raw": [json.dumps(row, ensure_ascii=False) for row in came],
            "user_id": [row.get("user_id") for row in came],
            "day": day,
        },
        schema=BAD_SCHEMA,
    )


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def show(value: str | None) -> str:
    """A value from data, quoted and cut short.

    >>> show("x" * 100)[-4:], show(None)
    ("xx…'", 'nothing')
    """
    if value is None:
        return "nothing"
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")
