"""Exact distinct users: of a day, of a calendar month, and of windows that trail a day.

A trailing window over a long range is counted by its changes: an active day starts a run when no
activity lies within the window before it, and ends it when none lies within the window after it;
the count of a day is the sum of starts less ends so far. A few days are counted directly. Both
give the same numbers.

Counts of branches add up to those of the nodes above, except for users who changed branch within
the range: these are counted once at each node.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
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
from sqlalchemy.types import Date, SmallInteger

from data.engines.differences import add_days, days_between, month_end
from data.period import month_end as end_of_month
from data.points.aggregates import condition
from data.points.catalogue import Point
from data.points.tables import ANCESTOR, DISTINCT, FLAGS, REPORT_LIMIT, USER_DAY

MONTH = 0
KEPT_DIMENSIONS = ("module", "app", "channel", "tier", "age_band")
TRAILING = (7, 28, 30)
SPLIT_LENGTHS = (1, MONTH, 30)
FEW_DAYS = 7
# Days that every engine can hold, further from any other than the longest window.
_FAR, _EARLY = date(2149, 1, 1), date(1970, 1, 2)


def build_distinct(
    connection: Connection, points: Sequence[Point], first: date, last: date
) -> None:
    """Replace the distinct counts of every window that ends from ``first`` to ``last``."""
    trailing = and_(DISTINCT.c.length != MONTH, DISTINCT.c.day.between(first, last))
    months = and_(DISTINCT.c.length == MONTH, DISTINCT.c.day.between(first, end_of_month(last)))
    connection.execute(DISTINCT.delete().where(or_(trailing, months)))
    begun = connection.execute(select(func.min(USER_DAY.c.day))).scalar()
    if begun is None or begun > last:
        return
    first = max(first, begun)
    _STAGES.create_all(connection, checkfirst=False)
    connection.execute(insert(_ACTIVE).from_select(_ACTIVE.columns.keys(), _active(first, last)))
    connection.execute(insert(_MOVED).from_select(["user_id"], _several_branches()))
    moved = connection.execute(select(_MOVED).limit(1)).first() is not None
    for query in _queries(points, first, last, moved=moved):
        connection.execute(insert(_COUNTS).from_select(list(_COLUMNS), query))
    connection.execute(insert(DISTINCT).from_select(list(_COLUMNS), select(_COUNTS)))
    _STAGES.drop_all(connection, checkfirst=False)


_COLUMNS = tuple(DISTINCT.columns.keys())
_STAGES = MetaData()
_FIXED = ("branch_id", "channel", "tier", "age_band")
_ACTIVE = Table(
    "stage_active",
    _STAGES,
    Column("day", Date),
    Column("user_id", String),
    *(Column(name, String) for name in _FIXED),
    *(Column(name, Boolean) for name in FLAGS),
    prefixes=["TEMPORARY"],
)
"""One row per user and active day of the range: what every count but by module and App reads."""
_COUNTS = Table(
    "stage_distinct",
    _STAGES,
    *(Column(column.name, column.type) for column in DISTINCT.columns),
    prefixes=["TEMPORARY"],
)
_MOVED = Table("stage_moved", _STAGES, Column("user_id", String), prefixes=["TEMPORARY"])
"""Users with more than one branch in the days that the windows reach."""


def _active(first: date, last: date) -> Select[Any]:
    reach = min(first.replace(day=1), first - timedelta(days=max(TRAILING) - 1))
    rows = USER_DAY.c
    return (
        select(
            rows.day,
            rows.user_id,
            *(func.min(rows[name]) for name in _FIXED),
            *(func.max(case((rows[name], 1), else_=0)) == 1 for name in FLAGS),
        )
        .where(rows.day.between(reach, end_of_month(last)))
        .group_by(rows.day, rows.user_id)
    )


def _several_branches() -> Select[Any]:
    active = _ACTIVE.c
    several = func.min(active.branch_id) != func.max(active.branch_id)
    return select(active.user_id).group_by(active.user_id).having(several)


def _queries(points: Sequence[Point], first: date, last: date, *, moved: bool) -> list[Select[Any]]:
    found = []
    # A month is counted whole, whatever part of it the range holds.
    month_first, month_last = first.replace(day=1), end_of_month(last)
    for point in points:
        for dimension in _dimensions(point):
            if not point.where:
                days = _rows(point, dimension, first, last)
                found.append(_counted(days, days.c.day, 1, dimension, point, moved=moved))
            months = _rows(point, dimension, month_first, month_last)
            ends = _counted(months, month_end(months.c.day), MONTH, dimension, point, moved=moved)
            found.append(ends)
            for length in _lengths(point, dimension):
                found += _trailing(point, dimension, length, first, last, moved=moved)
    return found


def _dimensions(point: Point) -> tuple[str, ...]:
    """Users of a kind are kept without a split, all active users by each dimension too."""
    return ("",) if point.where else ("", *KEPT_DIMENSIONS)


def _lengths(point: Point, dimension: str) -> tuple[int, ...]:
    return (30,) if point.where or dimension else TRAILING


def _rows(point: Point, dimension: str, first: date, last: date) -> Subquery:
    """Distinct (day, user, branch, value) of the point's users."""
    if dimension in ("module", "app"):
        rows = USER_DAY.c
        whole = select(
            rows.day, rows.user_id, rows.branch_id, rows[dimension].label("value")
        ).where(rows.day.between(first, last))
        return whole.distinct().subquery("active_rows")
    value = _ACTIVE.c[dimension] if dimension else literal("")
    active = _ACTIVE.c
    query = select(active.day, active.user_id, active.branch_id, value.label("value")).where(
        active.day.between(first, last), condition(_ACTIVE, point.where)
    )
    return query.subquery("active_rows")


