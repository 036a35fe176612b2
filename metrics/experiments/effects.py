"""One metric in one treatment against the control: difference, lift, p, and why one is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from metrics.experiments import normal, proportions, quantiles, ratio
from metrics.experiments.moments import ArmData
from metrics.experiments.pairs import Pair, counts, few_conversions, few_users, users
from metrics.experiments.plan import Limits, MetricPlan
from metrics.experiments.proportions import Vector
from metrics.experiments.records import Direction, Effect, Estimate, Method, Reason

_LARGEST = 1e70
FEWEST_FOR_EXACT = 50  # users an arm, for any interval of a proportion


def effect(
    metric: MetricPlan,
    control: ArmData,
    treatment: ArmData,
    level: float = 0.05,
    everyone: Sequence[ArmData] = (),
    limits: Limits | None = None,
) -> Effect:
    """The effect with intervals at 1 - ``level`` and a two-sided p for a single look.

    Proportions: score intervals of Miettinen and Nurminen and the p of their test; fewer
    conversions than the limit: Fisher's exact p and a careful interval (``exact``). Means:
    Welch; ratios: delta method; quantiles: Woodruff; lifts of these: Fieller. With
    covariates proportions are compared as means. ``everyone``: all arms, for CUPED. Degenerate
    arms give an effect without interval and p, with its reason.

    >>> arms = [ArmData(n, 500, ratio.Moments.of({"y": [1] * k + [0] * (500 - k)}))
    ...         for n, k in (("A", 50), ("B", 75))]
    >>> found = effect(MetricPlan("buys", "proportion", ("y",)), *arms)
    >>> round(found.difference.value, 3), round(found.p, 4)
    (0.05, 0.0169)
    """
    pair = Pair(metric, control, treatment, tuple(everyone) or (control, treatment),
                limits or Limits())  # fmt: skip
    refused = _refusal(pair)
    if refused is not None:
        return _without(pair, level, refused)
    found = _proportion(pair, level) if _plain_proportion(pair) else _general(pair, level)
    return replace(found, notes=found.notes + _notes(pair)) if _finite(found) else _without(
        pair, level, Reason.of("not_finite")
    )  # fmt: skip


def direction(metric: MetricPlan, value: float | None, significant: bool | None) -> Direction:
    """Better, worse, none (not significant) or unknown (no p)."""
    if value is None or significant is None:
        return "unknown"
    if not significant or value == 0:
        return "none"
    return "better" if (value > 0) == (metric.better == "higher") else "worse"


def measured(pair: Pair) -> ratio.Adjusted:
    """Control and treatment with their variances, without and with covariates."""
    if pair.metric.kind == "quantile":
        both = tuple(
            quantiles.measured(arm.values[pair.metric.id], pair.metric.quantile)
            for arm in pair.arms
        )
        return ratio.Adjusted(both, both, (), None)
    others = [arm for arm in pair.everyone if arm.arm not in {a.arm for a in pair.arms}]
    arms = [arm.moments for arm in (*pair.arms, *others) if _usable(pair.metric, arm)]
    found = ratio.measured(arms, pair.metric.columns, pair.metric.covariates)
    return replace(found, plain=found.plain[:2], adjusted=found.adjusted[:2])


def _usable(metric: MetricPlan, arm: ArmData) -> bool:
    names = arm.moments.names
    there = all(name in names for name in metric.columns) and arm.moments.n >= 2
    return there and (metric.kind != "ratio" or arm.moments.mean(metric.columns[1]) != 0)


def _refusal(pair: Pair) -> Reason | None:
    """Why nothing at all can be said of the two arms by this metric."""
    for arm in pair.arms:
        if arm.users <= 0 or users(pair.metric, arm) == 0:
            return Reason.of("no_users", arm=arm.arm)
    if pair.metric.kind == "quantile":
        near = all(_within_reach(arm.values[pair.metric.id].values, None) for arm in pair.arms)
        return None if near else Reason.of("not_finite")
    for arm in pair.arms:
        missing = [name for name in pair.metric.columns if name not in arm.moments.names]
        if missing:
            return Reason.of("missing_column", column=missing[0])
        if not _within_reach(arm.moments.means, arm.moments.products):
            return Reason.of("not_finite")
        if pair.metric.kind == "ratio" and arm.moments.mean(pair.metric.columns[1]) == 0:
            return Reason.of("zero_denominator", arm=arm.arm)
        if pair.metric.kind == "proportion" and not _zero_or_one(arm, pair.metric.columns[0]):
            return Reason.of("out_of_range", column=pair.metric.columns[0])
    return None


def _within_reach(values: Vector, products: Vector | None) -> bool:
    """Whether numbers are finite and small enough for their fourth powers to be."""
    fine = bool(np.all(np.abs(values) < _LARGEST))
    return fine and (products is None or bool(np.all(np.abs(products) < _LARGEST**2)))


def _zero_or_one(arm: ArmData, column: str) -> bool:
    """Whether the moments are those of zeros and ones: mean = share of nonzero, x^2 = x."""
    n, mean = arm.moments.n, arm.moments.mean(column)
    count = float(arm.moments.nonzero[arm.moments.names.index(column)])
    off = arm.moments.variance(column) * (n - 1) - n * mean * (1 - mean)
    return abs(n * mean - count) < 1e-6 * max(n, 1) and abs(off) < 1e-6 * max(n, 1)


def _plain_proportion(pair: Pair) -> bool:
    """Whether counts are compared: also where covariates cannot be used or counts are few."""
    if pair.metric.kind != "proportion":
        return False
    usable = any(
        name in pair.control.moments.names
        and ratio.varies([arm.moments for arm in pair.arms], name)
        for name in pair.metric.covariates
    )
    return not usable or _too_few(pair) is not None


def _too_few(pair: Pair) -> Reason | None:
    if pair.metric.kind == "quantile":
        return few_users(pair, pair.limits.fewest_users)
    return few_conversions(pair) or few_users(pair, pair.limits.fewest_users)


def _proportion(pair: Pair, level: float) -> Effect:
    data = x1, n1, x0, n0 = counts(pair)
    few = _too_few(pair)
    empty = _blank(pair, level, x0 / n0, x1 / n1, "exact" if few else "score")
    tiny = few_users(pair, FEWEST_FOR_EXACT)
    if tiny:
        return _spoken(empty, tiny)
    if few:
        (low, high), ratios = proportions.few_intervals(*data, level)
    else:
        low, high = proportions.difference_interval(*data, level)
        ratios = proportions.ratio_interval(*data, level)
    z = float(proportions.difference_score(*data))
    p = proportions.exact_p(*data) if few else normal.two_sided_p(z)
    return replace(
        empty,
        difference=Estimate(x1 / n1 - x0 / n0, float(low), float(high)),
        lift=_ratio_lift(data, ratios),
        statistic=z,
        p=p,
        error=math.sqrt(_binomial(x1, n1) + _binomial(x0, n0)),
        notes=(*((few,) if few else ()), *_unused(pair.metric)),
    )


def _unused(metric: MetricPlan) -> tuple[Reason, ...]:
    """The note that covariates were asked for and are not used."""
    return (Reason.of("covariate_unused", metric=metric.id),) if metric.covariates else ()


def _binomial(x: int, n: int) -> float:
    return (x / n) * (1 - x / n) / n


def _ratio_lift(data: tuple[int, int, int, int], bounds: tuple[Vector, Vector]) -> Estimate:
    x1, n1, x0, n0 = data
    if x0 == 0:
        return Estimate(None, reason=Reason.of("control_not_positive"))
    low, high = map(float, bounds)
    return Estimate((x1 / n1) / (x0 / n0) - 1, low - 1, high - 1)


def _general(pair: Pair, level: float) -> Effect:
    """Means, ratios, quantiles, and proportions with covariates."""
    if min(users(pair.metric, arm) for arm in pair.arms) < 3:
        few = few_users(pair, max(pair.limits.fewest_users, 3))
        return _without(pair, level, few or Reason.of("no_variance"))
    found = measured(pair)
    control, treatment = found.plain
    empty = _blank(pair, level, control.value, treatment.value, _method(pair, found))
    missing = _too_few(pair)
    if missing is None and control.constant and treatment.constant:
        missing = Reason.of("no_variance")
    if missing is None:
        return _compared(pair, empty, found)
    return (
        _hinted(_compared(pair, empty, found), missing)
        if _near(pair, missing)
        else _spoken(empty, missing)
    )


def _near(pair: Pair, missing: Reason) -> bool:
    """Whether arms of like size have at least half of the conversions needed.

    There Welch's interval still covers what it says (a difference of two like arms is symmetric);
    it may be shown, but it decides nothing.
    """
    if missing.kind != "few_conversions" or few_users(pair, pair.limits.fewest_users):
        return False
    sizes = sorted(users(pair.metric, arm) for arm in pair.arms)
    half = replace(pair.limits, fewest_conversions=pair.limits.fewest_conversions // 2)
    return sizes[1] <= 2 * sizes[0] and few_conversions(replace(pair, limits=half)) is None


def _hinted(found: Effect, few: Reason) -> Effect:
    """The intervals without a p, with the reason why they decide nothing."""
    return replace(
        found, p=None, statistic=None, difference=replace(found.difference, reason=few),
        lift=replace(found.lift, reason=found.lift.reason or few), notes=(*found.notes, few),
    )  # fmt: skip


def _compared(pair: Pair, empty: Effect, found: ratio.Adjusted) -> Effect:
    control, treatment = found.adjusted
    df = normal.degrees(treatment, control)
    statistic = normal.contrast_t(treatment, control)
    return replace(
        empty,
        difference=normal.difference(treatment, control, empty.level),
        lift=normal.lift(treatment, control, empty.level),
        error=math.sqrt(treatment.variance + control.variance),
        df=None if math.isinf(df) else df,
        statistic=statistic,
        p=normal.two_sided_p(statistic, df),
        saved=found.saved,
        unadjusted=normal.difference(found.plain[1], found.plain[0], empty.level)
        if found.used
        else None,
        notes=() if found.used else _unused(pair.metric),
    )


def _method(pair: Pair, found: ratio.Adjusted) -> Method:
    if found.used:
        return "cuped"
    if pair.metric.kind == "ratio":
        return "delta"
    return "woodruff" if pair.metric.kind == "quantile" else "welch"


def _blank(
    pair: Pair, level: float, control: float | None, treatment: float | None, method: Method
) -> Effect:
    metric = pair.metric
    nothing = Estimate(None)
    return Effect(
        metric.id, pair.treatment.arm, metric.kind, metric.role, metric.better, method, level,
        control, treatment, nothing, nothing,
    )  # fmt: skip


def _spoken(empty: Effect, reason: Reason) -> Effect:
    """Both arms' values and their difference, without interval and p."""
    if empty.control is None or empty.treatment is None:
        return empty
    lifted = empty.treatment / empty.control - 1 if empty.control > 0 else None
    return replace(
        empty, difference=Estimate(empty.treatment - empty.control, reason=reason),
        lift=Estimate(lifted, reason=reason),
    )  # fmt: skip


