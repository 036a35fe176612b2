"""Loans over their months: vintages, moves between days past due, scores and their outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Integer,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    or_,
    select,
)

from data.business.scoped import USERS, of_users, why_not
from data.engines.differences import add_days, month_end
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.business import BAD_CLASSES
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

LOAN = TABLES["loan_month"]
BUCKETS = ("current", "1_29", "30_59", "60_89", "90_over", "unknown")
GONE = "gone"
"""Where a loan goes that has no row at the next month's end: repaid, sold or written off."""


def bad(table: Any) -> ColumnElement[bool]:
    """Non-performing, as the indicator has it: by class, by 90 days where no class is given."""
    grade, past_due = table.c["class"], table.c.days_past_due
    return or_(grade.in_(BAD_CLASSES), and_(grade.is_(None), past_due >= 90))


def _loans(store: Store, about: Slice, last: date) -> tuple[Select[Any], Span]:
    """Month-ends up to ``last`` with the columns that the analyses need."""
    first = store.coverage.first_day or last
    runs = store.coverage.runs.get("loan_month", ())
    first = min([first, *(start for start, _ in runs)])
    span = Span(store.clock, first, last)
    query = select(
        LOAN.c.month.label("point_day"),
        LOAN.c.user_id,
        LOAN.c.loan_id,
        LOAN.c.application_id,
        LOAN.c.balance_cny,
        LOAN.c.days_past_due,
        LOAN.c.originated_on,
        case((bad(LOAN), 1), else_=0).label("bad"),
        case((LOAN.c.days_past_due >= 30, 1), else_=0).label("late"),
    ).where(span.holds_day(LOAN.c.month))
    return query, span


def vintages(
    connection: Connection, store: Store, about: Slice, last: date
) -> pd.DataFrame | Reason:
    """Loans by month of origination and the first month on book at which they were 30 days late.

    One row a month of origination and month on book: month (its end), age (0 the month of
    origination; None: never late so far), loans. Only loans first seen in the month of origination
    or the one after: of older ones the beginning is not known.
    """
    reason = why_not(store, ("loan_month",), about, USERS)
    if reason is not None:
        return reason
    query, span = _loans(store, about, last)
    rows = of_users(store, query, about, span)
    born = month_end(rows.c.originated_on)
    age = _months(rows.c.point_day) - _months(born)
    loans = (
        select(
            rows.c.loan_id,
            func.min(born).label("month"),
            func.min(age).label("seen"),
            func.min(case((rows.c.late == 1, age))).label("age"),
            func.count(rows.c.days_past_due).label("known"),
        )
        .where(rows.c.originated_on.is_not(None))
        .group_by(rows.c.loan_id)
        .subquery("loans")
    )
    grouped = (
        select(loans.c.month, loans.c.age, func.count().label("loans"))
        .where(loans.c.seen <= 1, loans.c.known > 0)
        .group_by(loans.c.month, loans.c.age)
    )
    return frame(connection, grouped.order_by(loans.c.month, loans.c.age))


def moves(connection: Connection, store: Store, about: Slice, last: date) -> pd.DataFrame | Reason:
    """Loans from one month-end to the next, by days past due: start, end, loans, balance.

    ``start`` and ``end`` are of `BUCKETS`, ``end`` also `GONE`; balance (CNY) is that at the start.
    Month-ends of the last year up to ``last``, the last of which only ends moves.
    """
    reason = why_not(store, ("loan_month",), about, USERS)
    if reason is not None:
        return reason
    query, span = _loans(store, about, last)
    rows = of_users(store, query, about, span)
    since = date(last.year - 1, last.month, 1)
    after = LOAN.alias("after")
    query_moves = (
        select(
            _bucket(rows.c.days_past_due).label("start"),
            case((after.c.loan_id.is_(None), GONE), else_=_bucket(after.c.days_past_due)).label(
                "end"
            ),
            rows.c.balance_cny,
        )
        .outerjoin(
            after,
            and_(
                after.c.loan_id == rows.c.loan_id,
                after.c.month == month_end(add_days(rows.c.point_day, 1)),
            ),
        )
        .where(rows.c.point_day >= since, rows.c.point_day < last)
        .subquery("moves")
    )
    keys = (query_moves.c.start, query_moves.c.end)
    added = select(
        *keys,
        func.count().label("loans"),
        cast(func.sum(query_moves.c.balance_cny), Double).label("balance"),
    ).group_by(*keys)
    return frame(connection, added)


def scored(connection: Connection, store: Store, about: Slice, last: date) -> pd.DataFrame | Reason:
    """Applications with a risk score, in bands of 10: score, applied, approved, booked, bad.

    ``booked``: with a loan that has been on book; ``bad``: of these, non-performing or 30 days late
    at any month-end up to ``last``.
    """
    reason = why_not(store, ("application", "loan_month"), about, USERS)
    if reason is not None:
        return reason
    table, clock = TABLES["application"], store.clock
    first = store.coverage.first_day or last
    span = Span(clock, first, last)
    relation = select(
        clock.day_of(table.c.applied_at).label("point_day"),
        table.c.user_id,
        table.c.application_id,
        table.c.risk_score,
        table.c.approved_at,
    ).where(table.c.risk_score.is_not(None), span.holds(table.c.applied_at))
    rows = of_users(store, relation, about, span)
    fate = (
        select(
            LOAN.c.application_id,
            func.max(case((or_(bad(LOAN), LOAN.c.days_past_due >= 30), 1), else_=0)).label("bad"),
        )
        .where(LOAN.c.application_id.is_not(None), LOAN.c.month <= last)
        .group_by(LOAN.c.application_id)
        .subquery("fate")
    )
    band = (func.floor(cast(rows.c.risk_score, Double) / 10) * 10).label("score")
    query = (
        select(
            band,
            func.count().label("applied"),
            func.count(rows.c.approved_at).label("approved"),
            func.count(fate.c.application_id).label("booked"),
            cast(func.coalesce(func.sum(fate.c.bad), 0), BigInteger).label("bad"),
        )
        .select_from(rows)
        .outerjoin(fate, fate.c.application_id == rows.c.application_id)
        .group_by(band)
    )
    found = frame(connection, query)
    return found.sort_values("score").reset_index(drop=True)


def _months(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(extract("year", day) * 12 + extract("month", day), Integer)


def _bucket(past_due: ColumnElement[Any]) -> ColumnElement[str]:
    return case(
        (past_due.is_(None), BUCKETS[5]),
        (past_due <= 0, BUCKETS[0]),
        (past_due < 30, BUCKETS[1]),
        (past_due < 60, BUCKETS[2]),
        (past_due < 90, BUCKETS[3]),
        else_=BUCKETS[4],
    )
