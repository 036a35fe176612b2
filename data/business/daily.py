"""Points by day for a scope and segment: from the kept sets, or from the facts outside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Double, cast, func, select

from data.engines.warehouse import frame
from data.points.catalogue import Source
from data.points.read import Store, permitted_scope
from data.points.read_sums import table_of
from data.points.relations.span import Span
from data.points.statement import points_by
from data.slice import SEGMENT_DIMENSIONS, Slice, SliceError


def daily_points(
    connection: Connection,
    store: Store,
    points: Sequence[str],
    about: Slice,
    first: date,
    last: date,
) -> pd.DataFrame:
    """Flows of a slice by day (its period is not read): index of days, a column a point.

    A day that was loaded and has no rows is 0, one that was not loaded is NaN. SliceError where a
    point cannot be split as asked.
    """
    days = pd.date_range(first, last, name="day")
    found = [
        _of_source(connection, store, source, names, about, first, last)
        for source in store.catalogue.sources
        if (names := [point.name for point in source.points if point.name in points])
    ]
    joined = pd.concat(found, axis=1) if found else pd.DataFrame()
    table = joined.reindex(days).reindex(columns=list(points)).fillna(0.0).astype(float)
    for name in points:
        table[name] = table[name].where(covered(store, name, days))
    return table


def module_days(
    connection: Connection,
    store: Store,
    points: Sequence[str],
    about: Slice,
    first: date,
    last: date,
) -> pd.DataFrame:
    """Flows of one source by day and module (the slice's period is not read).

    Columns day, module ('' where none) and the points; only days with rows. SliceError where a
    point cannot be split as asked.
    """
    source = store.catalogue.source_of(points[0])
    rows = _rows(connection, store, source, points, about, (first, last), ("day", "module"))
    added = rows.groupby(["day", "module"], as_index=False)[list(points)].sum()
    added["day"] = pd.to_datetime(added["day"])
    return added.astype(dict.fromkeys(points, float)).sort_values(["day", "module"])


def covered(store: Store, point: str, days: pd.DatetimeIndex) -> pd.Series[bool]:
    """By day: whether the table of a point was loaded."""
    found = pd.Series(False, index=days)
    for start, end in store.coverage.runs.get(store.catalogue.points[point].tables[0], ()):
        inside = (days >= pd.Timestamp(max(start, days[0].date()))) & (
            days <= pd.Timestamp(min(end, days[-1].date()))
        )
        found |= inside
    return found


def _of_source(
    connection: Connection,
    store: Store,
    source: Source,
    names: Sequence[str],
    about: Slice,
    first: date,
    last: date,
) -> pd.DataFrame:
    rows = _rows(connection, store, source, names, about, (first, last), ("day",))
    added = rows.groupby("day")[list(names)].sum()
    added.index = pd.to_datetime(added.index)
    return added


def _rows(
    connection: Connection,
    store: Store,
    source: Source,
    names: Sequence[str],
    about: Slice,
    days: tuple[date, date],
    by: tuple[str, ...],
) -> pd.DataFrame:
    """Points of a source in scope by branch and ``by``: kept ones, or those of the facts."""
    scope = permitted_scope(store, about)
    asked = {*about.segment, *by} - {"day"} | ({"branch"} if scope else set())
    if refused := sorted(asked - source.split_by):
        raise SliceError(f"{', '.join(names)} cannot be split by {', '.join(refused)}")
    dims = {*about.segment, *by} - {"day"}
    if dims <= {"module", "app"} or (dims <= {*SEGMENT_DIMENSIONS, "app"} and source.by_segment):
        table = table_of(source, by_segment=not dims <= {"module", "app"})
        keys = [table.c.branch_id, *(table.c[name] for name in by)]
        sums = [cast(func.sum(table.c[name]), Double).label(name) for name in names]
        inside = [table.c[name].in_(values) for name, values in about.filters]
        query = select(*keys, *sums).where(table.c.day.between(*days), *inside)
        rows = frame(connection, query.group_by(*keys))
    else:
        chosen = [store.catalogue.points[name] for name in names]
        span = Span(store.clock, *days)
        rows = frame(connection, points_by(source, span, (*by, "branch_id"), about.segment, chosen))
    return rows[rows["branch_id"].isin(store.leaves[scope])] if scope else rows
