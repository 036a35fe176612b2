"""Money planned and spent by month and budget category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from data.campaigns.audience import Audience
from data.engines.differences import month_end
from data.period import Period
from data.points.relations.span import TABLES


@dataclass(frozen=True)
class MonthSpend:
    """CNY planned and spent in a category in a month (named by its last day)."""

    month: date
    category: str
    planned_cny: float
    spent_cny: float


def spending(connection: Connection, audience: Audience, period: Period) -> tuple[MonthSpend, ...]:
    """Spending of the period's days, by month and category, of the audience's branches.

    What is booked without a branch belongs to the whole bank only. A segment does not count.
    """
    spend = TABLES["spend"]
    month = month_end(spend.c.day)
    here = () if audience.branches is None else (spend.c.branch_id.in_(sorted(audience.branches)),)
    query = (
        select(
            month.label("month"),
            spend.c.category,
            func.coalesce(func.sum(spend.c.planned_cny), 0).label("planned"),
            func.coalesce(func.sum(spend.c.spent_cny), 0).label("spent"),
        )
        .where(spend.c.day.between(period.first, period.last), *here)
        .group_by(month, spend.c.category)
        .order_by(month, spend.c.category)
    )
    return tuple(
        MonthSpend(row["month"], row["category"], float(row["planned"]), float(row["spent"]))
        for row in connection.execute(query).mappings()
    )
