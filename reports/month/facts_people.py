"""User behaviour, risk and competitors of a month, as their screens read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pandas as pd
from sqlalchemy import Connection

from data.behaviour import customers, features, retention
from data.behaviour import silence as of_silence
from data.behaviour import visits as of_visits
from data.behaviour.scope import missing
from data.competitors.records import Figure, Release, figures, releases
from data.period import Period, containing, month_end
from data.points.read import Store, permitted_scope
from data.points.wants import Reason as DataReason
from data.risk import events as reading_events
from data.risk import loans as reading_loans
from data.risk.fraud import fraud_by_day
from data.slice import Slice
from metrics.behaviour import aarrr, cohorts, modules
from metrics.behaviour import silence as levels_of
from metrics.behaviour import tiers as of_tiers
from metrics.behaviour import visits as told_visits
from metrics.behaviour.modules import NeverUsed
from metrics.behaviour.silence import Silence
from metrics.behaviour.tiers import Moves
from metrics.behaviour.visits import Visits
from metrics.competitors.features import Gap, Row, gaps, matrix
from metrics.risk.events import Assessed, ClassRow, Theme, by_class, complaint_themes
from metrics.risk.events import register as registered
from metrics.risk.fraud import Totals, gathered
from metrics.risk.loans import RollRates, Vintage, roll_rates, vintage_curves
from metrics.scorecard import ScoreCard
from metrics.values import Setup
from metrics.values.reasons import Reason
from reports.month.facts_business import reason_of

T = TypeVar("T")
PERIODS = 13
TIER_MONTHS = 3


@dataclass(frozen=True)
class Behaviour:
    """Who comes and who leaves; a Reason where the facts do not say."""

    stages: tuple[aarrr.Stage, ...]
    weakest: aarrr.Stage | None
    visits: tuple[Visits, ...] | Reason
    triangle: cohorts.Triangle | Reason
    moves: Moves | Reason
    silence: Silence | Reason
    never_used: tuple[NeverUsed, ...] | Reason


@dataclass(frozen=True)
class Risk:
    """Fraud, loans, events and complaints; ``register`` is the bank's, with its month."""

    fraud: tuple[Totals, ...] | Reason
    vintages: tuple[Vintage, ...] | Reason
    rolls: RollRates | Reason
    classes: tuple[ClassRow, ...] | Reason
    register: tuple[date, tuple[Assessed, ...]] | Reason
    complaints: tuple[Theme, ...] | Reason


@dataclass(frozen=True)
class Competitors:
    """What is written down of peers up to the month's end: newest figures, releases, features."""

    figures: tuple[Figure, ...]
    releases: tuple[Release, ...]
    features: tuple[Row, ...]
    gaps: tuple[Gap, ...]


def _known(
    connection: Connection,
    store: Store,
    about: Slice,
    tables: tuple[str, ...],
    work: Callable[[Slice], T],
) -> T | Reason:
    """The work over the days of the slice that are known, or why there are none."""
    permitted_scope(store, about)
    found = missing(store, tables, about.period.first, about.period.last)
    if found is not None:
        return Reason(found.kind, found.about)
    end = store.coverage.last_day(tables[0])
    clipped = about.period if end is None else about.period.clipped(end)
    return work(about if clipped is None else about.over(clipped))


def behaviour(
    connection: Connection, setup: Setup, card: ScoreCard, about: Slice, folder: Path | None
) -> Behaviour:
    """All of the User behaviour sheet; ``folder`` may hold the bank's own colours of silence."""
    store, stages = setup.store, aarrr.stages(card, about.branch)
    people = ("event", "dim_user")
    return Behaviour(
        stages,
        aarrr.weakest(stages),
        _known(connection, store, about, ("event",), lambda s: _visits(connection, store, s)),
        _known(connection, store, about, people, lambda s: _triangle(connection, store, s)),
        _moves(connection, store, about),
        _known(connection, store, about, people, lambda s: _silence(connection, store, s, folder)),
        _known(connection, store, about, ("event",), lambda s: _never(connection, setup, s)),
    )


def _visits(connection: Connection, store: Store, about: Slice) -> tuple[Visits, ...]:
    periods = [containing(about.period.last, "month")]
    first = store.coverage.runs["event"][0][0]
    while len(periods) < PERIODS and periods[0].first > first:
        periods.insert(0, periods[0].previous())
    counted = of_visits.visits(connection, store, about.over(periods[-1]), periods)
    return told_visits.visits(counted, periods, first, store.coverage.last_day("event"))


