"""Fewer names on an axis than there are places, for charts that share a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from textwrap import wrap

import plotly.graph_objects as go

from data.period import containing
from ui.charts.layout import arrange
from words import numbers
from words.text import plain, safe_html

LONG = 100
"""Days from which months are named instead of days."""


def few_days(figure: go.Figure, days: Sequence[date], most: int = 5) -> go.Figure:
    """Name a few days (month and day), or every third month of a long span; returns the figure.

    >>> days = [date(2026, 10, i) for i in range(1, 32)]
    >>> few_days(go.Figure(), days).layout.xaxis.ticktext
    ('10-01', '10-09', '10-16', '10-23', '10-31')
    """
    if len(days) > LONG:
        shown = [day for day in days if day.day == 1 and day.month % 3 == 1]
        words = [numbers.period(containing(day, "month")) for day in shown]
    else:
        places = sorted({round(i * (len(days) - 1) / max(1, most - 1)) for i in range(most)})
        shown = [days[place] for place in places if place < len(days)]
        words = [f"{day:%m-%d}" for day in shown]
    arrange(
        figure,
        x={"tickmode": "array", "tickvals": [d.isoformat() for d in shown], "ticktext": words},
    )
    return figure


def every(figure: go.Figure, names: Sequence[str], step: int) -> go.Figure:
    """Name every ``step``-th of the categories across; returns the figure.

    >>> every(go.Figure(), ["a", "b", "c"], 2).layout.xaxis.ticktext
    ('a', 'c')
    """
    places = list(range(0, len(names), step))
    told = [names[place] for place in places]
    arrange(figure, x={"tickmode": "array", "tickvals": places, "ticktext": told})
    return figure


def in_lines(figure: go.Figure, names: Sequence[str], longest: int = 9) -> go.Figure:
    """Write the names of categories in lines of so many letters; returns the figure.

    >>> in_lines(go.Figure(), ["QR payment", "Government services"]).layout.xaxis.ticktext
    ('QR<br>payment', 'Government<br>services')
    """
    words = ["<br>".join(safe_html(line) for line in _wrapped(n, longest)) for n in names]
    arrange(
        figure,
        x={"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": words},
    )
    return figure


def _wrapped(name: str, longest: int) -> list[str]:
    """Lines of a name; a long English word stays whole, Chinese has no spaces to break at."""
    return wrap(plain(name, 24), longest, break_long_words=not name.isascii())
