"""Customers by tier and its moves, and by recency, frequency and money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Integer, Numeric, and_, case, cast, func, select

from data.behaviour.scope import day_source, inside, on_day, people, registered_on
from data.engines.differences import days_between
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.tables import MONEY_PLACES, USER_DAY
from data.slice import Slice

Basis = Literal["transactions", "activity"]
QUINTILES = (1, 2, 3, 4, 5)


def tier_moves(
    connection: Connection, store: Store, about: Slice, before: date, after: date
) -> pd.DataFrame:
    """Customers by their tier at two month-ends; '' where there is no row or no tier.

    Scope and segment are those of the day ``after``, tiers left out of the filter. Columns:
    ``source``, ``target``, ``users``.
    """
    free = Slice(
        about.period, about.branch, tuple(f for f in about.filters if f[0] != "tier"), about.rights
    )
    chosen = people(store, free, after).subquery("chosen")
    month = TABLES["user_month"]
    sides = {
        name: select(month.c.user_id, month.c.tier)
        .where(month.c.month == on_day(day))
        .subquery(name)
        for name, day in (("source", before), ("target", after))
    }
    source, target = (
        func.coalesce(sides[name].c.tier, "").label(name) for name in ("source", "target")
    )
    rows = (
        select(source, target)
        .select_from(chosen)
        .outerjoin(sides["source"], sides["source"].c.user_id == chosen.c.user_id)
        .outerjoin(sides["target"], sides["target"].c.user_id == chosen.c.user_id)
        .subquery("rows")
    )
    keys = (rows.c.source, rows.c.target)
    query = select(*keys, func.count().label("users")).group_by(*keys)
    found = frame(connection, query)
    found = found[(found["source"] != "") | (found["target"] != "")]
    return found.sort_values(["source", "target"]).reset_index(drop=True)


def rfm(
    connection: Connection, store: Store, about: Slice, last: date, basis: Basis, days: int = 365
) -> pd.DataFrame:
    """Users of the trailing days by quintile of recency, frequency and money.

    A score is 1 + the fifths of all users that have strictly less: equal values always get equal
    scores, so that fifths may be uneven. Transactions: days since the last one, their number,
    their amount. Activity: days since the last active day, active days, minutes.
    Columns: ``r``, ``f``, ``m`` (1 to 5), ``users``, ``times`` and ``amount`` (their sums).
    """
    who = _buyers(store, about, last, days) if basis == "transactions" else _actives(
        store, about, last, days
    )  # fmt: skip
    ranked = select(
        who,
        *(
            func.rank().over(order_by=who.c[name]).label(f"{name}_rank")
            for name in ("latest", "times", "amount")
        ),
        func.count().over().label("everybody"),
    ).subquery("ranked")
    scores = (("latest", "r"), ("times", "f"), ("amount", "m"))
    rows = select(
        *(_fifth(ranked.c[f"{name}_rank"], ranked.c.everybody).label(key) for name, key in scores),
        ranked.c.times,
        ranked.c.amount,
    ).subquery("rows")
    keys = [rows.c.r, rows.c.f, rows.c.m]
    query = select(
        *keys,
        func.count().label("users"),
        func.sum(rows.c.times).label("times"),
        func.sum(rows.c.amount).label("amount"),
    ).group_by(*keys)
    found = frame(connection, query)
    found["amount"] = found["amount"].astype(float)
    found["times"] = found["times"].astype("int64")
    return found.sort_values(["r", "f", "m"]).reset_index(drop=True)


def _fifth(rank: ColumnElement[int], everybody: ColumnElement[int]) -> ColumnElement[int]:
    """1 to 5, without a division: engines divide whole numbers differently."""
    less = 5 * (rank - 1)
    return case(*((less >= n * everybody, n + 1) for n in (4, 3, 2, 1)), else_=1)


def _buyers(store: Store, about: Slice, last: date, days: int) -> Any:
    txn = TABLES["txn"]
    chosen = people(store, about, about.period.last).subquery("chosen")
    wanted = [
        store.clock.between(txn.c.occurred_at, last - timedelta(days=days - 1), last),
        txn.c.status == "success",
        *(txn.c[name].in_(values) for name, values in about.filters if name in ("module", "app")),
    ]
    return (
        select(
            txn.c.user_id,
            func.max(store.clock.day_of(txn.c.occurred_at)).label("latest"),
            func.count().label("times"),
            func.sum(txn.c.amount_cny).label("amount"),
        )
        .join(chosen, chosen.c.user_id == txn.c.user_id)
        .where(*wanted)
        .group_by(txn.c.user_id)
        .subquery("who")
    )


def _actives(store: Store, about: Slice, last: date, days: int) -> Any:
    """From user-days: dwell time is kept there only, so that all modules' rows are read."""
    rows = USER_DAY
    wanted = rows.c.day.between(last - timedelta(days=days - 1), last)
    by_day = (
        select(rows.c.user_id, rows.c.day, func.sum(rows.c.dwell_ms).label("dwell_ms"))
        .where(wanted, *inside(rows, store, about))
        .group_by(rows.c.user_id, rows.c.day)
        .subquery("by_day")
    )
    minutes = cast(func.sum(by_day.c.dwell_ms), Numeric(38, MONEY_PLACES)) / 60_000
    return (
        select(
            by_day.c.user_id,
            func.max(by_day.c.day).label("latest"),
            func.count().label("times"),
            minutes.label("amount"),
        )
        .group_by(by_day.c.user_id)
        .subquery("who")
    )


