"""What flows: funnels from step to step, and paths from node to node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.lines import faint
from ui.charts.scales import NO_UNIT, Unit, number_axis
from ui.theme import ink, palette
from words import numbers
from words.i18n import _
from words.text import safe_html


@dataclass(frozen=True)
class FunnelStep:
    """A step: how many reached it; ``rate`` and ``target`` in per cent of the step before."""

    label: str
    count: float
    rate: float | None = None
    target: float | None = None


def funnel(
    reached: Sequence[FunnelStep],
    *,
    weakest: int | None = None,
    unit: Unit = NO_UNIT,
    height: int | None = None,
) -> go.Figure:
    """Steps from top to bottom; the ``weakest`` (its index) stands out by colour and sign.

    Each bar says how many, which part of the step before, and that part's target.

    >>> funnel([FunnelStep("Visit", 100.0), FunnelStep("Buy", 20.0, 20.0, 25.0)]).data[0].text
    ('100', '20 · 20.0% (target 25.0%)')
    """
    look = palette()
    filled = [look.bad if n == weakest else look.accent for n in range(len(reached))]
    figure = go.Figure(
        go.Bar(
            x=[one.count for one in reached],
            y=[
                ("▼ " if number == weakest else "") + safe_html(one.label, 24)
                for number, one in enumerate(reached)
            ],
            orientation="h",
            text=[_step_words(one) for one in reached],
            textposition="auto",
            insidetextanchor="start",
            constraintext="none",
            cliponaxis=False,
            insidetextfont={"color": [ink(one) for one in filled]},
            marker={"color": filled},
            customdata=[unit.said(one.count) for one in reached],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    dress(figure, height or 50 + 40 * max(3, len(reached)))
    _low, high = number_axis(figure, [one.count for one in reached], unit, axis="x", zero=True)
    across = {"range": [0, 1.25 * high], "showticklabels": False, "title": {"text": ""}}
    arrange(figure, {"bargap": 0.25}, x=across, y={"autorange": "reversed", "showgrid": False})
    return figure


def _step_words(one: FunnelStep) -> str:
    told = numbers.number(one.count)
    if one.rate is None:
        return told
    told = f"{told} · {numbers.percent(one.rate)}"
    if one.target is None:
        return told
    return _("{told} (target {target})").format(told=told, target=numbers.percent(one.target))


@dataclass(frozen=True)
class Stream:
    """So much flows from a node to another; both are indices of nodes."""

    source: int
    target: int
    value: float


def sankey(
    nodes: Sequence[str],
    streams: Sequence[Stream],
    *,
    unit: Unit = NO_UNIT,
    colours: Sequence[str] | None = None,
    height: int = 380,
) -> go.Figure:
    """Streams between nodes, from left to right; fold loops and small streams before.

    >>> len(sankey(["Home", "Pay"], [Stream(0, 1, 5.0)]).data[0].link.value)
    1
    """
    look = palette()
    shades = list(colours or [look.series[i % len(look.series)] for i in range(len(nodes))])
    said = [unit.said(one.value) for one in streams]
    figure = go.Figure(
        go.Sankey(
            node={
                "label": [safe_html(name, 30) for name in nodes],
                "color": shades,
                "pad": 14,
                "thickness": 14,
                "line": {"width": 0},
                "customdata": _through(len(nodes), streams, unit),
                "hovertemplate": "%{label}: %{customdata}<extra></extra>",
            },
            link={
                "source": [one.source for one in streams],
                "target": [one.target for one in streams],
                "value": [one.value for one in streams],
                "color": [faint(shades[one.source], 0.35) for one in streams],
                "customdata": said,
                "hovertemplate": "%{source.label} → %{target.label}: %{customdata}<extra></extra>",
            },
            textfont={"color": look.text, "size": 12, "shadow": "none"},
        )
    )
    return dress(figure, height)


def _through(size: int, streams: Sequence[Stream], unit: Unit) -> list[str]:
    """What flows through each node: the larger of what comes and what goes."""
    comes, goes = [0.0] * size, [0.0] * size
    for one in streams:
        goes[one.source] += one.value
        comes[one.target] += one.value
    return [unit.said(max(pair)) for pair in zip(comes, goes, strict=True)]
