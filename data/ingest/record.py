"""What a load leaves behind about itself: its number, its record, its quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from sqlalchemy import Connection, insert, select, update

from data.contract import CONTRACT
from data.engines.differences import append
from data.engines.warehouse import Warehouse
from data.ingest.find import Found
from data.ingest.report import FileReport
from data.ingest.tables import INGEST, LOAD_RECORD, LOAD_SEQUENCE, QUARANTINE

_NAME = "load"


@dataclass(frozen=True)
class Call:
    """One call of ``load``: who asked for what, when (UTC)."""

    load_id: str
    who: str
    mapping: str | None
    zone: str
    started_at: datetime


def prepare(warehouse: Warehouse) -> None:
    """Create what is missing, and the counter of loads."""
    if not {*CONTRACT.tables, *INGEST.tables} <= warehouse.tables():
        warehouse.create(CONTRACT)
        warehouse.create(INGEST)
    with warehouse.reading() as connection:
        counting = connection.execute(select(1).select_from(LOAD_SEQUENCE)).first()
    if counting is None:
        with warehouse.writing() as connection:
            connection.execute(insert(LOAD_SEQUENCE).values(name=_NAME, value=0))


def next_sequence(connection: Connection) -> int:
    """The number of this load, one more than the last.

    Two loads at once change the same row: one waits for the other or fails, so they never mix.
    """
    counter = LOAD_SEQUENCE.c
    connection.execute(
        update(LOAD_SEQUENCE).where(counter.name == _NAME).values(value=counter.value + 1)
    )
    return int(connection.execute(select(counter.value).where(counter.name == _NAME)).scalar_one())


def record_files(
    connection: Connection,
    call: Call,
    sequence: int,
    reports: Sequence[FileReport],
    digests: dict[str, str],
    now: datetime,
) -> None:
    """One row of ``load_record`` for each file and table."""
    connection.execute(
        insert(LOAD_RECORD),
        [
            {
                **_record(call, sequence, now),
                "file": report.file,
                "table": report.table,
                "digest": digests.get(report.file, ""),
                "rows_in": report.rows_in,
                "rows_changed": report.changed,
                "rows_quarantined": report.quarantined,
                "refused": None,
            }
            for report in reports
        ],
    )


def record_refusal(warehouse: Warehouse, call: Call, files: Sequence[Found], why: str) -> None:
    """Record a load that was refused, so that its history is whole; facts stay as they are."""
    with warehouse.writing() as connection:
        sequence = next_sequence(connection)
        now = call.started_at
        known = [(found.name, found.digest) for found in files] or [("", "")]
        rows = [
            {
                **_record(call, sequence, now), "file": name, "table": "", "digest": digest,
                "rows_in": 0, "rows_changed": 0, "rows_quarantined": 0, "refused": why[:4000],
            }
            for name, digest in known
        ]  # fmt: skip
        connection.execute(insert(LOAD_RECORD), rows)


def put_in_quarantine(
    connection: Connection, call: Call, file: str, digest: str, table: str, bad: pa.Table
) -> None:
    """Keep the rows that could not be taken; those of a file seen before are not kept twice."""
    ids = [
        _quarantine_id(digest, table, line, raw, place)
        for place, (line, raw) in enumerate(
            zip(bad.column("line").to_pylist(), bad.column("raw").to_pylist(), strict=True)
        )
    ]
    known = _known(connection, digest_ids=ids)
    fresh = pa.array([one not in known for one in ids], pa.bool_())
    rows = bad.drop_columns(["day"])
    for name, values in (
        ("quarantine_id", pa.array(ids, pa.string())),
        ("load_id", pa.array([call.load_id] * len(ids), pa.string())),
        ("file", pa.array([file] * len(ids), pa.string())),
        ("table", pa.array([table] * len(ids), pa.string())),
        ("quarantined_at", pa.array([call.started_at] * len(ids), pa.timestamp("us"))),
    ):
        rows = rows.append_column(name, values)
    kept = rows.filter(fresh)
    if kept.num_rows:
        append(connection, QUARANTINE, kept)


def _known(connection: Connection, digest_ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(digest_ids), 5000):
        some = digest_ids[start : start + 5000]
        query = select(QUARANTINE.c.quarantine_id).where(QUARANTINE.c.quarantine_id.in_(some))
        found |= set(connection.execute(query).scalars())
    return found


def _quarantine_id(digest: str, table: str, line: int | None, raw: str, place: int) -> str:
    """The same row of the same file has the same id, whenever it is loaded."""
    told = f"{digest}|{table}|{line}|{raw}|{place if line is None else ''}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _record(call: Call, sequence: int, now: datetime) -> dict[str, object]:
    return {
        "load_id": call.load_id,
        "sequence": sequence,
        "started_at": call.started_at,
        "finished_at": now,
        "who": call.who,
        "mapping": call.mapping,
    }
