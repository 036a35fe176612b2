"""Whether what a filter names is known: modules and Apps, whose lists only the bank can close."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines.warehouse import table_names
from data.points.tables import DISTINCT
from data.slice import Slice, SliceError, unknown_value

OPEN_DIMENSIONS = ("module", "app")
SHOWN_LENGTH = 30


def check_values(
    connection: Connection, about: Slice, known: Mapping[str, Collection[str]]
) -> None:
    """SliceError with the nearest name where a module or an App of the filters does not exist.

    It exists where ``known`` (by dimension) or the kept distinct users name it, or any row of a
    fact or a dimension; the rows are asked only for what is about to be refused.
    """
    for dimension in OPEN_DIMENSIONS:
        asked = [value for value in about.segment.get(dimension, ()) if value]
        if not asked:
            continue
        there = {*known.get(dimension, ()), *kept_values(connection, dimension)}
        for value in asked:
            if value not in there and not _occurs(connection, dimension, value):
                raise SliceError(unknown_value(dimension, value, sorted(there)))


def kept_values(connection: Connection, dimension: str) -> list[str]:
    """The values of a dimension among the bank's active users of any 30 days."""
    kept = DISTINCT.c
    query = select(kept.value).where(
        kept.dimension == dimension, kept.length == SHOWN_LENGTH, kept.branch_id == ""
    )
    return sorted(str(value) for value in connection.execute(query.distinct()).scalars() if value)


def _occurs(connection: Connection, dimension: str, value: str) -> bool:
    there = set(table_names(connection))
    return any(
        connection.execute(
            select(table.c[dimension]).where(table.c[dimension] == value).limit(1)
        ).first()
        is not None
        for table in CONTRACT.sorted_tables
        if table.name in there and dimension in table.columns
    )
