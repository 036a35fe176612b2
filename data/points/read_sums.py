"""Sums of points over windows: a statement for all sources with the same windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Select,
    TableClause,
    cast,
    func,
    select,
    table,
)

from data.engines.warehouse import frame
from data.points.catalogue import Point, Source
from data.points.kept import Layout, columns_of, dimensions, kept_name
from data.points.pieces import Windows
from data.points.read_facts import read_facts
from data.points.rolling import rolled_up
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


@dataclass(frozen=True, eq=False)
class Asked:
    """The wants of one source, with the days that count for each."""

    source: Source
    wants: Sequence[Want]
    points: Sequence[Point]
    windows: Windows

    @classmethod
    def of(cls, store: Store, source: Source, wants: Sequence[Want]) -> Asked:
        """The wants with their points and windows."""
        points = [store.catalogue.points[want.point] for want in wants]
        return cls(source, wants, points, Windows.of(store, wants))


def read_sums(
    connection: Connection,
    store: Store,
    by_source: Mapping[str, Sequence[Want]],
    by: Sequence[str],
    about: Slice,
    scope: str,
) -> list[Sums]:
    """All wants of sources whose points add up, by source."""
    found: list[Sums] = []
    together: dict[Any, list[Asked]] = {}
    for name, wants in by_source.items():
        source = store.catalogue.by_name[name]
        kept = _kept_set(source, {*by, *about.segment} - {"branch"})
        if kept is None:
            rows, both = read_facts(connection, store, source, wants, by, about)
            columns = _columns(wants, [store.catalogue.points[want.point] for want in wants])
            found.append(_sums(store, source, columns, rows, both, by, scope))
        else:
            asked = Asked.of(store, source, wants)
            together.setdefault((kept, asked.windows.days), []).append(asked)
    for (kept, _days), several in together.items():
        rows = frame(connection, _query(store.layout, several, by, about, by_segment=kept))
        place = rows.groupby("source", sort=False).indices
        for asked in several:
            own = rows.iloc[place.get(asked.source.name, [])]
            both = _by_want(own, asked, store.layout[asked.source.name])
            columns = _columns(asked.wants, asked.points)
            found.append(_sums(store, asked.source, columns, own, both, by, scope))
    return found


def _kept_set(source: Source, dims: set[str]) -> bool | None:
    """False: the module set holds ``dims``; True: the segment set does; None: neither."""
    if dims <= {"module", "app"}:
        return False
    if source.by_segment and dims <= {*SEGMENT_DIMENSIONS, "app"}:
        return True
    return None


def _columns(wants: Sequence[Want], points: Sequence[Point]) -> dict[Want, slice]:
    found, start = {}, 0
    for want, point in zip(wants, points, strict=True):
        found[want] = slice(start, start + len(point.kept_columns))
        start = found[want].stop
    return found


def _query(
    layout: Layout, several: Sequence[Asked], by: Sequence[str], about: Slice, *, by_segment: bool
) -> Select[Any]:
    """Every column that holds one of the points, added up once for each piece of the windows."""
    names = {
        layout[one.source.name][name]: 0
        for one in several
        for point in one.points
        for name in point.all_columns
    }
    kept = kept_table([*names], by_segment=by_segment)
    windows = several[0].windows
    keys = [*dict.fromkeys("branch_id" if name == "branch" else name for name in (*by, "branch"))]
    filters = [kept.c[name].in_(values) for name, values in about.filters]
    rows = (
        select(*(kept.c[name] for name in ("source", *keys, *names)))
        .add_columns(windows.piece(kept.c.day).label("piece"))
        .where(kept.c.source.in_([one.source.name for one in several]))
        .where(windows.inside(kept.c.day), *filters)
        .subquery("pieces")
    )
    groups = [rows.c[name] for name in ("source", *keys, "piece")]
    sums: list[ColumnElement[Any]] = [
        cast(func.sum(rows.c[name]), Double).label(name) for name in names
    ]
    return select(*groups, func.count().label("rows_added"), *sums).group_by(*groups)


def kept_table(columns: Sequence[str], *, by_segment: bool) -> TableClause:
    """A kept table as a light construct, with the columns named of those that hold points."""
    names = ("source", "day", *dimensions(by_segment=by_segment), *columns)
    found: list[Column[Any]] = [Column(name) for name in names]
    return table(kept_name(by_segment=by_segment), *found)


def table_of(source: Source, *, by_segment: bool) -> FromClause:
    """The kept rows of one source, its points' columns by their own names."""
    columns = columns_of(source)
    kept = kept_table([*columns.values()], by_segment=by_segment)
    dims = [kept.c[name] for name in ("day", *dimensions(by_segment=by_segment))]
    points = [kept.c[column].label(name) for name, column in columns.items()]
    rows = select(*dims, *points).where(kept.c.source == source.name)
    return rows.subquery(f"kept_{source.name}")


def _by_want(rows: pd.DataFrame, asked: Asked, kept: Mapping[str, str]) -> Floats:
    """What each row is to each want; then, for each, the number of rows added over."""
    widths = [len(point.kept_columns) for point in asked.points]
    place = rows["piece"].to_numpy(dtype=np.intp)
    share = np.repeat(asked.windows.share, widths, axis=0)[:, place].T
    columns = [kept[name] for point in asked.points for name in point.kept_columns]
    values = rows[columns].to_numpy(dtype=np.float64)
    over = np.repeat(_rows_over(rows, asked.points, kept), widths, axis=1)
    return np.hstack([np.where(share > 0, values * share, np.nan), np.where(share > 0, over, 0)])


def _rows_over(rows: pd.DataFrame, points: Sequence[Point], kept: Mapping[str, str]) -> Floats:
    """By row and point: how many rows a sum is over; 0 where it can not be unknown."""
    found = np.zeros((len(rows), len(points)))
    for number, point in enumerate(points):
        if point.may_be_unknown:
            matched = point.matched_column
            column = "rows_added" if matched is None else kept[matched]
            found[:, number] = rows[column].to_numpy(dtype=np.float64)
    return found


def _sums(
    store: Store,
    source: Source,
    columns: Mapping[Want, slice],
    rows: pd.DataFrame,
    both: Floats,
    by: Sequence[str],
    scope: str,
) -> Sums:
    """The rows of a source rolled up; ``both`` has values, then rows that each was added over."""
    keys = rows[[*dict.fromkeys(["branch_id", *(n for n in by if n != "branch")])]]
    unassigned = _unassigned(source, keys, both, columns)
    groups, totals = rolled_up(store, keys, both, by, scope)
    return Sums(groups, _settled(totals), columns, unassigned)


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


def _settled(both: Floats) -> Floats:
    """A sum over no rows is 0; a sum over rows without a known value stays missing."""
    values, rows = np.hsplit(both, 2)
    return np.where(np.isnan(values) & ~(rows > 0), 0.0, values)
