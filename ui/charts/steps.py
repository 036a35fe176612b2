"""The waterfall: from a total over its changes to a total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.base import dress
from ui.charts.layout import arrange
from ui.charts.scales import unit_above
from ui.theme import palette
from words import numbers
from words.i18n import _
from words.text import safe_html

LONGEST_LINE = 10


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: a total, or a change in points."""

    label: str
    value: float
    total: bool = False


def waterfall(steps: Sequence[Step], height: int = 260) -> go.Figure:
    """From a total over its changes to a total; bars of changes by good and bad."""
    look = palette()
    values = [step.value for step in steps]
    figure = go.Figure(
        go.Waterfall(
            x=[folded(step.label) for step in steps],
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
    dress(figure, height)
    up = {"range": [low, high], "dtick": _tick(high - low)}
    arrange(figure, x={"type": "category", "tickangle": 0}, y=up)
    unit_above(figure, _("points"))
    return figure


def folded(label: str) -> str:
    """A label over several lines where it has words, so that it stands upright below its bar.

    >>> folded("Nov 20, 2026"), folded("Value"), folded("2026年11月20日"), folded("2026年9月")
    ('Nov 20,<br>2026', 'Value', '2026年<br>11月20日', '2026年9月')
    """
    if label.endswith("日"):  # a day in Chinese has no space to break at
        return "年<br>".join(safe_html(part) for part in label.split("年"))
    lines: list[str] = []
    for word in label.split(" "):
        if lines and len(lines[-1]) + len(word) < LONGEST_LINE:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return "<br>".join(safe_html(line) for line in lines)


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
