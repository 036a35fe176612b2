"""The period that a cockpit opens on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data.period import Period, containing
from data.points.coverage import MONTHLY, Coverage
from metrics.values.evaluation import Setup

LOOKED_AT = 18


def default_period(setup: Setup) -> Period | None:
    """The last complete month for which the most indicators have their tables; None: no data.

    Only whole months up to the last known day count, the last year and a half of them and every
    month with a month-end table.
    """
    coverage = setup.store.coverage
    last = coverage.last_known
    if last is None:
        return None
    month = containing(last, "month")
    if month.last > last:
        month = month.previous()
    months = [month]
    for _ in range(LOOKED_AT - 1):
        months.append(months[-1].previous())
    months += [containing(day, "month") for day in _month_ends(setup)]
    needs = _needs(setup)
    fed = {one: _fed(coverage, needs, one) for one in months}
    found = max(fed, key=lambda one: (fed[one], one.last))
    return found if fed[found] else month


def _month_ends(setup: Setup) -> list[date]:
    runs = setup.store.coverage.runs
    return [last for table in sorted(MONTHLY) for _, last in runs.get(table, ())]


def _needs(setup: Setup) -> list[frozenset[str]]:
    """The tables that each indicator comes from."""
    points = setup.store.catalogue.points
    return [
        frozenset(table for point in one.formula.points for table in points[point].tables)
        for one in setup.tree.indicators.values()
    ]


def _fed(coverage: Coverage, needs: Sequence[frozenset[str]], month: Period) -> int:
    """Indicators all of whose tables cover the month."""
    there = {table for table in frozenset().union(*needs) if _covers(coverage, table, month)}
    return sum(tables <= there for tables in needs)


def _covers(coverage: Coverage, table: str, month: Period) -> bool:
    if table in MONTHLY:
        return coverage.days(table, month.last, month.last) > 0
    return coverage.covered(table, month) == month.days
