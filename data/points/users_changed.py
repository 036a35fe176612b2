"""Which days a change of dim_user touches: it is the one table without days that changes daily.

Branch, channel and year of birth are fixed per day when points are made, so that a user who moves
keeps his past where it was; what says whether a user counts at all is looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, insert, or_, select

from data.points.clock import Clock
from data.points.relations.span import TABLES
from data.points.tables import KEPT_USER

FLAGGED = ("registered_at", "closed_at", "realname_at", "consent_at", "consent_withdrawn_at")
JOINING = ("registered_at", "phone_verified_at", "referred_by")


@dataclass(frozen=True)
class UserChanges:
    """Days of registrations and closures that changed; days whose activity has to be made again;
    the first day on which facts may belong to a user who was not known then."""

    counted: frozenset[date] = frozenset()
    active: frozenset[date] = frozenset()
    unknown_from: date | None = None


def changed_users(connection: Connection, clock: Clock, done: date) -> UserChanges:
    """What differs between dim_user and what the last refresh saw of it."""
    rows = [dict(row) for row in connection.execute(_differing()).mappings()]
    counted = {clock.day(moment) for row in rows for moment in _counted_at(row)}
    begun = [min(days) for row in rows if (days := _from_days(row, clock))]
    new = [clock.day(row["registered_at"]) for row in rows if _is_new(row)]
    late = [day for day in new if day <= done]
    active = _active_days(connection, clock, min(begun), done) if begun else frozenset()
    return UserChanges(frozenset(counted), active, min(late, default=None))


def remember_users(connection: Connection, *, full: bool) -> None:
    """Keep what this refresh saw of dim_user."""
    user = TABLES["dim_user"]
    stale = ~select(user.c.user_id).where(_same(user)).exists()
    connection.execute(KEPT_USER.delete() if full else KEPT_USER.delete().where(stale))
    columns = KEPT_USER.columns.keys()
    seen = select(*(user.c[name] for name in columns))
    missing = seen.where(user.c.user_id.not_in(select(KEPT_USER.c.user_id)))
    connection.execute(insert(KEPT_USER).from_select(columns, missing))


def _same(user: Any) -> Any:
    names = KEPT_USER.columns.keys()
    return and_(*(user.c[name].is_not_distinct_from(KEPT_USER.c[name]) for name in names))


def _differing() -> Select[Any]:
    user = TABLES["dim_user"]
    names = [name for name in KEPT_USER.columns.keys() if name != "user_id"]  # noqa: SIM118
    differs = [user.c[name].is_distinct_from(KEPT_USER.c[name]) for name in names]
    return (
        select(
            *(user.c[name] for name in names),
            *(KEPT_USER.c[name].label(f"old_{name}") for name in names),
            KEPT_USER.c.user_id.label("known"),
        )
        .outerjoin(KEPT_USER, KEPT_USER.c.user_id == user.c.user_id)
        .where(or_(KEPT_USER.c.user_id.is_(None), *differs))
    )


def _counted_at(row: Mapping[str, Any]) -> list[datetime]:
    """Moments, old and new, at which a registration or a closure counts that changed."""
    changed = {name for name in (*JOINING, "closed_at") if row[name] != row[f"old_{name}"]}
    joining = ("registered_at",) if changed & {*JOINING} else ()
    return _moments(row, (*joining, *(changed & {"closed_at"})))


def _moments(row: Mapping[str, Any], names: tuple[str, ...]) -> list[datetime]:
    both = [row[key] for name in names for key in (name, f"old_{name}")]
    return [moment for moment in both if moment is not None]


def _from_days(row: Mapping[str, Any], clock: Clock) -> list[date]:
    changed = tuple(name for name in FLAGGED if row[name] != row[f"old_{name}"])
    return [clock.day(moment) for moment in _moments(row, changed)]


def _is_new(row: Mapping[str, Any]) -> bool:
    return row["known"] is None and row["registered_at"] is not None


def _active_days(connection: Connection, clock: Clock, first: date, last: date) -> frozenset[date]:
    """Days with events of users who differ."""
    if first > last:
        return frozenset()
    user, event = TABLES["dim_user"], TABLES["event"]
    unchanged = select(user.c.user_id).join(KEPT_USER, _same(user))
    users = select(user.c.user_id).where(user.c.user_id.not_in(unchanged))
    day = clock.day_of(event.c.occurred_at).label("day")
    inside = clock.between(event.c.occurred_at, first, last)
    query = select(day).where(inside, event.c.user_id.in_(users)).distinct()
    return frozenset(row.day for row in connection.execute(query))


def days_from(first: date | None, last: date) -> set[date]:
    """All days from ``first`` to ``last``; none without a first."""
    if first is None:
        return set()
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}
