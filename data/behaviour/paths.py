"""Ways through the App: from or to a page, from the start or to the end of sessions."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, and_, case, distinct, func, select

from data.behaviour.scope import EVENT, events_of
from data.engines.warehouse import frame
from data.points.read import Store
from data.slice import Slice

Direction = Literal["from", "to"]
END = ""
"""Stands for the end of a session (from a page) or its start (to a page)."""


def paths(
    connection: Connection,
    store: Store,
    about: Slice,
    page: str = "",
    direction: Direction = "from",
    depth: int = 4,
) -> pd.DataFrame:
    """Steps of sessions near a page; without one, from their start or to their end.

    Repeats of a page in a row are one visit. A session counts from the first time that it shows
    the page. Columns: ``level`` (of the source: 0 is the page when going from it, ``-1`` the step
    just before it when going to it), ``source``, ``target`` (END: the session's end or start),
    ``sessions``, ``users``.
    """
    rows = _pages(store, about, page)
    placed = _placed(rows, page, direction)
    back = direction == "to"
    over: dict[str, Any] = {"partition_by": placed.c.session_id, "order_by": placed.c.place}
    beside = (func.lag if back else func.lead)(placed.c.page, 1, END).over(**over)
    steps = select(placed, beside.label("beside")).subquery("steps")
    level = steps.c.place - steps.c.anchor
    near = and_(level > -depth, level <= 0) if back else and_(level >= 0, level < depth)
    source, target = (steps.c.beside, steps.c.page) if back else (steps.c.page, steps.c.beside)
    edges = select(
        (level - 1 if back else level).label("level"),
        source.label("source"),
        target.label("target"),
        steps.c.user_id,
    ).where(near)
    edge = edges.subquery("edges")
    keys = (edge.c.level, edge.c.source, edge.c.target)
    query = select(
        *keys, func.count().label("sessions"), func.count(distinct(edge.c.user_id)).label("users")
    ).group_by(*keys)
    found = frame(connection, query)
    order = ["level", "sessions", "source", "target"]
    return found.sort_values(order, ascending=[True, False, True, True]).reset_index(drop=True)


def _pages(store: Store, about: Slice, page: str) -> Any:
    """Page views of the period in sessions; with a page named, of sessions that show it."""
    conditions = [
        EVENT.c.page.is_not(None),
        EVENT.c.session_id.is_not(None),
        *events_of(store, about, about.period.first, about.period.last),
    ]
    if page:
        there = select(EVENT.c.session_id).where(EVENT.c.page == page, *conditions)
        conditions.append(EVENT.c.session_id.in_(there))
    columns = (EVENT.c.session_id, EVENT.c.user_id, EVENT.c.page, EVENT.c.occurred_at)
    return select(*columns).where(*conditions).subquery("pages")


def _placed(rows: Any, page: str, direction: Direction) -> Any:
    """Visits numbered within their session, and the number of the one it is looked at from."""
    order = (rows.c.occurred_at, rows.c.page)
    before = func.lag(rows.c.page, 1, END).over(partition_by=rows.c.session_id, order_by=order)
    told = select(rows, before.label("before")).subquery("told")
    by_time = (told.c.occurred_at, told.c.page)
    place = func.row_number().over(partition_by=told.c.session_id, order_by=by_time)
    visits = (
        select(told.c.session_id, told.c.user_id, told.c.page, place.label("place"))
        .where(told.c.page != told.c.before)
        .subquery("visits")
    )
    session = visits.c.session_id
    if page:
        first = case((visits.c.page == page, visits.c.place))
        anchor = func.min(first).over(partition_by=session)
    else:
        ends = func.max if direction == "to" else func.min
        anchor = ends(visits.c.place).over(partition_by=session)
    return select(visits, anchor.label("anchor")).subquery("placed")
