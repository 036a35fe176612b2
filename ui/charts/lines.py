"""Several lines over time: values, targets, forecasts with their band, and what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import plotly.graph_objects as go

from data.period import Period
from ui.charts import marks as marking
from ui.charts.base import MOST_POINTS, clothes
from ui.charts.layout import Part, arrange, laid, level_line
from ui.charts.marks import Mark
from ui.charts.scales import (
    NO_UNIT,
    Unit,
    days_of,
    middle,
    thinned,
    ticks_of,
    words_above,
    words_of,
)
from ui.theme import palette
from words.text import safe_html

Kind = Literal["value", "target", "compared", "forecast"]
Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Line:
    """A line: its name, a value for each moment of the axis (None: a gap), its kind.

    A target is dotted, a forecast dashed, what is only compared with grey. ``low`` and ``high``
    are an interval around it, drawn as a band.
    """

    name: str
    values: Numbers
    kind: Kind = "value"
    low: Numbers | None = None
    high: Numbers | None = None


def lines(
    when: Sequence[Period | date],
    shown: Sequence[Line],
    unit: Unit = NO_UNIT,
    *,
    marks: Sequence[Mark] = (),
    levels: Mapping[str, float] | None = None,
    zero: bool = False,
    height: int = 240,
) -> go.Figure:
    """Lines over periods or days; ``levels`` are thin labelled horizontals, ``marks`` see Mark.

    >>> months = [Period.parse("2026-09"), Period.parse("2026-10")]
    >>> figure = lines(months, [Line("MAU", [1.0, 2.0])], Unit("users", "users"))
    >>> figure.data[0].customdata
    ('1 user', '2 users')
    """
    figure = go.Figure()
    kept = thinned(len(when), MOST_POINTS)
    axis = [middle(when[i]).isoformat() for i in kept]
    words = [words_of(when[i]) for i in kept]
    colours = _colours(shown)
    for number, one in enumerate(shown):
        _band(figure, one, axis, kept, colours[number])
    for number, one in enumerate(shown):
        _line(figure, one, axis, words, kept, unit, colours[number])
    every = [v for one in shown for side in (one.values, one.low, one.high) for v in side or ()]
    ticks, low, top = ticks_of([*every, *(levels or {}).values()], zero=zero)
    layout, x, y = clothes(height)
    parts = [layout, words_above(unit.words if unit.code else "")]
    parts += _levels(levels or {}, low, top)
    if when:
        first = when[0].first if isinstance(when[0], Period) else when[0]
        last = when[-1].last if isinstance(when[-1], Period) else when[-1]
        parts.append(marking.draw(figure, marks, first, last, top))
    parts.append({"hovermode": "x unified", "showlegend": len(shown) > 1})
    hover = {"hoverformat": "%Y-%m-%d", "unifiedhovertitle": {"text": ""}}
    arrange(figure, *parts, {"xaxis": {**x, **days_of(when), **hover}, "yaxis": laid(y, ticks)})
    return figure


def _colours(shown: Sequence[Line]) -> list[str]:
    """Of values a colour each; a forecast has that of the value before it."""
    look, found, number = palette(), [], -1
    for one in shown:
        if one.kind == "value":
            number += 1
        plain = one.kind in ("value", "forecast")
        found.append(look.series[max(0, number) % len(look.series)] if plain else look.compared)
    return found


def _line(
    figure: go.Figure,
    one: Line,
    axis: Sequence[str],
    words: Sequence[str],
    kept: Sequence[int],
    unit: Unit,
    colour: str,
) -> None:
    dash = {"target": "dot", "forecast": "dash"}.get(one.kind, "solid")
    values = [one.values[i] for i in kept]
    few = one.kind == "value" and len(kept) <= 40
    style: dict[str, Any] = {"color": colour, "dash": dash, "width": 2.5 if few else 2}
    figure.add_trace(
        go.Scatter(
            x=list(axis),
            y=values,
            name=safe_html(one.name, 40),
            mode="lines+markers" if few else "lines",
            line=style,
            marker={"size": 5, "color": colour},
            connectgaps=False,
            customdata=[unit.said(value) for value in values],
            text=list(words),
            hovertemplate="%{text}: %{customdata}",
        )
    )


def _band(
    figure: go.Figure, one: Line, axis: Sequence[str], kept: Sequence[int], colour: str
) -> None:
    """The interval of a line as a band below it, over the stretch where both sides are known."""
    if one.low is None or one.high is None:
        return
    known = [
        (x, one.low[i], one.high[i])
        for x, i in zip(axis, kept, strict=True)
        if one.low[i] is not None and one.high[i] is not None
    ]
    figure.add_trace(
        go.Scatter(
            x=[x for x, _l, _h in known] + [x for x, _l, _h in reversed(known)],
            y=[high for _x, _l, high in known] + [low for _x, low, _h in reversed(known)],
            fill="toself",
            fillcolor=faint(colour, 0.16),
            line={"width": 0, "color": "rgba(0,0,0,0)"},
            hoverinfo="skip",
            showlegend=False,
        )
    )


def faint(colour: str, part: float) -> str:
    """A colour let through: ``#RRGGBB`` as rgba.

    >>> faint("#1F5FBF", 0.2)
    'rgba(31,95,191,0.2)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{part:g})"


def _levels(levels: Mapping[str, float], low: float, top: float) -> list[Part]:
    """Dotted lines across, each with its word at the right of the plot, clear of the last value."""
    look = palette()
    shown = {word: level for word, level in levels.items() if low <= level <= top}
    line = {"color": look.muted, "width": 1, "dash": "dot"}
    font = {"size": 11, "color": look.muted}
    parts = [
        level_line(
            level,
            line,
            {
                "text": safe_html(word),
                "font": font,
                "yanchor": "bottom" if level == low else "middle",
            },
        )
        for word, level in shown.items()
    ]
    room = max((sum(11 if ord(one) > 0x2E80 else 6 for one in word) for word in shown), default=0)
    return [*parts, {"margin": {"r": 12 + room}}]
