"""Rows that refer to what the warehouse does not have: counted and reported, never refused."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, exists, func, select

from data.contract import CONTRACT
from data.engines.differences import append
from data.ingest.report import UnknownReference

_DIMENSIONS = {
    "user_id": "dim_user",
    "referred_by": "dim_user",
    "branch_id": "dim_branch",
    "parent_id": "dim_branch",
    "module": "dim_module",
    "page": "dim_page",
    "product_id": "dim_product",
    "content_id": "dim_content",
    "campaign_id": "dim_campaign",
    "application_id": "application",
}
EXAMPLES = 3
Counts = dict[tuple[str, str], pa.Table]


def references(table: str) -> dict[str, str]:
    """The columns of a table that refer to another: column → dimension.

    >>> references("dim_page")
    {'module': 'dim_module'}
    """
    columns = CONTRACT.tables[table].columns
    return {
        column.name: _DIMENSIONS[column.name]
        for column in columns
        if column.name in _DIMENSIONS and not _is_itself(table, column.name)
    }


def count_references(table: str, rows: pa.Table) -> Counts:
    """How many rows name each value, by table and column: columns ``value``, ``rows``."""
    return {(table, column): _counted(rows.column(column)) for column in references(table)}


def add_counts(parts: Iterable[Counts]) -> Counts:
    """The same, over several files."""
    gathered: dict[tuple[str, str], list[pa.Table]] = {}
    for part in parts:
        for key, counts in part.items():
            gathered.setdefault(key, []).append(counts)
    return {
        key: pa.concat_tables(tables)
        .group_by("value")
        .aggregate([("rows", "sum")])
        .rename_columns(["value", "rows"])
        for key, tables in gathered.items()
    }


def unknown_references(connection: Connection, counts: Counts) -> list[UnknownReference]:
    """Those values that their dimension does not have, as the warehouse stands now."""
    found = []
    for (table, column), values in counts.items():
        if values.num_rows:
            dimension = _DIMENSIONS[column]
            rows, examples = _missing(connection, CONTRACT.tables[dimension], values)
            if rows:
                found.append(UnknownReference(table, column, dimension, rows, examples))
    return found


def _missing(
    connection: Connection, dimension: Table, values: pa.Table
) -> tuple[int, tuple[str, ...]]:
    asked = Table(
        "canopy_named", MetaData(),
        Column("value", String()), Column("rows", BigInteger()), prefixes=["TEMPORARY"],
    )  # fmt: skip
    asked.create(connection)
    append(connection, asked, values)
    (key,) = dimension.primary_key
    known = exists(select(1).select_from(dimension).where(key == asked.c.value))
    total = connection.execute(select(func.sum(asked.c.rows)).where(~known)).scalar()
    few = select(asked.c.value).where(~known).order_by(asked.c.value).limit(EXAMPLES)
    examples = tuple(str(value)[:60] for (value,) in connection.execute(few))
    asked.drop(connection)
    return int(total or 0), examples


def _counted(column: pa.ChunkedArray) -> pa.Table:
    counts = pc.value_counts(column.drop_null())
    return pa.table({"value": counts.field("values"), "rows": counts.field("counts")})


def _is_itself(table: str, column: str) -> bool:
    key = [part.name for part in CONTRACT.tables[table].primary_key]
    return key == [column]
