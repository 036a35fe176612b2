"""The period that a cockpit opens on."""

from __future__ import annotations

from datetime import date

from data.period import Period, containing
from data.points.coverage import MONTHLY
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
    found = max(months, key=lambda one: (_fed(setup, one), one.last))
    return found if _fed(setup, found) else month


def _month_ends(setup: Setup) -> list[date]:
    runs = setup.store.coverage.runs
    return [last for table in sorted(MONTHLY) for _, last in runs.get(table, ())]


def _fed(setup: Setup, month: Period) -> int:
    """Indicators all of whose tables cover the month."""
    return sum(
        all(_covers(setup, point, month) for point in one.formula.points)
        for one in setup.tree.indicators.values()
    )


def _covers(setup: Setup, point: str, month: Period) -> bool:
    coverage = setup.store.coverage
    tables = setup.store.catalogue.points[point].tables
    return all(
        coverage.days(table, month.last, month.last) > 0
        if table in MONTHLY
        else coverage.covered(table, month) == month.days
        for table in tables
    )
