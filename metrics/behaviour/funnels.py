"""A funnel's levels with shares and times, whole and by segment; where most people are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.behaviour.funnel import BOUNDS_S
from metrics.behaviour.intervals import Share, share
from metrics.behaviour.rows import rows
from metrics.values.quantile import quantile


@dataclass(frozen=True)
class Level:
    """People who reached a step: of those who began, and of those at the step before.

    ``median_s``: seconds from the start in the quickest way of each, None at the first step; the
    last, open bucket counts as its lower bound. ``within`` counts them by BOUNDS_S.
    """

    step: int
    users: int
    of_first: Share
    of_before: Share
    median_s: float | None
    within: tuple[int, ...]

    @property
    def lost(self) -> int:
        """People of the step before who did not get here."""
        return self.of_before.whole - self.users


@dataclass(frozen=True)
class Funnel:
    """A funnel for everybody or one segment; ``segment`` '' where none is known."""

    segment: str
    levels: tuple[Level, ...]

    @property
    def began(self) -> int:
        """People at the first step."""
        return self.levels[0].users

    @property
    def conversion(self) -> Share:
        """Of those who began, those who finished."""
        return self.levels[-1].of_first

    @property
    def worst(self) -> Level | None:
        """The step that the largest share of those before it did not reach; None: nobody began."""
        known = [one for one in self.levels[1:] if one.of_before.value is not None]
        return min(known, key=lambda one: one.of_before.value or 0.0, default=None)


def funnels(counted: pd.DataFrame, steps: int) -> tuple[Funnel, ...]:
    """The frame of ``data.behaviour.funnel`` by segment, largest first."""
    segments = sorted({str(one) for one in counted["segment"]}) or [""]
    found = [_one(counted[counted["segment"] == segment], segment, steps) for segment in segments]
    return tuple(sorted(found, key=lambda one: (-one.began, one.segment)))


def whole(parts: Sequence[Funnel], steps: int) -> Funnel:
    """All segments together: nobody is in two of them, so that people add up."""
    within = np.sum([[level.within for level in part.levels] for part in parts], axis=0)
    return Funnel("", _levels(np.asarray(within, dtype=np.int64), steps))


def _one(counted: pd.DataFrame, segment: str, steps: int) -> Funnel:
    within = np.zeros((steps, len(BOUNDS_S) + 1), dtype=np.int64)
    for row in rows(counted):
        within[int(row.level) - 1, int(row.bucket)] += int(row.users)
    return Funnel(segment, _levels(within, steps))


def _levels(within: npt.NDArray[np.int64], steps: int) -> tuple[Level, ...]:
    users = [int(one) for one in within.sum(axis=1)]
    middle = quantile(within.astype(np.float64), BOUNDS_S, 0.5)
    return tuple(
        Level(
            place + 1,
            users[place],
            share(users[place], users[0]),
            share(users[place], users[max(0, place - 1)]),
            None if place == 0 or users[place] == 0 else float(middle[place]),
            tuple(int(one) for one in within[place]),
        )
        for place in range(steps)
    )
