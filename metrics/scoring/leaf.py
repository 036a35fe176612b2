"""The score of a leaf: a value against its base and its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.scoring.arrays import Flags, Floats

Better = Literal["up", "down", "band"]
Kind = Literal["linear", "downtime", "step", "band"]

BASE_SCORE = 60.0
TARGET_SCORE = 100.0
FALLBACK = 0.2
"""Where the target is not better than the base, this share of the target stands for the way."""
DOWNTIME_FLOOR = 0.001
"""Smallest downtime told apart, in percentage points: about five minutes a year."""

SMALLEST_BAND = 1e-9
"""A target below this part of the band's lower limit is no target of its own."""


@dataclass(frozen=True)
class Curve:
    """How a value becomes a score.

    ``cap`` is the highest score. ``band`` holds the limits of full score and ``outer`` the limits
    where the score has fallen to 60; both are in the indicator's unit and only for kind "band".
    ValueError for a combination that means nothing.
    """

    better: Better
    kind: Kind = "linear"
    cap: float = 120.0
    band: tuple[float, float] | None = None
    outer: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        wanted = {"downtime": "up", "step": "down", "band": "band"}.get(self.kind)
        if (wanted and self.better != wanted) or (self.better == "band") != (self.kind == "band"):
            raise ValueError(f"curve {self.kind!r} does not go with better {self.better!r}")
        if not (np.isfinite(self.cap) and self.cap >= TARGET_SCORE):
            raise ValueError(f"cap {self.cap}: expected a number of at least {TARGET_SCORE:g}")
        if self.kind == "band":
            self.limits()

    def limits(self) -> tuple[float, float, float, float]:
        """Outer low, low, high, outer high of a band; ValueError when they are not in order."""
        if self.band is None or self.outer is None:
            raise ValueError("a band needs its limits and its outer limits")
        (low, high), (outer_low, outer_high) = self.band, self.outer
        if not outer_low < low <= high < outer_high:
            raise ValueError(f"band {self.band} must lie inside its outer limits {self.outer}")
        return outer_low, low, high, outer_high


def leaf_score(
    value: npt.ArrayLike, base: npt.ArrayLike, target: npt.ArrayLike, curve: Curve
) -> Floats:
    """Score, 0 to the curve's cap, of values of one leaf; arrays broadcast; NaN where unknown.

    Piecewise linear through (base, 60) and (target, 100). A target that is not better than its
    base gives 100 at the target or better, never more, and falls by 40 for every 20 % of |target|
    (of the target's downtime for kind "downtime"); see `needs_review`. A band moves in proportion
    where the target is not the band's own lower limit. Source: the tree's rules of scoring.

    >>> leaf_score([50.0, 60.0, 100.0, 110.0], 60.0, 100.0, Curve("up")).tolist()
    [50.0, 60.0, 100.0, 110.0]
    >>> leaf_score([99.9, 99.99, 99.0], 99.9, 99.99, Curve("up", "downtime", 100)).round(6).tolist()
    [60.0, 100.0, 20.0]
    """
    v, b, t = np.broadcast_arrays(*(np.asarray(x, float) for x in (value, base, target)))
    flat = (v.reshape(-1, 1), b.reshape(-1, 1), t.reshape(-1, 1))
    scores: Floats = leaf_scores(*flat, (curve,)).reshape(v.shape)
    return scores


def leaf_scores(value: Floats, base: Floats, target: Floats, curves: Sequence[Curve]) -> Floats:
    """Scores of many leaves at once: arrays (S, L) and one curve a column.

    >>> row = np.array([[12.0, 1.0]])
    >>> curves = (Curve("down", cap=100), Curve("down", "step", 100))
    >>> leaf_scores(row, np.array([[18.0, 0.0]]), np.array([[12.0, 0.0]]), curves).tolist()
    [[100.0, 0.0]]
    """
    if value.shape[1] != len(curves):
        raise ValueError(f"{value.shape[1]} columns of values for {len(curves)} curves")
    scores = np.full(value.shape, np.nan)
    for kind, score in _KINDS.items():
        columns = [i for i, curve in enumerate(curves) if curve.kind == kind]
        if columns:
            chosen = [curves[i] for i in columns]
            v, b, t = (_known(x[:, columns]) for x in (value, base, target))
            scores[:, columns] = score(v, b, t, chosen)
    return scores


