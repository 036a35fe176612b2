"""Exact distinct users: of a day, of a calendar month, and of windows that trail a day.

A trailing window over a long range is counted by its changes: an active day starts a run when no
activity lies within the window before it, and ends it when none lies within the window after it;
the count of a day is the sum of starts less ends so far. A few days are counted directly. Both
give the same numbers.

Counts of branches add up to those of the nodes above, except for users who changed branch within
the range: these are counted once at each node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.types import Date, Integer, SmallInteger

from data.engines.differences import month_end
from data.period import month_end as end_of_month
from data.points.aggregates import condition_on
from data.points.catalogue import Point
from data.points.distinct_changes import changes_of, insert_from_changes, named
from data.points.distinct_stages import (
    ACTIVE,
    CHANGE,
    COUNT,
    FIXED_DIMENSIONS,
    NAME,
    NODE,
    PART,
    USED,
    USED_DIMENSIONS,
    drop_stages,
    fill_stages,
)
from data.points.tables import ACTIVE_DAY, ANCESTOR, DISTINCT, FLAGS

MONTH = 0
KEPT_DIMENSIONS = (*USED_DIMENSIONS, *FIXED_DIMENSIONS)
TRAILING = (7, 28, 30)
SPLIT_LENGTHS = (1, MONTH, 30)
FEW_DAYS = 7
Rows = Callable[[date, date], Subquery]


@dataclass(frozen=True)
class Split:
    """A point by one dimension ('': without a split), numbered."""

    number: int
    point: Point
    dimension: str

    @property
    def lengths(self) -> tuple[int, ...]:
        """The trailing windows that are kept."""
        return (30,) if self.point.where or self.dimension else TRAILING

    def rows(self, first: date, last: date) -> Subquery:
        """Distinct (day, who, place, value) of the point's users."""
        if self.dimension in USED_DIMENSIONS:
            used = select(
                USED.c.day, USED.c.who, USED.c.place, USED.c[self.dimension].label("value")
            )
            used = used.distinct()
            return used.where(USED.c.day.between(first, last)).subquery("active_rows")
        active = ACTIVE.c
        value = active[self.dimension] if self.dimension else cast(literal(0), Integer())
        query = select(active.day, active.who, active.place, value.label("value"))
        query = query.where(active.day.between(first, last))
        if self.point.where:
            query = _of_kind(query, self.point)
        return query.subquery("active_rows")


def _of_kind(query: Select[Any], point: Point) -> Select[Any]:
    """The users that a point is about; conditions name values, stages have their numbers."""
    options = (point.where, *point.where.get("any", ()))
    asked = {name for option in options for name in option}
    named_columns: dict[str, ColumnElement[Any]] = {flag: ACTIVE.c[flag] for flag in FLAGS}
    for dimension in FIXED_DIMENSIONS:
        if dimension in asked:
            name = NAME.alias(f"name_of_{dimension}")
            query = query.join(name, name.c.number == ACTIVE.c[dimension])
            named_columns[dimension] = name.c.name
    return query.where(condition_on(named_columns, point.where))


def build_distinct(
    connection: Connection, points: Sequence[Point], first: date, last: date
) -> None:
    """Replace the distinct counts of every window that ends from ``first`` to ``last``."""
    _forget(connection, first, last)
    begun = connection.execute(select(func.min(ACTIVE_DAY.c.day))).scalar()
    if begun is None or begun > last:
        return
    first = max(first, begun)
    fill_stages(connection, _reach(first), end_of_month(last))
    splits = _splits(points)
    _count(connection, splits, first, last)
    total = _rolled_up()
    query = named(total, *_names(splits, total))
    connection.execute(insert(DISTINCT).from_select(DISTINCT.columns.keys(), query))
    if not _few(first, last):
        insert_from_changes(connection, lambda total: _names(splits, total), first, last)
    drop_stages(connection)


def _forget(connection: Connection, first: date, last: date) -> None:
    trailing = and_(DISTINCT.c.length != MONTH, DISTINCT.c.day.between(first, last))
    months = and_(DISTINCT.c.length == MONTH, DISTINCT.c.day.between(first, end_of_month(last)))
    connection.execute(DISTINCT.delete().where(or_(trailing, months)))


def node_or_bank() -> ColumnElement[str]:
    """The node joined; a branch that the organisation does not have counts for the bank only."""
    return func.coalesce(ANCESTOR.c.node, "")


