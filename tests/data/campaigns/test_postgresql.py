"""The same campaigns on PostgreSQL give the same answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pyarrow as pa
import pytest
from sqlalchemy import Connection, create_engine, make_url, select, text

from data.campaigns.arms import arm_totals, treated_of, with_holdout
from data.campaigns.audience import Audience
from data.campaigns.campaigns import campaigns_of, contacts_of, spending_of
from data.campaigns.journeys import Goal, Unit, journeys_of
from data.campaigns.money import spending
from data.campaigns.participants import participants_of
from data.campaigns.repeated import reached_by_contacts, reached_by_group
from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.engines.differences import append
from data.ingest.kinds import arrow_type
from data.period import Period
from data.points.clock import Clock
from data.points.tables import ACTIVE_DAY, BASE
from tests.conftest import DemoBank

SERVER = os.environ.get("CANOPY_TEST_POSTGRES")
pytestmark = pytest.mark.skipif(
    not SERVER, reason="CANOPY_TEST_POSTGRES is unset: no PostgreSQL server to compare with"
)
NEEDED = ("dim_campaign", "dim_user", "campaign_member", "touch", "txn", "spend", "user_month")
QUARTER = Period.parse("2026-Q3")
KNOWN = Period.parse("2026")
CLOCK = Clock("Asia/Shanghai")
AUDIENCES = (
    Audience(CLOCK, None),
    Audience(CLOCK, None, (("age_band", ("25_34", "35_44")), ("tier", ("basic", "potential")))),
)


@pytest.fixture(scope="module")
def both(demo_bank: DemoBank) -> Iterator[tuple[Warehouse, Warehouse]]:
    """The demo bank, and its campaigns in a database of their own."""
    url, name = make_url(SERVER or ""), f"canopy_campaigns_{uuid4().hex[:8]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    here = open_warehouse(demo_bank.url, read_only=True)
    there = open_warehouse(url.set(database=name).render_as_string(hide_password=False))
    there.create(CONTRACT)
    there.create(BASE)
    with there.writing() as connection:
        for table in (*(CONTRACT.tables[one] for one in NEEDED), ACTIVE_DAY):
            frame = here.frame(select(table))
            columns = {
                column.name: pa.Array.from_pandas(frame[column.name], type=arrow_type(column))
                for column in table.columns
            }
            append(connection, table, pa.table(columns))
    yield here, there
    here.engine.dispose()
    there.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


def answers(connection: Connection, audience: Audience) -> dict[str, object]:
    """Everything that is asked of campaigns."""
    campaigns = campaigns_of(connection, QUARTER)
    ids = [one.id for one in campaigns]
    held = list(with_holdout(connection, CLOCK, ids))
    found: dict[str, object] = {
        "campaigns": campaigns,
        "contacts": contacts_of(connection, audience, ids),
        "spending": spending_of(connection, ids),
        "money": spending(connection, audience, QUARTER),
        "participants": participants_of(connection, audience, ids, KNOWN),
        "treated": treated_of(connection, audience, ids),
        "reached": reached_by_contacts(connection, audience, ids),
        "groups": [reached_by_group(connection, audience, one, "age_band") for one in held],
    }
    units: tuple[tuple[Unit, Goal], ...] = (("campaign", "converted"), ("channel", "purchase"))
    for unit, goal in units:
        journeys = journeys_of(connection, audience, QUARTER, unit, goal)
        found[f"{unit} {goal}"] = sorted(
            (one.steps, one.journeys, one.conversions) for one in journeys.found
        )
        decayed = sorted(journeys.decayed.items())
        found[f"{unit} {goal} decay"] = [(step, round(value, 6)) for step, value in decayed]
    for by in (None, "tier"):
        arms = arm_totals(connection, audience, held, by)
        found[f"arms {by}"] = sorted(
            (one.campaign, one.arm, one.group, one.members, round(one.sums[0], 6), one.payers)
            for one in arms
        )
    return found


@pytest.mark.parametrize("audience", AUDIENCES, ids=("everybody", "segment"))
def test_answers_are_the_same(both: tuple[Warehouse, Warehouse], audience: Audience) -> None:
    here, there = both
    with here.reading() as left, there.reading() as right:
        expected, found = answers(left, audience), answers(right, audience)
    for name, value in expected.items():
        assert found[name] == value, name
