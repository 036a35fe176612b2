"""The rows behind a data point: for readers with the right, a page at a time, people masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, distinct, func, select

from data.points.aggregates import condition
from data.points.catalogue import Point, Source
from data.points.read import Store, permitted_scope
from data.points.relations.span import Span
from data.points.statement import dimensioned
from data.points.tables import USER_DAY
from data.slice import FILTER_DIMENSIONS, Slice, SliceError

SMALLEST_GROUP = 5
"""Fewer people than this are not listed: they could be told apart."""
PAGE = 50
SHOWN_DIMENSIONS = ("branch_id", *FILTER_DIMENSIONS)


@dataclass(frozen=True)
class Rows:
    """A page of rows: ``total`` of them, of ``people`` people (None: not about people).

    ``withheld``: there are too few people, so no cell is given.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...]
    total: int
    people: int | None
    withheld: bool


def rows_behind(
    connection: Connection, store: Store, point: str, about: Slice, page: int = 0
) -> Rows:
    """The rows of a slice that a point counts or adds up, by day; ids of people are masked.

    SliceError for a reader without the right to rows, and for a scope outside the reader's reach.
    """
    if not about.rights.rows:
        raise SliceError("rows of users are not open to you")
    found = store.catalogue.points[point]
    source = store.catalogue.source_of(point)
    relation = _relation(source, Span(store.clock, about.period.first, about.period.last))
    wanted = _conditions(relation, store, found, about)
    user = source.user if source.user is not None and source.user in relation.c else None
    user = "user_id" if user is None and "user_id" in relation.c else user
    people = func.count(distinct(relation.c[user])) if user is not None else func.count()
    total, counted = connection.execute(select(func.count(), people).where(*wanted)).one()
    columns = _columns(relation, found, user)
    known = None if user is None else int(counted)
    # Rows without an id may each be a person (a case, a silent user): then they count as people.
    if 0 < counted < SMALLEST_GROUP:
        return Rows(tuple(columns), (), int(total), known, withheld=True)
    query = _page(columns, wanted, page)
    cells = tuple(tuple(row) for row in connection.execute(query))
    masked = tuple(_masked(row, tuple(columns), user) for row in cells)
    return Rows(tuple(columns), masked, int(total), known, withheld=False)


def _relation(source: Source, span: Span) -> FromClause:
    """The rows that a source's points are over; of distinct users one a user, day and module."""
    if source.build == "distinct":
        return select(USER_DAY).where(span.holds_day(USER_DAY.c.day)).subquery("user_days")
    return dimensioned(source, span)


def _conditions(
    relation: FromClause, store: Store, point: Point, about: Slice
) -> list[ColumnElement[bool]]:
    """What the point counts, within scope, rights and filters of the slice."""
    wanted = [condition(relation, point.where)]
    if point.aggregate in ("sum", "of"):
        wanted.append(relation.c[point.columns[0]].is_not(None))
    scope = permitted_scope(store, about)
    if scope:
        wanted.append(relation.c.branch_id.in_(sorted(store.leaves[scope])))
    for name, values in about.filters:
        if name not in relation.c:
            raise SliceError(f"{point.name} cannot be split by {name}")
        wanted.append(relation.c[name].in_(list(values)))
    return wanted


def _columns(
    relation: FromClause, point: Point, user: str | None
) -> Mapping[str, ColumnElement[Any]]:
    """Day, person, dimensions, and what the point reads: nothing else of the row, no free text."""
    names = ["day", *([user] if user else []), *SHOWN_DIMENSIONS, *point.columns, *_named(point)]
    return {name: relation.c[name] for name in dict.fromkeys(names) if name in relation.c}


def _named(point: Point) -> list[str]:
    """Columns of the point's condition."""
    found: list[str] = []
    for name, wanted in point.where.items():
        if name == "any":
            found += [key for option in wanted for key in option]
        else:
            found.append(name)
    return found


def _page(
    columns: Mapping[str, ColumnElement[Any]], wanted: list[ColumnElement[bool]], page: int
) -> Select[Any]:
    order = [columns["day"].desc(), *(one for name, one in columns.items() if name != "day")]
    return select(*columns.values()).where(*wanted).order_by(*order).limit(PAGE).offset(page * PAGE)


def _masked(row: tuple[Any, ...], columns: tuple[str, ...], user: str | None) -> tuple[Any, ...]:
    return tuple(
        mask(str(value)) if name == user and value is not None else value
        for name, value in zip(columns, row, strict=True)
    )


def mask(identifier: str) -> str:
    """An id of which too little is left to find the person.

    >>> mask("U00001234"), mask("7")
    ('U*****34', '*****')
    """
    return f"{identifier[0]}*****{identifier[-2:]}" if len(identifier) > 5 else "*****"
