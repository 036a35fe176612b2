"""Moments of what users did, by arm: one statement that reads each fact once.

Groups are (arm, day of exposure) and, where asked, the part of a segment dimension: what holds at
a look is the sum of the groups whose windows have ended by then. Centred sums come from the
engine's own covariance (updated row by row), so that money columns keep their digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations_with_replacement
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.types import BigInteger, Double, Float

from data.engines.warehouse import frame
from data.experiments.exposed import Exposed, enrolled
from data.experiments.outcomes import Wanted, user_sums, wanted_sums
from data.experiments.plan import BEFORE_DAYS, ExperimentPlan, PlannedMetric
from data.points.read import Store
from data.slice import Slice

KNOWN = "known_before"
"""1 where a user was registered 28 days before the exposure: else a covariate lacks."""
MOST_VALUES = 1_000_000
"""Users of a quantile metric whose values leave the warehouse; of more a sample of this size."""


@dataclass(frozen=True)
class Measured:
    """What is measured: the plan, the id under which exposures are kept, the last day known.

    ``until``: users count whose longest window has ended by the end of that day.
    """

    experiment: str
    plan: ExperimentPlan
    until: date

    @property
    def exposed(self) -> Exposed:
        """Which exposures count."""
        last = self.until if self.plan.ends_on is None else min(self.plan.ends_on, self.until)
        arms = tuple(one.name for one in self.plan.arms)
        return Exposed(self.experiment, arms, self.plan.starts_on, last)


def lag_of(store: Store, metrics: Sequence[PlannedMetric]) -> int:
    """Days that the metrics' points take to mature beyond their day."""
    points = store.catalogue.points
    return max((points[name].lag for one in metrics for name in one.points), default=0)


def last_ripe_day(store: Store, asked: Measured) -> date:
    """The last day of exposure whose users' longest window has ended."""
    metrics = asked.plan.metrics
    moments = asked.plan.window_days  # a window by moments ends within the day after its days
    return asked.until - timedelta(days=moments + lag_of(store, metrics))


def columns_of(metric: PlannedMetric) -> tuple[str, ...]:
    """The metric's columns in the moments, covariates last; none for a quantile.

    >>> columns_of(PlannedMetric("fee", "mean", "fee_income", covariate=True))
    ('fee', 'fee_before', 'known_before')
    """
    if metric.kind == "quantile":
        return ()
    before = tuple(f"{name}_before" for name in metric.columns) if metric.covariate else ()
    return (*metric.columns, *before, *([KNOWN] if metric.covariate else []))


def enrolment(connection: Connection, store: Store, about: Slice, asked: Measured) -> pd.DataFrame:
    """Users who came in, by arm and day: ``arm``, ``day``, ``users``."""
    users = enrolled(store, about, asked.exposed, None, BEFORE_DAYS)
    query = select(users.c.arm, users.c.day, func.count().label("users"))
    found = frame(connection, query.group_by(users.c.arm, users.c.day))
    found["day"] = pd.to_datetime(found["day"]).dt.date
    return found.sort_values(["day", "arm"]).reset_index(drop=True)


def moments(
    connection: Connection, store: Store, about: Slice, asked: Measured, by: str | None = None
) -> pd.DataFrame:
    """Moments by arm and day of exposure, and the part of ``by`` (see ``exposed.SPLITS``).

    Columns: ``arm``, ``day``, ``part``, ``users``, ``late``; of each column of the metrics
    ``mean__x``, ``lowest__x``, ``nonzero__x``; of each pair within a metric ``product__x__y`` (the
    centred sum of products). The slice's period is not read. Raises SliceError.
    """
    users = _users(store, about, asked, by)
    names = _names(asked.plan.metrics)
    keys = [users.c[name] for name in ("arm", "day", "part")]
    query = select(
        *keys,
        func.count().label("users"),
        _counted(users.c.late > 0).label("late"),
        *(part for name in names for part in _single(users.c[name], name)),
        *(_product(users, pair) for pair in _pairs(asked.plan.metrics)),
    ).group_by(*keys)
    found = frame(connection, query)
    found["day"] = pd.to_datetime(found["day"]).dt.date
    return found.sort_values(["day", "arm", "part"]).reset_index(drop=True)


def by_age(connection: Connection, store: Store, about: Slice, asked: Measured) -> pd.DataFrame:
    """Moments of single days since the exposure, over users who did anything on that day.

    Only users whose windows have ended. Columns as of ``moments`` without covariates, with ``age``
    (0: the first day) for the day; who is not in ``users`` did nothing: a value of 0.
    """
    people = _ripe(enrolled(store, about, asked.exposed, None, BEFORE_DAYS), store, asked)
    plain = [one for one in asked.plan.metrics if one.kind != "quantile"]
    sums = [one for one in wanted_sums(store.catalogue, plain) if not one.before]
    days = (asked.plan.starts_on, asked.exposed.last)
    done = user_sums(store.catalogue, store.clock, people, sums, days, by_age=True)
    values = _values(sums, done, capped=None)
    users = (
        select(people.c.arm, done.c.age, *(value.label(name) for name, value in values.items()))
        .join(people, people.c.user_id == done.c.user_id)
        .subquery("active_users")
    )
    keys = [users.c.arm, users.c.age]
    pairs = [pair for pair in _pairs(plain) if all(name in values for name in pair)]
    query = select(
        *keys,
        func.count().label("users"),
        *(part for name in values for part in _single(users.c[name], name)),
        *(_product(users, pair) for pair in pairs),
    ).group_by(*keys)
    return frame(connection, query).sort_values(["age", "arm"]).reset_index(drop=True)


