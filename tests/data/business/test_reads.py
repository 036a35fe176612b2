"""What the Business screen reads, against pandas on the raw tables and against indicators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import Connection, select

from data.business.credit import credit_steps
from data.business.customers import income_by_age, spend_by_channel
from data.business.daily import daily_points
from data.business.purchases import fee_days
from data.business.scenes import scene_cells
from data.business.structure import by_product
from data.contract import CONTRACT
from data.contract.vocabulary import SCENES
from data.engines import open_warehouse
from data.engines.warehouse import frame
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.wants import Reason
from data.slice import Rights, Slice, SliceError
from tests.conftest import DemoBank

ZONE = timedelta(hours=8)
MONTH = Slice.of("2026-09")


@dataclass(frozen=True)
class Opened:
    """An open connection with its store and raw tables as pandas has them."""

    connection: Connection
    store: Store

    def raw(self, name: str) -> pd.DataFrame:
        """A table of the contract, moments as clock times of the bank."""
        table = CONTRACT.tables[name]
        found = frame(self.connection, select(table))
        for column in found.columns:
            if column.endswith("_at"):
                found[column] = pd.to_datetime(found[column]) + ZONE
        return found


@pytest.fixture(scope="module")
def bank(demo_bank: DemoBank) -> Iterator[Opened]:
    """The demo bank, open for reading."""
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        yield Opened(connection, open_store(connection, load_catalogue(), Clock()))
    warehouse.engine.dispose()


def in_month(rows: pd.DataFrame, column: str, month: str) -> pd.DataFrame:
    """Rows of a month of the bank's zone."""
    return rows[rows[column].dt.to_period("M").astype(str) == month]


def some_branch(bank: Opened) -> str:
    """A branch with others below it."""
    return max((node for node in bank.store.leaves if node and len(bank.store.leaves[node]) < 30),
               key=lambda node: len(bank.store.leaves[node]))  # fmt: skip


def test_products_add_up_to_the_raw_transactions(bank: Opened) -> None:
    found = by_product(bank.connection, bank.store, MONTH)
    assert not isinstance(found, Reason)
    txn = in_month(bank.raw("txn"), "occurred_at", "2026-09")
    txn = txn[txn["status"] == "success"].astype({"amount_cny": float, "fee_cny": float})
    keys = [txn["module"].fillna(""), txn["product_id"].fillna("")]
    raw = txn.groupby(keys)[["amount_cny", "fee_cny"]].sum()
    shown = found.set_index(["module", "product_id"])
    assert shown["amount"].to_dict() == pytest.approx(raw["amount_cny"].to_dict())
    assert shown["fees"].to_dict() == pytest.approx(raw["fee_cny"].to_dict())


def test_scope_and_segment_are_the_users(bank: Opened) -> None:
    branch = some_branch(bank)
    about = Slice.of("2026-09", branch=branch, channel=("wechat", "referral"))
    found = by_product(bank.connection, bank.store, about)
    assert not isinstance(found, Reason)
    users = bank.raw("dim_user")
    inside = users[
        users["branch_id"].isin(bank.store.leaves[branch])
        & users["channel"].isin(["wechat", "referral"])
    ]["user_id"]
    txn = in_month(bank.raw("txn"), "occurred_at", "2026-09")
    txn = txn[(txn["status"] == "success") & txn["user_id"].isin(inside)]
    assert found["count"].sum() == len(txn)


def test_rights_cut_the_scope(bank: Opened) -> None:
    branch = some_branch(bank)
    rights = Rights(subtree=branch)
    own = by_product(bank.connection, bank.store, Slice(MONTH.period, rights=rights))
    same = by_product(bank.connection, bank.store, Slice.of("2026-09", branch=branch))
    assert not isinstance(own, Reason)
    assert not isinstance(same, Reason)
    pd.testing.assert_frame_equal(own, same)
    other = next(n for n in bank.store.leaves if n and not bank.store.leaves[n]
                 <= bank.store.leaves[branch])  # fmt: skip
    with pytest.raises(SliceError):
        by_product(bank.connection, bank.store, Slice(MONTH.period, other, rights=rights))


def test_days_are_those_of_the_raw_transactions(bank: Opened) -> None:
    first, last = date(2026, 8, 1), date(2026, 9, 30)
    for about in (MONTH, Slice.of("2026-09", branch=some_branch(bank)),
                  Slice.of("2026-09", tier=("vip", "wealth"), module=("transfer",))):  # fmt: skip
        found = daily_points(bank.connection, bank.store, ["txn_count"], about, first, last)
        assert len(found) == 61
        period = Period(first, last)
        products = by_product(bank.connection, bank.store, about.over(period))
        assert not isinstance(products, Reason)
        assert found["txn_count"].sum() == products["count"].sum()


def test_days_that_were_not_loaded_are_unknown(bank: Opened, demo_bank: DemoBank) -> None:
    after = demo_bank.until + timedelta(days=3)
    found = daily_points(bank.connection, bank.store, ["txn_count"], MONTH,
                         demo_bank.until, after)["txn_count"]  # fmt: skip
    assert found.notna().tolist() == [True, False, False, False]
    with pytest.raises(SliceError):
        daily_points(bank.connection, bank.store, ["api_calls"],
                     Slice.of("2026-09", branch=some_branch(bank)), after, after)  # fmt: skip


