"""What to do, by rule, with the reasons; the rule is the same for everybody and cannot be argued.

In this order, the first that holds:

1. invalid: the health check found a problem (broken split, an arm without users, ...);
2. the look may not decide, or there is less than a full week of data: keep running;
3. the primary metric is significantly worse, or a guardrail is breached: roll back;
4. the primary metric is significantly better, every guardrail is shown to hold, and no warning of
   the sample ratio stands: ship;
5. the horizon is reached: inconclusive; before it: keep running.

So nothing ships while a guardrail is breached, not shown to hold or unknown, or while the split
is warned of. Significant means: corrected p, honest under the looking policy, at most
the plan's alpha.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.experiments.records import (
    Effect,
    Guardrail,
    Health,
    LookRule,
    Outcome,
    Reason,
    ReasonKind,
    Verdict,
)

_GUARDRAILS: dict[str, ReasonKind] = {
    "passed": "guardrail_passed",
    "breached": "guardrail_breached",
    "not_shown": "guardrail_not_shown",
    "unknown": "guardrail_unknown",
}
_PRIMARY: dict[str, ReasonKind] = {
    "better": "primary_better",
    "worse": "primary_worse",
    "none": "primary_not_significant",
    "unknown": "primary_unknown",
}
_URGENCY: tuple[Outcome, ...] = ("ship", "keep_running", "inconclusive", "roll_back")
_STOPS: frozenset[ReasonKind] = frozenset({"sample_ratio_warning"})  # no ship while one stands


def verdict(
    arm: str,
    health: Health,
    look: LookRule,
    primary: Sequence[Effect],
    guardrails: Sequence[Guardrail],
) -> Verdict:
    """The verdict on one treatment from its primary effects and guardrails.

    ``primary``: usually one; several must all be better to ship, and one worse rolls back.
    """
    if health.state == "invalid":
        return Verdict("invalid", arm, health.problems)
    found = [*_of_primary(primary), *_of_guardrails(guardrails)]
    early = [each for each in health.warnings if each.kind == "less_than_a_week"]
    held = [*([look.reason] if look.reason else []), *early]
    stops = [each for each in health.warnings if each.kind in _STOPS]
    if held:
        return Verdict("keep_running", arm, (*held, *stops, *found))
    outcome = _outcome(primary, guardrails, look, warned=bool(stops))
    reached = () if not look.last else (
        Reason.of("horizon_reached", day=look.day, fraction=look.fraction),
    )  # fmt: skip
    ends = reached if outcome == "inconclusive" else ()
    return Verdict(outcome, arm, (*stops, *found, *ends))


def overall(verdicts: Sequence[Verdict], health: Health) -> Verdict:
    """Of the whole experiment: a treatment to ship, else what holds for the others.

    Among several to ship it is the first in the plan's order; with none, the one that asks for
    the least haste: keep running before inconclusive before roll back.
    """
    if health.state == "invalid" or not verdicts:
        return Verdict("invalid", None, health.problems)
    return min(verdicts, key=lambda each: _URGENCY.index(each.outcome))


def _outcome(
    primary: Sequence[Effect], guardrails: Sequence[Guardrail], look: LookRule, *, warned: bool
) -> Outcome:
    worse = any(each.direction == "worse" for each in primary)
    if worse or any(each.state == "breached" for each in guardrails):
        return "roll_back"
    better = bool(primary) and all(each.direction == "better" for each in primary)
    if better and not warned and all(each.state == "passed" for each in guardrails):
        return "ship"
    return "inconclusive" if look.last else "keep_running"


def _of_primary(primary: Sequence[Effect]) -> list[Reason]:
    if not primary:
        return [Reason.of("primary_missing")]
    found = []
    for each in primary:
        found.append(Reason.of(_PRIMARY[each.direction], metric=each.metric, arm=each.arm))
        if each.direction == "unknown" and each.difference.reason:
            found.append(each.difference.reason)
        found += [note for note in each.notes if note.kind.startswith("few_")]
    return found


def _of_guardrails(guardrails: Sequence[Guardrail]) -> list[Reason]:
    found = []
    for each in guardrails:
        found.append(Reason.of(_GUARDRAILS[each.state], metric=each.metric, arm=each.arm))
        found += [each.reason] if each.reason else []
    return found
