"""Whose rows count: scope, rights and segment of a slice as conditions on people and their days.

Where the order of events matters a person belongs to the segment that holds on one day (the last
of the period), so that whole chains are kept; user-days carry the segment of their own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, cast, literal, or_, select

from data.points.read import Store, permitted_scope
from data.points.relations.span import TABLES, Span
from data.points.statement import tier_join, user_dimensions
from data.points.tables import ACTIVE_DAY, ANCESTOR, USER_DAY
from data.points.wants import Reason
from data.slice import SEGMENT_DIMENSIONS, Slice

EVENT = TABLES["event"]
SMALLEST_GROUP = 5
"""People a group must have to be shown where people are listed or paths are drawn."""


def leaves(store: Store, about: Slice) -> frozenset[str] | None:
    """The branches of the permitted scope; None for the whole bank. Raises SliceError."""
    scope = permitted_scope(store, about)
    return store.leaves[scope] if scope else None


def day_source(about: Slice) -> Any:
    """One row a user and day, or, where the slice names a module or App, a row of each."""
    return USER_DAY if {"module", "app"} & set(about.segment) else ACTIVE_DAY


def inside(rows: Any, store: Store, about: Slice) -> list[ColumnElement[bool]]:
    """Conditions on user-days: scope, rights and every filter of the slice."""
    found: list[ColumnElement[bool]] = [rows.c[name].in_(v) for name, v in about.filters]
    branches = leaves(store, about)
    if branches is not None:
        found.append(rows.c.branch_id.in_(branches))
    return found


def is_narrowed(store: Store, about: Slice) -> bool:
    """Whether the slice is about some people only."""
    return bool(set(about.segment) & set(SEGMENT_DIMENSIONS)) or leaves(store, about) is not None


def on_day(day: date) -> ColumnElement[date]:
    """A day as a typed constant."""
    return cast(literal(day, Date()), Date)


def dimension_columns(store: Store, day: date) -> dict[str, ColumnElement[Any]]:
    """Every user's branch and segment on a day; needs ``people`` around."""
    return user_dimensions(on_day(day), store.clock)


def people(store: Store, about: Slice, day: date, names: Sequence[str] = ()) -> Select[Any]:
    """Users of the slice as of a day: ``user_id`` and the dimensions named.

    A user who was not registered by then is in; who must be registered says so itself.
    """
    user, month = TABLES["dim_user"], TABLES["user_month"]
    columns = dimension_columns(store, day)
    query = select(user.c.user_id, *(columns[name].label(name) for name in names))
    tier_wanted = "tier" in names or "tier" in about.segment
    if tier_wanted:
        span = Span(store.clock, day, day)
        query = query.outerjoin(month, tier_join(month, user.c.user_id, on_day(day), span))
    else:
        query = query.select_from(user)
    for name, values in about.segment.items():
        if name in SEGMENT_DIMENSIONS:
            query = query.where(columns[name].in_(values))
    branches = leaves(store, about)
    return query if branches is None else query.where(user.c.branch_id.in_(branches))


def children(store: Store, about: Slice) -> tuple[str, ...]:
    """The nodes right below the permitted scope; below an only head office those it has."""
    above = {node: set(nodes) for node, nodes in store.nodes_above.items()}
    scope = permitted_scope(store, about)
    while True:
        depth = len(above[scope]) + 1
        found = [n for n, up in above.items() if n and scope in up and len(up) == depth]
        if len(found) != 1 or scope == found[0]:
            return tuple(sorted(found))
        deeper = [n for n, up in above.items() if found[0] in up and len(up) == depth + 1]
        if not deeper:
            return tuple(found)
        scope = found[0]


def child_of(store: Store, about: Slice) -> Subquery:
    """Every leaf branch with the node right below the scope that it counts towards."""
    nodes = children(store, about)
    pairs = select(ANCESTOR.c.branch_id, ANCESTOR.c.node).where(ANCESTOR.c.node.in_(nodes))
    return pairs.subquery("child")


def events_of(store: Store, about: Slice, first: date, last: date) -> list[ColumnElement[bool]]:
    """Conditions on events: days, a known user, App and module, people of the slice."""
    found = [EVENT.c.user_id.is_not(None), store.clock.between(EVENT.c.occurred_at, first, last)]
    found += [EVENT.c[n].in_(v) for n, v in about.filters if n in ("module", "app")]
    if is_narrowed(store, about):
        chosen = people(store, about, about.period.last).subquery("chosen")
        found.append(EVENT.c.user_id.in_(select(chosen.c.user_id)))
    return found


def registered_on(store: Store, day: date) -> list[ColumnElement[bool]]:
    """Conditions on dim_user: registered by the end of a day, not closed by then."""
    user = TABLES["dim_user"]
    end = store.clock.start(day + timedelta(days=1))
    return [
        user.c.registered_at < end,
        or_(user.c.closed_at.is_(None), user.c.closed_at >= end),
    ]


def missing(store: Store, tables: Sequence[str], first: date, last: date) -> Reason | None:
    """Why nothing can be said: a table that was never loaded, or not for any of these days."""
    for table in tables:
        if not store.coverage.has(table):
            return Reason("needs_table", table)
        if not store.coverage.days(table, first, last):
            return Reason("not_loaded", table)
    return None


def known_until(store: Store, table: str, last: date) -> date:
    """The last day up to ``last`` for which a table is complete."""
    end = store.coverage.last_day(table)
    return last if end is None else min(last, end)
