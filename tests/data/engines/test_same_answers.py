"""Every query of the screens gives the same answer on PostgreSQL as on the embedded lake."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Connection, Table, create_engine, make_url, select, text

from data.behaviour.content import content_use, invitations
from data.behaviour.customers import rfm, tier_moves, tiers_by_month
from data.behaviour.features import active_people, ever_used, module_users, profile
from data.behaviour.funnel import Plan, Step, funnel
from data.behaviour.paths import paths
from data.behaviour.retention import by_first_module, cohort_activity, joined_by_day, returns
from data.behaviour.silence import silent_counts, silent_people
from data.behaviour.tasks import (
    page_names,
    runs_by_step,
    satisfaction,
    steps_of_tasks,
    touchpoints,
)
from data.behaviour.visits import visits
from data.business.credit import credit_steps
from data.business.customers import income_by_age, spend_by_channel
from data.business.daily import daily_points
from data.business.purchases import fee_days
from data.business.scenes import scene_cells
from data.business.structure import by_product
from data.campaigns.arms import arm_totals, treated_of, with_holdout
from data.campaigns.audience import Audience
from data.campaigns.campaigns import (
    campaigns_of,
    contacts_of,
    reviews_recorded,
    spending_of,
    spent_in,
)
from data.campaigns.journeys import Goal, Unit, journeys_of
from data.campaigns.money import spending
from data.campaigns.participants import participants_of, registered_through
from data.campaigns.repeated import reached_by_contacts, reached_by_group
from data.campaigns.rollouts import rollouts
from data.competitors.records import figures, releases
from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.engines.differences import append
from data.happenings import recorded
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.kept import kept_metadata
from data.points.read import Store, open_store
from data.points.rows import rows_behind
from data.risk.events import complaints, events, mentions, register
from data.risk.fraud import fraud_by_day, fraud_by_hour
from data.risk.loans import moves, scored, vintages
from data.risk.service import by_day, by_hour
from data.risk.today import today
from data.slice import Rights, Slice, SliceError
from tests.conftest import DemoBank

SERVER = os.environ.get("CANOPY_TEST_POSTGRES")
pytestmark = pytest.mark.skipif(
    not SERVER, reason="CANOPY_TEST_POSTGRES is unset: no PostgreSQL server to compare with"
)
RECENT: Mapping[str, tuple[str, date]] = {
    "event": ("occurred_at", date(2026, 6, 1)),
    "api_interval": ("start", date(2026, 8, 1)),
    "kept_module": ("day", date(2026, 6, 1)),
    "kept_segment": ("day", date(2026, 6, 1)),
}
"""Of the largest tables only what the slices below reach is copied."""
NOT_READ = ("kept_distinct", "load_coverage")
"""Counts of distinct users are compared with points; coverage is read from what is kept of it."""
OCTOBER, LAST = "2026-10", date(2026, 10, 31)
PEOPLE = Rights(rows=True)
SLICES = {
    "bank": Slice(Period.parse(OCTOBER), rights=PEOPLE),
    "branch": Slice(Period.parse("2026-Q3"), "B01", rights=PEOPLE),
    "segment": Slice(
        Period.parse(OCTOBER),
        filters=(("age_band", ("25_34", "35_44")), ("tier", ("basic", "potential"))),
        rights=PEOPLE,
    ),
    "module": Slice(
        Period.parse("2026-09"), filters=(("module", ("transfer", "wealth")),), rights=PEOPLE
    ),
}
STEPS = (Step(action="open"), Step(module="transfer", action="view"), Step(action="task_finish"))
LIMITS = (7, 15, 30)
FLOWS = ("txn_amount", "txn_count", "fee_income", "events")


@dataclass(frozen=True)
class Side:
    """A bank in one engine: an open connection and the store on it."""

    connection: Connection
    store: Store


@pytest.fixture(scope="module")
def both(demo_bank: DemoBank) -> Iterator[tuple[Side, Side]]:
    """The demo bank, and a copy of it in a database of its own."""
    url, name = make_url(SERVER or ""), f"canopy_same_{uuid4().hex[:8]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    here = open_warehouse(demo_bank.url, read_only=True)
    there = open_warehouse(url.set(database=name).render_as_string(hide_password=False))
    _copy(here, there)
    catalogue = load_catalogue()
    with here.reading() as left, there.reading() as right:
        store = open_store(left, catalogue, Clock())
        yield Side(left, store), Side(right, open_store(right, catalogue, Clock()))
    here.engine.dispose()
    there.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


def _copy(here: Warehouse, there: Warehouse) -> None:
    """Facts, user-days and what a store is opened from; counts of distinct users are not read."""
    kept = kept_metadata(load_catalogue())
    there.create(CONTRACT)
    there.create(kept)
    with here.reading() as source, there.writing() as target:
        for table in (*CONTRACT.sorted_tables, *kept.sorted_tables):
            if table.name not in NOT_READ:
                append(target, table, _rows(source, table))
        target.execute(text("ANALYZE"))


def _rows(connection: Connection, table: Table) -> pa.Table:
    query = select(table)
    if table.name in RECENT:
        column, first = RECENT[table.name]
        query = query.where(table.c[column] >= first)
    found: pa.Table = connection.execution_options(duckdb_arrow=True).execute(query).arrow  # type: ignore[attr-defined]
    return found


Query = Callable[[Connection, Store, Slice], Any]


def _first(about: Slice) -> date:
    return about.period.first


BEHAVIOUR: dict[str, Query] = {
    "content_use": content_use,
    "invitations": invitations,
    "tier_moves": lambda c, s, a: tier_moves(c, s, a, date(2026, 6, 30), date(2026, 9, 30)),
    "tiers_by_month": lambda c, s, a: tiers_by_month(c, s, a, date(2026, 1, 31), LAST),
    "rfm of transactions": lambda c, s, a: rfm(c, s, a, LAST, "transactions"),
    "rfm of activity": lambda c, s, a: rfm(c, s, a, LAST, "activity"),
    "module_users by tier": lambda c, s, a: module_users(c, s, a, "tier"),
    "module_users by branch": lambda c, s, a: module_users(c, s, a, "branch"),
    "module_users by hour": lambda c, s, a: module_users(c, s, a, "hour"),
    "ever_used": lambda c, s, a: ever_used(c, s, a, Period.parse("2026")),
    "profile": lambda c, s, a: profile(c, s, a, {"tier": ("vip", "wealth")}),
    "active_people": active_people,
    "funnel, loose": lambda c, s, a: funnel(c, s, a, Plan(STEPS, 7), "tier"),
    "funnel, strict": lambda c, s, a: funnel(c, s, a, Plan(STEPS, 7, "strict")),
    "paths from the start": paths,
    "paths to the end": lambda c, s, a: paths(c, s, a, direction="to"),
    "paths from a page": lambda c, s, a: paths(c, s, a, _page(c), "from"),
    "paths to a page": lambda c, s, a: paths(c, s, a, _page(c), "to"),
    "joined_by_day": lambda c, s, a: joined_by_day(c, s, a, _first(a), LAST),
    "cohorts by week": lambda c, s, a: cohort_activity(c, s, a, date(2026, 6, 1), LAST, "week"),
    "cohorts by month": lambda c, s, a: cohort_activity(c, s, a, date(2026, 1, 1), LAST, "month"),
    "returns": lambda c, s, a: returns(c, s, a, (1, 7, 30)),
    "by_first_module": lambda c, s, a: by_first_module(c, s, a, date(2026, 7, 1), LAST),
    "silent_counts": lambda c, s, a: silent_counts(c, s, a, LAST, LIMITS),
    "silent_people": lambda c, s, a: silent_people(c, s, a, LAST, (7, 30), (5, 25)),
    "runs_by_step": runs_by_step,
    "steps_of_tasks": lambda c, _s, _a: steps_of_tasks(c),
    "page_names": lambda c, _s, _a: page_names(c),
    "touchpoints": touchpoints,
    "satisfaction": satisfaction,
    "visits": lambda c, s, a: visits(c, s, a, _months()),
}
BUSINESS: dict[str, Query] = {
    "credit_steps": credit_steps,
    "spend_by_channel": spend_by_channel,
    "income_by_age": lambda c, s, a: income_by_age(c, s, a, date(2025, 1, 1), LAST),
    "daily_points": lambda c, s, a: daily_points(c, s, FLOWS, a, _first(a), LAST),
    "fee_days": lambda c, s, a: fee_days(c, s, a, date(2026, 1, 1), LAST),
    "scene_cells": lambda c, s, a: scene_cells(c, s, a, Period.parse("2026-08")),
    "by_product": by_product,
}
RISK: dict[str, Query] = {
    "vintages": lambda c, s, a: vintages(c, s, a, LAST),
    "moves": lambda c, s, a: moves(c, s, a, LAST),
    "scored": lambda c, s, a: scored(c, s, a, LAST),
    "events": events,
    "register": lambda c, s, _a: register(c, s, [date(2026, 9, 30), LAST]),
    "mentions": mentions,
    "complaints": complaints,
    "fraud_by_hour": fraud_by_hour,
    "fraud_by_day": fraud_by_day,
    "by_hour": by_hour,
    "by_day": by_day,
    "today": lambda c, s, a: today(c, s, a, datetime(2026, 11, 10, 7, tzinfo=UTC)),
    "a day without rows": lambda c, s, a: today(c, s, a, datetime(2026, 11, 12, 7, tzinfo=UTC)),
}


def _page(connection: Connection) -> str:
    return sorted(page_names(connection))[5]


def _months() -> list[Period]:
    return [Period.parse(f"2026-{month:02d}") for month in range(5, 11)]


def _campaigns(connection: Connection, store: Store, about: Slice) -> dict[str, Any]:
    """Everything that is asked of campaigns."""
    audience, period = Audience.of(store, about), about.period
    campaigns = campaigns_of(connection, period)
    ids = [one.id for one in campaigns]
    held = list(with_holdout(connection, store.clock, ids))
    found: dict[str, Any] = {
        "campaigns": campaigns,
        "reviews": reviews_recorded(connection),
        "contacts": contacts_of(connection, audience, ids),
        "spending": spending_of(connection, ids),
        "spent": spent_in(connection, period),
        "money": spending(connection, audience, period),
        "participants": participants_of(connection, audience, ids, Period.parse("2026")),
        "registered": registered_through(connection, audience, ids),
        "treated": treated_of(connection, audience, ids),
        "reached": reached_by_contacts(connection, audience, ids),
        "groups": [reached_by_group(connection, audience, one, "age_band") for one in held],
        "arms": arm_totals(connection, audience, held),
        "arms by tier": arm_totals(connection, audience, held, "tier"),
    }
    units: tuple[tuple[Unit, Goal], ...] = (("campaign", "converted"), ("channel", "purchase"))
    for unit, goal in units:
        found[f"{unit} {goal}"] = journeys_of(connection, audience, period, unit, goal)
    return found


OTHERS: dict[str, Query] = {
    "campaigns": _campaigns,
    "rollouts": lambda c, _s, _a: rollouts(c),
    "figures": lambda c, _s, _a: figures(c),
    "releases": lambda c, _s, _a: releases(c),
    "happenings": lambda c, s, a: recorded(c, s.coverage, s.clock, a.period.first, a.period.last),
}


PARTS: dict[str, dict[str, Query]] = {
    "behaviour": BEHAVIOUR,
    "business": BUSINESS,
    "risk": RISK,
    "others": OTHERS,
}
ASKED = [
    (part, name)
    for part in PARTS
    for name in SLICES
    if name != "module" or part in ("behaviour", "business")
]


def plain(found: Any) -> Any:
    """An answer as nested lists of simple values, rows without an order of their own sorted."""
    if isinstance(found, pd.DataFrame):
        rows = found.reset_index() if found.index.name else found
        return [
            list(rows.columns),
            sorted(([plain(x) for x in row] for row in rows.to_numpy()), key=repr),
        ]
    if is_dataclass(found) and not isinstance(found, type):
        return [plain(getattr(found, one.name)) for one in fields(found)]
    if isinstance(found, Mapping):
        return sorted(([plain(name), plain(value)] for name, value in found.items()), key=repr)
    if isinstance(found, list | tuple | set | frozenset):
        return sorted((plain(one) for one in found), key=repr)
    return _value(found)


def _value(found: Any) -> Any:
    """Numbers to nine digits, moments and days as text, whatever stands for nothing as None."""
    if found is None or found is pd.NaT or found != found:
        return None
    if isinstance(found, str | bool):
        return found
    if isinstance(found, date):
        return str(pd.Timestamp(found))
    return float(f"{float(found):.9g}")


def kinds(found: pd.DataFrame) -> dict[str, str]:
    """By column whether it holds numbers, moments or anything else; empty ones are left out."""
    return {
        str(name): column.dtype.kind.replace("i", "f").replace("u", "f")
        for name, column in found.items()
        if len(found) and column.notna().all()
    }


@pytest.mark.parametrize(("part", "name"), ASKED)
def test_queries_of_the_screens(both: tuple[Side, Side], part: str, name: str) -> None:
    wrong, rows = list[tuple[Any, ...]](), 0
    for query, ask in PARTS[part].items():
        left, right = (ask(side.connection, side.store, SLICES[name]) for side in both)
        if isinstance(left, pd.DataFrame) and kinds(left) != kinds(right):
            wrong.append((query, "kinds of columns", kinds(left), kinds(right)))
        elif plain(left) != plain(right):
            wrong.append((query, plain(left), plain(right)))
        rows += len(left) if hasattr(left, "__len__") else 1
    assert not wrong, "\n".join(str(one)[:600] for one in wrong)
    assert rows > len(PARTS[part])


@pytest.mark.parametrize("name", SLICES)
def test_rows_behind_every_point(both: tuple[Side, Side], name: str) -> None:
    """Every point in one of the slices, in turn."""
    about, wrong, told = SLICES[name], list[tuple[Any, ...]](), 0
    turn = list(SLICES).index(name)
    for point in list(both[0].store.catalogue.points)[turn :: len(SLICES)]:
        answers = [_rows_or_refusal(side, point, about) for side in both]
        told += not isinstance(answers[0], str)
        if plain(answers[0]) != plain(answers[1]):
            wrong.append((point, *answers))
    assert not wrong, "\n".join(str(one)[:600] for one in wrong[:10])
    assert told


def _rows_or_refusal(side: Side, point: str, about: Slice) -> Any:
    try:
        return rows_behind(side.connection, side.store, point, about)
    except SliceError as refused:
        return str(refused)
