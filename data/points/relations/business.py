"""Relations over transactions, applications, loans and money spent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.types import DateTime

from data.engines.differences import add_days, days_between
from data.points.relations.span import TABLES, Span

BAD_CLASSES = ("substandard", "doubtful", "loss")


def first_purchase(span: Span) -> Select[Any]:
    """Users' first successful purchases, and whether another follows within 90 days."""
    txn = TABLES["txn"]
    by, order = txn.c.user_id, (txn.c.occurred_at, txn.c.txn_id)
    bought = (
        select(
            txn.c.user_id,
            txn.c.occurred_at,
            func.row_number().over(partition_by=by, order_by=order).label("place_in_order"),
            # The last of a user's purchases is compared with itself: 0 days, not a repeat.
            func.lead(txn.c.occurred_at, 1, txn.c.occurred_at, type_=DateTime())
            .over(partition_by=by, order_by=order)
            .label("following"),
            func.lead(txn.c.txn_id, 1, "")
            .over(partition_by=by, order_by=order)
            .label("following_id"),
        )
        .where(
            txn.c.kind == "purchase",
            txn.c.status == "success",
            txn.c.occurred_at < span.clock.start(span.last + timedelta(days=91)),
        )
        .subquery("bought")
    )
    first = span.clock.day_of(bought.c.occurred_at)
    waited = days_between(first, span.clock.day_of(bought.c.following))
    return select(
        first.label("point_day"),
        bought.c.user_id,
        and_(bought.c.following_id != "", waited <= 90).label("repeated"),
    ).where(bought.c.place_in_order == 1, span.holds(bought.c.occurred_at))


def application(span: Span) -> Select[Any]:
    """Limit checks by day, and whether an application follows within 7 days."""
    table = TABLES["application"]
    day = span.clock.day_of(table.c.checked_at)
    waited = days_between(day, span.clock.day_of(table.c.applied_at))
    return select(
        day.label("point_day"),
        table.c.user_id,
        and_(table.c.applied_at.is_not(None), waited >= 0, waited <= 7).label("applied"),
    ).where(span.holds(table.c.checked_at))


def loan(span: Span) -> Select[Any]:
    """Loans at month-ends; non-performing by class, by 90 days past due where no class is given."""
    table = TABLES["loan_month"]
    grade, past_due = table.c["class"], table.c.days_past_due
    return select(
        table.c.month.label("point_day"),
        table.c.user_id,
        table.c.balance_cny,
        past_due,
        or_(grade.is_not(None), past_due.is_not(None)).label("graded"),
        or_(grade.in_(BAD_CLASSES), and_(grade.is_(None), past_due >= 90)).label("npl"),
    ).where(span.holds_day(table.c.month))


def first_instalment(span: Span) -> Select[Any]:
    """Loans by the day their first instalment is due, and whether it is 7 days late or more."""
    table = TABLES["loan_month"]
    loans = (
        select(
            table.c.loan_id,
            func.min(table.c.user_id).label("user_id"),
            func.max(table.c.first_due_on).label("due"),
            func.max(table.c.first_paid_on).label("paid"),
        )
        .group_by(table.c.loan_id)
        .having(span.holds_day(func.max(table.c.first_due_on)))
        .subquery("loans")
    )
    return select(
        loans.c.due.label("point_day"),
        loans.c.user_id,
        or_(loans.c.paid.is_(None), loans.c.paid >= add_days(loans.c.due, 7)).label("late"),
    )


def spend(span: Span) -> Select[Any]:
    """Money planned and spent, with the purpose of its campaign."""
    table, campaign = TABLES["spend"], TABLES["dim_campaign"]
    return (
        select(
            table.c.day.label("point_day"),
            table.c.branch_id,
            table.c.campaign_id,
            table.c.category,
            table.c.planned_cny,
            table.c.spent_cny,
            campaign.c.purpose,
        )
        .outerjoin(campaign, campaign.c.campaign_id == table.c.campaign_id)
        .where(span.holds_day(table.c.day))
    )
