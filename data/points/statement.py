"""The one SELECT of a source: all its points, by the dimensions wanted.

The same statement fills the kept tables (grouping sets) and answers combinations outside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    extract,
    func,
    literal,
    select,
    tuple_,
)  # fmt: skip
from sqlalchemy.types import DateTime

from data.engines.differences import add_days, month_end
from data.points.aggregates import aggregates
from data.points.catalogue import Point, Source
from data.points.clock import Clock
from data.points.kept import dimensions
from data.points.relations import BUILDERS
from data.points.relations.span import TABLES, Span
from data.points.tables import USER_DAY
from data.slice import SEGMENT_DIMENSIONS

NEW_USER_DAYS = 30
AGE_LIMITS = ((25, "under_25"), (35, "25_34"), (45, "35_44"), (55, "45_54"))


def daily_points(source: Source, span: Span) -> Select[Any]:
    """All points of ``source`` by day and both sets of dimensions, in one scan.

    Columns: ``day``, every dimension ('' where the row's set lacks it), ``set_number``
    (0: module set, 1: segment set), then the points.
    """
    rows = dimensioned(source, span)
    sets = [("day", *dimensions(by_segment=False))]
    if source.by_segment:
        sets.append(("day", *dimensions(by_segment=True)))
    names = list(dict.fromkeys(name for one in sets for name in one))
    keys = [rows.c[name] for name in names]
    columns = [column for point in source.points for column in aggregates(rows, point)]
    query = select(*keys, *columns)
    if len(sets) == 1:
        return query.add_columns(literal(0).label("set_number")).group_by(*keys)
    marker = func.grouping(rows.c.module).label("set_number")
    grouping = func.grouping_sets(*(tuple_(*(rows.c[name] for name in one)) for one in sets))
    return query.add_columns(marker).group_by(grouping)


def points_by(
    source: Source,
    span: Span,
    by: Sequence[str],
    filters: Mapping[str, Iterable[str]],
    points: Sequence[Point] | None = None,
) -> Select[Any]:
    """Points of ``source`` by any of its dimensions, straight from the facts."""
    rows = dimensioned(source, span)
    keys = [rows.c[name] for name in by]
    wanted = [rows.c[name].in_(list(values)) for name, values in filters.items()]
    columns = [column for point in points or source.points for column in aggregates(rows, point)]
    return select(*keys, *columns).where(*wanted).group_by(*keys)


def dimensioned(source: Source, span: Span) -> FromClause:
    """The source's rows of the span with ``day`` and every dimension filled ('' is unknown)."""
    if source.build == "activity":
        return (
            select(USER_DAY).where(span.holds_day(USER_DAY.c.day)).subquery(f"{source.name}_rows")
        )
    if source.build is None:
        relation = _plain(source, span).subquery(f"{source.name}_facts")
    else:
        relation = BUILDERS[source.build](span).subquery(f"{source.name}_facts")
    rest = [c for c in relation.columns if c.name not in _ALL_DIMENSIONS | {"day", "point_day"}]
    day = relation.c.point_day
    shared = {
        "module": _known(_column(relation, source.module)),
        "app": _known(_column(relation, source.app or "app")),
    }
    if source.by_segment and source.user is not None:
        user, tier = TABLES["dim_user"], TABLES["user_month"]
        columns = shared | user_dimensions(day, span.clock)
        joined = (
            select(day.label("day"), *_labelled(columns), *rest)
            .outerjoin(user, user.c.user_id == relation.c[source.user])
            .outerjoin(tier, tier_join(tier, relation.c[source.user], day, span))
        )
        return joined.subquery(f"{source.name}_rows")
    own = {name: _known(_column(relation, name)) for name in SEGMENT_DIMENSIONS}
    own["branch_id"] = _known(_column(relation, source.place or "branch_id"))
    query = select(day.label("day"), *_labelled(shared | own), *rest)
    return query.subquery(f"{source.name}_rows")


_ALL_DIMENSIONS = {"branch_id", "module", "app", *SEGMENT_DIMENSIONS}


def user_dimensions(day: ColumnElement[Any], clock: Clock) -> dict[str, ColumnElement[Any]]:
    """Branch and segment of a user as they are on ``day``; needs dim_user and the tier's join.

    Tier: at the end of the month before. Age: the year's, from the year of birth. New: registered
    at most 30 days before; '' before the registration.
    """
    user, month = TABLES["dim_user"], TABLES["user_month"]
    age = extract("year", day) - user.c.birth_year
    bands = case(
        (user.c.birth_year.is_(None), ""),
        *((age < limit, name) for limit, name in AGE_LIMITS),
        else_="55_over",
    )
    since = clock.day_of(user.c.registered_at)
    new = case(
        (user.c.registered_at.is_(None), ""),
        (since > day, ""),
        (since >= add_days(day, -NEW_USER_DAYS), "new"),
        else_="existing",
    )
    return {
        "branch_id": _known(user.c.branch_id),
        "channel": _known(user.c.channel),
        "tier": _known(month.c.tier),
        "age_band": bands,
        "new_user": new,
    }


def tier_join(
    month: FromClause, user_id: ColumnElement[Any], day: ColumnElement[Any], span: Span
) -> ColumnElement[bool]:
    """The condition that joins a user's month-end before ``day``, a day of the span.

    That only month-ends of the span matter follows, but no engine sees it: it is said.
    """
    first, last = (one.replace(day=1) - timedelta(days=1) for one in (span.first, span.last))
    same = and_(month.c.user_id == user_id, month.c.month == before_month(day))
    return and_(same, month.c.month.between(first, last))


def before_month(day: ColumnElement[Any]) -> ColumnElement[date]:
    """The last day of the month before ``day``'s."""
    return month_end(add_days(day, -extract("day", day)))


def _plain(source: Source, span: Span) -> Select[Any]:
    table = TABLES[source.table]
    column = table.c[source.day or "day"]
    if isinstance(column.type, DateTime):
        day, inside = span.clock.day_of(column), span.holds(column)
    else:
        day, inside = column, span.holds_day(column)
    return select(table, day.label("point_day")).where(inside)


def _column(relation: FromClause, name: str | None) -> ColumnElement[Any]:
    return relation.c[name] if name is not None and name in relation.c else literal("")


def _known(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(column, "")


def _labelled(columns: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in columns.items()]
