"""A test statistic over the looks, and the boundary that the plan draws at those that decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange, level_line
from ui.charts.scales import number_axis, time_axis
from ui.theme import palette
from words import numbers
from words.text import safe_html

Numbers = Sequence[float | None]


def boundary(
    when: Sequence[date],
    statistic: Numbers,
    limits: Numbers,
    crossed: Sequence[bool],
    words: tuple[str, str, str],
    height: int = 240,
) -> go.Figure:
    """z by day as a line; limits (None where a look does not decide) on both sides as dashes.

    ``words``: names of the line, of the boundary, and of a look beyond it.

    >>> days = [date(2026, 7, 1), date(2026, 7, 2)]
    >>> figure = boundary(days, [1.0, 2.5], [None, 1.96], [False, True], ("z", "limit", "beyond"))
    >>> [trace.name for trace in figure.data]
    ['z', 'limit', 'limit', 'beyond']
    """
    look, axis = palette(), [day.isoformat() for day in when]
    figure = go.Figure()
    figure.add_trace(_statistic(axis, statistic, words[0], look.series[0]))
    for side in (1, -1):
        values = [None if one is None else side * one for one in limits]
        figure.add_trace(_limit(axis, values, words[1], look.text, first=side == 1))
    beyond = [(x, z) for x, z, far in zip(axis, statistic, crossed, strict=True) if far]
    if beyond:
        figure.add_trace(
            go.Scatter(
                x=[x for x, _z in beyond], y=[z for _x, z in beyond], name=safe_html(words[2], 40),
                mode="markers", hoverinfo="skip",
                marker={"size": 10, "symbol": "diamond", "color": look.good},
            )
        )  # fmt: skip
    dress(figure, height)
    ends = [edge for one in limits if one is not None for edge in (one, -one)]
    known = [one for one in (*statistic, *ends) if one is not None]
    number_axis(figure, [0.0, *(1.12 * one for one in known)], title="z")
    time_axis(figure, when)
    arrange(figure, level_line(0, {"color": look.compared, "width": 1}), {"showlegend": True})
    return figure


def _statistic(axis: Sequence[str], values: Numbers, name: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=list(axis), y=list(values), name=safe_html(name, 40), mode="lines+markers",
        line={"color": colour, "width": 2}, marker={"size": 5, "color": colour},
        customdata=[numbers.number(one) for one in values],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )  # fmt: skip


def _limit(
    axis: Sequence[str], values: Numbers, name: str, colour: str, *, first: bool
) -> go.Scatter:
    known = [(x, one) for x, one in zip(axis, values, strict=True) if one is not None]
    return go.Scatter(
        x=[x for x, _one in known], y=[one for _x, one in known], name=safe_html(name, 40),
        mode="lines+markers", showlegend=first, connectgaps=True,
        line={"color": colour, "width": 1.5, "dash": "dot"},
        marker={"size": 14, "symbol": "line-ew-open", "color": colour},
        customdata=[numbers.number(one) for _x, one in known],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )  # fmt: skip
