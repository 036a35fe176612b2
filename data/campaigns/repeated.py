"""Conversion by the number of contacts, and by the month of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from data.campaigns.audience import Audience, with_users
from data.engines.differences import month_end
from data.points.relations.span import TABLES


@dataclass(frozen=True)
class Reached:
    """Users by contacts each had in a campaign and month-end of the last; how many converted."""

    campaign: str
    contacts: int
    month: date
    users: int
    converted: int


def reached_by_contacts(
    connection: Connection, audience: Audience, ids: Sequence[str]
) -> tuple[Reached, ...]:
    """Users exposed to each campaign, by number of exposures and month of the last exposure."""
    if not ids:
        return ()
    one = _one_user(audience, ids).subquery("one_user")
    keys = (one.c.campaign_id, one.c.contacts, one.c.month)
    query = select(*keys, func.count().label("users"), func.sum(one.c.converted).label("done"))
    rows = connection.execute(query.group_by(*keys).order_by(*keys)).mappings()
    return tuple(
        Reached(
            row["campaign_id"], int(row["contacts"]), row["month"], int(row["users"]),
            int(row["done"]),
        )
        for row in rows
    )  # fmt: skip


def reached_by_group(
    connection: Connection, audience: Audience, campaign: str, dimension: str
) -> tuple[tuple[str, int, int], ...]:
    """Users exposed and converted by a dimension of users on the campaign's first day."""
    one = _one_user(audience, [campaign]).subquery("one_user")
    table = TABLES["dim_campaign"]
    day = table.c.starts_on
    rows = one.join(table, table.c.campaign_id == one.c.campaign_id)
    group = audience.dimensions(day)[dimension].label("group_of_users")
    users = (
        select(group, one.c.converted)
        .select_from(with_users(rows, one.c.user_id, day))
        .subquery("users")
    )
    key = users.c.group_of_users
    counted = (func.count().label("users"), func.sum(users.c.converted).label("done"))
    query = select(key, *counted).group_by(key).order_by(key)
    found = connection.execute(query).mappings()
    return tuple((row["group_of_users"], int(row["users"]), int(row["done"])) for row in found)


def _one_user(audience: Audience, ids: Sequence[str]) -> Select[Any]:
    touch, campaign = TABLES["touch"], TABLES["dim_campaign"]
    start = campaign.c.starts_on
    rows = touch.join(campaign, campaign.c.campaign_id == touch.c.campaign_id)
    exposed = touch.c.kind == "exposed"
    last = func.max(case((exposed, audience.clock.day_of(touch.c.occurred_at))))
    return (
        select(
            touch.c.campaign_id,
            touch.c.user_id,
            func.sum(case((exposed, 1), else_=0)).label("contacts"),
            month_end(last).label("month"),
            func.max(case((touch.c.kind == "converted", 1), else_=0)).label("converted"),
        )
        .select_from(audience.joined(rows, touch.c.user_id, start))
        .where(and_(touch.c.campaign_id.in_(list(ids)), *audience.holds(start)))
        .group_by(touch.c.campaign_id, touch.c.user_id)
        .having(func.sum(case((exposed, 1), else_=0)) > 0)
    )
