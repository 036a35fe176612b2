"""Which days the terms of a formula are taken over, by the indicator's rule over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from data.period import Period
from data.points.catalogue import Catalogue, Point
from data.points.coverage import DAYLESS, MONTHLY, Coverage
from data.points.wants import Mode, Want
from metrics.formula import Formula, Term

MAU_DAYS = 30
LIKE_MAU = ("mau", "mau/mau")

Weighted = tuple[tuple[Want, float], ...]


@dataclass(frozen=True)
class Terms:
    """A formula over a period: each term as a weighted sum of wants, and the number of days.

    ``period`` is what is left of the asked one where the data end earlier; None: nothing is,
    because of the table ``ended_by``.
    """

    formula: Formula
    period: Period | None
    wants: Mapping[Term, Weighted]
    days: float
    ended_by: str = ""

    @property
    def every_want(self) -> tuple[Want, ...]:
        """All wants, once each."""
        found = [want for weighted in self.wants.values() for want, _ in weighted]
        return tuple(dict.fromkeys(found))


def terms_of(
    formula: Formula, over_time: str, asked: Period, catalogue: Catalogue, coverage: Coverage
) -> Terms:
    """What ``formula`` needs for the period ``asked``."""
    points = [catalogue.points[name] for name in sorted(formula.points)]
    last, ended_by = _last_day(asked, points, coverage)
    period = asked.clipped(last)
    if period is None:
        return Terms(formula, None, {}, 0.0, ended_by or points[0].tables[0])
    windows = _windows(over_time, asked, period)
    wants = {
        term: _weighted(term, windows, asked, period, catalogue.points[term.point])
        for term in formula.calls
        if term.point
    }
    days = sum(window.days for window in windows) / len(windows)
    return Terms(formula, period, wants, days)


def _last_day(asked: Period, points: Iterable[Point], coverage: Coverage) -> tuple[date, str]:
    """The last day up to which all points are known, and the table that ends first."""
    last, ended_by = min(asked.last, coverage.last_known or asked.last), ""
    for point in points:
        for table in point.tables:
            end = _end(table, asked, point, coverage)
            if end is not None and end < last:
                last, ended_by = end, table
    return last, ended_by


def _end(table: str, asked: Period, point: Point, coverage: Coverage) -> date | None:
    """The last day that a table has for a point; None where it sets no end."""
    if not coverage.has(table):
        return None
    if table in DAYLESS:
        # Its rows have no days of their own to be complete on: the other tables say how far.
        return coverage.as_of if table == point.tables[0] else None
    if point.spread and table == point.tables[0]:
        return _last_spread(table, asked, coverage)
    return None if table in MONTHLY else coverage.last_day(table)


def _last_spread(table: str, asked: Period, coverage: Coverage) -> date | None:
    """The last day of the asked ones whose month-end, which is spread over the month, is there."""
    loaded = [
        month.last for month in asked.months() if coverage.days(table, month.last, month.last)
    ]
    return max(loaded, default=asked.first - timedelta(days=1))


def _windows(over_time: str, asked: Period, left: Period) -> tuple[Period, ...]:
    if over_time not in LIKE_MAU:
        return (left,)
    if left == asked and asked.whole_months():
        return asked.months()
    return (Period(left.last - timedelta(days=MAU_DAYS - 1), left.last),)


def _weighted(
    term: Term, windows: tuple[Period, ...], asked: Period, period: Period, point: Point
) -> Weighted:
    if term.function == "user_months":
        return user_months(term.point, period)
    if term.function == "year_ago":
        before = year_before(asked, period)
        return ((_want(point, before.first, before.last), 1.0),)
    if term.function == "user_days":
        share = 1 / len(windows)
        return tuple((Want(term.point, "user_days", w.first, w.last), share) for w in windows)
    share = 1 / len(windows)
    return tuple((_want(point, w.first, w.last), share) for w in windows)


def year_before(asked: Period, left: Period) -> Period:
    """The days of the year before that compare with what is ``left`` of the period ``asked``.

    >>> week = Period.parse("2026-W45")
    >>> str(year_before(week, Period(week.first, date(2026, 11, 4))))
    '2025-11-03..2025-11-05'
    """
    if left != asked and asked.kind == "week":
        monday = asked.year_ago().first
        return Period(monday, monday + timedelta(days=left.days - 1))
    return left.year_ago()


def _want(point: Point, first: date, last: date) -> Want:
    modes: Mapping[str, Mode] = {"stock": "last", "distinct": "distinct"}
    return Want(point.name, modes.get(point.adds, "sum"), first, last)


def user_months(point: str, period: Period) -> Weighted:
    """The monthly active users of the period's months; a part of a month counts in proportion.

    >>> [round(share, 2) for _, share in user_months("active_users", Period.parse("2026-W44"))]
    [0.19, 0.03]
    """
    found = []
    for month in period.months():
        first, last = max(month.first, period.first), min(month.last, period.last)
        if (first, last) == (month.first, month.last):
            found.append((Want(point, "distinct", first, last), 1.0))
        else:
            share = ((last - first).days + 1) / month.days
            start = last - timedelta(days=MAU_DAYS - 1)
            found.append((Want(point, "distinct", start, last), share))
    return tuple(found)
