"""Who was exposed: one row per user in one planned arm, and what is odd about the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from data.behaviour.scope import child_of
from data.campaigns.audience import Audience, with_users
from data.engines.differences import add_seconds
from data.points.read import Store
from data.points.relations.span import TABLES
from data.slice import SEGMENT_DIMENSIONS, Slice, SliceError

DAY_S = 86_400
SPLITS = ("branch", *SEGMENT_DIMENSIONS)
"""What users can be split by: the node right below the scope, or a segment dimension."""


@dataclass(frozen=True)
class Exposed:
    """Which exposures count: the experiment, its planned arms, the days users came in."""

    experiment: str
    arms: tuple[str, ...]
    first: date
    last: date


@dataclass(frozen=True)
class Anomalies:
    """Users of the slice who were exposed, and those left out, each counted under one heading.

    ``crossed``: seen in two arms; ``unplanned``: by the name of an arm that is not planned;
    ``outside``: first exposed outside the experiment's days; ``unregistered``: exposed before
    their registration, or unknown. ``repeated``: exposed more than once in one arm, counted once.
    """

    users: int
    crossed: int
    repeated: int
    outside: int
    unregistered: int
    unplanned: tuple[tuple[str, int], ...]


def anomalies(connection: Connection, store: Store, about: Slice, asked: Exposed) -> Anomalies:
    """What is odd about the exposures of the slice's users. Raises SliceError."""
    audience = Audience.of(store, about)
    seen = _seen(audience, asked)
    rows = _in_slice(seen, audience)
    one = (
        select(_kind(store, seen, asked).label("kind"), seen.c.arm, seen.c.times)
        .select_from(rows)
        .where(*audience.holds(seen.c.day))
        .subquery("one_user")
    )
    query = select(
        one.c.kind,
        one.c.arm,
        func.count().label("users"),
        func.sum(case((one.c.times > 1, 1), else_=0)).label("repeated"),
    ).group_by(one.c.kind, one.c.arm)
    rows_found = connection.execute(query)
    found = [(row.kind, row.arm, int(row.users), int(row.repeated)) for row in rows_found]

    def of(name: str) -> int:
        return sum(users for kind, _, users, _ in found if kind == name)

    return Anomalies(
        sum(users for _, _, users, _ in found), of("crossed"),
        sum(times for kind, _, _, times in found if kind == "kept"),
        of("outside"), of("unregistered"),
        tuple(sorted((arm, users) for kind, arm, users, _ in found if kind == "unplanned")),
    )  # fmt: skip


def enrolled(store: Store, about: Slice, asked: Exposed, by: str | None, before: int) -> Subquery:
    """One row per user who counts.

    Columns: ``user_id``, ``arm``, ``exposed_at``, ``day``, ``known`` (1: registered ``before``
    days before the exposure or earlier) and ``part`` (the value of ``by`` on that day, '' without).
    """
    audience = Audience.of(store, about)
    seen = _seen(audience, asked)
    user = TABLES["dim_user"]
    rows = _in_slice(seen, audience, tier=by is not None)
    part: ColumnElement[Any] = literal("")
    if by == "branch":
        child = child_of(store, about)
        rows = rows.outerjoin(child, child.c.branch_id == user.c.branch_id)
        part = func.coalesce(child.c.node, "")
    elif by in SEGMENT_DIMENSIONS:
        part = audience.dimensions(seen.c.day)[by]
    elif by is not None:
        raise SliceError(f"users cannot be split by {by!r}; there are {', '.join(SPLITS)}")
    early = user.c.registered_at <= add_seconds(seen.c.exposed_at, -before * DAY_S)
    query = (
        select(
            seen.c.user_id,
            seen.c.arm,
            seen.c.exposed_at,
            seen.c.day,
            case((early, 1), else_=0).label("known"),
            part.label("part"),
        )
        .select_from(rows)
        .where(_kind(store, seen, asked) == "kept", *audience.holds(seen.c.day))
    )
    return query.subquery("enrolled")


def first_and_last_exposure(
    connection: Connection, store: Store, experiment: str
) -> tuple[date, date] | None:
    """The days of an experiment's first and last exposure; None where there is none."""
    table = TABLES["exposure"]
    query = select(func.min(table.c.exposed_at), func.max(table.c.exposed_at))
    first, last = connection.execute(query.where(table.c.experiment_id == experiment)).one()
    return None if first is None else (store.clock.day(first), store.clock.day(last))


def experiments_seen(connection: Connection) -> Sequence[str]:
    """Ids of all experiments that anybody was exposed to, in order."""
    table = TABLES["exposure"]
    query = select(table.c.experiment_id).distinct().order_by(table.c.experiment_id)
    return connection.execute(query).scalars().all()


def _seen(audience: Audience, asked: Exposed) -> Subquery:
    """One row per user: the first exposure, and between which arms."""
    table = TABLES["exposure"]
    rows = (
        select(
            table.c.user_id,
            func.min(table.c.variant).label("arm"),
            func.max(table.c.variant).label("other_arm"),
            func.min(table.c.exposed_at).label("exposed_at"),
            func.count().label("times"),
        )
        .where(table.c.experiment_id == asked.experiment)
        .group_by(table.c.user_id)
        .subquery("first_exposure")
    )
    return select(rows, audience.clock.day_of(rows.c.exposed_at).label("day")).subquery("seen")


def _in_slice(seen: Subquery, audience: Audience, *, tier: bool = False) -> FromClause:
    """The exposures beside their users, and the users' month-ends where they are needed."""
    if tier or not audience.everybody:
        return with_users(seen, seen.c.user_id, seen.c.day)
    user = TABLES["dim_user"]
    return seen.outerjoin(user, user.c.user_id == seen.c.user_id)


def _kind(store: Store, seen: Subquery, asked: Exposed) -> ColumnElement[str]:
    """Why a user does not count, or ``kept``."""
    user = TABLES["dim_user"]
    end = store.clock.start(asked.last + timedelta(days=1))
    outside = or_(seen.c.exposed_at < store.clock.start(asked.first), seen.c.exposed_at >= end)
    registered = and_(user.c.registered_at.is_not(None), user.c.registered_at <= seen.c.exposed_at)
    return case(
        (seen.c.arm != seen.c.other_arm, "crossed"),
        (seen.c.arm.not_in(list(asked.arms)), "unplanned"),
        (outside, "outside"),
        (registered, "kept"),
        else_="unregistered",
    )
