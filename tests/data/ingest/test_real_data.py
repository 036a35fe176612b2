"""Real files through the shipped mappings: the numbers of their publications come out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select
from sqlalchemy.sql import Select

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.ingest import LoadReport, load

REAL = os.environ.get("CANOPY_REAL_DATA")
pytestmark = pytest.mark.skipif(
    not REAL, reason="CANOPY_REAL_DATA is unset: no real data to load here"
)
TABLES = CONTRACT.tables


def _loaded(
    tmp: pytest.TempPathFactory, name: str, zone: str
) -> Iterator[tuple[Warehouse, LoadReport]]:
    warehouse = open_warehouse(f"ducklake:///{tmp.mktemp(name)}")
    report = load(warehouse, [Path(REAL or "") / name], mapping=name, zone=zone, who="test")
    yield warehouse, report
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def berka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, LoadReport]]:
    yield from _loaded(tmp_path_factory, "berka", "Europe/Prague")


@pytest.fixture(scope="module")
def overflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, LoadReport]]:
    yield from _loaded(tmp_path_factory, "mathoverflow", "UTC")


def test_berka_rows_of_every_file(berka: tuple[Warehouse, LoadReport]) -> None:
    _warehouse, report = berka
    rows = {(file.file, file.table): file.rows_in for file in report.files}
    assert rows[("client.asc", "dim_user")] == 5369
    assert rows[("loan.asc", "loan_month")] == 682
    assert rows[("account.asc", "")] == 4500
    assert rows[("disp.asc", "")] == 5369
    assert rows[("card.asc", "")] == 892
    assert rows[("trans_first_1993-01_1994-03.asc", "txn")] == 49102
    assert report.quarantined == 0
    assert report.unknown == ()


def test_berka_branches_are_districts_under_regions(berka: tuple[Warehouse, LoadReport]) -> None:
    branches = berka[0].frame(select(TABLES["dim_branch"])).set_index("branch_id")
    assert branches["level"].value_counts().to_dict() == {"支行": 77, "一级分行": 8, "总行": 1}
    assert set(branches.loc[branches["level"] == "一级分行", "parent_id"]) == {"CZ"}
    assert branches.loc["D1", "parent_id"] == "R Prague"
    assert branches.index.is_unique


def test_berka_loans_by_status_and_balance(berka: tuple[Warehouse, LoadReport]) -> None:
    loans = berka[0].frame(select(TABLES["loan_month"]))
    assert len(loans) == 682
    assert set(pd.to_datetime(loans["month"]).dt.date) == {date(1998, 12, 31)}
    assert loans["class"].value_counts().to_dict() == {
        "normal": 203 + 403, "substandard": 45, "loss": 31,
    }  # fmt: skip
    running = loans[loans["balance_cny"] > 0]
    assert len(running) == 448
    assert (running["class"] == "substandard").sum() == 45
    assert loans["days_past_due"].isna().all()
    assert loans["estimated"].all()
    assert loans["first_due_on"].isna().all()
    one = loans[loans["loan_id"] == "7308"]  # 12 of 60 instalments due by the end of 1998
    amount, paid = _loan("7308")
    assert one["balance_cny"].tolist() == [amount - paid]


def _loan(loan_id: str) -> tuple[Decimal, Decimal]:
    """Amount and what was due by the end of 1998, straight from the file."""
    frame = pd.read_csv(Path(REAL or "") / "berka" / "loan.asc", sep=";", dtype=str)
    row = frame[frame["loan_id"] == loan_id].iloc[0]
    year, month = 1900 + int(row["date"][:2]), int(row["date"][2:4])
    due = min(int(row["duration"]), (1998 - year) * 12 + 12 - month)
    return Decimal(row["amount"]), Decimal(row["payments"]) * due


def test_berka_loan_amounts_are_read_whole() -> None:
    frame = pd.read_csv(Path(REAL or "") / "berka" / "loan.asc", sep=";", dtype=str)
    assert sum(Decimal(amount) for amount in frame["amount"]) == 103_261_740


def test_berka_clients(berka: tuple[Warehouse, LoadReport]) -> None:
    users = berka[0].frame(select(TABLES["dim_user"])).set_index("user_id")
    assert len(users) == 5369
    assert users.loc["1", "birth_year"] == 1970  # 706213: a woman born on 13 December 1970
    assert users.loc["1", "branch_id"] == "D18"
    assert users["birth_year"].between(1910, 1990).all()
    assert users["registered_at"].notna().all()
    assert set(users["channel"]) == {"branch"}
    held = berka[0].frame(select(TABLES["user_month"]))
    assert held["products"].sum() == 5369 + 892 + 682
    assert held["aum_cny"].isna().all()


def test_berka_transactions_belong_to_the_owner(berka: tuple[Warehouse, LoadReport]) -> None:
    warehouse, _report = berka
    txn = warehouse.frame(select(TABLES["txn"]))
    folder = Path(REAL or "") / "berka"
    disp = pd.read_csv(folder / "disp.asc", sep=";", dtype=str)
    trans = pd.read_csv(next(folder.glob("trans*.asc")), sep=";", dtype=str)
    owners = disp[disp["type"] == "OWNER"].set_index("account_id")["client_id"]
    expected = trans.set_index("trans_id")["account_id"].map(owners)
    assert txn.set_index("txn_id")["user_id"].to_dict() == expected.to_dict()
    assert sum(txn["amount_cny"]) == sum(Decimal(amount) for amount in trans["amount"])
    fees = trans.loc[trans["k_symbol"] == "SLUZBY", "amount"]
    assert sum(txn["fee_cny"].dropna()) == sum(Decimal(fee) for fee in fees)
    assert set(txn["kind"]) == {"transfer", "payment", "repayment"}


def test_mathoverflow_events_users_and_days(overflow: tuple[Warehouse, LoadReport]) -> None:
    warehouse, report = overflow
    assert report.quarantined == 0
    event, user = TABLES["event"], TABLES["dim_user"]
    shown: list[Any] = [
        func.count().label("rows"),
        func.count(event.c.user_id.distinct()).label("users"),
    ]
    counts = warehouse.frame(select(*shown).select_from(event))
    assert counts.to_dict("records") == [{"rows": 506_550, "users": 19_774}]
    days = warehouse.frame(select(event.c.occurred_at))["occurred_at"].dt.date
    assert days.nunique() == 2350
    query: Select[Any] = (
        select(func.min(event.c.occurred_at).label("first"), user.c.registered_at)
        .join(user, user.c.user_id == event.c.user_id)
        .group_by(user.c.user_id, user.c.registered_at)
    )
    first = warehouse.frame(query)
    assert len(first) == 19_774
    assert (first["first"] == first["registered_at"]).all()
