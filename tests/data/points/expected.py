"""The values of every point, added up a second time from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.data.points.bank import LAST, PARENTS
from tests.data.points.days import before, end_of_month
from tests.data.points.meant import DISTINCT, MEANT, Meant
from tests.data.points.rows import Truth


def nodes_of(branch: str) -> list[str]:
    """A branch, the nodes above it and the whole bank; an unknown one counts for the bank only."""
    found, node = [], branch if branch in PARENTS else None
    while node is not None:
        found.append(node)
        node = PARENTS[node]
    return [*found, ""]


def expected(
    truth: Truth,
    point: str,
    first: date,
    last: date,
    by: Sequence[str] = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    scope: str = "",
    until: date = LAST,
) -> dict[tuple[str, ...], np.ndarray[Any, np.dtype[np.float64]]]:
    """The values of a sum-like point by group; NaN where every amount is unknown."""
    meant = MEANT[point]
    found: dict[tuple[str, ...], list[Any]] = {}
    for row, share in _in_window(truth, meant, first, min(last, until)):
        if not _chosen(row, filters or {}, scope):
            continue
        for key in _keys(row, by, scope):
            if meant.counts(row) and meant.buckets is not None:
                found.setdefault(key, []).append(np.array(meant.buckets(row)))
            elif meant.counts(row):
                added = 1 if meant.adds is None else meant.adds(row)
                amount = np.nan if added is None else float(added) * share
                found.setdefault(key, []).append(np.array([amount]))
    return {key: _added(values) for key, values in found.items()}


def _in_window(
    truth: Truth, meant: Meant, first: date, last: date
) -> Iterable[tuple[dict[str, Any], float]]:
    for day, rows in truth.rows[meant.source].items():
        share = _share(meant, day, first, last)
        if share:
            yield from ((row, share) for row in rows)


def _added(values: list[Any]) -> Any:
    stacked = np.array(values)
    unknown = np.isnan(stacked).all(axis=0)
    return np.where(unknown, np.nan, np.nansum(stacked, axis=0))


def _share(meant: Meant, day: date, first: date, last: date) -> float:
    if meant.over == "cumulative":
        return float(day <= last)
    if meant.over == "last":
        return float(day == last)
    if meant.over == "monthly":
        return float(day == (last if last == end_of_month(last) else before(last)))
    if meant.over == "spread":
        month = [day.replace(day=1) + timedelta(days=n) for n in range(day.day)]
        return sum(first <= d <= last for d in month) / day.day
    return float(first <= day + timedelta(days=meant.lag) <= last)


def _chosen(row: dict[str, Any], filters: Mapping[str, Sequence[str]], scope: str) -> bool:
    if scope and scope not in nodes_of(row["branch"]):
        return False
    return all(row[name] in values for name, values in filters.items())


def _keys(row: dict[str, Any], by: Sequence[str], scope: str) -> list[tuple[str, ...]]:
    branches = nodes_of(row["branch"]) if "branch" in by else [""]
    if scope and "branch" in by:
        branches = [b for b in branches if b and scope in nodes_of(b)]
    return [tuple(b if name == "branch" else row[name] for name in by) for b in branches]


def distinct(
    truth: Truth,
    point: str,
    first: date,
    last: date,
    by: Sequence[str] = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    scope: str = "",
    *,
    each_day: bool = False,
) -> dict[tuple[str, ...], int]:
    """Distinct users of the days by group, or the sum of each day's."""
    found: dict[tuple[str, ...], set[Any]] = {}
    for day, rows in truth.rows["activity"].items():
        if not first <= day <= last:
            continue
        for row in rows:
            if DISTINCT[point](row) and _chosen(row, filters or {}, scope):
                for key in _keys(row, by, scope):
                    found.setdefault(key, set()).add((row["user_id"], day if each_day else None))
    return {key: len(users) for key, users in found.items()}
