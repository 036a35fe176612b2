"""What cannot have happened yet: one row from the future would make everything else look late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Column, DateTime, Table
from sqlalchemy.types import Date

from data.ingest.placing import TIME_COLUMNS
from data.period import month_end

Bools = npt.NDArray[np.bool_]

SLACK = timedelta(days=1)
"""Clocks differ, and a day that has just begun elsewhere has not begun here."""

HAPPENING = frozenset({*TIME_COLUMNS, "dim_user"})
PLANS: Mapping[str, frozenset[str]] = {
    "calendar_day": frozenset({"day"}),
    "compliance_check": frozenset({"due_on"}),
    "loan_month": frozenset({"first_due_on"}),
    "rollout": frozenset({"started_on"}),
    "spend": frozenset({"day"}),
}
"""Columns that may lie ahead: what is due or planned. Dimensions' validity is not looked at."""


def too_late(
    table: Table, columns: Mapping[str, pa.Array], zone: str, now: datetime
) -> Iterator[tuple[str, Bools, Callable[[str], str]]]:
    """Rows later than a day after ``now`` (UTC): the column, a mask, and how to say it of a value.

    Days are the bank's; a month may be the running one.
    """
    if table.name not in HAPPENING:
        return
    for column in table.columns:
        if column.name in PLANS.get(table.name, ()):
            continue
        last = _last(column, zone, now)
        if last is None:
            continue
        found = columns[column.name]
        late = pc.fill_null(pc.greater(found, pa.scalar(last, found.type)), False)
        rows = np.asarray(late.to_numpy(zero_copy_only=False), dtype=bool)
        if rows.any():
            yield column.name, rows, _wording(last)


def last_day(zone: str, now: datetime) -> date:
    """The last day of the bank on which something may have happened by ``now`` (UTC).

    >>> str(last_day("Asia/Shanghai", datetime(2026, 11, 21, 17)))
    '2026-11-23'
    """
    return (now.replace(tzinfo=UTC) + SLACK).astimezone(ZoneInfo(zone)).date()


def _last(column: Column[Any], zone: str, now: datetime) -> date | datetime | None:
    if isinstance(column.type, DateTime):
        return now + SLACK
    if not isinstance(column.type, Date):
        return None
    day = last_day(zone, now)
    return month_end(day) if column.info.get("month") else day


def _wording(last: date | datetime) -> Callable[[str], str]:
    told = f"{last:%Y-%m-%d}"
    return lambda shown: f"{shown} lies in the future: by now nothing can be later than {told}"
