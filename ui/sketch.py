"""Small drawings inside tiles: a line without axes and a bullet bar, as boxes cut to shape.

Streamlit takes SVG out of HTML, so a line is a box with a clip path. They hold numbers and escaped
texts only; colours come from the stylesheet, so that they follow the theme without being drawn
anew. One piece of HTML a tile costs a tenth of a chart component.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from words.i18n import _

Place = tuple[float, float]
"""Per cent from the left and from the top."""


@dataclass(frozen=True)
class Bullet:
    """A bar from 0 to ``value`` with a mark at ``mark`` on a scale up to ``most``.

    ``good`` colours it; None for what the badge beside it does not judge, as the year's plan beside
    a month's score: two judgements in two colours would contradict each other.
    """

    value: float
    mark: float
    most: float
    good: bool | None
    alt: str


def bullet(shown: Bullet) -> str:
    """A bullet bar; where it is longer than its scale it is cut.

    >>> 'class="bar good" style="width:50.0%"' in bullet(Bullet(1.0, 1.5, 2.0, True, "half"))
    True
    """
    long, mark = (
        100 * min(1.0, max(0.0, one / shown.most)) if shown.most else 0.0
        for one in (shown.value, shown.mark)
    )
    kind = {True: "good", False: "bad", None: "plan"}[shown.good]
    return (
        f'<div class="sketch bullet" role="img" aria-label="{html.escape(shown.alt)}">'
        f'<div class="bar {kind}" style="width:{long:.1f}%"></div>'
        f'<div class="mark" style="left:{mark:.1f}%"></div></div>'
    )


def sparkline(values: Sequence[float | None], label: str) -> str:
    """A line through what is known, broken at gaps, with a dot at the last value.

    >>> sparkline([None, None], "x")
    ''
    >>> sparkline([1.0, None, 2.0, 3.0], "x").count("polygon")
    1
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    places = [
        None
        if value is None
        else (
            100 * number / (len(values) - 1),
            100 - 100 * (value - low) / (high - low) if high > low else 50.0,
        )
        for number, value in enumerate(values)
    ]
    alt = _("{name}: the last {count} periods").format(name=label, count=len(values))
    last = next(one for one in reversed(places) if one is not None)
    drawn = "".join(
        f'<div class="run" style="clip-path:polygon({_outline(run)})"></div>'
        for run in _runs(places)
        if len(run) > 1
    )
    dot = f'<div class="dot" style="left:{last[0]:.1f}%;top:{last[1]:.1f}%"></div>'
    return (
        f'<div class="sketch spark" role="img" aria-label="{html.escape(alt)}">{drawn}{dot}</div>'
    )


def _runs(places: Sequence[Place | None]) -> Iterator[list[Place]]:
    for known, run in groupby(places, key=lambda one: one is not None):
        if known:
            yield [one for one in run if one is not None]


def _outline(run: Sequence[Place]) -> str:
    """A stroke as a shape: along its upper edge, and back along the lower one."""
    there = [f"{x:.1f}% calc({y:.1f}% - 0.8px)" for x, y in run]
    back = [f"{x:.1f}% calc({y:.1f}% + 0.8px)" for x, y in reversed(run)]
    return ",".join([*there, *back])