def _counted(
    rows: Subquery,
    day: ColumnElement[Any],
    length: int,
    dimension: str,
    point: Point,
    *,
    moved: bool,
) -> Select[Any]:
    """Distinct users of each block of days that ``day`` maps to."""
    users = (
        select(day.label("block"), rows.c.user_id, rows.c.branch_id, rows.c.value)
        .distinct()
        .subquery("users")
    )
    staying = users.c.user_id.not_in(select(_MOVED.c.user_id))
    leaves = (
        select(users.c.block, users.c.branch_id, users.c.value, func.count().label("users"))
        .where(staying)
        .group_by(users.c.block, users.c.branch_id, users.c.value)
        .subquery("leaves")
    )
    total = _rolled_up(leaves, [leaves.c.block, leaves.c.value], leaves.c.users)
    if moved:
        parts = [total, _moving(users)]
        both = union_all(*parts).subquery("both")
        keys = [both.c.block, both.c.value, both.c.node]
        total = select(*keys, func.sum(both.c.users).label("users")).group_by(*keys)
    counted = total.subquery("counted")
    return _shaped(counted, counted.c.block, counted.c.users, length, dimension, point)


def _rolled_up(
    leaves: Subquery, keys: Sequence[ColumnElement[Any]], users: ColumnElement[Any]
) -> Select[Any]:
    placed = (
        select(*keys, node_or_bank().label("node"), users.label("users"))
        .outerjoin(ANCESTOR, ANCESTOR.c.branch_id == leaves.c.branch_id)
        .subquery("placed")
    )
    groups = [placed.c[key.name] for key in keys]
    total = func.sum(placed.c.users).label("users")
    return select(*groups, placed.c.node, total).group_by(*groups, placed.c.node)


def node_or_bank() -> ColumnElement[str]:
    """The node joined; a branch that the organisation does not have counts for the bank only."""
    return func.coalesce(ANCESTOR.c.node, "")


def _moving(users: Subquery) -> Select[Any]:
    placed = (
        select(users.c.block, users.c.value, node_or_bank().label("node"), users.c.user_id)
        .outerjoin(ANCESTOR, ANCESTOR.c.branch_id == users.c.branch_id)
        .where(users.c.user_id.in_(select(_MOVED.c.user_id)))
        .subquery("placed")
    )
    keys = [placed.c.block, placed.c.value, placed.c.node]
    total = func.count(placed.c.user_id.distinct()).label("users")
    return select(*keys, total).group_by(*keys)


def _shaped(
    rows: Any, day: Any, users: Any, length: int, dimension: str, point: Point
) -> Select[Any]:
    return select(
        literal(length, SmallInteger()).label("length"),
        day.label("day"),
        rows.c.node.label("branch_id"),
        literal(dimension).label("dimension"),
        rows.c.value,
        literal(point.name).label("point"),
        users.label("users"),
    ).where(users > 0)


