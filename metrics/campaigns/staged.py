"""A feature rolled out in stages: what it changed where it arrived, against where it had not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection

from data.campaigns.rollouts import Rollout
from data.period import Period, month_end
from data.points.read import Store, read_points
from data.points.wants import Want
from data.slice import Slice
from metrics.campaigns.differences import Cell, Difference, difference_in_differences

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "activation_rate": ("activated", "activation_due"),
    "retention_d1": ("d1_kept", "d1_due"),
    "retention_d7": ("d7_kept", "d7_due"),
}
"""Indicators of new users: 100 × the first point ÷ the second, both by day of maturity."""
BEFORE, AFTER = 6, 4
"""Months of a comparison before and after a stage."""


@dataclass(frozen=True)
class Count:
    """A branch's users that a month's registrations made: reached of due."""

    branch: str
    month: int
    reached: float
    due: float


def staged_effect(
    connection: Connection,
    store: Store,
    rollout: Rollout,
    outcome: str,
    until: date,
    rights_of: Slice,
) -> Difference:
    """The effect of a roll-out on an outcome of new users, in percentage points.

    Stages are compared with branches of the same level that did not have the feature yet.
    """
    units = _peers(store, rollout)
    first, last = _number(rollout.first) - BEFORE, _number(max(rollout.started.values())) + AFTER
    lag = store.catalogue.points[OUTCOMES[outcome][0]].lag
    last = min(last, _number(until - timedelta(days=lag)))
    counts = _counts(connection, store, outcome, range(first, last + 1), until, rights_of)
    found = [one for one in counts if one.branch in units]
    return difference_in_differences(staged_cells(found, rollout.started))


def staged_cells(
    counts: Sequence[Count],
    started: Mapping[str, date],
    before: int = BEFORE,
    after: int = AFTER,
) -> list[Cell]:
    """Cells of every stage: branches that got it then, and those without it all through.

    A month in which the feature arrived on a day other than the first is left out.
    """
    begins = {branch: _whole_month(day) for branch, day in started.items()}
    cells = []
    for stage in sorted(set(begins.values())):
        partial = {_number(day) for day in started.values() if _whole_month(day) == stage} - {stage}
        for one in counts:
            start = begins.get(one.branch)
            age = one.month - stage
            treated = start == stage
            waiting = start is None or start >= stage + after
            if not (-before <= age < after) or not (treated or waiting) or one.due <= 0:
                continue
            if one.month in partial:
                continue
            share = 100 * one.reached / one.due
            cells.append(Cell(one.branch, treated, age, one.due, share, f"@{stage}"))
    return cells


def _whole_month(day: date) -> int:
    return _number(day) + (day.day > 1)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _period(number: int) -> Period:
    first = date(number // 12, number % 12 + 1, 1)
    return Period(first, month_end(first))


def _peers(store: Store, rollout: Rollout) -> frozenset[str]:
    """Branches at the depths at which the feature was switched on."""
    depth = {branch: len(nodes) for branch, nodes in store.nodes_above.items() if branch}
    wanted = {depth[branch] for branch in rollout.started if branch in depth}
    return frozenset(branch for branch, deep in depth.items() if deep in wanted)


def _counts(
    connection: Connection,
    store: Store,
    outcome: str,
    months: range,
    until: date,
    rights_of: Slice,
) -> list[Count]:
    """Counts by branch and month of registration: points are kept by the day of maturity."""
    names = OUTCOMES[outcome]
    lag = timedelta(days=store.catalogue.points[names[0]].lag)
    wants = {}
    for number in months:
        period = _period(number)
        last = min(period.last + lag, until)
        if last >= period.first + lag:
            first = period.first + lag
            wants[number] = tuple(Want(name, "sum", first, last) for name in names)
    every = [want for pair in wants.values() for want in pair]
    reading = read_points(connection, store, every, ("branch",), rights_of)
    branches = reading.groups["branch"].tolist()
    found = []
    for number, pair in wants.items():
        reached, due = (reading.answers[want].values for want in pair)
        found += [
            Count(branch, number, float(reached[row]), float(due[row]))
            for row, branch in enumerate(branches)
            if branch and np.isfinite(reached[row]) and np.isfinite(due[row])
        ]
    return found
