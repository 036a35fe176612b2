"""Two proportions: score intervals of their difference and of their ratio, and the exact test.

Miettinen and Nurminen (1985), "Comparative analysis of two rates", Statistics in Medicine 4:
all differences (ratios) that a score test with the factor N / (N - 1) does not reject. statsmodels
has the same intervals (``confint_proportions_2indep``, method ``score``) one pair at a time and
without a bound at 0 or all conversions; here they are found by halving, for arrays of pairs and
for every count. Where statsmodels answers, both agree.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import fisher_exact, norm
from statsmodels.stats.proportion import proportion_confint

Vector = NDArray[np.float64]
_HALVINGS = 50  # 2 / 2**50 is under 1e-14
FEWEST_SCORED = 2
WIDENED = 0.95
_WIDEST = 1e9  # a ratio beyond this has no bound


def difference_score(
    treated: ArrayLike, n_treated: ArrayLike, control: ArrayLike, n_control: ArrayLike,
    difference: ArrayLike = 0.0,
) -> Vector:  # fmt: skip
    """z of the score test that treatment - control is ``difference``; 0 where it is exactly so.

    >>> float(difference_score(20119, 45489, 20034, 44700).round(3))
    -1.784
    """
    x1, n1, x0, n0, delta = np.broadcast_arrays(
        *(np.asarray(each, float) for each in (treated, n_treated, control, n_control, difference))
    )
    p0 = _control_under_difference(x1, n1, x0, n0, delta)
    p1 = np.clip(p0 + delta, 0.0, 1.0)
    n = n1 + n0
    variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1)
    return _z(x1 / n1 - x0 / n0 - delta, variance)


def ratio_score(
    treated: ArrayLike, n_treated: ArrayLike, control: ArrayLike, n_control: ArrayLike,
    ratio: ArrayLike = 1.0,
) -> Vector:  # fmt: skip
    """z of the score test that treatment / control is ``ratio`` (positive).

    >>> float(ratio_score(20119, 45489, 20034, 44700).round(3))
    -1.784
    """
    x1, n1, x0, n0, phi = np.broadcast_arrays(
        *(np.asarray(each, float) for each in (treated, n_treated, control, n_control, ratio))
    )
    n, x = n1 + n0, x1 + x0
    b = n1 * phi + x1 + n0 + x0 * phi
    root = np.sqrt(np.maximum(b * b - 4 * n * phi * x, 0.0))
    p0 = np.clip(2 * x / (b + root), 0.0, 1.0)  # the smaller root, without cancellation
    p1 = np.clip(p0 * phi, 0.0, 1.0)
    variance = (p1 * (1 - p1) / n1 + phi**2 * p0 * (1 - p0) / n0) * n / (n - 1)
    return _z(x1 / n1 - phi * x0 / n0, variance)


def difference_interval(
    treated: ArrayLike, n_treated: ArrayLike, control: ArrayLike, n_control: ArrayLike,
    level: ArrayLike = 0.05,
) -> tuple[Vector, Vector]:  # fmt: skip
    """Bounds of treatment - control at 1 - ``level``; within [-1, 1] for every count.

    >>> low, high = difference_interval(0, 200, 0, 200)
    >>> float(low.round(4)), float(high.round(4))
    (-0.0189, 0.0189)
    """
    data = _arrays(treated, n_treated, control, n_control)
    x1, n1, x0, n0 = data
    critical = norm.isf(np.asarray(level, float) / 2)
    middle = x1 / n1 - x0 / n0

    def score(delta: Vector) -> Vector:
        return difference_score(x1, n1, x0, n0, delta)

    low = _halve(score, np.full_like(middle, -1.0), middle, critical)
    high = _halve(lambda d: -score(d), np.full_like(middle, 1.0), middle, critical)
    return low, high


def ratio_interval(
    treated: ArrayLike, n_treated: ArrayLike, control: ArrayLike, n_control: ArrayLike,
    level: ArrayLike = 0.05,
) -> tuple[Vector, Vector]:  # fmt: skip
    """Bounds of treatment / control at 1 - ``level``; the upper one is inf where there is none.

    >>> low, high = ratio_interval(30, 200, 20, 200)
    >>> float(low.round(3)), float(high.round(3))
    (0.889, 2.542)
    """
    x1, n1, x0, n0 = _arrays(treated, n_treated, control, n_control)
    critical = norm.isf(np.asarray(level, float) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.log(np.clip((x1 / n1) / np.where(x0 > 0, x0 / n0, np.nan), 1e-9, _WIDEST))
    middle = np.where(np.isnan(middle), 0.0, middle)
    edge = np.log(_WIDEST)

    def score(log_phi: Vector) -> Vector:
        return ratio_score(x1, n1, x0, n0, np.exp(log_phi))

    start = np.where(x0 > 0, middle, edge)
    low = np.exp(_halve(score, np.full_like(middle, -edge), start, critical))
    high = np.exp(_halve(lambda d: -score(d), np.full_like(middle, edge), middle, critical))
    return np.where(x1 > 0, low, 0.0), np.where(x0 > 0, high, np.inf)


def few_intervals(
    treated: ArrayLike, n_treated: ArrayLike, control: ArrayLike, n_control: ArrayLike,
    level: float = 0.05,
) -> tuple[tuple[Vector, Vector], tuple[Vector, Vector]]:  # fmt: skip
    """Bounds of the difference and of the ratio for few conversions; they cover 94 % and more.

    With fewer than ``FEWEST_SCORED`` users in one of the four cells: from the exact limits of
    Clopper and Pearson (1934) of both arms, each at 1 - sqrt(1 - level), which cover at least
    1 - level whatever the counts. With more: the score intervals at ``WIDENED`` of the level, for
    they alone cover down to 93 % there.

    >>> difference, ratio = few_intervals(3, 1000, 0, 1000)
    >>> float(difference[0].round(4)), float(difference[1].round(4))
    (-0.0039, 0.0097)
    """
    x1, n1, x0, n0 = _arrays(treated, n_treated, control, n_control)
    each = 1 - (1 - level) ** 0.5
    low1, high1 = proportion_confint(x1, n1, each, method="beta")
    low0, high0 = proportion_confint(x0, n0, each, method="beta")
    exact = np.minimum.reduce([x1, n1 - x1, x0, n0 - x0]) < FEWEST_SCORED
    with np.errstate(divide="ignore"):
        ratios = low1 / high0, np.where(low0 > 0, high1 / np.where(low0 > 0, low0, 1.0), np.inf)
    wide = difference_interval(x1, n1, x0, n0, level * WIDENED)
    wide_ratio = ratio_interval(x1, n1, x0, n0, level * WIDENED)
    return (
        (np.where(exact, low1 - high0, wide[0]), np.where(exact, high1 - low0, wide[1])),
        (np.where(exact, ratios[0], wide_ratio[0]), np.where(exact, ratios[1], wide_ratio[1])),
    )


def exact_p(treated: int, n_treated: int, control: int, n_control: int) -> float:
    """Two-sided p of Fisher's exact test, by scipy.

    >>> round(exact_p(8, 200, 1, 200), 4)
    0.037
    """
    table = np.array([[treated, n_treated - treated], [control, n_control - control]])
    return float(fisher_exact(table).pvalue)


def _arrays(*given: ArrayLike) -> tuple[Vector, Vector, Vector, Vector]:
    x1, n1, x0, n0 = np.broadcast_arrays(*(np.asarray(each, float) for each in given))
    return x1.copy(), n1.copy(), x0.copy(), n0.copy()


def _z(off: Vector, variance: Vector) -> Vector:
    """off / sqrt(variance), with 0 for 0 / 0 and a huge finite number for x / 0."""
    tiny = np.maximum(variance, 1e-300)
    return np.asarray(np.where(off == 0, 0.0, np.clip(off / np.sqrt(tiny), -1e12, 1e12)))


def _halve(score: Callable[[Vector], Vector], out: Vector, within: Vector, z: Vector) -> Vector:
    """Where ``score`` falls to z between ``out`` (rejected, or the edge) and ``within``."""
    for _ in range(_HALVINGS):
        middle = (out + within) / 2
        kept = score(middle) <= z
        within, out = np.where(kept, middle, within), np.where(kept, out, middle)
    return (out + within) / 2


def _control_under_difference(
    x1: Vector, n1: Vector, x0: Vector, n0: Vector, delta: Vector
) -> Vector:
    """The control's proportion, most likely when treatment - control is delta (a cubic's root)."""
    n = n1 + n0
    l2 = (n1 + 2 * n0) * delta - n - x1 - x0
    l1 = (n0 * delta - n - 2 * x0) * delta + x1 + x0
    l0 = x0 * delta * (1 - delta)
    return _root(n, l2, l1, l0, delta)


def _root(l3: Vector, l2: Vector, l1: Vector, l0: Vector, delta: Vector) -> Vector:
    q = (l2 / (3 * l3)) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    size = np.sqrt(np.maximum((l2 / (3 * l3)) ** 2 - l1 / (3 * l3), 0.0))
    p = np.where(q >= 0, size, -size)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.where(p == 0, 0.0, q / p**3)
    angle = (np.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3
    root = 2 * p * np.cos(angle) - l2 / (3 * l3)
    return np.asarray(np.clip(root, np.maximum(0.0, -delta), np.minimum(1.0, 1.0 - delta)))
