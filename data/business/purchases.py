"""Days on which new users earned the bank a fee: what lifetime value is fitted on."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import Connection, Double, cast, func, select

from data.business.scoped import USERS, of_users, why_not
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

MOST = 200_000
"""Days with a fee that are brought over: more would say the same more slowly."""


def fee_days(
    connection: Connection, store: Store, about: Slice, first: date, last: date
) -> pd.DataFrame | Reason:
    """Days with fees of users registered in the span: user (a number), day, amount.

    The clock of a user starts at registration, as in metrics/ltv: the day of registration comes
    first with an amount of 0. Users are numbered; their ids stay in the warehouse.
    """
    reason = why_not(store, ("dim_user", "txn"), about, USERS)
    if reason is not None:
        return reason
    user, txn, clock = TABLES["dim_user"], TABLES["txn"], store.clock
    span = Span(clock, first, last)
    relation = select(clock.day_of(user.c.registered_at).label("point_day"), user.c.user_id).where(
        span.holds(user.c.registered_at)
    )
    new = of_users(store, relation, about, span)
    numbered = select(new, func.row_number().over(order_by=new.c.user_id).label("number")).subquery(
        "numbered"
    )
    day = clock.day_of(txn.c.occurred_at)
    bought = (
        select(
            numbered.c.number.label("user"),
            day.label("day"),
            cast(func.sum(txn.c.fee_cny), Double).label("amount"),
        )
        .join(txn, txn.c.user_id == numbered.c.user_id)
        .where(txn.c.status == "success", txn.c.fee_cny > 0, span.holds(txn.c.occurred_at))
        .where(day > numbered.c.point_day)
        .group_by(numbered.c.number, day)
        .limit(MOST)
    )
    starts = select(numbered.c.number.label("user"), numbered.c.point_day.label("day"))
    rows = frame(connection, bought)
    begun = frame(connection, starts).assign(amount=0.0)
    return pd.concat([begun, rows], ignore_index=True)
