"""What exposed users did: the declared points' rows, summed by user before and after exposure.

A row belongs to a user's window by its moment where the facts have one, else by its day; then the
day of the exposure counts whole as the first day of the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.types import DateTime, Double

from data.engines.differences import add_seconds, days_between, seconds_between
from data.experiments.exposed import DAY_S
from data.experiments.plan import BEFORE_DAYS, PlannedMetric
from data.points.aggregates import condition
from data.points.catalogue import Catalogue, Point, Source
from data.points.clock import Clock
from data.points.relations import BUILDERS
from data.points.relations.span import TABLES, Span
from data.points.tables import USER_DAY

MOMENTS = {"task": "started"}
"""Of relations that are built, the column that says when a row happened."""


@dataclass(frozen=True)
class Wanted:
    """One sum per user: a point's, narrowed, in a window after or ``before`` the exposure."""

    column: str
    point: Point
    metric: PlannedMetric
    before: bool = False


def wanted_sums(catalogue: Catalogue, metrics: Sequence[PlannedMetric]) -> tuple[Wanted, ...]:
    """All sums that the metrics need, covariates included."""
    return tuple(
        Wanted(f"{column}_before" if before else column, catalogue.points[point], metric, before)
        for metric in metrics
        for before in ((False, True) if metric.covariate else (False,))
        for column, point in zip(metric.columns, metric.points, strict=True)
    )


def by_source(
    catalogue: Catalogue, sums: Sequence[Wanted]
) -> list[tuple[Source, tuple[Wanted, ...]]]:
    """The sums by the source that feeds them, so that each source is read once."""
    found: dict[str, list[Wanted]] = {}
    for one in sums:
        found.setdefault(one.point.source, []).append(one)
    return [(catalogue.by_name[name], tuple(ones)) for name, ones in found.items()]


def user_sums(
    catalogue: Catalogue,
    clock: Clock,
    users: Subquery,
    sums: Sequence[Wanted],
    days: tuple[date, date],
    *,
    by_age: bool = False,
) -> Subquery:
    """Sums per user (and, ``by_age``, per day since the exposure), each source read once.

    ``days``: the first and last day on which a user was exposed. Columns: ``user_id``, ``age``
    (0: the first day; only ``by_age``), one for each sum, and ``late`` (rows of primary metrics on
    the day of the exposure, before it). Users without rows are not in it.
    """
    names = [one.column for one in sums]
    parts = [
        _of_source(source, clock, users, own, names, days, by_age=by_age)
        for source, own in by_source(catalogue, sums)
    ]
    if len(parts) == 1:
        return parts[0].subquery("user_sums")
    both = union_all(*parts).subquery("of_sources")
    keys = [both.c.user_id, *([both.c.age] if by_age else [])]
    added = [func.sum(both.c[name]).label(name) for name in (*names, "late")]
    return select(*keys, *added).group_by(*keys).subquery("user_sums")


def _of_source(
    source: Source,
    clock: Clock,
    users: Subquery,
    own: Sequence[Wanted],
    names: Sequence[str],
    days: tuple[date, date],
    *,
    by_age: bool,
) -> Select[Any]:
    """One source's part of the sums; the columns of the others are 0."""
    rows = _rows(source, _span(clock, own, days))
    moment = _moment(source, rows)
    values = {one.column: _value(source, rows, users, one, moment) for one in own}
    values["late"] = _late(source, rows, users, own, moment)
    age = [_age(rows, users, moment).label("age")] if by_age else []
    query = (
        select(users.c.user_id, *age, *(value.label(name) for name, value in values.items()))
        .select_from(rows)
        .join(users, rows.c[source.user or "user_id"] == users.c.user_id)
    )
    if by_age:
        longest = max(own, key=lambda one: (not one.before, one.metric.window_days))
        query = query.where(_inside(rows, users, longest, moment))
    valued = query.subquery(f"{source.name}_valued")
    keys = [valued.c.user_id, *([valued.c.age] if by_age else [])]
    zero: ColumnElement[Any] = cast(literal(0), Double)
    added = [
        (cast(func.sum(valued.c[name]), Double) if name in values else zero).label(name)
        for name in (*names, "late")
    ]
    return select(*keys, *added).group_by(*keys)


