"""The icicle: the tree by weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.theme import palette
from words.text import safe_html


@dataclass(frozen=True)
class TreeCell:
    """A node of the icicle: its id, label, parent's id, weight in per cent of the total, band."""

    id: str
    label: str
    parent: str
    weight: float
    band: str
    hover: str


def icicle(cells: Sequence[TreeCell], selected: str, height: int = 780) -> go.Figure:
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
            maxdepth=3,
            root={"color": look.surface},
            sort=False,
        )
    )
    dress(figure, height)
    margin = {"l": 0, "r": 0, "t": 4, "b": 0}
    arrange(figure, {"margin": margin, "uniformtext": {"minsize": 9, "mode": "hide"}})
    return figure
