"""Reading the quarantine: rows that could not be taken, with file, line and every reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from data.engines.warehouse import table_names
from data.ingest.tables import LOAD_RECORD, QUARANTINE


@dataclass(frozen=True)
class QuarantinedRow:
    """A row as it came (``raw``: JSON), and why it was not taken. Texts are the bank's data."""

    load_id: str
    file: str
    line: int | None
    table: str
    reasons: tuple[str, ...]
    raw: str
    quarantined_at: datetime


@dataclass(frozen=True)
class Quarantine:
    """Some quarantined rows, newest load first, and how many there are in all."""

    rows: tuple[QuarantinedRow, ...]
    total: int


def read_quarantine(connection: Connection, load_id: str = "", limit: int = 50) -> Quarantine:
    """The quarantine of all loads, or of one by its id or the beginning of it.

    A row of a file that was loaded again is kept under the load that met it first.
    """
    if QUARANTINE.name not in table_names(connection):
        return Quarantine((), 0)
    here = QUARANTINE.c
    wanted = here.load_id.startswith(load_id, autoescape=True)
    total = connection.execute(select(func.count()).where(wanted)).scalar_one()
    order = (here.quarantined_at.desc(), here.file, here.line, here.quarantine_id)
    query = select(QUARANTINE).where(wanted).order_by(*order).limit(limit)
    return Quarantine(tuple(map(_row, connection.execute(query))), int(total))


def is_load(connection: Connection, load_id: str) -> bool:
    """Whether a load was recorded under an id or the beginning of one."""
    if LOAD_RECORD.name not in table_names(connection):
        return False
    known = LOAD_RECORD.c.load_id.startswith(load_id, autoescape=True)
    return (
        connection.execute(select(LOAD_RECORD.c.load_id).where(known).limit(1)).first() is not None
    )


def _row(row: Row[tuple[object, ...]]) -> QuarantinedRow:
    return QuarantinedRow(
        row.load_id, row.file, row.line, row.table,
        tuple(json.loads(row.reasons)), row.raw, row.quarantined_at,
    )  # fmt: skip
