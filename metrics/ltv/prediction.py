"""Predicted lifetime value of new users, for banks that bring no prediction of their own.

A user's clock starts at registration; a purchase is a later day with a successful transaction
that earned a fee. The models are fitted on everybody whose registration lies within the data; a
new user is predicted once, at the end of the month of registration, and that value stays.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, Date, Select, and_, func, literal, select

from data.contract import CONTRACT
from data.engines.differences import append, days_between, month_end
from data.engines.warehouse import frame
from data.period import month_end as end_of_month
from data.points.clock import Clock
from data.points.tables import PREDICTED_LTV
from metrics.ltv.bg_nbd import BgNbd, fit_bg_nbd
from metrics.ltv.gamma_gamma import GammaGamma, fit_gamma_gamma
from metrics.ltv.lifetime import predicted_ltv

HORIZON_WEEKS = 156.0
ANNUAL_DISCOUNT = 0.10
USER, TXN, MONTH = (CONTRACT.tables[name] for name in ("dim_user", "txn", "user_month"))


def predict_new_users(connection: Connection, clock: Clock, last: date, full: bool) -> None:
    """Predict users of complete months who have no prediction yet; all of them when ``full``.

    Where the models cannot be fitted nobody is predicted, and the indicator says so.
    """
    if full:
        connection.execute(PREDICTED_LTV.delete())
    begun = _first_transaction(connection, clock)
    if begun is None:
        return
    complete = last if last == end_of_month(last) else last.replace(day=1) - timedelta(days=1)
    new = _weeks(frame(connection, _histories(clock, begun, complete, complete)))
    if not len(new):
        return
    everybody = _weeks(frame(connection, _histories(clock, begun, last, None)))
    purchases, amounts = fit_bg_nbd(everybody).model, fit_gamma_gamma(everybody).model
    if purchases is not None and amounts is not None:
        _keep(connection, new, purchases, amounts, _margin(connection), last)


def _first_transaction(connection: Connection, clock: Clock) -> date | None:
    first = connection.execute(select(func.min(TXN.c.occurred_at))).scalar()
    return None if first is None else clock.day(first)


def _histories(clock: Clock, first: date, last: date, cohort: date | None) -> Select[Any]:
    """Users registered from ``first`` to ``last`` with their fee-earning days after it.

    With ``cohort`` each one is observed to the end of the month of registration only, and those
    who have a prediction are left out.
    """
    registered = clock.day_of(USER.c.registered_at)
    users = select(USER.c.user_id, registered.label("day")).where(
        clock.between(USER.c.registered_at, first, last)
    )
    if cohort is not None:
        users = users.where(USER.c.user_id.not_in(select(PREDICTED_LTV.c.user_id)))
    new = users.subquery("new_users")
    day = clock.day_of(TXN.c.occurred_at)
    bought = (
        select(TXN.c.user_id, day.label("day"), func.sum(TXN.c.fee_cny).label("fees"))
        .where(TXN.c.status == "success", TXN.c.fee_cny > 0)
        .where(clock.between(TXN.c.occurred_at, first, last))
        .group_by(TXN.c.user_id, day)
        .subquery("bought")
    )
    until = month_end(new.c.day) if cohort is not None else literal(last, Date())
    after = and_(bought.c.user_id == new.c.user_id, bought.c.day > new.c.day)
    return (
        select(
            new.c.user_id,
            func.count(bought.c.day).label("frequency"),
            func.coalesce(func.max(days_between(new.c.day, bought.c.day)), 0).label("recency"),
            func.max(days_between(new.c.day, until)).label("age"),
            func.sum(bought.c.fees).label("amount"),
        )
        .outerjoin(bought, and_(after, bought.c.day <= until))
        .group_by(new.c.user_id)
    )


def _weeks(rows: pd.DataFrame) -> pd.DataFrame:
    """Days as weeks, amounts as means of the purchases (NaN without one)."""
    frequency = rows["frequency"].astype(np.float64)
    amount = rows["amount"].astype(np.float64)
    return pd.DataFrame(
        {
            "user_id": rows["user_id"],
            "frequency": frequency,
            "recency": rows["recency"].astype(np.float64) / 7,
            "age": rows["age"].astype(np.float64) / 7,
            "monetary": (amount / frequency).where(frequency > 0),
        }
    )


def _margin(connection: Connection) -> float:
    """Income for each yuan of fees: fees and net interest over fees; 1 without known interest."""
    fees = connection.execute(
        select(func.sum(TXN.c.fee_cny)).where(TXN.c.status == "success")
    ).scalar()
    interest = connection.execute(
        select(func.sum(MONTH.c.net_interest_cny))
        .join(USER, USER.c.user_id == MONTH.c.user_id)
        .where(USER.c.registered_at.is_not(None))
    ).scalar()
    return 1.0 if not fees or interest is None else float(1 + max(0, interest) / fees)


def _keep(
    connection: Connection,
    new: pd.DataFrame,
    purchases: BgNbd,
    amounts: GammaGamma,
    margin: float,
    fitted_on: date,
) -> None:
    values = predicted_ltv(
        purchases, amounts, new["frequency"], new["recency"], new["age"], new["monetary"],
        HORIZON_WEEKS, ANNUAL_DISCOUNT, margin,
    )  # fmt: skip
    known = np.isfinite(values)
    cents = pa.array(np.round(values[known], 2)).cast(pa.decimal128(18, 2), safe=False)
    rows = pa.table(
        {
            "user_id": pa.array(new["user_id"].to_numpy()[known], pa.string()),
            "ltv_cny": cents,
            "fitted_on": pa.array([fitted_on] * int(known.sum()), pa.date32()),
        }
    )
    append(connection, PREDICTED_LTV, rows)
