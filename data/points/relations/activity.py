"""Relations over events and user-days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.types import Date

from data.engines.differences import add_days
from data.points.relations.span import TABLES, Span, active_days
from data.points.tables import VISITOR
from data.slice import SEGMENT_DIMENSIONS

NEVER = date(2149, 1, 1)  # a day that every engine can hold


def task(span: Span) -> Select[Any]:
    """Runs of a task by the day they start; finished by a ``task_finish`` of the same id.

    A run is an id on a day on which it starts, so that a day's runs are the same whatever the
    span. A finish counts up to the end of the day after the start.
    """
    days = _task_days(span)
    over: dict[str, Any] = {"partition_by": days.c.task_id, "order_by": days.c.day}
    following = select(
        days,
        func.lead(days.c.day, 1, cast(literal(NEVER, Date()), Date()))
        .over(**over)
        .label("next_day"),
        func.lead(days.c.finishes, 1, 0).over(**over).label("next_finishes"),
    ).subquery("runs")
    same_day = and_(following.c.ended.is_not(None), following.c.ended >= following.c.started)
    next_day = and_(
        following.c.next_day == add_days(following.c.day, 1), following.c.next_finishes > 0
    )
    return select(
        following.c.day.label("point_day"),
        following.c.started,
        following.c.user_id,
        following.c.module,
        following.c.app,
        or_(func.coalesce(same_day, literal(value=False)), next_day).label("finished"),
    ).where(following.c.started.is_not(None), span.holds_day(following.c.day))


def _task_days(span: Span) -> Subquery:
    event = TABLES["event"]
    begins, ends = event.c.action == "task_start", event.c.action == "task_finish"
    rows = (
        select(
            event.c.task_id,
            span.clock.day_of(event.c.occurred_at).label("day"),
            case((begins, event.c.occurred_at)).label("started"),
            case((ends, event.c.occurred_at)).label("ended"),
            case((ends, 1), else_=0).label("finish"),
            *(event.c[name] for name in ("user_id", "module", "app")),
        )
        .where(
            or_(begins, ends),
            event.c.task_id.is_not(None),
            event.c.user_id.is_not(None),
            span.holds(event.c.occurred_at, more=1),
        )
        .subquery("task_events")
    )
    return (
        select(
            rows.c.task_id,
            rows.c.day,
            func.min(rows.c.started).label("started"),
            func.max(rows.c.ended).label("ended"),
            func.sum(rows.c.finish).label("finishes"),
            *(func.min(rows.c[name]).label(name) for name in ("user_id", "module", "app")),
        )
        .group_by(rows.c.task_id, rows.c.day)
        .subquery("task_days")
    )


def visitor(span: Span) -> Select[Any]:
    """Visitors by the day they are first seen, and whether they registered within 7 days."""
    event, user = TABLES["event"], TABLES["dim_user"]
    registered, week = span.clock.day_of(user.c.registered_at), add_days(VISITOR.c.first_day, 7)
    linked = (
        select(VISITOR.c.visitor_id)
        .join(event, event.c.visitor_id == VISITOR.c.visitor_id)
        .join(user, user.c.user_id == event.c.user_id)
        .where(
            span.holds_day(VISITOR.c.first_day),
            span.holds(event.c.occurred_at, more=7),
            span.holds(user.c.registered_at, more=7),
            span.clock.day_of(event.c.occurred_at).between(VISITOR.c.first_day, week),
            registered.between(VISITOR.c.first_day, week),
        )
        .distinct()
        .subquery("linked")
    )
    return (
        select(
            VISITOR.c.first_day.label("point_day"),
            VISITOR.c.app,
            linked.c.visitor_id.is_not(None).label("registered"),
        )
        .outerjoin(linked, linked.c.visitor_id == VISITOR.c.visitor_id)
        .where(span.holds_day(VISITOR.c.first_day))
    )


def silence(span: Span) -> Select[Any]:
    """Users' active days that 30 days without activity follow, the account still open."""
    days, user = active_days(span, after=30), TABLES["dim_user"]
    following = func.lead(days.c.day, 1, cast(literal(NEVER, Date()), Date())).over(
        partition_by=days.c.user_id, order_by=days.c.day
    )
    runs = select(days, following.label("next_day")).subquery("runs")
    closed = span.clock.day_of(user.c.closed_at)
    return (
        select(
            runs.c.day.label("point_day"),
            *(runs.c[name] for name in ("branch_id", *SEGMENT_DIMENSIONS, "app")),
        )
        .outerjoin(user, and_(user.c.user_id == runs.c.user_id, closed <= add_days(runs.c.day, 30)))
        .where(
            span.holds_day(runs.c.day),
            runs.c.next_day > add_days(runs.c.day, 30),
            user.c.user_id.is_(None),
        )
    )


def wealth_view(span: Span) -> Select[Any]:
    """User-days with a view of a wealth or fund product; whether a purchase follows in 7 days."""
    days, txn, product = active_days(span), TABLES["txn"], TABLES["dim_product"]
    bought_on = (
        select(txn.c.user_id, span.clock.day_of(txn.c.occurred_at).label("day"))
        .join(product, product.c.product_id == txn.c.product_id)
        .where(
            txn.c.kind == "purchase",
            txn.c.status == "success",
            product.c.kind.in_(("wealth", "fund")),
            span.holds(txn.c.occurred_at, more=7),
        )
        .subquery("bought_on")
    )
    bought = exists().where(
        bought_on.c.user_id == days.c.user_id,
        bought_on.c.day >= days.c.day,
        bought_on.c.day <= add_days(days.c.day, 7),
    )
    return select(
        days.c.day.label("point_day"),
        *(days.c[name] for name in ("branch_id", *SEGMENT_DIMENSIONS, "app")),
        bought.label("bought"),
    ).where(days.c.wealth_views > 0)
