"""Loads as a whole, on every engine: by key, recorded, covering days, touching days."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.ingest import LoadReport, erase_users, load, touched_since
from data.ingest.tables import (
    ERASED_USER,
    ERASURE_RECORD,
    LOAD_RECORD,
    QUARANTINE,
)

ZONE = "Asia/Shanghai"
TXN = "txn_id,occurred_at,user_id,branch_id,kind,amount_cny,status\n"
USERS = "user_id,branch_id,registered_at,referred_by\n"


class Bank:
    """A folder of files to write and load."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse = warehouse
        self.folder = folder
        folder.mkdir()

    def load(self, **files: str) -> LoadReport:
        """Write the files, named by table (a later ``__`` becomes a hyphen), and load them."""
        paths = []
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '-')}.csv"
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        return load(self.warehouse, paths, zone=ZONE, who="ann")

    def rows(self, table: str) -> pd.DataFrame:
        """What the warehouse holds."""
        return self.warehouse.frame(select(CONTRACT.tables[table]))

    def touched(self, since: int, table: str) -> set[Any]:
        """Days of a table touched after a load."""
        with self.warehouse.reading() as connection:
            found = touched_since(connection, since)
        days = found.loc[found["table"] == table, "day"]
        return {None if pd.isna(day) else pd.Timestamp(day).date() for day in days}


@pytest.fixture
def bank(warehouse: Warehouse, tmp_path: Path, in_process: None) -> Bank:
    return Bank(warehouse, tmp_path / "in")


def test_the_same_file_twice_changes_nothing(bank: Bank) -> None:
    text = TXN + "1,2026-10-01,U1,B1,payment,5,success\n2,2026-10-01,U1,B1,gift,5,success\n"
    first = bank.load(txn=text)
    before = bank.rows("txn")
    again = bank.load(txn=text)
    assert (first.changed, first.quarantined) == (1, 1)
    assert (again.changed, again.quarantined) == (0, 1)
    assert (first.sequence, again.sequence) == (1, 2)
    pd.testing.assert_frame_equal(bank.rows("txn"), before)
    assert bank.touched(first.sequence, "txn") == set()
    assert len(bank.warehouse.frame(select(QUARANTINE))) == 1
    assert len(bank.warehouse.frame(select(LOAD_RECORD))) == 2


def test_a_corrected_row_replaces_the_old_and_touches_both_days(bank: Bank) -> None:
    bank.load(
        txn=TXN
        + "1,2026-10-01 12:00,U1,B1,payment,5,success\n2,2026-10-02,U1,B1,payment,7,failed\n"
    )
    report = bank.load(txn=TXN + "1,2026-10-09T20:00Z,U1,B1,payment,6.50,success\n")
    assert report.changed == 1
    rows = bank.rows("txn").set_index("txn_id")
    assert sorted(rows.index) == ["1", "2"]
    assert rows.loc["1", "amount_cny"] == Decimal("6.50")
    assert rows.loc["1", "occurred_at"] == pd.Timestamp("2026-10-09 20:00")
    assert bank.touched(1, "txn") == {date(2026, 10, 1), date(2026, 10, 10)}


def test_rows_new_equal_and_changed_in_one_file(bank: Bank) -> None:
    bank.load(
        txn=TXN + "1,2026-10-01,U1,B1,payment,5,success\n2,2026-10-02,U1,B1,payment,5,failed\n"
    )
    report = bank.load(
        txn=TXN
        + "1,2026-10-01,U1,B1,payment,5,success\n"
        + "2,2026-10-02,U1,B1,payment,5,success\n"
        + "3,2026-10-03,U1,B1,payment,5,success\n"
    )
    assert report.changed == 2
    assert len(bank.rows("txn")) == 3
    assert bank.touched(1, "txn") == {date(2026, 10, 2), date(2026, 10, 3)}


