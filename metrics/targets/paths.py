"""A year's path: how much of a yearly goal is due by, or on, each of its days.

A `Shape` is the pattern of the year, independent of the size of the goal, so that one shape
serves the bank and all its parts, base and target: parts of a divided goal then add up on every
day and not only at the year's end. A `Path` is a shape applied to one goal.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from metrics.targets.arrays import Floats
from metrics.targets.festival import SPRING_FESTIVAL

Kind = Literal["flow", "level", "stock", "standard"]

KNOWN_DAYS = 360
"""Last year shapes this year's flow only where at least so many of its days are known."""
SMOOTHING = 7
"""Days of the centred mean that keeps the weekdays of another year out of the path."""
LOWEST, HIGHEST = 0.5, 2.0
"""A level's path stays between these multiples of its goal."""


@dataclass(frozen=True, eq=False)
class Shape:
    """The pattern of a year, ``factor`` with one number a day.

    flow: the day's part of the goal, adding up to 1 · level: times the goal · stock: how much of
    the way from the start to the goal is done, 0 to 1 · standard: 1 on every day.
    ``seasonal`` is False where the calendar stands in for last year.
    """

    kind: Kind
    year: int
    factor: Floats
    seasonal: bool

    def index(self, day: date) -> int:
        """Position of a day; ValueError for a day of another year."""
        if day.year != self.year:
            raise ValueError(f"{day} is not in the path's year {self.year}")
        return day.timetuple().tm_yday - 1


@dataclass(frozen=True, eq=False)
class Path:
    """A goal through a year: ``daily`` amounts of a flow, or values of a level or stock."""

    shape: Shape
    daily: Floats


def days_in(year: int) -> int:
    """365 or 366."""
    return 366 if calendar.isleap(year) else 365


def flow_shape(
    daily_last_year: pd.Series[float] | None,
    year: int,
    festivals: Mapping[int, date] = SPRING_FESTIVAL,
) -> Shape:
    """Each day's part of a year's flow, by last year's daily flow (index: days).

    Smoothed over 7 days; aligned by calendar date, in January and February by the distance from
    the festival (a day before last year's first takes its first). Equal days where fewer than 360
    days of last year are known or nothing flowed; what flowed back counts as nothing.

    >>> flow_shape(None, 2026).factor.sum().round(12).item(), flow_shape(None, 2026).seasonal
    (1.0, False)
    """
    smooth = None if daily_last_year is None else _smoothed(daily_last_year, year - 1)
    if smooth is None:
        return Shape("flow", year, np.full(days_in(year), 1 / days_in(year)), False)
    weight = smooth[_aligned(year, festivals)]
    if not weight.sum() > 0:
        return Shape("flow", year, np.full(days_in(year), 1 / days_in(year)), False)
    return Shape("flow", year, weight / weight.sum(), True)


def level_shape(monthly_last_year: Sequence[float] | None, year: int) -> Shape:
    """A level's multiple of its goal by day, from last year's 12 monthly values.

    L(month) / L(December), held at each month's last day, straight between, kept in 0.5 to 2;
    flat where a month is missing or not above 0. ValueError unless 12 values.

    >>> shape = level_shape([8.0] * 6 + [9.0] * 5 + [10.0], 2025)
    >>> shape.factor[[0, 30, 364]].tolist()
    [0.8, 0.8, 1.0]
    """
    values = _months(monthly_last_year, 12)
    if values is None or not (values > 0).all():
        return Shape("level", year, np.ones(days_in(year)), False)
    factors = np.clip(values / values[-1], LOWEST, HIGHEST)
    ends = _month_ends(year)
    return Shape("level", year, np.interp(np.arange(days_in(year)), ends, factors), True)


