"""What an experiment fixes before it starts: arms, metrics, limits and when to look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["proportion", "mean", "ratio", "quantile"]
Role = Literal["primary", "secondary", "guardrail"]
Better = Literal["higher", "lower"]
Policy = Literal["fixed", "obrien_fleming", "pocock", "always_valid"]
Correction = Literal["none", "holm", "benjamini_hochberg"]


@dataclass(frozen=True)
class Margin:
    """How much worse a guardrail may get: positive, whichever direction is worse.

    ``relative``: as a share of the control's value (0.02: two per cent of it); otherwise in the
    metric's own unit (a proportion's: 0.02 is two points).
    """

    value: float
    relative: bool = True


@dataclass(frozen=True)
class MetricPlan:
    """A metric: one number per user (two for a ratio), and how arms are compared by it.

    ``columns``: names in the moments: (value,), for a ratio (numerator, denominator); a
    proportion's value is 0 or 1. A quantile's values stand in ``ArmData.values`` under ``id``.
    ``covariates``: columns measured before the exposure (CUPED); a covariate that new users lack
    comes as two columns, the value with 0 where it lacks and a flag (``cuped.known``).
    ``quantile``: which one (0.5: median). ``winsorised``: values above this quantile of all arms
    together were capped at it; None: not.

    >>> MetricPlan("spend", "mean", ("spend",), role="primary").better
    'higher'
    """

    id: str
    kind: Kind
    columns: tuple[str, ...]
    role: Role = "secondary"
    better: Better = "higher"
    margin: Margin | None = None
    covariates: tuple[str, ...] = ()
    quantile: float = 0.5
    winsorised: float | None = None


@dataclass(frozen=True)
class Limits:
    """From where on a result is warned, withheld or not yet said.

    ``ratio_warned``, ``ratio_invalid``: p of the sample-ratio check. ``crossed_warned``,
    ``crossed_invalid``: share of users seen in two arms. ``late_warned``, ``late_invalid``: share
    of users whose outcome came before their exposure; where such outcomes are left out anyway
    (those of the warehouse) they make nothing invalid. ``fewest_users``, ``fewest_conversions``:
    per arm, for an interval; ``fewest_unlike``: conversions of an amount where one arm has more
    than three times the users of the other, for there skewed amounts do not cancel out.
    ``fewest_days``: full days, so that each day of the week is in.
    """

    ratio_warned: float = 0.01
    ratio_invalid: float = 0.001
    crossed_warned: float = 0.001
    crossed_invalid: float = 0.05
    late_warned: float = 0.001
    late_invalid: float = 1.0
    fewest_users: int = 200
    fewest_conversions: int = 10
    fewest_unlike: int = 100
    fewest_days: int = 7


@dataclass(frozen=True)
class Plan:
    """What is fixed before the start.

    ``arms``: the first is the control; ``split``: the share each was to get, empty for equal ones.
    ``looks``: information fractions in (0, 1] at which a group sequential plan decides, empty for
    five equal ones. ``horizon_days``: full days until the last look. ``users``: all arms together
    at the horizon, None where no number was planned; then fractions are those of the days.

    >>> Plan(arms=("A", "B"), metrics=()).shares
    (0.5, 0.5)
    """

    arms: tuple[str, ...]
    metrics: tuple[MetricPlan, ...]
    split: tuple[float, ...] = ()
    alpha: float = 0.05
    power: float = 0.8
    correction: Correction = "holm"
    policy: Policy = "fixed"
    looks: tuple[float, ...] = ()
    horizon_days: int = 14
    users: int | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def shares(self) -> tuple[float, ...]:
        """The planned share of each arm; they add up to 1."""
        parts = self.split or (1.0,) * len(self.arms)
        return tuple(part / sum(parts) for part in parts)

    @property
    def fractions(self) -> tuple[float, ...]:
        """The planned looks, in order; one at the end for a fixed horizon."""
        if self.policy == "fixed":
            return (1.0,)
        return tuple(sorted(self.looks)) or (0.2, 0.4, 0.6, 0.8, 1.0)
