"""Sums of points over windows: one SELECT on a kept table, or on the facts outside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
    and_,
    case,
    cast,
    func,
    or_,
    select,
    table,
)  # fmt: skip

from data.engines.warehouse import frame
from data.period import Period
from data.points.catalogue import Point, Source
from data.points.kept import kept_name
from data.points.relations.span import Span
from data.points.statement import points_by
from data.points.wants import Want
from data.slice import SEGMENT_DIMENSIONS, Slice

if TYPE_CHECKING:
    from data.points.read import Store

START = date(1, 1, 1)


@dataclass(frozen=True)
class Sums:
    """Groups (columns by dimension) and their values (groups, columns of the point).

    ``unassigned``: rows that count for the bank name no branch.
    """

    rows: pd.DataFrame
    values: npt.NDArray[np.float64]
    unassigned: bool = False


def read_sums(
    connection: Connection,
    store: Store,
    source: Source,
    wants: Sequence[Want],
    by: Sequence[str],
    about: Slice,
    scope: str,
) -> dict[Want, Sums]:
    """All wants of one source."""
    kept = _kept_set(source, {*by, *about.segment} - {"branch"})
    columns = _numbered(store, wants)
    if kept is None:
        found = _from_facts(connection, store, source, wants, by, about)
    else:
        query = _query(table_of(source, by_segment=kept), columns, store, by, about)
        found = _told_apart(frame(connection, query), columns)
    found = found.rename(columns={"branch_id": "branch"})
    rolled, unassigned = _scoped(found, store, source, by, scope)
    return {
        want: Sums(
            rolled[list(by)] if by else rolled.iloc[:, :0],
            rolled[names].to_numpy(dtype=np.float64),
            unassigned=unassigned and bool((found[names].abs().sum(axis=1) > 0).any()),
        )
        for want, names in columns.items()
    }


def table_of(source: Source, *, by_segment: bool) -> FromClause:
    """The kept table of a source as a light construct: its columns by name."""
    dims = (
        ("branch_id", *SEGMENT_DIMENSIONS, "app") if by_segment else ("branch_id", "module", "app")
    )
    columns = [column for point in source.points for column in point.kept_columns]
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
    columns: Mapping[Want, Sequence[str]],
    store: Store,
    by: Sequence[str],
    about: Slice,
) -> Any:
    keys = [kept.c["branch_id" if name == "branch" else name] for name in (*by, "branch")]
    keys = list({key.name: key for key in keys}.values())
    sums, days = [], []
    for want, names in columns.items():
        point = store.catalogue.points[want.point]
        inside, weight = _inside(kept.c.day, want, point, store)
        days.append(inside)
        for column, name in zip(point.kept_columns, names, strict=True):
            value = kept.c[column] if weight is None else kept.c[column] * weight
            sums.append(cast(func.sum(case((inside, value))), Double).label(name))
        sums.append(func.sum(case((inside, 1), else_=0)).label(_rows_of(names)))
    filters = [kept.c[name].in_(values) for name, values in about.filters]
    return select(*keys, *sums).where(or_(*days), *filters).group_by(*keys)


def _rows_of(names: Sequence[str]) -> str:
    return f"rows_{names[0]}"


def _told_apart(found: pd.DataFrame, columns: Mapping[Want, Sequence[str]]) -> pd.DataFrame:
    """A sum over no rows becomes 0; a sum over rows without a known value stays missing."""
    for names in columns.values():
        rows = _rows_of(names)
        for name in names:
            found[name] = found[name].astype(np.float64).mask(found[rows] == 0, 0.0)
        found = found.drop(columns=rows)
    return found


def _inside(
    day: ColumnElement[Any], want: Want, point: Point, store: Store
) -> tuple[ColumnElement[bool], ColumnElement[Any] | None]:
    """The kept days that count, and their weights where days count in part."""
    if point.cumulative:
        return day <= want.last, None
    if point.monthly:
        return day == store.coverage.last_month_end(point.tables[0], want.last), None
    if point.spread:
        return _spread(day, want)
    if want.mode == "last":
        return day == want.last, None
    first, last = want.shifted(point.lag)
    return and_(day >= first, day <= last), None


def _spread(
    day: ColumnElement[Any], want: Want
) -> tuple[ColumnElement[bool], ColumnElement[Any] | None]:
    """A month's amount counts for its days: whole months whole, a part in proportion."""
    shares = []
    for month in Period(want.first, want.last).months():
        first, last = max(month.first, want.first), min(month.last, want.last)
        shares.append((month.last, ((last - first).days + 1) / month.days))
    inside = day.in_([end for end, _ in shares])
    if all(share == 1 for _, share in shares):
        return inside, None
    return inside, case(*((day == end, share) for end, share in shares), else_=0.0)


