"""Writing typed rows by key, and knowing which days that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import Column, Connection, MetaData, Table, and_, delete, exists, func, select
from sqlalchemy.sql import ColumnElement, Select

from data.engines.differences import append, merge
from data.engines.warehouse import frame
from data.ingest.kinds import arrow_type
from data.ingest.placing import TIME_COLUMNS, touched_days


@dataclass(frozen=True)
class Changes:
    """Rows that were new or differed, and the days on which they count or counted.

    A day of ``None`` means any day.
    """

    rows: int
    days: frozenset[object]


def write(connection: Connection, table: Table, rows: pa.Table, zone: str) -> Changes:
    """Insert or replace ``rows`` (keys unique, every column of the table)."""
    if not rows.num_rows:
        return Changes(0, frozenset())
    if connection.execute(select(1).select_from(table).limit(1)).first() is None:
        append(connection, table, rows)
        return Changes(rows.num_rows, frozenset(touched_days(table.name, rows, zone)))
    return _replace(connection, table, rows, zone)


def _replace(connection: Connection, table: Table, rows: pa.Table, zone: str) -> Changes:
    """Write over what is there: rows that are equal are left alone, wholly new ones only added."""
    incoming = _incoming(table)
    incoming.create(connection)
    append(connection, incoming, rows)
    same_key = and_(*(incoming.c[c.name] == table.c[c.name] for c in table.primary_key))
    _drop_equal(connection, table, incoming, same_key)
    changed = _count(connection, select(incoming))
    if not changed:
        incoming.drop(connection)
        return Changes(0, frozenset())
    stored = exists(select(1).select_from(incoming).where(same_key))
    replaced = _count(connection, select(*table.primary_key).where(stored))
    days = _days(connection, table, incoming, stored, zone)
    incoming.drop(connection)
    if changed == rows.num_rows and not replaced:
        append(connection, table, rows)
    else:
        merge(connection, table, rows)
    return Changes(changed, days)


def _drop_equal(
    connection: Connection, table: Table, incoming: Table, same_key: ColumnElement[bool]
) -> None:
    equal = and_(*(incoming.c[c.name].is_not_distinct_from(c) for c in table.columns))
    there = exists(select(1).select_from(table).where(same_key, equal))
    connection.execute(delete(incoming).where(there))


def _days(
    connection: Connection, table: Table, incoming: Table, stored: ColumnElement[bool], zone: str
) -> frozenset[object]:
    """The days of the new rows and of the old versions that they replace."""
    if table.name not in TIME_COLUMNS:
        return frozenset({None})
    names = TIME_COLUMNS[table.name]
    after = select(*(incoming.c[name] for name in names)).distinct()
    before = select(*(table.c[name] for name in names)).where(stored).distinct()
    days: set[object] = set()
    for query in (after, before):
        days |= touched_days(table.name, _times(connection, table, query), zone)
    return frozenset(days)


def _count(connection: Connection, query: Select[Any]) -> int:
    counted = select(func.count()).select_from(query.subquery())
    return int(connection.execute(counted).scalar_one())


def _incoming(table: Table) -> Table:
    columns: list[Column[Any]] = [Column(column.name, column.type) for column in table.columns]
    return Table("canopy_incoming", MetaData(), *columns, prefixes=["TEMPORARY"])


def _times(connection: Connection, table: Table, query: Select[Any]) -> pa.Table:
    found = frame(connection, query)
    return pa.table(
        {
            name: pa.Array.from_pandas(found[name], type=arrow_type(table.c[name]), safe=False)
            for name in TIME_COLUMNS[table.name]
        }
    )
