"""Which days a load touched: what an incremental refresh must do again."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, select

from data.engines.differences import append
from data.engines.warehouse import frame
from data.ingest.tables import TOUCHED_DAY


def record_touched(
    connection: Connection, load_id: str, sequence: int, touched: dict[str, set[object]]
) -> None:
    """Write the touched days of a load."""
    pairs = [(table, day) for table, days in touched.items() for day in days]
    if not pairs:
        return
    rows = pa.table(
        {
            "load_id": [load_id] * len(pairs),
            "sequence": pa.array([sequence] * len(pairs), pa.int64()),
            "table": [table for table, _day in pairs],
            "day": pa.array([day for _table, day in pairs], pa.date32()),
        }
    )
    append(connection, TOUCHED_DAY, rows)


def touched_since(connection: Connection, load_sequence: int) -> pd.DataFrame:
    """Days touched by loads after ``load_sequence``: columns sequence, table, day.

    An empty ``day`` means that any day of the table may have changed.
    """
    seen = TOUCHED_DAY.c
    query = (
        select(seen.sequence, seen.table, seen.day)
        .where(seen.sequence > load_sequence)
        .order_by(seen.sequence, seen.table, seen.day)
    )
    return frame(connection, query)
