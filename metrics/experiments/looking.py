"""Whether the plan lets a look decide, and the level at which its intervals are honest."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from scipy.optimize import brentq
from scipy.stats import norm

from metrics.experiments import always_valid, sequential
from metrics.experiments.plan import Plan
from metrics.experiments.records import LookRule, Reason

_LEAST_P = 1e-10


def look_days(plan: Plan) -> tuple[int, ...]:
    """The full days after which the plan looks; under an always-valid plan, every day.

    >>> look_days(Plan(("A", "B"), (), policy="pocock", looks=(0.5, 1.0), horizon_days=14))
    (7, 14)
    """
    if plan.policy == "always_valid":
        return tuple(range(1, max(plan.horizon_days, 1) + 1))
    days = (max(1, math.ceil(share * plan.horizon_days - 1e-9)) for share in plan.fractions)
    return tuple(sorted(set(days)))


def look_rule(plan: Plan, day: int, users: int, taken: Sequence[int] = ()) -> LookRule:
    """What the plan says of a look after ``day`` full days with ``users`` in all arms.

    ``taken``: users of all arms at the planned looks before this one; without them the
    information is taken to grow with the days. A look past the horizon is the last one.
    """
    z = _critical(plan, plan.alpha, day, users, taken)
    last = day >= plan.horizon_days
    fraction = min(day / max(plan.horizon_days, 1), 1.0)
    reason: Reason | None = None
    if plan.policy == "fixed":
        if not last:
            reason = Reason.of("before_horizon", day=day, horizon=plan.horizon_days)
    elif plan.policy != "always_valid":
        reason = _unplanned(plan, day)
    level = float(2 * norm.sf(z))
    return LookRule(plan.policy, day, fraction, reason is None, last, level, z, reason)


def look_level(plan: Plan, alpha: float, day: int, users: int, taken: Sequence[int] = ()) -> float:
    """The two-sided level of an interval at this look that keeps ``alpha`` over all looks.

    >>> round(look_level(Plan(("A", "B"), ()), 0.01, 14, 5000), 4)
    0.01
    """
    return float(2 * norm.sf(_critical(plan, alpha, day, users, taken)))


def honest_p(plan: Plan, p: float, day: int, users: int, taken: Sequence[int] = ()) -> float:
    """p under the plan's policy, from that of a single look: the smallest alpha that is crossed.

    At most alpha exactly where this look's boundary is crossed, so it can be corrected for many
    metrics as any p. Group sequential: the repeated p of Jennison and Turnbull (1989), JRSS B 51,
    not below 1e-10; always valid: that of the confidence sequence.

    >>> round(honest_p(Plan(("A", "B"), (), policy="pocock", looks=(0.5, 1.0)), 0.02, 14, 900), 3)
    0.037
    """
    if plan.policy == "fixed":
        return p
    if plan.policy == "always_valid":
        return always_valid.always_p(p, max(users, 1), plan.alpha, plan.users)

    def off(log_alpha: float) -> float:
        return look_level(plan, math.exp(log_alpha), day, users, taken) - p

    low, high = math.log(_LEAST_P), math.log(0.999)
    if off(low) >= 0:
        return _LEAST_P
    return 1.0 if off(high) <= 0 else math.exp(brentq(off, low, high, xtol=1e-9))


def _critical(plan: Plan, alpha: float, day: int, users: int, taken: Sequence[int]) -> float:
    """The critical |z| of a look at a level over all looks."""
    if plan.policy == "fixed":
        return float(norm.isf(alpha / 2))
    if plan.policy == "always_valid":
        return always_valid.boundary(max(users, 1), alpha, plan.users, plan.alpha)
    return _group_boundary(plan, alpha, day, users, taken)


def _unplanned(plan: Plan, day: int) -> Reason | None:
    """Why a group sequential look may not decide; None where it may."""
    days = look_days(plan)
    if day in days or day >= plan.horizon_days:
        return None
    coming = min((each for each in days if each > day), default=plan.horizon_days)
    return Reason.of("look_not_planned", day=day, next=coming)


def _group_boundary(plan: Plan, alpha: float, day: int, users: int, taken: Sequence[int]) -> float:
    """The boundary of this look; at an unplanned one, that of the next: it decides nothing."""
    days = look_days(plan)
    place = next((i for i, each in enumerate(days) if each >= day), len(days) - 1)
    fractions = tuple(min(each / plan.horizon_days, 1.0) for each in days[: place + 1])
    if day >= plan.horizon_days:
        fractions = (*fractions[:-1], 1.0)
    spending: sequential.Spending = "pocock" if plan.policy == "pocock" else "obrien_fleming"
    information = tuple(float(each) for each in (*taken, users))
    rising = all(a < b for a, b in itertools.pairwise(information))
    fits = taken and len(information) == len(fractions) and rising and information[0] > 0
    return sequential.boundaries(spending, fractions, alpha, _scaled(information) if fits else ())[
        -1
    ]


def _scaled(information: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(each / information[-1] for each in information)
