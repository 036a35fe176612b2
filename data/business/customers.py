"""What new users cost and bring: spend by channel, income by months since registration."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Date, Double, cast, func, literal, select

from data.business.scoped import USERS, in_scope, of_users, why_not
from data.engines.differences import days_between
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

DAYS_A_MONTH = 30


def spend_by_channel(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Spend of acquisition campaigns by the campaign's channel: channel, spent."""
    reason = why_not(store, ("spend", "dim_campaign"), about, {"branch"})
    if reason is not None:
        return reason
    spend, campaign = TABLES["spend"], TABLES["dim_campaign"]
    channel = func.coalesce(campaign.c.channel, "").label("channel")
    query = (
        select(channel, cast(func.sum(spend.c.spent_cny), Double).label("spent"))
        .join(campaign, campaign.c.campaign_id == spend.c.campaign_id)
        .where(campaign.c.purpose == "acquisition")
        .where(spend.c.day.between(about.period.first, about.period.last))
    )
    inside = in_scope(store, about, spend.c.branch_id)
    return frame(connection, (query if inside is None else query.where(inside)).group_by(channel))


def income_by_age(
    connection: Connection, store: Store, about: Slice, first: date, last: date
) -> tuple[pd.DataFrame, pd.DataFrame] | Reason:
    """Users registered from ``first`` to ``last`` and what they brought, by months of 30 days.

    The first frame: full (whole months that a user has been seen), users. The second: full, age
    (months since registration, 0 the first), income (fees of successful transactions and net
    interest). Branch and segment are those of the day of registration.
    """
    reason = why_not(store, ("dim_user", "txn"), about, USERS)
    if reason is not None:
        return reason
    user, clock = TABLES["dim_user"], store.clock
    span = Span(clock, first, last)
    relation = select(clock.day_of(user.c.registered_at).label("point_day"), user.c.user_id).where(
        span.holds(user.c.registered_at)
    )
    new = of_users(store, relation, about, span)
    seen = select(
        new.c.user_id,
        new.c.point_day,
        _months(days_between(new.c.point_day, literal(last, Date())) + 1).label("full"),
    ).subquery("seen")
    users = select(seen.c.full, func.count().label("users")).group_by(seen.c.full)
    txn, month = TABLES["txn"], TABLES["user_month"]
    day = clock.day_of(txn.c.occurred_at)
    fees = (
        select(seen.c.full, _months(days_between(seen.c.point_day, day)).label("age"),
               cast(txn.c.fee_cny, Double).label("income"))
        .join(txn, txn.c.user_id == seen.c.user_id)
        .where(txn.c.status == "success", day >= seen.c.point_day, day <= last)
    )  # fmt: skip
    interest = (
        select(seen.c.full, _months(days_between(seen.c.point_day, month.c.month)).label("age"),
               cast(month.c.net_interest_cny, Double).label("income"))
        .join(month, month.c.user_id == seen.c.user_id)
        .where(month.c.month >= seen.c.point_day, month.c.month <= last)
    )  # fmt: skip
    both = fees.union_all(interest).subquery("brought")
    keys = (both.c.full, both.c.age)
    added = select(*keys, func.sum(both.c.income).label("income")).group_by(*keys)
    return frame(connection, users), frame(connection, added)


def _months(days: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.floor(cast(days, Double) / DAYS_A_MONTH)
