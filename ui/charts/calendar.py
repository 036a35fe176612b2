"""What ran when, under the line of an indicator: both on one axis of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from data.period import Period
from ui.charts.base import dress
from ui.charts.scales import NO_UNIT, Unit, middle, number_axis, time_axis, words_of
from ui.theme import palette
from words import numbers
from words.text import safe_html

DAY_MS = 86_400_000
SHARE = 0.58
"""Of the height that bars take."""


@dataclass(frozen=True)
class Run:
    """Something that ran from ``first`` to ``last``; ``group`` gives its colour."""

    label: str
    first: date
    last: date
    group: str


def calendar(
    when: Sequence[Period],
    values: Sequence[float | None],
    runs: Sequence[Run],
    groups: Mapping[str, str],
    unit: Unit = NO_UNIT,
) -> go.Figure:
    """The line above, the runs below, the first on top; ``groups`` names them for the legend.

    Bars are cut at the ends of the line. Runs outside of it are left out.

    >>> day = Period.parse("2026-10-01")
    >>> runs = [Run("A", day.first, day.last, "x")]
    >>> len(calendar([day], [1.0], runs, {"x": "X"}).data)
    2
    """
    look, figure = palette(), go.Figure()
    first, last = when[0].first, when[-1].last
    inside = [one for one in runs if one.last >= first and one.first <= last]
    figure.add_trace(
        go.Scatter(
            x=[middle(one).isoformat() for one in when],
            y=list(values),
            mode="lines",
            line={"color": look.accent, "width": 2},
            customdata=[
                f"{words_of(p)}: {unit.said(v)}" for p, v in zip(when, values, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    for place, group in enumerate(groups):
        mine = {str(row): one for row, one in enumerate(inside) if one.group == group}
        if mine:
            colour = look.series[(place + 1) % len(look.series)]
            figure.add_trace(_bars(mine, groups[group], colour, first, last))
    dress(figure, 190 + 24 * len(inside))
    known = any(value is not None for value in values)
    number_axis(figure, values, unit if known else NO_UNIT, zero=True)
    time_axis(figure, list(when))
    figure.update_layout(
        yaxis={"domain": [SHARE + 0.04, 1.0], "visible": known},
        yaxis2={
            "domain": [0.0, SHARE], "anchor": "x", "autorange": "reversed", "type": "category",
            "showgrid": False, "automargin": True, "tickfont": {"color": look.muted, "size": 11},
            "categoryorder": "array", "categoryarray": [str(row) for row in range(len(inside))],
            "tickmode": "array", "tickvals": [str(row) for row in range(len(inside))],
            "ticktext": [safe_html(one.label, 26) for one in inside],
        },
        xaxis={"anchor": "y2", "showgrid": True, "gridcolor": look.grid},
        barmode="overlay",
        showlegend=True,
        legend={"orientation": "h", "y": 1.08, "x": 1, "xanchor": "right"},
    )  # fmt: skip
    return figure


def _bars(rows: Mapping[str, Run], name: str, colour: str, first: date, last: date) -> go.Bar:
    """Bars on rows of their own, whatever their names."""
    runs = list(rows.values())
    starts = [max(one.first, first) for one in runs]
    ends = [min(one.last, last) + timedelta(days=1) for one in runs]
    return go.Bar(
        base=[day.isoformat() for day in starts],
        x=[(end - start).days * DAY_MS for start, end in zip(starts, ends, strict=True)],
        y=list(rows),
        yaxis="y2",
        orientation="h",
        width=0.6,
        marker={"color": colour, "opacity": 0.85},
        name=safe_html(name, 30),
        customdata=[
            f"{safe_html(one.label, 60)}<br>{numbers.day(one.first)} … {numbers.day(one.last)}"
            for one in runs
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
