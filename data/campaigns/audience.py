"""Whose facts are counted: the users of a slice, as statements take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_

from data.points.clock import Clock
from data.points.read import Store, permitted_scope
from data.points.relations.span import TABLES
from data.points.statement import before_month, user_dimensions
from data.slice import SEGMENT_DIMENSIONS, Slice


@dataclass(frozen=True)
class Audience:
    """Users of the branches (None: of the whole bank) and of the segment, on the bank's clock.

    ``ignored`` are filters of the slice that say nothing about users: a module or an App.
    """

    clock: Clock
    branches: frozenset[str] | None
    segment: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ignored: tuple[str, ...] = ()

    @classmethod
    def of(cls, store: Store, about: Slice) -> Audience:
        """The users of a slice; SliceError for a scope that is not permitted."""
        scope = permitted_scope(store, about)
        kept = tuple(one for one in about.filters if one[0] in SEGMENT_DIMENSIONS)
        ignored = tuple(name for name, _ in about.filters if name not in SEGMENT_DIMENSIONS)
        return cls(store.clock, store.leaves[scope] if scope else None, kept, ignored)

    @property
    def everybody(self) -> bool:
        """Whether nobody is left out."""
        return self.branches is None and not self.segment

    def joined(
        self, rows: FromClause, user_id: ColumnElement[Any], day: ColumnElement[Any]
    ) -> FromClause:
        """``rows`` with what the users' dimensions on ``day`` are read from."""
        if self.everybody:
            return rows
        return with_users(rows, user_id, day)

    def holds(self, day: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        """The conditions that leave only these users; needs what ``joined`` joins."""
        if self.everybody:
            return ()
        columns = user_dimensions(day, self.clock)
        found = [columns[name].in_(list(values)) for name, values in self.segment]
        if self.branches is not None:
            found.append(columns["branch_id"].in_(sorted(self.branches)))
        return tuple(found)

    def dimensions(self, day: ColumnElement[Any]) -> Mapping[str, ColumnElement[Any]]:
        """Every dimension of users on ``day``."""
        return user_dimensions(day, self.clock)


def with_users(
    rows: FromClause, user_id: ColumnElement[Any], day: ColumnElement[Any]
) -> FromClause:
    """``rows`` beside their users and the users' month-end before ``day``."""
    user, month = TABLES["dim_user"], TABLES["user_month"]
    tier = and_(month.c.user_id == user_id, month.c.month == before_month(day))
    return rows.outerjoin(user, user.c.user_id == user_id).outerjoin(month, tier)
