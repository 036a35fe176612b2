"""Judging a score card by a rule: which indicator, in which scope, is beyond which limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from metrics.formula import Floats
from metrics.scorecard import ScoreCard
from metrics.tree.records import Indicator
from metrics.warnings.rules import Rule

BANK = ""


@dataclass(frozen=True)
class Finding:
    """One member of a rule in one scope.

    ``value`` is what the rule looks at (the value, the score, the worsening, days late), None
    where it cannot be judged. ``level`` is 0 while no limit is crossed.
    """

    member: str
    branch: str
    value: float | None
    level: int

    @property
    def judged(self) -> bool:
        """Whether there was anything to judge."""
        return self.value is not None


def findings(
    rule: Rule, card: ScoreCard, year_ago: ScoreCard | None = None
) -> Mapping[str, Mapping[str, Finding]]:
    """By indicator and scope: what a rule finds in a card, for the scopes of the card's reader.

    Rules of kind "year" need the card of the same days of the year before.
    """
    return {
        name: {one.branch: one for one in _of(rule, name, card, year_ago)}
        for name in rule.members
        if name in card.tree.indicators
    }


def _of(rule: Rule, name: str, card: ScoreCard, year_ago: ScoreCard | None) -> Iterator[Finding]:
    looked_at = _looked_at(rule, name, card, year_ago)
    for branch in card.branches:
        value = float(looked_at[card.scopes.row[branch]])
        if np.isnan(value):
            yield Finding(name, branch, None, 0)
        else:
            yield Finding(name, branch, value, rule.level(value))


def _looked_at(rule: Rule, name: str, card: ScoreCard, year_ago: ScoreCard | None) -> Floats:
    """What the rule compares with its limits, by scope."""
    if rule.kind == "path":
        found: Floats = card.scores.score[:, card.inputs.tree.position[name]]
        return found
    now = _values(name, card)
    if rule.kind == "threshold":
        return now
    if year_ago is None:
        return np.full_like(now, np.nan)
    return worsening(card.tree.indicators[name], _values(name, year_ago), now)


def _values(name: str, card: ScoreCard) -> Floats:
    found: Floats = card.values.value[:, card.values.column(name)]
    return found


def worsening(indicator: Indicator, before: Floats, now: Floats) -> Floats:
    """How much worse the value became: per cent, for an indicator in per cent its points.

    Negative where it became better; unknown where there is nothing to compare with, and for an
    indicator that is best within a band.
    """
    if indicator.better == "band":
        return np.full_like(now, np.nan)
    step = before - now if indicator.better == "up" else now - before
    if indicator.unit == "%":
        return step
    with np.errstate(divide="ignore", invalid="ignore"):
        relative: Floats = np.where(before != 0, 100 * step / np.abs(before), np.nan)
    return relative
