"""The outlook of an indicator in a slice: its series, its plan line, its forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data.business.daily import daily_points
from data.period import Period, containing
from data.points.reader import LiveReader
from data.slice import Slice, SliceError
from metrics.forecast.level import forecast_level
from metrics.forecast.records import Forecast, Reason
from metrics.forecast.total import forecast_total
from metrics.scorecard.facts import shape_kind
from metrics.targets.paths import Path, Shape, applied
from metrics.tree.records import Indicator
from metrics.values.evaluation import Setup, evaluate_periods

MONTHS = 37
"""Months of history that a level is forecast from."""
HIGHEST = {"%": 100.0, "1–5": 5.0}


@dataclass(frozen=True, eq=False)
class Goal:
    """The goal of the year: its target, the year's shape and, of a stock, the year's start."""

    target: float
    shape: Shape
    start: float | None = None

    def path(self) -> Path:
        """The plan line of the year."""
        return applied(self.shape, self.target, self.start)


def outlook(
    connection: Connection,
    setup: Setup,
    indicator: str,
    about: Slice,
    *,
    goal: Goal | None = None,
    upto: date | None = None,
) -> Forecast:
    """Where an indicator stands at the end of the slice's period, known until ``upto``.

    A flow (added up over time) is forecast from its days, every other indicator from its months:
    then the value is that of the period's last month. ``upto`` is the last known day where it is
    not given. A goal of another year than the period's gives no plan line and no probability.
    """
    found = setup.tree.indicators[indicator]
    known = setup.store.coverage.last_known or about.period.last
    upto = min(known, about.period.last, upto or known)
    if shape_kind(found) == "flow" or found.over_time == "sum":
        return _flow(connection, setup, found, about, goal, upto)
    return _level(connection, setup, found, about, goal, upto)


def _flow(
    connection: Connection,
    setup: Setup,
    indicator: Indicator,
    about: Slice,
    goal: Goal | None,
    upto: date,
) -> Forecast:
    period = about.period
    path = goal.path() if goal is not None and goal.shape.kind == "flow" else None
    first = min(setup.store.coverage.first_day or upto, upto)
    points = sorted(indicator.formula.points)
    try:
        table = daily_points(connection, setup.store, points, about, first, upto)
    except SliceError as error:
        why = Reason("not_by_slice", (str(error).rsplit(" ", 1)[-1],))
        return Forecast(upto, period.last, (), None, None, None, None, why)
    values = indicator.formula.evaluate(lambda term: table[term.point].to_numpy(dtype=float))
    daily = pd.Series(values, index=table.index)
    target = None
    if path is not None and period.first.year == period.last.year == path.shape.year:
        place = path.shape.index(period.first), path.shape.index(period.last) + 1
        target = float(path.daily[slice(*place)].sum())
    return forecast_total(
        daily, period.first, period.last, goal=target, better=indicator.better, path=path
    )


def _level(
    connection: Connection,
    setup: Setup,
    indicator: Indicator,
    about: Slice,
    goal: Goal | None,
    upto: date,
) -> Forecast:
    reader, until = LiveReader(connection, setup.store), about.period.last
    months = months_known(setup, upto)
    path = None if goal is None else goal.path()
    if not months:
        return Forecast(until, until, (), None, None, None, None, Reason("no_series"))
    found = evaluate_periods(reader, setup, [indicator.id], about, months)
    values = [float(one.value[0, 0]) for one in found]
    series = [
        (month, None if np.isnan(value) else value)
        for month, value in zip(months, values, strict=True)
    ]
    inside = path is not None and path.shape.year == until.year
    return forecast_level(
        series,
        until,
        goal=float(path.daily[path.shape.index(until)]) if path is not None and inside else None,
        better="down" if indicator.better == "down" else "up",
        path=path,
        highest=HIGHEST.get(indicator.unit),
    )


def months_known(setup: Setup, upto: date) -> list[Period]:
    """Up to `MONTHS` whole months with data that end on or before ``upto``, oldest first."""
    first = setup.store.coverage.first_day
    if first is None:
        return []
    month = containing(upto, "month")
    if month.last > upto:
        month = month.previous()
    found: list[Period] = []
    while month.first >= first and len(found) < MONTHS:
        found.insert(0, month)
        month = month.previous()
    return found
