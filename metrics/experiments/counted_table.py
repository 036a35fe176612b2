"""A table of counts: users by variant, conversions by metric."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from metrics.experiments.asked import (
    Asked,
    Outside,
    TableError,
    Wanted,
    arms_of,
    made_plan,
    roles_of,
    wanted_metrics,
)
from metrics.experiments.cells import Flaw, numbers
from metrics.experiments.moments import ArmData, Moments
from metrics.experiments.plan import MetricPlan
from metrics.experiments.records import Enrolment


def counted_table(table: pd.DataFrame, asked: Asked, places: Mapping[str, str]) -> Outside:
    """A table of counts: users by variant, conversions by metric."""
    variant = table[places["variant"]].fillna("").astype(str).str.strip()
    rows = table[variant != ""]
    variant = variant[variant != ""]
    arms = arms_of(set(variant), asked)
    users, flaws = numbers(rows[places["users"]], whole=True)
    if "metric" in places:
        return _long_counts(rows, asked, places, arms, variant, users, flaws)
    taken = {places[name] for name in places if name not in ("conversions",)}
    columns = [str(name) for name in table.columns if name not in taken]
    metrics = wanted_metrics(asked, columns, columns)
    twice = sorted(set(variant[variant.duplicated()]))
    flaws += [Flaw("arm_twice", name) for name in twice]
    successes = {}
    for one in metrics:
        if one.quantile is not None or len(one.columns) > 1:
            raise TableError([Flaw("counts_only", one.id)])
        successes[one.id], wrong = numbers(rows[one.columns[0]], whole=True)
        flaws += wrong
    if flaws:
        raise TableError(flaws)
    sizes = {arm: int(users[variant == arm].iloc[0]) for arm in arms}
    counts = {
        arm: {one.id: int(successes[one.id][variant == arm].iloc[0]) for one in metrics}
        for arm in arms
    }
    return _from_counts(arms, metrics, sizes, counts, asked, len(table), len(table) - len(rows))


def _long_counts(
    rows: pd.DataFrame,
    asked: Asked,
    places: Mapping[str, str],
    arms: tuple[str, ...],
    variant: pd.Series[str],
    users: pd.Series[float],
    flaws: list[Flaw],
) -> Outside:
    """A row per variant and metric."""
    if "conversions" not in places:
        raise TableError([Flaw("no_such_column", "conversions", ", ".join(map(str, rows.columns)))])
    metric = rows[places["metric"]].fillna("").astype(str).str.strip()
    done, wrong = numbers(rows[places["conversions"]], whole=True)
    flaws += wrong
    named = list(dict.fromkeys(metric[metric != ""]))
    metrics = wanted_metrics(asked, named, named)
    sizes: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {arm: {} for arm in arms}
    for arm in arms:
        for one in metrics:
            mine = (variant == arm) & (metric == one.id)
            if mine.sum() != 1:
                flaws.append(_missing_or_twice(arm, one.id, twice=bool(mine.any())))
                continue
            size = _int(users[mine])
            if sizes.setdefault(arm, size) != size:
                flaws.append(Flaw("users_differ", arm, one.id, int(rows.index[mine][0])))
            counts[arm][one.id] = _int(done[mine])
    if flaws:
        raise TableError(flaws)
    left_out = int((metric == "").sum())
    return _from_counts(arms, metrics, sizes, counts, asked, len(rows), left_out)


def _missing_or_twice(arm: str, metric: str, *, twice: bool) -> Flaw:
    """A metric of a variant needs one row."""
    return Flaw("arm_twice", arm, f": {metric}") if twice else Flaw("cell_missing", arm, metric)


def _int(one: pd.Series[float]) -> int:
    """The first cell, 0 where it is no number: then its flaw stops everything."""
    value = float(one.iloc[0])
    return int(value) if np.isfinite(value) else 0


def _from_counts(
    arms: tuple[str, ...],
    metrics: list[Wanted],
    sizes: Mapping[str, int],
    counts: Mapping[str, Mapping[str, int]],
    asked: Asked,
    rows: int,
    left_out: int,
) -> Outside:
    flaws = [
        Flaw("more_than_users", f"{arm}: {one.id}", f"{counts[arm][one.id]} > {sizes[arm]}")
        for arm in arms
        for one in metrics
        if counts[arm][one.id] > sizes[arm]
    ]
    if flaws:
        raise TableError(flaws)
    made = []
    for one, (role, better, margin) in zip(metrics, roles_of(metrics, asked), strict=True):
        made.append(MetricPlan(one.id, "proportion", (one.id,), role, better, margin))
    data = tuple(
        ArmData(arm, sizes[arm], _binary([one.id for one in metrics], sizes[arm], counts[arm]))
        for arm in arms
    )
    plan = made_plan(arms, tuple(made), asked, asked.days)
    return Outside("counts", plan, data, Enrolment(plan.horizon_days), rows, left_out)


def _binary(names: list[str], n: int, counts: Mapping[str, int]) -> Moments:
    """Moments of 0s and 1s out of their numbers; of two metrics' columns nothing is known."""
    if n == 0:
        return Moments.empty(names)
    done = np.array([counts[name] for name in names], dtype=float)
    mean = done / n
    lowest = np.where(done == n, 1.0, 0.0)
    return Moments(tuple(names), n, mean, np.diag(done * (1 - mean)), done, lowest)