def needs_review(base: npt.ArrayLike, target: npt.ArrayLike, curve: Curve) -> Flags:
    """True where base and target are known and the target is not better than the base.

    To be asked of yearly goals: early on its path a stock's target may equal its base for a while.

    >>> needs_review([10.0, 20.0, float("nan")], [20.0, 20.0, 20.0], Curve("up")).tolist()
    [False, True, False]
    """
    b, t = np.broadcast_arrays(np.asarray(base, float), np.asarray(target, float))
    known = np.isfinite(b) & np.isfinite(t)
    if curve.kind == "step":
        return np.zeros(b.shape, bool)
    flags: Flags = known & ((t >= b) if curve.better == "down" else (t <= b))
    return flags


def _known(array: Floats) -> Floats:
    return np.where(np.isfinite(array), array, np.nan)


def _linear(value: Floats, base: Floats, target: Floats, curves: Sequence[Curve]) -> Floats:
    sign = np.array([-1.0 if curve.better == "down" else 1.0 for curve in curves])
    caps = np.array([curve.cap for curve in curves])
    return _line(sign * value, sign * base, sign * target, FALLBACK * np.abs(target), caps)


def _downtime(value: Floats, base: Floats, target: Floats, curves: Sequence[Curve]) -> Floats:
    v, b, t = (-np.log10(np.maximum(100.0 - x, DOWNTIME_FLOOR)) for x in (value, base, target))
    worsened = np.full(t.shape, np.log10(1.0 + FALLBACK))
    return _line(v, b, t, worsened, np.array([curve.cap for curve in curves]))


def _line(value: Floats, base: Floats, target: Floats, worsened: Floats, caps: Floats) -> Floats:
    better = target > base
    way = np.where(better, target - base, worsened)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        raw = TARGET_SCORE + (value - target) / way * (TARGET_SCORE - BASE_SCORE)
    # Twenty per cent of a target of zero is no way at all: the slope becomes a step.
    raw = np.where(way == 0, np.where(value >= target, TARGET_SCORE, 0.0), raw)
    scores: Floats = np.clip(raw, 0.0, np.where(better, caps, TARGET_SCORE))
    return np.where(np.isnan(value + base + target), np.nan, scores)


def _step(value: Floats, base: Floats, target: Floats, curves: Sequence[Curve]) -> Floats:
    return np.where(np.isnan(value), np.nan, np.where(value <= 0, TARGET_SCORE, 0.0))


def _band(value: Floats, base: Floats, target: Floats, curves: Sequence[Curve]) -> Floats:
    outer_low, low, high, outer_high = np.array([curve.limits() for curve in curves]).T
    # A target of its own moves the entire band in proportion, its base moves the lower outer limit.
    ratio = target / np.where(low > 0, low, 1.0)
    scale = np.where((low > 0) & (ratio > SMALLEST_BAND), ratio, 1.0)
    low, high, outer_high = low * scale, high * scale, outer_high * scale
    outer_low = np.where(base < low, base, outer_low * scale)
    fall = TARGET_SCORE - BASE_SCORE
    with np.errstate(over="ignore"):
        below = TARGET_SCORE - fall * (low - value) / (low - outer_low)
        above = TARGET_SCORE - fall * (value - high) / (outer_high - high)
    scores: Floats = np.clip(np.minimum(below, above), 0.0, TARGET_SCORE)
    return scores


_KINDS = {"linear": _linear, "downtime": _downtime, "step": _step, "band": _band}
