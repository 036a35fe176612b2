"""From a plan and what was measured to all that is said of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from metrics.experiments import many
from metrics.experiments.bayes import bayes
from metrics.experiments.effects import direction, effect
from metrics.experiments.health import health
from metrics.experiments.looking import honest_p, look_level, look_rule
from metrics.experiments.moments import ArmData, Moments
from metrics.experiments.noninferiority import guardrail
from metrics.experiments.pairs import Pair, counts
from metrics.experiments.plan import MetricPlan, Plan, Role
from metrics.experiments.records import (
    Analysis,
    Bayes,
    Effect,
    Enrolment,
    Estimate,
    Guardrail,
    Health,
    LookRule,
    Reason,
    Verdict,
)
from metrics.experiments.verdict import overall, verdict

_ROLES: tuple[Role, ...] = ("primary", "secondary", "guardrail")


def analyse(
    plan: Plan,
    arms: Sequence[ArmData],
    enrolment: Enrolment,
    taken: Sequence[int] = (),
) -> Analysis:
    """All that is said of an experiment at the look after ``enrolment.days`` full days.

    ``arms``: in any order, found by their names; one that lacks counts as one without users.
    ``taken``: users with values at the planned looks before this one (group sequential plans).
    p and intervals are corrected within a role, over its metrics and all treatments: primary and
    secondary ones by ``plan.correction``; guardrails are not corrected, as all must hold
    (an intersection-union test, Berger 1982). Where the experiment is invalid no number is given.

    >>> def arm(name, buyers):
    ...     return ArmData(name, 1000, Moments.of({"buys": [1] * buyers + [0] * (1000 - buyers)}))
    >>> plan = Plan(("A", "B"), (MetricPlan("buys", "proportion", ("buys",), role="primary"),))
    >>> found = analyse(plan, [arm("A", 100), arm("B", 150)], Enrolment(days=14))
    >>> found.verdict.outcome, round(found.effects[0].lift.value, 3)
    ('ship', 0.5)
    """
    ordered = [_arm(arms, name) for name in plan.arms]
    users = sum(arm.counted for arm in ordered)
    state = health(plan, arms, enrolment)
    if state.state == "invalid":
        return _invalid(plan, state, enrolment)
    look = look_rule(plan, enrolment.days, users, taken)
    found = [each for role in _ROLES for each in _effects(plan, role, ordered, look, users, taken)]
    guards = _guardrails(plan, ordered, found)
    verdicts = tuple(
        verdict(
            arm, state, look,
            [each for each in found if each.arm == arm and each.role == "primary"],
            [each for each in guards if each.arm == arm],
        )
        for arm in plan.arms[1:]
    )  # fmt: skip
    views = _bayes(plan, ordered, found)
    return Analysis(state, look, tuple(found), guards, views, verdicts, overall(verdicts, state))


def pair_of(plan: Plan, metric: MetricPlan, arms: Sequence[ArmData], arm: str) -> Pair:
    """The control and a treatment by one metric, of arms in any order."""
    ordered = tuple(_arm(arms, name).of(metric.id) for name in plan.arms)
    return Pair(metric, ordered[0], _arm(arms, arm).of(metric.id), ordered, plan.limits)


def effect_of(pair: Pair, level: float) -> Effect:
    """The effect of a pair at a level."""
    return effect(pair.metric, pair.control, pair.treatment, level, pair.everyone, pair.limits)


def _arm(arms: Sequence[ArmData], name: str) -> ArmData:
    found = next((each for each in arms if each.arm == name), None)
    return found or ArmData(name, 0, Moments.empty(()))


def _effects(
    plan: Plan,
    role: Role,
    arms: Sequence[ArmData],
    look: LookRule,
    users: int,
    taken: Sequence[int],
) -> list[Effect]:
    """Effects of one role's metrics in all treatments, corrected together."""
    pairs = [
        pair_of(plan, metric, arms, arm.arm)
        for metric in plan.metrics
        if metric.role == role
        for arm in arms[1:]
    ]
    found = [effect_of(pair, look.level) for pair in pairs]
    correction = "none" if role == "guardrail" else plan.correction
    now = (look.day, users, taken)
    single = [None if each.p is None else honest_p(plan, each.p, *now) for each in found]
    corrected = many.adjusted(single, correction)
    alphas = many.interval_levels(single, correction, plan.alpha)
    done = []
    for pair, each, p, alone, alpha in zip(pairs, found, corrected, single, alphas, strict=True):
        significant = None if p is None or each.method == "exact" else p <= plan.alpha
        way = direction(pair.metric, each.difference.value, significant)
        level = None if alpha is None else look_level(plan, alpha, *now)
        interval = _at(pair, each, level)
        done.append(replace(each, p=alone, p_adjusted=p, adjusted=interval, direction=way))
    return done


def _at(pair: Pair, found: Effect, level: float | None) -> Estimate | None:
    """The difference with its interval at another level."""
    if level is None or level == found.level:
        return None if level is None else found.difference
    return effect_of(pair, level).difference


def _guardrails(
    plan: Plan, arms: Sequence[ArmData], found: Sequence[Effect]
) -> tuple[Guardrail, ...]:
    metrics = {metric.id: metric for metric in plan.metrics if metric.role == "guardrail"}
    return tuple(
        guardrail(pair_of(plan, metrics[each.metric], arms, each.arm), each)
        for each in found
        if each.role == "guardrail"
    )


def _bayes(plan: Plan, arms: Sequence[ArmData], found: Sequence[Effect]) -> tuple[Bayes, ...]:
    metrics = {metric.id: metric for metric in plan.metrics}
    views = []
    for each in found:
        pair = pair_of(plan, metrics[each.metric], arms, each.arm)
        counted = each.method in ("score", "exact")
        views.append(bayes(each, counts(pair) if counted else None))
    return tuple(views)


def _invalid(plan: Plan, state: Health, enrolment: Enrolment) -> Analysis:
    """Health and verdict, without any number of an effect."""
    reason = state.problems[0] if len(state.problems) == 1 else Reason.of("invalid")
    nothing = Estimate(None, reason=reason)
    withheld = tuple(
        Effect(
            metric.id, arm, metric.kind, metric.role, metric.better, "none", plan.alpha,
            None, None, nothing, nothing,
        )
        for metric in plan.metrics
        for arm in plan.arms[1:]
    )  # fmt: skip
    guards = tuple(
        Guardrail(each.metric, each.arm, "unknown", nothing, None, None, reason)
        for each in withheld
        if each.role == "guardrail"
    )
    day, horizon = enrolment.days, max(plan.horizon_days, 1)
    look = LookRule(
        plan.policy, day, min(day / horizon, 1.0), False, day >= horizon, plan.alpha, 0.0, reason
    )
    verdicts = tuple(Verdict("invalid", arm, state.problems) for arm in plan.arms[1:])
    views = tuple(
        Bayes(each.metric, each.arm, None, None, None, nothing, "", reason) for each in withheld
    )
    return Analysis(state, look, withheld, guards, views, verdicts, overall(verdicts, state))
