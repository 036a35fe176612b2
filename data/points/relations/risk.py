"""Relations over risk events, compliance, suspicious cases, campaigns, service and complaints."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, Select, and_, case, cast, func, select

from data.engines.differences import add_seconds, seconds_between
from data.points.relations.span import TABLES, Span
from data.points.tables import REPORT_LIMIT

CLOSING_LIMIT_S = {3: 4 * 3600, 2: 24 * 3600, 1: 72 * 3600}


def risk_detected(span: Span) -> Select[Any]:
    """Risk events by the day of detection, with the minutes from start to detection."""
    table = TABLES["risk_event"]
    minutes = cast(seconds_between(table.c.occurred_at, table.c.detected_at), Float) / 60.0
    return select(
        span.clock.day_of(table.c.detected_at).label("point_day"),
        table.c.branch_id,
        table.c.module,
        minutes.label("minutes"),
    ).where(span.holds(table.c.detected_at))


def risk_due(span: Span) -> Select[Any]:
    """Risk events by the day their limit ends (from detection), and whether they closed in time."""
    table = TABLES["risk_event"]
    began = func.coalesce(table.c.detected_at, table.c.occurred_at)
    limit = case(*((table.c.level == level, s) for level, s in CLOSING_LIMIT_S.items()))
    due = add_seconds(began, limit)
    events = select(
        due.label("due"), table.c.closed_at, table.c.branch_id, table.c.module
    ).subquery("events")
    return select(
        span.clock.day_of(events.c.due).label("point_day"),
        events.c.branch_id,
        events.c.module,
        and_(events.c.closed_at.is_not(None), events.c.closed_at <= events.c.due).label("on_time"),
    ).where(span.holds(events.c.due))


def finding_due(span: Span) -> Select[Any]:
    """Findings by their due day, and whether they were rectified by then."""
    table = TABLES["compliance_check"]
    on_time = and_(table.c.rectified_on.is_not(None), table.c.rectified_on <= table.c.due_on)
    return select(
        table.c.due_on.label("point_day"), table.c.branch_id, on_time.label("on_time")
    ).where(span.holds_day(table.c.due_on))


def finding_late(span: Span) -> Select[Any]:
    """Findings rectified after their due day, by the day of rectification."""
    table = TABLES["compliance_check"]
    return select(table.c.rectified_on.label("point_day"), table.c.branch_id).where(
        table.c.rectified_on > table.c.due_on, span.holds_day(table.c.rectified_on)
    )


def report_due(span: Span) -> Select[Any]:
    """Confirmed cases by the last day for their report, and whether it was made by then."""
    table = TABLES["suspicious_case"]
    reported = span.clock.day_of(table.c.reported_at)
    on_time = and_(table.c.reported_at.is_not(None), reported <= REPORT_LIMIT.c.due_day)
    return (
        select(
            REPORT_LIMIT.c.due_day.label("point_day"),
            table.c.branch_id,
            on_time.label("on_time"),
        )
        .join(REPORT_LIMIT, REPORT_LIMIT.c.day == span.clock.day_of(table.c.confirmed_at))
        .where(span.holds_day(REPORT_LIMIT.c.due_day))
    )


def report_late(span: Span) -> Select[Any]:
    """Cases reported after their limit, by the day of the report."""
    table = TABLES["suspicious_case"]
    reported = span.clock.day_of(table.c.reported_at)
    return (
        select(reported.label("point_day"), table.c.branch_id)
        .join(REPORT_LIMIT, REPORT_LIMIT.c.day == span.clock.day_of(table.c.confirmed_at))
        .where(span.holds(table.c.reported_at), reported > REPORT_LIMIT.c.due_day)
    )


def campaign(span: Span) -> Select[Any]:
    """Campaigns by their first day: reviewed three ways before it, and without a finding."""
    table = TABLES["dim_campaign"]
    reviews = ("business_reviewed_at", "compliance_reviewed_at", "technical_reviewed_at")
    reviewed = [
        and_(table.c[name].is_not(None), span.clock.day_of(table.c[name]) <= table.c.starts_on)
        for name in reviews
    ]
    return select(
        table.c.starts_on.label("point_day"),
        and_(*reviewed).label("reviewed"),
        table.c.finding.is_(None).label("clean"),
    ).where(span.holds_day(table.c.starts_on))


def service(span: Span) -> Select[Any]:
    """Contacts with service by the day they open, with the seconds to the first response."""
    table = TABLES["service_session"]
    seconds = cast(seconds_between(table.c.opened_at, table.c.first_response_at), Float)
    return select(
        span.clock.day_of(table.c.opened_at).label("point_day"),
        table.c.user_id,
        table.c.module,
        table.c.handled_by,
        table.c.resolved,
        seconds.label("response_s"),
    ).where(span.holds(table.c.opened_at))


def complaint_closed(span: Span) -> Select[Any]:
    """Complaints by the day they are closed, with the hours that took."""
    table = TABLES["complaint"]
    hours = cast(seconds_between(table.c.opened_at, table.c.closed_at), Float) / 3600.0
    return select(
        span.clock.day_of(table.c.closed_at).label("point_day"),
        table.c.user_id,
        table.c.module,
        hours.label("hours"),
    ).where(span.holds(table.c.closed_at))
