"""Campaigns of a period, and what each reached, cost and brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, case, distinct, func, or_, select

from data.campaigns.audience import Audience
from data.contract.vocabulary import TOUCH_KINDS
from data.period import Period
from data.points.relations.span import TABLES


@dataclass(frozen=True)
class Campaign:
    """A campaign as the bank describes it. Names and findings are text from data."""

    id: str
    name_zh: str
    name_en: str
    purpose: str
    channel: str
    first: date
    last: date | None
    budget_cny: float | None
    business_review: datetime | None
    compliance_review: datetime | None
    technical_review: datetime | None
    finding: str

    @property
    def reviews(self) -> tuple[bool, bool, bool]:
        """Whether the business, compliance and technical reviews were passed."""
        found = (self.business_review, self.compliance_review, self.technical_review)
        return found[0] is not None, found[1] is not None, found[2] is not None

    def name(self, lang: str) -> str:
        """The name in a language; without an English name, the Chinese one."""
        return self.name_zh if lang == "zh" else self.name_en or self.name_zh


@dataclass(frozen=True)
class Contacts:
    """Distinct users by kind of contact (exposed, clicked, joined, converted), and money booked."""

    users: Mapping[str, int]
    conversions: int
    cost_cny: float
    income_cny: float

    def known(self, kind: str) -> int | None:
        """Users of a kind; None where later kinds have some and this one was not recorded.

        >>> users = {"exposed": 9, "clicked": 0, "joined": 0, "converted": 2}
        >>> Contacts(users, 2, 0, 0).known("joined")
        >>> NO_CONTACTS.known("joined")
        0
        """
        later = TOUCH_KINDS[TOUCH_KINDS.index(kind) + 1 :]
        if not self.users[kind] and any(self.users[one] for one in later):
            return None
        return self.users[kind]


NO_CONTACTS = Contacts(dict.fromkeys(TOUCH_KINDS, 0), 0, 0.0, 0.0)


def campaigns_of(connection: Connection, period: Period) -> tuple[Campaign, ...]:
    """Campaigns that ran on a day of the period, the newest first; one without end still runs."""
    table = TABLES["dim_campaign"]
    ended = or_(table.c.ends_on.is_(None), table.c.ends_on >= period.first)
    query = (
        select(table)
        .where(table.c.starts_on <= period.last, ended)
        .order_by(table.c.starts_on.desc(), table.c.campaign_id)
    )
    return tuple(
        Campaign(
            row["campaign_id"], row["name_zh"], row["name_en"] or "", row["purpose"],
            row["channel"] or "", row["starts_on"], row["ends_on"], _money(row["budget_cny"]),
            row["business_reviewed_at"], row["compliance_reviewed_at"],
            row["technical_reviewed_at"], row["finding"] or "",
        )
        for row in connection.execute(query).mappings()
    )  # fmt: skip


def reviews_recorded(connection: Connection) -> bool:
    """Whether any campaign holds a review: a bank may not bring them at all."""
    table = TABLES["dim_campaign"]
    any_ = func.coalesce(
        table.c.business_reviewed_at, table.c.compliance_reviewed_at, table.c.technical_reviewed_at
    )
    query = select(func.count()).select_from(table).where(any_.is_not(None))
    return bool(connection.execute(query).scalar_one())


def _money(value: object) -> float | None:
    return None if value is None else float(str(value))


def contacts_of(
    connection: Connection, audience: Audience, ids: Sequence[str]
) -> dict[str, Contacts]:
    """Contacts by campaign, over a campaign's whole life; '' holds all of them together.

    A user of two campaigns counts once in the whole. A campaign without contacts is not there.
    """
    touch, campaign = TABLES["touch"], TABLES["dim_campaign"]
    day = campaign.c.starts_on
    rows = audience.joined(
        touch.join(campaign, campaign.c.campaign_id == touch.c.campaign_id), touch.c.user_id, day
    )
    users = [
        func.count(distinct(case((touch.c.kind == kind, touch.c.user_id)))).label(kind)
        for kind in TOUCH_KINDS
    ]
    sums = [
        func.sum(case((touch.c.kind == "converted", 1), else_=0)).label("conversions"),
        func.coalesce(func.sum(touch.c.cost_cny), 0).label("cost"),
        func.coalesce(func.sum(touch.c.income_cny), 0).label("income"),
    ]
    query = select(*users, *sums).select_from(rows)
    query = query.where(touch.c.campaign_id.in_(list(ids)), *audience.holds(day))
    found = {}
    by_campaign = query.add_columns(touch.c.campaign_id).group_by(touch.c.campaign_id)
    for statement in (by_campaign, query) if ids else ():
        for row in connection.execute(statement).mappings():
            counted = {kind: int(row[kind]) for kind in TOUCH_KINDS}
            found[str(row.get("campaign_id", ""))] = Contacts(
                counted, int(row["conversions"] or 0), float(row["cost"]), float(row["income"])
            )
    return found


def spending_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[float, float]]:
    """By campaign: CNY planned and spent, over its whole life and the whole bank."""
    spend = TABLES["spend"]
    query = (
        select(
            spend.c.campaign_id,
            func.coalesce(func.sum(spend.c.planned_cny), 0).label("planned"),
            func.coalesce(func.sum(spend.c.spent_cny), 0).label("spent"),
        )
        .where(spend.c.campaign_id.in_(list(ids)))
        .group_by(spend.c.campaign_id)
    )
    rows = connection.execute(query).mappings() if ids else ()
    return {row["campaign_id"]: (float(row["planned"]), float(row["spent"])) for row in rows}


def spent_in(connection: Connection, period: Period) -> tuple[float, float]:
    """CNY planned and spent on campaigns on the days of the period, over the whole bank."""
    spend = TABLES["spend"]
    query = select(
        func.coalesce(func.sum(spend.c.planned_cny), 0),
        func.coalesce(func.sum(spend.c.spent_cny), 0),
    ).where(spend.c.campaign_id.is_not(None), spend.c.day.between(period.first, period.last))
    planned, spent = connection.execute(query).one()
    return float(planned), float(spent)
