"""Lines over periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.scales import unit_above
from ui.i18n import _
from ui.text import safe_html
from ui.theme import palette


def trend(
    labels: Sequence[str],
    values: Sequence[float | None],
    target: Sequence[float | None] | None = None,
    *,
    axis: str = "",
    lines: Mapping[str, float] | None = None,
    height: int = 240,
) -> go.Figure:
    """A line over periods (at most some tens of them), its target dotted, levels as thin lines."""
    look = palette()
    figure = go.Figure()
    if target is not None and any(value is not None for value in target):
        figure.add_trace(
            go.Scatter(
                x=list(labels),
                y=list(target),
                name=_("Target"),
                mode="lines",
                line={"color": look.compared, "dash": "dot", "width": 2},
                hovertemplate="%{y:.4~g}",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=list(labels),
            y=list(values),
            name=_("Value"),
            mode="lines+markers",
            line={"color": look.accent, "width": 2.5},
            marker={"size": 6},
            connectgaps=False,
            hovertemplate="%{y:.4~g}",
        )
    )
    for word, level in (lines or {}).items():
        figure.add_hline(
            y=level,
            line={"color": look.grid, "width": 1},
            annotation={"text": safe_html(word), "font": {"size": 11, "color": look.muted}},
            annotation_position="top left",
        )
    dress(figure, height)
    figure.update_layout(hovermode="x unified", showlegend=target is not None)
    figure.update_xaxes(type="category", tickangle=0, nticks=7)
    unit_above(figure, axis)
    return figure
