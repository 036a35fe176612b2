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

    ``period`` is what is left of the asked one where the data end earlier; None: nothing is.
    """

    formula: Formula
    period: Period | None
    wants: Mapping[Term, Weighted]
    days: float

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
    period = _left(asked, points, coverage)
    if period is None:
        return Terms(formula, None, {}, 0.0)
    windows = _windows(over_time, asked, period)
    wants = {
        term: _weighted(term, over_time, windows, period, catalogue.points[term.point])
        for term in formula.calls
        if term.point
    }
    days = sum(window.days for window in windows) / len(windows)
    return Terms(formula, period, wants, days)


def _left(asked: Period, points: Iterable[Point], coverage: Coverage) -> Period | None:
    """The asked period up to the last day that every table of the points has."""
    last = min(asked.last, coverage.last_known or asked.last)
    for point in points:
        for table in point.tables:
            if table in DAYLESS | MONTHLY or not coverage.has(table):
                continue
            end = coverage.last_day(table)
            if end is not None and end < last:
                last = end
    return asked.clipped(last)


def _windows(over_time: str, asked: Period, left: Period) -> tuple[Period, ...]:
    if over_time not in LIKE_MAU:
        return (left,)
    if left == asked and asked.whole_months():
        return asked.months()
    return (Period(left.last - timedelta(days=MAU_DAYS - 1), left.last),)


def _weighted(
    term: Term, over_time: str, windows: tuple[Period, ...], period: Period, point: Point
) -> Weighted:
    if term.function == "user_months":
        return user_months(term.point, period)
    if term.function == "year_ago":
        before = period.year_ago()
        return ((_want(point, before.first, before.last), 1.0),)
    if term.function == "user_days":
        share = 1 / len(windows)
        return tuple((Want(term.point, "user_days", w.first, w.last), share) for w in windows)
    share = 1 / len(windows)
    return tuple((_want(point, w.first, w.last), share) for w in windows)


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
