"""Content by format, and how it and the users spread."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Integer, case, cast, distinct, func, select

from data.behaviour.retention import newcomers
from data.behaviour.scope import EVENT, events_of
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES
from data.points.user_days import LONGEST_PAGE_MS
from data.slice import Slice


def content_use(connection: Connection, store: Store, about: Slice) -> pd.DataFrame:
    """What content reaches, by format ('' : all of it).

    Columns: ``format``, ``pieces`` (shown at least once), ``users`` (distinct viewers), ``views``,
    ``shares``, ``sharers`` (distinct), ``dwell_ms``.
    """
    content = TABLES["dim_content"]
    longest = case(
        (EVENT.c.duration_ms > LONGEST_PAGE_MS, LONGEST_PAGE_MS), else_=EVENT.c.duration_ms
    )
    view, share = EVENT.c.action == "view", EVENT.c.action == "share"
    rows = (
        select(
            content.c.format, EVENT.c.content_id,
            case((view, EVENT.c.user_id)).label("viewer"),
            case((share, EVENT.c.user_id)).label("sharer"),
            case((view, longest), else_=0).label("dwell_ms"),
        )
        .join(content, content.c.content_id == EVENT.c.content_id)
        .where(*events_of(store, about, about.period.first, about.period.last))
        .subquery("rows")
    )  # fmt: skip
    columns = (
        func.count(distinct(rows.c.content_id)).label("pieces"),
        func.count(distinct(rows.c.viewer)).label("users"),
        func.count(rows.c.viewer).label("views"),
        func.count(rows.c.sharer).label("shares"),
        func.count(distinct(rows.c.sharer)).label("sharers"),
        func.coalesce(func.sum(rows.c.dwell_ms), 0).label("dwell_ms"),
    )
    by = frame(connection, select(rows.c.format, *columns).group_by(rows.c.format))
    whole = frame(connection, select(*columns)).assign(format="")
    found = pd.concat([by, whole], ignore_index=True)
    names = ["pieces", "users", "views", "shares", "sharers", "dwell_ms"]
    found[names] = found[names].fillna(0).astype("int64")
    return found[["format", *names]].sort_values("format").reset_index(drop=True)


def invitations(connection: Connection, store: Store, about: Slice) -> pd.DataFrame:
    """Who brought new users in the period.

    One row: ``newcomers``, ``referred`` (with a referrer), ``referrers`` (distinct).
    """
    user = TABLES["dim_user"]
    new = newcomers(store, about, about.period.first, about.period.last)
    came = case((user.c.referred_by.is_not(None), 1), else_=0)
    columns: list[Any] = [
        func.count().label("newcomers"),
        cast(func.coalesce(func.sum(came), 0), Integer()).label("referred"),
        func.count(distinct(user.c.referred_by)).label("referrers"),
    ]
    query = select(*columns).select_from(new).join(user, user.c.user_id == new.c.user_id)
    return frame(connection, query)
