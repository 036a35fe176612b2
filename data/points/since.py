"""What happened to the facts since the last refresh, and the record that a refresh leaves."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, func, select

from data.contract import CONTRACT
from data.engines.differences import append
from data.ingest.tables import LOAD_RECORD
from data.ingest.touched import touched_since
from data.points.catalogue import DECLARATIONS
from data.points.clock import Clock
from data.points.coverage import DAYLESS, read_coverage
from data.points.plan import Changes
from data.points.tables import REFRESHED
from data.points.users_changed import changed_users, days_from


def changes_since(connection: Connection, clock: Clock, *, full: bool) -> Changes | None:
    """What a refresh has to look at; None where nothing was loaded yet."""
    coverage = read_coverage(connection)
    known = [
        day
        for table in coverage.runs
        if table not in DAYLESS
        for run in coverage.runs[table]
        for day in run
    ]
    if not known:
        return None
    first = min([*known, *_first_registration(connection, clock)])
    last = max(day for day in known)
    previous = last_refresh(connection)
    if full or previous is None or previous.declarations != declarations_digest():
        return Changes(first, last, None, {})
    seen = touched_since(connection, previous.loads_until)
    touched: dict[str, set[date | None]] = {}
    for table, day in zip(seen["table"], seen["day"], strict=True):
        touched.setdefault(table, set()).add(None if pd.isna(day) else pd.Timestamp(day).date())
    days = {name: frozenset(found) for name, found in touched.items()}
    unknown: frozenset[date] = frozenset()
    if "dim_user" in days and previous.last_day is not None:
        users = changed_users(connection, clock, previous.last_day)
        days["dim_user"] = users.counted
        days["event"] = days.get("event", frozenset()) | users.active
        unknown = frozenset(days_from(users.unknown_from, previous.last_day))
    return Changes(first, last, previous.last_day, days, unknown)


def _first_registration(connection: Connection, clock: Clock) -> list[date]:
    user = CONTRACT.tables["dim_user"]
    moment = connection.execute(select(func.min(user.c.registered_at))).scalar()
    return [] if moment is None else [clock.day(moment)]


def last_refresh(connection: Connection) -> Any:
    """The record of the last refresh; None before the first."""
    newest = select(REFRESHED).order_by(REFRESHED.c.sequence.desc()).limit(1)
    return connection.execute(newest).first()


def record_refresh(connection: Connection, last: date | None) -> int:
    """Write down that a refresh is done up to the day ``last``; gives its number."""
    previous = last_refresh(connection)
    number = 1 if previous is None else int(previous.sequence) + 1
    loads = connection.execute(select(func.max(LOAD_RECORD.c.sequence))).scalar() or 0
    row = {
        "sequence": [number],
        "finished_at": [datetime.now(UTC).replace(tzinfo=None)],
        "loads_until": [loads],
        "declarations": [declarations_digest()],
        "last_day": pa.array([last], pa.date32()),
    }
    append(connection, REFRESHED, pa.table(row))
    return number


def declarations_digest(folder: Path = DECLARATIONS) -> str:
    """Digest of the declarations and of the code that turns them into SQL."""
    parts = sorted([*folder.glob("*.yaml"), *folder.parent.rglob("*.py")])
    found = hashlib.sha256()
    for path in parts:
        found.update(path.read_bytes())
    return found.hexdigest()
