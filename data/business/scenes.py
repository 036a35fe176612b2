"""What users of each scene did afterwards, as sums over groups of like users."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, Double, Integer, Subquery, case, cast, func, select

from data.business.scoped import in_scope, why_not
from data.contract.vocabulary import SCENES
from data.engines.warehouse import frame
from data.period import Period
from data.points.read import Store
from data.points.relations.span import TABLES
from data.points.tables import ACTIVE_DAY, USER_DAY
from data.points.wants import Reason
from data.slice import SEGMENT_DIMENSIONS, Slice


def scene_cells(
    connection: Connection, store: Store, about: Slice, before: Period
) -> pd.DataFrame | Reason:
    """Users active in ``before``, by tier and the scenes used then, and sums of what followed.

    One row a tier and set of scenes: tier, a 0/1 column for each of `SCENES`, n, and of the
    slice's period days, days2 (squares), fees, fees2: active days and fees of each user.
    """
    split = {"branch", "app", *SEGMENT_DIMENSIONS}
    reason = why_not(store, ("event", "txn", "dim_module"), about, split)
    if reason is not None:
        return reason
    module, period = TABLES["dim_module"], about.period
    inside = [USER_DAY.c[name].in_(values) for name, values in about.filters]
    scope = in_scope(store, about, USER_DAY.c.branch_id)
    used = (
        select(
            USER_DAY.c.user_id,
            func.max(USER_DAY.c.tier).label("tier"),
            *(
                func.max(case((module.c.scene == scene, 1), else_=0)).label(scene)
                for scene in SCENES
            ),
        )
        .outerjoin(module, module.c.module == USER_DAY.c.module)
        .where(USER_DAY.c.day.between(before.first, before.last), *inside)
        .where(*([] if scope is None else [scope]))
        .group_by(USER_DAY.c.user_id)
        .subquery("used")
    )
    days, fees = _active_days(period), _fees(store, period)
    one = func.coalesce(days.c.days, 0)
    other = func.coalesce(fees.c.fees, 0.0)
    keys = [used.c.tier, *(cast(used.c[scene], Integer).label(scene) for scene in SCENES)]
    query = (
        select(
            *keys,
            func.count().label("n"),
            cast(func.sum(one), Double).label("days"),
            cast(func.sum(one * one), Double).label("days2"),
            cast(func.sum(other), Double).label("fees"),
            cast(func.sum(other * other), Double).label("fees2"),
        )
        .select_from(used)
        .outerjoin(days, days.c.user_id == used.c.user_id)
        .outerjoin(fees, fees.c.user_id == used.c.user_id)
        .group_by(used.c.tier, *(used.c[scene] for scene in SCENES))
    )
    return frame(connection, query)


def _active_days(period: Period) -> Subquery:
    return (
        select(ACTIVE_DAY.c.user_id, func.count().label("days"))
        .where(ACTIVE_DAY.c.day.between(period.first, period.last))
        .group_by(ACTIVE_DAY.c.user_id)
        .subquery("active_days")
    )


def _fees(store: Store, period: Period) -> Subquery:
    txn = TABLES["txn"]
    return (
        select(txn.c.user_id, cast(func.sum(txn.c.fee_cny), Double).label("fees"))
        .where(txn.c.status == "success")
        .where(store.clock.between(txn.c.occurred_at, period.first, period.last))
        .group_by(txn.c.user_id)
        .subquery("fees")
    )
