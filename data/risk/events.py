"""Risk events, the risk register, public mentions and complaints: what happened, how it was met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Select,
    Table,
    case,
    cast,
    func,
    select,
)

from data.business.scoped import USERS, in_scope, of_users, why_not
from data.engines.differences import seconds_between
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.risk import CLOSING_LIMIT_S
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

FOUND_WITHIN_S = 2 * 3600
"""A negative mention is to be found within two hours."""
MOST_ROWS = 20_000
MINUTES: tuple[float, ...] = (
    1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 720, 1440, 4320, 10080,
)  # fmt: skip
"""Bounds of the buckets of times, as the points detection_time and complaint_time have them."""


def events(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Events that began in the slice's period, the newest first, at most 20 000.

    Columns class, level, module, occurred_at (naive UTC), detect_min, close_h (from detection;
    None: open), limit_h, loss.
    """
    reason = why_not(store, ("risk_event",), about, {"branch", "module"})
    if reason is not None:
        return reason
    table = TABLES["risk_event"]
    began = func.coalesce(table.c.detected_at, table.c.occurred_at)
    limit = case(*((table.c.level == level, s / 3600) for level, s in CLOSING_LIMIT_S.items()))
    query = select(
        table.c["class"],
        table.c.level,
        table.c.module,
        table.c.occurred_at,
        (cast(seconds_between(table.c.occurred_at, table.c.detected_at), Float) / 60).label(
            "detect_min"
        ),
        (cast(seconds_between(began, table.c.closed_at), Float) / 3600).label("close_h"),
        limit.label("limit_h"),
        cast(table.c.loss_cny, Float).label("loss"),
    ).where(store.clock.between(table.c.occurred_at, about.period.first, about.period.last))
    query = _within(store, about, query, table, ("module",))
    return frame(connection, query.order_by(table.c.occurred_at.desc()).limit(MOST_ROWS))


def register(connection: Connection, store: Store, months: Sequence[date]) -> pd.DataFrame | Reason:
    """The risk register at month-ends: month, class, likelihood, impact, weight. Of the bank."""
    if not store.coverage.has("risk_assessment"):
        return Reason("needs_table", "risk_assessment")
    table = TABLES["risk_assessment"]
    columns = [table.c[n] for n in ("month", "class", "likelihood", "impact", "weight")]
    return frame(connection, select(*columns).where(table.c.month.in_(list(months))))


def mentions(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Mentions of the bank by theme: theme, mentions, negative, found_in_time (of the negative)."""
    reason = why_not(store, ("mention",), about, ())
    if reason is not None:
        return reason
    table = TABLES["mention"]
    negative = table.c.sentiment == "negative"
    quick = seconds_between(table.c.published_at, table.c.found_at) <= FOUND_WITHIN_S
    theme = func.coalesce(table.c.theme, "").label("theme")
    columns: list[ColumnElement[Any]] = [
        theme,
        func.count().label("mentions"),
        cast(func.sum(case((negative, 1), else_=0)), BigInteger).label("negative"),
        cast(
            func.sum(case((negative & table.c.found_at.is_not(None) & quick, 1), else_=0)),
            BigInteger,
        ).label("found_in_time"),
    ]
    query = select(*columns).where(
        table.c.about == "self",
        store.clock.between(table.c.published_at, about.period.first, about.period.last),
    )
    return frame(connection, query.group_by(theme))


def complaints(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Complaints opened in the period: theme, level, hours to close (None: open)."""
    reason = why_not(store, ("complaint",), about, USERS | {"module"})
    if reason is not None:
        return reason
    table = TABLES["complaint"]
    span = Span(store.clock, about.period.first, about.period.last)
    relation = select(
        store.clock.day_of(table.c.opened_at).label("point_day"),
        table.c.user_id,
        func.coalesce(table.c.module, "").label("module"),
        func.coalesce(table.c.theme, "").label("theme"),
        table.c.level,
        (cast(seconds_between(table.c.opened_at, table.c.closed_at), Float) / 3600).label("hours"),
    ).where(span.holds(table.c.opened_at))
    rows = of_users(store, relation, about, span)
    return frame(connection, select(rows.c.theme, rows.c.level, rows.c.hours).limit(MOST_ROWS))


def _within(
    store: Store, about: Slice, query: Select[Any], table: Table, columns: Sequence[str]
) -> Select[Any]:
    for name, values in about.filters:
        if name in columns:
            query = query.where(table.c[name].in_(values))
    inside = in_scope(store, about, table.c.branch_id)
    return query if inside is None else query.where(inside)