def test_tables_without_a_day_touch_any_day(bank: Bank) -> None:
    bank.load(dim_user=USERS + "U1,B1,,\n")
    assert bank.touched(0, "dim_user") == {None}
    bank.load(dim_user=USERS + "U1,B1,,\n")
    assert bank.touched(1, "dim_user") == set()


def test_month_tables_touch_and_cover_the_months_end(bank: Bank) -> None:
    bank.load(user_month="month,user_id,aum_cny\n2026-02,U1,5\n2026-04-07,U1,6\n")
    ends = {date(2026, 2, 28), date(2026, 4, 30)}
    assert bank.touched(0, "user_month") == ends
    coverage = bank.rows("load_coverage")
    assert set(pd.to_datetime(coverage["day"]).dt.date) == ends
    assert set(coverage["table"]) == {"user_month"}


def test_every_day_from_the_first_to_the_last_is_complete(bank: Bank) -> None:
    report = bank.load(
        txn=TXN
        + "1,2026-10-01T16:30Z,U1,B1,payment,5,success\n"
        + "2,2026-10-05 23:59,U1,B1,payment,5,success\n"
    )
    coverage = bank.rows("load_coverage")
    assert sorted(pd.to_datetime(coverage["day"]).dt.day) == [2, 3, 4, 5]
    assert coverage["complete"].all()
    assert bank.touched(report.sequence - 1, "load_coverage") == {
        date(2026, 10, day) for day in (2, 3, 4, 5)
    }


def test_a_day_that_lost_rows_to_quarantine_is_not_complete(bank: Bank) -> None:
    good = "".join(f"{n},2026-10-0{1 + n % 3},U1,B1,payment,5,success\n" for n in range(30))
    bank.load(txn=TXN + good + "x,2026-10-02,U1,B1,payment,5.001,success\n")
    days = sorted(pd.to_datetime(bank.rows("load_coverage")["day"]).dt.day)
    assert days == [1, 3]


def test_coverage_that_the_bank_states_itself_is_taken(bank: Bank) -> None:
    bank.load(
        txn=TXN + "1,2026-10-01,U1,B1,payment,5,success\n",
        load_coverage="table,day,complete\ntxn,2026-10-01,否\n",
    )
    coverage = bank.rows("load_coverage")
    assert coverage["complete"].tolist() == [False]


def test_what_a_row_refers_to_need_not_be_there_but_is_counted(bank: Bank) -> None:
    report = bank.load(
        dim_user=USERS + "U1,B1,,U9\n",
        dim_branch="branch_id,name_zh\nB1,x\n",
        txn=TXN
        + "1,2026-10-01,U1,B1,payment,5,success\n"
        + "2,2026-10-01,U7,B1,payment,5,success\n"
        + "3,2026-10-01,U7,B2,payment,5,success\n",
    )
    unknown = {(u.table, u.column): (u.rows, u.examples) for u in report.unknown}
    assert unknown == {
        ("dim_user", "referred_by"): (1, ("U9",)),
        ("txn", "user_id"): (2, ("U7",)),
        ("txn", "branch_id"): (1, ("B2",)),
    }
    assert "txn: 2 rows have a user_id that dim_user does not have ('U7')" in report.lines()
    assert len(bank.rows("txn")) == 3


def test_several_files_of_one_table_are_loaded_in_order(bank: Bank) -> None:
    report = bank.load(
        txn__2026__09=TXN + "1,2026-09-30,U1,B1,payment,5,success\n",
        txn__2026__10=TXN + "1,2026-10-01,U1,B1,payment,6,success\n",
    )
    assert [(file.table, file.changed) for file in report.files] == [("txn", 1), ("txn", 1)]
    assert bank.rows("txn")["amount_cny"].tolist() == [Decimal("6.00")]
    assert bank.touched(0, "txn") == {date(2026, 9, 30), date(2026, 10, 1)}


