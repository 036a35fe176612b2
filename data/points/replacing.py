"""Taking away kept rows before they are made anew: what is not there is not deleted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, func, select


def forget(connection: Connection, table: Table, stale: ColumnElement[bool]) -> None:
    """Delete the rows of ``table`` that are ``stale``, if there are any.

    In a warehouse of files a statement that deletes costs more than finding out that it is idle.
    """
    if holds_any(connection, table, stale):
        connection.execute(table.delete().where(stale))


def holds_any(
    connection: Connection, table: Table, condition: ColumnElement[bool] | None = None
) -> bool:
    """True when ``table`` has a row, one that the condition is true of where there is one."""
    rows = select(*list(table.columns)[:1]).limit(1)
    some = (rows if condition is None else rows.where(condition)).subquery("some")
    return bool(connection.execute(select(func.count()).select_from(some)).scalar())
