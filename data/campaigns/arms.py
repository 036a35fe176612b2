"""Treated and holdout: what members of a campaign brought before and after they were assigned.

Only counts, sums and sums of squares leave the warehouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    select,
)
from sqlalchemy.types import Double

from data.campaigns.audience import Audience, with_users
from data.engines.differences import add_seconds, days_between
from data.points.clock import Clock
from data.points.relations.span import TABLES

WINDOW_DAYS = 30
SPANS = ("post", "before", "earlier")
"""The 30 days from assignment, the 30 days before, and the 30 days before those."""


@dataclass(frozen=True)
class ArmTotals:
    """Members of one arm (of one group of users) and their fee income by span.

    ``sums`` and ``squares`` hold, by span, Σ income and Σ income² in CNY; ``payers`` the members
    with a successful transaction in the 30 days from assignment.
    """

    campaign: str
    arm: str
    group: str
    members: int
    sums: tuple[float, float, float]
    squares: tuple[float, float, float]
    payers: int


def with_holdout(connection: Connection, clock: Clock, ids: Sequence[str]) -> dict[str, date]:
    """Campaigns that have both arms, with the last day on which a member was assigned."""
    if not ids:
        return {}
    member = TABLES["campaign_member"]
    query = (
        select(member.c.campaign_id, func.max(member.c.assigned_at).label("last"))
        .where(member.c.campaign_id.in_(list(ids)))
        .group_by(member.c.campaign_id)
        .having(func.count(distinct(member.c.arm)) == 2)
    )
    found = connection.execute(query).mappings()
    return {row["campaign_id"]: clock.day(row["last"]) for row in found}


def treated_of(
    connection: Connection, audience: Audience, ids: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """By campaign: treated members of the audience, and of the whole bank."""
    if not ids:
        return {}
    everybody = Audience(audience.clock, None)
    here, bank = (_treated(connection, one, ids) for one in (audience, everybody))
    return {name: (here.get(name, 0), bank[name]) for name in bank}


def _treated(connection: Connection, audience: Audience, ids: Sequence[str]) -> dict[str, int]:
    member, campaign = TABLES["campaign_member"], TABLES["dim_campaign"]
    start = campaign.c.starts_on
    rows = member.join(campaign, campaign.c.campaign_id == member.c.campaign_id)
    query = (
        select(member.c.campaign_id, func.count().label("treated"))
        .select_from(audience.joined(rows, member.c.user_id, start))
        .where(
            member.c.campaign_id.in_(list(ids)), member.c.arm == "treated", *audience.holds(start)
        )
        .group_by(member.c.campaign_id)
    )
    found = connection.execute(query).mappings()
    return {row["campaign_id"]: int(row["treated"]) for row in found}


def arm_totals(
    connection: Connection, audience: Audience, ids: Sequence[str], by: str | None = None
) -> tuple[ArmTotals, ...]:
    """Totals by campaign and arm, split by a dimension of users on the campaign's first day.

    ``by`` is ``branch_id`` or a segment dimension; without it there is one group, ''.
    """
    if not ids:
        return ()
    start = TABLES["dim_campaign"].c.starts_on
    group = {"group_of_users": audience.dimensions(start)[by]} if by else {}
    one = one_member(audience, ids, **group)
    name = one.c.group_of_users if by else literal("").label("group_of_users")
    keys = (one.c.campaign_id, one.c.arm, *([name] if by else []))
    query = select(one.c.campaign_id, one.c.arm, name, *measured(one)).group_by(*keys)
    return tuple(_totals(row) for row in connection.execute(query).mappings())


def one_member(audience: Audience, ids: Sequence[str], **groups: ColumnElement[Any]) -> Subquery:
    """One row a member of the audience, with what ``groups`` say of the user."""
    members, campaign = _members(audience, ids), TABLES["dim_campaign"]
    both = members.join(campaign, campaign.c.campaign_id == members.c.campaign_id)
    users = with_users if groups else audience.joined
    return (
        select(members, *(column.label(name) for name, column in groups.items()))
        .select_from(users(both, members.c.user_id, campaign.c.starts_on))
        .where(*audience.holds(campaign.c.starts_on))
        .subquery("one_member")
    )


def measured(one: Subquery) -> list[ColumnElement[Any]]:
    """Members, sums and squares of income by span, and payers, of rows of ``one_member``."""
    value = [cast(one.c[span], Double) for span in SPANS]
    return [
        func.count().label("members"),
        *(func.sum(income).label(f"sum_{i}") for i, income in enumerate(value)),
        *(func.sum(income * income).label(f"square_{i}") for i, income in enumerate(value)),
        func.sum(one.c.paid).label("payers"),
    ]


def _totals(row: Any) -> ArmTotals:
    sums = [float(row[f"sum_{i}"] or 0) for i in range(3)]
    squares = [float(row[f"square_{i}"] or 0) for i in range(3)]
    return ArmTotals(
        row["campaign_id"], row["arm"], row["group_of_users"],
        int(row["members"]), (sums[0], sums[1], sums[2]), (squares[0], squares[1], squares[2]),
        int(row["payers"] or 0),
    )  # fmt: skip


def _members(audience: Audience, ids: Sequence[str]) -> Subquery:
    """One row a member: income by span, as marketing_roi counts it, and whether anything paid."""
    member, txn = TABLES["campaign_member"], TABLES["txn"]
    day = audience.clock.day_of(member.c.assigned_at)
    age = days_between(day, audience.clock.day_of(txn.c.occurred_at))
    # From the moment of assignment on: what came earlier on that day belongs to the time before.
    post = and_(txn.c.occurred_at >= member.c.assigned_at, age < WINDOW_DAYS)
    earlier = age < -WINDOW_DAYS
    in_span = (post, and_(txn.c.occurred_at < member.c.assigned_at, ~earlier), earlier)
    seconds = 86_400 * (2 * WINDOW_DAYS + 1)
    near = and_(
        txn.c.user_id == member.c.user_id,
        txn.c.status == "success",
        txn.c.occurred_at >= add_seconds(member.c.assigned_at, -seconds),
        age >= -2 * WINDOW_DAYS,
        age < WINDOW_DAYS,
    )
    sums = [
        func.coalesce(func.sum(case((inside, txn.c.fee_cny), else_=0)), 0).label(span)
        for span, inside in zip(SPANS, in_span, strict=True)
    ]
    return (
        select(
            member.c.campaign_id,
            member.c.user_id,
            member.c.arm,
            *sums,
            func.max(case((post, 1), else_=0)).label("paid"),
        )
        .select_from(member.outerjoin(txn, near))
        .where(member.c.campaign_id.in_(list(ids)))
        .group_by(member.c.campaign_id, member.c.user_id, member.c.arm)
        .subquery("members")
    )


def ripe_on(last_assigned: date) -> date:
    """The last day whose transactions the effect needs."""
    return last_assigned + timedelta(days=WINDOW_DAYS - 1)
