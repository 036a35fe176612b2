"""Planning: users, power, detectable effect and days, for each metric kind, non-inferiority too.

One formula for all kinds (Chow, Shao and Wang, "Sample Size Calculations in Clinical Research",
chapters 3 and 4): n(control) = (z(alpha / 2) s0 + z(power) s1)^2 / distance^2, where s^2 is the
variance of the difference for one user in the control: s1 with each arm's own variance, s0, for
proportions, with the pooled one. It is the normal approximation; for means statsmodels' t based
answer has two or three users more. Non-inferiority: distance is effect + margin, one-sided at
alpha / 2, and s0 = s1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.stats import norm

from metrics.experiments import always_valid, quantiles, ratio, sequential
from metrics.experiments.moments import ArmData
from metrics.experiments.plan import Kind, MetricPlan, Plan
from metrics.experiments.records import Reason


@dataclass(frozen=True)
class Baseline:
    """A metric before the experiment: its value and its standard deviation for one user.

    The deviation of a ratio is that of its linear part, of a quantile that which gives the
    quantile's variance when divided by n. ``saved``: share of the variance that CUPED takes.
    """

    kind: Kind
    value: float
    deviation: float
    saved: float = 0.0

    @staticmethod
    def proportion(value: float, saved: float = 0.0) -> Baseline:
        """Of a proportion in [0, 1].

        >>> Baseline.proportion(0.2).deviation
        0.4
        """
        return Baseline("proportion", value, math.sqrt(max(value * (1 - value), 0.0)), saved)

    @staticmethod
    def of(metric: MetricPlan, arm: ArmData) -> Baseline | Reason:
        """From users before the experiment, or the reason why there is none."""
        if metric.kind == "quantile":
            data = arm.values.get(metric.id)
            if data is None or data.n < 3:
                return Reason.of("no_users", arm=arm.arm)
            found = quantiles.measured(data, metric.quantile)
            return Baseline("quantile", found.value, math.sqrt(found.variance * data.n))
        arm = arm.of(metric.id)
        missing = [name for name in metric.columns if name not in arm.moments.names]
        if missing:
            return Reason.of("missing_column", column=missing[0])
        if arm.moments.n < 2:
            return Reason.of("no_users", arm=arm.arm)
        if metric.kind == "ratio" and arm.moments.mean(metric.columns[1]) == 0:
            return Reason.of("zero_denominator", arm=arm.arm)
        adjusted = ratio.measured([arm.moments], metric.columns, metric.covariates)
        plain, saved = adjusted.plain[0], adjusted.saved or 0.0
        if metric.kind == "proportion":
            return Baseline.proportion(min(max(plain.value, 0.0), 1.0), saved)
        return Baseline(metric.kind, plain.value, math.sqrt(plain.variance * arm.moments.n), saved)


@dataclass(frozen=True)
class Size:
    """Users of the control and of each treatment, and of all arms; None with a reason."""

    control: int | None
    treatment: int | None
    total: int | None
    reason: Reason | None = None


def sample_size(
    baseline: Baseline, effect: float, plan: Plan | None = None, margin: float | None = None
) -> Size:
    """Users needed to find ``effect``, a difference in the metric's unit, at the plan's power.

    ``margin`` (positive, in the metric's unit): for non-inferiority instead, where ``effect`` is
    the true difference counted positive for better (0: as good). Several treatments: the level is
    divided by their number (Bonferroni, which Holm never falls short of). Looking early costs:
    the users are those of the last look.

    >>> sample_size(Baseline.proportion(0.1), 0.02).control
    3841
    """
    used = plan or _PLAIN
    share = _treatment_ratio(used)
    distance = abs(effect) if margin is None else effect + margin
    if not (distance > 0 and math.isfinite(distance)) or baseline.deviation <= 0:
        return Size(None, None, None, Reason.of("no_variance"))
    null, own = _deviations(baseline, effect if margin is None else 0.0, share)
    if own is None:
        return Size(None, None, None, Reason.of("out_of_range", column="effect"))
    quantile = float(norm.isf(_level(used) / 2))
    drift = quantile * (null if margin is None else own) + float(norm.ppf(used.power)) * own
    control = math.ceil((drift / distance) ** 2 * cost_of_looking(used) - 1e-9)
    treatment = math.ceil(control * share - 1e-9)
    return Size(control, treatment, control + treatment * (len(used.arms) - 1))


def power(
    baseline: Baseline, effect: float, users: int, plan: Plan | None = None,
    margin: float | None = None,
) -> float | None:  # fmt: skip
    """The chance to find ``effect`` with ``users`` in the control; None where it is undefined.

    >>> round(power(Baseline.proportion(0.1), 0.02, 3841), 3)
    0.8
    """
    used = plan or _PLAIN
    share = _treatment_ratio(used)
    null, own = _deviations(baseline, effect if margin is None else 0.0, share)
    if own is None or own <= 0 or users <= 0:
        return None
    distance = abs(effect) if margin is None else effect + margin
    root = math.sqrt(users / cost_of_looking(used))
    first = float(norm.isf(_level(used) / 2)) * (null if margin is None else own)
    return float(norm.cdf((distance * root - first) / own))


def detectable(baseline: Baseline, users: int, plan: Plan | None = None) -> float | None:
    """The smallest increase that ``users`` in the control find at the plan's power.

    In the metric's unit; None where even the largest possible one is not found.

    >>> round(detectable(Baseline("mean", 50.0, 20.0), 1000), 3)
    2.506
    """
    used = plan or _PLAIN
    if users <= 0 or baseline.deviation <= 0:
        return None

    def lacking(effect: float) -> float:
        return (power(baseline, effect, users, used) or 0.0) - used.power

    proportion = baseline.kind == "proportion"
    most = (1 - baseline.value) * (1 - 1e-9) if proportion else 100 * baseline.deviation
    if most <= 0 or lacking(most) < 0:
        return None
    return float(brentq(lacking, most * 1e-12, most, xtol=most * 1e-14))


def duration(total: int, users_per_day: float, whole_weeks: bool = True) -> int | None:
    """Full days until ``total`` users are in, in whole weeks; None without traffic.

    >>> duration(10_000, 900), duration(10_000, 900, whole_weeks=False)
    (14, 12)
    """
    if not (users_per_day > 0 and math.isfinite(users_per_day)) or total <= 0:
        return None
    days = math.ceil(total / users_per_day - 1e-9)
    return math.ceil(days / 7) * 7 if whole_weeks else days


def cost_of_looking(plan: Plan) -> float:
    """How many times the users of a fixed horizon the policy needs at the last look."""
    level = _level(plan)
    if plan.policy == "fixed":
        return 1.0
    if plan.policy == "always_valid":
        wider = always_valid.boundary(1.0, level, 1.0)  # at the users that it is tuned to
        gain = float(norm.ppf(plan.power))
        return ((wider + gain) / (float(norm.isf(level / 2)) + gain)) ** 2
    spending: sequential.Spending = "pocock" if plan.policy == "pocock" else "obrien_fleming"
    return sequential.inflation(spending, plan.fractions, level, plan.power)


def _level(plan: Plan) -> float:
    return plan.alpha / max(len(plan.arms) - 1, 1)


def _treatment_ratio(plan: Plan) -> float:
    """Users of the smallest treatment for one in the control."""
    return min(plan.shares[1:]) / plan.shares[0] if len(plan.shares) > 1 else 1.0


def _deviations(baseline: Baseline, effect: float, share: float) -> tuple[float, float | None]:
    """s0 and s1; s1 is None where the treatment's proportion would leave [0, 1]."""
    kept = 1 - min(max(baseline.saved, 0.0), 1.0)
    variance = baseline.deviation**2
    if baseline.kind != "proportion":
        both = math.sqrt(variance * (1 + 1 / share) * kept)
        return both, both
    treated = baseline.value + effect
    if not 0 <= treated <= 1:
        return 0.0, None
    pooled = (baseline.value + share * treated) / (1 + share)
    null = math.sqrt(pooled * (1 - pooled) * (1 + 1 / share) * kept)
    return null, math.sqrt((variance + treated * (1 - treated) / share) * kept)


_PLAIN = Plan(arms=("control", "treatment"), metrics=())
