"""Which modules people use, by tier, hour or branch; the never used; a segment and the rest."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    cast,
    distinct,
    extract,
    func,
    literal,
    select,
    true,
)

from data.behaviour.scope import (
    EVENT,
    child_of,
    dimension_columns,
    events_of,
    inside,
    leaves,
    on_day,
)
from data.engines.warehouse import frame
from data.period import Period
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.statement import tier_join
from data.points.tables import ACTIVE_DAY, USER_DAY
from data.slice import SEGMENT_DIMENSIONS, Slice

Across = Literal["tier", "age_band", "channel", "new_user", "app", "branch", "hour"]


def module_users(
    connection: Connection, store: Store, about: Slice, across: Across
) -> pd.DataFrame:
    """Active users of the period by module and a dimension; ``module`` '' holds all of them.

    Columns: ``module``, ``across`` (a value; a node right below the scope; an hour of the day),
    ``users``. Somebody who changed tier within the period is counted at both.
    """
    if across == "hour":
        return _by_hour(connection, store, about)
    rows, day = USER_DAY, USER_DAY.c.day
    wanted = [day.between(about.period.first, about.period.last), *inside(rows, store, about)]
    if across == "branch":
        child = child_of(store, about)
        value: ColumnElement[Any] = child.c.node
        query = select(rows.c.user_id, rows.c.module, value.label("across")).join(
            child, child.c.branch_id == rows.c.branch_id
        )
    else:
        query = select(rows.c.user_id, rows.c.module, rows.c[across].label("across"))
    used = query.where(*wanted).distinct().subquery("used")
    counted = select(used.c.module, used.c.across, func.count().label("users"))
    found = frame(connection, counted.group_by(used.c.module, used.c.across))
    every = select(used.c.across, func.count(distinct(used.c.user_id)).label("users"))
    total = frame(connection, every.group_by(used.c.across)).assign(module="")
    return _in_order(pd.concat([found[found["module"] != ""], total], ignore_index=True))


def _by_hour(connection: Connection, store: Store, about: Slice) -> pd.DataFrame:
    moment = store.clock.local(EVENT.c.occurred_at)
    rows = (
        select(
            EVENT.c.user_id,
            func.coalesce(EVENT.c.module, "").label("module"),
            cast(extract("hour", moment), Integer()).label("across"),
        )
        .where(*events_of(store, about, about.period.first, about.period.last))
        .distinct()
        .subquery("rows")
    )
    keys = (rows.c.module, rows.c.across)
    found = frame(connection, select(*keys, func.count().label("users")).group_by(*keys))
    every = select(rows.c.across, func.count(distinct(rows.c.user_id)).label("users"))
    total = frame(connection, every.group_by(rows.c.across)).assign(module="")
    return _in_order(pd.concat([found[found["module"] != ""], total], ignore_index=True))


def _in_order(found: pd.DataFrame) -> pd.DataFrame:
    columns = found[["module", "across", "users"]]
    return columns.sort_values(["module", "across"]).reset_index(drop=True)


def ever_used(connection: Connection, store: Store, about: Slice, period: Period) -> pd.DataFrame:
    """Users by module over a long period; ``module`` '' holds all active ones of the slice.

    A module in the slice's filters is not looked at. Columns: ``module``, ``users``.
    """
    rows = USER_DAY
    free = Slice.of(
        period, about.branch, **{n: v for n, v in about.filters if n not in ("module",)}
    )
    wanted = [
        rows.c.day.between(period.first, period.last),
        *inside(rows, store, _with_rights(free, about)),
    ]
    used = select(rows.c.user_id, rows.c.module).where(*wanted).distinct().subquery("used")
    counted = select(used.c.module, func.count().label("users")).group_by(used.c.module)
    found = frame(connection, counted)
    every = frame(connection, select(func.count(distinct(used.c.user_id)).label("users")))
    whole = pd.concat([found[found["module"] != ""], every.assign(module="")], ignore_index=True)
    return whole[["module", "users"]].sort_values("module").reset_index(drop=True)


def _with_rights(free: Slice, about: Slice) -> Slice:
    return Slice(free.period, free.branch, free.filters, about.rights)


def profile(
    connection: Connection, store: Store, about: Slice, segment: dict[str, tuple[str, ...]]
) -> pd.DataFrame:
    """Active users of the scope by what they use and are, within a segment and outside of it.

    A user belongs to the segment as of the period's last day. Columns: ``trait`` (module, or a
    dimension), ``value``, ``chosen`` (1: in the segment), ``users``; trait '' counts everybody.
    """
    last = about.period.last
    dims = dimension_columns(store, last)
    user, month = TABLES["dim_user"], TABLES["user_month"]
    chosen = and_(true(), *(dims[name].in_(values) for name, values in segment.items()))
    span = Span(store.clock, last, last)
    people = (
        select(
            user.c.user_id,
            case((chosen, 1), else_=0).label("chosen"),
            *(dims[name].label(name) for name in SEGMENT_DIMENSIONS),
        )
        .outerjoin(month, tier_join(month, user.c.user_id, on_day(last), span))
        .subquery("people")
    )
    wanted = [USER_DAY.c.day.between(about.period.first, last)]
    branches = leaves(store, about)
    if branches is not None:
        wanted.append(USER_DAY.c.branch_id.in_(branches))
    used = select(USER_DAY.c.user_id, USER_DAY.c.module).where(*wanted).distinct().subquery("used")
    active = select(used.c.user_id).distinct().subquery("active")
    by_module = (
        select(
            literal("module").label("trait"), used.c.module.label("value"), people.c.chosen,
            func.count().label("users"),
        )
        .join(people, people.c.user_id == used.c.user_id)
        .where(used.c.module != "")
        .group_by(used.c.module, people.c.chosen)
    )  # fmt: skip
    traits = [name for name in SEGMENT_DIMENSIONS if name not in segment]
    keys = [people.c.chosen, *(people.c[name] for name in traits)]
    crossed = (
        select(*keys, func.count().label("users"))
        .join(active, active.c.user_id == people.c.user_id)
        .group_by(*keys)
    )
    found = [frame(connection, by_module)]
    cross = frame(connection, crossed)
    for name in traits:
        part = cross.groupby(["chosen", name], as_index=False)[["users"]].sum()
        found.append(part.rename(columns={name: "value"}).assign(trait=name))
    total = cross.groupby("chosen", as_index=False)["users"].sum()
    found.append(total.assign(trait="", value=""))
    whole = pd.concat(found, ignore_index=True)[["trait", "value", "chosen", "users"]]
    return whole.sort_values(["trait", "value", "chosen"]).reset_index(drop=True)


def active_people(connection: Connection, store: Store, about: Slice) -> int:
    """Distinct active users of the slice's period."""
    rows = USER_DAY if {"module", "app"} & set(about.segment) else ACTIVE_DAY
    wanted = [rows.c.day.between(about.period.first, about.period.last)]
    query = select(func.count(distinct(rows.c.user_id))).where(*wanted, *inside(rows, store, about))
    return int(connection.execute(query).scalar_one())
