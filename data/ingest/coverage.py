"""Days that a load makes complete.

A file of a fact table covers every day from its first to its last (in the bank's zone), a file
of month-ends the month-ends in it. A day of which more than 1 % of the rows went to quarantine
is not made complete.
Where the bank loads ``load_coverage`` itself in the same call, nothing is marked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pyarrow as pa
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines.differences import append, merge
from data.ingest.placing import TIME_COLUMNS, UNCOVERED, main_day
from data.period import month_end

WORST_SHARE = 0.01
Spans = Mapping[str, tuple[str | None, str | None]]
COVERAGE = CONTRACT.tables["load_coverage"]


def covered_days(table: str, rows: pa.Table, bad: pa.Table, zone: str) -> set[date]:
    """The days that these rows make complete.

    >>> from datetime import datetime
    >>> moments = [datetime(2026, 10, 1, 17), datetime(2026, 10, 4)]
    >>> rows = pa.table({"occurred_at": pa.array(moments, pa.timestamp("us"))})
    >>> bad = pa.table({"day": pa.array([], pa.date32())})
    >>> [day.day for day in sorted(covered_days("event", rows, bad, "Asia/Shanghai"))]
    [2, 3, 4]
    """
    if table not in TIME_COLUMNS or table in UNCOVERED:
        return set()
    good = Counter(main_day(table, rows, zone).drop_null().to_pylist())
    if not good:
        return set()
    if "month" in CONTRACT.tables[table].columns:
        days = set(good)
    else:
        first, last = min(good), max(good)
        days = {first + timedelta(days=i) for i in range((last - first).days + 1)}
    lost = Counter(bad.column("day").drop_null().to_pylist())
    return {day for day in days if lost[day] <= WORST_SHARE * (lost[day] + good[day])}


def until(covered: dict[str, set[date]], last: date) -> dict[str, set[date]]:
    """Those days up to ``last``, month-ends up to its month's: what is planned is not complete.

    >>> until({"spend": {date(2026, 11, 2), date(2026, 12, 31)}}, date(2026, 11, 23))
    {'spend': {datetime.date(2026, 11, 2)}}
    """
    kept = {}
    for table, days in covered.items():
        high = month_end(last) if "month" in CONTRACT.tables[table].columns else last
        kept[table] = {day for day in days if day <= high}
    return kept


def within(covered: dict[str, set[date]], spans: Spans) -> dict[str, set[date]]:
    """Those days that lie within the span of their table, both ends included; ISO days.

    >>> days = {"txn": {date(2026, 10, 1), date(2026, 10, 2)}}
    >>> within(days, {"txn": (None, "2026-10-01")})
    {'txn': {datetime.date(2026, 10, 1)}}
    """
    kept = {}
    for table, days in covered.items():
        first, last = spans.get(table, (None, None))
        low = date.fromisoformat(first) if first else date.min
        high = date.fromisoformat(last) if last else date.max
        kept[table] = {day for day in days if low <= day <= high}
    return kept


def mark_complete(
    connection: Connection, covered: dict[str, set[date]], now: datetime
) -> set[object]:
    """Mark days complete that were not; returns the days newly marked."""
    here = COVERAGE.c
    query = select(here.table, here.day).where(here.complete.is_(True))
    done = {(table, day) for table, day in connection.execute(query.where(here.table.in_(covered)))}
    new = sorted((t, day) for t, days in covered.items() for day in days if (t, day) not in done)
    if not new:
        return set()
    rows = pa.table(
        {
            "table": [table for table, _day in new],
            "day": pa.array([day for _table, day in new], pa.date32()),
            "complete": [True] * len(new),
            "loaded_at": pa.array([now] * len(new), pa.timestamp("us")),
        }
    )
    empty = connection.execute(select(1).select_from(COVERAGE).limit(1)).first() is None
    (append if empty else merge)(connection, COVERAGE, rows)
    return {day for _table, day in new}
