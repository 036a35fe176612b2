"""What was shipped when, a row for each who did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from data.period import Period
from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.scales import time_axis
from ui.theme import palette
from words import numbers
from words.text import safe_html

SYMBOLS = ("circle", "diamond", "x", "square")
EDGE = 0.06


@dataclass(frozen=True)
class Event:
    """Something on a day, in the row of ``who``; ``kind`` gives its colour and symbol."""

    day: date
    who: str
    label: str
    kind: str


def timeline(
    events: Sequence[Event], kinds: Mapping[str, str], months: Sequence[Period]
) -> go.Figure:
    """Events over months, their labels above them; ``kinds`` names them for the legend.

    Rows stand in the order in which the events name them, the first on top.

    >>> day = date(2026, 9, 7)
    >>> len(timeline([Event(day, "A", "Pay", "new")], {"new": "New"}, [Period(day, day)]).data)
    1
    """
    look, figure = palette(), go.Figure()
    colours = (look.accent, look.good, look.bad, look.muted)
    for place, (kind, name) in enumerate(kinds.items()):
        mine = [one for one in events if one.kind == kind]
        if not mine:
            continue
        figure.add_trace(
            go.Scatter(
                x=[one.day.isoformat() for one in mine],
                y=[safe_html(one.who, 20) for one in mine],
                mode="markers+text",
                text=[safe_html(one.label, 12) for one in mine],
                textposition=[_beside(one.day, months) for one in mine],
                textfont={"size": 11, "color": look.text},
                marker={
                    "size": 11,
                    "symbol": SYMBOLS[place % len(SYMBOLS)],
                    "color": colours[place % len(colours)],
                },
                name=safe_html(name, 20),
                customdata=[
                    f"{safe_html(one.label, 60)}<br>{safe_html(name, 20)} · {numbers.day(one.day)}"
                    for one in mine
                ],
                hovertemplate="%{customdata}<extra></extra>",
                cliponaxis=False,
            )
        )
    rows = list(dict.fromkeys(safe_html(one.who, 20) for one in events))
    dress(figure, 110 + 52 * max(2, len(rows)))
    time_axis(figure, list(months))
    people = {"type": "category", "categoryorder": "array", "categoryarray": rows[::-1]}
    arrange(figure, {"showlegend": True}, y=people)
    return figure


def _beside(day: date, months: Sequence[Period]) -> str:
    """Where a label stands: towards the middle near an edge, which would cut it off."""
    if not months:
        return "top center"
    first, last = months[0].first, months[-1].last
    part = (day - first).days / max(1, (last - first).days)
    return "top right" if part < EDGE else "top left" if part > 1 - EDGE else "top center"
