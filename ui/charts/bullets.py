"""Bullet bars: how far each of several things is on its way, beside a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.scales import NO_UNIT, Unit, number_axis
from ui.theme import ink, palette
from words.i18n import _
from words.text import safe_html


@dataclass(frozen=True)
class BulletRow:
    """A bar with its mark (plan, limit, year passed); ``good`` decides the colour and the sign."""

    label: str
    value: float | None
    mark: float | None = None
    good: bool | None = None


def bullet(rows: Sequence[BulletRow], unit: Unit = NO_UNIT, *, mark_name: str = "") -> go.Figure:
    """Horizontal bars in the given order with a mark across each; all share one scale.

    >>> bullet([BulletRow("Income", 82.0, 79.0, True)], Unit("%", "%")).data[0].text
    ('● 82.0%',)
    """
    look = palette()
    colours = {True: look.good, False: look.bad, None: look.accent}
    signs = {True: "● ", False: "▼ ", None: ""}
    names = [safe_html(one.label, 24) for one in rows]
    figure = go.Figure(
        go.Bar(
            x=[one.value for one in rows],
            y=names,
            orientation="h",
            width=0.5,
            insidetextfont={"color": [ink(colours[one.good]) for one in rows]},
            marker={"color": [colours[one.good] for one in rows]},
            text=[signs[one.good] + unit.short(one.value) for one in rows],
            textposition="auto",
            insidetextanchor="start",
            constraintext="none",
            hovertemplate="%{y}: %{text}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[one.mark for one in rows],
            y=names,
            name=safe_html(mark_name or _("Target"), 30),
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 22, "color": look.text, "line": {"width": 2}},
            customdata=[unit.said(one.mark) for one in rows],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    dress(figure, 60 + 34 * max(3, len(rows)))
    number_axis(
        figure, [v for one in rows for v in (one.value, one.mark)], unit, axis="x", zero=True
    )
    down = {"autorange": "reversed", "showgrid": False, "type": "category"}
    legend = any(one.mark is not None for one in rows)
    arrange(figure, {"showlegend": legend}, x={"showgrid": True}, y=down)
    return figure
