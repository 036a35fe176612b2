"""Goals as numbers: what a base or target means for this bank and year."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from metrics.targets.reasons import Reason

PLAN_CUSTOMERS = 82.9e6
"""Customers of the bank that the scaled goals were written for: 5.8 million daily users more are
7 percentage points of them."""


class GoalForm(Protocol):
    """A goal as configured: its form, and an amount unless the form has none."""

    @property
    def form(self) -> str:
        """One of `FORMS`."""

    @property
    def amount(self) -> float | None:
        """Unit of the indicator, per cent of customers, or a factor, by form."""


@dataclass(frozen=True)
class Goal:
    """The simplest `GoalForm`."""

    form: str
    amount: float | None = None


@dataclass(frozen=True)
class GoalFacts:
    """What goals refer to, of one indicator and year; None where unknown.

    ``customers`` and ``closures_last_year`` are counts, ``new_users_target`` is the year's
    resolved target of new users, the other two are values of the indicator itself.
    """

    customers: float | None = None
    last_year: float | None = None
    start_of_year: float | None = None
    new_users_target: float | None = None
    closures_last_year: float | None = None


@dataclass(frozen=True)
class Resolved:
    """A number, or None with its reason."""

    value: float | None
    reason: Reason = Reason.OK


def resolve(goal: GoalForm | None, facts: GoalFacts, target: float | None = None) -> Resolved:
    """A goal as a number in the indicator's unit; ``target`` serves the form share_of_target.

    ValueError for an unknown form or a missing amount.

    >>> resolve(Goal("scaled", 5.8e6), GoalFacts(customers=8.29e6)).value
    580000.0
    >>> resolve(Goal("last_year", 1.35), GoalFacts()).reason.name
    'NO_LAST_YEAR'
    """
    if goal is None:
        return Resolved(None, Reason.NO_GOAL)
    if goal.form not in FORMS:
        raise ValueError(f"goal form {goal.form!r}: expected one of {', '.join(FORMS)}")
    if goal.form == "start_of_year_plus":
        return _start_plus(facts)
    if goal.amount is None or not math.isfinite(goal.amount):
        raise ValueError(f"goal {goal.form!r} needs an amount")
    return FORMS[goal.form](goal.amount, facts, target)


def resolve_pair(
    base: GoalForm | None, target: GoalForm | None, facts: GoalFacts
) -> tuple[Resolved, Resolved]:
    """Base and target of an indicator; the base may be a share of the target.

    >>> base, target = resolve_pair(
    ...     Goal("share_of_target", 0.5), Goal("of_customers", 12), GoalFacts(customers=1e6)
    ... )
    >>> base.value, target.value
    (60000.0, 120000.0)
    """
    wanted = resolve(target, facts)
    return resolve(base, facts, wanted.value), wanted


def _times(amount: float, unit: float | None, reason: Reason) -> Resolved:
    if unit is None or not math.isfinite(unit):
        return Resolved(None, reason)
    return Resolved(amount * unit)


def _scaled(amount: float, facts: GoalFacts, _: float | None) -> Resolved:
    ratio = None if facts.customers is None else facts.customers / PLAN_CUSTOMERS
    return _times(amount, ratio, Reason.NO_CUSTOMERS)


def _of_customers(amount: float, facts: GoalFacts, _: float | None) -> Resolved:
    return _times(amount / 100, facts.customers, Reason.NO_CUSTOMERS)


def _start_plus(facts: GoalFacts) -> Resolved:
    """Value at the year's start plus the new-user target less last year's closures."""
    terms = (
        (facts.start_of_year, Reason.NO_START_OF_YEAR),
        (facts.new_users_target, Reason.NO_NEW_USER_TARGET),
        (facts.closures_last_year, Reason.NO_CLOSURES),
    )
    known: list[float] = []
    for value, reason in terms:
        if value is None or not math.isfinite(value):
            return Resolved(None, reason)
        known.append(value)
    start, new, closed = known
    return Resolved(start + new - closed)


FORMS: Mapping[str, Callable[[float, GoalFacts, float | None], Resolved]] = {
    "number": lambda amount, facts, target: Resolved(amount),
    "scaled": _scaled,
    "of_customers": _of_customers,
    "share_of_target": lambda amount, facts, target: _times(amount, target, Reason.NO_TARGET),
    "last_year": lambda amount, facts, _: _times(amount, facts.last_year, Reason.NO_LAST_YEAR),
    "start_of_year": lambda amount, facts, _: _times(
        amount, facts.start_of_year, Reason.NO_START_OF_YEAR
    ),
    "start_of_year_plus": lambda amount, facts, _: _start_plus(facts),
}
"""Goal forms, named as in the tree's configuration."""
