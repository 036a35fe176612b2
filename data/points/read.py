"""Reading points by period, scope and segment: kept sets where they suffice, else the facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select

from data.period import Period
from data.points.catalogue import Catalogue, Point
from data.points.clock import Clock
from data.points.coverage import DAYLESS, MONTHLY, Coverage, read_coverage
from data.points.kept import Layout, read_layout
from data.points.read_distinct import read_distinct
from data.points.read_sums import Sums, read_sums
from data.points.tables import ANCESTOR
from data.points.wants import Answer, Reading, Reason, Want
from data.slice import Slice, SliceError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Store:
    """Everything that reading needs besides a connection; made anew when the data change."""

    catalogue: Catalogue
    clock: Clock
    coverage: Coverage
    ancestors: tuple[tuple[str, str], ...]
    layout: Layout = field(default_factory=dict)

    @cached_property
    def leaves(self) -> Mapping[str, frozenset[str]]:
        """By node: the branches that count towards it."""
        found: dict[str, set[str]] = {}
        for branch, node in self.ancestors:
            found.setdefault(node, set()).add(branch)
        return {node: frozenset(branches) for node, branches in found.items()}

    @cached_property
    def nodes_above(self) -> Mapping[str, tuple[str, ...]]:
        """By branch: itself, the nodes above it, and '' for the whole bank."""
        found: dict[str, list[str]] = {}
        for branch, node in self.ancestors:
            found.setdefault(branch, []).append(node)
        return {branch: tuple(nodes) for branch, nodes in found.items()}


def open_store(connection: Connection, catalogue: Catalogue, clock: Clock) -> Store:
    """What the last refresh kept about coverage and organisation."""
    pairs = connection.execute(select(ANCESTOR.c.branch_id, ANCESTOR.c.node))
    ancestors = tuple(sorted((row.branch_id, row.node) for row in pairs))
    return Store(catalogue, clock, read_coverage(connection), ancestors, read_layout(connection))


def read_points(
    connection: Connection,
    store: Store,
    wants: Collection[Want],
    by: Sequence[str],
    about: Slice,
    groups: pd.DataFrame | None = None,
) -> Reading:
    """The wants by group, within the scope and segment of ``about`` (its period is not read).

    ``groups`` fixes the rows of the answer; without it they are the groups that hold anything.
    Raises SliceError for a scope that does not exist or is not permitted.
    """
    scope = permitted_scope(store, about)
    reasons = {want: _impossible(store, want, by, about) for want in wants}
    possible = [want for want, reason in reasons.items() if reason is None]
    pieces: list[Sums] = []
    adding: dict[str, list[Want]] = {}
    for name, wanted in _by_source(store, possible).items():
        source = store.catalogue.by_name[name]
        if source.build == "distinct":
            pieces += read_distinct(connection, store, source, wanted, by, about, scope)
        else:
            adding[name] = wanted
    pieces += read_sums(connection, store, adding, by, about, scope)
    rows = groups if groups is not None else _groups(pieces, by)
    index = _index(rows, by) if by else None
    values = {want: found for piece in pieces for want, found in _aligned(piece, index, by)}
    loose = {want for piece in pieces for want in piece.unassigned}
    answers = {
        want: _answer(
            store, want, reasons[want], values.get(want), rows, scope, bank_only=want in loose
        )
        for want in wants
    }
    return Reading(rows, answers)


def permitted_scope(store: Store, about: Slice) -> str:
    """The node that the slice is about, within the reader's rights."""
    scope, subtree = about.branch, about.rights.subtree
    for node in (scope, subtree):
        if node and node not in store.leaves:
            raise SliceError(f"no branch {node!r} in this warehouse")
    if not subtree or (scope and store.leaves[scope] <= store.leaves[subtree]):
        return scope
    if not scope:
        return subtree
    raise SliceError(f"branch {scope!r} is outside what you may see")


def _impossible(store: Store, want: Want, by: Sequence[str], about: Slice) -> Reason | None:
    point = store.catalogue.points[want.point]
    for table in point.tables:
        if not store.coverage.has(table):
            return Reason("needs_table", table)
    for dimension in (*by, *about.segment):
        if dimension != "branch" and dimension not in point.split_by:
            return Reason("not_by_dimension", dimension)
    if (about.branch or about.rights.subtree) and "branch" not in point.split_by:
        return Reason("not_by_branch")
    covered, _ = covered_days(store, want, point)
    if not covered:
        return Reason("no_month_end" if point.monthly else "not_loaded", point.tables[0])
    return None


