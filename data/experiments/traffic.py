"""How many users come by: what the length of an experiment hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from data.campaigns.audience import Audience
from data.points.read import Store
from data.points.tables import USER_DAY
from data.slice import Slice


def active_users(
    connection: Connection, store: Store, about: Slice, first: date, last: date
) -> int:
    """Distinct users of the slice who were active from ``first`` to ``last``. Raises SliceError."""
    query = select(func.count(func.distinct(USER_DAY.c.user_id)))
    found = connection.execute(query.where(*_inside(store, about, first, last))).scalar_one()
    return int(found)


def first_seen(
    connection: Connection,
    store: Store,
    about: Slice,
    modules: Sequence[str],
    first: date,
    last: date,
) -> tuple[int, ...]:
    """Users of the modules (none named: of any) seen by the end of each day, since ``first``.

    As many numbers as days, rising: a user is counted from the first day on which they are seen.
    """
    where = _inside(store, about, first, last)
    if modules:
        where.append(USER_DAY.c.module.in_(list(modules)))
    seen = (
        select(func.min(USER_DAY.c.day).label("day"))
        .where(*where)
        .group_by(USER_DAY.c.user_id)
        .subquery("first_seen")
    )
    query = select(seen.c.day, func.count().label("users")).group_by(seen.c.day)
    came = {row.day: int(row.users) for row in connection.execute(query)}
    total, found = 0, []
    for step in range((last - first).days + 1):
        total += came.get(first + timedelta(days=step), 0)
        found.append(total)
    return tuple(found)


def _inside(store: Store, about: Slice, first: date, last: date) -> list[ColumnElement[bool]]:
    """User-days of the slice's users; each carries the branch and segment of its day."""
    audience = Audience.of(store, about)
    found: list[ColumnElement[bool]] = [USER_DAY.c.day.between(first, last)]
    found += [USER_DAY.c[name].in_(list(values)) for name, values in audience.segment]
    if audience.branches is not None:
        found.append(USER_DAY.c.branch_id.in_(sorted(audience.branches)))
    return found
