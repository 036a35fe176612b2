"""An effect by segment: corrected for many segments, with a warning of Simpson's reversal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scipy.stats import chi2, chi2_contingency

from metrics.experiments import many, normal
from metrics.experiments.analysis import effect_of, pair_of
from metrics.experiments.effects import direction
from metrics.experiments.moments import ArmData
from metrics.experiments.plan import MetricPlan, Plan
from metrics.experiments.records import Effect, Estimate, Reason

_UNEVEN = 0.01  # p of the arms' mix of segments, below which a reversal is the mix's


@dataclass(frozen=True)
class Segment:
    """The effect in one segment, its p and interval corrected for the number of segments."""

    name: str
    effect: Effect


@dataclass(frozen=True)
class Segmented:
    """An effect by segment.

    ``stratified``: the mean of the segments' differences weighted by their users, in the metric's
    unit; ``heterogeneity_p``: Cochran's Q, that all segments have one effect; ``mix_p``: that the
    arms have the same mix of segments; ``simpson``: the reason of a warning, or None.
    """

    segments: tuple[Segment, ...]
    stratified: Estimate
    heterogeneity_p: float | None
    mix_p: float | None
    simpson: Reason | None


def by_segment(
    plan: Plan,
    metric: MetricPlan,
    arm: str,
    parts: Mapping[str, Sequence[ArmData]],
    whole: Effect | None = None,
    level: float | None = None,
) -> Segmented:
    """One treatment's effect in each of ``parts`` (segment: its arms).

    ``whole``: the effect over all segments, for the warning: it stands where every segment with a
    difference moves against the whole, or where the arms' mix of segments differs and the
    stratified difference has the other sign. ``level``: two-sided, that of the plan by default.
    Segments are a search: they explain and propose, they never decide.

    >>> by_segment(Plan(("A", "B"), ()), MetricPlan("x", "mean", ("x",)), "B", {}).segments
    ()
    """
    used = plan.alpha if level is None else level
    pairs = {name: pair_of(plan, metric, arms, arm) for name, arms in parts.items()}
    found = [effect_of(pair, used) for pair in pairs.values()]
    single = [each.p for each in found]
    corrected = many.adjusted(single, plan.correction)
    levels = many.interval_levels(single, plan.correction, used)
    segments = []
    for (name, pair), each, p, own in zip(pairs.items(), found, corrected, levels, strict=True):
        significant = None if p is None or each.method == "exact" else p <= used
        interval = None if own is None else effect_of(pair, own).difference
        way = direction(metric, each.difference.value, significant)
        done = replace(each, p_adjusted=p, adjusted=interval, direction=way)
        segments.append(Segment(name, done))
    sizes = [(pair.control.users, pair.treatment.users) for pair in pairs.values()]
    stratified = _stratified(found, [sum(each) for each in sizes], used)
    mix = _mix_p(sizes)
    simpson = _simpson(metric, whole, found, stratified, mix)
    return Segmented(tuple(segments), stratified, heterogeneity_p(found), mix, simpson)


def heterogeneity_p(effects: Sequence[Effect]) -> float | None:
    """p of Cochran's Q (1954): chi-square of the differences about their weighted mean.

    None for fewer than two effects with a standard error.
    """
    known = [(e.difference.value, e.error) for e in effects if e.p is not None and e.error]
    pairs = [(value, 1 / error**2) for value, error in known if value is not None]
    if len(pairs) < 2:
        return None
    mean = sum(value * weight for value, weight in pairs) / sum(weight for _, weight in pairs)
    q = sum(weight * (value - mean) ** 2 for value, weight in pairs)
    return float(chi2.sf(q, len(pairs) - 1))


def _stratified(effects: Sequence[Effect], users: Sequence[int], level: float) -> Estimate:
    rows = [
        (each.difference.value, each.error, n)
        for each, n in zip(effects, users, strict=True)
        if each.difference.value is not None and each.error is not None and n > 0
    ]
    if not rows:
        return Estimate(None, reason=Reason.of("no_users"))
    total = sum(n for _, _, n in rows)
    value = sum(difference * n / total for difference, _, n in rows)
    error = sum((error * n / total) ** 2 for _, error, n in rows) ** 0.5
    half = normal.critical(level) * error
    return Estimate(value, value - half, value + half)


def _mix_p(sizes: Sequence[tuple[int, int]]) -> float | None:
    """Chi-square that control and treatment have the same mix of segments."""
    table = [pair for pair in sizes if sum(pair) > 0]
    if len(table) < 2 or any(sum(column) == 0 for column in zip(*table, strict=True)):
        return None
    return float(chi2_contingency(table, correction=False).pvalue)


def _simpson(
    metric: MetricPlan,
    whole: Effect | None,
    effects: Sequence[Effect],
    stratified: Estimate,
    mix: float | None,
) -> Reason | None:
    total = whole.difference.value if whole else None
    values = [each.difference.value for each in effects if each.difference.value is not None]
    if not total or len(values) < 2:
        return None
    against = all(value * total < 0 for value in values)
    uneven = mix is not None and mix < _UNEVEN and (stratified.value or 0.0) * total < 0
    return Reason.of("simpson", metric=metric.id) if against or uneven else None
