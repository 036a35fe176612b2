"""A metric over time: at each look the interval that the policy makes honest, and the boundary."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.experiments.analysis import effect_of, pair_of
from metrics.experiments.looking import honest_p, look_days, look_rule
from metrics.experiments.moments import ArmData
from metrics.experiments.plan import MetricPlan, Plan
from metrics.experiments.records import Effect, Look, LookRule


def over_time(
    plan: Plan, metric: MetricPlan, arm: str, looks: Sequence[tuple[int, Sequence[ArmData]]]
) -> tuple[Look, ...]:
    """One treatment's effect at each of ``looks``: (full days since the start, arms by then).

    Intervals are those of the look's own level, so under a group sequential plan they hold over
    all planned looks together (repeated confidence intervals, Jennison and Turnbull 1989), under
    an always-valid one over every look. Only a planned look has a boundary and can cross it.

    >>> over_time(Plan(("A", "B"), ()), MetricPlan("x", "mean", ("x",)), "B", [])
    ()
    """
    planned = set(look_days(plan))
    taken: list[int] = []
    found = []
    for day, arms in sorted(looks, key=lambda each: each[0]):
        users = sum(each.counted for each in arms if each.arm in plan.arms)
        rule = look_rule(plan, day, users, tuple(taken))
        effect = effect_of(pair_of(plan, metric, arms, arm), rule.level)
        found.append(_look(plan, rule, effect, users, tuple(taken)))
        if day in planned and day < plan.horizon_days:
            taken.append(users)
    return tuple(found)


def _look(plan: Plan, rule: LookRule, effect: Effect, users: int, taken: tuple[int, ...]) -> Look:
    p = effect.p
    significant = p is not None and effect.method != "exact" and p <= rule.level
    if p is not None:
        p = honest_p(plan, p, rule.day, users, taken) if rule.decides else None
    return Look(
        rule.day, rule.fraction, rule.decides, effect.difference, effect.lift, effect.statistic,
        rule.boundary if rule.decides else None, p, rule.decides and significant,
    )  # fmt: skip