def _from_facts(
    connection: Connection,
    store: Store,
    source: Source,
    wants: Sequence[Want],
    by: Sequence[str],
    about: Slice,
) -> pd.DataFrame:
    """The same aggregates by any dimensions, one statement a window."""
    keys = ["branch_id", *(name for name in by if name != "branch")]
    parts: list[pd.DataFrame] = []
    for want, names in _numbered(store, wants).items():
        point = store.catalogue.points[want.point]
        for first, last, share in _fact_windows(want, point, store):
            span = Span(store.clock, first, last)
            query = points_by(source, span, keys, about.segment, [point])
            found = frame(connection, query)
            renamed = found.rename(columns=dict(zip(point.kept_columns, names, strict=True)))
            # Infinity carries "unknown" through the sum, as groups without rows become 0 there.
            known = renamed[names].astype(np.float64) * share
            renamed[names] = known.fillna(np.inf)
            parts.append(renamed)
    if not parts:
        return pd.DataFrame(
            columns=[*keys, *(n for ns in _numbered(store, wants).values() for n in ns)]
        )
    total = pd.concat(parts, ignore_index=True).groupby(keys, as_index=False).sum()
    return total.replace(np.inf, np.nan)


def _fact_windows(want: Want, point: Point, store: Store) -> Iterable[tuple[date, date, float]]:
    if point.cumulative:
        return [(START + timedelta(days=366), want.last, 1.0)]
    if point.monthly:
        end = store.coverage.last_month_end(point.tables[0], want.last)
        return [] if end is None else [(end, end, 1.0)]
    if point.spread:
        months = Period(want.first, want.last).months()
        parts = [(m, max(m.first, want.first), min(m.last, want.last)) for m in months]
        return [(m.last, m.last, ((b - a).days + 1) / m.days) for m, a, b in parts]
    if want.mode == "last":
        return [(want.last, want.last, 1.0)]
    return [(*want.shifted(point.lag), 1.0)]


def _scoped(
    found: pd.DataFrame, store: Store, source: Source, by: Sequence[str], scope: str
) -> tuple[pd.DataFrame, bool]:
    """Rows within the scope, rolled up to the nodes above where ``by`` has branches."""
    others = [name for name in by if name != "branch"]
    unassigned = (
        source.user is None and source.build != "activity" and bool((found["branch"] == "").any())
    )
    if scope:
        found = found[found["branch"].isin(store.leaves[scope])]
    values = [name for name in found.columns if name not in {*by, "branch"}]
    if "branch" not in by:
        if not others:
            total = found[values].sum(skipna=True, min_count=1).to_frame().T
            return total.fillna(0.0) if found.empty else total, unassigned
        return found.groupby(others, as_index=False)[values].sum(min_count=1), unassigned
    joined = found.merge(store.ancestor_frame, left_on="branch", right_on="branch_id", how="left")
    joined["branch"] = joined["node"].fillna("")
    if scope:
        joined = joined[joined["branch"].isin(_nodes_within(store, scope))]
    keys = list(by)
    return joined.groupby(keys, as_index=False)[values].sum(min_count=1), unassigned


def _nodes_within(store: Store, scope: str) -> set[str]:
    inside = store.leaves[scope]
    return {node for node, leaves in store.leaves.items() if leaves <= inside}
