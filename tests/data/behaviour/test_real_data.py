"""Behaviour at real scale: seven years of a web site, against pandas on the file as published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Connection

from data.behaviour import customers, retention
from data.behaviour.visits import visits
from data.engines import open_warehouse
from data.ingest import load
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.refresh import refresh
from data.slice import Slice
from metrics.behaviour.cohorts import curve
from metrics.behaviour.rfm import rfm

ACTING = 19_774
FIRST, LAST = date(2009, 9, 28), date(2016, 3, 6)


@pytest.fixture(scope="module")
def folder() -> Path:
    source = os.environ.get("CANOPY_REAL_DATA")
    if not source:
        pytest.skip("CANOPY_REAL_DATA names no folder with real data")
    return Path(source) / "mathoverflow"


@pytest.fixture(scope="module")
def site(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Connection, Store]]:
    warehouse = open_warehouse(f"ducklake:///{tmp_path_factory.mktemp('site')}/site")
    load(warehouse, [folder], mapping="mathoverflow", zone="UTC", who="test")
    refresh(warehouse, load_catalogue(), Clock("UTC"))
    with warehouse.reading() as connection:
        yield connection, open_store(connection, load_catalogue(), Clock("UTC"))
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def actions(folder: Path) -> pd.DataFrame:
    file = next(folder.glob("sx-mathoverflow*"))
    found = pd.read_csv(file, sep=" ", header=None, names=["user", "target", "at"])
    found["day"] = pd.to_datetime(found["at"], unit="s").dt.date
    return found


def test_everybody_who_acted_is_counted_once(
    site: tuple[Connection, Store], actions: pd.DataFrame
) -> None:
    connection, store = site
    years = [Period.parse(str(year)) for year in range(2010, 2016)]
    rows = visits(connection, store, Slice.of(years[-1]), years)
    joined = actions.groupby("user")["day"].min()
    assert len(joined) == ACTING
    for place, year in enumerate(years):
        inside = actions[(actions["day"] >= year.first) & (actions["day"] <= year.last)]
        found = rows[(rows["place"] == place) & (rows["kind"] != "lost")]
        assert found["users"].sum() == inside["user"].nunique()
        new = rows[(rows["place"] == place) & (rows["kind"] == "new")]["users"].sum()
        assert new == ((joined >= year.first) & (joined <= year.last)).sum()


def test_retention_and_rfm_of_the_site(
    site: tuple[Connection, Store], actions: pd.DataFrame
) -> None:
    connection, store = site
    period = Period.parse("2014")
    about = Slice.of(period)
    first = period.first - timedelta(days=30)
    counted = retention.joined_by_day(connection, store, about, first, period.last)
    returned = retention.returns(connection, store, about, (1, 30))
    joined = actions.groupby("user")["day"].min()
    days = actions[["user", "day"]].drop_duplicates()
    age = (pd.to_datetime(days["day"]) - pd.to_datetime(days["user"].map(joined))).dt.days
    for one in curve(counted, returned, period, (1, 30)):
        back = timedelta(days=one.age)
        ripe = (joined >= period.first - back) & (joined <= period.last - back)
        came = days[(age == one.age) & (days["day"] >= period.first) & (days["day"] <= period.last)]
        assert (one.kept.part, one.kept.whole) == (came["user"].nunique(), int(ripe.sum()))
    length = (LAST - FIRST).days + 1
    found = rfm(customers.rfm(connection, store, Slice.of("2016-03"), LAST, "activity", length))
    assert found.users == ACTING
    assert sum(group.times for group in found.cells.values()) == len(days)
