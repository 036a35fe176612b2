"""Whether an experiment can be believed: split, users in two arms, order of events, days."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite

from scipy.stats import chisquare

from metrics.experiments.moments import ArmData
from metrics.experiments.plan import Limits, Plan
from metrics.experiments.records import ArmSize, Enrolment, Health, HealthState, Reason


def ratio_p(users: Sequence[int], shares: Sequence[float]) -> float | None:
    """p of the chi-square test that users came in the planned shares; None where nobody came.

    >>> round(ratio_p([44700, 45489], [0.5, 0.5]), 4)
    0.0086
    """
    total, parts = sum(users), sum(shares)
    if total <= 0 or len(users) < 2 or min(shares) <= 0 or min(users) < 0 or not isfinite(parts):
        return None
    return float(chisquare(list(users), [total * share / parts for share in shares]).pvalue)


def health(plan: Plan, arms: Sequence[ArmData], enrolment: Enrolment) -> Health:
    """Problems, which make the experiment invalid, and warnings."""
    by_name = {arm.arm: arm.users for arm in arms}
    users = [by_name.get(name, 0) for name in plan.arms]
    problems = _incomplete(plan)
    p = None if problems else ratio_p(users, plan.shares)
    problems += [*_empty(plan, users), *_ratio(p, plan.limits, broken=True)]
    crossed = _share(enrolment.crossed, sum(users) + enrolment.crossed)
    if crossed > plan.limits.crossed_invalid:
        problems.append(_crossed(enrolment.crossed, crossed, plan.limits.crossed_invalid))
    late = _share(enrolment.late, sum(users))
    if late > plan.limits.late_invalid:
        problems.append(_late(enrolment.late, late))
    unplanned = set(by_name) - set(plan.arms) | {name for name, n in enrolment.unplanned if n}
    warnings = [Reason.of("unplanned_arm", arm=name) for name in sorted(unplanned)]
    warnings += _ratio(p, plan.limits, broken=False)
    warnings += _enrolment(plan.limits, enrolment, sum(users))
    state: HealthState = "invalid" if problems else "warned" if warnings else "good"
    return Health(state, _sizes(plan, users), p, tuple(problems), tuple(warnings))


def _sizes(plan: Plan, users: Sequence[int]) -> tuple[ArmSize, ...]:
    total, shares = sum(users), plan.shares if not _incomplete(plan) else ()
    even = (1 / max(len(users), 1),) * len(users)
    return tuple(
        ArmSize(arm, n, total * share, share)
        for arm, n, share in zip(plan.arms, users, shares or even, strict=True)
    )


def _incomplete(plan: Plan) -> list[Reason]:
    """What a plan lacks to be analysed at all."""
    lacking = []
    if len(plan.arms) < 2 or len(set(plan.arms)) < len(plan.arms):
        lacking.append("arms")
    fine = all(0 < share < inf for share in plan.split)
    fits = not plan.split or (len(plan.split) == len(plan.arms) and fine)
    if not fits:
        lacking.append("split")
    if not 0 < plan.alpha < 1:
        lacking.append("alpha")
    if plan.horizon_days < 1:
        lacking.append("horizon_days")
    if any(not 0 < look <= 1 for look in plan.looks):
        lacking.append("looks")
    return [Reason.of("plan_incomplete", field=field) for field in lacking]


def _empty(plan: Plan, users: Sequence[int]) -> list[Reason]:
    pairs = zip(plan.arms, users, strict=True)
    return [Reason.of("no_users", arm=arm) for arm, n in pairs if n <= 0]


def _ratio(p: float | None, limits: Limits, *, broken: bool) -> list[Reason]:
    if p is None:
        return []
    if p < limits.ratio_invalid:
        found = Reason.of("sample_ratio_broken", p=p, limit=limits.ratio_invalid)
        return [found] if broken else []
    if p < limits.ratio_warned and not broken:
        return [Reason.of("sample_ratio_warning", p=p, limit=limits.ratio_warned)]
    return []


def _enrolment(limits: Limits, enrolment: Enrolment, users: int) -> list[Reason]:
    found = []
    crossed = _share(enrolment.crossed, users + enrolment.crossed)
    if limits.crossed_warned < crossed <= limits.crossed_invalid:
        found.append(_crossed(enrolment.crossed, crossed, limits.crossed_warned))
    if enrolment.duplicated:
        found.append(Reason.of("duplicated_users", users=enrolment.duplicated))
    late = _share(enrolment.late, users)
    if limits.late_warned < late <= limits.late_invalid:
        found.append(_late(enrolment.late, late))
    if enrolment.days < limits.fewest_days:
        found.append(Reason.of("less_than_a_week", days=enrolment.days, needed=limits.fewest_days))
    return found


def _crossed(users: int, share: float, limit: float) -> Reason:
    return Reason.of("users_in_two_arms", users=users, share=share, limit=limit)


def _late(users: int, share: float) -> Reason:
    return Reason.of("outcome_before_exposure", users=users, share=share)


def _share(part: int, whole: int) -> float:
    return part / whole if whole > 0 else 0.0
