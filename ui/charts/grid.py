"""Matrices of numbers by colour: heat maps and retention triangles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from ui.charts.base import MOST_POINTS, dress
from ui.charts.layout import arrange
from ui.charts.scales import NO_UNIT, Unit
from ui.theme import ink, palette
from words.text import safe_html

Matrix = Sequence[Sequence[float | None]]
MOST_NUMBERS = 180
"""So many cells have their number written in them; of larger matrices it is in the hover."""


def heat(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Matrix,
    unit: Unit = NO_UNIT,
    *,
    diverging: bool = False,
    middle: float = 0.0,
    text: Sequence[Sequence[str]] | None = None,
    height: int | None = None,
) -> go.Figure:
    """A matrix, the first row on top; an empty cell is one without a value.

    ``diverging``: below ``middle`` is bad, above good, equally far to both sides. ``text``: what
    the cells say instead of their numbers. ValueError for more than 500 cells.

    >>> heat(["a"], ["x", "y"], [[1.0, None]]).data[0].z
    ([1.0, nan],)
    """
    if len(rows) * len(columns) > MOST_POINTS:
        raise ValueError(f"{len(rows)} × {len(columns)} cells are more than {MOST_POINTS}")
    look = palette()
    told = text or [[unit.short(v) if v is not None else "" for v in row] for row in values]
    known = [v for row in values for v in row if v is not None]
    scale = look.diverging if diverging else look.sequential
    low, high = _span(known, middle if diverging else None)
    figure = go.Figure(
        go.Heatmap(
            z=[[math.nan if v is None else v for v in row] for row in values],
            x=[safe_html(name, 18) for name in columns],
            y=[safe_html(name, 26) for name in rows],
            zmin=low,
            zmax=high,
            colorscale=[[i / (len(scale) - 1), colour] for i, colour in enumerate(scale)],
            showscale=False,
            xgap=2,
            ygap=2,
            text=told,
            hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
            hoverongaps=False,
        )
    )
    if len(rows) * len(columns) <= MOST_NUMBERS:
        _written(figure, (low, high), scale)
    dress(figure, height or 60 + 28 * max(3, len(rows)))
    down = {"type": "category", "autorange": "reversed", "showgrid": False}
    across = {"type": "category", "side": "top", "tickangle": 0, "nticks": len(columns)}
    arrange(figure, {"margin": {"t": 30}}, x=across, y=down)
    return figure


def _written(figure: go.Figure, span: tuple[float, float], scale: Sequence[str]) -> None:
    """What the cells say, each in the ink that is read best on its colour."""
    cells = figure.data[0]
    places = [
        (name, row, told, value)
        for row, texts, values in zip(cells.y, cells.text, cells.z, strict=True)
        for name, told, value in zip(cells.x, texts, values, strict=True)
        if told and not math.isnan(value)
    ]
    figure.add_trace(
        go.Scatter(
            x=[name for name, _row, _told, _value in places],
            y=[row for _name, row, _told, _value in places],
            text=[told for _name, _row, told, _value in places],
            mode="text",
            textfont={
                "size": 11,
                "color": [ink(_shade(value, span, scale)) for *_place, value in places],
            },
            hoverinfo="skip",
            cliponaxis=False,
        )
    )


def _shade(value: float, span: tuple[float, float], scale: Sequence[str]) -> str:
    """The colour of a value on a scale of colours, between its two neighbours.

    >>> _shade(0.5, (0.0, 1.0), ("#000000", "#FFFFFF"))
    '#808080'
    """
    part = min(1.0, max(0.0, (value - span[0]) / (span[1] - span[0]))) * (len(scale) - 1)
    left = min(int(part), len(scale) - 2)
    mixed = (
        round(int(scale[left][i : i + 2], 16) * (1 - part + left)
              + int(scale[left + 1][i : i + 2], 16) * (part - left))
        for i in (1, 3, 5)
    )  # fmt: skip
    return "#" + "".join(f"{one:02X}" for one in mixed)


def _span(known: Sequence[float], middle: float | None) -> tuple[float, float]:
    low, high = min(known, default=0.0), max(known, default=1.0)
    if middle is not None:
        reach = max(abs(low - middle), abs(high - middle)) or 1.0
        return middle - reach, middle + reach
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def triangle(
    cohorts: Sequence[str],
    sizes: Sequence[int],
    ages: Sequence[str],
    shares: Matrix,
    *,
    height: int | None = None,
) -> go.Figure:
    """Retention by cohort (rows, with their sizes) and age (columns), shares in per cent.

    None where a cohort is not old enough.

    >>> triangle(["2026-09"], [1200], ["0", "1"], [[100.0, 41.5]]).data[0].text
    (['100.0%', '41.5%'],)
    """
    unit = Unit("%", "%")
    names = [f"{name} · {size:,}" for name, size in zip(cohorts, sizes, strict=True)]
    return heat(names, ages, shares, unit, height=height)
