"""Sums of points over windows: one SELECT on a kept table, or on the facts outside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    cast,
    func,
    literal,
    select,
    table,
)  # fmt: skip

from data.engines.warehouse import frame
from data.points.catalogue import Point, Source
from data.points.kept import kept_name
from data.points.pieces import Windows, windows_of
from data.points.relations.span import Span
from data.points.statement import points_by
from data.points.wants import Want
from data.slice import SEGMENT_DIMENSIONS, Slice

if TYPE_CHECKING:
    from data.points.read import Store

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sums:
    """Answers of one source: groups (columns by dimension) and a matrix (groups, columns).

    ``columns`` says where a want's columns are; ``unassigned`` wants count rows without a branch.
    """

    rows: pd.DataFrame
    values: Floats
    columns: Mapping[Want, slice]
    unassigned: frozenset[Want] = frozenset()


def read_sums(
    connection: Connection,
    store: Store,
    source: Source,
    wants: Sequence[Want],
    by: Sequence[str],
    about: Slice,
    scope: str,
) -> Sums:
    """All wants of one source."""
    kept = _kept_set(source, {*by, *about.segment} - {"branch"})
    names = _numbered(store, wants)
    if kept is None:
        found = _from_facts(connection, store, source, names, by, about)
        values = _values_and_rows(found, names)
    else:
        windows = Windows.of(store, wants)
        points = [store.catalogue.points[name] for name in {want.point: 0 for want in wants}]
        query = _query(table_of(source, by_segment=kept), points, windows, by, about)
        found = frame(connection, query)
        values = _by_want(found, windows, store, names)
    keys = found[[*dict.fromkeys(["branch_id", *(n for n in by if n != "branch")])]]
    columns = _columns(names)
    unassigned = _unassigned(source, keys, values, columns)
    rows, totals = rolled_up(store, keys, values, by, scope)
    return Sums(rows, _settled(totals), columns, unassigned)


def _columns(names: Mapping[Want, Sequence[str]]) -> dict[Want, slice]:
    found, start = {}, 0
    for want, columns in names.items():
        found[want] = slice(start, start + len(columns))
        start += len(columns)
    return found


def _unassigned(
    source: Source, keys: pd.DataFrame, values: Floats, columns: Mapping[Want, slice]
) -> frozenset[Want]:
    """Wants that count rows which name no branch, where rows should name one."""
    if "branch" not in source.split_by:
        return frozenset(columns)
    if source.user is not None or source.by_segment:
        return frozenset()
    loose = _settled(values[(keys["branch_id"] == "").to_numpy()]) != 0
    return frozenset(want for want, place in columns.items() if loose[:, place].any())


def table_of(source: Source, *, by_segment: bool) -> FromClause:
    """The kept table of a source as a light construct: its columns by name."""
    dims = (
        ("branch_id", *SEGMENT_DIMENSIONS, "app") if by_segment else ("branch_id", "module", "app")
    )
    columns = [column for point in source.points for column in point.all_columns]
    names: list[Column[Any]] = [Column(name) for name in ("day", *dims, *columns)]
    return table(kept_name(source, by_segment=by_segment), *names)


def _kept_set(source: Source, dims: set[str]) -> bool | None:
    """False: the module set holds ``dims``; True: the segment set does; None: neither."""
    if dims <= {"module", "app"}:
        return False
    if source.by_segment and dims <= {*SEGMENT_DIMENSIONS, "app"}:
        return True
    return None


def _numbered(store: Store, wants: Sequence[Want]) -> dict[Want, list[str]]:
    widths = {want: len(store.catalogue.points[want.point].kept_columns) for want in wants}
    return {
        want: [f"w{number}_{i}" for i in range(widths[want])] for number, want in enumerate(wants)
    }


def _query(
    kept: FromClause,
    points: Sequence[Point],
    windows: Windows,
    by: Sequence[str],
    about: Slice,
) -> Any:
    """Every point added up once for each piece of the windows."""
    keys = [*dict.fromkeys("branch_id" if name == "branch" else name for name in (*by, "branch"))]
    columns = dict.fromkeys(name for point in points for name in point.all_columns)
    filters = [kept.c[name].in_(values) for name, values in about.filters]
    rows = (
        select(*(kept.c[name] for name in (*keys, *columns)))
        .add_columns(windows.piece(kept.c.day).label("piece"))
        .where(windows.inside(kept.c.day), *filters)
        .subquery("pieces")
    )
    sums: list[ColumnElement[Any]] = []
    for point in points:
        sums += [cast(func.sum(rows.c[c]), Double).label(c) for c in point.kept_columns]
        if _may_be_unknown(point):
            matched = literal(1) if point.matched_column is None else rows.c[point.matched_column]
            sums.append(func.sum(matched).label(_rows_of([point.name])))
    groups = [rows.c[name] for name in (*keys, "piece")]
    return select(*groups, *sums).group_by(*groups)


def _by_want(
    found: pd.DataFrame, windows: Windows, store: Store, names: Mapping[Want, Sequence[str]]
) -> Floats:
    """What each row is to each want; then, for each, the number of rows added over."""
    points = [store.catalogue.points[want.point] for want in names]
    widths = [len(point.kept_columns) for point in points]
    place = found["piece"].to_numpy(dtype=np.intp)
    share = np.repeat(windows.share, widths, axis=0)[:, place].T
    values = found[[c for point in points for c in point.kept_columns]].to_numpy(np.float64)
    counted = [_rows_of([point.name]) if _may_be_unknown(point) else "" for point in points]
    zero = found.assign(**{"": 0.0})
    rows = np.repeat(zero[counted].to_numpy(dtype=np.float64), widths, axis=1)
    return np.hstack([np.where(share > 0, values * share, np.nan), np.where(share > 0, rows, 0)])


def _may_be_unknown(point: Point) -> bool:
    return point.aggregate in ("sum", "columns")


def _rows_of(names: Sequence[str]) -> str:
    return f"rows_{names[0]}"


def _values_and_rows(found: pd.DataFrame, names: Mapping[Want, Sequence[str]]) -> Floats:
    """All values, then, for each of them, the number of rows that it was added over."""
    parts = [found[[n for ns in names.values() for n in ns]].to_numpy(dtype=np.float64)]
    for ns in names.values():
        rows = found[_rows_of(ns)] if _rows_of(ns) in found else pd.Series(0.0, found.index)
        parts.append(np.repeat(rows.to_numpy(dtype=np.float64)[:, None], len(ns), axis=1))
    return np.hstack(parts)


def _settled(both: Floats) -> Floats:
    """A sum over no rows is 0; a sum over rows without a known value stays missing."""
    values, rows = np.hsplit(both, 2)
    return np.where(np.isnan(values) & ~(rows > 0), 0.0, values)


def _from_facts(
    connection: Connection,
    store: Store,
    source: Source,
    names: Mapping[Want, Sequence[str]],
    by: Sequence[str],
    about: Slice,
) -> pd.DataFrame:
    """The same aggregates by any dimensions, one statement for all wants of the same days."""
    keys = ["branch_id", *(name for name in by if name != "branch")]
    columns = [name for ns in names.values() for name in (*ns, _rows_of(ns))]
    parts = [pd.DataFrame(columns=[*keys, *columns])]
    for (first, last), wanted in _same_days(names, store).items():
        points = {want.point: store.catalogue.points[want.point] for want, _ in wanted}
        span = Span(store.clock, first, last)
        query = points_by(source, span, keys, about.segment, list(points.values()))
        found = frame(connection, query)
        parts += [_renamed(found, keys, points[w.point], names[w], share) for w, share in wanted]
    whole = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return whole.reindex(columns=[*keys, *columns])


def _same_days(
    names: Mapping[Want, Sequence[str]], store: Store
) -> dict[tuple[date, date], list[tuple[Want, float]]]:
    found: dict[tuple[date, date], list[tuple[Want, float]]] = {}
    for want in names:
        for first, last, share in windows_of(want, store.catalogue.points[want.point], store):
            found.setdefault((first, last), []).append((want, share))
    return found


def _renamed(
    found: pd.DataFrame, keys: Sequence[str], point: Point, names: Sequence[str], share: float
) -> pd.DataFrame:
    part = found[list(keys)].copy()
    for column, name in zip(point.kept_columns, names, strict=True):
        part[name] = found[column].astype(np.float64) * share
    matched = point.matched_column
    known = not _may_be_unknown(point)
    part[_rows_of(names)] = 0 if known else 1 if matched is None else found[matched]
    return part


def rolled_up(
    store: Store, keys: pd.DataFrame, values: Floats, by: Sequence[str], scope: str
) -> tuple[pd.DataFrame, Floats]:
    """Rows within the scope added up by group, for every node above where ``by`` has branches.

    A sum is missing where all that it adds is missing.
    """
    if scope:
        inside = keys["branch_id"].isin(store.leaves[scope]).to_numpy()
        keys, values = keys[inside], values[inside]
    if "branch" in by:
        row, node = _nodes_of(store, keys["branch_id"].to_numpy(), scope)
        keys = keys.iloc[row].assign(branch=node)
        values = values[row]
    if not by:
        return pd.DataFrame(index=[0]), _added(values, np.zeros(len(values), dtype=np.intp), 1)
    groups = keys[list(by)].reset_index(drop=True)
    if groups.empty:
        return groups, np.zeros((0, values.shape[1]))
    codes, index = pd.MultiIndex.from_frame(groups).factorize()
    rows = pd.DataFrame(list(index), columns=list(by))
    return rows, _added(values, codes, len(rows))


def _nodes_of(
    store: Store, branches: npt.NDArray[np.object_], scope: str
) -> tuple[npt.NDArray[np.intp], list[str]]:
    """(row, node) for every row and every node above its branch; unknown branches: the bank."""
    allowed = _nodes_within(store, scope) if scope else None
    row: list[int] = []
    nodes: list[str] = []
    for place, branch in enumerate(branches):
        for node in store.nodes_above.get(branch, ("",)):
            if allowed is None or node in allowed:
                row.append(place)
                nodes.append(node)
    return np.array(row, dtype=np.intp), nodes


def _added(values: Floats, codes: npt.NDArray[np.intp], size: int) -> Floats:
    shape = (size, len(values))
    adder = csr_matrix((np.ones(len(values)), (codes, np.arange(len(values)))), shape=shape)
    known = np.isfinite(values)
    total = np.asarray(adder @ np.where(known, values, 0.0), dtype=np.float64)
    some = np.asarray(adder @ known.astype(np.float64))
    if not len(values):
        return np.zeros((size, values.shape[1]))
    return np.where(some > 0, total, np.nan)


def _nodes_within(store: Store, scope: str) -> set[str]:
    inside = store.leaves[scope]
    return {node for node, leaves in store.leaves.items() if leaves <= inside}
