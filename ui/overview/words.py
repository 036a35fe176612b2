"""Warnings, stages and decisions in the reader's language; names from data are plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from data.state.warnings import KeptWarning
from metrics.tree import Tree
from metrics.warnings import Incident, Rule
from metrics.warnings.decisions import Decision
from ui import sentences
from ui.frame import Here
from ui.theme import Colour
from words import numbers
from words.i18n import _, _n, language

SIGNS = {3: "■", 2: "▲", 1: "◆"}
COLOURS: dict[int, Colour] = {3: "red", 2: "orange", 1: "blue"}


def level_words(level: int) -> str:
    """A level of gravity, 3 the gravest.

    >>> level_words(3)
    'Level 3, grave'
    """
    return {
        1: _("Level 1, notice"),
        2: _("Level 2, serious"),
        3: _("Level 3, grave"),
    }[level]


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


def rule_words(rule: Rule | None, name: str) -> str:
    """The name of a rule; the id of one that is gone."""
    if rule is None:
        return name
    return rule.name_zh if language() == "zh" else rule.name_en


def what(here: Here, rule: Rule | None, found: Incident) -> str:
    """An incident in one line: what, how far beyond its limit, where; plain text."""
    return _("{subject}: {finding}").format(
        subject=subject(here.tree, found), finding=finding(here, rule, found)
    )


def subject(tree: Tree, found: Incident) -> str:
    """What an incident is about: an indicator, a theme with its indicators, or late tables."""
    if found.members and found.members[0] not in tree.indicators:
        return _("Data")
    return tree.name(found.node, language())


def finding(here: Here, rule: Rule | None, found: Incident) -> str:
    """How far an incident is beyond its limit, and how many more there are."""
    told = _beyond(here.tree, rule, found)
    more = len(found.members) - 1
    if more > 0:
        told = _n("{told}, and {count} more", "{told}, and {count} more", more).format(
            told=told, count=more
        )
    place = where(here, found)
    return told if not place else _("{told} · {place}").format(told=told, place=place)


def where(here: Here, found: Incident) -> str:
    """The branch of an incident; '' for the whole bank."""
    if not found.branch:
        return ""
    return here.bank.name(found.branch, language()) or found.branch


def _beyond(tree: Tree, rule: Rule | None, found: Incident) -> str:
    kind = "threshold" if rule is None else rule.kind
    if kind == "late":
        days = int(found.value)
        return _n("{table} is {count} day late", "{table} is {count} days late", days).format(
            table=found.members[0], count=days
        )
    worst = found.members[0]
    if kind == "path":
        told = _("score {score}, limit {limit}").format(
            score=numbers.score(found.value), limit=numbers.number(found.limit)
        )
        if found.node == worst:
            return told
        return _("{name} {told}").format(name=tree.name(worst, language()), told=told)
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


def owner(tree: Tree, rule: Rule | None, found: Incident) -> str:
    """Who is asked first: the owner of the rule, or of the worst indicator."""
    worst = found.members[0] if found.members else ""
    name = rule.owner if rule is not None and rule.owner else ""
    if not name and worst in tree.indicators:
        name = tree.indicators[worst].owner
    known = tree.vocabulary.owners.get(name)
    return "" if known is None else known.in_(language())


def action(rule: Rule | None) -> str:
    """What the rule suggests."""
    if rule is None:
        return ""
    return rule.action_zh if language() == "zh" else rule.action_en


def since(moment: datetime | None) -> str:
    """How long ago a naive UTC moment was; '' where it is not known."""
    if moment is None:
        return ""
    return numbers.ago((now() - moment).total_seconds())


def now() -> datetime:
    """This moment as naive UTC, as the state keeps moments."""
    return datetime.now(UTC).replace(tzinfo=None)


def left(known: KeptWarning) -> str:
    """The time that is left to take a warning on, or by how much it has passed."""
    seconds = (known.last.due_at - now()).total_seconds()
    hours = int(abs(seconds) // 3600)
    if seconds >= 0:
        return _n("{count} hour left", "{count} hours left", hours).format(count=hours)
    return _n("{count} hour too late", "{count} hours too late", hours).format(count=hours)


def decision(one: Decision) -> str:
    """What waits, in one line without its subject."""
    about = one.about[0 if language() == "zh" else 1]
    return {
        "to_take": _("Somebody must take it on"),
        "overdue": _("Nobody has taken it on within its time limit"),
        "promise_passed": _("Promised by {who}, and its day has passed").format(who=one.who),
        "weights_submitted": _("Publish the weights “{name}” ({who})").format(
            name=about, who=one.who
        ),
        "weights_draft": _("Weights “{name}” are a draft ({who})").format(name=about, who=one.who),
        "baselines_submitted": _n(
            "Publish {count} baseline of {year} ({who})",
            "Publish {count} baselines of {year} ({who})",
            one.count,
        ).format(count=one.count, year=about, who=one.who),
        "baselines_draft": _n(
            "{count} baseline of {year} is a draft ({who})",
            "{count} baselines of {year} are drafts ({who})",
            one.count,
        ).format(count=one.count, year=about, who=one.who),
        "disputed": _("A disputed number waits for an answer ({who})").format(who=one.who),
        "month_open": _("Close {month}").format(month=about),
    }[one.kind]


def joined(words: Sequence[str]) -> str:
    """Words in a row."""
    return _(", ").join(words)
