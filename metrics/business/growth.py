"""Growth that leaves its band: year on year, against what growth usually is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.period import Period

YEAR = 12
FEWEST = 6
"""Earlier growth rates that a band needs."""
WIDTH = 3.0
"""Robust standard deviations to either side; a normal month is outside once in 370."""
NORMAL = 1.4826
"""Makes the median absolute deviation a standard deviation of normal values."""


@dataclass(frozen=True)
class Growth:
    """Growth of a month on the same month a year before, in per cent, and its band.

    ``low`` and ``high`` come from the ``n`` months before; None where these are fewer than 6.
    ``outside``: 1 above the band, -1 below, 0 inside or without a band.
    """

    period: Period
    rate: float
    low: float | None
    high: float | None
    n: int

    @property
    def outside(self) -> int:
        """On which side of the band the growth lies."""
        if self.low is None or self.high is None:
            return 0
        return int(self.rate > self.high) - int(self.rate < self.low)


def growth(monthly: Sequence[tuple[Period, float | None]]) -> tuple[Growth, ...]:
    """Growth year on year of whole months in order; months without a value a year before are left.

    The band is the median of earlier rates plus and minus three robust standard deviations
    (median absolute deviation; Hampel 1974), at least one percentage point.

    >>> months = [Period.parse(f"{y}-{m:02d}") for y in (2024, 2025, 2026) for m in range(1, 13)]
    >>> values = [100.0] * 12 + [110.0] * 12 + [121.0] * 11 + [200.0]
    >>> found = growth(list(zip(months, values)))
    >>> round(found[-1].rate, 6), found[-1].outside, found[-2].outside
    (81.818182, 1, 0)
    """
    by_month = {period.first: value for period, value in monthly}
    found: list[Growth] = []
    for period, value in monthly:
        before = by_month.get(period.year_ago().first)
        if value is None or before is None or not before > 0 or not np.isfinite(value):
            continue
        rate = 100 * (value / before - 1)
        low, high = _band([one.rate for one in found])
        found.append(Growth(period, float(rate), low, high, len(found)))
    return tuple(found)


def _band(rates: Sequence[float]) -> tuple[float | None, float | None]:
    if len(rates) < FEWEST:
        return None, None
    middle = float(np.median(rates))
    spread = max(NORMAL * float(np.median(np.abs(np.array(rates) - middle))), 1.0 / WIDTH)
    return middle - WIDTH * spread, middle + WIDTH * spread
