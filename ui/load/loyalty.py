"""What the User behaviour screen reads of who stays and who leaves, cached by token and slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from data.behaviour import customers, features, retention
from data.behaviour import silence as of_silence
from data.points.read import Store
from data.slice import Slice
from data.state import log_access
from metrics.behaviour import cohorts, profiles
from metrics.behaviour import rfm as of_rfm
from metrics.behaviour import silence as levels_of
from metrics.behaviour import tiers as of_tiers
from metrics.behaviour.cohorts import OnDay, Start, Triangle
from metrics.behaviour.profiles import Profile
from metrics.behaviour.rfm import Rfm
from metrics.behaviour.silence import Level, Silence
from metrics.behaviour.tiers import Moves
from metrics.values.reasons import Reason
from ui.load.behaviour import KEPT, read_known
from ui.load.opened import (
    Token,
    environment,
    open_state_once,
    open_warehouse_once,
    settings,
    setup,
)

AGES = (1, 3, 7, 14, 30, 60, 90)
COHORTS = {"week": 16, "month": 13}
START_DAYS = 730
Segment = tuple[tuple[str, tuple[str, ...]], ...]


def triangle(token: Token, about: Slice, unit: retention.Unit) -> Triangle | Reason:
    """Cohorts of the last weeks or months and their activity since."""
    return _triangle(token, about, unit)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _triangle(token: Token, about: Slice, unit: retention.Unit) -> Triangle | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Triangle:
        until = store.coverage.last_day("event") or known.period.last
        first, last = _cohort_days(store, known.period.last, unit)
        joined = retention.joined_by_day(connection, store, known, first, last)
        active = retention.cohort_activity(connection, store, known, first, last, unit)
        return cohorts.triangle(joined, active, unit, first, last, min(until, last))

    return read_known(token, about, ("event", "dim_user"), work)


def _cohort_days(store: Store, last: date, unit: retention.Unit) -> tuple[date, date]:
    """The days of the last cohorts, none from before the data."""
    begin = store.coverage.first_day or last
    if unit == "week":
        monday = last - timedelta(days=last.weekday())
        first = monday - timedelta(days=7 * (COHORTS["week"] - 1))
        while first < begin:
            first += timedelta(days=7)
        return min(first, last), last
    first = last.replace(day=1)
    for _month in range(COHORTS["month"] - 1):
        earlier = (first - timedelta(days=1)).replace(day=1)
        if earlier < begin:
            break
        first = earlier
    return first, last


def curve(token: Token, about: Slice) -> tuple[OnDay, ...] | Reason:
    """Retention on the n-th day after registering, of users whose n-th day is in the period."""
    return _curve(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _curve(token: Token, about: Slice) -> tuple[OnDay, ...] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> tuple[OnDay, ...]:
        first = known.period.first - timedelta(days=max(AGES))
        joined = retention.joined_by_day(connection, store, known, first, known.period.last)
        returned = retention.returns(connection, store, known, AGES)
        return cohorts.curve(joined, returned, known.period, AGES)

    return read_known(token, about, ("event", "dim_user"), work)


def starts(token: Token, about: Slice, age: int = 1) -> tuple[Start, ...] | Reason:
    """Newcomers of the 730 days to the period's end by the first module that they saw."""
    return _starts(token, about, age)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _starts(token: Token, about: Slice, age: int) -> tuple[Start, ...] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> tuple[Start, ...]:
        last = known.period.last
        first = max(last - timedelta(days=START_DAYS - 1), store.coverage.first_day or last)
        counted = retention.by_first_module(connection, store, known, first, last, (age,))
        return cohorts.starts(counted, age)

    return read_known(token, about, ("event", "dim_user"), work)


def moves(token: Token, about: Slice, months: int) -> Moves | Reason:
    """Moves between tiers over some months to the last month-end of the period."""
    return _moves(token, about, months)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _moves(token: Token, about: Slice, months: int) -> Moves | Reason:
    store = setup(token).store
    ends = customers.months_known(store, about.period.last, months)
    if ends is None:
        return Reason("no_month_end", "user_month")
    with open_warehouse_once(token.warehouse).reading() as connection:
        counted = customers.tier_moves(connection, store, about, *ends)
    return of_tiers.moves(counted, *ends)


def tiers_by_month(
    token: Token, about: Slice
) -> tuple[tuple[date, Mapping[str, int]], ...] | Reason:
    """Customers by tier at the last month-ends."""
    return _tiers_by_month(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _tiers_by_month(
    token: Token, about: Slice
) -> tuple[tuple[date, Mapping[str, int]], ...] | Reason:
    store = setup(token).store
    ends = customers.months_known(store, about.period.last, 0)
    if ends is None:
        return Reason("no_month_end", "user_month")
    first = ends[1].replace(year=ends[1].year - 1, day=1)
    with open_warehouse_once(token.warehouse).reading() as connection:
        counted = customers.tiers_by_month(connection, store, about, first, ends[1])
    return of_tiers.by_month(counted)


def rfm(token: Token, about: Slice, basis: customers.Basis) -> Rfm | Reason:
    """Users of the 365 days to the period's end by recency, frequency and money."""
    return _rfm(token, about, basis)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _rfm(token: Token, about: Slice, basis: customers.Basis) -> Rfm | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Rfm:
        return of_rfm.rfm(customers.rfm(connection, store, known, known.period.last, basis))

    tables = ("txn", "dim_user") if basis == "transactions" else ("event", "dim_user")
    return read_known(token, about, tables, work)


def silence_levels() -> tuple[Level, ...]:
    """The colours of silence as the bank has set them."""
    return _silence_levels(environment())


@st.cache_resource(show_spinner=False, max_entries=8)
def _silence_levels(around: tuple[tuple[str, str], ...]) -> tuple[Level, ...]:
    del around
    return levels_of.load_levels(settings().tree)


def silence(token: Token, about: Slice) -> Silence | Reason:
    """Open accounts by colour of silence and tier, at the period's end."""
    return _silence(token, about, silence_levels())


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _silence(token: Token, about: Slice, levels: tuple[Level, ...]) -> Silence | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Silence:
        limits = [one.days for one in levels]
        counted = of_silence.silent_counts(connection, store, known, known.period.last, limits)
        return levels_of.silence(counted, levels)

    return read_known(token, about, ("event", "dim_user"), work)


def silent_people(
    token: Token,
    about: Slice,
    level: Level,
    page: tuple[int, int],
    who: str,
    purpose: str = "silent users to reach",
) -> pd.DataFrame | Reason:
    """A page of the people at a level; every look is written to the log before it is given.

    Never cached: the log would miss the second look.
    """

    def work(connection: Connection, store: Store, known: Slice) -> pd.DataFrame:
        found = of_silence.silent_people(
            connection, store, known, known.period.last, (level.days, level.until), page
        )
        detail = {
            "slice": known.words("en"),
            "subtree": known.rights.subtree,
            "silent_days": [level.days, level.until],
            "rows_from": page[0],
        }
        log_access(
            open_state_once(settings().state),
            who=who,
            source="user_active_day",
            rows=len(found),
            purpose=purpose,
            detail=detail,
        )
        return found

    return read_known(token, about, ("event", "dim_user"), work)


def profile(token: Token, about: Slice, segment: Segment) -> Profile | Reason:
    """A segment against the rest of the scope; the slice's own segment is left aside."""
    scope = replace(about, filters=())
    return _profile(token, scope, segment)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _profile(token: Token, about: Slice, segment: Segment) -> Profile | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Profile:
        return profiles.profile(features.profile(connection, store, known, dict(segment)))

    return read_known(token, about, ("event", "dim_user"), work)
