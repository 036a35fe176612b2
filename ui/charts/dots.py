"""Dots by two values: positions, quadrants, a frontier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import MOST_POINTS, dress
from ui.charts.layout import arrange
from ui.charts.scales import NO_UNIT, Unit, number_axis
from ui.theme import palette
from words.text import safe_html

Quadrants = tuple[str, str, str, str]
"""Names of the quadrants: top left, top right, bottom left, bottom right."""


@dataclass(frozen=True)
class Dot:
    """A named point; ``size`` relative to the others, ``group`` gives its colour and legend."""

    label: str
    x: float
    y: float
    size: float = 1.0
    group: str = ""
    named: bool = True


def scatter(
    dots: Sequence[Dot],
    x_unit: Unit = NO_UNIT,
    y_unit: Unit = NO_UNIT,
    *,
    x_title: str = "",
    y_title: str = "",
    x_line: float | None = None,
    y_line: float | None = None,
    quadrants: Quadrants | None = None,
    colours: Mapping[str, str] | None = None,
    joined: bool = False,
    height: int = 340,
) -> go.Figure:
    """Dots with names, lines that part the plane, and names of its quarters.

    ``joined``: a thin line through each group in the order given (a frontier). At most 500 dots.

    >>> scatter([Dot("Pay", 1.0, 2.0)], Unit("%", "%")).data[0].customdata
    (['1%', '2'],)
    """
    if len(dots) > MOST_POINTS:
        raise ValueError(f"{len(dots)} dots are more than {MOST_POINTS}")
    look, figure = palette(), go.Figure()
    groups = list(dict.fromkeys(one.group for one in dots))
    biggest = max((one.size for one in dots), default=1.0) or 1.0
    for number, group in enumerate(groups):
        inside = [one for one in dots if one.group == group]
        colour = (colours or {}).get(group, look.series[number % len(look.series)])
        figure.add_trace(_group(group, inside, colour, biggest, (x_unit, y_unit), joined=joined))
    dress(figure, height)
    xs, ys = [one.x for one in dots], [one.y for one in dots]
    across = number_axis(figure, [*xs, x_line], x_unit, axis="x", title=x_title)
    up = number_axis(figure, [*ys, y_line], y_unit, title=y_title)
    if x_line is not None:
        figure.add_vline(x=x_line, line={"color": look.compared, "dash": "dot", "width": 1})
    if y_line is not None:
        figure.add_hline(y=y_line, line={"color": look.compared, "dash": "dot", "width": 1})
    if quadrants is not None:
        _corners(figure, quadrants)
    _room(figure, across, up)
    arrange(figure, {"showlegend": len(groups) > 1, "hovermode": "closest"})
    return figure


def _group(
    group: str,
    inside: Sequence[Dot],
    colour: str,
    biggest: float,
    units: tuple[Unit, Unit],
    *,
    joined: bool,
) -> go.Scatter:
    look = palette()
    return go.Scatter(
        x=[one.x for one in inside],
        y=[one.y for one in inside],
        name=safe_html(group, 30),
        mode="lines+markers+text" if joined else "markers+text",
        text=[safe_html(one.label, 20) if one.named else "" for one in inside],
        textposition="top center",
        textfont={"size": 11, "color": look.text},
        line={"width": 1, "color": colour},
        marker={
            "color": colour,
            "opacity": 0.85,
            "size": [8 + 22 * (max(0.0, one.size) / biggest) ** 0.5 for one in inside]
            if any(one.size != 1.0 for one in inside)
            else 10,
            "line": {"width": 1, "color": look.surface},
        },
        hovertext=[safe_html(one.label, 60) for one in inside],
        customdata=[(units[0].said(one.x), units[1].said(one.y)) for one in inside],
        hovertemplate="<b>%{hovertext}</b><br>%{customdata[0]} · %{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )


def _corners(figure: go.Figure, quadrants: Quadrants) -> None:
    look = palette()
    places = ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (1.0, 0.0))
    for name, (x, y) in zip(quadrants, places, strict=True):
        note = {
            "text": safe_html(name, 30), "x": x, "y": y, "xref": "paper", "yref": "paper",
            "showarrow": False, "xanchor": "right" if x else "left",
            "yanchor": "top" if y else "bottom", "font": {"size": 11, "color": look.muted},
        }  # fmt: skip
        arrange(figure, {"annotations": [note]})


def _room(figure: go.Figure, across: tuple[float, float], up: tuple[float, float]) -> None:
    """A margin around the dots, so that none is cut and names have a place."""
    wide, tall = 0.06 * (across[1] - across[0]), 0.08 * (up[1] - up[0])
    widened = {"range": [across[0] - wide, across[1] + wide], "showgrid": True}
    arrange(figure, x=widened, y={"range": [up[0] - tall, up[1] + tall]})
