"""Loads that the daily points do not hold yet: numbers read from these are older than the facts."""

from __future__ import annotations

from sqlalchemy import Connection, distinct, func, select

from data.engines.warehouse import table_names
from data.ingest.tables import TOUCHED_DAY
from data.points.tables import REFRESHED


def pending_loads(connection: Connection) -> int:
    """How many loads changed facts since the last refresh; refused and idle ones do not count."""
    there = set(table_names(connection))
    if TOUCHED_DAY.name not in there:
        return 0
    query = select(func.count(distinct(TOUCHED_DAY.c.sequence)))
    if REFRESHED.name in there:
        newest = select(REFRESHED.c.loads_until).order_by(REFRESHED.c.sequence.desc()).limit(1)
        until = connection.execute(newest).scalar()
        query = query.where(TOUCHED_DAY.c.sequence > (until or 0))
    return int(connection.execute(query).scalar_one())
