"""From the days to come to the total of a period: interval, chance to reach a goal, back-tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from metrics.forecast.days import Floats, marks_between
from metrics.forecast.flow import NOISE_FROM, SHORTEST, Ahead, ahead
from metrics.forecast.records import BackTest, Estimate, Forecast, Reason, Step, Tried
from metrics.targets.paths import Path, at

LEVEL = 80.0
TRIES = 8
FEWEST_TRIES = 3
WIDEST = 5.0
LATEST = 31
"""Days before the period on which its history may end; it has to be longer than the way."""
FEWEST_DAYS = 12
"""Days of the last year on which something has to happen."""
ONE_DAY = timedelta(days=1)


def forecast_total(
    daily: pd.Series[float],
    first: date,
    until: date,
    *,
    goal: float | None = None,
    better: str = "up",
    path: Path | None = None,
) -> Forecast:
    """Where a flow stands on ``until`` when it is added up from ``first``.

    ``daily``: amounts by day, NaN where unknown, up to the last known day. ``goal`` is that of
    the days from ``first`` to ``until``; ``better`` "down" makes staying at or below it the aim.
    ``path`` gives the plan line. Refused with the reason for too little or patchy history.

    >>> days = pd.date_range("2025-01-01", periods=300)
    >>> found = forecast_total(pd.Series(10.0, index=days), date(2025, 10, 1), date(2025, 10, 31))
    >>> round(found.end.value, 6), found.back_test.inside == found.back_test.n
    (310.0, True)
    """
    known = daily.astype(float).loc[daily.first_valid_index() : daily.last_valid_index()]
    known = known if known.notna().any() else known.iloc[:0]
    plan = _plan(path, first, until)
    if known.empty:
        nothing = tuple(Step(day, plan=planned) for day, planned in plan.items())
        why = Reason("no_series")
        return Forecast(first - ONE_DAY, until, nothing, None, goal, None, None, why)
    as_of = pd.DatetimeIndex(known.index)[-1].date()
    steps = _past(known, first, min(as_of, until), plan)
    done = steps[-1].actual if steps and steps[-1].actual is not None else 0.0
    if as_of >= until:
        reached = _reached(np.array([done]), goal, better)
        return Forecast(as_of, until, steps, None, goal, reached, None, Reason("over"))
    reason = refusal(known)
    late = as_of < first - timedelta(days=LATEST) or (until - as_of).days > len(known)
    if reason is None and late:
        reason = Reason("late", (str(as_of),))
    if reason is not None:
        return Forecast(as_of, until, steps, None, goal, None, None, reason)
    coming = ahead(known.fillna(0.0), until)
    tests = back_test(known.fillna(0.0), (until - as_of).days)
    cumulative = done + widened(coming, tests.widened if tests else 1.0)
    after = _coming_steps(coming, cumulative, done, plan)
    end = estimate(done + coming.expected.sum(), cumulative[:, -1])
    chance = _reached(cumulative[:, -1], goal, better)
    return Forecast(as_of, until, (*steps, *after), end, goal, chance, tests)


def refusal(known: pd.Series[float]) -> Reason | None:
    """Why nothing can be forecast from a history, or None."""
    if len(known) < SHORTEST:
        return Reason("short_history", (str(len(known)), str(SHORTEST)))
    missing = int(known.isna().sum())
    if missing > len(known) * 0.05:
        return Reason("gaps", (str(missing), str(len(known))))
    recent = known.fillna(0.0).tail(NOISE_FROM)
    happened = int((recent > 0).sum())
    return Reason("rare", (str(happened), str(FEWEST_DAYS))) if happened < FEWEST_DAYS else None


def widened(coming: Ahead, factor: float) -> Floats:
    """Running totals of the draws (DRAWS, H), their spread multiplied on the scale of roots."""
    totals = np.cumsum(coming.draws, axis=1)
    middle = np.sqrt(np.cumsum(coming.expected))
    spread = np.sqrt(np.clip(totals, 0, None)) - middle
    found: Floats = np.clip(middle + factor * spread, 0, None) ** 2
    return found


def estimate(value: float, draws: Floats, level: float = LEVEL) -> Estimate:
    """A value with the interval that holds ``level`` per cent of the draws."""
    tail = (100 - level) / 2
    low, high = np.percentile(draws, [tail, 100 - tail])
    return Estimate(float(value), min(float(low), float(value)), max(float(high), float(value)))


def back_test(history: pd.Series[float], horizon: int) -> BackTest | None:
    """Forecasts over ``horizon`` days from earlier days, against what came; None under 3 tries.

    Origins lie at least a week apart and keep half a year of history. The interval of a try is
    widened by the root mean square miss of the other tries, in their own standard deviations.
    """
    last = len(history) - horizon
    gap = max(7, (last - SHORTEST) // TRIES)
    sizes = [last - i * gap for i in range(TRIES) if last - i * gap >= SHORTEST]
    days = pd.DatetimeIndex(history.index)
    marks = marks_between(days[0].date(), days[-1].date())
    tried = (_try(history, size, horizon, marks) for size in sizes)
    made = [found for found in tried if found is not None]
    return judged(made) if len(made) >= FEWEST_TRIES else None


Draw = tuple[date, float, Floats, float]
"""Day of the forecast, expected total, draws of the total, what came."""


def judged(made: Sequence[Draw]) -> BackTest:
    """What the tries say together."""
    misses = np.array([_miss(expected, draws, actual) for _, expected, draws, actual in made])
    tries = []
    for i, (day, expected, draws, actual) in enumerate(made):
        factor = widening(np.delete(misses, i))
        middle = np.sqrt(expected)
        spread = np.sqrt(np.clip(draws, 0, None)) - middle
        found = estimate(expected, np.clip(middle + factor * spread, 0, None) ** 2)
        tries.append(Tried(day, expected, found.low, found.high, actual))
    pairs = [(one.expected, one.actual) for one in tries]
    return BackTest(tuple(tries), *errors(pairs), widening(misses))


def errors(pairs: Sequence[tuple[float, float]]) -> tuple[float | None, float | None]:
    """Mean absolute error and mean error of (expected, actual), per cent of the actual.

    >>> errors([(110.0, 100.0), (95.0, 100.0)])
    (7.5, 2.5)
    """
    off = [100 * (expected - actual) / abs(actual) for expected, actual in pairs if actual]
    if not off:
        return None, None
    return float(np.mean(np.abs(off))), float(np.mean(off))


def widening(misses: Floats) -> float:
    """The root mean square of misses in standard deviations, from 1 to `WIDEST`."""
    if not len(misses):
        return 1.0
    return float(np.clip(np.sqrt(np.mean(np.square(misses))), 1.0, WIDEST))


def _try(history: pd.Series[float], size: int, horizon: int, marks: pd.DataFrame) -> Draw | None:
    past, after = history.iloc[:size], history.iloc[size : size + horizon]
    if refusal(past) is not None:
        return None
    made_on = pd.DatetimeIndex(past.index)[-1].date()
    coming = ahead(past, pd.DatetimeIndex(after.index)[-1].date(), marks)
    return made_on, float(coming.expected.sum()), coming.draws.sum(axis=1), float(after.sum())


def _miss(expected: float, draws: Floats, actual: float) -> float:
    """How far off, in standard deviations of the draws, on the scale of roots."""
    off = float(np.sqrt(max(actual, 0.0)) - np.sqrt(expected))
    spread = float(np.std(np.sqrt(np.clip(draws, 0, None))))
    if spread <= 1e-9 * max(1.0, expected):
        return 0.0 if abs(off) <= 1e-6 * max(1.0, expected) else WIDEST
    return off / spread


def _past(
    known: pd.Series[float], first: date, last: date, plan: Mapping[date, float | None]
) -> tuple[Step, ...]:
    days = pd.date_range(first, last)
    added = known.reindex(days).fillna(0.0).cumsum()
    return tuple(
        Step(day.date(), actual=float(value), plan=plan[day.date()])
        for day, value in zip(days, added.to_numpy(), strict=True)
    )


def _plan(path: Path | None, first: date, until: date) -> Mapping[date, float | None]:
    """The plan added up from the first day; none for days of another year than the path's."""
    days = [day.date() for day in pd.date_range(first, until)]
    if path is None or {first.year, until.year} != {path.shape.year}:
        return dict.fromkeys(days)
    added = np.cumsum([at(path, day) for day in days])
    return {day: float(value) for day, value in zip(days, added, strict=True)}


def _coming_steps(
    coming: Ahead, cumulative: Floats, done: float, plan: Mapping[date, float | None]
) -> list[Step]:
    tail = (100 - LEVEL) / 2
    ends = np.percentile(cumulative, [tail, 100 - tail], axis=0)
    expected = done + np.cumsum(coming.expected)
    low, high = np.minimum(ends[0], expected), np.maximum(ends[1], expected)
    rows = zip(coming.days, expected.tolist(), low.tolist(), high.tolist(), strict=True)
    return [Step(day.date(), None, plan.get(day.date()), e, a, b) for day, e, a, b in rows]


def _reached(totals: Floats, goal: float | None, better: str) -> float | None:
    if goal is None:
        return None
    hit = totals <= goal if better == "down" else totals >= goal
    return float(np.mean(hit))
