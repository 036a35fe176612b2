"""Baselines in words."""

from __future__ import annotations

from collections.abc import Mapping

from data.state import Baseline
from metrics.scorecard.goals import TypedGoal
from metrics.targets.proposals import Proposal, Why
from ui import sentences
from ui.frame import Here
from words.i18n import _, language
from words.text import plain


def state_words(state: str) -> str:
    """Draft, handed in or published, with a sign."""
    return {
        "draft": _("○ draft"),
        "submitted": _("▲ handed in"),
        "published": _("● published"),
    }[state]


def node_of(one: Baseline) -> str:
    """The node that a baseline is about."""
    return one.indicator if one.module is None else f"{one.indicator}@{one.module}"


def name(here: Here, one: Baseline) -> str:
    """Indicator and module; the identifier of one that the tree has no more."""
    if one.indicator not in here.tree.indicators:
        return plain(one.indicator, 60)
    if one.module is not None and one.module not in here.tree.indicators[one.indicator].modules:
        return plain(f"{one.indicator} · {one.module}", 60)
    return plain(here.tree.name(node_of(one), language()), 60)


def branch(here: Here, code: str | None) -> str:
    """A branch's name, or the whole bank."""
    return plain(here.bank.name(code, language()) or code, 40) if code else _("Whole bank")


def quantity(here: Here, indicator: str, value: float | None) -> str:
    """A value with its unit; bare where the tree has the indicator no more."""
    if indicator not in here.tree.indicators:
        return "—" if value is None else f"{value:g}"
    return sentences.quantity(here.tree, indicator, value)


def typed(one: Baseline) -> TypedGoal:
    """As the calculation takes it."""
    return TypedGoal(
        one.indicator,
        None if one.base is None else float(one.base),
        None if one.target is None else float(one.target),
        one.branch_id or "",
        one.module or "",
        one.year,
    )


def why_not(found: Proposal) -> str:
    """Why nothing is proposed."""
    reasons: Mapping[Why, str] = {
        "": "",
        "no_value": _("Not enough data: there is no value of last year."),
        "days": _("Not enough data: {used} days of last year are loaded, {wanted} are needed."),
        "peers": _("Not enough data: {used} peers have a value, {wanted} are needed."),
        "sizes": _("Amounts grow with a branch's size: peers say nothing about its goal."),
        "band": _("This indicator has a band, not a direction: type the goal."),
        "sign": _("No goal better than its base follows from these numbers."),
    }
    return reasons[found.why].format(used=found.used, wanted=found.wanted)
