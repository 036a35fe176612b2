"""Findings as sentences in plain text: the words of the overview, for cells of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.findings import Missing, OffTarget, Verdict, goodness
from metrics.forecast import Forecast
from metrics.scorecard import Capped, Mover, NodeResult
from metrics.tree import ROOT, Tree
from reports.month.facts import Facts
from words import numbers
from words.codes import reason_words
from words.i18n import _, _n, language
from words.names import band_name
from words.text import plain

LIKELY, UNLIKELY = 0.7, 0.3


def joined(words: Sequence[str]) -> str:
    """Words in a row."""
    return _(", ").join(words)


def name(tree: Tree, node: str) -> str:
    """The name of a node."""
    return plain(tree.name(node, language()), 80)


def unit_words(tree: Tree, node: str) -> str:
    """The unit of an indicator in words."""
    found = tree.indicators[node.partition("@")[0]]
    return found.unit_zh if language() == "zh" else found.unit_en


def quantity(tree: Tree, node: str, value: float | None) -> str:
    """A value of an indicator with its unit."""
    found = tree.indicators[node.partition("@")[0]]
    return numbers.quantity(value, found.unit, unit_words(tree, node))


def scope_words(facts: Facts) -> str:
    """The scope by its name."""
    return place_name(facts, facts.branch) if facts.branch else _("Whole bank")


def place_name(facts: Facts, branch: str, longest: int = 60) -> str:
    """A branch's name; the id of one that is not known any more."""
    found = facts.places.get(branch)
    return plain(branch if found is None else found.name(language()), longest)


def weights_name(facts: Facts, weight_set: str) -> str:
    """A weight set: a shipped profile, or a published set with its number."""
    profile = facts.profiles.by_id.get(weight_set)
    if profile is not None:
        return profile.name_zh if language() == "zh" else profile.name_en
    for one in facts.versions.weight_sets:
        if str(one.id) == weight_set:
            named = one.name_zh if language() == "zh" else one.name_en
            return _("{name} (no. {id})").format(name=plain(named, 60), id=one.id)
    return plain(weight_set, 60)


def weights_in_force(facts: Facts) -> str:
    """The weights of the report's scope: branches may be assessed by a set of their own."""
    card = facts.card
    return weights_name(facts, card.branch_weight_set if facts.branch else card.weight_set)


def headline(facts: Facts, node: str = ROOT, *, brief: bool = False) -> str:
    """What happened to the score of a node since the month before; not why, if ``brief``."""
    if facts.before is None:
        return _("There is no month before to compare with.")
    other = numbers.period(facts.before.period)
    change = None if facts.why is None else facts.why.change(node)
    if facts.why is None or change is None:
        now = facts.card.node(node, facts.branch)
        if now.score is None:
            share = numbers.percent(now.coverage)
            return _("There is no score: {coverage} of the weight has data").format(coverage=share)
        score = numbers.score(now.score)
        return _("The score is {score}; there is none for {other} to compare with.").format(
            score=score, other=other
        )
    told = _moved_words(change).format(change=numbers.score(abs(change)), other=other)
    same = [one for one in facts.why.movers(40, node) if (one.points > 0) == (change > 0)]
    if brief or facts.tree.level(node) >= 3 or not same or goodness(change) == 0:
        return told
    return _("{told}, mostly {name} ({points})").format(
        told=told, name=name(facts.tree, same[0].id), points=numbers.signed(same[0].points)
    )


def _moved_words(change: float) -> str:
    if goodness(change) == 0:
        return _("The score held its level against {other}")
    if change > 0:
        return _("The score rose {change} points against {other}")
    return _("The score fell {change} points against {other}")


def against_last_year(facts: Facts) -> str:
    """The score beside that of the same month last year; '' where there is none."""
    if facts.year_ago is None:
        return ""
    now = facts.card.node(ROOT, facts.branch).score
    then = facts.year_ago.node(ROOT, facts.branch).score
    if now is None or then is None:
        return ""
    return _("A year before, in {month}, it was {score} ({change}).").format(
        month=numbers.period(facts.year_ago.period),
        score=numbers.score(then),
        change=numbers.signed(now - then),
    )


def band_words(tree: Tree, node: NodeResult) -> str:
    """Sign and word of a node's band; '' without one."""
    if node.band is None:
        return ""
    return " ".join(band_name(tree, node.band, leaf=node.level >= 3))


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


