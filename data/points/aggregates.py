"""From a declared point to SQL: its condition and its aggregate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, literal, or_, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.types import Boolean

from data.points.catalogue import Point

Columns = Mapping[str, ColumnElement[Any]] | ReadOnlyColumnCollection[str, Any]


def condition(relation: FromClause, where: Mapping[str, Any]) -> ColumnElement[bool]:
    """The SQL condition of a declared ``where``; an empty one is always true."""
    return condition_on(relation.c, where)


def condition_on(columns: Columns, where: Mapping[str, Any]) -> ColumnElement[bool]:
    """The same on columns by name."""
    parts: list[ColumnElement[bool]] = []
    for name, wanted in where.items():
        if name == "any":
            parts.append(or_(*(condition_on(columns, option) for option in wanted)))
        else:
            parts.append(_comparison(columns[name], wanted))
    return and_(*parts) if parts else true()


def _comparison(column: ColumnElement[Any], wanted: Any) -> ColumnElement[bool]:
    if wanted == "known":
        return column.is_not(None)
    if isinstance(wanted, bool):
        # Not IS TRUE, which not every engine has: unknown is neither in a condition.
        truth: ColumnElement[bool] = column == (true() if wanted else false())
        return truth
    if isinstance(wanted, list):
        return column.in_(wanted)
    if isinstance(wanted, Mapping):
        parts = []
        if "at_least" in wanted:
            parts.append(column >= wanted["at_least"])
        if "at_most" in wanted:
            parts.append(column <= wanted["at_most"])
        return and_(*parts)
    same: ColumnElement[bool] = column == wanted
    return same


def aggregates(relation: FromClause, point: Point) -> list[ColumnElement[Any]]:
    """The labelled aggregate columns of ``point`` over ``relation``.

    A count of nothing is 0; a sum over unknown values only is NULL, never 0. A conditional sum
    comes with the number of rows that it is over, so that "no such rows" can be read as 0.
    """
    where = condition(relation, point.where)
    if point.aggregate == "count":
        return [func.count(case((where, 1))).label(point.name)]
    if point.aggregate == "sum":
        value = relation.c[point.columns[0]]
        if isinstance(value.type, Boolean):
            raise TypeError(f"{point.name} adds up a truth value: count it instead")
        if point.matched_column is None:
            return [func.sum(value).label(point.name)]
        matched = func.count(case((where, 1))).label(point.matched_column)
        return [func.sum(case((where, value))).label(point.name), matched]
    if point.aggregate == "columns":
        pairs = zip(point.columns, point.kept_columns, strict=True)
        return [func.sum(relation.c[column]).label(label) for column, label in pairs]
    return _buckets(relation.c[point.columns[0]], point)


def _buckets(value: ColumnElement[Any], point: Point) -> list[ColumnElement[Any]]:
    lower: list[float | None] = [None, *point.bounds]
    upper: list[float | None] = [*point.bounds, None]
    columns: list[ColumnElement[Any]] = []
    for low, high, label in zip(lower, upper, point.kept_columns, strict=True):
        inside = and_(
            value.is_not(None),
            value > literal(low) if low is not None else true(),
            value <= literal(high) if high is not None else true(),
        )
        columns.append(func.count(case((inside, 1))).label(label))
    return columns
