"""What happened, drawn on a series over time: campaigns, outages, releases, holidays, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from ui.charts.layout import Part
from ui.theme import palette
from words import numbers
from words.i18n import _
from words.text import safe_html

KINDS = ("outage", "campaign", "release", "typed", "holiday")
SYMBOLS = {
    "outage": "x",
    "campaign": "star",
    "release": "triangle-down",
    "typed": "circle",
    "holiday": "line-ns-open",
}
MOST = 40
NAMED = 3
"""So many marks are named on the chart itself; of more the names are in the hover alone."""


@dataclass(frozen=True)
class Mark:
    """Something that happened from ``first`` to ``last``; ``name`` is text from data."""

    first: date
    last: date
    kind: str
    name: str


def kind_words(kind: str) -> str:
    """A kind of mark.

    >>> kind_words("outage")
    'Outage'
    """
    return {
        "outage": _("Outage"),
        "campaign": _("Campaign"),
        "release": _("Release"),
        "typed": _("Remark"),
        "holiday": _("Holiday"),
    }[kind]


def draw(figure: go.Figure, marks: Sequence[Mark], first: date, last: date, top: float) -> Part:
    """A sign at the top whose hover says what it was; returns thin lines and spans to arrange.

    ``first`` to ``last``: the days on the axis; ``top``: the upper end of the value axis. Where
    there are many of a kind, and where one spans over a fifth of the axis, the sign alone stands.
    """
    within = [one for one in marks if one.last >= first and one.first <= last]
    shown = sorted(within, key=lambda one: (KINDS.index(one.kind), one.first))[:MOST]
    if not shown:
        return {}
    look, wide = palette(), (last - first).days
    few = {kind for kind in KINDS if sum(one.kind == kind for one in shown) <= NAMED}
    spans = {"holiday", *(few - {"release"})}
    lined = {"outage", "release", *few} - {"holiday"}
    shapes = []
    for one in shown:
        left, right = max(one.first, first), min(one.last, last) + timedelta(days=1)
        if one.kind in spans and 1 < (right - left).days <= wide / 5:
            shapes.append(_span(left, right, look.marks[one.kind]))
        if one.kind in lined:
            shapes.append(_vertical(left, look.marks[one.kind]))
    named = [one for one in shown if one.kind != "holiday"]
    _signs(figure, shown, named if len(named) <= NAMED else [], first, top)
    return {"shapes": shapes}


def _span(left: date, right: date, colour: str) -> dict[str, Any]:
    return {
        "type": "rect", "x0": left.isoformat(), "x1": right.isoformat(), "y0": 0, "y1": 1,
        "xref": "x", "yref": "y domain", "fillcolor": colour, "opacity": 0.10,
        "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _vertical(at: date, colour: str) -> dict[str, Any]:
    return {
        "type": "line", "x0": at.isoformat(), "x1": at.isoformat(), "y0": 0, "y1": 1,
        "xref": "x", "yref": "y domain", "opacity": 0.7, "layer": "below",
        "line": {"color": colour, "width": 1, "dash": "dot"},
    }  # fmt: skip


def _signs(
    figure: go.Figure, shown: Sequence[Mark], named: Sequence[Mark], first: date, top: float
) -> None:
    look = palette()
    figure.add_trace(
        go.Scatter(
            x=[max(one.first, first).isoformat() for one in shown],
            y=[top] * len(shown),
            mode="markers+text" if named else "markers",
            text=[safe_html(one.name, 14) if one in named else "" for one in shown],
            textposition="bottom right",
            textfont={"size": 10, "color": look.muted},
            marker={
                "symbol": [SYMBOLS[one.kind] for one in shown],
                "color": [look.marks[one.kind] for one in shown],
                "size": 8,
            },
            customdata=[_told(one) for one in shown],
            hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
            showlegend=False,
        )
    )


def _told(one: Mark) -> str:
    days = numbers.day(one.first)
    if one.last > one.first:
        days = _("{first} to {last}").format(first=days, last=numbers.day(one.last))
    return f"<b>{safe_html(one.name, 60)}</b><br>{kind_words(one.kind)} · {days}"