def _triangle(connection: Connection, store: Store, about: Slice) -> cohorts.Triangle:
    last = about.period.last
    until, begin = store.coverage.last_day("event") or last, store.coverage.first_day or last
    first = last.replace(day=1)
    for _month in range(PERIODS - 1):
        earlier = (first - timedelta(days=1)).replace(day=1)
        if earlier < begin:
            break
        first = earlier
    joined = retention.joined_by_day(connection, store, about, first, last)
    active = retention.cohort_activity(connection, store, about, first, last, "month")
    return cohorts.triangle(joined, active, "month", first, last, min(until, last))


def _moves(connection: Connection, store: Store, about: Slice) -> Moves | Reason:
    ends = customers.months_known(store, about.period.last, TIER_MONTHS)
    if ends is None:
        return Reason("no_month_end", "user_month")
    return of_tiers.moves(customers.tier_moves(connection, store, about, *ends), *ends)


def _silence(connection: Connection, store: Store, about: Slice, folder: Path | None) -> Silence:
    levels = levels_of.load_levels(folder)
    limits = [one.days for one in levels]
    counted = of_silence.silent_counts(connection, store, about, about.period.last, limits)
    return levels_of.silence(counted, levels)


def _never(connection: Connection, setup: Setup, about: Slice) -> tuple[NeverUsed, ...]:
    """Of the active users of the twelve months to the period's end."""
    end = about.period.last
    last = end if end == month_end(end) else end.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    for _month in range(11):
        first = (first - timedelta(days=1)).replace(day=1)
    basic = [one.id for one in setup.tree.modules.values() if one.grade == "basic"]
    counted = features.ever_used(connection, setup.store, about, Period(first, last))
    return modules.never_used(counted, tuple(setup.tree.modules), basic)


def risk(connection: Connection, setup: Setup, about: Slice) -> Risk:
    """All of the Risk sheet."""
    store, last = setup.store, about.period.last
    end = store.coverage.last_month_end("loan_month", last) or month_end(last)
    return Risk(
        _made(fraud_by_day(connection, store, about), _fraud),
        _made(
            reading_loans.vintages(connection, store, about, end), lambda f: vintage_curves(f, end)
        ),
        _made(reading_loans.moves(connection, store, about, end), roll_rates),
        _made(reading_events.events(connection, store, about), by_class),
        _register(connection, store, about),
        _made(reading_events.complaints(connection, store, about), complaint_themes),
    )


def _made(found: pd.DataFrame | DataReason, work: Callable[[pd.DataFrame], T]) -> T | Reason:
    return reason_of(found) if isinstance(found, DataReason) else work(found)


def _fraud(rows: pd.DataFrame) -> tuple[Totals, ...]:
    return gathered(rows, [0] * len(rows), 1).totals


def _register(
    connection: Connection, store: Store, about: Slice
) -> tuple[date, tuple[Assessed, ...]] | Reason:
    """The bank's register at the month's end against the month before."""
    if about.branch or about.rights.subtree:
        return Reason("not_by_branch")
    coverage = store.coverage
    now = coverage.last_month_end("risk_assessment", about.period.last)
    before = coverage.last_month_end("risk_assessment", about.period.previous().last)
    if now is None:
        return Reason("no_month_end", "risk_assessment")
    before = None if before == now else before
    months = [now] if before is None else [now, before]
    found = reading_events.register(connection, store, months)
    if isinstance(found, DataReason):
        return reason_of(found)
    days = pd.to_datetime(found["month"])
    earlier = found.head(0) if before is None else found[days == pd.Timestamp(before)]
    return now, registered(found[days == pd.Timestamp(now)], earlier)


def competitors(connection: Connection, until: date) -> Competitors:
    """All of the Competitors sheet: what is known on a day, the newest of each series."""
    known = [one for one in figures(connection) if one.last <= until]
    shipped = [one for one in releases(connection) if one.day <= until]
    rows = matrix(shipped, until)
    return Competitors(newest(known), tuple(shipped), rows, gaps(rows, until))


def newest(known: Sequence[Figure]) -> tuple[Figure, ...]:
    """The newest figure by measure, provider, unit and competitor: providers are never mixed."""
    found: dict[tuple[str, str, str, str], Figure] = {}
    for one in known:
        key = (one.measure, one.provider, one.unit, one.competitor)
        if key not in found or (one.last, one.first) > (found[key].last, found[key].first):
            found[key] = one
    return tuple(found[key] for key in sorted(found))
