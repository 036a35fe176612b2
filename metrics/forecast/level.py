"""Forecast of a level by month: the theta method, intervals from what it missed before.

It needs a dozen months. Values above 0 are taken by their logarithm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.stats import norm

from data.period import Period
from metrics.forecast.days import Floats
from metrics.forecast.innovations import variances
from metrics.forecast.records import BackTest, Estimate, Forecast, Reason, Step, Tried
from metrics.forecast.smoothing import theta
from metrics.forecast.total import FEWEST_TRIES, LEVEL, TRIES, errors, widening
from metrics.targets.paths import Path, at

SHORTEST = 12
"""Months of history below which nothing is forecast."""
FURTHEST = 13
"""Months ahead beyond which nothing is forecast."""
Made = tuple[date, float, float, float]
"""Last month known, expected, standard deviation, what came; the scale of the model."""


def forecast_level(
    monthly: Sequence[tuple[Period, float | None]],
    until: date,
    *,
    goal: float | None = None,
    better: str = "up",
    path: Path | None = None,
    highest: float | None = None,
) -> Forecast:
    """The level of the month of ``until``, from whole months in order (value None: unknown).

    ``highest`` is what the level cannot exceed (100 for a share). ``steps`` are month-ends: every
    known month of the year of ``until`` and the one before it, and the months to come.

    >>> months = [Period.parse(f"2025-{i:02d}") for i in range(1, 13)]
    >>> found = forecast_level([(one, 50.0) for one in months], date(2026, 3, 31))
    >>> round(found.end.value, 6), [str(one.day) for one in found.steps if one.expected]
    (50.0, ['2026-01-31', '2026-02-28', '2026-03-31'])
    """
    known = _last_run(monthly)
    if not known:
        as_of = monthly[-1][0].last if monthly else until
        return Forecast(as_of, until, (), None, goal, None, None, Reason("no_series"))
    as_of = known[-1][0].last
    steps = _past(known, until, path)
    horizon = _months_between(as_of, until)
    if horizon <= 0:
        return Forecast(as_of, until, steps, None, goal, None, None, Reason("over"))
    if horizon > FURTHEST:
        why = Reason("late", (str(as_of),))
        return Forecast(as_of, until, steps, None, goal, None, None, why)
    if len(known) < SHORTEST:
        why = Reason("short_history", (str(len(known)), str(SHORTEST)))
        return Forecast(as_of, until, steps, None, goal, None, None, why)
    values = np.array([value for _, value in known])
    scale = Scale(bool((values > 0).all()), highest)
    (middle,), (spread,) = _theta(scale.into(values), [len(values)], horizon)
    tests = _back_test(known, scale, horizon)
    spread = spread * (tests.widened if tests else 1.0)
    ahead = _ahead(known[-1][0], middle, spread, scale, path)
    last = ahead[-1]
    if last.expected is None or last.low is None or last.high is None:
        raise ValueError("a month to come has no expected value")
    end = Estimate(last.expected, last.low, last.high, LEVEL)
    chance = _chance(float(middle[-1]), float(spread[-1]), goal, better, scale)
    return Forecast(as_of, until, (*steps, *ahead), end, goal, chance, tests)


class Scale:
    """The scale of the model: logarithms where all values are above 0, else as they are."""

    def __init__(self, logarithms: bool, highest: float | None) -> None:
        self.logarithms, self.highest = logarithms, highest

    def into(self, values: Floats) -> Floats:
        """Values on the model's scale."""
        found: Floats = np.log(values) if self.logarithms else values
        return found

    def back(self, value: float) -> float:
        """A value of the model's scale as it is read, at most the highest."""
        found = float(np.exp(value)) if self.logarithms else value
        return found if self.highest is None else min(found, self.highest)


def _last_run(monthly: Sequence[tuple[Period, float | None]]) -> list[tuple[Period, float]]:
    """The known months up to the last known one, back to the first gap."""
    found: list[tuple[Period, float]] = []
    for period, value in reversed(monthly):
        if value is None or not np.isfinite(value):
            if found:
                break
            continue
        found.insert(0, (period, float(value)))
    return found


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _theta(values: Floats, sizes: Sequence[int], horizon: int) -> tuple[Floats, Floats]:
    """From the first ``size`` of the values: expected and standard deviations (S, horizon)."""
    middle, alpha = theta(values, sizes, horizon)
    growth = np.arange(horizon) * (alpha**2)[:, None]
    spread = np.sqrt(variances(values, sizes)[:, None] * (1 + growth))
    for row, size in enumerate(sizes):
        known = values[:size]
        if np.ptp(known) <= 1e-12 * max(1.0, float(np.abs(known).max())):
            middle[row], spread[row] = known[-1], 0.0
    return middle, np.asarray(spread, dtype=float)


def _back_test(
    known: Sequence[tuple[Period, float]], scale: Scale, horizon: int
) -> BackTest | None:
    values = scale.into(np.array([value for _, value in known]))
    sizes = list(range(len(known) - horizon, SHORTEST - 1, -1))[:TRIES]
    if len(sizes) < FEWEST_TRIES:
        return None
    middle, spread = _theta(values, sizes, horizon)
    made: list[Made] = []
    for row, size in enumerate(sizes):
        outcome = float(values[size + horizon - 1])
        last = known[size - 1][0].last
        made.append((last, float(middle[row, -1]), float(spread[row, -1]), outcome))
    return _judged(made, scale)


def _judged(made: Sequence[Made], scale: Scale) -> BackTest:
    misses = np.array([_miss(*one[1:]) for one in made])
    half = float(norm.ppf(0.5 + LEVEL / 200))
    tries = []
    for i, (day, middle, spread, actual) in enumerate(made):
        wide = half * spread * widening(np.delete(misses, i))
        low, high = scale.back(middle - wide), scale.back(middle + wide)
        tries.append(Tried(day, scale.back(middle), low, high, scale.back(actual)))
    pairs = [(one.expected, one.actual) for one in tries]
    return BackTest(tuple(tries), *errors(pairs), widening(misses))


def _miss(middle: float, spread: float, actual: float) -> float:
    if spread <= 0:
        return 0.0 if abs(actual - middle) < 1e-9 else 5.0
    return (actual - middle) / spread


def _past(
    known: Sequence[tuple[Period, float]], until: date, path: Path | None
) -> tuple[Step, ...]:
    since = date(until.year - 1, 12, 1)
    return tuple(
        Step(period.last, actual=value, plan=_planned(path, period.last))
        for period, value in known
        if since <= period.last <= until
    )


def _planned(path: Path | None, day: date) -> float | None:
    return at(path, day) if path is not None and path.shape.year == day.year else None


def _ahead(
    last: Period, middle: Floats, spread: Floats, scale: Scale, path: Path | None
) -> list[Step]:
    half = float(norm.ppf(0.5 + LEVEL / 200))
    found = []
    for value, sd in zip(middle.tolist(), spread.tolist(), strict=True):
        last = last.next()
        low, high = scale.back(value - half * sd), scale.back(value + half * sd)
        plan = _planned(path, last.last)
        found.append(Step(last.last, None, plan, scale.back(value), low, high))
    return found


def _chance(
    middle: float, spread: float, goal: float | None, better: str, scale: Scale
) -> float | None:
    if goal is None:
        return None
    if scale.logarithms and goal <= 0:
        return 0.0 if better == "down" else 1.0
    wanted = float(np.log(goal)) if scale.logarithms else goal
    if spread <= 0:
        return float(middle <= wanted if better == "down" else middle >= wanted)
    below = float(norm.cdf((wanted - middle) / spread))
    return below if better == "down" else 1 - below
