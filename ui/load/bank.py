"""What every screen needs to know of the bank: branches, coverage, the default period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.contract.vocabulary import AGE_BANDS, TIERS, USER_CHANNELS
from data.ingest import pending_loads
from data.period import Period
from data.points.coverage import DAYLESS, Coverage
from data.points.tables import DISTINCT, REFRESHED
from data.slice import Rights, SliceError
from metrics.scorecard import default_period
from metrics.values import Setup
from ui.load.opened import (
    EmptyWarehouseError,
    Token,
    environment,
    open_warehouse_once,
    setup,
)

BranchRow = tuple[str, str | None, str | None, str | None]
"""Id, id of the parent, Chinese name, English name."""


@dataclass(frozen=True)
class Branch:
    """A node of the organisation; names are text from data, ``depth`` is 0 at the top."""

    id: str
    parent: str
    name_zh: str
    name_en: str
    depth: int

    def name(self, lang: str) -> str:
        """The name in a language; a node without an English name has its Chinese one."""
        return self.name_zh if lang == "zh" else self.name_en or self.name_zh


@dataclass(frozen=True)
class Bank:
    """Branches in the order of the tree, what is covered, and what a filter may name."""

    branches: Mapping[str, Branch]
    coverage: Coverage
    as_of: date
    default: Period
    refreshed_at: datetime | None
    values: Mapping[str, tuple[str, ...]]

    def has_data(self, period: Period) -> bool:
        """Whether any table with days is loaded for a day of the period."""
        tables = [table for table in self.coverage.runs if table not in DAYLESS]
        return any(self.coverage.covered(table, period) for table in tables)

    def name(self, branch: str, lang: str) -> str:
        """The name of a branch; '' for one that does not exist."""
        return self.branches[branch].name(lang) if branch in self.branches else ""

    def below(self, branch: str) -> tuple[Branch, ...]:
        """The nodes right below one; of the whole bank those below its only top."""
        tops = [one for one in self.branches.values() if not one.parent]
        top = branch or (tops[0].id if len(tops) == 1 else "")
        return tuple(one for one in self.branches.values() if one.parent == top)

    def above(self, branch: str) -> tuple[Branch, ...]:
        """The path from the top down to a branch, itself included."""
        found: list[Branch] = []
        node = branch
        while node in self.branches and self.branches[node] not in found:
            found.insert(0, self.branches[node])
            node = self.branches[node].parent
        return tuple(found)


def bank(token: Token, rights: Rights) -> Bank:
    """The bank under a token as far as rights reach: no other branch is named in it.

    Raises EmptyWarehouseError where nothing is loaded, SliceError for rights to a branch that
    does not exist.
    """
    return _bank(token, rights, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _bank(token: Token, rights: Rights, around: tuple[tuple[str, str], ...]) -> Bank:
    del around
    made = setup(token)
    coverage = made.store.coverage
    if coverage.as_of is None:
        raise EmptyWarehouseError("empty")
    if rights.subtree and rights.subtree not in made.store.leaves:
        raise SliceError(f"no branch {rights.subtree!r} in this warehouse")
    with open_warehouse_once(token.warehouse).reading() as connection:
        table = CONTRACT.tables["dim_branch"]
        columns = (table.c.branch_id, table.c.parent_id, table.c.name_zh, table.c.name_en)
        found = connection.execute(select(*columns).order_by(table.c.branch_id))
        rows: list[BranchRow] = [(row[0], row[1], row[2], row[3]) for row in found]
        if rights.subtree:
            rows = [row for row in rows if row[0] in made.store.leaves[rights.subtree]]
        newest = select(REFRESHED.c.finished_at).order_by(REFRESHED.c.sequence.desc()).limit(1)
        refreshed = connection.execute(newest).scalar()
        values = _values(connection, made, coverage.as_of, rights.subtree)
    period = default_period(made)
    if period is None:
        raise EmptyWarehouseError("empty")
    return Bank(in_tree_order(rows), coverage, coverage.as_of, period, refreshed, values)


def _values(
    connection: Connection, made: Setup, as_of: date, subtree: str
) -> Mapping[str, tuple[str, ...]]:
    """What each dimension may be filtered by: what occurs in the bank or in a subtree of it."""
    days = select(DISTINCT.c.value).where(DISTINCT.c.dimension == "app", DISTINCT.c.length == 30)
    here = days.where(DISTINCT.c.day == as_of, DISTINCT.c.branch_id == subtree)
    apps = connection.execute(here.distinct()).scalars().all()
    return {
        "module": tuple(made.tree.modules),
        "app": tuple(sorted(str(app) for app in apps if app)),
        "channel": USER_CHANNELS,
        "tier": TIERS,
        "age_band": AGE_BANDS,
        "new_user": ("new", "existing"),
    }


@st.cache_data(show_spinner=False, max_entries=8)
def pending(token: Token) -> int:
    """How many loads the daily points under a token do not hold yet."""
    with open_warehouse_once(token.warehouse).reading() as connection:
        return pending_loads(connection)


def in_tree_order(rows: Iterable[BranchRow]) -> Mapping[str, Branch]:
    """Branches, each followed by those below it; one in a cycle or without its parent is a top."""
    found = {row[0]: row for row in rows}
    below: dict[str, list[str]] = {}
    for key, row in found.items():
        parent = row[1] or ""
        parent = parent if parent in found and parent != key else ""
        below.setdefault(parent, []).append(key)
    ordered: dict[str, Branch] = {}
    _walk(below.get("", []), 0, "", found, below, ordered)
    for key in found:
        if key not in ordered:
            _walk([key], 0, "", found, below, ordered)
    return ordered


def _walk(
    keys: Sequence[str],
    depth: int,
    parent: str,
    found: Mapping[str, BranchRow],
    below: Mapping[str, list[str]],
    ordered: dict[str, Branch],
) -> None:
    for key in keys:
        if key in ordered:
            continue
        name_zh, name_en = found[key][2] or key, found[key][3] or ""
        ordered[key] = Branch(key, parent, name_zh, name_en, depth)
        _walk(below.get(key, []), depth + 1, key, found, below, ordered)
