"""What every load leaves behind: its record, the rows it could not take, the days that it touched.

>>> sorted(INGEST.tables)
['erased_user', 'erasure_record', 'load_record', 'load_sequence', 'quarantine', 'touched_day']
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, MetaData, String, Table

INGEST = MetaData()

LOAD_RECORD = Table(
    "load_record", INGEST,
    Column("load_id", String(), primary_key=True),
    Column("file", String(), primary_key=True),
    Column("table", String(), primary_key=True),  # empty: only joined to by others, or refused
    Column("sequence", BigInteger(), nullable=False),
    Column("started_at", DateTime(), nullable=False),
    Column("finished_at", DateTime(), nullable=False),
    Column("who", String(), nullable=False),
    Column("digest", String(), nullable=False),
    Column("mapping", String()),
    Column("rows_in", BigInteger(), nullable=False),
    Column("rows_changed", BigInteger(), nullable=False),
    Column("rows_quarantined", BigInteger(), nullable=False),
    Column("refused", String()),  # why the whole load was refused; empty when it was loaded
)  # fmt: skip

QUARANTINE = Table(
    "quarantine", INGEST,
    Column("quarantine_id", String(), primary_key=True),
    Column("load_id", String(), nullable=False),
    Column("file", String(), nullable=False),
    Column("line", BigInteger()),
    Column("table", String(), nullable=False),
    Column("reasons", String(), nullable=False),  # a JSON list
    Column("raw", String(), nullable=False),  # a JSON object or string, as it came
    Column("user_id", String()),
    Column("quarantined_at", DateTime(), nullable=False),
)  # fmt: skip

TOUCHED_DAY = Table(
    "touched_day", INGEST,
    Column("load_id", String(), nullable=False),
    Column("sequence", BigInteger(), nullable=False),
    Column("table", String(), nullable=False),
    Column("day", Date()),  # empty: any day may have changed
)  # fmt: skip

LOAD_SEQUENCE = Table(
    "load_sequence", INGEST,
    Column("name", String(), primary_key=True),
    Column("value", BigInteger(), nullable=False),
)  # fmt: skip

ERASURE_RECORD = Table(
    "erasure_record", INGEST,
    Column("erasure_id", String(), primary_key=True),
    Column("table", String(), primary_key=True),
    Column("erased_at", DateTime(), nullable=False),
    Column("who", String(), nullable=False),
    Column("reason", String(), nullable=False),
    Column("users", Integer(), nullable=False),
    Column("rows_erased", BigInteger(), nullable=False),
)  # fmt: skip

ERASED_USER = Table(
    "erased_user", INGEST,
    Column("user_digest", String(), primary_key=True),
    Column("erased_at", DateTime(), nullable=False),
)  # fmt: skip
