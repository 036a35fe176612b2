"""The last day for a report: the fifth working day after the one of its case."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines.differences import append
from data.points.plan import Changes
from data.points.tables import REPORT_LIMIT

REPORT_WORKING_DAYS = 5


def build_report_limits(connection: Connection, changes: Changes) -> None:
    """Keep, for every day, the day on which its fifth following working day falls."""
    days = [
        changes.first + timedelta(days=n) for n in range((changes.last - changes.first).days + 1)
    ]
    working = _working_days(connection, changes.first, changes.last + timedelta(days=40))
    order = sorted(working)
    positions = pd.Series(order).searchsorted(pd.Series(days), side="right")
    due = [order[position + REPORT_WORKING_DAYS - 1] for position in positions]
    limits = dict(zip(days, due, strict=True))
    kept = {row.day: row.due_day for row in connection.execute(select(REPORT_LIMIT))}
    if any(limits.get(day) != limit for day, limit in kept.items()):
        connection.execute(REPORT_LIMIT.delete())
        kept = {}
    new = [day for day in days if day not in kept]
    if new:
        rows = {"day": new, "due_day": [limits[day] for day in new]}
        append(connection, REPORT_LIMIT, pa.table(rows))


def _working_days(connection: Connection, first: date, last: date) -> set[date]:
    table = CONTRACT.tables["calendar_day"]
    known = connection.execute(
        select(table.c.day, table.c.workday).where(table.c.day.between(first, last))
    )
    given = {row.day: bool(row.workday) for row in known}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day for day in days if given.get(day, day.weekday() < 5)}
