"""The budget: how spending divides, how fast it goes, and where the year ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import stats

from data.campaigns.money import MonthSpend

PLANNED_SHARES: Mapping[str, float] = {"technology": 40.0, "operations": 30.0, "data_risk": 30.0}
RESERVE = (5.0, 8.0)
"""Per cent of everything spent. Source: plan P1 5.1."""
TOLERANCE = 2.0
"""Percentage points that a category may lie off its share before it is called off plan."""
LEVEL = 0.8
FEWEST_MONTHS = 3


@dataclass(frozen=True)
class Category:
    """A budget category so far: CNY, and its share of the three categories in per cent."""

    id: str
    planned_cny: float
    spent_cny: float
    share: float | None
    planned_share: float

    @property
    def burn(self) -> float | None:
        """Per cent of what was planned so far that is spent."""
        return 100 * self.spent_cny / self.planned_cny if self.planned_cny > 0 else None

    @property
    def off(self) -> int:
        """1 above, −1 below its share by more than the tolerance."""
        gap = 0.0 if self.share is None else self.share - self.planned_share
        return int(gap > TOLERANCE) - int(gap < -TOLERANCE)


@dataclass(frozen=True)
class Budget:
    """A year's money up to a day, in CNY.

    ``reserve_share`` is in per cent of everything spent. ``forecast`` is (value, low, high) for
    the whole year with an 80 % interval, None where fewer than three whole months are known.
    """

    year: int
    until: date
    categories: tuple[Category, ...]
    reserve_cny: float
    reserve_share: float | None
    planned_cny: float
    spent_cny: float
    months: tuple[tuple[date, float, float], ...]
    forecast: tuple[float, float, float] | None

    @property
    def reserve_off(self) -> int:
        """1 above 8 %, −1 below 5 %."""
        share = self.reserve_share
        return 0 if share is None else int(share > RESERVE[1]) - int(share < RESERVE[0])


def budget(rows: Sequence[MonthSpend], year: int, until: date) -> Budget:
    """The budget of a year from its spending up to ``until``.

    Shares are of technology, operations and data and risk together; the reserve comes on top.
    """
    planned = dict.fromkeys((*PLANNED_SHARES, "reserve"), 0.0)
    spent = dict(planned)
    for row in rows:
        planned[row.category] += row.planned_cny
        spent[row.category] += row.spent_cny
    three = sum(spent[name] for name in PLANNED_SHARES)
    everything = three + spent["reserve"]
    categories = tuple(
        Category(
            name, planned[name], spent[name], 100 * spent[name] / three if three else None, share
        )
        for name, share in PLANNED_SHARES.items()
    )  # fmt: skip
    months = _months(rows)
    return Budget(
        year, until, categories, spent["reserve"],
        100 * spent["reserve"] / everything if everything else None,
        sum(planned.values()), everything, months, forecast(months, until),
    )  # fmt: skip


def _months(rows: Sequence[MonthSpend]) -> tuple[tuple[date, float, float], ...]:
    days = sorted({row.month for row in rows})
    return tuple(
        (
            day,
            sum(row.planned_cny for row in rows if row.month == day),
            sum(row.spent_cny for row in rows if row.month == day),
        )
        for day in days
    )


def forecast(
    months: Sequence[tuple[date, float, float]], until: date
) -> tuple[float, float, float] | None:
    """The year's spending: what is booked, and the mean whole month for each that is left.

    The interval is that of a sum of h new months from n known ones: ± t √(h + h²/n) s.
    """
    whole = [spent for day, _, spent in months if day <= until]
    running = sum(spent for day, _, spent in months if day > until)
    left = 12 - (months[-1][0].month if months else 12)
    if len(whole) < FEWEST_MONTHS:
        return None
    mean, spread = float(np.mean(whole)), float(np.std(whole, ddof=1))
    share = 0.0
    if running:
        last = months[-1][0]
        share = 1 - until.day / last.day
    ahead = left + share
    known = sum(whole) + running
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, len(whole) - 1)) * spread
    reach *= float(np.sqrt(ahead + ahead**2 / len(whole)))
    value = known + mean * ahead
    return value, max(known, value - reach), value + reach
