"""The change of a ratio of sums by part: mix, rate and interaction.

R is the sum of w * r, with w a part's share of the denominator and r its own ratio. A part's effect
is its midpoint (Marshall and Edgeworth) share in the change, mean(w) * dr + dw * (mean(r) -
mean(R)): it adds up exactly and turns its sign with time. Of it, mix and rate are valued at the
earlier period; the interaction is what both did at once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from metrics.decomposition.records import Caution, RatioChange, RatioPart, Refused
from metrics.decomposition.sums import warned

Floats = npt.NDArray[np.float64]
Part = tuple[float, float]
"""Numerator and denominator of a part."""


def ratio_change(
    before: Mapping[str, Part],
    after: Mapping[str, Part],
    *,
    whole: tuple[float, float] | None = None,
    equal_days: bool = True,
) -> RatioChange | Refused:
    """The change of sum(numerators) / sum(denominators), by part: name to (numerator, denominator).

    ``whole``: the ratio of the whole before and after, where parts overlap (distinct users) and do
    not add up to it; the rest is then ``unexplained``. Refused where a period has no denominator.

    >>> found = ratio_change({"a": (1.0, 10.0), "b": (8.0, 10.0)},
    ...                      {"a": (3.0, 30.0), "b": (8.0, 10.0)})
    >>> round(found.change, 9), round(found.mix, 9), round(found.rate, 9)
    (-0.175, -0.175, 0.0)
    """
    names = sorted({*before, *after})
    tops = _side(before, names, 0), _side(after, names, 0)
    downs = _side(before, names, 1), _side(after, names, 1)
    if not (downs[0].sum() > 0 and downs[1].sum() > 0):
        return Refused(
            "其中一个期间没有分母，无法分解", "a period has nothing to divide by: no decomposition"
        )
    weights = downs[0] / downs[0].sum(), downs[1] / downs[1].sum()
    totals = float(tops[0].sum() / downs[0].sum()), float(tops[1].sum() / downs[1].sum())
    own = [np.where(d > 0, t / np.where(d > 0, d, 1), np.nan)
           for t, d in zip(tops, downs, strict=True)]  # fmt: skip
    parts = _parts(names, weights, own, totals)
    effects = np.array([part.effect for part in parts])
    seen = whole or totals
    change, explained = seen[1] - seen[0], float(effects.sum())
    found = list(warned(effects, change, equal_days=equal_days))
    if whole is not None and abs(change - explained) > 1e-9 * max(1.0, abs(change)):
        found.append(Caution("overlap"))
    if _reversed(own, totals[1] - totals[0]):
        found.append(Caution("simpson"))
    return RatioChange(
        seen[0],
        seen[1],
        float(sum(part.mix for part in parts)),
        float(sum(part.rate for part in parts)),
        float(sum(part.interaction for part in parts)),
        change - explained if whole is not None else 0.0,
        tuple(sorted(parts, key=lambda part: (-abs(part.effect), part.name))),
        tuple(found),
    )


def _side(parts: Mapping[str, Part], names: list[str], which: int) -> Floats:
    return np.array([parts.get(name, (0.0, 0.0))[which] for name in names], dtype=np.float64)


def _parts(
    names: list[str],
    weights: tuple[Floats, Floats],
    own: list[Floats],
    totals: tuple[float, float],
) -> list[RatioPart]:
    first = np.nan_to_num(np.where(np.isnan(own[0]), own[1], own[0]))
    second = np.nan_to_num(np.where(np.isnan(own[1]), own[0], own[1]))
    shift, turn = weights[1] - weights[0], second - first
    mean = (totals[0] + totals[1]) / 2
    effect = (weights[0] + weights[1]) / 2 * turn + shift * ((first + second) / 2 - mean)
    mix, rate = shift * (first - totals[0]), weights[0] * turn
    left = effect - mix - rate
    return [
        RatioPart(
            name, _known(own[0][i]), _known(own[1][i]), float(weights[0][i]),
            float(weights[1][i]), float(mix[i]), float(rate[i]), float(left[i]),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip


def _reversed(own: list[Floats], change: float) -> bool:
    """Simpson's reversal: every part that has both ratios moved against the whole."""
    both = np.isfinite(own[0]) & np.isfinite(own[1])
    turns = (own[1] - own[0])[both]
    against = bool(len(turns) > 1 and (turns * change < 0).all())
    return against and abs(change) > 1e-12


def _known(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
