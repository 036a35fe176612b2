"""Which days of which source a refresh has to do again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from data.period import month_end
from data.points.catalogue import Catalogue, Source
from data.points.coverage import joined

Run = tuple[date, date]
USER_DAY_TABLES = ("event", "service_session")
LONGEST_WINDOW = 31


@dataclass(frozen=True)
class Changes:
    """What happened since the last refresh.

    ``first`` and ``last`` bound the data; ``done`` is the last day refreshed (None: nothing yet);
    ``touched`` has, by table, the days whose rows changed (None: a table without days changed).
    """

    first: date
    last: date
    done: date | None
    touched: Mapping[str, frozenset[date | None]]

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
    days = {*changes.new_days(), *changes.late_days(USER_DAY_TABLES)}
    days |= _days_after_month_ends(changes)
    user_days = joined(day for day in days if changes.first <= day <= changes.last)
    distinct = joined(_reached(user_days, changes.last), gap=1)
    return Plan(
        tuple(user_days),
        tuple(distinct),
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
    tables = [source.table, *source.also]
    if None in changes.touched.get(source.table, ()) or (
        "dim_user" in tables and changes.touched.get("dim_user")
    ):
        return (changes.whole,)
    new = changes.new_days()
    days = set(new) | {day - timedelta(days=lag) for day in new for lag in source.lags}
    late = changes.late_days({*tables, *(t for point in source.points for t in point.tables)})
    for day in late:
        days |= {day - timedelta(days=n) for n in range(source.reach + 1)}
    if source.by_segment:
        days |= _days_after_month_ends(changes)
    if source.onwards and late:
        start = min(late) - timedelta(days=source.reach)
        days |= {start + timedelta(days=n) for n in range((changes.last - start).days + 1)}
    return tuple(joined(day for day in days if changes.first <= day <= changes.last))
