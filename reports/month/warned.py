"""Warnings and decisions in words, as the overview tells them; names from data are plain text."""

from __future__ import annotations

from data.state.warnings import KeptWarning
from metrics.warnings import Incident, Rule
from metrics.warnings.decisions import Decision
from metrics.warnings.watch import incident_of
from reports.month import sentences
from reports.month.facts import Facts
from words import numbers
from words.i18n import _, _n, language
from words.text import plain

SIGNS = {3: "■", 2: "▲", 1: "◆"}


def by_gravity(every: tuple[KeptWarning, ...]) -> list[KeptWarning]:
    """Warnings that fired before those to be confirmed, the gravest first, then the oldest."""
    rank = {"firing": 0, "acknowledged": 1, "no_data": 1, "recovering": 2, "pending": 3}
    return sorted(every, key=lambda one: (rank[one.last.stage], -one.last.level, one.id))


def stage_words(stage: str) -> str:
    """The stage of a warning."""
    return {
        "pending": _("to be confirmed"),
        "firing": _("firing"),
        "acknowledged": _("taken on"),
        "recovering": _("recovering"),
        "resolved": _("resolved"),
        "no_data": _("no data"),
    }[stage]


def what(facts: Facts, found: Incident) -> str:
    """An incident in one line: what, how far beyond its limit, where."""
    told = _("{subject}: {finding}").format(
        subject=subject(facts, found), finding=finding(facts, found)
    )
    return f"{SIGNS[found.level]} {told}"


def subject(facts: Facts, found: Incident) -> str:
    """What an incident is about: an indicator, a theme, or late tables."""
    if found.members and found.members[0] not in facts.tree.indicators:
        return _("Data")
    return sentences.name(facts.tree, found.node)


def finding(facts: Facts, found: Incident) -> str:
    """How far an incident is beyond its limit, and how many more there are."""
    told = _beyond(facts, found)
    more = len(found.members) - 1
    if more > 0:
        told = _n("{told}, and {count} more", "{told}, and {count} more", more).format(
            told=told, count=more
        )
    if not found.branch:
        return told
    place = sentences.place_name(facts, found.branch)
    return _("{told} · {place}").format(told=told, place=place)


def _beyond(facts: Facts, found: Incident) -> str:
    tree, rule, worst = facts.tree, facts.rules.get(found.rule), found.members[0]
    kind = "threshold" if rule is None else rule.kind
    if kind == "late":
        days = int(found.value)
        return _n("{table} is {count} day late", "{table} is {count} days late", days).format(
            table=worst, count=days
        )
    if kind == "path":
        told = _("score {score}, limit {limit}").format(
            score=numbers.score(found.value), limit=numbers.number(found.limit)
        )
        if found.node == worst:
            return told
        return _("{name} {told}").format(name=sentences.name(tree, worst), told=told)
    if kind == "year":
        unit = " pp" if tree.indicators[worst].unit == "%" else "%"
        return _("{change} worse than a year ago, limit {limit}").format(
            change=f"{numbers.number(found.value, 1)}{unit}",
            limit=f"{numbers.number(found.limit)}{unit}",
        )
    return _("{value}, limit {limit}").format(
        value=sentences.quantity(tree, worst, found.value),
        limit=sentences.quantity(tree, worst, found.limit),
    )


def owner(facts: Facts, found: Incident) -> str:
    """Who is asked first: the owner of the rule, or of the worst indicator."""
    rule, worst = facts.rules.get(found.rule), found.members[0] if found.members else ""
    named = rule.owner if rule is not None and rule.owner else ""
    if not named and worst in facts.tree.indicators:
        named = facts.tree.indicators[worst].owner
    known = facts.tree.vocabulary.owners.get(named)
    return "" if known is None else known.in_(language())


def action(rule: Rule | None) -> str:
    """What the rule suggests."""
    if rule is None:
        return ""
    return rule.action_zh if language() == "zh" else rule.action_en


def decision(facts: Facts, one: Decision) -> str:
    """What waits, in one line with what it is about."""
    told = _decision(one)
    about = _about(facts, one)
    return _("{subject}: {finding}").format(subject=about, finding=told) if about else told


def _about(facts: Facts, one: Decision) -> str:
    if one.warning is not None:
        known = {kept.id: kept for kept in facts.standing.warnings}
        return subject(facts, incident_of(known[one.warning]))
    if one.dispute is not None:
        node = one.dispute.node
        known_node = node.partition("@")[0] in facts.tree.nodes()
        return sentences.name(facts.tree, node) if known_node else plain(node, 60)
    return ""


def _decision(one: Decision) -> str:
    about, who = plain(one.about[0 if language() == "zh" else 1], 60), plain(one.who, 40)
    return {
        "to_take": _("Somebody must take it on"),
        "overdue": _("Nobody has taken it on within its time limit"),
        "promise_passed": _("Promised by {who}, and its day has passed").format(who=who),
        "weights_submitted": _("Publish the weights “{name}” ({who})").format(name=about, who=who),
        "weights_draft": _("Weights “{name}” are a draft ({who})").format(name=about, who=who),
        "baselines_submitted": _n(
            "Publish {count} baseline of {year} ({who})",
            "Publish {count} baselines of {year} ({who})",
            one.count,
        ).format(count=one.count, year=about, who=who),
        "baselines_draft": _n(
            "{count} baseline of {year} is a draft ({who})",
            "{count} baselines of {year} are drafts ({who})",
            one.count,
        ).format(count=one.count, year=about, who=who),
        "disputed": _("A disputed number waits for an answer ({who})").format(who=who),
        "month_open": _("Close {month}").format(month=about),
    }[one.kind]


def kept_words(facts: Facts, one: KeptWarning) -> str:
    """An open warning in one line: what it says, its stage, who took it on and until when."""
    told = _("{told} · {place}").format(
        told=what(facts, incident_of(one)), place=stage_words(one.last.stage)
    )
    if one.taken_by is None:
        return told
    promised = numbers.day(one.last.promised_on)
    return _("{told} · {who}, promised for {day}").format(
        told=told, who=plain(one.taken_by, 40), day=promised
    )
