"""Who comes back after registering: by cohort and age, on a day, by where they began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, Integer, and_, case, cast, distinct, extract, func, select

from data.behaviour.scope import EVENT, leaves
from data.engines.differences import add_days, days_between
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.statement import tier_join, user_dimensions
from data.points.tables import ACTIVE_DAY
from data.slice import SEGMENT_DIMENSIONS, Slice

Unit = Literal["week", "month"]


def newcomers(store: Store, about: Slice, first: date, last: date) -> Any:
    """Registrations of some days by the slice's people, in the segment of that day.

    Columns: ``user_id``, ``joined`` (the day).
    """
    user, month = TABLES["dim_user"], TABLES["user_month"]
    span = Span(store.clock, first, last)
    joined = store.clock.day_of(user.c.registered_at)
    dims = user_dimensions(joined, store.clock)
    query = select(user.c.user_id, joined.label("joined")).where(span.holds(user.c.registered_at))
    if "tier" in about.segment:
        query = query.outerjoin(month, tier_join(month, user.c.user_id, joined, span))
    for name, values in about.segment.items():
        if name in SEGMENT_DIMENSIONS:
            query = query.where(dims[name].in_(values))
    branches = leaves(store, about)
    if branches is not None:
        query = query.where(user.c.branch_id.in_(branches))
    return query.subquery("newcomers")


def joined_by_day(
    connection: Connection, store: Store, about: Slice, first: date, last: date
) -> pd.DataFrame:
    """Registrations by day. Columns: ``joined``, ``users``."""
    new = newcomers(store, about, first, last)
    query = select(new.c.joined, func.count().label("users")).group_by(new.c.joined)
    return _days(frame(connection, query), "joined")


def cohort_activity(
    connection: Connection, store: Store, about: Slice, first: date, last: date, unit: Unit
) -> pd.DataFrame:
    """Users active again, by the day they registered and their age then.

    Age: whole weeks since the registration, or calendar months since its month. Columns:
    ``joined``, ``age``, ``users`` (distinct within a cell; nobody is in two days).
    """
    new = newcomers(store, about, first, last)
    day = ACTIVE_DAY.c.day
    if unit == "week":
        age: Any = cast(func.floor(days_between(new.c.joined, day) / 7.0), Integer())
    else:
        age = cast(_months(day) - _months(new.c.joined), Integer())
    until = store.coverage.last_day("event") or last
    rows = (
        select(new.c.user_id, new.c.joined, age.label("age"))
        .join(ACTIVE_DAY, and_(ACTIVE_DAY.c.user_id == new.c.user_id, day >= new.c.joined))
        .where(day.between(first, until))
        .distinct()
        .subquery("rows")
    )
    query = select(rows.c.joined, rows.c.age, func.count().label("users"))
    return _days(frame(connection, query.group_by(rows.c.joined, rows.c.age)), "joined")


def _months(day: Any) -> Any:
    return extract("year", day) * 12 + extract("month", day)


def returns(
    connection: Connection, store: Store, about: Slice, ages: Sequence[int]
) -> pd.DataFrame:
    """Users active exactly n days after registering, n in ``ages``, that day in the period.

    Columns: ``age``, ``users``. The newcomers to hold them against are those who registered n
    days before the days of the period: ``joined_by_day``.
    """
    first, last = about.period.first, about.period.last
    new = newcomers(store, about, first - timedelta(days=max(ages)), last)
    age = days_between(new.c.joined, ACTIVE_DAY.c.day)
    rows = (
        select(age.label("age"), new.c.user_id)
        .join(ACTIVE_DAY, ACTIVE_DAY.c.user_id == new.c.user_id)
        .where(ACTIVE_DAY.c.day.between(first, last), age.in_(list(ages)))
        .subquery("rows")
    )
    query = select(rows.c.age, func.count(distinct(rows.c.user_id)).label("users"))
    found = frame(connection, query.group_by(rows.c.age))
    return found.sort_values("age").reset_index(drop=True)


def by_first_module(
    connection: Connection,
    store: Store,
    about: Slice,
    first: date,
    last: date,
    ages: Sequence[int] = (1, 7, 30),
) -> pd.DataFrame:
    """Newcomers by the module of their first page view on the day they registered.

    Columns: ``module`` ('' without a view that day), ``age``, ``ripe`` (newcomers whose n-th day
    is known), ``kept`` (those of them active on it).
    """
    new = newcomers(store, about, first, last)
    until = store.coverage.last_day("event") or last
    began = _first_views(store, new, first, last)
    active = ACTIVE_DAY
    age = days_between(new.c.joined, active.c.day)
    seen = (
        select(
            new.c.user_id,
            *(func.max(case((age == n, 1), else_=0)).label(f"d{n}") for n in ages),
        )
        .join(active, active.c.user_id == new.c.user_id)
        .where(active.c.day.between(first, until), age.in_(list(ages)))
        .group_by(new.c.user_id)
        .subquery("seen")
    )
    module = func.coalesce(began.c.module, "").label("module")
    columns = []
    for n in ages:
        ripe = add_days(new.c.joined, n) <= until
        columns.append(case((ripe, 1), else_=0).label(f"ripe_{n}"))
        columns.append(case((ripe, func.coalesce(seen.c[f"d{n}"], 0)), else_=0).label(f"kept_{n}"))
    rows = (
        select(module, *columns)
        .select_from(new)
        .outerjoin(began, began.c.user_id == new.c.user_id)
        .outerjoin(seen, seen.c.user_id == new.c.user_id)
        .subquery("rows")
    )
    sums = [func.sum(rows.c[c.name]).label(c.name) for c in columns]
    wide = frame(connection, select(rows.c.module, *sums).group_by(rows.c.module))
    parts = [
        wide[["module", f"ripe_{n}", f"kept_{n}"]]
        .rename(columns={f"ripe_{n}": "ripe", f"kept_{n}": "kept"})
        .assign(age=n)
        for n in ages
    ]
    found = pd.concat(parts, ignore_index=True)
    found[["ripe", "kept"]] = found[["ripe", "kept"]].astype("int64")
    return (
        found[["module", "age", "ripe", "kept"]]
        .sort_values(["age", "module"])
        .reset_index(drop=True)
    )


def _first_views(store: Store, new: Any, first: date, last: date) -> Any:
    """Every newcomer's first module on the day of registration."""
    day = store.clock.day_of(EVENT.c.occurred_at)
    order = func.row_number().over(
        partition_by=EVENT.c.user_id, order_by=(EVENT.c.occurred_at, EVENT.c.module)
    )
    rows = (
        select(EVENT.c.user_id, EVENT.c.module, order.label("place"))
        .join(new, and_(new.c.user_id == EVENT.c.user_id, new.c.joined == day))
        .where(
            EVENT.c.page.is_not(None),
            EVENT.c.module.is_not(None),
            store.clock.between(EVENT.c.occurred_at, first, last),
        )
        .subquery("views")
    )
    return select(rows.c.user_id, rows.c.module).where(rows.c.place == 1).subquery("began")


def _days(found: pd.DataFrame, column: str) -> pd.DataFrame:
    found[column] = pd.to_datetime(found[column])
    return found.sort_values(list(found.columns[:-1])).reset_index(drop=True)
