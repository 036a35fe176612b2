"""Relations over users, their month-ends, and the campaigns that reach them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    select,
)

from data.contract.vocabulary import TIERS
from data.engines.differences import add_days, days_between, month_end
from data.points.relations.span import TABLES, Span, active_days
from data.points.tables import MONEY_PLACES, PREDICTED_LTV


def registration(span: Span) -> Select[Any]:
    """Registrations, with activity on day 1, 7 and 30, activation within 7 days, predicted value.

    Activated: phone verified, an offer seen and a task finished within 7 days. The value is the
    bank's own prediction at the end of the month of registration, else Canopy's.
    """
    user, month = TABLES["dim_user"], TABLES["user_month"]
    new = _registered(span)
    seen = _first_month(span, new)
    ltv = func.coalesce(month.c.predicted_ltv_cny, PREDICTED_LTV.c.ltv_cny)
    verified = span.clock.day_of(user.c.phone_verified_at)
    return (
        select(
            new.c.point_day,
            new.c.user_id,
            user.c.referred_by.is_not(None).label("referred"),
            *((func.coalesce(seen.c[f"d{n}"], 0) > 0).label(f"active_d{n}") for n in (1, 7, 30)),
            and_(
                verified <= add_days(new.c.point_day, 7),
                func.coalesce(seen.c.offers, 0) > 0,
                func.coalesce(seen.c.finishes, 0) > 0,
            ).label("activated"),
            ltv.label("ltv_cny"),
            ltv.is_not(None).label("ltv_known"),
        )
        .join(user, user.c.user_id == new.c.user_id)
        .outerjoin(seen, seen.c.user_id == new.c.user_id)
        .outerjoin(
            month,
            and_(month.c.user_id == new.c.user_id, month.c.month == month_end(new.c.point_day)),
        )
        .outerjoin(PREDICTED_LTV, PREDICTED_LTV.c.user_id == new.c.user_id)
    )


def _registered(span: Span) -> Subquery:
    user = TABLES["dim_user"]
    return (
        select(user.c.user_id, span.clock.day_of(user.c.registered_at).label("point_day"))
        .where(span.holds(user.c.registered_at))
        .subquery("new_users")
    )


def _first_month(span: Span, new: Subquery) -> Subquery:
    """Per new user: active days 1, 7 and 30 after registration; offers and tasks of 7 days."""
    days = active_days(span, after=30)
    age = days_between(new.c.point_day, days.c.day)
    week = age <= 7
    return (
        select(
            new.c.user_id,
            *(func.sum(case((age == n, 1), else_=0)).label(f"d{n}") for n in (1, 7, 30)),
            *(
                func.sum(case((week, days.c[name]), else_=0)).label(name)
                for name in ("offers", "finishes")
            ),
        )
        .join(days, and_(days.c.user_id == new.c.user_id, days.c.day >= new.c.point_day))
        .where(days.c.day <= add_days(new.c.point_day, 30))
        .group_by(new.c.user_id)
        .subquery("first_month")
    )


def closure(span: Span) -> Select[Any]:
    """Closures of App accounts by their day."""
    user = TABLES["dim_user"]
    return select(user.c.user_id, span.clock.day_of(user.c.closed_at).label("point_day")).where(
        user.c.registered_at.is_not(None), span.holds(user.c.closed_at)
    )


def tier_move(span: Span) -> Select[Any]:
    """Month-ends of users who were below VIP three months before, and whether they rose."""
    month = TABLES["user_month"]
    earlier = month.alias("earlier")
    # 92 days before a month's last day always lies three calendar months before.
    before = month_end(add_days(month.c.month, -92))
    return (
        select(
            month.c.month.label("point_day"),
            month.c.user_id,
            (_rank(month.c.tier) > _rank(earlier.c.tier)).label("raised"),
        )
        .join(earlier, and_(earlier.c.user_id == month.c.user_id, earlier.c.month == before))
        .where(
            span.holds_day(month.c.month),
            month.c.tier.is_not(None),
            earlier.c.tier.in_([tier for tier in TIERS if tier != "vip"]),
        )
    )


def _rank(tier: ColumnElement[Any]) -> ColumnElement[int]:
    return case(*((tier == name, rank) for rank, name in enumerate(TIERS)))


def recall(span: Span) -> Select[Any]:
    """User-days of contact after 7 silent days or more, and whether activity follows in 14 days."""
    touch = TABLES["touch"]
    days = active_days(span, before=7, after=14)
    day = span.clock.day_of(touch.c.occurred_at)
    contacts = (
        select(touch.c.user_id, day.label("point_day"))
        .where(touch.c.kind == "exposed", span.holds(touch.c.occurred_at))
        .distinct()
        .subquery("contacts")
    )
    lately = exists().where(
        days.c.user_id == contacts.c.user_id,
        days.c.day > add_days(contacts.c.point_day, -7),
        days.c.day < contacts.c.point_day,
    )
    returned = exists().where(
        days.c.user_id == contacts.c.user_id,
        days.c.day >= contacts.c.point_day,
        days.c.day <= add_days(contacts.c.point_day, 14),
    )
    return select(contacts.c.point_day, contacts.c.user_id, returned.label("returned")).where(
        ~lately
    )


def holdout(span: Span) -> Select[Any]:
    """Members of ended campaigns that have a holdout, each treated one with its income beyond it.

    Income is the fees of the 30 days from assignment. A treated member's increment is that income
    less the mean of the campaign's holdout, so that increments add up over any split.
    """
    campaign, members = TABLES["dim_campaign"], _member_income(span)
    mean = _holdout_means(members)
    cost = _campaign_cost(members)
    treated = members.c.arm == "treated"
    return (
        select(
            campaign.c.ends_on.label("point_day"),
            members.c.user_id,
            members.c.arm,
            case((treated, _exact(members.c.income - mean.c.mean_income))).label("incremental_cny"),
            case((treated, _exact(cost.c.spent_cny / cost.c.treated))).label("spent_cny"),
        )
        .join(members, members.c.campaign_id == campaign.c.campaign_id)
        .join(mean, mean.c.campaign_id == campaign.c.campaign_id)
        .join(cost, cost.c.campaign_id == campaign.c.campaign_id)
        .where(span.holds_day(campaign.c.ends_on))
    )


def _exact(money: ColumnElement[Any]) -> ColumnElement[Any]:
    """A share as a decimal, so that sums are the same in any order and over any split."""
    return cast(money, Numeric(38, MONEY_PLACES))


def _member_income(span: Span) -> Subquery:
    member, campaign, txn = TABLES["campaign_member"], TABLES["dim_campaign"], TABLES["txn"]
    after = days_between(
        span.clock.day_of(member.c.assigned_at), span.clock.day_of(txn.c.occurred_at)
    )
    paid = case((and_(txn.c.status == "success", after < 30), txn.c.fee_cny), else_=0)
    return (
        select(
            member.c.campaign_id,
            member.c.user_id,
            member.c.arm,
            func.coalesce(func.sum(paid), 0).label("income"),
        )
        .join(campaign, campaign.c.campaign_id == member.c.campaign_id)
        .outerjoin(
            txn,
            and_(txn.c.user_id == member.c.user_id, txn.c.occurred_at >= member.c.assigned_at),
        )
        .where(span.holds_day(campaign.c.ends_on))
        .group_by(member.c.campaign_id, member.c.user_id, member.c.arm)
        .subquery("member_income")
    )


def _holdout_means(members: Subquery) -> Subquery:
    return (
        select(members.c.campaign_id, func.avg(members.c.income).label("mean_income"))
        .where(members.c.arm == "holdout")
        .group_by(members.c.campaign_id)
        .subquery("holdout_mean")
    )


def _campaign_cost(members: Subquery) -> Subquery:
    """Spend up to 30 days after the campaign's end: later bookings would change what is closed."""
    spend, campaign = TABLES["spend"], TABLES["dim_campaign"]
    treated = (
        select(
            members.c.campaign_id,
            func.count().label("treated"),
            func.max(campaign.c.ends_on).label("ends_on"),
        )
        .join(campaign, campaign.c.campaign_id == members.c.campaign_id)
        .where(members.c.arm == "treated")
        .group_by(members.c.campaign_id)
        .subquery("treated")
    )
    booked = and_(
        spend.c.campaign_id == treated.c.campaign_id,
        spend.c.day <= add_days(treated.c.ends_on, 30),
    )
    return (
        select(
            treated.c.campaign_id,
            treated.c.treated,
            func.coalesce(func.sum(spend.c.spent_cny), 0).label("spent_cny"),
        )
        .outerjoin(spend, booked)
        .group_by(treated.c.campaign_id, treated.c.treated)
        .subquery("campaign_cost")
    )


def recommendation(span: Span) -> Select[Any]:
    """Recommendations by day, and whether they were taken within 7 days."""
    table = TABLES["recommendation"]
    day = span.clock.day_of(table.c.occurred_at)
    waited = days_between(day, span.clock.day_of(table.c.taken_at))
    return select(
        day.label("point_day"),
        table.c.user_id,
        table.c.module,
        waited.between(0, 7).label("taken"),
    ).where(span.holds(table.c.occurred_at))
