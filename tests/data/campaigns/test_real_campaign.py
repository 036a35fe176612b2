"""The telephone campaign and the published figures come out as published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Connection, select

from data.campaigns.audience import Audience
from data.campaigns.campaigns import campaigns_of, contacts_of
from data.campaigns.repeated import reached_by_contacts
from data.competitors.records import figures
from data.contract import CONTRACT
from data.engines import open_warehouse
from data.ingest import load
from data.period import Period
from data.points.clock import Clock
from metrics.competitors.standing import providers, series

REAL = os.environ.get("CANOPY_REAL_DATA")
pytestmark = pytest.mark.skipif(
    not REAL, reason="CANOPY_REAL_DATA is unset: no real data to load here"
)
EVERYBODY = Audience(Clock("Europe/Lisbon"), None)
IDS = [f"term-deposit-{group}" for group in ("nonexistent", "failure", "success")]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Both sources in one warehouse."""
    warehouse = open_warehouse(f"ducklake:///{tmp_path_factory.mktemp('real')}")
    for name in ("bank_marketing", "peers"):
        report = load(
            warehouse, [Path(REAL or "") / name], mapping=name, zone="Europe/Lisbon", who="test"
        )
        assert (report.quarantined, report.unknown) == (0, ())
    with warehouse.reading() as opened:
        yield opened
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def source() -> pd.DataFrame:
    path = next((Path(REAL or "") / "bank_marketing").glob("*.gz"))
    return pd.read_csv(path, sep=";")


def test_contacts_and_yes(connection: Connection, source: pd.DataFrame) -> None:
    found = contacts_of(connection, EVERYBODY, IDS)
    assert found[""].users["exposed"] == 41_188
    assert found[""].users["converted"] == found[""].conversions == 4_640
    assert round(100 * 4_640 / 41_188, 2) == 11.27
    for name in ("nonexistent", "failure", "success"):
        some = source[source["poutcome"] == name]
        users = found[f"term-deposit-{name}"].users
        assert (users["exposed"], users["converted"]) == (
            len(some),
            int((some["y"] == "yes").sum()),
        )


def test_by_number_of_contacts_and_month(connection: Connection, source: pd.DataFrame) -> None:
    reached = reached_by_contacts(connection, EVERYBODY, IDS)
    assert sum(one.contacts * one.users for one in reached) == source["campaign"].sum() == 105_754
    for number, some in source.groupby("campaign"):
        mine = [one for one in reached if one.contacts == number]
        assert sum(one.users for one in mine) == len(some)
        assert sum(one.converted for one in mine) == int((some["y"] == "yes").sum())
    names = {f"{month:%b}".lower(): month.month for month in {one.month for one in reached}}
    for name, some in source.groupby("month"):
        mine = [one for one in reached if one.month.month == names[str(name)]]
        assert sum(one.users for one in mine) == len(some)
    months = {(one.month.year, one.month.month) for one in reached}
    assert (min(months), max(months)) == ((2008, 5), (2010, 11))


def test_what_the_source_does_not_hold_is_not_there(connection: Connection) -> None:
    campaigns = campaigns_of(connection, Period.parse("2009"))
    assert {one.id for one in campaigns} == set(IDS)
    assert {one.reviews for one in campaigns} == {(False, False, False)}
    assert {one.budget_cny for one in campaigns} == {None}
    user, touch = CONTRACT.tables["dim_user"], CONTRACT.tables["touch"]
    assert set(connection.execute(select(user.c.registered_at).distinct()).scalars()) == {None}
    assert set(connection.execute(select(touch.c.cost_cny).distinct()).scalars()) == {None}


def test_published_figures_stay_apart(connection: Connection) -> None:
    found = figures(connection)
    path = next((Path(REAL or "") / "peers").glob("*.csv"))
    source = pd.read_csv(path)
    assert len(found) == len(source) == 46
    assert {one.grade for one in found} == {""}
    assert all(one.url.startswith("http") and one.source for one in found)
    abc = [one for one in found if one.competitor == "农业银行" and one.measure == "mau"]
    assert {(one.provider, one.value) for one in abc} == {
        ("艾瑞咨询 iResearch", 219_000_000.0), ("QuestMobile", 147_000_000.0),
    }  # fmt: skip
    assert len(providers(found, "mau")) == 2
    assert all(
        len({figure.provider for figure in one.figures}) == 1 for one in series(found, "mau")
    )
    totals = [one for one in found if one.competitor.endswith("合计")]
    assert len(totals) == 6
    assert all(one.measure.endswith("_of_group") for one in totals)
    assert not any(one.measure.endswith("_of_group") for one in found if one not in totals)
