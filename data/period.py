"""Periods as users write them: 2026, 2026-Q3, 2026-10, 2026-W44, 2026-10-31 or A..B."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["year", "quarter", "month", "week", "day", "range"]
Comparison = Literal["previous", "year", "start", "month_end"]
COMPARISONS: tuple[Comparison, ...] = ("previous", "year", "start", "month_end")

_FORMS = "2026, 2026-Q3, 2026-10, 2026-W44, 2026-10-31 or 2026-10-01..2026-10-15"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Between these lies everything that users ask about; the calendar of Python goes further."""
_YEARS = f"years run from {FIRST_DAY.year} to {LAST_DAY.year}"


class PeriodError(ValueError):
    """A text that is not a period, or days out of reach; the message says what can be written."""


@dataclass(frozen=True, order=True)
class Period:
    """The days from ``first`` to ``last``, both included.

    >>> Period.parse("2026-10").days
    31
    >>> str(Period.parse("2026-10").previous()), str(Period.parse("2026-W01").year_ago())
    ('2026-09', '2025-W01')
    """

    first: date
    last: date
    kind: Kind = "range"

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period; raises PeriodError for anything else, years before 1900 or after 2199."""
        try:
            return _within_reach(_parse(text.strip()), text)
        except (ValueError, OverflowError) as error:
            if isinstance(error, PeriodError):
                raise
            raise PeriodError(f"{text!r} is not a period: write {_FORMS}") from error

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def previous(self) -> Period:
        """The period of the same kind just before; a range: as many days just before.

        PeriodError where that lies before 1900.
        """
        with _reached(f"what comes before {self}"):
            end = self.first - timedelta(days=1)
            if self.kind == "range":
                return _within_reach(Period(end - timedelta(days=self.days - 1), end))
            return _within_reach(containing(end, self.kind))

    def next(self) -> Period:
        """The period of the same kind just after; PeriodError where that lies after 2199."""
        with _reached(f"what comes after {self}"):
            start = self.last + timedelta(days=1)
            if self.kind == "range":
                return _within_reach(Period(start, start + timedelta(days=self.days - 1)))
            return _within_reach(containing(start, self.kind))

    def year_ago(self) -> Period:
        """The same period of the year before: same month, quarter, ISO week number or date.

        PeriodError where that lies before 1900.
        """
        with _reached(f"the year before {self}"):
            return _within_reach(self._year_ago())

    def _year_ago(self) -> Period:
        if self.kind == "week":
            iso = self.first.isocalendar()
            weeks = date(iso.year - 1, 12, 28).isocalendar().week
            monday = date.fromisocalendar(iso.year - 1, min(iso.week, weeks), 1)
            return Period(monday, monday + timedelta(days=6), "week")
        if self.kind in ("day", "range"):
            return Period(_year_before(self.first), _year_before(self.last), self.kind)
        return containing(_year_before(self.first), self.kind)

    def against(self, comparison: Comparison) -> Period:
        """The period that this one is compared with, of the same kind.

        ``previous``: the one just before. ``year``: the same of the year before. ``start``: the
        last that was over when the year began: for a month December, for a day 31 December.
        ``month_end``: the last that was over when the month began: for a day the last day of the
        month before. Flows and ratios are those of all days of the period named, a stock is that
        of its last day. A range is compared with as many days.
        PeriodError where that lies before 1900.

        >>> str(Period.parse("2026-10").against("start"))
        '2025-12'
        >>> [str(Period.parse("2026-11-21").against(one)) for one in ("start", "month_end")]
        ['2025-12-31', '2026-10-31']
        >>> str(Period.parse("2026-11-10..2026-11-21").against("month_end"))
        '2026-10-20..2026-10-31'
        """
        if comparison == "previous":
            return self.previous()
        if comparison == "year":
            return self.year_ago()
        begun = self.last.replace(day=1)
        if comparison == "start":
            begun = date(self._year(), 1, 1)
        with _reached(f"what {self} is compared with"):
            return _within_reach(self._over_by(min(begun, self.first) - timedelta(days=1)))

    def _year(self) -> int:
        """The year that the period belongs to: of a week the one in its name."""
        return self.first.isocalendar().year if self.kind == "week" else self.last.year

    def _over_by(self, day: date) -> Period:
        """The last of the same kind that ends on ``day`` or before; a range: as many days."""
        if self.kind == "range":
            return Period(day - timedelta(days=self.days - 1), day)
        found = containing(day, self.kind)
        return found if found.last <= day else found.previous()

    def months(self) -> tuple[Period, ...]:
        """The calendar months that the period touches, in order."""
        found = [containing(self.first, "month")]
        while found[-1].last < self.last:
            found.append(found[-1].next())
        return tuple(found)

    def whole_months(self) -> bool:
        """True when the period consists of whole calendar months."""
        return self.first.day == 1 and self.last == month_end(self.last)

    def clipped(self, last: date) -> Period | None:
        """The part up to ``last``; None when nothing is left."""
        if last >= self.last:
            return self
        return Period(self.first, last) if last >= self.first else None

    def __str__(self) -> str:
        """The text that ``parse`` reads back."""
        first = self.first
        if self.kind == "year":
            return f"{first:%Y}"
        if self.kind == "quarter":
            return f"{first:%Y}-Q{(first.month + 2) // 3}"
        if self.kind == "month":
            return f"{first:%Y-%m}"
        if self.kind == "week":
            iso = first.isocalendar()
            return f"{iso.year}-W{iso.week:02d}"
        return first.isoformat() if self.kind == "day" else f"{first}..{self.last}"


def comparisons(kind: Kind) -> tuple[Comparison, ...]:
    """What periods of a kind are worth comparing with: the rest is the same as ``previous``.

    >>> comparisons("year"), comparisons("month")
    (('previous', 'year'), ('previous', 'year', 'start'))
    """
    if kind == "year":
        return ("previous", "year")
    return COMPARISONS[:3] if kind in ("quarter", "month") else COMPARISONS


def containing(day: date, kind: Kind) -> Period:
    """The period of a calendar ``kind`` in which ``day`` lies."""
    if kind == "year":
        return Period(date(day.year, 1, 1), date(day.year, 12, 31), kind)
    if kind == "quarter":
        month = day.month - (day.month - 1) % 3
        first = date(day.year, month, 1)
        return Period(first, month_end(date(day.year, month + 2, 1)), kind)
    if kind == "month":
        return Period(day.replace(day=1), month_end(day), kind)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6), kind)
    return Period(day, day, "day")


def _within_reach(period: Period, text: str = "") -> Period:
    """The period itself; PeriodError where it leaves the years that can be asked about."""
    if period.first < FIRST_DAY or period.last > LAST_DAY:
        raise PeriodError(f"{(text or str(period))!r} is out of reach: {_YEARS}")
    return period


@contextmanager
def _reached(what: str) -> Iterator[None]:
    """PeriodError where a step of the calendar leaves the years that there are."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise PeriodError(f"{what} is out of reach: {_YEARS}") from error


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _parse(text: str) -> Period:
    if ".." in text:
        first, last = (date.fromisoformat(part.strip()) for part in text.split("..", 1))
        if last < first:
            raise PeriodError(f"{text!r} ends before it begins")
        return Period(first, last)
    if match := re.fullmatch(r"(\d{4})", text):
        return containing(date(int(match[1]), 1, 1), "year")
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return containing(date(int(match[1]), int(match[2]) * 3, 1), "quarter")
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        return containing(date(int(match[1]), int(match[2]), 1), "month")
    if match := re.fullmatch(r"(\d{4})-W(\d{2})", text):
        return containing(date.fromisocalendar(int(match[1]), int(match[2]), 1), "week")
    return containing(date.fromisoformat(text), "day")
