"""Findings as sentences in the reader's language; every name in them is made safe."""

from __future__ import annotations

from data.period import Period
from metrics.scorecard import Explanation, Mover, NodeResult, ScoreCard
from metrics.tree import Tree
from ui import numbers
from ui.cards import Change
from ui.findings import Missing, OffTarget, Verdict, goodness
from ui.i18n import _, _n, language
from ui.text import safe

FACTORS = ("value", "target", "weight", "coverage", "red_line")


def name(tree: Tree, node: str) -> str:
    """The name of a node, made safe."""
    return safe(tree.name(node, language()))


def factor_words(factor: str) -> str:
    """What a part of a change comes from."""
    return {
        "value": _("Values"),
        "target": _("Targets"),
        "weight": _("Weights"),
        "coverage": _("Coverage"),
        "red_line": _("Red lines"),
    }[factor]


def change_of_score(change: float | None, other: Period) -> Change | None:
    """A change of a score against another period; None where it is unknown."""
    if change is None:
        return None
    good = goodness(change)
    word = {1: _("better"), -1: _("worse"), 0: _("unchanged")}[good]
    against = _("than {period}") if good else _("from {period}")
    return Change(
        numbers.signed(change), good, good, word, against.format(period=numbers.period(other))
    )


def verdict_words(tree: Tree, found: Verdict) -> str:
    """One sentence on how the indicators of a node stand."""
    if found.worst is None or found.best is None:
        return _("No indicator has a score yet.")
    if found.below == 0:
        return _("All {count} at or above base; weakest: {worst}.").format(
            count=found.scored, worst=_scored(tree, found.worst)
        )
    told = _n(
        "{below} of {count} below base; most costly: {worst}.",
        "{below} of {count} below base; most costly: {worst}.",
        found.below,
    )
    return told.format(below=found.below, count=found.scored, worst=_scored(tree, found.worst))


def _scored(tree: Tree, node: NodeResult) -> str:
    return _("{name} ({score})").format(name=name(tree, node.id), score=numbers.score(node.score))


def headline(card: ScoreCard, why: Explanation | None, other: Period, branch: str) -> str:
    """What happened to the total, in one plain line."""
    total = card.node("total", branch)
    if total.score is None:
        return _("No score: {reason}").format(
            reason=total.reason.words(language()) if total.reason else _("too little is covered")
        )
    change = None if why is None else why.change("total")
    if change is None or why is None:
        return _("The score is {score}; there is none for {other} to compare with.").format(
            score=numbers.score(total.score), other=numbers.period(other)
        )
    told = _moved_words(change).format(
        change=numbers.score(abs(change)), other=numbers.period(other)
    )
    movers = why.movers(1)
    if not movers or goodness(change) == 0:
        return told
    return _("{told}, mostly {name} ({points})").format(
        told=told,
        name=card.tree.name(_leading(why, change), language()),
        points=numbers.signed(_points(why, _leading(why, change))),
    )


def _leading(why: Explanation, change: float) -> str:
    """The largest mover in the direction of the change."""
    movers = why.movers(30)
    same = [one for one in movers if (one.points > 0) == (change > 0)]
    return (same or list(movers))[0].id


def _points(why: Explanation, node: str) -> float:
    return next(one.points for one in why.movers(200) if one.id == node)


def _moved_words(change: float) -> str:
    if goodness(change) == 0:
        return _("The score held its level against {other}")
    if change > 0:
        return _("The score rose {change} points against {other}")
    return _("The score fell {change} points against {other}")


def mover_words(tree: Tree, mover: Mover, why: Explanation, branch: str) -> str:
    """An indicator's part in a change, with its value before and after."""
    unit, words = tree.indicators[mover.id].unit, unit_words(tree, mover.id)
    sides = [card.node(mover.id, branch).value for card in (why.before, why.after)]
    told = [numbers.quantity(value, unit, words) for value in sides]
    return _("{points} {name}: {before} → {after}").format(
        points=numbers.signed(mover.points, 2),
        name=name(tree, mover.id),
        before=safe(told[0]),
        after=safe(told[1]),
    )


def unit_words(tree: Tree, indicator: str) -> str:
    """The unit of an indicator in words."""
    found = tree.indicators[indicator.partition("@")[0]]
    return found.unit_zh if language() == "zh" else found.unit_en


def quantity(tree: Tree, node: str, value: float | None) -> str:
    """A value of an indicator with its unit."""
    found = tree.indicators[node.partition("@")[0]]
    return numbers.quantity(value, found.unit, unit_words(tree, node))


def off_target_words(tree: Tree, found: OffTarget) -> str:
    """An indicator below its base: value, base, and the points that this costs."""
    node = found.node
    return _("{name}: {value}, base {base} — costs {lost} points").format(
        name=name(tree, node.id),
        value=safe(quantity(tree, node.id, node.value)),
        base=safe(quantity(tree, node.id, node.base)),
        lost=numbers.number(found.lost, 2),
    )


def missing_words(tree: Tree, found: Missing) -> str:
    """What cannot be scored, why, and how much weight that is."""
    names = [name(tree, node) for node in found.nodes[:3]]
    joined = _(", ").join(names)
    if len(found.nodes) > 3:
        joined = _("{names} and {count} more").format(names=joined, count=len(found.nodes) - 3)
    return _("{reason}: {names} — {weight} of the weight").format(
        reason=safe(found.reason.words(language())),
        names=joined,
        weight=numbers.percent(found.weight),
    )


def next_step(found: Missing) -> str:
    """What to do about it."""
    kind, about = found.reason.kind, safe(found.reason.about)
    if kind in ("needs_table", "not_loaded", "no_month_end"):
        return _("Load {table} next.").format(table=about)
    if kind == "unequal_days":
        return _("Load the missing days of these tables.")
    if kind == "no_last_year":
        return _("Load last year's facts, or type a base and a target.")
    if kind == "no_target":
        return _("Type a base and a target.")
    if kind == "not_by_branch":
        return _("It is known for the whole bank only.")
    return _("Nothing to load: it comes back when something happens.")
