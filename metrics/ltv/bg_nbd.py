"""BG/NBD: how often a user buys, and whether the user still does.

While active a user buys at a rate that differs by user (gamma: r, alpha); after each purchase the
user may leave with a chance that differs by user (beta: a, b). Time is in weeks.
Source: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to
the Pareto/NBD Model, Marketing Science 24(2), 275-284.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import digamma, expit, gammaln, hyp2f1

from metrics.ltv.histories import TIMES, Floats, collapse, problem
from metrics.ltv.likelihood import Fitted, maximise

MIN_USERS = 100
MIN_REPEATERS = 30
STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 0.2, 0.8, 2.5), (2.0, 0.5, 0.3, 3.0), (0.7, 1.0, 3.0, 6.0))
NEAR_ONE = 1e-4
LOW_C = 0.05


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters; alpha in weeks; n users."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    n: int

    def probability_alive(
        self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats:
        """Chance, 0 to 1, that the user has not left by the end of the observation.

        Source: Fader, Hardie and Lee (2008), Computing P(alive) Using the BG/NBD Model; one row
        a user, weeks. ValueError for rows that cannot be histories. Who never bought again is
        alive for sure: the model lets users leave only after a repeat purchase.

        >>> model = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
        >>> model.probability_alive([0, 2], [0, 30.43], [38.86, 38.86]).round(4).tolist()
        [1.0, 0.7266]
        """
        x, seen, lived = _checked(frequency, recency, age)
        log_odds = np.log(np.maximum(self.b + x - 1, 1e-300) / self.a) - (self.r + x) * np.log(
            (self.alpha + lived) / (self.alpha + seen)
        )
        return np.where(x > 0, expit(log_odds), 1.0)

    def expected_purchases(
        self,
        horizon: float,
        frequency: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
    ) -> Floats:
        """Expected purchases of each user in the ``horizon`` weeks after the observation.

        Source: equation (10) of the paper, its hypergeometric function turned by Euler's
        transformation, so that users with hundreds of purchases stay finite.

        >>> model = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
        >>> model.expected_purchases(39, [2], [30.43], [38.86]).round(3).tolist()
        [1.226]
        """
        x, _, lived = _checked(frequency, recency, age)
        if not np.isfinite(horizon) or horizon < 0:
            raise ValueError(f"horizon is {horizon}; expected weeks, 0 or more")
        alive = self.probability_alive(frequency, recency, age)
        return alive * self._if_alive(float(horizon), x, lived)

    def _if_alive(self, horizon: float, x: Floats, age: Floats) -> Floats:
        if abs(self.a - 1) < NEAR_ONE:  # removable singularity: both sides agree to NEAR_ONE ** 2
            sides = (1 - 2 * NEAR_ONE, 1 + 2 * NEAR_ONE)
            below, above = (self._purchases(side, horizon, x, age) for side in sides)
            return (below + above) / 2
        return self._purchases(self.a, horizon, x, age)

    def _purchases(self, a: float, horizon: float, x: Floats, age: Floats) -> Floats:
        """Expected purchases given alive, for a not 1: equation (10) without its denominator."""
        z = horizon / (self.alpha + age + horizon)
        series = _series(a - 1, a + self.b - 1 - self.r, a + self.b + x - 1, z)
        return ((a + self.b + x - 1) - (1 - z) ** (a - 1) * series) / (a - 1)


def _series(one: float, other: float, c: Floats, z: Floats) -> Floats:
    """c times 2F1(one, other; c; z), finite also where c, which is above -1, is 0 or below."""
    if c.min(initial=1.0) > LOW_C:
        return np.asarray(c * hyp2f1(one, other, c, z), dtype=float)
    rest = hyp2f1(one + 1, other + 1, c + 2, z) * one * other * z / (c + 1)
    return np.asarray(c * hyp2f1(one, other, c + 1, z) + rest, dtype=float)


def fit_bg_nbd(
    rows: pd.DataFrame, min_users: int = MIN_USERS, min_repeaters: int = MIN_REPEATERS
) -> Fitted[BgNbd]:
    """The model of highest likelihood for rows with frequency, recency, age and perhaps count.

    Refused, with the reason, when there are too few users or too few who bought again, when the
    rows are impossible, and when the data do not determine the parameters.

    >>> fit_bg_nbd(pd.DataFrame({"frequency": [0.0], "recency": [0.0], "age": [5.0]})).reason
    'too few users: 1, at least 100 needed'
    """
    groups = collapse(rows, TIMES)
    x, seen, lived = (groups[name].to_numpy(dtype=float) for name in TIMES)
    count = groups["count"].to_numpy(dtype=float)
    n = int(count.sum())
    repeaters = int(count[x > 0].sum())
    if n < min_users:
        return Fitted(None, f"too few users: {n}, at least {min_users} needed")
    impossible = problem(x, seen, lived)
    if impossible:
        return Fitted(None, impossible)
    if repeaters < min_repeaters:
        words = f"too few users bought again: {repeaters}, at least {min_repeaters} needed"
        return Fitted(None, words)
    unit = float((count * lived).sum() / n)
    if unit <= 0:
        return Fitted(None, "no user was observed for longer than a day")

    def likelihood(logs: Floats) -> tuple[float, Floats]:
        return log_likelihood(np.exp(logs), x, seen / unit, lived / unit, count)

    peak = maximise(likelihood, STARTS, ("r", "alpha", "a", "b"), n)
    if peak.parameters is None:
        return Fitted(None, peak.reason)
    r, alpha, a, b = peak.parameters
    value, _ = log_likelihood(np.array([r, alpha * unit, a, b]), x, seen, lived, count)
    return Fitted(BgNbd(r, alpha * unit, a, b, value, n))


def log_likelihood(
    parameters: Floats, x: Floats, seen: Floats, lived: Floats, count: Floats
) -> tuple[float, Floats]:
    """Log-likelihood of r, alpha, a, b and its gradient by their logarithms.

    Source: the likelihood of the paper; ``seen`` is recency, ``lived`` age, ``count`` users a row.
    """
    r, alpha, a, b = (float(p) for p in parameters)
    again = x > 0
    stays = -(r + x) * np.log(alpha + lived)
    left = np.full_like(x, -np.inf)
    left[again] = (
        np.log(a) - np.log(b + x[again] - 1) - (r + x[again]) * np.log(alpha + seen[again])
    )
    both = np.logaddexp(stays, left)
    gone = np.exp(left - both)
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    drop = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    kept = 1 - gone
    by_r = digamma(r + x) - digamma(r) + np.log(alpha)
    by_r -= kept * np.log(alpha + lived) + gone * np.log(alpha + seen)
    by_alpha = r / alpha - (r + x) * (kept / (alpha + lived) + gone / (alpha + seen))
    common = digamma(a + b) - digamma(a + b + x)
    by_a = common + gone / a
    by_b = common + digamma(b + x) - digamma(b)
    by_b[again] -= gone[again] / (b + x[again] - 1)
    slopes = [by_r * r, by_alpha * alpha, by_a * a, by_b * b]
    gradient = np.array([float((count * slope).sum()) for slope in slopes])
    return float((count * (rate + drop + both)).sum()), gradient


def _checked(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    x, seen, lived = np.broadcast_arrays(
        np.asarray(frequency, dtype=float),
        np.asarray(recency, dtype=float),
        np.asarray(age, dtype=float),
    )
    impossible = problem(np.atleast_1d(x), np.atleast_1d(seen), np.atleast_1d(lived))
    if impossible:
        raise ValueError(impossible)
    return x, seen, lived
