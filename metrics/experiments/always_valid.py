"""Confidence sequences: intervals that hold at every look at once, however often one looks.

Asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024),
"Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics
52(6), theorem 2.2; the same numbers as a mixture sequential probability ratio test with a normal
mixture (Robbins 1970). Narrowest near the users it is tuned to, which are fixed beforehand.
"""

from __future__ import annotations

import math

from scipy.stats import norm

TUNED_TO = 10_000  # users, where the plan names none


def boundary(
    users: float, alpha: float = 0.05, tuned_to: float | None = None, tuned_at: float | None = None
) -> float:
    """The critical \\|z\\| after ``users`` of all arms; users > 0.

    sqrt((1 + 1 / m) log((1 + m) / alpha^2)), m = users * rho^2, and
    rho^2 = (-2 log alpha + log(1 - 2 log alpha)) / tuned_to (their equation 24), where alpha is
    ``tuned_at`` if that is given: one sequence has one rho, whatever levels are read off it.

    >>> round(boundary(10_000, 0.05, 10_000), 3)
    3.035
    """
    m = _mixed(users, tuned_at or alpha, tuned_to)
    return math.sqrt((1 + 1 / m) * math.log((1 + m) / alpha**2))


def level(users: float, alpha: float = 0.05, tuned_to: float | None = None) -> float:
    """The two-sided level of an ordinary interval that is as wide.

    >>> round(level(10_000, 0.05, 10_000), 4)
    0.0024
    """
    return float(2 * norm.sf(boundary(users, alpha, tuned_to)))


def always_p(p: float, users: float, alpha: float = 0.05, tuned_to: float | None = None) -> float:
    """The p that is valid at every look, from the ordinary two-sided one.

    The smallest level whose sequence, tuned as that of ``alpha``, leaves out no effect; it is at
    most ``alpha`` exactly where the sequence of ``alpha`` does.

    >>> round(always_p(level(5_000), 5_000), 6)
    0.05
    """
    m = _mixed(users, alpha, tuned_to)
    z = float(norm.isf(max(p, 5e-324) / 2))
    exponent = 0.5 * (math.log1p(m) - z * z * m / (1 + m))
    return min(1.0, math.exp(max(exponent, -745.0)))


def _mixed(users: float, alpha: float, tuned_to: float | None) -> float:
    tail = -2 * math.log(alpha)
    return users * (tail + math.log(1 + tail)) / (tuned_to or TUNED_TO)
