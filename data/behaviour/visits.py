"""Who is active, period by period: new, returning, recovered, and lost since the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, and_, case, func, literal, or_, select

from data.behaviour.scope import day_source, leaves
from data.engines.warehouse import frame
from data.period import Period
from data.points.read import Store
from data.points.relations.span import TABLES
from data.slice import Slice


def visits(
    connection: Connection, store: Store, about: Slice, periods: Sequence[Period]
) -> pd.DataFrame:
    """Users of consecutive periods by what they did just before.

    Columns: ``place`` (of the period in ``periods``), ``kind`` (new: registered in the period;
    returning: also active in the period before; recovered: active, neither of both; lost: active
    in the period before only), ``users``. Before the first period the one that precedes it is
    looked at. The past of a person is all of it; the segment decides who is counted.
    """
    every = [periods[0].previous(), *periods]
    seen = _by_period(store, about, every)
    over: dict[str, Any] = {"partition_by": seen.c.user_id, "order_by": seen.c.place}
    told = select(
        seen,
        func.lag(seen.c.place, 1, -9).over(**over).label("before"),
        func.lead(seen.c.place, 1, len(every) + 9).over(**over).label("after"),
    ).subquery("told")
    user = TABLES["dim_user"]
    joined = store.clock.day_of(user.c.registered_at)
    news = or_(
        *(and_(told.c.place == n, joined.between(p.first, p.last)) for n, p in enumerate(every))
    )
    kind = case((news, "new"), (told.c.before == told.c.place - 1, "returning"), else_="recovered")
    known = case((user.c.user_id.is_(None), ""), else_=kind).label("kind")
    gone = case((told.c.after != told.c.place + 1, 1), else_=0).label("gone")
    here = (
        select(told.c.place, known, gone)
        .outerjoin(user, user.c.user_id == told.c.user_id)
        .where(told.c.inside == 1)
        .subquery("here")
    )
    keys = (here.c.place, here.c.kind, here.c.gone)
    found = frame(connection, select(*keys, func.count().label("users")).group_by(*keys))
    return _counted(found, len(every))


def _counted(found: pd.DataFrame, periods: int) -> pd.DataFrame:
    """From users by place, kind and whether they were gone in the next period."""
    found = found.astype({"place": int, "gone": int})
    came = found[(found["place"] > 0) & (found["kind"] != "")]
    left = found[(found["gone"] == 1) & (found["place"] < periods - 1)]
    lost = left.assign(place=left["place"] + 1, kind="lost")
    both = pd.concat([came, lost], ignore_index=True)
    both["place"] -= 1
    return both.groupby(["place", "kind"], as_index=False)[["users"]].sum()


def _by_period(store: Store, about: Slice, periods: Sequence[Period]) -> Any:
    """One row per user and period with activity; ``inside``: on a day that the slice is about."""
    rows = day_source(about)
    branches = leaves(store, about)
    wanted = [rows.c[name].in_(values) for name, values in about.filters]
    if branches is not None:
        wanted.append(rows.c.branch_id.in_(branches))
    day = rows.c.day
    place = case(
        *((day.between(p.first, p.last), n) for n, p in enumerate(periods)), else_=-1
    ).label("place")
    within = day.between(periods[0].first, periods[-1].last)
    counted = case((and_(*wanted), 1), else_=0) if wanted else literal(1)
    days = select(rows.c.user_id, place, counted.label("inside")).where(within).subquery("days")
    return (
        select(days.c.user_id, days.c.place, func.max(days.c.inside).label("inside"))
        .where(days.c.place >= 0)
        .group_by(days.c.user_id, days.c.place)
        .subquery("seen")
    )
