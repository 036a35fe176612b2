"""Two independent estimates with their variances: difference by Welch, lift by Fieller."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm, t

from metrics.experiments.records import Estimate, Reason

_NOISE = 1e-28  # a variance this small against the squared value is rounding


@dataclass(frozen=True)
class Measured:
    """A metric in one arm: its value, the variance of that value, and its degrees of freedom."""

    value: float
    variance: float
    df: float

    @property
    def constant(self) -> bool:
        """Whether users do not differ: their variance is zero but for rounding."""
        return self.variance * max(self.df, 1.0) <= _NOISE * self.value**2


def degrees(treated: Measured, control: Measured) -> float:
    """Degrees of freedom of Welch (1947) and Satterthwaite (1946).

    >>> degrees(Measured(1, 0.5, 9), Measured(2, 0.5, 9))
    18.0
    """
    one, two = treated.variance, control.variance
    spread = one**2 / max(treated.df, 1.0) + two**2 / max(control.df, 1.0)
    return (one + two) ** 2 / spread if spread > 0 else math.inf


def contrast_t(
    treated: Measured, control: Measured, ratio: float = 1.0, shift: float = 0.0
) -> float:
    """t of treatment - ratio * control - shift; 0 where both that and its variance are 0."""
    off = treated.value - ratio * control.value - shift
    variance = treated.variance + ratio**2 * control.variance
    if off == 0:
        return 0.0
    return max(-1e12, min(1e12, off / math.sqrt(max(variance, 1e-300))))


def difference(treated: Measured, control: Measured, level: float) -> Estimate:
    """Treatment - control with Welch's interval at 1 - ``level``, in the metric's unit.

    >>> found = difference(Measured(12, 0.04, 99), Measured(11, 0.05, 99), 0.05)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (1, 0.408, 1.592)
    """
    value = treated.value - control.value
    half = critical(level, degrees(treated, control)) * math.sqrt(
        treated.variance + control.variance
    )
    return Estimate(value, value - half, value + half)


def lift(treated: Measured, control: Measured, level: float) -> Estimate:
    """Treatment / control - 1 with the interval of Fieller (1954) at 1 - ``level``.

    Fieller's set holds the ratios r that the test of treatment - r * control = 0 does not reject:
    it has the right coverage also for a noisy control, and leaves out 0 exactly where the
    interval of the difference does. The delta method is its limit for a precise control. Without
    bounds where the control itself does not differ from 0.

    >>> found = lift(Measured(12, 0.04, 99), Measured(10, 0.05, 99), 0.05)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.2, 0.136, 0.268)
    """
    if control.value <= 0:
        return Estimate(None, reason=Reason.of("control_not_positive"))
    value = (treated.value - control.value) / control.value
    square = critical(level, degrees(treated, control)) ** 2
    a = control.value**2 - square * control.variance
    if a <= 0:
        return Estimate(value, reason=Reason.of("control_near_zero"))
    # in terms of the difference: products of two large amounts would leave only rounding
    middle = (treated.value - control.value) * control.value + square * control.variance
    inside = treated.variance * a + treated.value**2 * control.variance
    root = math.sqrt(square * max(inside, 0.0))
    return Estimate(value, (middle - root) / a, (middle + root) / a)


def critical(level: float, df: float = math.inf) -> float:
    """The two-sided critical value of Student's t, of the normal for infinite ``df``.

    >>> round(critical(0.05), 4), round(critical(0.05, 10), 4)
    (1.96, 2.2281)
    """
    found = norm.isf(level / 2) if math.isinf(df) else t.isf(level / 2, df)
    return min(float(found), 1e6)


def two_sided_p(statistic: float, df: float = math.inf) -> float:
    """Two-sided p of a t statistic, of a z for infinite ``df``.

    >>> round(two_sided_p(1.96), 4)
    0.05
    """
    return 2 * upper_p(abs(statistic), df)


def upper_p(statistic: float, df: float = math.inf) -> float:
    """The chance of a larger statistic."""
    return float(norm.sf(statistic) if math.isinf(df) else t.sf(statistic, df))
