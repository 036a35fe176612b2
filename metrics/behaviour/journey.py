"""The payment, wealth and credit chains over twelve touchpoints: works, pleases, engages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.contract.vocabulary import CHAINS
from metrics.behaviour.intervals import Share, share
from metrics.behaviour.rows import rows

FEWEST = 20
"""Visits a touchpoint needs before it can be the weakest."""


@dataclass(frozen=True)
class Touchpoint:
    """A touchpoint with its functional, emotional and interactive measure.

    Functional: visits that go on to the next touchpoint; None at the end of a module's way.
    Emotional: satisfied answers about the module, as answers name no page. Interactive: seconds
    on the page a view; None without a time.
    """

    number: int
    page: str
    module: str
    name_zh: str
    name_en: str
    visits: int
    functional: Share | None
    emotional: Share
    complaints: int
    seconds: float | None


@dataclass(frozen=True)
class Chain:
    """A chain in the order of its touchpoints."""

    name: str
    touchpoints: tuple[Touchpoint, ...]

    @property
    def weakest(self) -> Touchpoint | None:
        """Where the largest share does not go on, home pages left out: many only look."""
        first = {min(t.number for t in self.touchpoints if t.module == m) for m in self.modules}
        known = [
            one
            for one in self.touchpoints
            if one.functional is not None
            and one.functional.whole >= FEWEST
            and one.number not in first
        ]
        return min(known, key=lambda one: _value(one.functional), default=None)

    @property
    def modules(self) -> tuple[str, ...]:
        """Modules of the chain in order."""
        return tuple(dict.fromkeys(one.module for one in self.touchpoints))


def _value(found: Share | None) -> float:
    return 100.0 if found is None or found.value is None else found.value


def journeys(points: pd.DataFrame, voices: pd.DataFrame) -> tuple[Chain, ...]:
    """The frames of ``data.behaviour.tasks``; chains without a page are left out."""
    told = {str(row.module): row for row in rows(voices)}
    found = []
    for name in CHAINS:
        part = points[points["chain"] == name].sort_values(["touchpoint", "page"])
        last = part.groupby("module")["touchpoint"].max()
        points_of = [_touchpoint(row, int(last[row.module]), told) for row in rows(part)]
        if points_of:
            found.append(Chain(name, tuple(points_of)))
    return tuple(found)


def _touchpoint(seen: Any, last: int, told: Mapping[str, Any]) -> Touchpoint:
    voice = told.get(str(seen.module))
    number, visits, timed = int(seen.touchpoint), int(seen.visits), int(seen.timed)
    return Touchpoint(
        number,
        str(seen.page),
        str(seen.module),
        seen.name_zh if isinstance(seen.name_zh, str) else "",
        seen.name_en if isinstance(seen.name_en, str) else "",
        visits,
        None if number == last else share(int(seen.onward), visits),
        share(0, 0) if voice is None else share(int(voice.satisfied), int(voice.answers)),
        0 if voice is None else int(voice.complaints),
        int(seen.dwell_ms) / 1000 / timed if timed else None,
    )
