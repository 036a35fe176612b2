"""Interfaces by module and hour of the day, and minutes in and out of service by day."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Double, Integer, cast, extract, func, select

from data.business.daily import module_days
from data.business.scoped import why_not
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES
from data.points.wants import Reason
from data.slice import Slice

TABLE = TABLES["api_interval"]
BUCKETS = tuple(one.name for one in TABLE.columns if one.name.startswith("calls_"))
"""Columns of calls by response time, the fastest first."""


def by_hour(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Calls by module and hour of the bank's zone: module, hour, calls, errors and `BUCKETS`."""
    reason = why_not(store, ("api_interval",), about, {"module"})
    if reason is not None:
        return reason
    hour = cast(extract("hour", store.clock.local(TABLE.c.start)), Integer).label("hour")
    sums = [cast(func.sum(TABLE.c[name]), Double).label(name)
            for name in ("calls", "errors", *BUCKETS)]  # fmt: skip
    query = select(TABLE.c.module, hour, *sums).where(*_inside(store, about))
    return frame(connection, query.group_by(TABLE.c.module, hour))


def by_day(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Minutes by day of the bank's zone and module, as kept: day, module, minutes, good."""
    reason = why_not(store, ("api_interval",), about, {"module"})
    if reason is not None:
        return reason
    points, period = ("service_minutes", "good_minutes"), about.period
    found = module_days(connection, store, points, about, period.first, period.last)
    return found.set_axis(["day", "module", "minutes", "good"], axis="columns")


def _inside(store: Store, about: Slice) -> list[ColumnElement[bool]]:
    period = about.period
    found: list[ColumnElement[bool]] = [
        store.clock.between(TABLE.c.start, period.first, period.last)
    ]
    found += [TABLE.c[name].in_(values) for name, values in about.filters]
    return found
