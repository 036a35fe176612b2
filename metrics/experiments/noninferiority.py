"""Guardrails: a treatment must be shown to be no worse than a margin; no difference is no proof."""

from __future__ import annotations

import math

from metrics.experiments import normal, proportions
from metrics.experiments.effects import measured
from metrics.experiments.pairs import Pair, counts
from metrics.experiments.plan import Margin
from metrics.experiments.records import Effect, Guardrail, GuardrailState, Reason


def guardrail(pair: Pair, found: Effect) -> Guardrail:
    """Passed, breached or not shown, one-sided at half of the effect's level.

    Higher is better: passed where the test rejects treatment <= control - margin, breached where
    it rejects treatment >= control - margin; lower is better: mirrored. A relative margin is
    tested as such, treatment against (1 - margin) * control with both arms' variances, not
    against a control taken as known. Proportions: score test of Miettinen and Nurminen (that of
    Farrington and Manning 1990 but for N / (N - 1)); others: Welch.

    Few conversions: by their careful interval.
    So at 0.05 "passed" is: the worse end of the 95 % interval is within the margin.
    """
    margin = pair.metric.margin
    if found.p is None:
        return _unknown(pair, found, found.difference.reason)
    if margin is None or not (math.isfinite(margin.value) and margin.value >= 0):
        return _unknown(pair, found, Reason.of("margin_missing"))
    if margin.relative and (found.control is None or found.control <= 0):
        return _unknown(pair, found, Reason.of("control_not_positive"))
    p = _p_worse(pair, found, margin)
    state = _of_few(pair, found, margin) if found.method == "exact" else _state(p, found.level)
    limit = _limit(pair, found, margin)
    return Guardrail(found.metric, found.arm, state, found.difference, limit, p)


def _state(p: float, level: float) -> GuardrailState:
    if p <= level / 2:
        return "passed"
    return "breached" if 1 - p <= level / 2 else "not_shown"


def _of_few(pair: Pair, found: Effect, margin: Margin) -> GuardrailState:
    """By the careful interval of few conversions, which is wider than the test."""
    interval = found.lift if margin.relative else found.difference
    if interval.low is None or interval.high is None:
        return "not_shown"
    ends = (interval.low, interval.high)
    if pair.metric.better == "lower":
        ends = (-interval.high, -interval.low)
    if ends[0] >= -margin.value:
        return "passed"
    return "breached" if ends[1] < -margin.value else "not_shown"


def _limit(pair: Pair, found: Effect, margin: Margin) -> float:
    size = margin.value * (found.control or 0.0) if margin.relative else margin.value
    return -size if pair.metric.better == "higher" else size


def _p_worse(pair: Pair, found: Effect, margin: Margin) -> float:
    """One-sided p of "worse than the margin or just as bad"."""
    sign = 1 if pair.metric.better == "higher" else -1
    if found.method in ("score", "exact"):
        data = counts(pair)
        if margin.relative:
            bound = max(1 - sign * margin.value, 1e-9)
            statistic = float(proportions.ratio_score(*data, bound))
        else:
            bound = min(max(-sign * margin.value, -1.0), 1.0)
            statistic = float(proportions.difference_score(*data, bound))
        return normal.upper_p(sign * statistic)
    control, treatment = measured(pair).adjusted
    ratio = 1 - sign * margin.value if margin.relative else 1.0
    shift = 0.0 if margin.relative else -sign * margin.value
    statistic = normal.contrast_t(treatment, control, ratio, shift)
    return normal.upper_p(sign * statistic, normal.degrees(treatment, control))


def _unknown(pair: Pair, found: Effect, reason: Reason | None) -> Guardrail:
    arm = pair.treatment.arm
    return Guardrail(found.metric, arm, "unknown", found.difference, None, None, reason)
