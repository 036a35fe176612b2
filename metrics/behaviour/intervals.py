"""Shares of people with their intervals, and how often one group does what another does."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole`` people: per cent with the Wilson interval; None where nobody is."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Lift:
    """How many times as often one group does something as another, with its interval.

    None with ``reason`` (``nobody``, ``never``) where that cannot be said.
    """

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out 1."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


def share(part: int, whole: int, level: float = LEVEL) -> Share:
    """A share in per cent with the score interval of Wilson (1927), by statsmodels.

    >>> found = share(8, 10)
    >>> found.value, round(found.low, 1), round(found.high, 1)
    (80.0, 49.0, 94.3)
    >>> share(0, 0).value is None
    True
    """
    if whole <= 0:
        return Share(part, whole, None, None, None)
    low, high = proportion_confint(part, whole, alpha=1 - level, method="wilson")
    value = part / whole
    # The bounds enclose the value; rounding would miss that at 0 and 1.
    low, high = min(float(low), value), max(float(high), value)
    return Share(part, whole, 100 * value, 100 * low, 100 * high)


def lift(part: int, whole: int, other_part: int, other_whole: int, level: float = LEVEL) -> Lift:
    """The ratio of two independent shares, its interval by the adjusted log method (statsmodels).

    >>> found = lift(40, 100, 20, 100)
    >>> round(found.value, 2), found.differs
    (2.0, True)
    """
    if whole <= 0 or other_whole <= 0:
        return Lift(None, None, None, "nobody")
    if part == 0 and other_part == 0:
        return Lift(None, None, None, "never")
    low, high = confint_proportions_2indep(
        part,
        whole,
        other_part,
        other_whole,
        method="log-adjusted",
        compare="ratio",
        alpha=1 - level,
    )
    value = None if other_part == 0 else (part / whole) / (other_part / other_whole)
    return Lift(value, float(low), float(high), "" if value is not None else "never")


def differ(one: Share, other: Share, level: float = LEVEL) -> float | None:
    """The difference of two shares in percentage points where it is beyond chance, else None.

    Tested by the pooled z statistic at ``level``.
    """
    if one.value is None or other.value is None:
        return None
    pooled = (one.part + other.part) / (one.whole + other.whole)
    spread = (pooled * (1 - pooled) * (1 / one.whole + 1 / other.whole)) ** 0.5
    points = one.value - other.value
    if spread == 0 or abs(points) / 100 / spread < float(norm.ppf(0.5 + level / 2)):
        return None
    return points
