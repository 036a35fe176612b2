"""Which days of which table are complete: what separates "zero" from "not loaded"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, func, select

from data.contract import CONTRACT
from data.engines.differences import append
from data.engines.warehouse import frame
from data.period import Period, month_end
from data.points.tables import COVERED

DAYLESS = frozenset(
    {
        "dim_branch", "dim_module", "dim_page", "dim_user", "dim_campaign", "dim_product",
        "dim_content", "campaign_member", "calendar_day", "rollout",
    }
)  # fmt: skip
MONTHLY = frozenset({"user_month", "loan_month", "risk_assessment"})
ALWAYS = date(1, 1, 1)
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Coverage:
    """Runs of complete days by table."""

    runs: Mapping[str, tuple[tuple[date, date], ...]]

    def days(self, table: str, first: date, last: date) -> int:
        """How many days from ``first`` to ``last`` are complete."""
        return sum(
            max(0, (min(last, end) - max(first, start)).days + 1)
            for start, end in self.runs.get(table, ())
        )

    def has(self, table: str) -> bool:
        """True when any day of the table was loaded."""
        return bool(self.runs.get(table))

    def last_day(self, table: str) -> date | None:
        """The last complete day; None for a table that was not loaded or has no days."""
        if table in DAYLESS or not self.has(table):
            return None
        return max(end for _, end in self.runs[table])

    def last_month_end(self, table: str, day: date) -> date | None:
        """The last complete month-end on or before ``day``."""
        candidate = day if day == month_end(day) else day.replace(day=1) - timedelta(days=1)
        for _ in range(2):
            if self.days(table, candidate, candidate):
                return candidate
            candidate = candidate.replace(day=1) - timedelta(days=1)
        return None

    @cached_property
    def as_of(self) -> date | None:
        """The last day that most of the tables with days or month-ends reach."""
        last = sorted(day for table in self.runs if (day := self.last_day(table)) is not None)
        return last[len(last) // 2] if last else None

    @cached_property
    def last_known(self) -> date | None:
        """The last complete day of any table with days or month-ends."""
        ends = [day for table in self.runs if (day := self.last_day(table)) is not None]
        return max(ends, default=None)

    @cached_property
    def first_day(self) -> date | None:
        """The first complete day of any table with days."""
        starts = [
            run[0][0] for table, run in self.runs.items() if table not in DAYLESS | MONTHLY and run
        ]
        return min(starts) if starts else None

    def covered(self, table: str, period: Period) -> int:
        """Complete days of the period."""
        return self.days(table, period.first, period.last)


def build_coverage(connection: Connection, looked_at: Collection[str] = DAYLESS) -> None:
    """Keep the runs of complete days; a table without days is covered once it has rows.

    Of the tables without days only those to be ``looked_at`` are counted again.
    """
    table = CONTRACT.tables["load_coverage"]
    found = frame(connection, select(table.c.table, table.c.day).where(table.c.complete))
    found["day"] = pd.to_datetime(found["day"]).dt.date
    runs: dict[str, list[tuple[date, date]]] = {}
    for name, days in found.groupby("table")["day"]:
        # Of a table of month-ends only these days say something.
        if name in MONTHLY:
            runs[str(name)] = [(day, day) for day in sorted({*days}) if day == month_end(day)]
        elif name not in DAYLESS:
            runs[str(name)] = joined(days)
    before = read_coverage(connection)
    for name in sorted(DAYLESS):
        if _has_rows(connection, name) if name in looked_at else before.has(name):
            runs[name] = [(ALWAYS, FOREVER)]
    connection.execute(COVERED.delete())
    rows = [(name, *run) for name, found_runs in sorted(runs.items()) for run in found_runs]
    if rows:
        names, firsts, lasts = zip(*rows, strict=True)
        columns = {"table_name": list(names), "first_day": list(firsts), "last_day": list(lasts)}
        append(connection, COVERED, pa.table(columns))


def _has_rows(connection: Connection, name: str) -> bool:
    table = CONTRACT.tables[name]
    return bool(connection.execute(select(func.count()).select_from(table)).scalar())


def read_coverage(connection: Connection) -> Coverage:
    """The coverage that the last refresh kept."""
    rows = connection.execute(select(COVERED).order_by(COVERED.c.table_name, COVERED.c.first_day))
    runs: dict[str, list[tuple[date, date]]] = {}
    for name, first, last in rows:
        runs.setdefault(name, []).append((first, last))
    return Coverage({name: tuple(found) for name, found in runs.items()})


def joined(days: Iterable[date], *, gap: int = 1) -> list[tuple[date, date]]:
    """Runs of days; days at most ``gap`` apart belong to one run.

    >>> [str(end) for _, end in joined([date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 5)])]
    ['2026-01-02', '2026-01-05']
    """
    runs: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if runs and (day - runs[-1][1]).days <= gap:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