def covered_days(store: Store, want: Want, point: Point) -> tuple[int, int]:
    """(complete days, days): the fewest over the tables that the point needs."""
    coverage = store.coverage
    main = point.tables[0]
    if point.monthly:
        found = coverage.last_month_end(main, want.last)
        return (want.days, want.days) if found is not None else (0, want.days)
    if point.spread:
        return _days_of_months(coverage, main, want), want.days
    if want.mode == "last" and not point.cumulative:
        return (1 if coverage.days(main, want.last, want.last) else 0), 1
    counts = []
    for table in point.tables:
        if table in DAYLESS:
            # As for periods: most tables say how far users are known, any one how far a join is.
            known = coverage.as_of if table == main else coverage.last_known
            counts.append(_days_until(known, want))
            continue
        if table in MONTHLY:
            counts.append(want.days - _days_missing(coverage, table, want))
            continue
        first, last = want.shifted(point.lag) if table == main else (want.first, want.last)
        counts.append(coverage.days(table, first, last))
    return min(counts), want.days


def _days_until(known: date | None, want: Want) -> int:
    """Days up to the last known one: a table without days says nothing of later ones."""
    until = min(want.last, known or want.last)
    return max(0, (until - want.first).days + 1)


def _days_of_months(coverage: Coverage, table: str, want: Want) -> int:
    """Days of the months whose month-end was loaded."""
    return sum(
        _overlap(month, want)
        for month in Period(want.first, want.last).months()
        if coverage.days(table, month.last, month.last)
    )


def _days_missing(coverage: Coverage, table: str, want: Want) -> int:
    """Days of the months that end within the want and whose month-end was not loaded."""
    return sum(
        _overlap(month, want)
        for month in Period(want.first, want.last).months()
        if month.last <= want.last and not coverage.days(table, month.last, month.last)
    )


def _overlap(month: Period, want: Want) -> int:
    return (min(month.last, want.last) - max(month.first, want.first)).days + 1


def _by_source(store: Store, wants: Iterable[Want]) -> dict[str, list[Want]]:
    found: dict[str, list[Want]] = {}
    for want in wants:
        found.setdefault(store.catalogue.points[want.point].source, []).append(want)
    return found


def _groups(pieces: Iterable[Sums], by: Sequence[str]) -> pd.DataFrame:
    if not by:
        return pd.DataFrame(index=[0])
    found = [piece.rows[list(by)] for piece in pieces]
    if not found:
        return pd.DataFrame(columns=list(by))
    every = pd.concat(found, ignore_index=True).drop_duplicates()
    return every.sort_values(list(by)).reset_index(drop=True)


def _answer(
    store: Store,
    want: Want,
    reason: Reason | None,
    values: Floats | None,
    rows: pd.DataFrame,
    scope: str,
    *,
    bank_only: bool,
) -> Answer:
    point = store.catalogue.points[want.point]
    width = len(point.kept_columns)
    if reason is not None or values is None:
        shape = (len(rows),) if width == 1 else (len(rows), width)
        return Answer(np.full(shape, np.nan), 0, want.days, reason)
    covered, days = covered_days(store, want, point)
    # Exact decimals were added as floats: to the cent they are the same in any order.
    values = np.round(values, 2 if point.unit == "CNY" else 6)
    bank_only = bank_only and ("branch" in rows or bool(scope))
    if bank_only:
        below = (rows["branch"] != "").to_numpy() if "branch" in rows else np.full(len(rows), True)
        values = values.copy()
        values[below] = np.nan
    return Answer(values if width > 1 else values[:, 0], covered, days, None, bank_only)


def _index(rows: pd.DataFrame, by: Sequence[str]) -> pd.Index:
    return pd.Index(rows[by[0]]) if len(by) == 1 else pd.MultiIndex.from_frame(rows[list(by)])


def _aligned(
    piece: Sums, index: pd.Index | None, by: Sequence[str]
) -> Iterable[tuple[Want, Floats]]:
    """A piece's values for each row; a group without rows is 0, an unknown sum NaN."""
    padded = np.vstack([piece.values, np.zeros((1, piece.values.shape[1]))])
    if index is None:
        place = np.zeros(1, dtype=np.intp)
    else:
        place = _index(piece.rows, by).get_indexer(index)
    found = padded[place]
    for want, columns in piece.columns.items():
        yield want, found[:, columns]
