"""The demo bank's facts as they lie in the warehouse, for second computations by pandas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd
import pytest
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.engines.warehouse import frame
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from tests.conftest import DemoBank

MONTH = Period.parse("2026-10")


@dataclass(frozen=True)
class Facts:
    """An open demo bank with its raw tables; days are those of the bank's zone."""

    connection: Connection
    store: Store

    def table(self, name: str) -> pd.DataFrame:
        return frame(self.connection, select(CONTRACT.tables[name]))

    @cached_property
    def events(self) -> pd.DataFrame:
        found = self.table("event")
        found = found[found["user_id"].notna()].copy()
        found["local"] = found["occurred_at"] + pd.Timedelta(hours=8)
        found["day"] = found["local"].dt.date
        return found.sort_values(["occurred_at", "event_id"], kind="stable")

    @cached_property
    def users(self) -> pd.DataFrame:
        found = self.table("dim_user").set_index("user_id")
        for name in ("registered_at", "closed_at"):
            local = found[name] + pd.Timedelta(hours=8)
            found[name.replace("_at", "_on")] = local.dt.date
        return found

    @cached_property
    def months(self) -> pd.DataFrame:
        found = self.table("user_month")
        found["month"] = pd.to_datetime(found["month"]).dt.date
        return found

    @cached_property
    def active(self) -> pd.DataFrame:
        """User, day, module of activity while registered."""
        rows = self.events[["user_id", "day", "module"]].drop_duplicates()
        rows = rows.join(self.users[["registered_on", "closed_on", "branch_id"]], on="user_id")
        open_ = rows["closed_on"].isna() | (rows["closed_on"] >= rows["day"])
        return rows[rows["registered_on"].notna() & (rows["registered_on"] <= rows["day"]) & open_]

    def within(self, first: date, last: date) -> pd.DataFrame:
        return self.active[(self.active["day"] >= first) & (self.active["day"] <= last)]

    def tier_on(self, month: date) -> dict[str, str]:
        rows = self.months[self.months["month"] == month]
        return dict(zip(rows["user_id"], rows["tier"], strict=True))


@pytest.fixture(scope="session")
def facts(demo_bank: DemoBank) -> Iterator[Facts]:
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        yield Facts(connection, open_store(connection, load_catalogue(), Clock()))
    warehouse.engine.dispose()
