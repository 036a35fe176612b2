"""What a relation is built for: a clock and the origin days wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, select

from data.contract import CONTRACT
from data.points.clock import Clock
from data.points.tables import ACTIVE_DAY

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
    first = span.first - timedelta(days=before)
    last = span.last + timedelta(days=after)
    query = select(ACTIVE_DAY).where(ACTIVE_DAY.c.day.between(first, last))
    return query.subquery("active_days")
