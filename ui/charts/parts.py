"""Bars side by side or on top of each other: what a whole is made of, over time or by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.scales import NO_UNIT, Unit, number_axis
from ui.theme import palette
from words import numbers
from words.i18n import _
from words.text import safe_html

Numbers = Sequence[float | None]


def stacked(
    labels: Sequence[str],
    parts: Mapping[str, Numbers],
    unit: Unit = NO_UNIT,
    *,
    share: bool = False,
    grouped: bool = False,
    colours: Sequence[str] | None = None,
    target: Numbers | None = None,
    target_name: str = "",
    height: int = 260,
) -> go.Figure:
    """Columns by label, made of named parts from the bottom up.

    ``share``: of each column's total, in per cent. ``grouped``: side by side. ``target``: a mark
    across each column, called ``target_name``. At most eight parts; put the rest together before.

    >>> stacked(["a"], {"x": [1.0], "y": [3.0]}, share=True).data[1].y
    (75.0,)
    """
    look, figure = palette(), go.Figure()
    told = Unit("%", "%") if share else unit
    names = [safe_html(label, 24) for label in labels]
    drawn = _shares(parts) if share else {name: list(values) for name, values in parts.items()}
    for number, (name, values) in enumerate(drawn.items()):
        figure.add_trace(
            go.Bar(
                x=names,
                y=values,
                name=safe_html(name, 30),
                marker={"color": (colours or look.series)[number % len(colours or look.series)]},
                customdata=[unit.said(value) for value in parts[name]],
                text=[numbers.percent(value) for value in values] if share else None,
                texttemplate="" if not share else None,
                textposition="none",
                hovertemplate="%{customdata}" + (" · %{text}" if share else ""),
            )
        )
    if target is not None:
        _targets(figure, names, target, told, target_name or _("Target"))
    dress(figure, height)
    layout = {
        "barmode": "group" if grouped else "relative", "bargap": 0.3, "hovermode": "x unified",
        "showlegend": len(drawn) > 1 or target is not None,
    }  # fmt: skip
    arrange(figure, layout, x={"type": "category", "nticks": 8, "tickangle": 0})
    number_axis(figure, [*_heights(drawn, grouped=grouped), *(target or ())], told, zero=True)
    return figure


def _shares(parts: Mapping[str, Numbers]) -> dict[str, list[float | None]]:
    totals = [sum(v or 0.0 for v in column) for column in zip(*parts.values(), strict=True)]
    return {
        name: [
            None if value is None or not total else 100 * value / total
            for value, total in zip(values, totals, strict=True)
        ]
        for name, values in parts.items()
    }


def _heights(drawn: Mapping[str, Numbers], *, grouped: bool) -> list[float]:
    """Upper and lower ends of the columns."""
    if grouped:
        return [value or 0.0 for values in drawn.values() for value in values]
    ends = []
    for column in zip(*drawn.values(), strict=True):
        known = [value or 0.0 for value in column]
        ends += [sum(v for v in known if v > 0), sum(v for v in known if v < 0)]
    return ends


def _targets(
    figure: go.Figure, names: Sequence[str], target: Numbers, unit: Unit, told: str
) -> None:
    look = palette()
    figure.add_trace(
        go.Scatter(
            x=list(names),
            y=list(target),
            name=safe_html(told, 30),
            mode="markers",
            marker={"symbol": "line-ew-open", "size": 22, "color": look.text, "line": {"width": 2}},
            customdata=[unit.said(value) for value in target],
            hovertemplate="%{customdata}",
        )
    )
