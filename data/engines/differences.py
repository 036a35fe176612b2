"""All that differs between engines, in one place.

SQL expressions that engines spell differently are small constructs with one rendering each;
bulk writing and merging are functions that choose by dialect name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    select,
    text,
)
from sqlalchemy.exc import CompileError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import BigInteger, Integer

STAGE = "canopy_stage"


class add_days(FunctionElement[Any]):
    """``add_days(day, n)``: the day n days later. Source: calendar arithmetic of each engine."""

    type = Date()
    inherit_cache = True


class add_seconds(FunctionElement[Any]):
    """``add_seconds(moment, n)``: the moment n seconds later."""

    type = DateTime()
    inherit_cache = True


class days_between(FunctionElement[Any]):
    """``days_between(a, b)``: whole days from day a to day b, negative when b is earlier."""

    type = Integer()
    inherit_cache = True


class seconds_between(FunctionElement[Any]):
    """``seconds_between(a, b)``: whole seconds from moment a to moment b."""

    type = BigInteger()
    inherit_cache = True


class month_end(FunctionElement[Any]):
    """``month_end(day)``: the last day of the month of ``day``."""

    type = Date()
    inherit_cache = True


class path_of(FunctionElement[Any]):
    """``path_of(step, at, separator)``: the group's steps in order of time, joined to one text."""

    type = String()
    inherit_cache = True


class to_day(FunctionElement[Any]):
    """``to_day(moment)``: the date part of a naive moment."""

    type = Date()
    inherit_cache = True


_RENDERINGS: dict[type[FunctionElement[Any]], dict[str, str]] = {
    add_days: {
        "duckdb": "CAST(({0}) + CAST({1} AS INTEGER) AS DATE)",
        "postgresql": "(({0}) + CAST({1} AS INTEGER))",
        "clickhousedb": "addDays({0}, {1})",
        "hive": "date_add({0}, {1})",
    },
    add_seconds: {
        "duckdb": "(({0}) + to_seconds({1}))",
        "postgresql": "(({0}) + make_interval(secs => {1}))",
        "clickhousedb": "addSeconds({0}, {1})",
        "hive": "timestampadd(SECOND, {1}, {0})",
    },
    days_between: {
        "duckdb": "date_diff('day', {0}, {1})",
        "postgresql": "(({1}) - ({0}))",
        "clickhousedb": "dateDiff('day', {0}, {1})",
        "hive": "datediff({1}, {0})",
    },
    seconds_between: {
        "duckdb": "date_diff('second', {0}, {1})",
        "postgresql": "CAST(EXTRACT(EPOCH FROM date_trunc('second', {1}) - date_trunc('second', {0})) AS BIGINT)",
        "clickhousedb": "dateDiff('second', {0}, {1})",
        "hive": "(unix_timestamp({1}) - unix_timestamp({0}))",
    },
    month_end: {
        "duckdb": "last_day({0})",
        "postgresql": "CAST(date_trunc('month', {0}) + interval '1 month' - interval '1 day' AS DATE)",
        "clickhousedb": "toLastDayOfMonth({0})",
        "hive": "last_day({0})",
    },
    path_of: {
        "duckdb": "string_agg({0}, {2} ORDER BY {1}, {0})",
        "postgresql": "string_agg({0}, {2} ORDER BY {1}, {0})",
        "clickhousedb": "arrayStringConcat(arrayMap(one -> one.2, arraySort(groupArray(({1}, {0})))), {2})",
        "hive": "concat_ws({2}, transform(array_sort(collect_list(struct({1} AS at, {0} AS step))), one -> one.step))",
    },
    to_day: {
        "duckdb": "CAST({0} AS DATE)",
        "postgresql": "CAST({0} AS DATE)",
        "clickhousedb": "toDate({0})",
        "hive": "to_date({0})",
    },
}