def stock_shape(monthly_last_year: Sequence[float] | None, year: int) -> Shape:
    """How much of the year's way is done by day, from last year's balances.

    13 balances: at last year's start and its 12 month-ends. With the 12 month-ends alone,
    January is taken to have grown like the mean of the other months. Never falls; by the
    calendar where a balance is missing or the year as a whole did not grow.

    >>> stock_shape(None, 2025).factor[[0, 364]].round(4).tolist()
    [0.0027, 1.0]
    >>> grown = stock_shape([100, *[100] * 5, 110, *[110] * 5, 120], 2025)
    >>> grown.factor[[0, 180, 333, 364]].tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    days = np.arange(days_in(year))
    length = 13 if monthly_last_year is not None and len(monthly_last_year) == 13 else 12
    values = _months(monthly_last_year, length)
    if values is not None and length == 12:
        values = np.insert(values, 0, values[0] - (values[-1] - values[0]) / 11)
    if values is None or not values[-1] > values[0]:
        return Shape("stock", year, (days + 1) / days_in(year), False)
    done = np.maximum.accumulate((values - values[0]) / (values[-1] - values[0])).clip(0, 1)
    ends = np.array([-1, *_month_ends(year)])
    return Shape("stock", year, np.interp(days, ends, done), True)


def standard_shape(year: int) -> Shape:
    """A standard holds every day: 1 throughout."""
    return Shape("standard", year, np.ones(days_in(year)), False)


def applied(shape: Shape, goal: float, start: float | None = None) -> Path:
    """The path of one goal; a stock needs its ``start``, the value at the year's start.

    >>> path = applied(flow_shape(None, 2025), 730.0)
    >>> round(sum_over(path, date(2025, 1, 1), date(2025, 1, 31)), 9)
    62.0
    """
    if shape.kind != "stock":
        return Path(shape, goal * shape.factor)
    if start is None:
        raise ValueError("the path of a stock needs its value at the year's start")
    return Path(shape, start + (goal - start) * shape.factor)


def flow_path(
    goal_total: float,
    daily_last_year: pd.Series[float] | None,
    year: int,
    festivals: Mapping[int, date] = SPRING_FESTIVAL,
) -> Path:
    """`flow_shape` applied to a year's total, to which it adds up."""
    return applied(flow_shape(daily_last_year, year, festivals), goal_total)


def level_path(goal: float, monthly_last_year: Sequence[float] | None, year: int) -> Path:
    """`level_shape` applied to a goal, which it reaches on December 31."""
    return applied(level_shape(monthly_last_year, year), goal)


def stock_path(
    start: float, goal: float, monthly_last_year: Sequence[float] | None, year: int
) -> Path:
    """`stock_shape` applied: from ``start`` to ``goal``, reached on December 31."""
    return applied(stock_shape(monthly_last_year, year), goal, start)


def standard_path(goal: float, year: int) -> Path:
    """The same goal every day."""
    return applied(standard_shape(year), goal)


def at(path: Path, day: date) -> float:
    """The path's number of a day; ValueError for another year."""
    return float(path.daily[path.shape.index(day)])


def sum_over(path: Path, first: date, last: date) -> float:
    """Sum of a flow's path from ``first`` to ``last``, both included, 0 where last is before.

    ValueError for days of another year and for a path that is not a flow.
    """
    if path.shape.kind != "flow":
        raise ValueError(f"the path of a {path.shape.kind} is not summed")
    return float(path.daily[path.shape.index(first) : path.shape.index(last) + 1].sum())


def _smoothed(daily: pd.Series[float], year: int) -> Floats | None:
    days = pd.date_range(date(year, 1, 1), date(year, 12, 31))
    series = daily.astype(float).replace([np.inf, -np.inf], np.nan)
    series = series.set_axis(pd.DatetimeIndex(series.index)).reindex(days)
    if series.notna().sum() < KNOWN_DAYS:
        return None
    smooth = series.rolling(SMOOTHING, center=True, min_periods=1).mean()
    filled: Floats = smooth.interpolate(limit_direction="both").clip(lower=0).to_numpy(float)
    return filled


def _aligned(year: int, festivals: Mapping[int, date]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """For each day of the year the position of the day of last year that it takes after."""
    first, length = date(year - 1, 1, 1), days_in(year - 1)
    known = year in festivals and year - 1 in festivals
    shift = (festivals[year] - festivals[year - 1]) if known else timedelta(0)
    source = []
    for i in range(days_in(year)):
        day = date(year, 1, 1) + timedelta(i)
        if day.month <= 2 and known:
            position = (day - shift - first).days
        else:
            day = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
            position = (day.replace(year=year - 1) - first).days
        source.append(min(max(position, 0), length - 1))
    return np.array(source, dtype=np.intp)


def _months(values: Sequence[float] | None, length: int) -> Floats | None:
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (length,):
        raise ValueError(f"expected {length} monthly values, found {len(values)}")
    return array if np.isfinite(array).all() else None


def _month_ends(year: int) -> list[int]:
    """Positions of the months' last days."""
    return [date(year, m, calendar.monthrange(year, m)[1]).timetuple().tm_yday - 1
            for m in range(1, 13)]  # fmt: skip
