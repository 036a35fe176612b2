"""Parts of a whole by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.scales import NO_UNIT, Unit
from ui.theme import palette
from words.text import safe_html


@dataclass(frozen=True)
class Area:
    """A part: its id, label, parent's id ('' at the top), size; ``note`` is a second line."""

    id: str
    label: str
    parent: str
    value: float
    note: str = ""
    colour: str = ""


def treemap(
    areas: Sequence[Area], unit: Unit = NO_UNIT, *, total: str = "", height: int = 320
) -> go.Figure:
    """Parts in parts; a part's size is that of all in it, so parents carry their own sum.

    Parts of the first level have a colour each, those in them the same; give ``colour`` to say
    something else. ``total`` is the sum in words, shown on top. Sizes below 0 are refused.

    >>> treemap([Area("a", "Pay", "", 3.0)]).data[0].labels
    ('Pay',)
    """
    small = [one.id for one in areas if one.value < 0]
    if small:
        raise ValueError(f"sizes below 0 have no area: {', '.join(small[:5])}")
    look = palette()
    figure = go.Figure(
        go.Treemap(
            ids=[one.id for one in areas],
            labels=[safe_html(one.label, 40) for one in areas],
            parents=[one.parent for one in areas],
            values=[one.value for one in areas],
            text=["<br>".join([unit.said(a.value), *filter(None, [safe_html(a.note)])])
                  for a in areas],
            customdata=[unit.said(one.value) for one in areas],
            texttemplate="%{label}<br>%{text}",
            hovertemplate="%{label}<br>%{customdata} · %{percentRoot:.1%}<extra></extra>",
            branchvalues="total",
            marker={"colors": _colours(areas), "line": {"width": 1, "color": look.surface}},
            textfont={"color": look.surface, "size": 12},
            pathbar={"visible": bool(total)},
            tiling={"pad": 2},
            root={"color": "rgba(0,0,0,0)"},
        )
    )  # fmt: skip
    dress(figure, height)
    arrange(figure, {"margin": {"l": 0, "r": 0, "t": 4, "b": 0}})
    return figure


def _colours(areas: Sequence[Area]) -> list[str]:
    look, parents = palette(), {one.id: one.parent for one in areas}
    tops = [one.id for one in areas if one.parent not in parents]

    def top(key: str) -> str:
        while parents[key] in parents:
            key = parents[key]
        return key

    return [one.colour or look.series[tops.index(top(one.id)) % len(look.series)] for one in areas]