def _span(clock: Clock, own: Sequence[Wanted], days: tuple[date, date]) -> Span:
    """The days on which a row can count for somebody."""
    back = BEFORE_DAYS if any(one.before for one in own) else 0
    ahead = max(one.metric.window_days for one in own)
    return Span(clock, days[0] - timedelta(days=back), days[1] + timedelta(days=ahead))


def _rows(source: Source, span: Span) -> FromClause:
    """The source's rows with their user, before any dimension is joined."""
    name = f"{source.name}_rows"
    if source.build in ("activity", "distinct"):
        rows = select(USER_DAY, USER_DAY.c.day.label("point_day"))
        return rows.where(span.holds_day(USER_DAY.c.day)).subquery(name)
    if source.build is not None:
        return BUILDERS[source.build](span).subquery(name)
    table = TABLES[source.table]
    column = table.c[source.day or "day"]
    if isinstance(column.type, DateTime):
        day, inside = span.clock.day_of(column), span.holds(column)
    else:
        day, inside = column, span.holds_day(column)
    return select(table, day.label("point_day")).where(inside).subquery(name)


def _moment(source: Source, rows: FromClause) -> ColumnElement[Any] | None:
    """When a row happened; None where only its day is known."""
    name = MOMENTS.get(source.build or "")
    if source.build is None and isinstance(rows.c[source.day or "day"].type, DateTime):
        name = source.day
    return rows.c[name] if name is not None and name in rows.c else None


def _inside(
    rows: FromClause, users: Subquery, one: Wanted, moment: ColumnElement[Any] | None
) -> ColumnElement[bool]:
    """Whether a row lies in the sum's window."""
    first, last = (-BEFORE_DAYS, 0) if one.before else (0, one.metric.window_days)
    if moment is None:
        age = days_between(users.c.day, rows.c.point_day)
        return and_(age >= first, age < last)
    begin, end = (_shifted(users.c.exposed_at, days) for days in (first, last))
    return and_(moment >= begin, moment < end)


def _shifted(moment: ColumnElement[Any], days: int) -> ColumnElement[Any]:
    return add_seconds(moment, days * DAY_S) if days else moment


def _counts(source: Source, rows: FromClause, one: Wanted) -> ColumnElement[bool]:
    """What the point counts, narrowed as the metric says."""
    parts = [condition(rows, one.point.where)]
    for dimension, values in one.metric.where:
        column = source.module if dimension == "module" else source.app
        parts.append(rows.c[column or dimension].in_(list(values)))
    return and_(*parts)


def _value(
    source: Source,
    rows: FromClause,
    users: Subquery,
    one: Wanted,
    moment: ColumnElement[Any] | None,
) -> ColumnElement[Any]:
    """What a row adds to the sum: an unknown amount adds nothing."""
    inside = and_(_inside(rows, users, one, moment), _counts(source, rows, one))
    value: ColumnElement[Any] = literal(1)
    if one.point.aggregate == "sum":
        value = func.coalesce(rows.c[one.point.columns[0]], 0)
    return case((inside, value), else_=0)


def _late(
    source: Source,
    rows: FromClause,
    users: Subquery,
    own: Sequence[Wanted],
    moment: ColumnElement[Any] | None,
) -> ColumnElement[Any]:
    """1 for a primary metric's row on the day of the exposure, before it."""
    primary = [one for one in own if one.metric.role == "primary" and not one.before]
    if moment is None or not primary:
        return literal(0)
    early = and_(moment < users.c.exposed_at, rows.c.point_day == users.c.day)
    counted = or_(*(_counts(source, rows, one) for one in primary))
    return case((and_(early, counted), 1), else_=0)


def _age(
    rows: FromClause, users: Subquery, moment: ColumnElement[Any] | None
) -> ColumnElement[int]:
    """Whole days since the exposure."""
    if moment is None:
        return days_between(users.c.day, rows.c.point_day)
    seconds = cast(seconds_between(users.c.exposed_at, moment), Double)
    return cast(func.floor(seconds / float(DAY_S)), Integer)