def values(
    connection: Connection, store: Store, about: Slice, asked: Measured, by: str | None = None
) -> pd.DataFrame:
    """Values of the quantile metrics with how many users have each.

    Columns: ``metric``, ``arm``, ``part``, ``value``, ``users``. Only users whose windows have
    ended; of more than a million the same sample whatever the engine, chosen by their id.
    """
    wanted = tuple(one for one in asked.plan.metrics if one.kind == "quantile")
    parts = [pd.DataFrame(columns=["metric", "arm", "part", "value", "users"])]
    if not wanted:
        return parts[0]
    people = _ripe(enrolled(store, about, asked.exposed, by, BEFORE_DAYS), store, asked)
    count = int(connection.execute(select(func.count()).select_from(people)).scalar_one())
    users = _users(store, about, asked, by, metrics=wanted)
    for metric in wanted:
        value = users.c[metric.id]
        keys = [users.c.arm, users.c.part, value.label("value")]
        query = select(*keys, func.count().label("users")).group_by(
            *(users.c.arm, users.c.part, value)
        )
        query = query.where(users.c.day <= last_ripe_day(store, asked), *_sampled(users, count))
        parts.append(frame(connection, query).assign(metric=metric.id))
    found = pd.concat([one for one in parts if len(one)] or parts, ignore_index=True)
    return found.sort_values(["metric", "arm", "part", "value"]).reset_index(drop=True)


def _sampled(users: Subquery, count: int) -> list[ColumnElement[bool]]:
    if count <= MOST_VALUES:
        return []
    share = int(0xFFFFFF * MOST_VALUES / count)
    return [func.substr(func.md5(users.c.user_id), 1, 6) <= f"{share:06x}"]


def _ripe(users: Subquery, store: Store, asked: Measured) -> Subquery:
    inside = users.c.day <= last_ripe_day(store, asked)
    return select(users).where(inside).subquery("ripe_users")


def _users(
    store: Store,
    about: Slice,
    asked: Measured,
    by: str | None,
    *,
    metrics: Sequence[PlannedMetric] | None = None,
) -> Subquery:
    """One row per enrolled user with every column of the metrics; who did nothing has zeros."""
    people = enrolled(store, about, asked.exposed, by, BEFORE_DAYS)
    chosen = metrics or [one for one in asked.plan.metrics if one.kind != "quantile"]
    sums = wanted_sums(store.catalogue, chosen)
    head = [people.c[name] for name in ("user_id", "arm", "day", "part")]
    known = cast(people.c.known, Double).label(KNOWN)
    if not sums:
        late = literal(0).label("late")
        return select(*head, known, late).subquery("users")
    days = (asked.plan.starts_on, asked.exposed.last)
    done = user_sums(store.catalogue, store.clock, people, sums, days)
    zeroed = (
        select(
            *head,
            known,
            func.coalesce(done.c.late, 0).label("late"),
            *(
                _unless_new(one, people, func.coalesce(done.c[one.column], 0)).label(one.column)
                for one in sums
            ),
        )
        .select_from(people.outerjoin(done, done.c.user_id == people.c.user_id))
        .cte("zeroed")
    )
    last = last_ripe_day(store, asked)
    made = _values(sums, zeroed, capped=last)
    kept = [zeroed.c[name] for name in ("user_id", "arm", "day", "part", KNOWN, "late")]
    return select(*kept, *(value.label(name) for name, value in made.items())).subquery("users")


def _unless_new(one: Wanted, people: Subquery, value: Any) -> ColumnElement[Any]:
    """A covariate of somebody who was not a customer 28 days before counts as 0, flagged."""
    return case((people.c.known == 1, value), else_=0.0) if one.before else value


def _values(
    sums: Sequence[Wanted], rows: Any, capped: date | None
) -> dict[str, ColumnElement[Any]]:
    """The metrics' values out of the sums: 0 or 1 for a proportion, capped where that is asked."""
    return {one.column: cast(_value(one, rows, capped), Double) for one in sums}


def _value(one: Wanted, rows: Any, capped: date | None) -> ColumnElement[Any]:
    value: ColumnElement[Any] = rows.c[one.column]
    if one.metric.kind == "proportion":
        return case((value > 0, 1.0), else_=0.0)
    if one.metric.winsorised is None or capped is None:
        return value
    ripe = rows.alias()
    share = bindparam(None, one.metric.winsorised, type_=Float(), literal_execute=True)
    cap = (
        select(func.percentile_cont(share).within_group(ripe.c[one.column]))
        .where(ripe.c.day <= capped)
        .scalar_subquery()
    )
    return case((and_(cap.is_not(None), value > cap), cap), else_=value)


def _names(metrics: Sequence[PlannedMetric]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in metrics for name in columns_of(one)))


def _pairs(metrics: Sequence[PlannedMetric]) -> list[tuple[str, str]]:
    """Pairs of columns whose products are needed: those within a metric."""
    found = [pair for one in metrics for pair in combinations_with_replacement(columns_of(one), 2)]
    return list(dict.fromkeys(found))


def _single(column: ColumnElement[Any], name: str) -> list[ColumnElement[Any]]:
    return [
        func.avg(column).label(f"mean__{name}"),
        func.min(column).label(f"lowest__{name}"),
        _counted(column != 0).label(f"nonzero__{name}"),
    ]


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.sum(case((condition, 1), else_=0)), BigInteger)


def _product(users: Subquery, pair: tuple[str, str]) -> ColumnElement[Any]:
    one, other = (users.c[name] for name in pair)
    return (func.covar_pop(one, other) * func.count()).label(f"product__{pair[0]}__{pair[1]}")
