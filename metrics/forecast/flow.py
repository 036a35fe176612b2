"""Forecast of a flow by day: a regression on the calendar, noise redrawn from the past.

Days are explained by a quasi-Poisson regression (statsmodels GLM, log link): it takes zeros and
amounts alike and needs no back-transformation. Days far off are drawn in before the final fit. What
the regression leaves unexplained is redrawn in blocks of two weeks (moving block bootstrap,
Kuensch 1989), so that heavy tails and runs of good and bad days stay. The level is that of the
last quarter. Intervals are then widened by what earlier forecasts missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.tools import add_constant

from metrics.forecast.days import Floats, marks_between, telling, without_year

SHORTEST = 180
"""Days of history below which nothing is forecast."""
TWO_YEARS = 730
"""Days of history from which trend and time of the year can be told apart."""
RECENT = 91
PRIOR = 3.0
"""Things that happen, as expected, that a recent level is weighed against."""
BLOCK = 14
NOISE_FROM = 365
DRAWS = 1000
FAR = 5.0
"""A day further off than so many standard deviations is drawn in to that."""
SEED = 20260101


@dataclass(frozen=True, eq=False)
class Ahead:
    """Draws of the days to come (DRAWS, H), and their expected values (H,)."""

    days: pd.DatetimeIndex
    expected: Floats
    draws: Floats


def ahead(history: pd.Series[float], until: date, marks: pd.DataFrame | None = None) -> Ahead:
    """The days after the history up to ``until``; history: amounts by day without gaps.

    ``marks``: the ``day_table`` with the year's, of these days or more from the same first day.

    >>> days = pd.date_range("2025-01-01", periods=200)
    >>> found = ahead(pd.Series(100.0, index=days), date(2025, 7, 31))
    >>> found.expected.round(6).tolist()[:2], len(found.days)
    ([100.0, 100.0], 12)
    """
    index = pd.DatetimeIndex(history.index)
    days = pd.date_range(index[0], pd.Timestamp(until))
    amounts = np.asarray(history, dtype=np.float64)
    table = marks_between(days[0].date(), until) if marks is None else marks.loc[: days[-1]]
    fitted, lump = _fitted(amounts, table)
    past, coming = fitted[: len(history)], fitted[len(history) :]
    # Where few things happen a quiet quarter says little: it counts as if some came on top.
    level = (amounts[-RECENT:].sum() + PRIOR * lump) / (past[-RECENT:].sum() + PRIOR * lump)
    noise = _noise(amounts, past)
    expected = coming * level
    return Ahead(days[len(history) :], expected, expected * _redrawn(noise, len(coming)))


def _fitted(amounts: Floats, marks: pd.DataFrame) -> tuple[Floats, float]:
    """The regression's value of every day, of the history and after; and the size of its noise.

    The size is the variance over the mean: of single things that happen, about one thing's amount.
    """
    size = len(amounts)
    unit = float(amounts.mean())
    if np.ptp(amounts) <= 1e-12 * unit:
        return np.full(len(marks), unit), 0.0
    scaled = np.clip(amounts / unit, 0, None)
    table = telling(marks if size >= TWO_YEARS else without_year(marks), size)
    design = add_constant(table.to_numpy(dtype=float), has_constant="add")
    family = Poisson()
    first = GLM(scaled, design[:size], family=family).fit(scale="X2")
    middle = np.asarray(first.mu, dtype=float)
    limit = FAR * np.sqrt(first.scale * middle)
    drawn_in = np.clip(scaled, None, middle + limit)
    final = GLM(drawn_in, design[:size], family=family).fit(scale="X2")
    found: Floats = np.asarray(final.predict(design), dtype=float) * unit
    return found, float(first.scale) * float(unit)


def _noise(amounts: Floats, fitted: Floats) -> Floats:
    """Each day over what was expected of it; 1 on average."""
    ratio = amounts[-NOISE_FROM:] / fitted[-NOISE_FROM:]
    mean = ratio.mean()
    return np.asarray(ratio / mean if mean > 0 else np.ones_like(ratio))


def _redrawn(noise: Floats, length: int) -> Floats:
    """Blocks of the noise put one after the other (DRAWS, length)."""
    chance = np.random.default_rng(SEED)
    blocks = -(-length // BLOCK)
    starts = chance.integers(0, max(1, len(noise) - BLOCK + 1), size=(DRAWS, blocks))
    places = starts[:, :, None] + np.arange(min(BLOCK, len(noise)))
    drawn: Floats = noise[places.reshape(DRAWS, -1)[:, :length]]
    return drawn
