"""Distinct users of windows: from kept counts where they suffice, else from user-days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Double,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from data.engines.warehouse import frame
from data.period import month_end
from data.points.aggregates import condition
from data.points.catalogue import Point, Source
from data.points.distinct import KEPT_DIMENSIONS, MONTH, SPLIT_LENGTHS, TRAILING, node_or_bank
from data.points.read_sums import Sums
from data.points.rolling import numbered
from data.points.tables import ANCESTOR, DISTINCT, USER_DAY
from data.points.wants import Want
from data.slice import Slice

if TYPE_CHECKING:
    from data.points.read import Store


def read_distinct(
    connection: Connection,
    store: Store,
    source: Source,
    wants: Sequence[Want],
    by: Sequence[str],
    about: Slice,
    scope: str,
) -> list[Sums]:
    """All wants of distinct users."""
    by_name = {point.name: point for point in source.points}
    kept = [want for want in wants if _is_kept(want, by_name[want.point], by, about)]
    found = _from_kept(connection, store, kept, by, about, scope) if kept else []
    for want in wants:
        if want not in kept:
            point = by_name[want.point]
            found.append(_from_user_days(connection, store, want, point, by, about, scope))
    return found


def length_of(want: Want) -> int:
    """The kept window length that a want is: 1 for user-days, 0 for a whole calendar month."""
    if want.mode == "user_days":
        return 1
    whole = want.first.day == 1 and want.last == month_end(want.first)
    return MONTH if whole else want.days


def _is_kept(want: Want, point: Point, by: Sequence[str], about: Slice) -> bool:
    dims = {*by, *about.segment} - {"branch"}
    length = length_of(want)
    if length not in {*SPLIT_LENGTHS, *TRAILING} or (point.where and length in (1, 7, 28)):
        return False
    if len(dims) > 1 or any(len(values) > 1 for values in about.segment.values()):
        return False
    if dims:
        return not point.where and dims <= {*KEPT_DIMENSIONS} and length in SPLIT_LENGTHS
    return True


def _from_kept(
    connection: Connection,
    store: Store,
    wants: Sequence[Want],
    by: Sequence[str],
    about: Slice,
    scope: str,
) -> list[Sums]:
    dims = [name for name in by if name != "branch"]
    filtered = list(about.segment)
    dimension = (dims + filtered + [""])[0]
    conditions = [DISTINCT.c.dimension == dimension]
    if filtered:
        conditions.append(DISTINCT.c.value == about.segment[filtered[0]][0])
    if "branch" not in by:
        conditions.append(DISTINCT.c.branch_id == scope)
    windows = or_(*(_days_of(want) for want in wants))
    names = sorted({want.point for want in wants})
    columns = [DISTINCT.c[n] for n in ("length", "branch_id", "value", "point", "users")]
    kept = (
        select(*columns, _day_or_piece(wants).label("day"))
        .where(*conditions, windows, DISTINCT.c.point.in_(names))
        .subquery("kept")
    )
    keys = [kept.c[n] for n in ("length", "day", "branch_id", "value", "point")]
    query = select(*keys, cast(func.sum(kept.c.users), Double).label("users")).group_by(*keys)
    rows = frame(connection, query).rename(columns={"branch_id": "branch"})
    if "branch" in by and scope:
        inside = store.leaves[scope]
        nodes = {node for node, leaves in store.leaves.items() if leaves <= inside}
        rows = rows[rows["branch"].isin(nodes)]
    if dims:
        rows = rows.rename(columns={"value": dims[0]})
    return [_summed(rows, wants, by)]


def _day_or_piece(wants: Sequence[Want]) -> ColumnElement[date]:
    """The day; of users counted by day the first day of those that count alike for all wants."""
    daily = [want for want in wants if length_of(want) == 1]
    cuts = sorted({day for want in daily for day in (want.first, want.last + timedelta(days=1))})
    if not cuts:
        return DISTINCT.c.day
    starts = [cast(literal(cut, Date()), Date()) for cut in cuts]
    pieces = [(DISTINCT.c.day < cut, start) for cut, start in zip(cuts[1:], starts, strict=False)]
    return case((DISTINCT.c.length != 1, DISTINCT.c.day), *pieces, else_=starts[-1])


def _days_of(want: Want) -> Any:
    length = length_of(want)
    if length == 1:
        days: Any = DISTINCT.c.day.between(want.first, want.last)
    else:
        days = DISTINCT.c.day == want.last
    return and_(DISTINCT.c.length == length, days)


def _summed(rows: pd.DataFrame, wants: Sequence[Want], by: Sequence[str]) -> Sums:
    """Users of every want by group, from kept rows of all of them."""
    groups, place = _groups(rows, by)
    days = pd.to_datetime(rows["day"]).to_numpy(dtype="datetime64[D]")
    lengths, users = (rows[n].to_numpy(dtype=np.float64) for n in ("length", "users"))
    names, points = pd.factorize(rows["point"])
    places = {point: place for place, point in enumerate(points)}
    total = np.zeros((len(groups), len(wants)))
    for column, want in enumerate(wants):
        length = length_of(want)
        first = want.first if length == 1 else want.last
        chosen = (
            (lengths == length)
            & (names == places.get(want.point, -1))
            & (days >= np.datetime64(first))
            & (days <= np.datetime64(want.last))
        )
        total[:, column] = np.bincount(place[chosen], users[chosen], len(groups))
    return Sums(groups, total, {want: slice(i, i + 1) for i, want in enumerate(wants)})


def _groups(rows: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """The groups, and the number of each row's."""
    if not by:
        return pd.DataFrame(index=[0]), np.zeros(len(rows), dtype=np.intp)
    return numbered(rows, by)


def _from_user_days(
    connection: Connection,
    store: Store,
    want: Want,
    point: Point,
    by: Sequence[str],
    about: Slice,
    scope: str,
) -> Sums:
    found = frame(connection, _count(store, want, point, by, about, scope))
    found = found.rename(columns={"node": "branch"})
    rows = pd.DataFrame({name: found[name] for name in by})
    if not by:
        rows = pd.DataFrame(index=[0])
    return Sums(rows, found[["users"]].to_numpy(dtype=np.float64), {want: slice(0, 1)})


def _count(
    store: Store, want: Want, point: Point, by: Sequence[str], about: Slice, scope: str
) -> Select[Any]:
    rows = USER_DAY
    keys = [node_or_bank().label("node") if name == "branch" else rows.c[name] for name in by]
    unit = [rows.c.user_id] + ([rows.c.day] if want.mode == "user_days" else [])
    chosen = [
        rows.c.day.between(want.first, want.last),
        condition(rows, point.where),
        *(rows.c[name].in_(values) for name, values in about.filters),
    ]
    if scope:
        chosen.append(rows.c.branch_id.in_(store.leaves[scope]))
    query = select(*keys, *unit).where(*chosen).distinct()
    if "branch" in by:
        query = query.outerjoin(ANCESTOR, ANCESTOR.c.branch_id == rows.c.branch_id)
        if scope:
            inside = store.leaves[scope]
            nodes = [node for node, leaves in store.leaves.items() if leaves <= inside]
            query = query.where(ANCESTOR.c.node.in_(nodes))
    users = query.subquery("users")
    groups = [users.c[key.name] for key in keys]
    count = select(*groups, func.count().label("users")).select_from(users)
    return count.group_by(*groups)
