"""Findings as sentences in the reader's language; every name in them is made safe."""

from __future__ import annotations

from data.contract import CONTRACT
from metrics.scorecard import Explanation, Mover, NodeResult
from metrics.tree import Tree
from metrics.values.reasons import Reason
from ui.address import View
from ui.cards import Change
from ui.findings import Missing, OffTarget, Verdict, goodness
from words import numbers
from words.i18n import _, _n, language
from words.names import dimension_words
from words.text import safe

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


def change_of_score(change: float | None) -> Change | None:
    """A change of a score; None where it is unknown."""
    if change is None:
        return None
    good = goodness(change)
    word = {1: _("better"), -1: _("worse"), 0: _("unchanged")}[good]
    return Change(numbers.signed(change), good, good, word)


def change_of_value(tree: Tree, new: NodeResult, old: NodeResult) -> Change | None:
    """A change of an indicator's value: relative, for shares in percentage points."""
    return change_between(tree, new.id, new.value, old.value)


def change_between(tree: Tree, node: str, new: float | None, old: float | None) -> Change | None:
    """The change between two values of an indicator; None where either is unknown."""
    if new is None or old is None:
        return None
    indicator = tree.indicators[node.partition("@")[0]]
    step = new - old
    in_points = indicator.unit == "%"
    if not in_points and old == 0:
        return None
    told = (
        f"{numbers.signed(step, 2)} pp"
        if in_points
        else f"{numbers.signed(100 * step / abs(old))}%"
    )
    return told_change(told, step, indicator.better)


def told_change(told: str, step: float, better: str = "up") -> Change:
    """A change whose figure is ``told``: its arrow, and whether it is good for the business.

    >>> told_change("+3", 3, "down").word
    'worse'
    """
    moved = "±" not in told
    up = (1 if step > 0 else -1) if moved else 0
    good = 0 if not moved or better == "band" else up if better == "up" else -up
    word = {1: _("better"), -1: _("worse"), 0: _("changed") if moved else _("unchanged")}[good]
    return Change(told, up, good, word)


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


def headline(why: Explanation, node: str, view: View) -> str:
    """What happened to the score of a node, in one plain line (not Markdown)."""
    change, other = why.change(node), numbers.period(view.other)
    if change is None:
        score = numbers.score(why.after.node(node, view.branch).score)
        return _("The score is {score}; there is none for {other} to compare with.").format(
            score=score, other=other
        )
    told = _moved_words(change).format(change=numbers.score(abs(change)), other=other)
    same = [one for one in why.movers(40, node) if (one.points > 0) == (change > 0)]
    if why.after.tree.level(node) >= 3 or not same or goodness(change) == 0:
        return told
    return _("{told}, mostly {name} ({points})").format(
        told=told,
        name=why.after.tree.name(same[0].id, language()),
        points=numbers.signed(same[0].points),
    )


def _moved_words(change: float) -> str:
    if goodness(change) == 0:
        return _("The score held its level against {other}")
    if change > 0:
        return _("The score rose {change} points against {other}")
    return _("The score fell {change} points against {other}")


def mover_words(tree: Tree, mover: Mover, why: Explanation, branch: str) -> str:
    """An indicator's part in a change, with its value before and after.

    Where the value stayed, its target is what moved the score.
    """
    unit, words = tree.indicators[mover.id].unit, unit_words(tree, mover.id)
    sides = [card.node(mover.id, branch) for card in (why.before, why.after)]
    told = [numbers.quantity(one.value, unit, words) for one in sides]
    form = _("{points} {name}: {before} → {after}")
    if told[0] == told[1]:
        form = _("{points} {name}: {value}, target {before} → {after}")
        told = [numbers.quantity(one.target, unit, words) for one in sides]
    return form.format(
        points=numbers.signed(mover.points, 2),
        name=name(tree, mover.id),
        value=safe(numbers.quantity(sides[1].value, unit, words)),
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


def reason_words(reason: Reason | None) -> str:
    """Why there is no number, as plain text; dimensions by their names.

    >>> reason_words(Reason("not_by_dimension", "tier"))
    'cannot be split by Tier'
    """
    if reason is None:
        return _("no data")
    if reason.kind == "not_by_dimension":
        return _("cannot be split by {dimension}").format(dimension=dimension_words(reason.about))
    return reason.words(language())


def opened(words: str) -> str:
    """A reason that stands alone begins with a capital, unless it begins with a table's name.

    >>> opened("no data"), opened("txn is not loaded for this period")
    ('No data', 'txn is not loaded for this period')
    """
    first = words.partition(" ")[0]
    return words if first in CONTRACT.tables else words[:1].upper() + words[1:]


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
