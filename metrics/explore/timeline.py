"""The periods of a view: its pieces in time, and what each is compared with."""

from __future__ import annotations

from datetime import date

from data.period import Kind, Period, comparisons, containing
from metrics.explore.view import TARGET, Against, Grain, View

_LENGTH: dict[Kind, int] = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}
"""By kind of period: its fewest days."""


def pieces(period: Period, grain: Grain, until: date | None = None) -> tuple[Period, ...]:
    """The days, weeks, months … of a period in order, cut where the period begins and ends.

    Those that begin after ``until`` are left out, but never all of them. Without a grain the
    period itself is its only piece.

    >>> [str(one) for one in pieces(Period.parse("2026-09"), "week")][:2]
    ['2026-09-01..2026-09-06', '2026-W37']
    >>> len(pieces(Period.parse("2026"), "month", date(2026, 3, 9)))
    3
    """
    if not grain:
        return (period,)
    found = [containing(period.first, grain)]
    end = period.last if until is None else min(period.last, max(until, period.first))
    while found[-1].last < end:
        found.append(found[-1].next())
    return tuple(_cut(one, period) for one in found)


def _cut(piece: Period, period: Period) -> Period:
    """A piece without the days outside the period."""
    if period.first <= piece.first and piece.last <= period.last:
        return piece
    return Period(max(piece.first, period.first), min(piece.last, period.last))


def finer(grain: Grain, period: Period) -> bool:
    """Whether a period holds more than one piece of a grain.

    >>> finer("week", Period.parse("2026-09")), finer("month", Period.parse("2026-09"))
    (True, False)
    """
    if not grain:
        return True
    if period.kind != "range":
        return _LENGTH[grain] < _LENGTH[period.kind]
    return containing(period.first, grain).last < period.last


def kind_of(view: View) -> Kind:
    """The kind of the periods whose values the view shows."""
    return view.grain or view.about.period.kind


def compared(view: View, against: Against, piece: Period) -> Period:
    """The period that a piece of the view is compared with; the target is that of the piece.

    PeriodError where it is out of reach.
    """
    return piece if against == "target" else piece.against(against)


def worth_comparing(view: View) -> tuple[Against, ...]:
    """Comparisons that say something of the view's kind of period: others repeat ``previous``."""
    return (*comparisons(kind_of(view)), TARGET)
