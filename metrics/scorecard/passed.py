"""Which days of a period have passed and are known: what its targets are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from data.points.catalogue import Catalogue
from data.points.coverage import DAYLESS, MONTHLY, Coverage
from metrics.values.windows import Terms

Run = tuple[date, date]


def passed_days(terms: Terms, catalogue: Catalogue, coverage: Coverage) -> tuple[Run, ...]:
    """Runs of days, none of them across the end of a year; empty where no day has passed.

    A day that was not loaded is left out: what flowed on it is unknown, so nothing is asked of it.
    """
    if terms.period is None:
        return ()
    tables = {t for name in terms.formula.points for t in catalogue.points[name].tables}
    runs = [(terms.period.first, terms.period.last)]
    for table in sorted(tables - DAYLESS - MONTHLY):
        if coverage.has(table):
            runs = common(runs, coverage.runs[table])
    return tuple(part for run in runs for part in by_year(run))


def common(runs: Iterable[Run], others: Iterable[Run]) -> list[Run]:
    """The days that are in both.

    >>> january = (date(2026, 1, 1), date(2026, 1, 31))
    >>> [str(last) for _, last in common([january], [(date(2026, 1, 9), date(2026, 2, 5))])]
    ['2026-01-31']
    """
    kept = list(others)
    found = [(max(a, c), min(b, d)) for a, b in runs for c, d in kept]
    return sorted(run for run in found if run[0] <= run[1])


def by_year(run: Run) -> tuple[Run, ...]:
    """A run cut where years end.

    >>> [str(first) for first, _ in by_year((date(2025, 12, 29), date(2026, 1, 4)))]
    ['2025-12-29', '2026-01-01']
    """
    first, last = run
    parts = []
    while first <= last:
        end = min(last, date(first.year, 12, 31))
        parts.append((first, end))
        first = end + timedelta(days=1)
    return tuple(parts)
