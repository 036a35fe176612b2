"""Who took part in a campaign, and whether they were seen again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    distinct,
    false,
    func,
    literal,
    select,
    union_all,
)  # fmt: skip

from data.campaigns.audience import Audience
from data.engines.differences import add_days
from data.period import Period
from data.points.relations.span import TABLES
from data.points.tables import ACTIVE_DAY

TOOK_PART = ("joined", "converted")
WATCHED_DAYS = 30
KEPT_FROM = 24


@dataclass(frozen=True)
class Participants:
    """Users who joined, converted or registered through a campaign.

    ``ripe``: those whose first such day lies 30 days back or more; of these ``gone`` were active
    on none of the 30 days after it, ``kept`` on at least one of the days 24 to 30.
    """

    users: int
    registered: int
    ripe: int
    gone: int
    kept: int


def participants_of(
    connection: Connection, audience: Audience, ids: Sequence[str], known: Period | None
) -> dict[str, Participants]:
    """Participants by campaign; ``known``: the days whose activity is loaded, None for none.

    Whoever's 30 days are not all among them is not ripe: nothing is known of them.
    """
    if not ids:
        return {}
    seen = _seen_again(audience, ids).subquery("seen")
    ripe: ColumnElement[bool] = false()
    if known is not None:
        last = known.last - timedelta(days=WATCHED_DAYS)
        ripe = seen.c.day.between(known.first, last)
    query = select(
        seen.c.campaign_id,
        func.count().label("users"),
        func.sum(seen.c.registered).label("registered"),
        _number(ripe).label("ripe"),
        _number(and_(ripe, seen.c.later == 0)).label("gone"),
        _number(and_(ripe, seen.c.kept == 1)).label("kept"),
    ).group_by(seen.c.campaign_id)
    return {
        row["campaign_id"]: Participants(
            int(row["users"]), int(row["registered"]), int(row["ripe"]), int(row["gone"]),
            int(row["kept"]),
        )
        for row in connection.execute(query).mappings()
    }  # fmt: skip


def registered_through(connection: Connection, audience: Audience, ids: Sequence[str]) -> int:
    """Distinct users who registered through one of the campaigns."""
    if not ids:
        return 0
    part = _registrations(audience, ids).subquery("part")
    return int(connection.execute(select(func.count(distinct(part.c.user_id)))).scalar_one())


def _number(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _seen_again(audience: Audience, ids: Sequence[str]) -> Select[Any]:
    """One row a campaign and participant: first day, and whether active after it."""
    both = union_all(_joins(audience, ids), _registrations(audience, ids)).subquery("both")
    part = (
        select(
            both.c.campaign_id,
            both.c.user_id,
            func.min(both.c.day).label("day"),
            func.max(both.c.registered).label("registered"),
        )
        .group_by(both.c.campaign_id, both.c.user_id)
        .subquery("part")
    )
    active = ACTIVE_DAY.c
    after = and_(
        active.user_id == part.c.user_id,
        active.day > part.c.day,
        active.day <= add_days(part.c.day, WATCHED_DAYS),
    )
    late = active.day >= add_days(part.c.day, KEPT_FROM)
    return (
        select(
            part.c.campaign_id,
            part.c.user_id,
            part.c.day,
            part.c.registered,
            func.max(case((active.day.is_not(None), 1), else_=0)).label("later"),
            func.max(case((late, 1), else_=0)).label("kept"),
        )
        .select_from(part.outerjoin(ACTIVE_DAY, after))
        .group_by(part.c.campaign_id, part.c.user_id, part.c.day, part.c.registered)
    )


def _joins(audience: Audience, ids: Sequence[str]) -> Select[Any]:
    touch, campaign = TABLES["touch"], TABLES["dim_campaign"]
    start = campaign.c.starts_on
    rows = audience.joined(
        touch.join(campaign, campaign.c.campaign_id == touch.c.campaign_id), touch.c.user_id, start
    )
    return (
        select(
            touch.c.campaign_id,
            touch.c.user_id,
            audience.clock.day_of(touch.c.occurred_at).label("day"),
            literal(0).label("registered"),
        )
        .select_from(rows)
        .where(
            touch.c.campaign_id.in_(list(ids)), touch.c.kind.in_(TOOK_PART), *audience.holds(start)
        )
    )


def _registrations(audience: Audience, ids: Sequence[str]) -> Select[Any]:
    """Users of the campaign; a newcomer's segment is that of the day of registration."""
    user = TABLES["dim_user"].alias("newcomer")
    day = audience.clock.day_of(user.c.registered_at)
    return (
        select(
            user.c.campaign_id,
            user.c.user_id,
            day.label("day"),
            literal(1).label("registered"),
        )
        .select_from(audience.joined(user, user.c.user_id, day))
        .where(
            user.c.campaign_id.in_(list(ids)),
            user.c.registered_at.is_not(None),
            *audience.holds(day),
        )
    )