def test_spend_is_that_of_acquisition_campaigns(bank: Opened) -> None:
    found = spend_by_channel(bank.connection, bank.store, MONTH)
    assert not isinstance(found, Reason)
    both = bank.raw("spend").merge(bank.raw("dim_campaign"), on="campaign_id")
    days = pd.to_datetime(both["day"])
    chosen = both[(both["purpose"] == "acquisition") & (days.dt.strftime("%Y-%m") == "2026-09")]
    raw = chosen.astype({"spent_cny": float}).groupby("channel_y")["spent_cny"].sum()
    assert found.set_index("channel")["spent"].to_dict() == pytest.approx(raw.to_dict())
    assert spend_by_channel(
        bank.connection, bank.store, Slice.of("2026-09", tier=("vip",))
    ) == Reason("not_by_dimension", "tier")


def test_income_by_age(bank: Opened) -> None:
    first, last = date(2025, 6, 1), date(2026, 8, 31)
    answer = income_by_age(bank.connection, bank.store, MONTH, first, last)
    assert not isinstance(answer, Reason)
    users, income = answer
    raw = bank.raw("dim_user").dropna(subset=["registered_at"])
    born = raw.set_index("user_id")["registered_at"].dt.normalize()
    born = born[(born >= pd.Timestamp(first)) & (born <= pd.Timestamp(last))]
    assert users["users"].sum() == len(born)
    txn = bank.raw("txn")
    txn = txn[(txn["status"] == "success") & txn["user_id"].isin(born.index)]
    day = txn["occurred_at"].dt.normalize()
    since = (day - txn["user_id"].map(born)).dt.days
    kept = (since >= 0) & (day <= pd.Timestamp(last))
    fees = txn["fee_cny"].astype(float)[kept].groupby(since[kept] // 30).sum()
    month = bank.raw("user_month")
    month = month[month["user_id"].isin(born.index)]
    end = pd.to_datetime(month["month"])
    age = (end - month["user_id"].map(born)).dt.days
    inside = (age >= 0) & (end <= pd.Timestamp(last))
    interest = month["net_interest_cny"].astype(float)[inside].groupby(age[inside] // 30).sum()
    raw_income = fees.add(interest, fill_value=0.0)
    shown = income.groupby("age")["income"].sum()
    assert shown.to_dict() == pytest.approx(raw_income.to_dict())


def test_scene_cells(bank: Opened) -> None:
    found = scene_cells(bank.connection, bank.store, MONTH, Period.parse("2026-08"))
    assert not isinstance(found, Reason)
    event = bank.raw("event").dropna(subset=["user_id"])
    users = bank.raw("dim_user").set_index("user_id")["registered_at"]
    registered = event["user_id"].map(users).dt.normalize()
    event = event[event["occurred_at"].dt.normalize() >= registered]
    before = in_month(event, "occurred_at", "2026-08")
    assert found["n"].sum() == before["user_id"].nunique()
    scene = before["module"].map(bank.raw("dim_module").set_index("module")["scene"])
    for name in SCENES:
        used = before[scene == name]["user_id"].nunique()
        assert found.loc[found[name] == 1, "n"].sum() == used
    after = in_month(event, "occurred_at", "2026-09")
    after = after[after["user_id"].isin(before["user_id"])]
    days = after.groupby("user_id")["occurred_at"].agg(lambda x: x.dt.date.nunique())
    assert found["days"].sum() == days.sum()
    assert found["days2"].sum() == (days**2).sum()


def test_credit_steps(bank: Opened) -> None:
    found = credit_steps(bank.connection, bank.store, MONTH)
    assert not isinstance(found, Reason)
    raw = bank.raw("application")
    day = raw["checked_at"].dt.normalize()
    due = raw[(day >= "2026-08-25") & (day <= "2026-09-23")]
    waited = (due["applied_at"].dt.normalize() - due["checked_at"].dt.normalize()).dt.days
    applied = due[waited.between(0, 7)]
    approved = applied[applied["approved_at"].notna()]
    counts = found.iloc[0].tolist()
    assert counts == [len(due), len(applied), len(approved), approved["drawn_at"].notna().sum()]


def test_days_with_fees(bank: Opened) -> None:
    first, last = date(2025, 1, 1), date(2026, 9, 30)
    found = fee_days(bank.connection, bank.store, MONTH, first, last)
    assert not isinstance(found, Reason)
    raw = bank.raw("dim_user").dropna(subset=["registered_at"]).set_index("user_id")
    born = raw["registered_at"].dt.normalize()
    born = born[(born >= pd.Timestamp(first)) & (born <= pd.Timestamp(last))]
    txn = bank.raw("txn").astype({"fee_cny": float})
    day = txn["occurred_at"].dt.normalize()
    kept = (
        (txn["status"] == "success") & (txn["fee_cny"] > 0) & (day <= pd.Timestamp(last))
        & (day > txn["user_id"].map(born))
    )  # fmt: skip
    pairs = txn[kept].assign(day=day).groupby(["user_id", "day"])["fee_cny"].sum()
    assert len(found) == len(pairs) + len(born)
    assert found["amount"].sum() == pytest.approx(pairs.sum())
