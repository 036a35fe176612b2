"""Successful transactions by module and product: what income and volume are made of."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, Double, cast, func, select

from data.business.scoped import USERS, of_users, why_not
from data.engines.warehouse import frame
from data.points.read import Store
from data.points.relations.span import TABLES, Span
from data.points.wants import Reason
from data.slice import Slice

SPLIT_BY = USERS | {"module", "app"}


def by_product(connection: Connection, store: Store, about: Slice) -> pd.DataFrame | Reason:
    """Columns module, product_id ('' where none), kind, name_zh, name_en, count, amount, fees."""
    reason = why_not(store, ("txn",), about, SPLIT_BY)
    if reason is not None:
        return reason
    txn, product = TABLES["txn"], TABLES["dim_product"]
    span = Span(store.clock, about.period.first, about.period.last)
    relation = select(
        store.clock.day_of(txn.c.occurred_at).label("point_day"),
        txn.c.user_id,
        func.coalesce(txn.c.module, "").label("module"),
        func.coalesce(txn.c.app, "").label("app"),
        func.coalesce(txn.c.product_id, "").label("product_id"),
        txn.c.amount_cny,
        txn.c.fee_cny,
    ).where(txn.c.status == "success", span.holds(txn.c.occurred_at))
    rows = of_users(store, relation, about, span)
    keys = (rows.c.module, rows.c.product_id)
    added = (
        select(
            *keys,
            func.count().label("count"),
            cast(func.sum(rows.c.amount_cny), Double).label("amount"),
            cast(func.coalesce(func.sum(rows.c.fee_cny), 0), Double).label("fees"),
        )
        .group_by(*keys)
        .subquery("added")
    )
    named = select(added, product.c.kind, product.c.name_zh, product.c.name_en).outerjoin(
        product, product.c.product_id == added.c.product_id
    )
    return frame(connection, named.order_by(added.c.module, added.c.product_id))
