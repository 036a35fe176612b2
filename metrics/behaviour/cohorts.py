"""Retention: a triangle of cohorts, a curve over days, and where new users began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data.behaviour.retention import Unit
from data.period import Period, containing
from metrics.behaviour.intervals import Share, differ, share
from metrics.behaviour.rows import rows


@dataclass(frozen=True)
class Cohort:
    """Users who registered in a week or month; ``active[n]`` in the n-th week or month after it.

    None where that week or month is not over for all of them.
    """

    period: Period
    users: int
    active: tuple[Share | None, ...]


@dataclass(frozen=True)
class Triangle:
    """Cohorts, the oldest first."""

    unit: Unit
    cohorts: tuple[Cohort, ...]

    @property
    def together(self) -> tuple[Share | None, ...]:
        """All cohorts that are old enough, by age."""
        longest = max((len(one.active) for one in self.cohorts), default=0)
        found: list[Share | None] = []
        for age in range(longest):
            known = [c.active[age] for c in self.cohorts if age < len(c.active)]
            ripe = [one for one in known if one is not None]
            parts, wholes = sum(s.part for s in ripe), sum(s.whole for s in ripe)
            found.append(share(parts, wholes) if ripe else None)
        return tuple(found)


@dataclass(frozen=True)
class OnDay:
    """Users active exactly ``age`` days after registering, that day in the period."""

    age: int
    kept: Share


@dataclass(frozen=True)
class Start:
    """Newcomers by the first module that they saw; ``gap`` against all other newcomers.

    ``gap`` is in percentage points, None where it is within chance.
    """

    module: str
    kept: Share
    others: Share
    gap: float | None


def triangle(
    joined: pd.DataFrame,
    active: pd.DataFrame,
    unit: Unit,
    first: date,
    last: date,
    known_until: date,
    ages: int = 12,
) -> Triangle:
    """Cohorts of the weeks or months from ``first`` to ``last``; days after ``known_until`` open.

    ``joined`` and ``active`` are the frames of ``data.behaviour.retention``.
    """
    sizes = _by_cohort(joined.assign(age=-1), unit)
    found = _by_cohort(active, unit)
    cohorts = []
    period = containing(first, unit)
    while period.first <= last:
        users = sizes.get((period.first, -1), 0)
        row = tuple(
            share(found.get((period.first, age), 0), users)
            if users and _over(period, unit, age) <= known_until
            else None
            for age in range(ages + 1)
        )
        cohorts.append(Cohort(period, users, row))
        period = period.next()
    return Triangle(unit, tuple(cohorts))


def _by_cohort(counted: pd.DataFrame, unit: Unit) -> Mapping[tuple[date, int], int]:
    """Users by cohort's first day and age: nobody is in two days of registration."""
    total: dict[tuple[date, int], int] = {}
    for row in rows(counted):
        key = (containing(row.joined.date(), unit).first, int(row.age))
        total[key] = total.get(key, 0) + int(row.users)
    return total


def _over(cohort: Period, unit: Unit, age: int) -> date:
    """The last day of the n-th week or month, for the last who joined."""
    if unit == "week":
        return cohort.last + timedelta(days=7 * age + 6)
    period = cohort
    for _month in range(age):
        period = period.next()
    return period.last


def curve(
    joined: pd.DataFrame, returned: pd.DataFrame, period: Period, ages: Sequence[int]
) -> tuple[OnDay, ...]:
    """Retention on the n-th day: those who registered n days before the days of the period.

    Only users whose n-th day lies in the period are counted, so that all are old enough and the
    values for 1, 7 and 30 are those of the indicators.
    """
    by_day = {row.joined.date(): int(row.users) for row in rows(joined)}
    kept = {int(row.age): int(row.users) for row in rows(returned)}
    found = []
    for age in ages:
        back = timedelta(days=age)
        first, last = period.first - back, period.last - back
        whole = sum(users for day, users in by_day.items() if first <= day <= last)
        found.append(OnDay(age, share(kept.get(age, 0), whole)))
    return tuple(found)


def starts(counted: pd.DataFrame, age: int, smallest: int = 5) -> tuple[Start, ...]:
    """Newcomers by first module against all others, the largest loss first.

    ``counted`` is the frame of ``data.behaviour.by_first_module``; modules where fewer than
    ``smallest`` newcomers began are left out, and so are those who saw none.
    """
    aged = counted[counted["age"] == age]
    kept, ripe = int(aged["kept"].sum()), int(aged["ripe"].sum())
    found = []
    for row in rows(aged):
        if not row.module or row.ripe < smallest:
            continue
        here = share(int(row.kept), int(row.ripe))
        rest = share(kept - here.part, ripe - here.whole)
        found.append(Start(str(row.module), here, rest, differ(here, rest)))
    return tuple(sorted(found, key=lambda one: (one.kept.value or 0.0, one.module)))
