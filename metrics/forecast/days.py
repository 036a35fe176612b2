"""What sets a day apart: weekday, holidays, pay days, the time of the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.calendar import CalendarDay, CalendarError, read_calendar
from metrics.targets.festival import SPRING_FESTIVAL

Floats = npt.NDArray[np.float64]

HARMONICS = 2
YEAR = 365.25
MONTH_END = 3
"""Days at a month's end that count as its end."""
AROUND_FESTIVAL = ((-10, -4), (-3, -1), (0, 2), (3, 6), (7, 15))
"""Days before (negative) and after Spring Festival that live by their own rules."""
YEARLY = ("trend", "sin_", "cos_")
SEEN = 2
"""Days of the history on which a mark must occur before its effect can be told."""


def calendar_of(first: date, last: date) -> Mapping[date, CalendarDay]:
    """The shipped calendar by day; empty for years that it does not hold."""
    try:
        return {one.day: one for one in read_calendar(first, last)}
    except CalendarError:
        return {}


def day_table(days: pd.DatetimeIndex, *, yearly: bool) -> pd.DataFrame:
    """One column a mark (D, marks); ``yearly`` adds trend and time of the year.

    The trend is in years before (negative) or after the first of the days.

    >>> day_table(pd.date_range("2026-10-01", "2026-10-02"), yearly=False)["free"].tolist()
    [1.0, 1.0]
    """
    known = calendar_of(days[0].date(), days[-1].date())
    table = {f"weekday_{i}": (days.day_of_week == i).astype(float) for i in range(1, 7)}
    table |= _calendar_marks(days, known)
    from_end = (days + pd.offsets.MonthEnd(0) - days).days
    table["month_end"] = (from_end < MONTH_END).astype(float)
    for start, end in AROUND_FESTIVAL:
        table[f"festival_{start}_{end}"] = _near_festival(days, start, end)
    if yearly:
        table |= _time_of_year(days)
    return pd.DataFrame(table, index=days)


@lru_cache(maxsize=8)
def marks_between(first: date, last: date) -> pd.DataFrame:
    """The ``day_table`` with the year's of the days from ``first`` to ``last``; not to be changed.

    Every forecast of one view needs the same.
    """
    return day_table(pd.date_range(first, last), yearly=True)


def _calendar_marks(days: pd.DatetimeIndex, known: Mapping[date, CalendarDay]) -> dict[str, Floats]:
    found = [known.get(day.date()) for day in days]
    weekend = days.day_of_week >= 5
    free = [one is not None and not one.workday and one.holiday is not None for one in found]
    made_up = [one is not None and one.workday for one in found] & weekend
    return {
        "free": np.array(free, dtype=float),
        "made_up": np.asarray(made_up, dtype=float),
        "payday": np.array([one is not None and one.payday for one in found], dtype=float),
        "618": _festival(found, "618"),
        "double_11": _festival(found, "双11"),
    }


def _festival(found: list[CalendarDay | None], name: str) -> Floats:
    return np.array([one is not None and one.festival == name for one in found], dtype=float)


def _near_festival(days: pd.DatetimeIndex, start: int, end: int) -> Floats:
    distance = np.full(len(days), 10_000)
    for festival in SPRING_FESTIVAL.values():
        away = (days - pd.Timestamp(festival)).days.to_numpy()
        distance = np.where(np.abs(away) < np.abs(distance), away, distance)
    inside: Floats = ((distance >= start) & (distance <= end)).astype(np.float64)
    return inside


def _time_of_year(days: pd.DatetimeIndex) -> dict[str, Floats]:
    years = (days - days[0]).days.to_numpy() / YEAR
    angle = 2 * np.pi * days.day_of_year.to_numpy() / YEAR
    found = {"trend": years}
    for k in range(1, HARMONICS + 1):
        found[f"sin_{k}"], found[f"cos_{k}"] = np.sin(k * angle), np.cos(k * angle)
    return found


def without_year(table: pd.DataFrame) -> pd.DataFrame:
    """A ``day_table`` without trend and time of the year."""
    kept = [not str(one).startswith(YEARLY) for one in table]
    found: pd.DataFrame = table.loc[:, kept]
    return found


def telling(table: pd.DataFrame, history: int) -> pd.DataFrame:
    """The columns whose effect the first ``history`` rows can tell."""
    known = table.to_numpy(dtype=float)[:history]
    seen, varied = (known != 0).sum(axis=0), (known != known[0]).any(axis=0)
    chosen: pd.DataFrame = table.loc[:, (seen >= SEEN) & varied]
    return chosen
