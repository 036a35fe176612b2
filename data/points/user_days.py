"""User-days: one row per user, active day, App and module, with that day's dimensions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, insert, literal, or_, select

from data.points.relations.span import TABLES, Span
from data.points.statement import tier_join, user_dimensions
from data.points.tables import ACTIVE_DAY, FLAGS, USER_DAY, VISITOR
from data.slice import SEGMENT_DIMENSIONS

LONGEST_PAGE_MS = 30 * 60 * 1000
AI_HANDLERS = ("ai", "both")


def build_user_days(connection: Connection, span: Span) -> None:
    """Replace the user-days of the span by what the events say now."""
    connection.execute(USER_DAY.delete().where(span.holds_day(USER_DAY.c.day)))
    query = user_days(span)
    connection.execute(insert(USER_DAY).from_select(query.selected_columns.keys(), query))


def build_active_days(connection: Connection, span: Span) -> None:
    """Replace the users' active days of the span by what the user-days say now."""
    connection.execute(ACTIVE_DAY.delete().where(span.holds_day(ACTIVE_DAY.c.day)))
    rows = USER_DAY.c
    # A user's day has one branch and segment: grouping by them too is quicker than picking one.
    keys = [rows[name] for name in ("day", "user_id", "branch_id", *SEGMENT_DIMENSIONS)]
    query = (
        select(
            *keys,
            func.min(rows.app).label("app"),
            *(func.sum(rows[name]).label(name) for name in ("wealth_views", "offers", "finishes")),
            *((func.max(_one(rows[name])) == 1).label(name) for name in FLAGS),
        )
        .where(span.holds_day(rows.day))
        .group_by(*keys)
    )
    connection.execute(insert(ACTIVE_DAY).from_select(query.selected_columns.keys(), query))


def build_visitors(connection: Connection, span: Span) -> None:
    """Bring the first day of every visitor up to date with the events of the span and later.

    A visitor is a device seen with nobody logged in on it; its App is that of its first day, the
    first in the alphabet where there are several.
    """
    event = TABLES["event"]
    connection.execute(VISITOR.delete().where(VISITOR.c.first_day >= span.first))
    unknown = and_(event.c.user_id.is_(None), span.holds(event.c.occurred_at))
    days = (
        select(
            event.c.visitor_id,
            span.clock.day_of(event.c.occurred_at).label("day"),
            func.coalesce(event.c.app, "").label("app"),
        )
        .where(unknown, event.c.visitor_id.not_in(select(VISITOR.c.visitor_id)))
        .subquery("days")
    )
    order = func.row_number().over(
        partition_by=days.c.visitor_id, order_by=(days.c.day, days.c.app)
    )
    seen = select(days, order.label("place_in_order")).subquery("seen")
    query = select(seen.c.visitor_id, seen.c.day, seen.c.app).where(seen.c.place_in_order == 1)
    connection.execute(insert(VISITOR).from_select(VISITOR.columns.keys(), query))


def user_days(span: Span) -> Select[Any]:
    """Activity of registered users, by day, user, App and module."""
    done = _activity(span)
    user, module, tier = TABLES["dim_user"], TABLES["dim_module"], TABLES["user_month"]
    served = _served(span)
    day = done.c.day
    flags = {
        "advanced": func.coalesce(module.c.grade == "advanced", literal(value=False)),
        "consented": _since(span, user.c.consent_at, day, until=user.c.consent_withdrawn_at),
        "verified": _since(span, user.c.realname_at, day),
        "ai_served": served.c.user_id.is_not(None),
    }
    return (
        select(
            *done.columns,
            *(column.label(name) for name, column in user_dimensions(day, span.clock).items()),
            *(flags[name].label(name) for name in FLAGS),
        )
        .join(user, user.c.user_id == done.c.user_id)
        .outerjoin(tier, tier_join(tier, done.c.user_id, day, span))
        .outerjoin(module, module.c.module == done.c.module)
        .outerjoin(served, and_(served.c.user_id == done.c.user_id, served.c.day == day))
        .where(
            span.clock.day_of(user.c.registered_at) <= day,
            or_(user.c.closed_at.is_(None), span.clock.day_of(user.c.closed_at) >= day),
        )
    )


def _activity(span: Span) -> Any:
    event, product = TABLES["event"], TABLES["dim_product"]
    wealth = select(product.c.product_id).where(product.c.kind.in_(("wealth", "fund")))
    wealth_view = and_(event.c.action == "view", event.c.product_id.in_(wealth))
    content = event.c.content_id.is_not(None)
    longest = case(
        (event.c.duration_ms > LONGEST_PAGE_MS, LONGEST_PAGE_MS), else_=event.c.duration_ms
    )
    counted = {
        "opens": event.c.action == "open",
        "searches": event.c.action == "search",
        "content_views": and_(event.c.action == "view", content),
        "content_shares": and_(event.c.action == "share", content),
        "wealth_views": wealth_view,
        "offers": event.c.action == "offer_seen",
        "finishes": event.c.action == "task_finish",
    }
    rows = (
        select(
            span.clock.day_of(event.c.occurred_at).label("day"),
            event.c.user_id,
            func.coalesce(event.c.app, "").label("app"),
            func.coalesce(event.c.module, "").label("module"),
            longest.label("dwell_ms"),
            *(case((when, 1)).label(name) for name, when in counted.items()),
        )
        .where(event.c.user_id.is_not(None), span.holds(event.c.occurred_at))
        .subquery("rows")
    )
    keys = [rows.c[name] for name in ("day", "user_id", "app", "module")]
    dwell = func.coalesce(func.sum(rows.c.dwell_ms), 0).label("dwell_ms")
    counts = [func.count(rows.c[name]).label(name) for name in counted]
    query = select(*keys, func.count().label("events"), dwell, *counts)
    return query.group_by(*keys).subquery("activity")


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _served(span: Span) -> Any:
    """Users whom AI served, by day."""
    service = TABLES["service_session"]
    return (
        select(service.c.user_id, span.clock.day_of(service.c.opened_at).label("day"))
        .where(
            service.c.handled_by.in_(AI_HANDLERS),
            service.c.user_id.is_not(None),
            span.holds(service.c.opened_at),
        )
        .distinct()
        .subquery("served")
    )


def _since(span: Span, begun: Any, day: Any, until: Any = None) -> Any:
    valid = and_(begun.is_not(None), span.clock.day_of(begun) <= day)
    if until is None:
        return valid
    return and_(valid, or_(until.is_(None), span.clock.day_of(until) > day))
