"""What cannot have happened yet is a bad row, and does not make a bank look fresh."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.ingest import load

Parse = Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]
ZONE = "Asia/Shanghai"
NOW = datetime.fromisoformat("2026-11-22T08:00")  # 16:00 of the same day in the bank's zone

TXN = "txn_id,occurred_at,user_id,kind,amount_cny,status,judged_at\n"
LOAN = "month,loan_id,user_id,balance_cny,originated_on,first_due_on\n"
CHECK = "branch_id,check_id,checked_at,kind,passed,due_on,rectified_on\n"


@pytest.mark.parametrize(
    ("table", "text", "column"),
    [
        ("txn", TXN + "1,2026-11-23 15:59,u,payment,1,success,\n", None),
        ("txn", TXN + "1,2026-11-23 16:01,u,payment,1,success,\n", "occurred_at"),
        ("txn", TXN + "1,2062-11-01 08:00,u,payment,1,success,\n", "occurred_at"),
        ("txn", TXN + "1,2026-11-01,u,payment,1,success,2027-01-01\n", "judged_at"),
        ("dim_user", "user_id,branch_id,registered_at\nu,b,2027-01-01\n", "registered_at"),
        ("sync_day", "day,link,delay_min\n2026-11-23,a,1\n", None),
        ("sync_day", "day,link,delay_min\n2026-11-24,a,1\n", "day"),
        ("load_coverage", "table,day,complete\ntxn,2026-12-31,true\n", "day"),
        ("loan_month", LOAN + "2026-11,1,u,5,2026-01-01,2027-03-01\n", None),
        ("loan_month", LOAN + "2026-12,1,u,5,2026-01-01,2027-03-01\n", "month"),
        ("compliance_check", CHECK + "b,1,2026-11-01,self,false,2027-03-01,\n", None),
        ("compliance_check", CHECK + "b,1,2026-11-01,self,true,,2027-03-01\n", "rectified_on"),
        ("spend", "spend_id,day,category,planned_cny\n1,2026-12-31,reserve,5\n", None),
        ("dim_branch", "branch_id,name_zh,valid_to\n1,a,2099-12-31\n", None),
        ("calendar_day", "day,holiday,workday\n2027-01-01,true,false\n", None),
    ],
)
def test_only_plans_lie_ahead(parse_file: Parse, table: str, text: str, column: str | None) -> None:
    rows, bad = parse_file(f"{table}.csv", text, table, now=NOW)
    assert (len(rows), len(bad)) == ((1, 0) if column is None else (0, 1))
    if column is not None:
        assert bad[0]["reasons"][0].startswith(f"{column}: ")
        assert "lies in the future" in bad[0]["reasons"][0]


@pytest.mark.usefixtures("in_process")
def test_one_row_from_the_future_does_not_make_days_complete(
    lake: Warehouse, tmp_path: Path
) -> None:
    day = "2026-11-{},u,payment,1,success,\n"
    rows = "".join(f"{n}," + day.format(f"{n:02d}") for n in range(1, 22))
    (tmp_path / "txn.csv").write_text(TXN + rows + "99,2062-11-01,u,payment,1,success,\n")
    (tmp_path / "spend.csv").write_text(
        "spend_id,day,category,planned_cny\n1,2026-11-20,reserve,5\n2,2026-12-31,reserve,5\n"
    )
    files = [tmp_path / "txn.csv", tmp_path / "spend.csv"]
    report = load(lake, files, zone=ZONE, who="t", now=NOW)
    assert [(file.table, file.quarantined) for file in report.files] == [("txn", 1), ("spend", 0)]
    assert report.bad_rows[0].line == 23
    coverage = CONTRACT.tables["load_coverage"].c
    with lake.reading() as connection:
        found = connection.execute(select(coverage.table, coverage.day)).all()
    last = {table: max(day for name, day in found if name == table) for table, _ in found}
    assert last == {"txn": date(2026, 11, 21), "spend": date(2026, 11, 23)}
