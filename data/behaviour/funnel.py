"""Ordered funnels on events: any steps, within a window, by segment; how long each step took.

Loose: other events may lie between. The chain is followed greedily: each step carries the latest
start from which it can be reached, so that a person reaches a step if any chain of theirs does
(the automaton of ClickHouse's windowFunnel). Each level reads only what the one before let
through. Strict: the next page seen must be the next step; repeats of a page count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from data.behaviour.scope import EVENT, events_of, people
from data.engines.differences import add_seconds, seconds_between
from data.engines.warehouse import frame
from data.points.read import Store
from data.slice import Slice

Order = Literal["loose", "strict"]
DAY_S = 86_400
OPENING = "open"
BOUNDS_S = (
    10, 30, 60, 180, 600, 1800, 3600, 10_800, 43_200, 86_400, 172_800, 259_200, 432_000,
    604_800, 1_209_600, 2_592_000, 7_776_000,
)  # fmt: skip
"""Upper bounds, in seconds, of the buckets in which times to convert are counted."""


@dataclass(frozen=True)
class Step:
    """An event that matches everything given: ``page``, ``module``, ``action``.

    Without an action any will do but ``open`` (opening the App visits no page) and ``but``.
    """

    page: str = ""
    module: str = ""
    action: str = ""
    but: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What is given."""
        named = {"page": self.page, "module": self.module, "action": self.action}
        return {name: value for name, value in named.items() if value}

    def apart_from(self, other: Step) -> bool:
        """True when no event can match both."""
        if OPENING in (self.action, other.action) and "" in (self.action, other.action):
            return True
        if (self.but and self.but == other.action) or (other.but and other.but == self.action):
            return True
        return any(other.fields.get(n, value) != value for n, value in self.fields.items())


class PlanError(ValueError):
    """A funnel that cannot be followed; ``steps`` are the two that could be the same event."""

    def __init__(self, told: str, steps: tuple[int, int] | None = None) -> None:
        super().__init__(told)
        self.steps = steps


@dataclass(frozen=True)
class Plan:
    """A funnel: two to eight steps, a window in days from its start, the order asked for.

    Raises PlanError for steps that one event could match together, as the order in which people
    did them could then not be told.
    """

    steps: tuple[Step, ...]
    window_days: int
    order: Order = "loose"

    def __post_init__(self) -> None:
        if not 2 <= len(self.steps) <= 8:
            raise PlanError(f"a funnel has 2 to 8 steps, not {len(self.steps)}")
        if not 1 <= self.window_days <= 90:
            raise PlanError(f"a window has 1 to 90 days, not {self.window_days}")
        for place, step in enumerate(self.steps, 1):
            if not step.fields:
                raise PlanError(f"step {place} names no event")
        for place, step in enumerate(self.steps):
            for later in range(place + 1, len(self.steps)):
                if not step.apart_from(self.steps[later]):
                    told = f"steps {place + 1} and {later + 1} can be the same event"
                    raise PlanError(told, (place + 1, later + 1))


def funnel(
    connection: Connection, store: Store, about: Slice, plan: Plan, by: str = ""
) -> pd.DataFrame:
    """People who reached each level, by the segment dimension ``by`` (as of the period's last day).

    A chain starts in the period; its later steps may lie up to the window beyond it. Columns:
    ``level`` (1: the first step), ``segment``, ``bucket`` (place in BOUNDS_S of the quickest way
    from the start to this level; 0 at level 1), ``users``.
    """
    reached = _loose(store, about, plan) if plan.order == "loose" else _strict(store, about, plan)
    levels = union_all(*reached).subquery("levels")
    quick = (
        select(levels.c.level, levels.c.user_id, func.min(levels.c.elapsed).label("elapsed"))
        .group_by(levels.c.level, levels.c.user_id)
        .subquery("quick")
    )
    bucket = case(
        *((quick.c.elapsed <= bound, n) for n, bound in enumerate(BOUNDS_S)), else_=len(BOUNDS_S)
    ).label("bucket")
    if by:
        groups = people(store, about, about.period.last, (by,)).subquery("groups")
        labelled = select(quick.c.level, bucket, groups.c[by].label("segment")).join(
            groups, groups.c.user_id == quick.c.user_id
        )
    else:
        labelled = select(quick.c.level, bucket, literal("").label("segment"))
    rows = labelled.subquery("rows")
    keys = (rows.c.level, rows.c.segment, rows.c.bucket)
    found = frame(connection, select(*keys, func.count().label("users")).group_by(*keys))
    return found.sort_values(["level", "segment", "bucket"]).reset_index(drop=True)


def _matches(step: Step) -> ColumnElement[bool]:
    found = [EVENT.c[name] == value for name, value in step.fields.items()]
    if not step.action:
        found += [EVENT.c.action != one for one in (OPENING, step.but) if one]
    return and_(true(), *found)


