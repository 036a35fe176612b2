"""Rows of one file that share a key: the last one counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc
from sqlalchemy import Table

from data.ingest.convert import BAD_SCHEMA, LINE
from data.ingest.placing import TIME_COLUMNS, main_day

_ROW, _LAST = "_row", "_row_max"


@dataclass(frozen=True)
class Repeats:
    """``identical`` rows were said again word for word; ``bad`` are earlier versions of a key."""

    found: bool
    identical: int
    bad: pa.Table


def without_repeats(table: Table, rows: pa.Table, target: Path, zone: str) -> Repeats:
    """Write to ``target`` the last row of every key, if any key comes twice.

    An earlier row that is equal is dropped; one that differs goes to quarantine.
    """
    keys = [column.name for column in table.primary_key]
    numbered = rows.select(keys).append_column(_ROW, pa.array(np.arange(rows.num_rows)))
    last = numbered.group_by(keys).aggregate([(_ROW, "max")])
    if last.num_rows == rows.num_rows:
        return Repeats(False, 0, BAD_SCHEMA.empty_table())
    kept = np.zeros(rows.num_rows, dtype=bool)
    kept[last.column(_LAST).to_numpy()] = True
    with ipc.new_file(target, rows.schema) as file:
        file.write_table(rows.filter(pa.array(kept)))
    pairs = numbered.filter(pa.array(~kept)).join(last, keys=keys).sort_by(_ROW)
    earlier, later = rows.take(pairs.column(_ROW)), rows.take(pairs.column(_LAST))
    same = _same(earlier, later)
    bad = _superseded(
        table, earlier.filter(pa.array(~same)), later.filter(pa.array(~same)).column(LINE), zone
    )
    return Repeats(True, int(same.sum()), bad)


def _same(one: pa.Table, other: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    same = np.ones(one.num_rows, dtype=bool)
    for name in one.column_names:
        if name == LINE:
            continue
        a, b = one.column(name), other.column(name)
        equal = pc.or_(pc.fill_null(pc.equal(a, b), False), pc.and_(pc.is_null(a), pc.is_null(b)))
        same &= equal.to_numpy()
    return same


def _superseded(table: Table, earlier: pa.Table, winners: pa.ChunkedArray, zone: str) -> pa.Table:
    placed = table.name in TIME_COLUMNS
    day = main_day(table.name, earlier, zone) if placed else pa.nulls(earlier.num_rows)
    came = [
        {name: None if value is None else str(value) for name, value in row.items()}
        for row in earlier.drop_columns([LINE]).to_pylist()
    ]
    reasons = [
        f"the same key comes again on line {line}, and the later row was taken"
        for line in winners.to_pylist()
    ]
    return pa.table(
        {
            "line": earlier.column(LINE),
            "reasons": [json.dumps([reason], ensure_ascii=False) for reason in reasons],
            "raw": [json.dumps(row, ensure_ascii=False) for row in came],
            "user_id": [row.get("user_id") for row in came],
            "day": day.cast(pa.date32()),
        },
        schema=BAD_SCHEMA,
    )
