"""Means and ratios of sums per user with their variances, adjusted by covariates (CUPED).

A ratio is sum of numerators / sum of denominators; its variance is that of its linear part over
users (delta method): var(Y - R D) / (n mean(D)^2), so the user is the unit however many sessions
he has (Deng, Knoblich and Lu 2018, "Applying the delta method in metric analytics", KDD).

CUPED (Deng, Xu, Kohavi and Walker 2013, WSDM): theta is found within arms, pooled over all arms,
so an effect of the treatment cannot leak into it; each arm's value is moved by
theta * (arm's mean of the covariate - mean over all arms). The difference is that of the analysis
of covariance (least squares of the value on arm and covariates); the variance is each arm's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.experiments.moments import Moments
from metrics.experiments.normal import Measured

Vector = NDArray[np.float64]
_NOISE = 1e-28  # a squared sum this small against n mean^2 is rounding: the column is constant


@dataclass(frozen=True)
class Adjusted:
    """Arms' values without and with CUPED; ``saved``: the share of variance taken away.

    ``used``: the covariates that vary and were used; ``saved`` is None where there is none.
    """

    plain: tuple[Measured, ...]
    adjusted: tuple[Measured, ...]
    used: tuple[str, ...]
    saved: float | None


def measured(
    arms: Sequence[Moments], columns: Sequence[str], covariates: Sequence[str] = ()
) -> Adjusted:
    """Values of all arms by one column (mean) or two (numerator, denominator).

    Every arm needs two users and a denominator whose sum is not 0; columns must be there.

    >>> arms = [Moments.of({"y": [1, 2, 3], "d": [1, 1, 2]})]
    >>> measured(arms, ["y", "d"]).plain[0].value
    1.5
    """
    slopes = [_slope(arm, columns) for arm in arms]
    values = [_value(arm, columns) for arm in arms]
    plain = tuple(
        Measured(value, _within(arm, slope) / (arm.n * (arm.n - 1)), arm.n - 1)
        for arm, slope, value in zip(arms, slopes, values, strict=True)
    )
    used = tuple(name for name in covariates if name in arms[0].names and varies(arms, name))
    if not used:
        return Adjusted(plain, plain, (), None)
    places = [arms[0].names.index(name) for name in used]
    theta = _theta(arms, slopes, places)
    pooled = sum(arm.n * arm.means[places] for arm in arms) / sum(arm.n for arm in arms)
    adjusted = []
    for arm, slope, value in zip(arms, slopes, values, strict=True):
        kept = slope.copy()
        kept[places] -= theta
        moved = value - float(theta @ (arm.means[places] - pooled))
        variance = _within(arm, kept) / (arm.n * (arm.n - 1))
        adjusted.append(Measured(moved, variance, max(arm.n - 1 - len(used), 1)))
    return Adjusted(plain, tuple(adjusted), used, _saved(plain, adjusted))


def varies(arms: Sequence[Moments], name: str) -> bool:
    """Whether a column differs between users of an arm, but for rounding."""
    spread = sum(arm.products[arm.names.index(name)][arm.names.index(name)] for arm in arms)
    size = sum(arm.n * arm.mean(name) ** 2 for arm in arms)
    return bool(spread > _NOISE * size)


def known(covariate: ArrayLike) -> tuple[Vector, Vector]:
    """A covariate that new users lack (NaN) as two columns: value with 0 there, and a flag.

    Both are covariates; so new users are compared by their own mean, nobody is left out.

    >>> value, flag = known([4.0, float("nan")])
    >>> value.tolist(), flag.tolist()
    ([4.0, 0.0], [1.0, 0.0])
    """
    given = np.asarray(covariate, dtype=float)
    there = np.isfinite(given)
    return np.where(there, given, 0.0), there.astype(float)


def winsorise(values: ArrayLike, share: float = 0.99) -> tuple[Vector, float]:
    """Values of all arms together, capped at their quantile ``share``; and that cap.

    The cap is one for all arms: capping each by its own quantile would take away the effect.

    >>> capped, cap = winsorise([1.0, 2.0, 3.0, 100.0], 0.5)
    >>> capped.tolist(), cap
    ([1.0, 2.0, 2.5, 2.5], 2.5)
    """
    given = np.asarray(values, dtype=float)
    fine = given[np.isfinite(given)]
    if not len(fine):
        return given, 0.0
    cap = float(np.quantile(fine, share))
    return np.where(np.isfinite(given), np.minimum(given, cap), given), cap


def _value(arm: Moments, columns: Sequence[str]) -> float:
    top = arm.mean(columns[0])
    return top if len(columns) == 1 else top / arm.mean(columns[1])


def _slope(arm: Moments, columns: Sequence[str]) -> Vector:
    """How the value moves with the mean of each column (k,)."""
    slope = np.zeros(len(arm.names))
    if len(columns) == 1:
        slope[arm.names.index(columns[0])] = 1.0
        return slope
    below = arm.mean(columns[1])
    slope[arm.names.index(columns[0])] += 1 / below
    slope[arm.names.index(columns[1])] -= arm.mean(columns[0]) / below**2
    return slope


def _within(arm: Moments, slope: Vector) -> float:
    """The centred sum of squares of the linear part."""
    return max(float(slope @ arm.products @ slope), 0.0)


def _theta(arms: Sequence[Moments], slopes: Sequence[Vector], places: list[int]) -> Vector:
    spread = sum(arm.products[np.ix_(places, places)] for arm in arms)
    common = sum((arm.products @ slope)[places] for arm, slope in zip(arms, slopes, strict=True))
    scale = 1 / np.sqrt(np.diag(np.asarray(spread)))
    solved = np.linalg.pinv(np.asarray(spread) * np.outer(scale, scale), hermitian=True)
    return np.asarray(scale * (solved @ (scale * np.asarray(common))))


def _saved(plain: Sequence[Measured], adjusted: Sequence[Measured]) -> float:
    before = sum(each.variance for each in plain)
    return 1 - sum(each.variance for each in adjusted) / before if before > 0 else 0.0
