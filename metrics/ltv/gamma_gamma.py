"""Gamma-Gamma: how much a user spends at a purchase.

A user's amounts scatter around the user's own mean (gamma, shape p), and the means differ by
user (gamma: q, v); amounts and frequency are taken to be independent between users.
Source: Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import digamma, gammaln

from metrics.ltv.histories import VALUES, Floats, collapse
from metrics.ltv.likelihood import Fitted, maximise

MIN_BUYERS = 30
STARTS = ((5.0, 4.0, 0.5), (1.5, 2.0, 1.0), (20.0, 3.0, 0.1))


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters; v in money; n users who bought again."""

    p: float
    q: float
    v: float
    log_likelihood: float
    n: int

    def mean_value(self) -> float:
        """Mean amount of a purchase over all users.

        >>> round(GammaGamma(6.25, 3.74, 15.44, -4055.9, 946).mean_value(), 2)
        35.22
        """
        return self.p * self.v / (self.q - 1)

    def expected_value(self, frequency: npt.ArrayLike, monetary: npt.ArrayLike) -> Floats:
        """Expected amount of a coming purchase of each user, in money.

        The user's own mean, drawn towards everybody's the more, the fewer purchases there are:
        the posterior mean of the source. ``monetary`` is not read where frequency is 0.

        >>> model = GammaGamma(6.25, 3.74, 15.44, -4055.9, 946)
        >>> model.expected_value([0, 2], [np.nan, 22.35]).round(2).tolist()
        [35.22, 24.66]
        """
        x, spent = np.broadcast_arrays(
            np.asarray(frequency, dtype=float), np.asarray(monetary, dtype=float)
        )
        wrong = (x > 0) & ~(spent >= 0)
        if wrong.any():
            raise ValueError(f"{int(wrong.sum())} rows bought again without a mean amount")
        total = np.where(x > 0, x * np.where(x > 0, spent, 0.0), 0.0)
        return self.p * (self.v + total) / (self.p * x + self.q - 1)


def fit_gamma_gamma(rows: pd.DataFrame, min_buyers: int = MIN_BUYERS) -> Fitted[GammaGamma]:
    """The model of highest likelihood for rows with frequency, monetary and perhaps count.

    Only users who bought again for a positive mean amount enter. Refused, with the reason, when
    they are too few or all spend the same, and when the mean of all users would be infinite.

    >>> fit_gamma_gamma(pd.DataFrame({"frequency": [1.0], "monetary": [5.0]})).reason
    'too few users bought again for a positive amount: 1, at least 30 needed'
    """
    usable = rows[(rows["frequency"] > 0) & (rows["monetary"] > 0)]
    groups = collapse(usable, VALUES)
    x, spent = (groups[name].to_numpy(dtype=float) for name in VALUES)
    count = groups["count"].to_numpy(dtype=float)
    n = int(count.sum())
    if n < min_buyers:
        words = "too few users bought again for a positive amount"
        return Fitted(None, f"{words}: {n}, at least {min_buyers} needed")
    if not np.isfinite(spent).all():
        return Fitted(None, "a mean amount is infinite")
    if np.ptp(spent) <= 1e-9 * spent.max():
        return Fitted(None, "all users spend the same: nothing to tell them apart by")
    unit = float((count * spent).sum() / n)

    def likelihood(logs: Floats) -> tuple[float, Floats]:
        return log_likelihood(np.exp(logs), x, spent / unit, count)

    peak = maximise(likelihood, STARTS, ("p", "q", "v"), n)
    if peak.parameters is None:
        return Fitted(None, peak.reason)
    p, q, v = peak.parameters
    if q <= 1:
        return Fitted(None, f"q is {q:.3f}: at 1 or below the mean amount of all is infinite")
    value, _ = log_likelihood(np.array([p, q, v * unit]), x, spent, count)
    return Fitted(GammaGamma(p, q, v * unit, value, n))


def log_likelihood(
    parameters: Floats, x: Floats, spent: Floats, count: Floats
) -> tuple[float, Floats]:
    """Log-likelihood of p, q, v and its gradient by their logarithms.

    Source: the density of a mean amount in the note; ``spent`` is that mean, ``count`` users a row.
    """
    p, q, v = (float(value) for value in parameters)
    whole = np.log(v + x * spent)
    shape = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
    value = shape + q * np.log(v) + (p * x - 1) * np.log(spent) + p * x * np.log(x)
    value -= (p * x + q) * whole
    by_p = x * (digamma(p * x + q) - digamma(p * x) + np.log(spent) + np.log(x) - whole)
    by_q = digamma(p * x + q) - digamma(q) + np.log(v) - whole
    by_v = q / v - (p * x + q) / (v + x * spent)
    slopes = [by_p * p, by_q * q, by_v * v]
    gradient = np.array([float((count * slope).sum()) for slope in slopes])
    return float((count * value).sum()), gradient


def value_correlation(rows: pd.DataFrame) -> float | None:
    """Correlation of frequency and mean amount over users who bought again, weighted by count.

    The model takes it as 0; far from 0 its values are biased. None where either is constant.

    >>> rows = pd.DataFrame({"frequency": [1, 2, 3], "monetary": [1.0, 2.0, 3.0]})
    >>> round(value_correlation(rows), 9)
    1.0
    """
    groups = collapse(rows[rows["frequency"] > 0], VALUES)
    if groups["frequency"].nunique() < 2 or groups["monetary"].nunique() < 2:
        return None
    weights = groups["count"].to_numpy(dtype=float)
    pair = groups[list(VALUES)].to_numpy(dtype=float).T
    covariance = np.cov(pair, aweights=weights)
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))
