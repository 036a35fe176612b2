"""What the User behaviour screen reads, cached by token and slice.

Where nothing can be said the reason comes instead of the result. A period that is still open is
read up to the last day of events. Who stays and who leaves is in ``ui.load.loyalty``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import streamlit as st
from sqlalchemy import Connection

from data.behaviour import content as of_content
from data.behaviour import features, paths
from data.behaviour import funnel as of_funnel
from data.behaviour import tasks as of_tasks
from data.behaviour import visits as of_visits
from data.behaviour.funnel import Plan
from data.behaviour.scope import missing
from data.business.daily import module_days
from data.period import Period, month_end
from data.points.read import Store, permitted_scope
from data.slice import Slice
from metrics.behaviour import funnels, journey, modules, routes, spread, steps
from metrics.behaviour import visits as told_visits
from metrics.behaviour.funnels import Funnel
from metrics.behaviour.intervals import Share, share
from metrics.behaviour.journey import Chain
from metrics.behaviour.modules import Heat, NeverUsed
from metrics.behaviour.routes import Routes
from metrics.behaviour.spread import Format, Spread
from metrics.behaviour.steps import Task
from metrics.behaviour.visits import Visits
from metrics.values.reasons import Reason
from ui.load.opened import (
    Token,
    definitions,
    open_warehouse_once,
    setup,
)

KEPT = 200
PERIODS = 13
T = TypeVar("T")


@dataclass(frozen=True)
class PageName:
    """A page with its module; names are text from data."""

    page: str
    module: str
    name_zh: str
    name_en: str
    task: str
    step: int


@dataclass(frozen=True)
class Spreading:
    """Content by format (the first: all), and how users bring users."""

    formats: tuple[Format, ...]
    spread: Spread


def read_known(
    token: Token,
    about: Slice,
    tables: tuple[str, ...],
    work: Callable[[Connection, Store, Slice], T],
) -> T | Reason:
    """The work over the days of the slice that are known, or why there are none."""
    store = setup(token).store
    first, last = about.period.first, about.period.last
    permitted_scope(store, about)
    found = missing(store, tables, first, last)
    if found is not None:
        return Reason(found.kind, found.about)
    end = store.coverage.last_day(tables[0])
    clipped = about.period if end is None else about.period.clipped(end)
    known = about if clipped is None else about.over(clipped)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return work(connection, store, known)


def visits(token: Token, about: Slice) -> tuple[Visits, ...] | Reason:
    """Active users of the last periods by what they did before, oldest first."""
    return _visits(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _visits(token: Token, about: Slice) -> tuple[Visits, ...] | Reason:
    def work(connection: Connection, store: Store, _known: Slice) -> tuple[Visits, ...]:
        periods = [about.period]
        while len(periods) < PERIODS:
            periods.insert(0, periods[0].previous())
        counted = of_visits.visits(connection, store, about, periods)
        first = store.coverage.runs["event"][0][0]
        return told_visits.visits(counted, periods, first, store.coverage.last_day("event"))

    return read_known(token, about, ("event",), work)


def funnel(token: Token, about: Slice, plan: Plan, by: str) -> tuple[Funnel, ...] | Reason:
    """An ordered funnel, by a segment dimension or (by '') for everybody."""
    return _funnel(token, about, plan, by)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _funnel(token: Token, about: Slice, plan: Plan, by: str) -> tuple[Funnel, ...] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> tuple[Funnel, ...]:
        return funnels.funnels(
            of_funnel.funnel(connection, store, known, plan, by), len(plan.steps)
        )

    return read_known(token, about, ("event",), work)


def ways(token: Token, about: Slice, page: str, direction: paths.Direction) -> Routes | Reason:
    """Paths from or to a page; '' for the start or the end of sessions."""
    return _ways(token, about, page, direction)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _ways(token: Token, about: Slice, page: str, direction: paths.Direction) -> Routes | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Routes:
        return routes.routes(paths.paths(connection, store, known, page, direction))

    return read_known(token, about, ("event",), work)


def use(token: Token, about: Slice, across: features.Across) -> Heat | Reason:
    """Shares of active users by module and a dimension."""
    return _use(token, about, across)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _use(token: Token, about: Slice, across: features.Across) -> Heat | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Heat:
        counted = features.module_users(connection, store, known, across)
        counted["across"] = counted["across"].astype(str)
        there = set(counted["across"])
        columns = sorted(there, key=lambda one: (len(one), one) if across == "hour" else (0, one))
        return modules.heat(counted, _modules(token, about), [one for one in columns if one])

    return read_known(token, about, ("event",), work)


def _modules(token: Token, about: Slice) -> tuple[str, ...]:
    every = tuple(setup(token).tree.modules)
    chosen = about.segment.get("module", ())
    return tuple(one for one in every if not chosen or one in chosen)


def never_used(token: Token, about: Slice) -> tuple[NeverUsed, ...] | Reason:
    """Modules by the active users of twelve months (to the period's end) who never used them."""
    return _never_used(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _never_used(token: Token, about: Slice) -> tuple[NeverUsed, ...] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> tuple[NeverUsed, ...]:
        period = twelve_months(known.period.last)
        basic = [one.id for one in setup(token).tree.modules.values() if one.grade == "basic"]
        counted = features.ever_used(connection, store, known, period)
        return modules.never_used(counted, _modules(token, about), basic)

    return read_known(token, about, ("event",), work)


def twelve_months(last: date) -> Period:
    """The twelve calendar months that end with the last whole one up to a day.

    >>> str(twelve_months(date(2026, 11, 21)))
    '2025-11-01..2026-10-31'
    """
    end = last if last == month_end(last) else last.replace(day=1) - timedelta(days=1)
    first = end.replace(day=1)
    for _month in range(11):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period(first, end)


def tasks(token: Token, about: Slice) -> tuple[Task, ...] | Reason:
    """Tasks step by step, the one with the worst step first."""
    return _tasks(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _tasks(token: Token, about: Slice) -> tuple[Task, ...] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> tuple[Task, ...]:
        runs = of_tasks.runs_by_step(connection, store, known)
        return steps.tasks(runs, of_tasks.steps_of_tasks(connection))

    return read_known(token, about, ("event", "dim_page"), work)


def finished(token: Token, about: Slice) -> Mapping[str, Share] | Reason:
    """Tasks started and finished by module, from kept points; '' (no module) is left out."""
    return _finished(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _finished(token: Token, about: Slice) -> Mapping[str, Share] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Mapping[str, Share]:
        first, last = known.period.first, known.period.last
        points = ("tasks_started", "tasks_finished")
        days = module_days(connection, store, points, known, first, last)
        sums = days[days["module"] != ""].groupby("module")[list(points)].sum()
        rows = sums.itertuples(name=None)
        return {str(module): share(int(done), int(begun)) for module, begun, done in rows}

    return read_known(token, about, ("event",), work)


def journeys(token: Token, about: Slice) -> tuple[Chain, ...] | Reason:
    """The three chains over their touchpoints."""
    return _journeys(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _journeys(token: Token, about: Slice) -> tuple[Chain, ...] | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> tuple[Chain, ...]:
        points = of_tasks.touchpoints(connection, store, known)
        return journey.journeys(points, of_tasks.satisfaction(connection, store, known))

    return read_known(token, about, ("event", "dim_page"), work)


def spreading(token: Token, about: Slice) -> Spreading | Reason:
    """Content by format, and how users bring users."""
    return _spreading(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _spreading(token: Token, about: Slice) -> Spreading | Reason:
    def work(connection: Connection, store: Store, known: Slice) -> Spreading:
        active = features.active_people(connection, store, known)
        return Spreading(
            spread.formats(of_content.content_use(connection, store, known)),
            spread.spread(of_content.invitations(connection, store, known), active),
        )

    return read_known(token, about, ("event", "dim_user"), work)


def pages(token: Token, about: Slice) -> Mapping[str, PageName]:
    """The pages of the App, which are the same for every reader."""
    del about
    return _pages(token)


@st.cache_resource(show_spinner=False, max_entries=8)
def _pages(token: Token) -> Mapping[str, PageName]:
    with open_warehouse_once(token.warehouse).reading() as connection:
        found = of_tasks.page_names(connection)
    known = {name: PageName(*row) for name, row in found.items()}
    order = {module: n for n, module in enumerate(definitions().tree.modules)}
    return dict(
        sorted(known.items(), key=lambda one: (order.get(one[1].module, 99), one[1].step, one[0]))
    )
