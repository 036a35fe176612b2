"""Judging all rules for a day, and keeping what came of it beside what is open already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from data.period import Period, containing
from data.state import State
from data.state.warnings import (
    JUDGED,
    KeptWarning,
    NewStep,
    keep_judged,
    last_run,
    open_warnings,
)
from metrics.scorecard import ScoreCard, score_cards
from metrics.values.evaluation import Setup
from metrics.warnings.incidents import Incident, Part, incidents, late_incidents, unknown
from metrics.warnings.judge import BANK
from metrics.warnings.rules import Rule
from metrics.warnings.stages import Judged, Outcome, Stage, stage

Leaves = Mapping[str, Collection[str]]
"""The leaf branches by node of the organisation; '' is the bank."""
SHORTEST = 7
"""Days that a month needs before it is judged by itself; until then the one before is."""


@dataclass(frozen=True)
class Watched:
    """A judging: the period, its last complete day, the incidents, what could not be judged.

    ``kept`` are the warnings that it touched, ``new`` how many of them it opened; nothing is kept
    of a day before the newest judged one (``recorded`` is False).
    """

    period: Period
    day: date
    incidents: tuple[Incident, ...]
    unknown: Mapping[str, tuple[str, ...]]
    kept: tuple[KeptWarning, ...]
    new: int
    recorded: bool


def judged_period(as_of: date) -> Period:
    """The days that are judged: this month up to its last complete day, or the month before.

    >>> str(judged_period(date(2026, 11, 21))), str(judged_period(date(2026, 11, 3)))
    ('2026-11-01..2026-11-21', '2026-10')
    >>> str(judged_period(date(2026, 11, 30)))
    '2026-11'
    """
    month = containing(as_of, "month")
    if as_of.day < SHORTEST:
        return month.previous()
    return month if as_of == month.last else Period(month.first, as_of)


def complete_days(period: Period, as_of: date) -> Period | None:
    """The complete days of a period; None where none of them is."""
    return period.clipped(as_of)


def watch(
    connection: Connection,
    setup: Setup,
    state: State,
    rules: Mapping[str, Rule],
    *,
    by: str,
    yesterday: date,
    period: Period | None = None,
) -> Watched | None:
    """Judge all rules and keep what came of it; None where no complete day is loaded.

    ``yesterday`` is the last day that could be complete: what data are late against. Judging a day
    again adds nothing unless its outcome changed.
    """
    as_of = setup.store.coverage.as_of
    asked = None if as_of is None else complete_days(period or judged_period(as_of), as_of)
    if asked is None:
        return None
    cards = score_cards(connection, setup, state, [asked, asked.year_ago()])
    found = every_incident(setup, rules, cards[0], cards[1], yesterday)
    missing = _unknown(rules, cards[0], cards[1])
    run = last_run(state)
    recorded = run is None or asked.last >= run.judged_on
    steps: list[NewStep] = []
    kept: tuple[KeptWarning, ...] = ()
    if recorded:
        open_now, leaves = open_warnings(state), setup.store.leaves
        steps = next_steps(leaves, rules, open_now, found, missing, asked, state.clock())
        kept = keep_judged(state, asked.last, str(asked), steps, by=by, unknown=missing)
    new = sum(step.warning is None for step in steps)
    return Watched(asked, asked.last, found, missing, kept, new, recorded)


def every_incident(
    setup: Setup,
    rules: Mapping[str, Rule],
    card: ScoreCard,
    year_ago: ScoreCard | None,
    yesterday: date | None,
    top: str = BANK,
) -> tuple[Incident, ...]:
    """What all rules find in a card under a scope; late data where ``yesterday`` is given."""
    found: list[Incident] = []
    store = setup.store
    for rule in rules.values():
        if rule.kind != "late":
            found += incidents(rule, card, year_ago, top)
        elif yesterday is not None and top == BANK:
            found += late_incidents(rule, store.coverage, store.catalogue, setup.tree, yesterday)
    return tuple(sorted(found, key=lambda one: -one.level))


def _unknown(
    rules: Mapping[str, Rule], card: ScoreCard, year_ago: ScoreCard
) -> Mapping[str, tuple[str, ...]]:
    found = {
        name: tuple(sorted(unknown(rule, card, year_ago)))
        for name, rule in rules.items()
        if rule.kind != "late"
    }
    return {name: members for name, members in found.items() if members}


def next_steps(
    leaves: Leaves,
    rules: Mapping[str, Rule],
    open_now: Sequence[KeptWarning],
    found: Sequence[Incident],
    missing: Mapping[str, Sequence[str]],
    period: Period,
    now: datetime,
) -> list[NewStep]:
    """What a judging adds: to open warnings, matched by rule and members, and new ones."""
    steps: list[NewStep] = []
    taken: dict[Incident, int] = {}
    for known in open_now:
        rule = rules.get(known.rule)
        mine = [one for one in found if one.rule == known.rule and _same(one, known, leaves)]
        free = next((one for one in mine if one not in taken), None)
        if rule is None:
            steps += _changed(known, _closed(known, period, "the rule is gone"))
        elif mine and free is None:
            steps += _changed(known, _closed(known, period, f"part of warning {taken[mine[0]]}"))
        else:
            if free is not None:
                taken[free] = known.id
            gone = free is None and set(missing.get(rule.id, ())) >= set(_members(known))
            outcome: Outcome = "breached" if free else "unknown" if gone else "holds"
            steps += _changed(known, _next(rule, known, free, outcome, period, now))
    steps += [_opened(rules[one.rule], one, period, now) for one in found if one not in taken]
    return steps


def _same(found: Incident, known: KeptWarning, leaves: Leaves) -> bool:
    """One matter: members in common, and scopes of which one holds the other."""
    one, other = found.branch, known.last.branch
    nested = one == other or BANK in (one, other)
    if not nested and one in leaves and other in leaves:
        nested = set(leaves[one]) <= set(leaves[other]) or set(leaves[other]) <= set(leaves[one])
    return nested and bool(set(found.members) & set(_members(known)))


def _members(known: KeptWarning) -> Sequence[str]:
    members: Sequence[str] = known.last.detail["members"]
    return members


def _days(known: KeptWarning, but: date) -> list[Judged]:
    """The last outcome of each judged day before (and not on) a day."""
    by_day = {
        step.judged_on: step.outcome
        for step in known.steps
        if step.action == JUDGED and step.judged_on is not None and step.judged_on != but
    }
    return [Judged(day, _outcome(outcome)) for day, outcome in by_day.items()]


def _outcome(text: str | None) -> Outcome:
    return "breached" if text == "breached" else "holds" if text == "holds" else "unknown"


def _next(
    rule: Rule,
    known: KeptWarning,
    found: Incident | None,
    outcome: Outcome,
    period: Period,
    now: datetime,
) -> NewStep:
    days = [*_days(known, period.last), Judged(period.last, outcome)]
    after = stage(
        days,
        confirm_days=rule.confirm_days,
        calm_days=rule.calm_days,
        acknowledged=known.taken_by is not None,
    )
    last = known.last
    level = last.level if found is None else found.level
    return NewStep(
        warning=known,
        rule=known.rule,
        stage=after,
        judged_on=period.last,
        outcome=outcome,
        period=str(period),
        node=last.node if found is None else found.node,
        branch=last.branch if found is None else found.branch,
        level=level,
        due_at=_due(rule, known, after, level, now),
        detail=last.detail if found is None else detail_of(found),
    )


def _due(rule: Rule, known: KeptWarning, after: Stage, level: int, now: datetime) -> datetime:
    """The time limit runs from the moment at which it fires or gets graver."""
    fires = after == "firing" and known.last.stage != "firing"
    if fires or level > known.last.level:
        return now + timedelta(hours=rule.hours[level])
    return known.last.due_at


def _opened(rule: Rule, found: Incident, period: Period, now: datetime) -> NewStep:
    first = [Judged(period.last, "breached")]
    return NewStep(
        warning=None,
        rule=rule.id,
        stage=stage(first, confirm_days=rule.confirm_days, calm_days=rule.calm_days),
        judged_on=period.last,
        outcome="breached",
        period=str(period),
        node=found.node,
        branch=found.branch,
        level=found.level,
        due_at=now + timedelta(hours=rule.hours[found.level]),
        detail=detail_of(found),
    )


def _closed(known: KeptWarning, period: Period, reason: str) -> NewStep:
    last = known.last
    return NewStep(
        known, known.rule, "resolved", period.last, "unknown", str(period), last.node,
        last.branch, last.level, last.due_at, last.detail, reason,
    )  # fmt: skip


def _changed(known: KeptWarning, new: NewStep) -> Iterable[NewStep]:
    """The step, unless the same day was judged before with the same outcome."""
    last = next((one for one in reversed(known.steps) if one.action == JUDGED), None)
    same = last is not None and (last.judged_on, last.outcome, last.level) == (
        new.judged_on, new.outcome, new.level,
    )  # fmt: skip
    return () if same and new.reason is None else (new,)


def detail_of(found: Incident) -> dict[str, Any]:
    """What a rule found, as it is kept."""
    return {
        "members": list(found.members),
        "value": found.value,
        "limit": found.limit,
        "itself": found.itself,
        "parts": [[part.id, part.value] for part in found.parts],
    }


def incident_of(known: KeptWarning) -> Incident:
    """The incident as a warning keeps it."""
    last = known.last
    return Incident(
        known.rule, last.node, last.branch, last.level, tuple(last.detail["members"]),
        float(last.detail["value"]), float(last.detail["limit"]),
        tuple(Part(name, float(value)) for name, value in last.detail["parts"]),
        bool(last.detail["itself"]),
    )  # fmt: skip