def test_the_record_of_a_load_says_file_digest_rows_time_and_who(bank: Bank) -> None:
    report = bank.load(txn=TXN + "1,2026-10-01,U1,B1,payment,5,success\nbroken\n")
    (record,) = bank.warehouse.frame(select(LOAD_RECORD)).to_dict("records")
    assert record["load_id"] == report.load_id
    assert (record["who"], record["file"], record["table"]) == ("ann", "txn.csv", "txn")
    assert len(record["digest"]) == 64
    counts = ("rows_in", "rows_changed", "rows_quarantined")
    assert [record[key] for key in counts] == [2, 1, 1]
    assert record["started_at"] <= record["finished_at"]
    assert pd.isna(record["refused"])


def test_quarantine_says_file_line_reasons_and_the_row(bank: Bank) -> None:
    bank.load(txn=TXN + "1,2026-10-01,U1,B1,gift,-5,success\n")
    (row,) = bank.warehouse.frame(select(QUARANTINE)).to_dict("records")
    assert (row["file"], row["line"], row["table"]) == ("txn.csv", 2, "txn")
    assert len(json.loads(row["reasons"])) == 2
    assert json.loads(row["raw"])["amount_cny"] == "-5"


def test_a_column_left_out_is_said(bank: Bank) -> None:
    report = bank.load(dim_branch="branch_id,name_zh\nB1,x\n")
    assert any("no column parent_id, level" in warning for warning in report.warnings)


def test_text_from_a_file_cannot_become_sql(bank: Bank) -> None:
    evil = "x'); DROP TABLE txn; --"
    bank.load(dim_branch=f'branch_id,name_zh\n"{evil}",a\n')
    bank.load(dim_branch=f'branch_id,name_zh\n"{evil}",b\n')
    assert bank.rows("dim_branch")[["branch_id", "name_zh"]].values.tolist() == [[evil, "b"]]
    assert len(bank.rows("txn")) == 0


def test_an_erased_customer_is_gone_and_stays_gone(bank: Bank) -> None:
    events = "event_id,occurred_at,visitor_id,user_id,app,action\n"
    files = {
        "dim_user": USERS + "U1,B1,,\nU2,B1,,U1\n",
        "txn": TXN + "1,2026-10-01,U1,B1,payment,5,success\n2,2026-10-01,U2,B1,payment,5,x\n"
        "3,2026-10-01,U1,B1,payment,5,x\n",
        "event": events + "1,2026-10-01,V1,,app,open\n2,2026-10-01,V1,U1,app,open\n"
        "3,2026-10-01,V2,,app,open\n",
    }
    loaded = bank.load(**files)
    report = erase_users(bank.warehouse, ["U1"], who="dpo", reason="request 17")
    assert dict(report.rows) == {"dim_user": 1, "event": 2, "txn": 1, "quarantine": 1}
    users = bank.rows("dim_user")
    assert users["user_id"].tolist() == ["U2"]
    assert users["referred_by"].isna().all()
    assert bank.rows("event")["event_id"].tolist() == ["3"]
    assert len(bank.rows("txn")) == 0
    assert bank.touched(loaded.sequence, "txn") == set()
    again = bank.load(**files)
    assert bank.rows("dim_user")["user_id"].tolist() == ["U2"]
    assert any("rows of erased customers were left out" in warning for warning in again.warnings)
    record = bank.warehouse.frame(select(ERASURE_RECORD))
    assert set(record["who"]) == {"dpo"}
    assert set(record["reason"]) == {"request 17"}
    assert "U1" not in bank.warehouse.frame(select(ERASED_USER)).to_csv()


def test_an_erasure_needs_whom_who_and_why(bank: Bank) -> None:
    for ids, who, reason in (([], "a", "b"), (["U1"], " ", "b"), (["U1"], "a", "")):
        with pytest.raises(ValueError, match="an erasure needs"):
            erase_users(bank.warehouse, ids, who=who, reason=reason)