def _without(pair: Pair, level: float, reason: Reason) -> Effect:
    nothing = Estimate(None, reason=reason)
    return replace(_blank(pair, level, None, None, "none"), difference=nothing, lift=nothing)


def _finite(found: Effect) -> bool:
    numbers = (
        found.control, found.treatment, found.error, found.statistic, found.p, found.saved,
        found.difference.value, found.difference.low, found.difference.high,
        found.lift.value, found.lift.low, found.lift.high,
    )  # fmt: skip
    return all(each is None or math.isfinite(each) for each in numbers)


def _notes(pair: Pair) -> tuple[Reason, ...]:
    """What to know of the values: users without one, negative ones."""
    notes = []
    quantile = pair.metric.kind == "quantile"
    missing = sum(
        arm.values[pair.metric.id].missing if quantile else arm.moments.missing for arm in pair.arms
    )
    if missing:
        notes.append(Reason.of("missing_values", users=missing))
    if pair.metric.kind in ("mean", "ratio"):
        places = [arm.moments.names.index(pair.metric.columns[0]) for arm in pair.arms]
        lowest = min(arm.moments.lowest[at] for arm, at in zip(pair.arms, places, strict=True))
        if lowest < 0:
            notes.append(Reason.of("negative_values", metric=pair.metric.id))
    return tuple(notes)
