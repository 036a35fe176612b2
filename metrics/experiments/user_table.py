"""A table of one row per user: each counted once, in one arm."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
from metrics.experiments.cells import MOST, Flaw, numbers
from metrics.experiments.moments import ArmData, Counted, Moments, by_arm
from metrics.experiments.plan import Better, Margin, MetricPlan, Role
from metrics.experiments.records import Enrolment

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


def user_table(table: pd.DataFrame, asked: Asked, places: Mapping[str, str]) -> Outside:
    """A table of one row per user."""
    user = table[places["user"]].fillna("").astype(str).str.strip()
    variant = table[places["variant"]].fillna("").astype(str).str.strip()
    known = (user != "") & (variant != "")
    rows, user, variant = table[known], user[known], variant[known]
    kept, crossed, repeated = _once(user, variant)
    arms = arms_of(set(variant), asked)
    rows, variant = rows[kept], variant[kept]
    taken = {places[name] for name in places if name in ("user", "variant", "exposed_at",
                                                         "outcome_at")}  # fmt: skip
    columns = [str(name) for name in table.columns if name not in taken]
    offered = [name for name in columns if _is_metric(name, columns, rows, asked)]
    metrics = wanted_metrics(asked, columns, offered)
    values, flaws = _columns(rows, metrics, columns)
    days, late, wrong = _days(rows, places)
    if flaws or wrong:
        raise TableError([*flaws, *wrong])
    capped = {name: _capped(name, one, asked) for name, one in values.items()}
    ran = asked.days or days
    roles = roles_of(metrics, asked)
    plans = tuple(
        _planned(one, role, asked, capped, columns)
        for one, role in zip(metrics, roles, strict=True)
    )
    plan = made_plan(arms, plans, asked, ran)
    codes = pd.Categorical(variant, categories=list(arms)).codes.astype(np.int64)
    data = _arm_data(arms, plans, metrics, capped, codes)
    enrolled = Enrolment(ran or plan.horizon_days, crossed, repeated, late)
    return Outside("users", plan, data, enrolled, len(table), int((~known).sum()))


def _is_metric(name: str, columns: Collection[str], rows: pd.DataFrame, asked: Asked) -> bool:
    """Whether a column is a metric where none is named: numbers for the most part, no covariate."""
    if asked.metrics or (name.endswith("_before") and name.removesuffix("_before") in columns):
        return False
    first = rows[name].head(1000)
    return 2 * int(numbers(first)[0].notna().sum()) > len(first)


def _once(user: pd.Series[str], variant: pd.Series[str]) -> tuple[pd.Series[bool], int, int]:
    """Rows to keep: the first of each user, none of who was in two arms; and how many those are."""
    both = pd.DataFrame({"user": user, "variant": variant})
    pairs = both.drop_duplicates()
    crossed = set(pairs["user"][pairs["user"].duplicated()])
    fine = ~user.isin(crossed)
    first = ~user.duplicated()
    repeated = user[fine & ~first].nunique()
    return fine & first, len(crossed), int(repeated)


def _columns(
    rows: pd.DataFrame, metrics: list[Wanted], columns: list[str]
) -> tuple[dict[str, Floats], list[Flaw]]:
    """Numbers of every column that some metric needs, covariates included."""
    wanted = [name for one in metrics for name in one.columns]
    wanted += [f"{name}_before" for name in wanted if f"{name}_before" in columns]
    found: dict[str, Floats] = {}
    flaws: list[Flaw] = []
    for name in dict.fromkeys(wanted):
        values, wrong = numbers(rows[name])
        found[name] = np.asarray(values.to_numpy(), dtype=np.float64)
        flaws += wrong
    return found, flaws


def _capped(name: str, values: Floats, asked: Asked) -> Floats:
    fine = values[np.isfinite(values)]
    if asked.winsorised is None or not len(fine) or set(np.unique(fine[:1000])) <= {0.0, 1.0}:
        return values
    return np.minimum(values, np.quantile(fine, asked.winsorised))


def _planned(
    one: Wanted,
    place: tuple[Role, Better, Margin | None],
    asked: Asked,
    values: Mapping[str, Floats],
    columns: Collection[str],
) -> MetricPlan:
    role, better, margin = place
    if one.quantile is not None:
        return MetricPlan(one.id, "quantile", (), role, better, margin, quantile=one.quantile)
    before = tuple(f"{name}_before" for name in one.columns)
    used = (*before, *_flags(one, values)) if set(before) <= set(columns) else ()
    if len(one.columns) == 2:
        return MetricPlan(one.id, "ratio", one.columns, role, better, margin, used,
                          winsorised=asked.winsorised)  # fmt: skip
    own = values[one.columns[0]]
    fine = own[np.isfinite(own)]
    binary = len(fine) > 0 and bool(np.isin(fine, (0.0, 1.0)).all())
    kind: Literal["proportion", "mean"] = "proportion" if binary else "mean"
    capped = None if binary else asked.winsorised
    return MetricPlan(one.id, kind, one.columns, role, better, margin, used, winsorised=capped)


def _flags(one: Wanted, values: Mapping[str, Floats]) -> tuple[str, ...]:
    """Names of the flags of covariates that some users lack."""
    before = (f"{name}_before" for name in one.columns)
    return tuple(f"{name}_known" for name in before if not np.isfinite(values[name]).all())


def _arm_data(
    arms: tuple[str, ...],
    plans: tuple[MetricPlan, ...],
    metrics: list[Wanted],
    values: Mapping[str, Floats],
    codes: Ints,
) -> tuple[ArmData, ...]:
    columns: dict[str, Floats] = {}
    for plan in plans:
        for name in plan.columns:
            columns[name] = values[name]
        for name in plan.covariates:
            held = values[name.removesuffix("_known") if name not in values else name]
            known = np.isfinite(held)
            flagged = name not in values
            # beside its flag any value fits as well; the mean is not far from large amounts
            middle = float(held[known].mean()) if known.any() else 0.0
            columns[name] = known.astype(np.float64) if flagged else np.where(known, held, middle)
    found = by_arm(codes, columns, len(arms))
    apart = _apart(plans, columns, codes, arms) if any(one.missing for one in found) else {}
    return tuple(
        ArmData(arm, int((codes == place).sum()), found[place], {
            plan.id: Counted.of(values[one.columns[0]][codes == place])
            for plan, one in zip(plans, metrics, strict=True) if plan.kind == "quantile"
        }, {metric: each[place] for metric, each in apart.items()})
        for place, arm in enumerate(arms)
    )  # fmt: skip


def _apart(
    plans: tuple[MetricPlan, ...], columns: Mapping[str, Floats], codes: Ints, arms: Sequence[str]
) -> dict[str, list[Moments]]:
    """Moments by metric, each of those who have its values."""
    return {
        plan.id: by_arm(
            codes, {n: columns[n] for n in (*plan.columns, *plan.covariates)}, len(arms)
        )
        for plan in plans
        if plan.kind != "quantile"
    }


def _days(rows: pd.DataFrame, places: Mapping[str, str]) -> tuple[int | None, int, list[Flaw]]:
    """Days from the first exposure to the last, users whose outcome came first, and bad moments."""
    if "exposed_at" not in places:
        return None, 0, []
    exposed, flaws = _moments(rows[places["exposed_at"]])
    days = None
    if exposed.notna().any():
        days = (exposed.max().normalize() - exposed.min().normalize()).days + 1
    late = 0
    if "outcome_at" in places:
        outcome, wrong = _moments(rows[places["outcome_at"]])
        flaws += wrong
        late = int((outcome < exposed).sum())
    return days, late, flaws


def _moments(column: pd.Series[str]) -> tuple[pd.Series[pd.Timestamp], list[Flaw]]:
    found = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
    bad = found.isna() & column.notna() & (column.astype(str).str.strip() != "")
    flaws = [
        Flaw("bad_moment", str(column.name), str(value)[:40], int(str(line)))
        for line, value in column[bad].head(MOST).items()
    ]
    return found, flaws
