"""The error budget of availability, and response times by module and hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from metrics.values.quantile import quantile

FAST_BURN = 14.4
"""Burn rate of a day at which a 30-day budget is gone in two days (Google SRE workbook, ch. 5)."""


@dataclass(frozen=True)
class BurnDay:
    """A day: minutes out of service, of the period's budget spent so far (0 to 1 and over).

    ``rate``: how many times faster than allowed the day spent it.
    """

    day: date
    lost: float
    spent: float
    rate: float


@dataclass(frozen=True)
class Budget:
    """The minutes that a target of availability allows to be lost, and how many were.

    ``target`` and ``availability`` in per cent; ``days`` in order; ``worst`` names the module that
    lost most, with its minutes.
    """

    target: float
    availability: float
    minutes: float
    allowed: float
    lost: float
    days: tuple[BurnDay, ...]
    worst: tuple[str, float] | None

    @property
    def left(self) -> float:
        """Minutes that may still be lost; below 0: overspent."""
        return self.allowed - self.lost


def error_budget(rows: pd.DataFrame, target: float) -> Budget | None:
    """From minutes by day and module (day, module, minutes, good); None without any.

    The budget of the period is (100 - target) per cent of its minutes in service.

    >>> rows = pd.DataFrame({"day": [date(2026, 1, 1)], "module": ["pay"], "minutes": [1000.0],
    ...     "good": [998.0]})
    >>> found = error_budget(rows, 99.9)
    >>> round(found.allowed, 6), found.lost, round(found.days[0].rate, 6)
    (1.0, 2.0, 2.0)
    """
    minutes = float(rows["minutes"].sum()) if len(rows) else 0.0
    if minutes <= 0:
        return None
    lost = (rows["minutes"] - rows["good"]).clip(lower=0)
    share = 1 - target / 100
    allowed = minutes * share
    by_day = rows.assign(lost=lost).groupby("day")[["minutes", "lost"]].sum().sort_index()
    spent = np.cumsum(by_day["lost"].to_numpy(dtype=float))
    days = tuple(
        BurnDay(
            day,
            out,
            float(total / allowed) if allowed else float("inf") if total else 0.0,
            out / (served * share) if served and share else 0.0,
        )
        for day, out, served, total in zip(
            [pd.Timestamp(one).date() for one in by_day.index],
            by_day["lost"].tolist(),
            by_day["minutes"].tolist(),
            spent.tolist(),
            strict=True,
        )
    )
    by_module = lost.groupby(rows["module"]).sum()
    worst = None
    if float(by_module.max()) > 0:
        worst = (str(by_module.idxmax()), float(by_module.max()))
    total_lost = float(lost.sum())
    return Budget(
        target, 100 * (1 - total_lost / minutes), minutes, allowed, total_lost, days, worst
    )


def response_times(
    rows: pd.DataFrame, buckets: tuple[str, ...], bounds: tuple[float, ...], probability: float
) -> pd.DataFrame:
    """The rows with a column ``seconds``: the quantile of each one's calls by bucket."""
    counts = rows[list(buckets)].fillna(0.0).to_numpy(dtype=np.float64)
    return rows.assign(seconds=quantile(counts, list(bounds), probability))
