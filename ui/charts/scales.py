"""Axes in the reader's language: round steps, numbers in 万 and 亿 or K and M, periods in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from data.period import Period
from ui.charts.layout import Part, arrange
from ui.theme import palette
from words import numbers
from words.text import safe_html

MOST_TICKS = 7


@dataclass(frozen=True)
class Unit:
    """The unit of an axis: its code (``%``, ``CNY``, ``users``) and its words for the reader.

    >>> Unit("%", "%").said(12.34), Unit("users", "users").said(1234567)
    ('12.34%', '1.23M users')
    """

    code: str = ""
    words: str = ""

    def said(self, value: float | None) -> str:
        """A value with its unit, for hovers and labels."""
        if not self.code:
            return numbers.number(value)
        return numbers.quantity(value, self.code, self.words)

    def short(self, value: float | None) -> str:
        """A value as written into a cell or on a bar: shares with one decimal, no words."""
        if self.code == "%":
            return numbers.percent(value)
        return numbers.number(value)


NO_UNIT = Unit()


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from at or below ``low`` to at or above ``high``, about ``most`` of them.

    >>> steps(0, 97), steps(3.2, 3.9)
    ([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [3.2, 3.4, 3.6, 3.8, 4.0])
    """
    if not math.isfinite(low + high):
        return [0.0, 1.0]
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if raw <= power * one * 1.0001)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = 2 - math.floor(math.log10(step))
    return [round(n * step, digits) for n in range(first, last + 1)]


def number_axis(
    figure: go.Figure,
    values: Iterable[float | None],
    unit: Unit = NO_UNIT,
    *,
    axis: str = "y",
    zero: bool = False,
    title: str = "",
) -> tuple[float, float]:
    """Ticks in the reader's numbers, the unit once beside them; returns the axis's range."""
    ticks, low, high = ticks_of(values, zero=zero)
    told = title or (unit.words if unit.code else "")
    if axis == "y":
        arrange(figure, words_above(told), y=ticks)
    else:
        arrange(figure, x={**ticks, "title": {"text": safe_html(told)}})
    return low, high


def ticks_of(values: Iterable[float | None], *, zero: bool = False) -> tuple[Part, float, float]:
    """The ticks of an axis that holds the values, and where it begins and ends."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    at = steps(min(0.0, low) if zero else low, max(0.0, high) if zero else high)
    words = [numbers.number(value) for value in at]
    part = {"tickvals": at, "ticktext": words, "range": [at[0], at[-1]], "title": {"text": ""}}
    return part, at[0], at[-1]


def unit_above(figure: go.Figure, words: str) -> None:
    """The unit of the upright axis above it, so that it is read without turning one's head."""
    arrange(figure, words_above(words), y={"title": {"text": ""}})


def words_above(words: str) -> Part:
    """A note above the upright axis; nothing without words."""
    if not words:
        return {}
    note = {
        "text": safe_html(words), "x": 0, "y": 1, "xref": "paper", "yref": "paper",
        "xanchor": "left", "yanchor": "bottom", "yshift": 6, "showarrow": False,
        "font": {"size": 11, "color": palette().muted},
    }  # fmt: skip
    return {"annotations": [note]}


def middle(when: Period | date) -> date:
    """Where a period or a day stands on an axis of days.

    >>> middle(Period.parse("2026-10"))
    datetime.date(2026, 10, 16)
    """
    if isinstance(when, Period):
        return when.first + timedelta(days=(when.last - when.first).days // 2)
    return when


def words_of(when: Period | date) -> str:
    """A period or a day in words."""
    return numbers.period(when) if isinstance(when, Period) else numbers.day(when)


def time_axis(figure: go.Figure, when: Sequence[Period | date], most: int = MOST_TICKS) -> None:
    """An axis of days with a few of the periods named, the last among them."""
    arrange(figure, x=days_of(when, most))


def days_of(when: Sequence[Period | date], most: int = MOST_TICKS) -> Part:
    """What makes an axis one of days."""
    if not when:
        return {}
    stride = max(1, math.ceil(len(when) / most))
    named = list(reversed(when[::-1][::stride]))
    first, last = _edges(when[0])[0], _edges(when[-1])[1]
    return {
        "type": "date",
        "tickvals": [middle(one).isoformat() for one in named],
        "ticktext": [words_of(one) for one in named],
        "tickangle": 0,
        "range": [first.isoformat(), last.isoformat()],
    }


def _edges(when: Period | date) -> tuple[date, date]:
    if isinstance(when, Period):
        return when.first, when.last + timedelta(days=1)
    return when - timedelta(days=1), when + timedelta(days=1)


def thinned(length: int, most: int) -> list[int]:
    """Indices of at most ``most`` evenly spaced points, first and last among them.

    >>> thinned(5, 3), thinned(2, 3)
    ([0, 2, 4], [0, 1])
    """
    if length <= most:
        return list(range(length))
    return sorted({round(i * (length - 1) / (most - 1)) for i in range(most)})
