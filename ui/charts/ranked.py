"""Horizontal bars, the first on top."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.theme import ink, palette
from words import numbers
from words.text import safe_html

LONGEST = 28
"""Letters of a label that fit beside the bars of half a screen."""
FEW = 6
"""Counts up to which every whole number stands on the axis, and no halves."""


def bars(
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    axis: str = "",
    colours: Sequence[str] | None = None,
    target: float | None = None,
    digits: int | None = None,
) -> go.Figure:
    """Horizontal bars in the given order, the first on top, with their values.

    ``digits`` gives all of them as many decimals, as scores have one.
    """
    look = palette()
    told = [numbers.number(value, digits) for value in values]
    filled = list(colours) if colours else [look.accent] * len(values)
    figure = go.Figure(
        go.Bar(
            x=[0 if value is None else value for value in values],
            y=[safe_html(label, LONGEST) for label in labels],
            orientation="h",
            text=told,
            textposition="auto",
            textangle=0,
            constraintext="none",
            insidetextanchor="end" if target is None else "start",  # clear of the target's line
            insidetextfont={"color": [ink(one) for one in filled]},
            marker={"color": filled},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    if target is not None:
        figure.add_vline(x=target, line={"color": look.compared, "dash": "dot", "width": 2})
    dress(figure, 70 + 26 * max(3, len(labels)))
    across = {"title": {"text": safe_html(axis)}, "showgrid": True}
    arrange(figure, x=across, y={"autorange": "reversed", "showgrid": False})
    known = [value for value in values if value is not None]
    if known and max(known) <= FEW and all(float(value).is_integer() for value in known):
        arrange(figure, x={"dtick": 1})
    return figure
