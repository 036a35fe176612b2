"""What happened to the facts since the last refresh, and the record that a refresh leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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

Touched = Mapping[str, frozenset[date | None]]


def touched_by_loads(connection: Connection, previous: Any) -> Touched:
    """Days touched since the refresh ``previous``, by table; None: any day may have changed."""
    seen = touched_since(connection, previous.loads_until)
    touched: dict[str, set[date | None]] = {}
    for table, day in zip(seen["table"], seen["day"], strict=True):
        touched.setdefault(table, set()).add(None if pd.isna(day) else pd.Timestamp(day).date())
    return {name: frozenset(found) for name, found in touched.items()}


def changes_since(
    connection: Connection, clock: Clock, previous: Any, touched: Touched
) -> Changes | None:
    """What a refresh has to look at; None where nothing was loaded yet.

    ``previous`` is the refresh that it goes on from; None: it does everything.
    """
    runs = read_coverage(connection).runs
    known = [day for table in runs if table not in DAYLESS for run in runs[table] for day in run]
    if not known:
        return None
    first, last = min([*known, *_first_registration(connection, clock)]), max(known)
    if previous is None:
        return Changes(first, last, None, {})
    days = dict(touched)
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


def record_refresh(connection: Connection, previous: Any, last: date | None) -> int:
    """Write down that the refresh after ``previous`` is done up to the day ``last``: its number."""
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
