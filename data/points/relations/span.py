"""What a relation is built for: a clock and the origin days wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select

from data.contract import CONTRACT
from data.points.clock import Clock
from data.points.tables import USER_DAY
from data.slice import SEGMENT_DIMENSIONS

TABLES = CONTRACT.tables


@dataclass(frozen=True)
class Span:
    """Origin days from ``first`` to ``last`` on the bank's ``clock``."""

    clock: Clock
    first: date
    last: date

    def holds(self, moment: ColumnElement[Any], *, more: int = 0) -> ColumnElement[bool]:
        """True for moments in the span, ``more`` days beyond its end included."""
        return self.clock.between(moment, self.first, self.last + timedelta(days=more))

    def holds_day(self, day: ColumnElement[Any], *, more: int = 0) -> ColumnElement[bool]:
        """The same for a day."""
        return day.between(self.first, self.last + timedelta(days=more))


def active_days(span: Span, *, before: int = 0, after: int = 0) -> Subquery:
    """One row per user and active day of the span, widened by ``before`` and ``after`` days."""
    day = USER_DAY.c.day
    first = span.first - timedelta(days=before)
    last = span.last + timedelta(days=after)
    query: Select[Any] = (
        select(day, USER_DAY.c.user_id, *_sums("offers", "finishes", "wealth_views"))
        .add_columns(*(func.min(USER_DAY.c[name]).label(name) for name in _FIXED))
        .where(day.between(first, last))
        .group_by(day, USER_DAY.c.user_id)
    )
    return query.subquery("active_days")


_FIXED = ("branch_id", *SEGMENT_DIMENSIONS, "app")


def _sums(*names: str) -> list[ColumnElement[Any]]:
    return [func.sum(USER_DAY.c[name]).label(name) for name in names]
