"""An experiment as measured, judged: what is broken in the whole bank is broken in every part."""

from __future__ import annotations

from dataclasses import replace

from metrics.experiments.analysis import analyse
from metrics.experiments.health import health
from metrics.experiments.measured import Measurement
from metrics.experiments.records import Analysis


def judged(taken: Measurement) -> Analysis | None:
    """All that is said of a measurement; None where nothing is measured yet.

    A part of the bank may look sound by chance. Where the whole experiment is invalid no part of
    it shows a number: the sizes that are told stay those of the part.
    """
    if taken.whole is None:
        return None
    plan = taken.source.statistics
    own = analyse(plan, taken.whole.arms, taken.whole.enrolment)
    if taken.bank is None or own.health.state == "invalid":
        return own
    bank = health(plan, taken.bank.arms, taken.bank.enrolment)
    if bank.state != "invalid":
        return own
    withheld = analyse(plan, taken.bank.arms, taken.bank.enrolment)
    return replace(withheld, health=replace(withheld.health, arms=own.health.arms))
