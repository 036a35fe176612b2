"""The way of credit applications: from the limit check to the payout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    cast,
    func,
    select,
)

from data.business.scoped import USERS, of_users, why_not
from data.engines.differences import days_between
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

DAYS_TO_APPLY = 7
STEPS = ("applied", "approved", "drawn")


def credit_steps(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Limit checks of 7 days before the slice's period and how far each came: one row of counts.

    Columns checked, applied (within 7 days), approved, drawn: each among the one before.
    """
    reason = why_not(store, ("application",), about, USERS)
    if reason is not None:
        return reason
    table, lag = TABLES["application"], timedelta(days=DAYS_TO_APPLY)
    span = Span(store.clock, about.period.first - lag, about.period.last - lag)
    day = store.clock.day_of(table.c.checked_at)
    waited = days_between(day, store.clock.day_of(table.c.applied_at))
    applied = and_(table.c.applied_at.is_not(None), waited >= 0, waited <= DAYS_TO_APPLY)
    approved = and_(applied, table.c.approved_at.is_not(None))
    relation = select(
        day.label("point_day"),
        table.c.user_id,
        *(
            cast(case((reached, 1), else_=0), Integer).label(name)
            for name, reached in (
                ("applied", applied),
                ("approved", approved),
                ("drawn", and_(approved, table.c.drawn_at.is_not(None))),
            )
        ),
    ).where(span.holds(table.c.checked_at))
    rows = of_users(store, relation, about, span)
    steps: list[ColumnElement[Any]] = [
        cast(func.coalesce(func.sum(rows.c[n]), 0), BigInteger).label(n)
        for n in ("applied", "approved", "drawn")
    ]
    return frame(connection, select(func.count().label("checked"), *steps).select_from(rows))