def latest_days(store: Store, about: Slice, last: date, names: tuple[str, ...] = ()) -> Any:
    """Open accounts with the days since they were last active, on a day.

    Columns: ``user_id``, ``silent`` (days since the last activity, or since the registration of
    somebody who never came), ``latest`` (null: never), and the dimensions named.
    """
    user = TABLES["dim_user"]
    rows = day_source(about)
    seen = (
        select(rows.c.user_id, func.max(rows.c.day).label("latest"))
        .where(
            rows.c.day <= last,
            *(rows.c[n].in_(v) for n, v in about.filters if n in ("module", "app")),
        )
        .group_by(rows.c.user_id)
        .subquery("seen")
    )
    chosen = people(store, about, last, names).subquery("chosen")
    joined = store.clock.day_of(user.c.registered_at)
    silent = cast(days_between(func.coalesce(seen.c.latest, joined), on_day(last)), Integer())
    return (
        select(
            user.c.user_id,
            silent.label("silent"),
            seen.c.latest,
            *(chosen.c[name] for name in names),
        )
        .join(chosen, chosen.c.user_id == user.c.user_id)
        .outerjoin(seen, seen.c.user_id == user.c.user_id)
        .where(and_(*registered_on(store, last)))
        .subquery("silent_people")
    )


def months_known(store: Store, last: date, back: int) -> tuple[date, date] | None:
    """The last month-end of ``user_month`` up to a day, and the one some months before it."""
    after = store.coverage.last_month_end("user_month", last)
    if after is None:
        return None
    before = after
    for _month in range(back):
        before = before.replace(day=1) - timedelta(days=1)
    return (before, after) if store.coverage.days("user_month", before, before) else None


def tiers_by_month(
    connection: Connection, store: Store, about: Slice, first: date, last: date
) -> pd.DataFrame:
    """Customers by tier at month-ends. Columns: ``month``, ``tier``, ``users``."""
    month = TABLES["user_month"]
    free = Slice(
        about.period, about.branch, tuple(f for f in about.filters if f[0] != "tier"), about.rights
    )
    chosen = people(store, free, last).subquery("chosen")
    span = Span(store.clock, first, last)
    query = (
        select(month.c.month, month.c.tier, func.count().label("users"))
        .join(chosen, chosen.c.user_id == month.c.user_id)
        .where(span.holds_day(month.c.month), month.c.tier.is_not(None))
        .group_by(month.c.month, month.c.tier)
    )
    found = frame(connection, query)
    found["month"] = pd.to_datetime(found["month"])
    return found.sort_values(["month", "tier"]).reset_index(drop=True)