def mover_words(facts: Facts, mover: Mover) -> str:
    """An indicator's part in the change, with its value before and after, or its target."""
    tree, cards = facts.tree, [one for one in (facts.before, facts.card) if one is not None]
    sides = [card.node(mover.id, facts.branch) for card in cards]
    told = [quantity(tree, mover.id, one.value) for one in sides]
    form = _("{points} {name}: {before} → {after}")
    if told[0] == told[-1]:
        form = _("{points} {name}: {value}, target {before} → {after}")
        told = [quantity(tree, mover.id, one.target) for one in sides]
    return form.format(
        points=numbers.signed(mover.points, 2),
        name=name(tree, mover.id),
        value=quantity(tree, mover.id, sides[-1].value),
        before=told[0],
        after=told[-1],
    )


def cap_words(tree: Tree, one: Capped) -> str:
    """What red lines did to the total beside the indicators."""
    return _("{points} red line on {node}: {names}").format(
        points=numbers.signed(one.points, 2),
        node=name(tree, one.id),
        names=joined([line_name(tree, line) for line in one.lines]),
    )


def line_name(tree: Tree, line: str) -> str:
    """The name of a red line."""
    found = tree.red_lines[line]
    return found.name_zh if language() == "zh" else found.name_en


def red_line_words(facts: Facts, line: str) -> str:
    """A breached red line: what it caps, and the total with and without."""
    total = facts.card.node(ROOT, facts.branch)
    caps = joined(
        [
            _("{name} at most {cap}").format(name=name(facts.tree, node), cap=numbers.number(cap))
            for node, cap in facts.tree.red_lines[line].caps.items()
        ]
    )
    told = _("■ Red line: {line} · {caps}")
    if total.score is not None:
        told = _("■ Red line: {line} · {caps} · total {score}, without red lines {uncapped}")
    return told.format(
        line=line_name(facts.tree, line),
        caps=caps,
        score=numbers.score(total.score),
        uncapped=numbers.score(total.uncapped),
    )


def off_target_words(tree: Tree, found: OffTarget) -> str:
    """An indicator below its base: value, base, and the points that this costs."""
    node = found.node
    return _("{name}: {value}, base {base} — costs {lost} points").format(
        name=name(tree, node.id),
        value=quantity(tree, node.id, node.value),
        base=quantity(tree, node.id, node.base),
        lost=numbers.number(found.lost, 2),
    )


def missing_words(tree: Tree, found: Missing) -> str:
    """What cannot be scored, why, and how much weight that is."""
    named = joined([name(tree, node) for node in found.nodes[:3]])
    if len(found.nodes) > 3:
        named = _("{names} and {count} more").format(names=named, count=len(found.nodes) - 3)
    return _("{reason}: {names} — {weight} of the weight").format(
        reason=reason_words(found.reason), names=named, weight=numbers.percent(found.weight)
    )


def course_words(tree: Tree, indicator: str, shown: Forecast) -> str:
    """Where a figure ends the year, against its goal."""
    named, until = name(tree, indicator), numbers.day(shown.until)
    if shown.end is None:
        why = _("no data") if shown.reason is None else shown.reason.words(language())
        return _("{name}: no forecast: {reason}").format(name=named, reason=why)
    expected = quantity(tree, indicator, shown.end.value)
    if shown.goal is None:
        told = _("{name} is expected at {value} by {day}")
        return told.format(name=named, value=expected, day=until)
    beyond = shown.end.value - shown.goal
    ahead = beyond <= 0 if tree.indicators[indicator].better == "down" else beyond >= 0
    gap = numbers.percent(100 * abs(beyond) / abs(shown.goal)) if shown.goal else ""
    told = _("{name} is expected to end {period} {gap} ahead of its goal of {goal}")
    if not ahead:
        told = _("{name} is expected to end {period} {gap} short of its goal of {goal}")
    year = str(shown.until.year)
    goal = quantity(tree, indicator, shown.goal)
    return told.format(name=named, period=year, gap=gap, goal=goal)


def chance_words(chance: float | None) -> str:
    """The chance to reach a goal, with a word and a sign; '' where it is not known.

    >>> chance_words(0.8), chance_words(None)
    ('● 80% chance to reach it: likely', '')
    """
    if chance is None:
        return ""
    word, sign = (_("likely"), "●") if chance >= LIKELY else (_("open"), "▲")
    if chance < UNLIKELY:
        word, sign = _("unlikely"), "■"
    told = f"{100 * chance:.0f}%"
    if chance < 0.01 or chance > 0.99:
        told = _("under 1%") if chance < 0.01 else _("over 99%")
    return _("{sign} {chance} chance to reach it: {word}").format(sign=sign, chance=told, word=word)