def _trailing(
    point: Point, dimension: str, length: int, first: date, last: date, *, moved: bool
) -> list[Select[Any]]:
    if (last - first).days < FEW_DAYS:
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [_direct(point, dimension, length, day, moved=moved) for day in days]
    return [_by_changes(point, dimension, length, first, last, moved=moved)]


def _direct(point: Point, dimension: str, length: int, day: date, *, moved: bool) -> Select[Any]:
    rows = _rows(point, dimension, day - timedelta(days=length - 1), day)
    return _counted(rows, cast(literal(day, Date()), Date()), length, dimension, point, moved=moved)


def _by_changes(
    point: Point, dimension: str, length: int, first: date, last: date, *, moved: bool
) -> Select[Any]:
    rows = _rows(point, dimension, first - timedelta(days=length - 1), last)
    staying = (
        select(rows.c.day, rows.c.user_id, rows.c.value, rows.c.branch_id)
        .where(rows.c.user_id.not_in(select(_MOVED.c.user_id)))
        .subquery("staying")
    )
    leaf = _changes(staying, staying.c.branch_id, length)
    change = _rolled_up(leaf, [leaf.c.day, leaf.c.value], leaf.c.change).subquery("rolled")
    parts = [select(change.c.day, change.c.value, change.c.node, change.c.users.label("change"))]
    if moved:
        wandering = (
            select(rows.c.day, rows.c.user_id, rows.c.value, node_or_bank().label("branch_id"))
            .outerjoin(ANCESTOR, ANCESTOR.c.branch_id == rows.c.branch_id)
            .where(rows.c.user_id.in_(select(_MOVED.c.user_id)))
            .distinct()
            .subquery("wandering")
        )
        other = _changes(wandering, wandering.c.branch_id, length)
        parts.append(
            select(other.c.day, other.c.value, other.c.branch_id.label("node"), other.c.change)
        )
    return _summed_so_far(parts, point, dimension, length, first, last)


def _changes(rows: Subquery, node: ColumnElement[Any], length: int) -> Subquery:
    """Starts (+1) and ends (−1) of users' runs by day, value and node."""
    over: dict[str, Any] = {
        "partition_by": (rows.c.user_id, node, rows.c.value),
        "order_by": rows.c.day,
    }
    neighbours = select(
        rows.c.day,
        rows.c.value,
        node.label("branch_id"),
        func.lag(rows.c.day, 1, cast(literal(_EARLY, Date()), Date())).over(**over).label("before"),
        func.lead(rows.c.day, 1, cast(literal(_FAR, Date()), Date())).over(**over).label("after"),
    ).subquery("neighbours")
    keys = (neighbours.c.value, neighbours.c.branch_id)
    starts = select(neighbours.c.day, *keys, literal(1).label("change")).where(
        days_between(neighbours.c.before, neighbours.c.day) >= length
    )
    ends = select(add_days(neighbours.c.day, length), *keys, literal(-1)).where(
        days_between(neighbours.c.day, neighbours.c.after) >= length
    )
    both = union_all(starts, ends).subquery("both")
    names = [both.c.day, both.c.value, both.c.branch_id]
    return (
        select(*names, func.sum(both.c.change).label("change")).group_by(*names).subquery("changes")
    )


def _summed_so_far(
    parts: list[Select[Any]], point: Point, dimension: str, length: int, first: date, last: date
) -> Select[Any]:
    changes = union_all(*parts).cte("changes_of_nodes")
    days = REPORT_LIMIT.c.day
    grid_days = select(days).where(days.between(first, last)).subquery("grid_days")
    nodes = select(changes.c.value, changes.c.node).distinct().subquery("grid_nodes")
    grid = select(grid_days.c.day, nodes.c.value, nodes.c.node, literal(0)).join(
        nodes, literal(value=True)
    )
    filled = union_all(
        select(changes.c.day, changes.c.value, changes.c.node, changes.c.change), grid
    ).subquery("filled")
    keys = (filled.c.day, filled.c.value, filled.c.node)
    daily = (
        select(*keys, func.sum(filled.c.change).label("change")).group_by(*keys).subquery("daily")
    )
    so_far = func.sum(daily.c.change).over(
        partition_by=(daily.c.value, daily.c.node), order_by=daily.c.day
    )
    counted = select(daily.c.day, daily.c.value, daily.c.node, so_far.label("users")).subquery(
        "counted"
    )
    return _shaped(counted, counted.c.day, counted.c.users, length, dimension, point).where(
        counted.c.day.between(first, last)
    )
