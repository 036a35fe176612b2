"""Judged transactions and fraud by module and day, or hour of the day."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Integer, case, cast, extract, func, select

from data.business.daily import module_days
from data.business.scoped import USERS, of_users, why_not
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

DAYS_TO_JUDGE = 30
"""As for the indicators of fraud: what happened 30 days before has had time to be judged."""


COUNTED = {
    "txn_judged": "judged",
    "txn_fraud": "fraud",
    "fraud_blocked": "blocked",
    "fraud_loss": "loss",
}


def fraud_by_day(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """The same transactions by module and day, from the kept points that the indicators read.

    Columns module, day (on which they were made), judged, fraud, blocked, loss (CNY).
    """
    reason = why_not(store, ("txn",), about, USERS | {"module", "app"})
    if reason is not None:
        return reason
    lag = timedelta(days=DAYS_TO_JUDGE)
    first, last = about.period.first - lag, about.period.last - lag
    found = module_days(connection, store, tuple(COUNTED), about, first, last)
    return found[found["txn_judged"] > 0].rename(columns=COUNTED).reset_index(drop=True)


def fraud_by_hour(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Transactions of 30 days before the slice's period, by module and hour of the bank's zone.

    Columns module, hour, judged, fraud, blocked (of the fraud), loss (CNY).
    """
    reason = why_not(store, ("txn",), about, USERS | {"module", "app"})
    if reason is not None:
        return reason
    txn, lag = TABLES["txn"], timedelta(days=DAYS_TO_JUDGE)
    span = Span(store.clock, about.period.first - lag, about.period.last - lag)
    fraud = txn.c.fraud.is_(True)
    relation = select(
        store.clock.day_of(txn.c.occurred_at).label("point_day"),
        cast(extract("hour", store.clock.local(txn.c.occurred_at)), Integer).label("hour"),
        txn.c.user_id,
        func.coalesce(txn.c.module, "").label("module"),
        func.coalesce(txn.c.app, "").label("app"),
        case((fraud, 1), else_=0).label("fraud"),
        case((fraud & (txn.c.status == "blocked"), 1), else_=0).label("blocked"),
        case((fraud, txn.c.loss_cny), else_=0).label("loss"),
    ).where(txn.c.fraud.is_not(None), span.holds(txn.c.occurred_at))
    rows = of_users(store, relation, about, span)
    keys = (rows.c.module, rows.c.hour)
    query = select(
        *keys,
        func.count().label("judged"),
        cast(func.sum(rows.c.fraud), BigInteger).label("fraud"),
        cast(func.sum(rows.c.blocked), BigInteger).label("blocked"),
        cast(func.coalesce(func.sum(rows.c.loss), 0), Double).label("loss"),
    ).group_by(*keys)
    return frame(connection, query.order_by(*keys))
