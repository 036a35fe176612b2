"""The band of a score: excellent, good, watch, act. The words and signs are configuration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

TOLERANCE = 1e-9
"""A score that misses a threshold by rounding alone is not a band lower."""


@dataclass(frozen=True)
class Band:
    """A named stretch of scores from ``at_least`` upwards, with the sign shown beside colour."""

    id: str
    at_least: float
    sign: str


LEAF_BANDS = (
    Band("excellent", 100.0, "★"),
    Band("good", 80.0, "●"),
    Band("watch", 60.0, "▲"),
    Band("act", 0.0, "■"),
)
PARENT_BANDS = (
    Band("excellent", 95.0, "★"),
    Band("good", 85.0, "●"),
    Band("watch", 70.0, "▲"),
    Band("act", 0.0, "■"),
)


class Threshold(Protocol):
    """Anything that begins at a score, as the configured bands do."""

    @property
    def at_least(self) -> float:
        """The lowest score that belongs."""


B = TypeVar("B", bound=Threshold)


def band_of(score: float | None, bands: Sequence[B]) -> B | None:
    """The highest band that the score reaches, None where there is no score.

    ValueError when the bands do not fall from the first to the last.

    >>> band_of(84.9, PARENT_BANDS).id, band_of(84.9, LEAF_BANDS).id
    ('watch', 'good')
    """
    limits = [band.at_least for band in bands]
    if limits != sorted(set(limits), reverse=True):
        raise ValueError(f"thresholds of the bands must fall: {limits}")
    if score is None or math.isnan(score):
        return None
    return next((band for band in bands if score >= band.at_least - TOLERANCE), None)
