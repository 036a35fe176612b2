"""An experiment as measured, judged.

What is broken in the whole bank is broken in every part. Who stops before all planned users are in
has chosen the day: the look is that of the stop, which decides only where the plan lets it.
"""

from __future__ import annotations

from dataclasses import replace

from metrics.experiments.analysis import analyse
from metrics.experiments.health import health
from metrics.experiments.looking import look_days
from metrics.experiments.measured import Measurement, Sample
from metrics.experiments.records import Analysis, Verdict


def judged(taken: Measurement) -> Analysis | None:
    """All that is said of a measurement; None where nothing is measured yet.

    A part of the bank may look sound by chance. Where the whole experiment is invalid no part of
    it shows a number: the sizes that are told stay those of the part.
    """
    if taken.whole is None:
        return None
    plan = taken.source.statistics
    own = _own(taken, taken.whole)
    if taken.bank is None or own.health.state == "invalid":
        return own
    bank = health(plan, taken.bank.arms, taken.bank.enrolment)
    if bank.state != "invalid":
        return own
    withheld = analyse(plan, taken.bank.arms, taken.bank.enrolment)
    return replace(withheld, health=replace(withheld.health, arms=own.health.arms))


def _own(taken: Measurement, whole: Sample) -> Analysis:
    """The slice's own analysis, at the day of the stop where that came early."""
    plan, cut, enrolment = taken.source.statistics, taken.source.cut, whole.enrolment
    if cut is None:
        return analyse(plan, whole.arms, enrolment, _before(taken, enrolment.days))
    days = min((cut - taken.source.plan.starts_on).days + 1, enrolment.days)
    found = analyse(plan, whole.arms, replace(enrolment, days=days), _before(taken, days))
    verdicts = tuple(_ended(each) for each in found.verdicts)
    return replace(found, verdicts=verdicts, verdict=_ended(found.verdict))


def _ended(found: Verdict) -> Verdict:
    """What is stopped does not run on."""
    return replace(found, outcome="inconclusive") if found.outcome == "keep_running" else found


def _before(taken: Measurement, day: int) -> tuple[int, ...]:
    """Users with values at the planned looks before a day."""
    plan = taken.source.statistics
    planned = {each for each in look_days(plan) if each < min(day, plan.horizon_days)}
    looks = [one for one in taken.looks if one.enrolment.days in planned]
    return tuple(sum(arm.counted for arm in one.arms) for one in looks)