def _reach(first: date) -> date:
    """The first day needed; a month is counted whole, whatever part of it the range holds."""
    return min(first.replace(day=1), first - timedelta(days=max(TRAILING) - 1))


def _few(first: date, last: date) -> bool:
    return (last - first).days < FEW_DAYS


def _splits(points: Sequence[Point]) -> list[Split]:
    """Users of a kind are kept without a split, all active users by each dimension too."""
    pairs = [
        (point, dimension)
        for point in points
        for dimension in (("",) if point.where else ("", *KEPT_DIMENSIONS))
    ]
    return [Split(number, *pair) for number, pair in enumerate(pairs)]


def _names(splits: Sequence[Split], rows: Any) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """The dimension and the point of a row's split."""
    number = rows.c.split
    dimension = case(*((number == one.number, literal(one.dimension)) for one in splits))
    point = case(*((number == one.number, literal(one.point.name)) for one in splits))
    return dimension, point


def _count(connection: Connection, splits: Sequence[Split], first: date, last: date) -> None:
    """Fill the stages of counts and changes: in one statement where the days are few."""
    if _few(first, last):
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        queries = [query for split in splits for query in _blocks(split, split.rows, first, last)]
        queries += [query for split in splits for day in days for query in _direct(split, day)]
        _keep(connection, COUNT, select(union_all(*queries).subquery("counts")))
        return
    for split in splits:
        rows = _part(connection, split, first, last)
        for query in _blocks(split, rows, first, last):
            _keep(connection, COUNT, query)
        reach = first - timedelta(days=max(split.lengths) - 1)
        changes = changes_of(rows(reach, last), split.number, split.lengths, first, last)
        _keep(connection, CHANGE, changes)


def _keep(connection: Connection, table: Table, query: Select[Any]) -> None:
    connection.execute(insert(table).from_select(table.columns.keys(), query))


def _part(connection: Connection, split: Split, first: date, last: date) -> Rows:
    """The rows of the split, written down where they have to be made distinct."""
    if split.dimension not in USED_DIMENSIONS:
        return split.rows
    connection.execute(PART.delete())
    rows = split.rows(_reach(first), end_of_month(last))
    _keep(connection, PART, select(*(rows.c[column.name] for column in PART.columns)))
    return lambda start, end: (
        select(PART).where(PART.c.day.between(start, end)).subquery("active_rows")
    )


def _blocks(split: Split, rows: Rows, first: date, last: date) -> list[Select[Any]]:
    """Users of days, and of calendar months."""
    month = rows(first.replace(day=1), end_of_month(last))
    ends = select(month_end(month.c.day).label("day"), month.c.who, month.c.place, month.c.value)
    months = _counted(ends.distinct().subquery("users"), split, MONTH)
    if split.point.where:
        return [months]
    return [_counted(rows(first, last), split, 1), months]


def _counted(rows: Subquery, split: Split, length: int) -> Select[Any]:
    keys = (rows.c.day, rows.c.place, rows.c.value)
    return select(*_of(length, split), *keys, func.count().label("users")).group_by(*keys)


def _direct(split: Split, day: date) -> list[Select[Any]]:
    """Users of the windows that end on ``day``."""
    rows = split.rows(day - timedelta(days=max(split.lengths) - 1), day)
    last = (
        select(rows.c.who, rows.c.place, rows.c.value, func.max(rows.c.day).label("last_day"))
        .group_by(rows.c.who, rows.c.place, rows.c.value)
        .cte(f"last_days_{split.number}_{day:%Y%m%d}")
    )
    end = cast(literal(day, Date()), Date()).label("day")
    return [
        select(*_of(length, split), end, last.c.place, last.c.value, func.count().label("users"))
        .where(last.c.last_day > day - timedelta(days=length))
        .group_by(last.c.place, last.c.value)
        for length in split.lengths
    ]


def _of(length: int, split: Split) -> list[ColumnElement[Any]]:
    return [
        cast(literal(length), SmallInteger()).label("length"),
        cast(literal(split.number), SmallInteger()).label("split"),
    ]


def _rolled_up() -> Subquery:
    """The counts of places, added up over the nodes that they count for."""
    keys = (COUNT.c.length, COUNT.c.day, COUNT.c.split, COUNT.c.value, NODE.c.node)
    return (
        select(*keys, func.sum(COUNT.c.users).label("users"))
        .join(NODE, NODE.c.place == COUNT.c.place)
        .group_by(*keys)
        .subquery("total")
    )
