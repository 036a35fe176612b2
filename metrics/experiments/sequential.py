"""Group sequential boundaries: Lan-DeMets spending, exact by recursive numerical integration.

The chance to stay within earlier boundaries is integrated look by look (Armitage, McPherson and
Rowe 1969; Jennison and Turnbull 2000, chapter 19) with Gauss-Legendre nodes. Two-sided and
symmetric; the half levels are spent by the functions of Lan and DeMets (1983), Biometrika 70:
O'Brien-Fleming type 2 - 2 Phi(z(alpha / 4) / sqrt t), Pocock type alpha / 2 log(1 + (e - 1) t).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

Vector = NDArray[np.float64]
Spending = Literal["obrien_fleming", "pocock"]
_FURTHEST = 38.0  # the normal tail beyond is 0 in double precision
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(10)  # in panels of two steps' deviations
_MOST_PANELS = 200
_TAIL = 8.0  # where the walk's density is no longer followed


def spent(spending: Spending, fraction: float, alpha: float = 0.05) -> float:
    """The two-sided level spent until ``fraction`` in [0, 1] of the information.

    >>> round(spent("pocock", 0.2), 5), round(spent("obrien_fleming", 1), 5)
    (0.01477, 0.05)
    """
    if fraction <= 0:
        return 0.0
    t = min(fraction, 1.0)
    if spending == "pocock":
        return alpha * math.log(1 + (math.e - 1) * t)
    return float(4 * norm.sf(norm.isf(alpha / 4) / math.sqrt(t)))


@lru_cache(maxsize=512)
def boundaries(
    spending: Spending,
    fractions: tuple[float, ...],
    alpha: float = 0.05,
    information: tuple[float, ...] = (),
) -> tuple[float, ...]:
    """Critical \\|z\\| at each look, at rising fractions in (0, 1].

    ``information``: what was really gathered at the looks, in any unit (users), where it differs
    from the planned ``fractions``: the level is spent by plan, the correlation of the looks is
    that of the information (Lan and DeMets 1989).

    >>> [round(z, 3) for z in boundaries("obrien_fleming", (0.2, 0.4, 0.6, 0.8, 1.0))]
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    walk, before, found = _Walk(), 0.0, []
    for fraction, info in zip(fractions, information or fractions, strict=True):
        now = spent(spending, fraction, alpha)
        step = walk.to(info)
        z = _boundary(step, now - before)
        found.append(z)
        walk.keep_within(z)
        before = now
    return tuple(found)


def crossing(
    fractions: tuple[float, ...], bounds: tuple[float, ...], drift: float = 0.0
) -> tuple[float, ...]:
    """The chance to first cross at each look; ``drift``: mean of z at fraction 1.

    >>> round(sum(crossing((0.2, 0.4, 0.6, 0.8, 1.0), (2.4132,) * 5)), 4)
    0.05
    """
    walk, found = _Walk(drift), []
    for fraction, z in zip(fractions, bounds, strict=True):
        found.append(walk.to(fraction)(z))
        walk.keep_within(z)
    return tuple(found)


@lru_cache(maxsize=64)
def inflation(
    spending: Spending, fractions: tuple[float, ...], alpha: float = 0.05, power: float = 0.8
) -> float:
    """How many times the users of a fixed design the same power needs at the last look.

    >>> round(inflation("obrien_fleming", (0.2, 0.4, 0.6, 0.8, 1.0)), 3)
    1.025
    """
    bounds = boundaries(spending, fractions, alpha)

    def lacking(drift: float) -> float:
        return sum(crossing(fractions, bounds, drift)) - power

    fixed = float(norm.isf(alpha / 2) + norm.ppf(power))
    return float((brentq(lacking, 0.5 * fixed, 2 * fixed, xtol=1e-10) / fixed) ** 2)


class _Walk:
    """Brownian motion over information, of which only paths within the boundaries are kept."""

    def __init__(self, drift: float = 0.0) -> None:
        self.drift = drift
        self.now = self.time = 0.0
        self.step = 1.0
        self.nodes: Vector = np.zeros(1)
        self.density: Vector = np.ones(1)  # times the weight of the node

    def to(self, time: float) -> Callable[[float], float]:
        """Move on; returns the chance to be beyond +- z there, as a function of z."""
        self.now, self.time = self.time, time
        self.step = math.sqrt(max(time - self.now, 1e-12))
        means = self.nodes + self.drift * (time - self.now)

        def beyond(z: float) -> float:
            edge = z * math.sqrt(time)
            tails = norm.sf((edge - means) / self.step) + norm.cdf((-edge - means) / self.step)
            return float(self.density @ tails)

        return beyond

    def keep_within(self, z: float) -> None:
        """Drop the paths beyond +- z."""
        middle = self.drift * self.time
        root = math.sqrt(self.time)
        low, high = max(-z * root, middle - _TAIL * root), min(z * root, middle + _TAIL * root)
        panels = int(min(max(8, math.ceil((high - low) / (2 * self.step))), _MOST_PANELS))
        half = (high - low) / panels / 2
        centres = low + half * (2 * np.arange(panels) + 1)
        nodes = (centres[:, None] + half * _POINTS).ravel()
        means = self.nodes + self.drift * (self.time - self.now)
        kernel = np.exp(-0.5 * ((nodes[:, None] - means[None, :]) / self.step) ** 2)
        scale = half / (self.step * math.sqrt(2 * math.pi))
        self.density = (kernel @ self.density) * np.tile(_WEIGHTS, panels) * scale
        self.nodes = nodes


def _boundary(beyond: Callable[[float], float], level: float) -> float:
    if level <= 0 or beyond(_FURTHEST) >= level:
        return _FURTHEST
    return float(brentq(lambda z: beyond(z) - level, 0.0, _FURTHEST, xtol=1e-12, rtol=1e-13))
