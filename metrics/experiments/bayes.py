"""The Bayesian view: chance that the treatment is better, and what a wrong choice costs.

Proportions: beta-binomial with the uniform prior Beta(1, 1) in both arms. Others: the difference
is normal with a flat prior, so its posterior is that of the estimate. It decides nothing: looked
at daily, a rule like "ship above 95 % chance" errs far more often than in 5 % of cases.
Source: Gelman and others, "Bayesian Data Analysis", 3rd ed., chapters 2 and 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import betainc
from scipy.stats import beta, norm

from metrics.experiments.plan import Better
from metrics.experiments.records import Bayes, Effect, Estimate

Vector = NDArray[np.float64]
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(400)
UNIFORM = "beta(1, 1)"
FLAT = "normal, flat"


def bayes(found: Effect, counts: tuple[int, int, int, int] | None = None) -> Bayes:
    """The Bayesian view of an effect; ``counts``: of a proportion, as (x, n) treatment, control.

    Without a standard error there is none: the effect's own reason says why.
    """
    if counts is not None and found.method in ("score", "exact") and found.p is not None:
        return _of_counts(found, counts)
    if found.error is None or found.difference.value is None or found.error <= 0:
        nothing = Estimate(None, reason=found.difference.reason)
        prior = UNIFORM if found.kind == "proportion" else FLAT
        return Bayes(
            found.metric, found.arm, None, None, None, nothing, prior, found.difference.reason
        )
    chance, gain, loss = normal_view(found.difference.value, found.error)
    half = float(norm.isf(0.025)) * found.error
    middle = found.difference.value
    return _told(found, chance, gain, loss, Estimate(middle, middle - half, middle + half), FLAT)


def normal_view(difference: float, error: float) -> tuple[float, float, float]:
    """P(difference > 0), E[max(difference, 0)], E[max(-difference, 0)] of a normal posterior.

    >>> [round(x, 4) for x in normal_view(1.0, 1.0)]
    [0.8413, 1.0833, 0.0833]
    """
    z = difference / error
    loss = error * (float(norm.pdf(z)) - z * float(norm.sf(z)))
    return float(norm.cdf(z)), difference + max(loss, 0.0), max(loss, 0.0)


def beta_view(x1: int, n1: int, x0: int, n0: int) -> tuple[float, float, float]:
    """The same of treatment - control for two posteriors Beta(1 + x, 1 + n - x), by quadrature.

    >>> round(beta_view(1, 1, 0, 1)[0], 6)  # Beta(2, 1) against Beta(1, 2): 5 / 6
    0.833333
    """
    one, two = beta(1 + x1, 1 + n1 - x1), beta(1 + x0, 1 + n0 - x0)
    ends = [q for each in (one, two) for q in (each.ppf(1e-13), each.isf(1e-13))]
    low, high = min(ends), max(ends)
    points, weights = _panels(low, high, sorted(ends))
    f1, f0 = one.cdf(points), two.cdf(points)
    chance = float(weights @ (f0 * one.pdf(points)))
    gain = float(weights @ (f0 * (1 - f1)))
    loss = float(weights @ (f1 * (1 - f0)))
    return min(max(chance, 0.0), 1.0), gain, loss


def _panels(low: float, high: float, cuts: list[float]) -> tuple[Vector, Vector]:
    """Gauss-Legendre nodes and weights in each stretch between the posteriors' ends."""
    edges = np.unique(np.clip([low, *cuts, high], low, high))
    halves = np.diff(edges) / 2
    points = (edges[:-1, None] + halves[:, None] * (_POINTS + 1)).ravel()
    return points, (halves[:, None] * _WEIGHTS).ravel()


def _of_counts(found: Effect, counts: tuple[int, int, int, int]) -> Bayes:
    chance, gain, loss = beta_view(*counts)
    return _told(found, chance, gain, loss, _credible(counts), UNIFORM)


def _credible(counts: tuple[int, int, int, int]) -> Estimate:
    """Posterior mean of the difference with the central 95 % interval."""
    x1, n1, x0, n0 = counts
    one, two = beta(1 + x1, 1 + n1 - x1), beta(1 + x0, 1 + n0 - x0)
    points, weights = _panels(two.ppf(1e-13), two.isf(1e-13), [])
    density = weights * two.pdf(points)

    def over(d: float, share: float) -> float:
        within = np.clip(points + d, 0.0, 1.0)
        return float(density @ betainc(1 + x1, 1 + n1 - x1, within)) - share

    low, high = (float(brentq(over, -1, 1, args=(share,), xtol=1e-9)) for share in (0.025, 0.975))
    return Estimate(float(one.mean() - two.mean()), low, high)


def _told(
    found: Effect, chance: float, gain: float, loss: float, difference: Estimate, prior: str
) -> Bayes:
    better: Better = found.better
    if better == "lower":
        chance, gain, loss = 1 - chance, loss, gain
    return Bayes(found.metric, found.arm, chance, loss, gain, difference, prior)
