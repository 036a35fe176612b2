"""Which days of which source a refresh has to do again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from data.period import month_end
from data.points.catalogue import Catalogue, Source
from data.points.coverage import MONTHLY, joined

Run = tuple[date, date]
USER_DAY_TABLES = ("event", "service_session")
LONGEST_WINDOW = 31
MOST_RUNS = 8  # each costs a few statements for every source


@dataclass(frozen=True)
class Changes:
    """What happened since the last refresh.

    ``first`` and ``last`` bound the data; ``done`` is the last day refreshed (None: nothing yet);
    ``touched`` has, by table, the days whose rows changed (None: a table without days changed);
    ``unknown`` are days done whose facts may belong to a user who was not in dim_user then.
    """

    first: date
    last: date
    done: date | None
    touched: Mapping[str, frozenset[date | None]]
    unknown: frozenset[date] = frozenset()

    @property
    def whole(self) -> Run:
        """All days of the data."""
        return (self.first, self.last)

    def new_days(self) -> list[date]:
        """Days after the last one refreshed."""
        start = self.first if self.done is None else self.done + timedelta(days=1)
        return [start + timedelta(days=n) for n in range((self.last - start).days + 1)]

    def late_days(self, tables: Iterable[str]) -> set[date]:
        """Days already refreshed whose rows of one of the tables changed."""
        done = self.done or self.first
        days = {day for table in tables for day in self.touched.get(table, ()) if day is not None}
        return {day for day in days if day <= done}


@dataclass(frozen=True)
class Plan:
    """Runs of days to do again: user-days, distinct counts, and each source."""

    user_days: tuple[Run, ...]
    distinct: tuple[Run, ...]
    sources: Mapping[str, tuple[Run, ...]]


def full_plan(catalogue: Catalogue, changes: Changes) -> Plan:
    """Everything, all days."""
    runs = (changes.whole,)
    return Plan(runs, runs, {source.name: runs for source in catalogue.sources})


def incremental_plan(catalogue: Catalogue, changes: Changes) -> Plan:
    """New days, and what late rows touch."""
    if None in changes.touched.get("dim_module", ()):
        return full_plan(catalogue, changes)  # what is basic or advanced is said for all days
    days = {*changes.new_days(), *changes.late_days(USER_DAY_TABLES), *changes.unknown}
    days |= _days_after_month_ends(changes)
    user_days = few_runs(day for day in days if changes.first <= day <= changes.last)
    return Plan(
        user_days,
        few_runs(_reached(user_days, changes.last)),
        {source.name: _source_runs(source, changes) for source in catalogue.sources},
    )


def _reached(runs: Iterable[Run], last: date) -> set[date]:
    """Days whose trailing windows hold a day of the runs."""
    found: set[date] = set()
    for start, end in runs:
        stop = min(last, end + timedelta(days=LONGEST_WINDOW - 1))
        found |= {start + timedelta(days=n) for n in range((stop - start).days + 1)}
    return found


def _days_after_month_ends(changes: Changes) -> set[date]:
    """Days whose tier comes from a month-end that changed."""
    found: set[date] = set()
    for end in changes.late_days(["user_month"]):
        start, stop = end + timedelta(days=1), month_end(end + timedelta(days=1))
        found |= {start + timedelta(days=n) for n in range((stop - start).days + 1)}
    return {day for day in found if changes.done is not None and day <= changes.done}


def _source_runs(source: Source, changes: Changes) -> tuple[Run, ...]:
    tables = {source.table, *source.also, *(t for point in source.points for t in point.tables)}
    if any(None in changes.touched.get(table, ()) for table in tables):
        return (changes.whole,)
    days = _with_new_days(source, changes, tables)
    late = changes.late_days(tables)
    late |= _of_months(changes.late_days(tables & MONTHLY))
    for day in late:
        days |= _back(day, source.reach)
    if source.by_segment:
        days |= _days_after_month_ends(changes) | changes.unknown
    if source.onwards and late:
        start = min(late) - timedelta(days=source.reach)
        days |= {start + timedelta(days=n) for n in range((changes.last - start).days + 1)}
    if source.day == "month":
        days = {day for day in days if day == month_end(day)}  # no other day has rows
    return few_runs(day for day in days if changes.first <= day <= changes.last)


def few_runs(days: Iterable[date]) -> tuple[Run, ...]:
    """Runs that hold the days: where these lie scattered, days between are done again too.

    >>> [str(last) for _, last in few_runs(date(2026, 1, day) for day in range(1, 32, 2))]
    ['2026-01-31']
    """
    wanted = sorted(set(days))
    gap = 1
    while len(runs := joined(wanted, gap=gap)) > MOST_RUNS:
        gap *= 2
    return tuple(runs)


def _with_new_days(source: Source, changes: Changes, tables: set[str]) -> set[date]:
    """New days, what matures on them, and what a new month-end says about its month."""
    new = changes.new_days()
    days = {day - timedelta(days=lag) for day in new for lag in {0, *source.lags}}
    for day in new:
        days |= _back(day, source.again)
    if tables & MONTHLY:
        for day in _of_months({day for day in new if day == month_end(day)}):
            days |= _back(day, source.reach)
    return days


def _back(day: date, most: int) -> set[date]:
    return {day - timedelta(days=n) for n in range(most + 1)}


def _of_months(ends: Iterable[date]) -> set[date]:
    """All days of the months that end on ``ends``."""
    return {day for end in ends for day in _back(end, end.day - 1)}
