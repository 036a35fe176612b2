"""Goals of the bank among the nodes of its organisation, and of a node among its modules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.formula import Floats
from metrics.scorecard.scopes import Scopes
from metrics.targets.sharing import Rule, divide

OWN_PART = 1e-6
"""A node holds something itself where that is more than this part of it: less is rounding."""


@dataclass(frozen=True, eq=False)
class Held:
    """What the scopes (S,) held last year and their customers; NaN where unknown."""

    last_year: Floats
    customers: Floats


def shares_down(scopes: Scopes, held: Held) -> Floats:
    """Each scope's share (S,) of the goal of the node right above it, nothing typed."""
    found = np.full(len(scopes.nodes), np.nan)
    for row, below in scopes.below.items():
        found[below] = _parts(1.0, row, below, held, np.full(len(below), np.nan))
    return found


def divided_down(
    scopes: Scopes, goal: float, held: Held, typed: Floats, shares: Floats | None = None
) -> Floats:
    """The bank's ``goal`` by scope (S,): each node's among what is right below it, down to the end.

    Typed goals (S,) stay and the others share what they leave, so that the parts of every node
    add up to it as long as something below it is left open. ``shares``: those of `shares_down`.
    """
    shares = shares_down(scopes, held) if shares is None else shares
    found = np.full(len(scopes.nodes), np.nan)
    found[0] = goal if np.isnan(typed[0]) else typed[0]
    for row, below in scopes.below.items():
        if np.isnan(typed[below]).all():
            found[below] = found[row] * shares[below]
        else:
            found[below] = _parts(float(found[row]), row, below, held, typed[below])
    return found


def _parts(goal: float, row: int, below: list[int], held: Held, typed: Floats) -> Floats:
    own = _own(row, below, held)
    last_year = np.append(held.last_year[below], own.last_year)
    customers = np.append(held.customers[below], own.customers)
    parts, _ = divide(goal, last_year, customers, np.append(typed, np.nan))
    return parts[:-1]


def _own(row: int, below: list[int], held: Held) -> Held:
    """What a node holds besides what is below it."""
    sides = []
    for values in (held.last_year, held.customers):
        rest = values[row] - np.nansum(values[below])
        sides.append(np.array([rest if row and rest > OWN_PART * values[row] else np.nan]))
    return Held(*sides)


def inherited_down(scopes: Scopes, goal: float, typed: Floats) -> Floats:
    """The bank's ``goal`` for every scope (S,); one typed for a node holds below it too."""
    found = np.full(len(scopes.nodes), np.nan)
    found[0] = goal if np.isnan(typed[0]) else typed[0]
    for row, below in scopes.below.items():
        found[below] = np.where(np.isnan(typed[below]), found[row], typed[below])
    return found


def module_goals(
    rule: Rule, goals: Floats, last_year: Floats, own: Floats, typed: Floats, ceiling: float
) -> Floats:
    """Goals by scope and module (S, M) from the scopes' ``goals`` and ``last_year`` (S,).

    ``own`` (S, M) is last year's value of the modules, NaN for those that do not count.
    divided: by share of last year, the open ones share what typed ones leave. relative: the
    scope's change on its last year, applied to the module's own. inherited: the scope's goal.
    """
    if rule == "inherited":
        return np.where(np.isnan(typed), goals[:, None], typed)
    if rule == "divided":
        return _divided(goals, own, typed)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = goals / np.where(last_year > 0, last_year, np.nan)
        found = np.minimum(np.where(own > 0, own, np.nan) * ratio[:, None], ceiling)
    return np.where(np.isnan(typed), found, typed)


def _divided(goals: Floats, own: Floats, typed: Floats) -> Floats:
    """Each scope's goal among its modules; NaN where no module had anything."""
    held = np.where(own > 0, own, np.nan)
    whole = np.nansum(held, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = held * (goals / np.where(whole > 0, whole, np.nan))[:, None]
    none = np.full(own.shape[1], np.nan)
    for row in np.flatnonzero(np.isfinite(typed).any(axis=1)):
        found[row] = divide(float(goals[row]), own[row], none, typed[row])[0]
    return found