def _render(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    templates = _RENDERINGS[type(element)]
    template = templates.get(compiler.dialect.name)
    if template is None:
        raise CompileError(
            f"{type(element).__name__} has no rendering for {compiler.dialect.name}; "
            f"there is one for {', '.join(templates)}"
        )
    return template.format(*(compiler.process(clause, **kw) for clause in element.clauses))


for _construct in _RENDERINGS:
    compiles(_construct)(_render)


@compiles(PrimaryKeyConstraint, "duckdb")
def _no_primary_key(_element: PrimaryKeyConstraint, _compiler: DDLCompiler, **_kw: Any) -> str:
    """DuckLake has no primary keys: they are declared in the metadata and kept by MERGE."""
    return ""


def clear(connection: Connection, table: Table) -> None:
    """Take all rows of ``table`` away.

    A lake would write every row down as deleted: there the table is made anew, which readers of
    an earlier snapshot do not notice. A server deletes, as its readers would wait for a new table.
    """
    if connection.dialect.name == "duckdb":
        table.drop(connection, checkfirst=False)
        table.create(connection, checkfirst=False)
    else:
        connection.execute(table.delete())


def bring_near(
    connection: Connection, table: Table, rows: ColumnElement[bool] | None = None
) -> None:
    """Copy ``table``, or some ``rows``, into a temporary one of its name, read from then on.

    A lake looks a table up in its catalogue for every statement that names it: what dozens of
    statements read is brought near first. A server has no such cost: there nothing happens.
    """
    if connection.dialect.name != "duckdb":
        return
    columns = [Column(column.name, column.type) for column in table.columns]
    near = Table("canopy_near", MetaData(), *columns, prefixes=["TEMPORARY"])
    near.create(connection, checkfirst=False)
    query = select(table) if rows is None else select(table).where(rows)
    connection.execute(insert(near).from_select(table.columns.keys(), query))
    connection.execute(text(f"ALTER TABLE canopy_near RENAME TO {_name(connection, table)}"))


def let_go(connection: Connection, table: Table) -> None:
    """Read ``table`` itself again, after ``bring_near``."""
    if connection.dialect.name == "duckdb":
        connection.execute(text(f"DROP TABLE temp.{_name(connection, table)}"))


def append(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Insert all ``rows`` (columns by name; missing ones become NULL) without looking at keys."""
    _pour(connection, _name(connection, table), rows)


def merge(connection: Connection, table: Table, rows: pa.Table) -> int:
    """Insert or replace ``rows`` by the table's key; keys must be unique within ``rows``.

    Returns the number of rows that were new or differed. Rows equal to what is stored are not rewritten.
    """
    _stage(connection, table, rows)
    changed = _keep_changed(connection, table, rows.column_names)
    if changed:
        name = _name(connection, table)
        match = _matches(connection, [column.name for column in table.primary_key])
        columns = _names(connection, rows.column_names)
        connection.execute(
            text(f"DELETE FROM {name} AS t WHERE EXISTS (SELECT 1 FROM {STAGE} AS s WHERE {match})")
        )
        connection.execute(text(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {STAGE}"))
    _unstage(connection)
    return changed


def _keep_changed(connection: Connection, table: Table, columns: Sequence[str]) -> int:
    same = " AND ".join(f"t.{q} IS NOT DISTINCT FROM s.{q}" for q in _quoted(connection, columns))
    match = _matches(connection, [column.name for column in table.primary_key])
    connection.execute(
        text(
            f"DELETE FROM {STAGE} AS s WHERE EXISTS "
            f"(SELECT 1 FROM {_name(connection, table)} AS t WHERE {match} AND {same})"
        )
    )
    return int(connection.execute(text(f"SELECT count(*) FROM {STAGE}")).scalar_one())


def _stage(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Put ``rows`` into a temporary table typed like ``table``."""
    columns = _names(connection, rows.column_names)
    where = "temp." if connection.dialect.name == "duckdb" else ""
    connection.execute(
        text(
            f"CREATE TEMPORARY TABLE {STAGE} AS "
            f"SELECT {columns} FROM {_name(connection, table)} WHERE 1 = 0"
        )
    )
    _pour(connection, f"{where}{STAGE}", rows)


def _pour(connection: Connection, target: str, rows: pa.Table) -> None:
    """Insert ``rows`` into ``target``, by Arrow or by COPY."""
    columns = _names(connection, rows.column_names)
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "duckdb":
        raw.register("canopy_rows", rows)
        connection.execute(
            text(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM canopy_rows")
        )
        raw.unregister("canopy_rows")
        return
    with raw.cursor().copy(f"COPY {target} ({columns}) FROM STDIN") as copy:
        for batch in rows.to_batches(max_chunksize=20_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                copy.write_row(row)


def _unstage(connection: Connection) -> None:
    connection.execute(text(f"DROP TABLE {STAGE}"))


def _matches(connection: Connection, keys: Sequence[str]) -> str:
    return " AND ".join(f"t.{q} = s.{q}" for q in _quoted(connection, keys))


def _quoted(connection: Connection, names: Sequence[str]) -> list[str]:
    return [connection.dialect.identifier_preparer.quote(name) for name in names]


def _names(connection: Connection, names: Sequence[str]) -> str:
    return ", ".join(_quoted(connection, names))


def _name(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
