"""Estimates with their intervals, one below the other, against a line of nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.scales import NO_UNIT, Unit, number_axis
from ui.theme import palette
from words.text import safe_html


@dataclass(frozen=True)
class Interval:
    """An estimate between two limits; ``good`` is 1, −1 or 0 where the limits leave it open."""

    label: str
    value: float
    low: float
    high: float
    good: int = 0


def intervals(
    rows: Sequence[Interval],
    unit: Unit = NO_UNIT,
    *,
    line: float = 0.0,
    title: str = "",
    said: Callable[[float], str] | None = None,
    longest: int = 26,
    row: int = 44,
) -> go.Figure:
    """Dots with whiskers in the given order, the first on top; ``line`` is where nothing happens.

    ``said`` writes a value where the unit's own way has too few or too many digits; ``longest``:
    characters of a label; ``row``: height of one in pixels.

    >>> intervals([Interval("A", 2.0, 1.0, 3.0, 1)], said="{:.1f}".format).data[0].text
    ('● 2.0',)
    """
    look, told = palette(), said or unit.said
    colours = {1: look.good, -1: look.bad, 0: look.muted}
    signs = {1: "● ", -1: "▼ ", 0: "○ "}
    shades = [colours[one.good] for one in rows]
    figure = go.Figure()
    for one, shade in zip(rows, shades, strict=True):
        figure.add_trace(
            go.Scatter(
                x=[one.value],
                y=[safe_html(one.label, longest)],
                mode="markers+text",
                text=[signs[one.good] + told(one.value)],
                textposition="top center",
                textfont={"size": 11, "color": look.text},
                marker={"size": 9, "color": shade},
                error_x={
                    "type": "data", "symmetric": False, "array": [one.high - one.value],
                    "arrayminus": [one.value - one.low], "color": shade, "thickness": 2, "width": 5,
                },
                customdata=[f"{told(one.low)} … {told(one.high)}"],
                hovertemplate="%{y}: %{customdata}<extra></extra>",
                cliponaxis=False,
                showlegend=False,
            )
        )  # fmt: skip
    dress(figure, 74 + row * max(2, len(rows)))
    ends = [edge for one in rows for edge in (one.low, one.high)]
    number_axis(figure, [*ends, line], unit, axis="x", title=title)
    figure.add_vline(x=line, line={"color": look.text, "width": 1, "dash": "dot"})
    reversed_rows = {"autorange": "reversed", "showgrid": False, "type": "category"}
    arrange(figure, x={"showgrid": True}, y=reversed_rows)
    return figure
