"""What a relation is built for: a clock and the origin days wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, or_, select

from data.contract import CONTRACT
from data.points.clock import Clock
from data.points.tables import ACTIVE_DAY

TABLES = CONTRACT.tables
Run = tuple[date, date]


@dataclass(frozen=True)
class Span:
    """Origin days on the bank's ``clock``: all from ``first`` to ``last``, or the ``runs`` of them.

    Scattered days are asked for together: a statement costs more than a few days' rows.
    """

    clock: Clock
    first: date
    last: date
    runs: tuple[Run, ...] = ()

    @classmethod
    def of(cls, clock: Clock, runs: tuple[Run, ...]) -> Span:
        """The days of some runs, which are in order."""
        return cls(clock, runs[0][0], runs[-1][1], runs if len(runs) > 1 else ())

    def holds(self, moment: ColumnElement[Any], *, more: int = 0) -> ColumnElement[bool]:
        """True for moments in the span, ``more`` days beyond a run's end included."""
        parts = [self.clock.between(moment, *run) for run in self._widened(0, more)]
        return parts[0] if len(parts) == 1 else and_(parts[0], or_(*parts[1:]))

    def holds_day(
        self, day: ColumnElement[Any], *, more: int = 0, before: int = 0
    ) -> ColumnElement[bool]:
        """The same for a day; ``before`` widens the runs to earlier days."""
        parts = [day.between(*run) for run in self._widened(before, more)]
        return parts[0] if len(parts) == 1 else and_(parts[0], or_(*parts[1:]))

    def _widened(self, before: int, after: int) -> list[Run]:
        """The whole, by which files are left out unread, then the runs of it."""
        earlier, later = timedelta(days=before), timedelta(days=after)
        return [(a - earlier, b + later) for a, b in ((self.first, self.last), *self.runs)]


def active_days(span: Span, *, before: int = 0, after: int = 0) -> Subquery:
    """One row per user and active day of the span, widened by ``before`` and ``after`` days."""
    inside = span.holds_day(ACTIVE_DAY.c.day, before=before, more=after)
    return select(ACTIVE_DAY).where(inside).subquery("active_days")
