"""Distinct users of trailing windows over many days, from the changes from one day to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
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
from sqlalchemy.types import Date, SmallInteger

from data.engines.differences import add_days, days_between
from data.points.distinct_stages import CHANGE, NAME, NODE
from data.points.tables import DISTINCT, REPORT_LIMIT

# Days that every engine can hold, further from any other than the longest window.
_FAR, _EARLY = date(2149, 1, 1), date(1970, 1, 2)
Names = Callable[[Any], tuple[ColumnElement[str], ColumnElement[str]]]


def changes_of(
    rows: Subquery, split: int, lengths: Sequence[int], first: date, last: date
) -> Select[Any]:
    """Starts (+1) less ends of runs by length, day, place and value.

    ``rows`` are distinct days of ``who``, ``place`` and ``value``. What begins before ``first``
    begins on it; what lies after ``last`` is left out.
    """
    over: dict[str, Any] = {"partition_by": (rows.c.who, rows.c.value), "order_by": rows.c.day}
    before = func.lag(rows.c.day, 1, _day(_EARLY)).over(**over)
    after = func.lead(rows.c.day, 1, _day(_FAR)).over(**over)
    lone = select(rows.c.day, rows.c.place, rows.c.value, before.label("a"), after.label("b"))
    near = lone.subquery("neighbours")
    since, until = days_between(near.c.a, near.c.day), days_between(near.c.day, near.c.b)
    shortest = or_(since >= min(lengths), until >= min(lengths))
    ends = (
        select(near.c.day, near.c.place, near.c.value, since.label("since"), until.label("until"))
        .where(shortest)
        .cte("ends_of_runs")
    )
    both = union_all(*(part for length in lengths for part in _ends(ends, length))).subquery("both")
    day = case((both.c.day < _day(first), _day(first)), else_=both.c.day).label("day")
    clipped = select(both.c.length, day, both.c.place, both.c.value, both.c.change).where(
        both.c.day <= last
    )
    one = clipped.subquery("clipped")
    keys = (one.c.day, one.c.place, one.c.value)
    number = cast(literal(split), SmallInteger()).label("split")
    return select(one.c.length, number, *keys, func.sum(one.c.change)).group_by(one.c.length, *keys)


def _ends(ends: Any, length: int) -> list[Select[Any]]:
    keys = (ends.c.place, ends.c.value)
    label = cast(literal(length), SmallInteger()).label("length")
    starts = select(label, ends.c.day, *keys, literal(1).label("change"))
    stops = select(label, add_days(ends.c.day, length), *keys, literal(-1))
    return [starts.where(ends.c.since >= length), stops.where(ends.c.until >= length)]


def _day(day: date) -> ColumnElement[date]:
    return cast(literal(day, Date()), Date())


def insert_from_changes(connection: Connection, names: Names, first: date, last: date) -> None:
    """Add the changes up over nodes, then over days, and keep the counts of every day.

    ``names`` gives the dimension and the point of the splits in a relation.
    """
    keys = (CHANGE.c.length, CHANGE.c.split, CHANGE.c.value, NODE.c.node)
    changes = (
        select(*keys, CHANGE.c.day, func.sum(CHANGE.c.users).label("change"))
        .join(NODE, NODE.c.place == CHANGE.c.place)
        .group_by(*keys, CHANGE.c.day)
        .cte("changes_of_nodes")
    )
    found = [changes.c[key.name] for key in keys]
    lines = select(*found).distinct().subquery("lines")
    inside = REPORT_LIMIT.c.day.between(first, last)
    days = select(REPORT_LIMIT.c.day).where(inside).subquery("days")
    grid = select(lines, days.c.day).join(days, literal(value=True)).subquery("grid")
    same = and_(*(grid.c[key.name] == changes.c[key.name] for key in keys))
    so_far = func.sum(func.coalesce(changes.c.change, 0)).over(
        partition_by=[grid.c[key.name] for key in keys], order_by=grid.c.day
    )
    total = (
        select(grid, so_far.label("users"))
        .outerjoin(changes, and_(same, changes.c.day == grid.c.day))
        .subquery("total")
    )
    query = named(total, *names(total))
    connection.execute(insert(DISTINCT).from_select(DISTINCT.columns.keys(), query))


def named(total: Any, dimension: ColumnElement[str], point: ColumnElement[str]) -> Select[Any]:
    """Counts as they are kept: numbers back to names, none where there are no users."""
    node, value = NAME.alias("name_of_node"), NAME.alias("name_of_value")
    return (
        select(
            total.c.length,
            total.c.day,
            node.c.name.label("branch_id"),
            dimension.label("dimension"),
            value.c.name.label("value"),
            point.label("point"),
            total.c.users,
        )
        .join(node, node.c.number == total.c.node)
        .join(value, value.c.number == total.c.value)
        .where(total.c.users > 0)
    )
