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
    visits = _visits(_pages(store, about, page))
    steps = _near_page(visits, page, direction) if page else _near_end(visits, direction)
    back = direction == "to"
    level = steps.c.level
    near = and_(level > -depth, level <= 0) if back else and_(level >= 0, level < depth)
    source, target = (steps.c.beside, steps.c.page) if back else (steps.c.page, steps.c.beside)
    edge = (
        select(
            (level - 1 if back else level).label("level"),
            source.label("source"),
            target.label("target"),
            steps.c.user_id,
        )
        .where(near)
        .subquery("edge")
    )
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


def _visits(rows: Any) -> Any:
    """Page views without those that show the page before once more."""
    order = (rows.c.occurred_at, rows.c.page)
    before = func.lag(rows.c.page, 1, END).over(partition_by=rows.c.session_id, order_by=order)
    told = select(rows, before.label("before")).subquery("told")
    return select(told).where(told.c.page != told.c.before).subquery("visits")


def _near_end(visits: Any, direction: Direction) -> Any:
    """Visits by their distance from the start of the session, or (negative) from its end."""
    by_time: tuple[Any, ...] = (visits.c.occurred_at, visits.c.page)
    sign = 1
    if direction == "to":
        by_time, sign = tuple(column.desc() for column in by_time), -1
    over: dict[str, Any] = {"partition_by": visits.c.session_id, "order_by": by_time}
    # Both in one order, so that engines put the visits in order once.
    return select(
        visits.c.user_id,
        visits.c.page,
        (sign * (func.row_number().over(**over) - 1)).label("level"),
        func.lead(visits.c.page, 1, END).over(**over).label("beside"),
    ).subquery("steps")


def _near_page(visits: Any, page: str, direction: Direction) -> Any:
    """Visits by their distance from the session's first visit of a page."""
    over: dict[str, Any] = {
        "partition_by": visits.c.session_id,
        "order_by": (visits.c.occurred_at, visits.c.page),
    }
    beside = (func.lag if direction == "to" else func.lead)(visits.c.page, 1, END)
    placed = select(
        visits.c.session_id,
        visits.c.user_id,
        visits.c.page,
        func.row_number().over(**over).label("place"),
        beside.over(**over).label("beside"),
    ).subquery("placed")
    first = case((placed.c.page == page, placed.c.place))
    anchor = func.min(first).over(partition_by=placed.c.session_id)
    return select(
        placed.c.user_id,
        placed.c.page,
        placed.c.beside,
        (placed.c.place - anchor).label("level"),
    ).subquery("steps")
