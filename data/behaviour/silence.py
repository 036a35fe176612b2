"""Who has fallen silent: counts by how long, and the people themselves, for readers who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, case, false, func, select

from data.behaviour.customers import latest_days
from data.behaviour.scope import SMALLEST_GROUP
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.tables import USER_DAY
from data.slice import Slice, SliceError

_RANKS = {"vip": 5, "wealth": 4, "preferred": 3, "potential": 2, "basic": 1}


def silent_counts(
    connection: Connection, store: Store, about: Slice, last: date, limits: Sequence[int]
) -> pd.DataFrame:
    """Open accounts by days of silence and tier, on a day.

    ``limits``: ascending days at which a level begins. Columns: ``level`` (0: below the first
    limit; n: from the n-th on), ``tier``, ``users``.
    """
    people = latest_days(store, about, last, ("tier",))
    steps = [(people.c.silent >= days, n) for n, days in reversed([*enumerate(limits, 1)])]
    rows = select(case(*steps, else_=0).label("level"), people.c.tier).subquery("rows")
    keys = (rows.c.level, rows.c.tier)
    query = select(*keys, func.count().label("users")).group_by(*keys)
    return frame(connection, query).sort_values(["level", "tier"]).reset_index(drop=True)


def silent_people(
    connection: Connection,
    store: Store,
    about: Slice,
    last: date,
    silent: tuple[int, int | None],
    page: tuple[int, int],
) -> pd.DataFrame:
    """A page of the people silent for a span of days (the upper bound excluded; None: open).

    ``page``: rows to leave out, rows to give. Highest tier first, then the shortest silence, as
    these are the easiest to win back. Columns: ``user_id``, ``silent``, ``latest``, ``tier``,
    ``branch_id``, ``module`` (their most used one; '' without). No row where fewer than
    `SMALLEST_GROUP` people are silent for that span. Raises SliceError for a reader who may not
    see rows.
    """
    if not about.rights.rows:
        raise SliceError("lists of people are not open to you")
    people = latest_days(store, about, last, ("tier", "branch_id"))
    wanted: list[ColumnElement[bool]] = [people.c.silent >= silent[0]]
    if silent[1] is not None:
        wanted.append(people.c.silent < silent[1])
    counted = select(func.count()).select_from(people).where(and_(*wanted))
    if connection.execute(counted).scalar_one() < SMALLEST_GROUP:
        wanted.append(false())
    rank = case(*((people.c.tier == name, n) for name, n in _RANKS.items()), else_=0)
    query = (
        select(people)
        .where(and_(*wanted))
        .order_by(rank.desc(), people.c.silent, people.c.user_id)
        .offset(page[0])
        .limit(page[1])
    )
    found = frame(connection, query)
    found["latest"] = pd.to_datetime(found["latest"])
    liked = _favourites(connection, [str(one) for one in found["user_id"]], last)
    found["module"] = [liked.get(str(one), "") for one in found["user_id"]]
    return found


def _favourites(connection: Connection, users: Sequence[str], last: date) -> dict[str, str]:
    """The module that each of some people used on most days."""
    if not users:
        return {}
    rows = USER_DAY
    days = (
        select(rows.c.user_id, rows.c.module, func.count().label("days"))
        .where(rows.c.user_id.in_(users), rows.c.day <= last, rows.c.module != "")
        .group_by(rows.c.user_id, rows.c.module)
        .subquery("days")
    )
    order = func.row_number().over(
        partition_by=days.c.user_id, order_by=(days.c.days.desc(), days.c.module)
    )
    ranked = select(days.c.user_id, days.c.module, order.label("place")).subquery("ranked")
    query = select(ranked.c.user_id, ranked.c.module).where(ranked.c.place == 1)
    return {row.user_id: row.module for row in connection.execute(query)}