def _numbered(plan: Plan, rest: int | None) -> ColumnElement[int]:
    """The number of the step that an event is; ``rest`` for any other event."""
    rules = [(_matches(step), n) for n, step in enumerate(plan.steps, 1)]
    return case(*rules, else_=rest).label("step")


def _scan(store: Store, about: Slice, plan: Plan) -> list[ColumnElement[bool]]:
    """Conditions of the one scan: the period and the window beyond it."""
    last = about.period.last + timedelta(days=plan.window_days)
    return events_of(store, about, about.period.first, last)


def _loose(store: Store, about: Slice, plan: Plan) -> list[Select[Any]]:
    """For each level: user_id and elapsed seconds, a row for each way to get there."""
    wanted = or_(*(_matches(step) for step in plan.steps))
    end = store.clock.start(about.period.last + timedelta(days=1))
    rows = (
        select(EVENT.c.user_id, EVENT.c.occurred_at.label("at"), _numbered(plan, None))
        .where(wanted, *_scan(store, about, plan))
        .subquery("step_events")
    )
    starts = case((and_(rows.c.step == 1, rows.c.at < end), rows.c.at))
    carried = _carry(select(rows.c.user_id, rows.c.at, rows.c.step), rows, starts).cte("carried_1")
    levels = [
        select(literal(1).label("level"), carried.c.user_id, literal(0).label("elapsed")).where(
            carried.c.step == 1, carried.c.at < end
        )
    ]
    for level in range(2, len(plan.steps) + 1):
        inside = carried.c.at <= add_seconds(carried.c.start, plan.window_days * DAY_S)
        elapsed = seconds_between(carried.c.start, carried.c.at).label("elapsed")
        levels.append(
            select(literal(level).label("level"), carried.c.user_id, elapsed).where(
                carried.c.step == level, inside
            )
        )
        if level == len(plan.steps):
            break
        starts = case((carried.c.step == level, carried.c.start))
        kept = select(carried.c.user_id, carried.c.at, carried.c.step).where(
            carried.c.step >= level, inside
        )
        carried = _carry(kept, carried, starts).cte(f"carried_{level}")
    return levels


def _carry(query: Select[Any], rows: Any, starts: ColumnElement[Any]) -> Select[Any]:
    """Add the latest start so far; at one moment a later step comes after an earlier one."""
    latest = func.max(starts).over(
        partition_by=rows.c.user_id, order_by=(rows.c.at, rows.c.step), rows=(None, 0)
    )
    return query.add_columns(latest.label("start"))


def _strict(store: Store, about: Slice, plan: Plan) -> list[Select[Any]]:
    """The same where no other page may lie between two steps."""
    shown = or_(EVENT.c.page.is_not(None), *(_matches(step) for step in plan.steps))
    rows = (
        select(EVENT.c.user_id, EVENT.c.occurred_at.label("at"), _numbered(plan, 0))
        .where(shown, *_scan(store, about, plan))
        .subquery("page_events")
    )
    order: dict[str, Any] = {
        "partition_by": rows.c.user_id,
        "order_by": (rows.c.at, rows.c.step),
    }
    before = func.lag(rows.c.step, 1, -1).over(**order).label("before")
    told = select(rows, before).subquery("told")
    runs = select(told).where(told.c.step != told.c.before).subquery("runs")
    order = {"partition_by": runs.c.user_id, "order_by": (runs.c.at, runs.c.step)}
    count = len(plan.steps)
    ahead = select(
        runs.c.user_id, runs.c.at, runs.c.step,
        *(func.lead(runs.c.step, n, -1).over(**order).label(f"step_{n}") for n in range(1, count)),
        *(
            func.lead(runs.c.at, n, cast(null(), DateTime())).over(**order).label(f"at_{n}")
            for n in range(1, count)
        ),
    ).cte("ahead")  # fmt: skip
    end = store.clock.start(about.period.last + timedelta(days=1))
    chain: list[ColumnElement[bool]] = [ahead.c.step == 1, ahead.c.at < end]
    levels = [
        select(literal(1).label("level"), ahead.c.user_id, literal(0).label("elapsed")).where(
            *chain
        )
    ]
    latest = add_seconds(ahead.c.at, plan.window_days * DAY_S)
    for n in range(1, count):
        chain += [ahead.c[f"step_{n}"] == n + 1, ahead.c[f"at_{n}"] <= latest]
        elapsed = seconds_between(ahead.c.at, ahead.c[f"at_{n}"]).label("elapsed")
        levels.append(select(literal(n + 1).label("level"), ahead.c.user_id, elapsed).where(*chain))
    return levels
