"""What the Risk screen reads, cached by token and slice; today's rows only for seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from data.period import Period, month_end
from data.points.wants import Reason
from data.risk import events as reading_events
from data.risk import loans as reading_loans
from data.risk import service as reading_service
from data.risk.fraud import fraud_by_day, fraud_by_hour
from data.risk.today import Today
from data.risk.today import today as counted_today
from data.slice import Slice
from metrics.risk.events import (
    Assessed,
    ClassRow,
    Theme,
    by_class,
    complaint_themes,
)
from metrics.risk.events import register as registered
from metrics.risk.loans import Frontier, RollRates, Vintage, roll_rates, vintage_curves
from metrics.risk.loans import frontier as frontier_of
from metrics.risk.service import Budget, error_budget, response_times
from ui.load.opened import Token, environment, from_store, setup

Environment = tuple[tuple[str, str], ...]
LIVE_FOR = timedelta(seconds=20)
P95 = 0.95


def today(token: Token, about: Slice) -> Today:
    """Today's counts; read anew after 20 seconds, whatever was loaded since the token."""
    return _today(token, about.branch, about, environment())


@st.cache_data(ttl=LIVE_FOR, show_spinner=False, max_entries=60)
def _today(token: Token, branch: str, about: Slice, around: Environment) -> Today:
    del around, branch
    return from_store(token, counted_today, about, datetime.now(UTC))


def fraud(token: Token, about: Slice) -> pd.DataFrame | Reason:
    """Judged transactions and fraud by module and hour; the frame is not to be changed."""
    return _fraud(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _fraud(token: Token, about: Slice, around: Environment) -> pd.DataFrame | Reason:
    del around
    return from_store(token, fraud_by_hour, about)


def fraud_days(token: Token, about: Slice) -> pd.DataFrame | Reason:
    """The same transactions by module and day, as kept; the frame is not to be changed."""
    return _fraud_days(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _fraud_days(token: Token, about: Slice, around: Environment) -> pd.DataFrame | Reason:
    del around
    return from_store(token, fraud_by_day, about)


def vintages(token: Token, about: Slice) -> tuple[Vintage, ...] | Reason:
    """Vintage curves up to the slice's period."""
    return _vintages(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _vintages(token: Token, about: Slice, around: Environment) -> tuple[Vintage, ...] | Reason:
    del around
    last = _last_month_end(token, about)
    found = from_store(token, reading_loans.vintages, about, last)
    return found if isinstance(found, Reason) else vintage_curves(found, last)


def rolls(token: Token, about: Slice) -> RollRates | Reason:
    """Roll rates of the year up to the slice's period."""
    return _rolls(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _rolls(token: Token, about: Slice, around: Environment) -> RollRates | Reason:
    del around
    last = _last_month_end(token, about)
    found = from_store(token, reading_loans.moves, about, last)
    return found if isinstance(found, Reason) else roll_rates(found)


def frontier(token: Token, about: Slice) -> Frontier | Reason | None:
    """Approvals against bad loans by score cut; None without scored applications."""
    return _frontier(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _frontier(token: Token, about: Slice, around: Environment) -> Frontier | Reason | None:
    del around
    last = _last_month_end(token, about)
    found = from_store(token, reading_loans.scored, about, last)
    return found if isinstance(found, Reason) else frontier_of(found)


def _last_month_end(token: Token, about: Slice) -> date:
    """The last loaded month-end of loans in or before the period; its own where there is none."""
    last = about.period.last
    return setup(token).store.coverage.last_month_end("loan_month", last) or month_end(last)


def latency(token: Token, about: Slice) -> pd.DataFrame | Reason:
    """The 95th percentile by module and hour; the frame is not to be changed."""
    return _latency(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _latency(token: Token, about: Slice, around: Environment) -> pd.DataFrame | Reason:
    del around
    made = setup(token)
    bounds = made.store.catalogue.points["api_latency"].bounds
    found = from_store(token, reading_service.by_hour, about)
    if isinstance(found, Reason):
        return found
    return response_times(found, reading_service.BUCKETS, bounds, P95)


def budget(token: Token, about: Slice, target: float) -> Budget | Reason | None:
    """The error budget of the slice's period against a target of availability in per cent."""
    return _budget(token, about, target, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _budget(
    token: Token, about: Slice, target: float, around: Environment
) -> Budget | Reason | None:
    del around
    found = from_store(token, reading_service.by_day, about)
    return found if isinstance(found, Reason) else error_budget(found, target)


def classes(token: Token, about: Slice) -> tuple[ClassRow, ...] | Reason:
    """Events of the period by class."""
    return _classes(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _classes(token: Token, about: Slice, around: Environment) -> tuple[ClassRow, ...] | Reason:
    del around
    found = from_store(token, reading_events.events, about)
    return found if isinstance(found, Reason) else by_class(found)


def register(
    token: Token, about: Slice, other: Period
) -> tuple[date | None, tuple[Assessed, ...]] | Reason:
    """The month of the register at the period's end and its classes, against ``other``.

    The register is of the whole bank: a reader of some branches does not see it.
    """
    return _register(token, about, other, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _register(
    token: Token, about: Slice, other: Period, around: Environment
) -> tuple[date | None, tuple[Assessed, ...]] | Reason:
    del around
    if about.rights.subtree:
        return Reason("not_by_branch")
    store = setup(token).store
    coverage = store.coverage
    now = coverage.last_month_end("risk_assessment", about.period.last)
    before = coverage.last_month_end("risk_assessment", other.last)
    if now is None:
        return Reason("no_month_end", "risk_assessment")
    before = None if before == now else before
    months = [now] if before is None else [now, before]
    found = from_store(token, reading_events.register, months)
    if isinstance(found, Reason):
        return found
    days = pd.to_datetime(found["month"])
    earlier = found.head(0) if before is None else found[days == pd.Timestamp(before)]
    return now, registered(found[days == pd.Timestamp(now)], earlier)


def mentions(token: Token, about: Slice) -> pd.DataFrame | Reason:
    """Mentions of the bank by theme; the frame is not to be changed."""
    return _mentions(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _mentions(token: Token, about: Slice, around: Environment) -> pd.DataFrame | Reason:
    del around
    return from_store(token, reading_events.mentions, about)


def complaints(token: Token, about: Slice) -> tuple[Theme, ...] | Reason:
    """Complaints opened in the period by theme."""
    return _complaints(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _complaints(token: Token, about: Slice, around: Environment) -> tuple[Theme, ...] | Reason:
    del around
    found = from_store(token, reading_events.complaints, about)
    return found if isinstance(found, Reason) else complaint_themes(found)
