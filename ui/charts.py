"""Charts: a title that says the finding, explicit colours, no toolbar, the same data as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ui import numbers
from ui.i18n import _
from ui.text import safe, safe_html
from ui.theme import FONTS, Palette, palette

CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
LABEL = 14
"""Characters of a name on an axis before it is wrapped or cut."""


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: a total, or a change in points."""

    label: str
    value: float
    total: bool = False


@dataclass(frozen=True)
class TreeCell:
    """A node of the icicle: its id, label, parent's id, weight in per cent of the total, band."""

    id: str
    label: str
    parent: str
    weight: float
    band: str
    hover: str


def show(figure: go.Figure, key: str, finding: str, table: pd.DataFrame | None = None) -> None:
    """A chart under its finding, with its data as a table on demand. ``finding`` is plain text."""
    st.markdown(f"**{safe(finding, 300)}**")
    st.plotly_chart(figure, key=key, theme=None, config=CONFIG, alt=finding)
    if table is not None:
        with st.expander(_("As a table"), type="compact"):
            st.dataframe(table, hide_index=True, key=f"{key}_table", placeholder="—")


def waterfall(steps: Sequence[Step], height: int = 260) -> go.Figure:
    """From a total over its changes to a total; bars of changes by good and bad."""
    look = palette()
    values = [step.value for step in steps]
    figure = go.Figure(
        go.Waterfall(
            x=[safe_html(step.label) for step in steps],
            y=values,
            measure=["absolute" if step.total else "relative" for step in steps],
            text=[
                numbers.score(step.value) if step.total else numbers.signed(step.value)
                for step in steps
            ],
            textposition="outside",
            textfont={"color": look.text},
            increasing={"marker": {"color": look.good}},
            decreasing={"marker": {"color": look.bad}},
            totals={"marker": {"color": look.accent}},
            connector={"line": {"color": look.compared, "width": 1}},
            hoverinfo="skip",
            cliponaxis=False,
        )
    )
    low, high = _reach(steps)
    _dress(figure, look, height)
    figure.update_yaxes(range=[low, high], title_text=_("points"), dtick=_tick(high - low))
    return figure


def _reach(steps: Sequence[Step]) -> tuple[float, float]:
    """An axis that shows changes well: cut below, as the bars of totals only give the level."""
    level, seen = 0.0, []
    for step in steps:
        level = step.value if step.total else level + step.value
        seen.append(level)
    room = max(1.0, (max(seen) - min(seen)) * 0.35)
    return max(0.0, min(seen) - room), max(seen) + room


def _tick(width: float) -> float:
    return next(step for step in (0.5, 1, 2, 5, 10, 20, 50) if width / step <= 6 or step == 50)


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
    _dress(figure, look, height)
    figure.update_layout(hovermode="x unified", showlegend=target is not None)
    figure.update_xaxes(type="category", tickangle=0, nticks=7)
    figure.update_yaxes(title_text=safe_html(axis), rangemode="normal")
    return figure


def bars(
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    axis: str = "",
    colours: Sequence[str] | None = None,
    target: float | None = None,
) -> go.Figure:
    """Horizontal bars in the given order, the first on top, with their values."""
    look = palette()
    told = [numbers.number(value) for value in values]
    figure = go.Figure(
        go.Bar(
            x=[0 if value is None else value for value in values],
            y=[safe_html(label, 24) for label in labels],
            orientation="h",
            text=told,
            textposition="auto",
            marker={"color": list(colours) if colours else look.accent},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    if target is not None:
        figure.add_vline(x=target, line={"color": look.compared, "dash": "dot", "width": 2})
    _dress(figure, look, 70 + 26 * max(3, len(labels)))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text=safe_html(axis), showgrid=True, gridcolor=look.grid)
    return figure


def icicle(cells: Sequence[TreeCell], selected: str, height: int = 430) -> go.Figure:
    """The tree by weight, coloured by band; signs in the labels carry what colours say."""
    look = palette()
    figure = go.Figure(
        go.Icicle(
            ids=[cell.id for cell in cells],
            labels=[safe_html(cell.label, 40) for cell in cells],
            parents=[cell.parent for cell in cells],
            values=[cell.weight for cell in cells],
            customdata=[[cell.id] for cell in cells],
            hovertext=[cell.hover for cell in cells],
            hoverinfo="text",
            branchvalues="total",
            marker={
                "colors": [look.bands[cell.band] for cell in cells],
                "line": {
                    "width": [3 if c.id == selected else 1 for c in cells],
                    "color": [look.text if c.id == selected else look.surface for c in cells],
                },
            },
            tiling={"orientation": "h", "pad": 1},
            textfont={"color": look.surface, "size": 12},
            pathbar={"visible": False},
            maxdepth=4,
            root={"color": look.surface},
            sort=False,
        )
    )
    _dress(figure, look, height)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 0})
    return figure


def _dress(figure: go.Figure, look: Palette, height: int) -> None:
    font: dict[str, Any] = {"family": FONTS, "size": 12, "color": look.text}
    figure.update_layout(
        height=height,
        font=font,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 12, "t": 18, "b": 8},
        showlegend=False,
        dragmode=False,
        legend={"orientation": "h", "y": 1.12, "x": 1, "xanchor": "right"},
        hoverlabel={"bgcolor": look.surface, "font": font, "bordercolor": look.grid},
    )
    figure.update_xaxes(
        showgrid=False, linecolor=look.grid, tickfont={"color": look.muted}, automargin=True
    )
    figure.update_yaxes(
        gridcolor=look.grid, zeroline=False, tickfont={"color": look.muted}, automargin=True,
        title_font={"size": 11, "color": look.muted},
    )  # fmt: skip
