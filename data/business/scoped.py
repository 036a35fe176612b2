"""Fact rows within a slice: the reader's scope and the segment, as points have them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, select

from data.points.coverage import DAYLESS, MONTHLY
from data.points.read import Store, permitted_scope
from data.points.relations.span import TABLES, Span
from data.points.statement import tier_join, user_dimensions
from data.points.wants import Reason
from data.slice import SEGMENT_DIMENSIONS, Slice

USERS = frozenset({"branch", *SEGMENT_DIMENSIONS})
"""What rows that name a user can be split by."""


def why_not(
    store: Store, tables: Collection[str], about: Slice, split_by: Collection[str]
) -> Reason | None:
    """Why rows of ``tables`` that can be ``split_by`` some dimensions do not answer a slice."""
    for table in tables:
        if not store.coverage.has(table):
            return Reason("needs_table", table)
        if table not in DAYLESS | MONTHLY and not store.coverage.covered(table, about.period):
            return Reason("not_loaded", table)
    if "branch" not in split_by and permitted_scope(store, about):
        return Reason("not_by_branch")
    for name in about.segment:
        if name not in split_by:
            return Reason("not_by_dimension", name)
    return None


def of_users(store: Store, relation: Select[Any], about: Slice, span: Span) -> Subquery:
    """The rows of a relation whose users are in the slice on the row's day.

    ``relation`` has ``point_day``, ``user_id`` and, where it is filtered by them, ``module`` and
    ``app``. Branch and segment are the user's, as data/points/statement.py has them.
    """
    facts = relation.subquery("facts")
    user, month = TABLES["dim_user"], TABLES["user_month"]
    known = user_dimensions(facts.c.point_day, span.clock)
    query = select(*facts.c).outerjoin(user, user.c.user_id == facts.c.user_id)
    if "tier" in about.segment:
        query = query.outerjoin(month, tier_join(month, facts.c.user_id, facts.c.point_day, span))
    for name, values in about.filters:
        column = known[name] if name in known else facts.c[name]
        query = query.where(column.in_(values))
    inside = in_scope(store, about, known["branch_id"])
    return (query if inside is None else query.where(inside)).subquery("scoped")


def in_scope(store: Store, about: Slice, branch: ColumnElement[Any]) -> ColumnElement[bool] | None:
    """True for branches of the slice's scope; None for the whole bank."""
    scope = permitted_scope(store, about)
    return branch.in_(sorted(store.leaves[scope])) if scope else None
