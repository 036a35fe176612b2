"""Base and target of a period, from yearly goals and the shape of the year's path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from metrics.targets.arrays import Codes, Floats
from metrics.targets.paths import Shape, days_in
from metrics.targets.reasons import Reason


@dataclass(frozen=True, eq=False)
class PeriodTargets:
    """Base and target of a period, arrays like the goals; ``reason`` holds `Reason` codes."""

    base: Floats
    target: Floats
    reason: Codes


def targets_for_period(
    shape: Shape,
    base: npt.ArrayLike,
    target: npt.ArrayLike,
    first: date,
    last_elapsed: date | None,
    start: npt.ArrayLike | None = None,
) -> PeriodTargets:
    """What yearly goals (S,) ask of the days from ``first`` to ``last_elapsed``, both included.

    A flow: the path's sum over these days. A level or stock: the path's value of the last one,
    a stock on its way from ``start`` (S,), the value at the year's start. A standard: itself.
    ``last_elapsed`` is None or before ``first`` while no day has passed: no target yet.
    ValueError for days outside the shape's year (add up the flows of two years by two calls) and
    for a stock without ``start``.

    >>> from metrics.targets.paths import flow_shape, standard_shape
    >>> january = date(2025, 1, 1), date(2025, 1, 31)
    >>> plan = targets_for_period(flow_shape(None, 2025), [365.0], [730.0], *january)
    >>> plan.target.round(9).tolist()
    [62.0]
    >>> targets_for_period(standard_shape(2025), 85.0, 98.0, *january).target.tolist()
    98.0
    """
    lower, upper = np.broadcast_arrays(np.asarray(base, float), np.asarray(target, float))
    if last_elapsed is None or last_elapsed < first:
        none = np.full(upper.shape, np.nan)
        reason = np.full(upper.shape, Reason.NOT_STARTED, dtype=np.int8)
        return PeriodTargets(none, none.copy(), reason)
    done = _factor(shape, first, last_elapsed)
    if shape.kind == "stock":
        if start is None:
            raise ValueError("the targets of a stock need its value at the year's start")
        origin = np.asarray(start, float)
        lower, upper = (origin + (goal - origin) * done for goal in (lower, upper))
    else:
        lower, upper = lower * done, upper * done
    return PeriodTargets(lower, upper, _reasons(lower, upper))


def _factor(shape: Shape, first: date, last: date) -> float:
    end = shape.index(last)
    if shape.kind == "flow":
        return float(shape.factor[shape.index(first) : end + 1].sum())
    return float(shape.factor[end])


def _reasons(base: Floats, target: Floats) -> Codes:
    reason = np.where(np.isfinite(base), np.int8(Reason.OK), np.int8(Reason.NO_BASE))
    return np.where(np.isfinite(target), reason, np.int8(Reason.NO_TARGET)).astype(np.int8)


def completion(so_far: float | None, goal: float | None) -> float | None:
    """Per cent of the year's plan that is done (计划完成率); None unless the goal is above 0.

    >>> completion(45.0, 60.0)
    75.0
    """
    if so_far is None or goal is None or not math.isfinite(so_far) or not goal > 0:
        return None
    return 100.0 * so_far / goal


def year_passed(day: date) -> float:
    """Per cent of the year's days that have passed with ``day`` (时序进度).

    >>> round(year_passed(date(2025, 3, 14)), 6)
    20.0
    """
    return 100.0 * day.timetuple().tm_yday / days_in(day.year)
