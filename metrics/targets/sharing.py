"""Whose targets: the bank's goal among its branches, or among its feature modules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.targets.arrays import Codes, Floats
from metrics.targets.reasons import Reason

Rule = Literal["divided", "inherited", "relative"]
Among = Literal["branches", "modules"]

ADDITIVE_UNITS = frozenset({"users", "CNY"})
"""Stocks and averages of daily numbers in these units add up over branches: every user has one."""


@dataclass(frozen=True)
class WholeGoal:
    """The bank's base and target and its own last year's value; NaN where unknown."""

    base: float
    target: float
    last_year: float = math.nan


@dataclass(frozen=True, eq=False)
class PartFacts:
    """Branches or modules (P,): last year, customers, what was typed; NaN where there is none."""

    last_year: Floats
    customers: Floats
    typed_base: Floats
    typed_target: Floats


@dataclass(frozen=True, eq=False)
class PartGoals:
    """Base and target of the parts (P,), with a `Reason` code each."""

    base: Floats
    target: Floats
    reason: Codes


def rule_for(over_time: str, unit: str, among: Among, standard: bool = False) -> Rule:
    """How parts get their goal from the bank's.

    A standard holds for everybody. Flows are divided; among branches also stocks and active users
    in units that add up. Any other level is inherited by a branch and kept in proportion to its
    own last year by a module.

    >>> rule_for("mau", "users", "branches"), rule_for("mau", "users", "modules")
    ('divided', 'relative')
    >>> rule_for("ratio", "%", "branches"), rule_for("sum", "CNY", "modules")
    ('inherited', 'divided')
    """
    if standard:
        return "inherited"
    adds_up = unit in ADDITIVE_UNITS and over_time in {"last", "mau", "mean"}
    if over_time == "sum" or (among == "branches" and adds_up):
        return "divided"
    return "inherited" if among == "branches" else "relative"


def part_goals(
    rule: Rule, whole: WholeGoal, parts: PartFacts, ceiling: float = math.inf
) -> PartGoals:
    """Goals of the parts by rule; a typed goal wins.

    Where only the target is typed, the base keeps the bank's ratio of base to target. ``ceiling``
    is the highest value that makes sense (100 for a per cent); only "relative" can pass it.

    >>> none = np.full(2, np.nan)
    >>> facts = PartFacts(np.array([30.0, 10.0]), none, none, none)
    >>> found = part_goals("divided", WholeGoal(70, 100), facts)
    >>> found.target.tolist(), found.base.tolist()
    ([75.0, 25.0], [52.5, 17.5])
    """
    ratio = whole.base / whole.target if whole.target else math.nan
    typed_base = np.where(
        np.isfinite(parts.typed_base), parts.typed_base, parts.typed_target * ratio
    )
    target, why = _one_goal(rule, whole.target, whole, parts, parts.typed_target, ceiling)
    base, why_base = _one_goal(rule, whole.base, whole, parts, typed_base, ceiling)
    without_base = (why == Reason.OK) & (why_base != Reason.OK)
    reason = np.where(without_base, np.int8(Reason.NO_BASE), why)
    return PartGoals(base, target, reason.astype(np.int8))


def divide(
    total: float, last_year: Floats, customers: Floats, typed: Floats
) -> tuple[Floats, Codes]:
    """Parts (P,) of a total, with a `Reason` code each; they add up to the total.

    By share of last year; a part without one gets its share of customers of the whole (where the
    customers of the others are known too), and the others divide the rest. What was typed stays
    and the others share what it leaves; where it leaves less than nothing they get none, with the
    reason. Parts that are all typed need not add up.

    >>> nan = np.nan
    >>> parts, _ = divide(100, np.array([60.0, 20.0, nan]), np.array([5.0, 3, 2]), np.full(3, nan))
    >>> parts.tolist()
    [60.0, 20.0, 20.0]
    """
    fixed = np.isfinite(typed)
    share = np.where(fixed, np.nan, _shares(last_year, customers))
    reason = np.where(fixed, np.int8(Reason.OK), np.int8(Reason.NO_SHARE))
    rest = math.fsum([total, *(-typed[fixed])])
    open_ = np.isfinite(share)
    parts = np.where(fixed, typed, np.nan)
    if not math.isfinite(total):
        reason[~fixed] = Reason.NO_GOAL
    elif rest * math.copysign(1.0, total) < 0:
        reason[~fixed] = Reason.TYPED_EXCEED_WHOLE
    elif open_.any():
        parts[open_] = rest * _normalised(share[open_])
        largest = int(np.argmax(np.where(open_, share, -np.inf)))
        others = np.delete(parts, largest)
        # What rounding left over goes to the largest part, where it is the least of itself.
        parts[largest] = math.fsum([total, *(-others[np.isfinite(others)])])
        reason[open_] = Reason.OK
    return parts, reason.astype(np.int8)


def _normalised(share: Floats) -> Floats:
    """Shares that add up to 1; equal ones where all are too small to tell apart."""
    total = share.sum()
    return share / total if total > 0 else np.full(share.shape, 1 / share.size)


def _shares(last_year: Floats, customers: Floats) -> Floats:
    """Shares (P,) of the whole, NaN where neither last year nor customers give one."""
    has_last = np.isfinite(last_year) & (last_year > 0)
    has_customers = np.isfinite(customers) & (customers > 0)
    shares = np.full(last_year.shape, np.nan)
    # A new part's customers say something beside the others' only where all of them are known.
    if not (has_last & ~has_customers).any():
        new = has_customers & ~has_last
        held = np.where(has_customers, customers, 0.0)
        shares[new] = held[new] / held.sum()
    if has_last.any():
        left = 1.0 - np.nansum(shares)
        shares[has_last] = left * (last_year[has_last] / last_year[has_last].sum())
    return shares


def _one_goal(
    rule: Rule, goal: float, whole: WholeGoal, parts: PartFacts, typed: Floats, ceiling: float
) -> tuple[Floats, Codes]:
    if rule == "divided":
        return divide(goal, parts.last_year, parts.customers, typed)
    if rule == "inherited":
        found = np.full(typed.shape, goal)
        missing = np.full(typed.shape, np.int8(Reason.NO_GOAL))
    else:
        found, missing = _relative(goal, whole.last_year, parts.last_year, ceiling)
    result = np.where(np.isfinite(typed), typed, found)
    reason = np.where(np.isfinite(result), np.int8(Reason.OK), missing)
    return result, reason.astype(np.int8)


def _relative(
    goal: float, whole_last_year: float, last_year: Floats, ceiling: float
) -> tuple[Floats, Codes]:
    """The bank's improvement on its last year, applied to each part's own; above 0 only."""
    reason = np.full(last_year.shape, np.int8(Reason.NO_LAST_YEAR))
    if not math.isfinite(goal):
        reason[:] = Reason.NO_GOAL
    elif not (math.isfinite(whole_last_year) and whole_last_year > 0):
        reason[:] = Reason.NO_BANK_LAST_YEAR
    else:
        known = np.isfinite(last_year) & (last_year > 0)
        ratio = goal / whole_last_year
        return np.where(known, np.minimum(last_year * ratio, ceiling), np.nan), reason
    return np.full(last_year.shape, np.nan), reason
