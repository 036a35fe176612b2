"""Events by class and level, the register's matrix, and closing against limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class ClassRow:
    """A class of events: counts by level (1, 2, 3), medians, and events past their limit.

    ``detect_min`` and ``close_h`` are medians over detected and closed events; ``late``: closed
    after their limit, or open; ``open``: not closed.
    """

    name: str
    levels: tuple[int, int, int]
    detect_min: float | None
    close_h: float | None
    late: int
    open: int
    loss: float

    @property
    def events(self) -> int:
        """All events of the class."""
        return sum(self.levels)


def by_class(rows: pd.DataFrame) -> tuple[ClassRow, ...]:
    """From events (class, level, detect_min, close_h, limit_h, loss), the most grave first."""
    found = []
    for name, some in rows.groupby("class", sort=True):
        levels = some["level"].value_counts()
        late = some["close_h"].isna() | (some["close_h"] > some["limit_h"])
        found.append(
            ClassRow(
                str(name),
                (int(levels.get(1, 0)), int(levels.get(2, 0)), int(levels.get(3, 0))),
                _median(some["detect_min"]),
                _median(some["close_h"]),
                int(late.sum()),
                int(some["close_h"].isna().sum()),
                float(some["loss"].fillna(0.0).sum()),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.levels[::-1], one.name), reverse=True))


def _median(values: pd.Series[float]) -> float | None:
    known = values.dropna()
    return float(known.median()) if len(known) else None


@dataclass(frozen=True)
class Assessed:
    """A risk class in a month; ``before`` its likelihood and impact in the month compared with."""

    name: str
    likelihood: int
    impact: int
    weight: float | None
    before: tuple[int, int] | None

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return self.likelihood * self.impact

    @property
    def moved(self) -> int:
        """Change of the score; 0 without a month to compare with."""
        return 0 if self.before is None else self.score - self.before[0] * self.before[1]


def register(now: pd.DataFrame, before: pd.DataFrame) -> tuple[Assessed, ...]:
    """The register of a month against an earlier one, the gravest first.

    >>> one = pd.DataFrame({"class": ["fraud"], "likelihood": [4], "impact": [5], "weight": [0.1]})
    >>> then = one.assign(likelihood=3)
    >>> found = register(one, then)[0]
    >>> found.score, found.moved
    (20, 5)
    """
    earlier: Mapping[str, tuple[int, int]] = {
        str(name): (int(likelihood), int(impact))
        for name, likelihood, impact in zip(
            before["class"], before["likelihood"], before["impact"], strict=True
        )
    }
    found = [
        Assessed(
            str(name),
            int(likelihood),
            int(impact),
            None if pd.isna(weight) else float(weight),
            earlier.get(str(name)),
        )
        for name, likelihood, impact, weight in zip(
            now["class"], now["likelihood"], now["impact"], now["weight"], strict=True
        )
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, -one.impact, one.name)))


def matrix(found: Sequence[Assessed]) -> dict[tuple[int, int], tuple[Assessed, ...]]:
    """By (likelihood, impact): the classes that stand there."""
    cells: dict[tuple[int, int], tuple[Assessed, ...]] = {}
    for one in found:
        place = (one.likelihood, one.impact)
        cells[place] = (*cells.get(place, ()), one)
    return cells


@dataclass(frozen=True)
class Theme:
    """Complaints of a theme: how many, how many open, median hours to close."""

    name: str
    complaints: int
    open: int
    hours: float | None
    grave: int


def complaint_themes(rows: pd.DataFrame) -> tuple[Theme, ...]:
    """From complaints (theme, level, hours), the most frequent first."""
    found = [
        Theme(
            str(name),
            len(some),
            int(some["hours"].isna().sum()),
            _median(some["hours"]),
            int((some["level"] == 3).sum()),
        )
        for name, some in rows.groupby("theme", sort=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.complaints, one.name)))
