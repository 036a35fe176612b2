"""The rows behind a data point: for readers with the right, a page at a time, people masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    not_,
    or_,
    select,
)

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

    ``withheld``: there are too few people, so no cell is given. ``left_out`` rows more belong to
    parts with too few people.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...]
    total: int
    people: int | None
    withheld: bool
    left_out: int = 0


@dataclass(frozen=True)
class Parts:
    """How rows fall into parts: by a dimension's values, or by nodes that each hold branches."""

    dimension: str
    nodes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def key(self, relation: FromClause) -> ColumnElement[Any]:
        """The part of a row; '' for a branch of no node."""
        if self.dimension != "branch":
            found: ColumnElement[Any] = relation.c[self.dimension]
            return found
        held = [(relation.c.branch_id.in_(sorted(b)), node) for node, b in self.nodes.items()]
        return case(*held, else_="")


def rows_behind(
    connection: Connection,
    store: Store,
    point: str,
    about: Slice,
    page: int = 0,
    parts: Sequence[Parts] = (),
) -> Rows:
    """The rows of a slice that a point counts or adds up, by day; ids of people are masked.

    Of a whole that is shown in ``parts`` the rows of those with too few people are left out, so
    that what is withheld of a part is not found among the rows of the whole.
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
    keys = [one.key(relation) for one in parts]
    small = _small(connection, keys, None if user is None else relation.c[user], wanted)
    if small:
        every = connection.execute(select(func.count()).where(*wanted)).scalar_one()
        same = [and_(*(k == v for k, v in zip(keys, part, strict=True))) for part in small]
        wanted = [*wanted, not_(or_(*same))]
    total, counted = connection.execute(select(func.count(), people).where(*wanted)).one()
    left_out = int(every) - int(total) if small else 0
    columns = _columns(relation, found, user)
    known = None if user is None else int(counted)
    # Rows without an id may each be a person (a case, a silent user): then they count as people.
    if counted < SMALLEST_GROUP and (counted or left_out):
        return Rows(tuple(columns), (), int(total), known, withheld=True, left_out=left_out)
    query = _page(columns, wanted, page)
    cells = tuple(tuple(row) for row in connection.execute(query))
    masked = tuple(_masked(row, tuple(columns), user) for row in cells)
    return Rows(tuple(columns), masked, int(total), known, withheld=False, left_out=left_out)


def _small(
    connection: Connection,
    keys: Sequence[ColumnElement[Any]],
    user: ColumnElement[Any] | None,
    wanted: Sequence[ColumnElement[bool]],
) -> list[tuple[Any, ...]]:
    """The parts with too few people to list their rows."""
    if not keys:
        return []
    names = [f"part_{number}" for number in range(len(keys))]
    named = [key.label(name) for key, name in zip(keys, names, strict=True)]
    who = user if user is not None else literal(1)
    # Grouped by name: some engines take an expression with parameters for another one each time.
    rows = select(*named, who.label("who")).where(*wanted).subquery("parts")
    people = func.count(distinct(rows.c.who)) if user is not None else func.count()
    groups = [rows.c[name] for name in names]
    found = connection.execute(select(*groups, people.label("people")).group_by(*groups))
    return [tuple(row[:-1]) for row in found if row.people < SMALLEST_GROUP]


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
