"""Days of the bank's zone from moments in UTC, in SQL that every engine understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, literal

from data.engines.differences import add_seconds, to_day

_FIRST, _LAST = datetime(1991, 10, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Clock:
    """The bank's time zone. Offsets before October 1991 are taken as those of that day."""

    zone: str = "Asia/Shanghai"

    def day_of(self, moment: ColumnElement[Any]) -> ColumnElement[date]:
        """The day of the bank's zone in which ``moment`` (naive UTC) lies."""
        return to_day(self.local(moment))

    def local(self, moment: ColumnElement[Any]) -> ColumnElement[datetime]:
        """The clock time of the bank's zone at ``moment`` (naive UTC)."""
        changes = _changes(self.zone)
        if len(changes) == 1:
            return add_seconds(moment, literal(changes[0][1]))
        rows = [
            (moment < changes[i + 1][0], literal(offset))
            for i, (_, offset) in enumerate(changes[:-1])
        ]
        return add_seconds(moment, case(*rows, else_=literal(changes[-1][1])))

    def day(self, moment: datetime) -> date:
        """The day of the bank's zone in which a moment (naive UTC) lies."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date()

    def start(self, day: date) -> datetime:
        """The moment (naive UTC) at which ``day`` begins."""
        local = datetime.combine(day, time(), tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC).replace(tzinfo=None)

    def between(self, moment: ColumnElement[Any], first: date, last: date) -> ColumnElement[bool]:
        """True for moments from the start of ``first`` to the end of ``last``."""
        end = self.start(last + timedelta(days=1))
        return and_(moment >= self.start(first), moment < end)


@lru_cache
def _changes(zone: str) -> tuple[tuple[datetime, int], ...]:
    """(naive UTC moment, offset in seconds from then on), the first one from the beginning."""
    info = ZoneInfo(zone)
    found: list[tuple[datetime, int]] = []
    moment = _FIRST
    while moment < _LAST:
        offset = _offset(info, moment)
        if not found or found[-1][1] != offset:
            found.append((_refined(info, moment, offset).replace(tzinfo=None), offset))
        moment += timedelta(days=7)
    return tuple(found)


def _refined(info: ZoneInfo, after: datetime, offset: int) -> datetime:
    before = after - timedelta(days=7)
    if after == _FIRST:
        return after
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (before, middle) if _offset(info, middle) == offset else (middle, after)
    return after.replace(second=0, microsecond=0)


def _offset(info: ZoneInfo, moment: datetime) -> int:
    return int((moment.astimezone(info).utcoffset() or timedelta()).total_seconds())
