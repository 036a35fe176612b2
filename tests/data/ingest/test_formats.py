"""Every form in which a bank may bring a file, read to the same rows."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

Parse = Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]
BRANCHES = "branch_id,parent_id,name_zh,city\n001,,总行,上海\n0101,001,上海分行,\n"


def _branches(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["branch_id"], row["parent_id"], row["name_zh"], row["city"]) for row in rows]


NAN = float("nan")
EXPECTED = [("001", None, "总行", "上海"), ("0101", "001", "上海分行", None)]


@pytest.mark.parametrize(
    ("name", "content", "layout"),
    [
        ("dim_branch.csv", BRANCHES.encode(), {}),
        ("dim_branch.csv", b"\xef\xbb\xbf" + BRANCHES.encode(), {}),
        ("dim_branch.csv", BRANCHES.replace("\n", "\r\n").encode(), {}),
        ("dim_branch.csv", BRANCHES.replace("\n", "\r").encode(), {}),
        ("dim_branch.csv", BRANCHES.rstrip("\n").replace("\n", "\r").encode(), {}),
        ("dim_branch.csv.gz", gzip.compress(BRANCHES.replace("\n", "\r").encode(), mtime=0), {}),
        ("dim_branch.csv", BRANCHES.encode("gb18030"), {"encoding": "gb18030"}),
        ("dim_branch.csv.gz", gzip.compress(BRANCHES.encode(), mtime=0), {}),
        ("dim_branch.csv", BRANCHES.replace(",", ";").encode(), {"delimiter": ";"}),
        ("dim_branch.csv", (BRANCHES + "\n\n").encode(), {}),
        ("dim_branch.csv", BRANCHES.replace("总行", '" 总行 "').encode(), {}),
        ("dim_branch.csv", BRANCHES.rstrip("\n").encode(), {}),
    ],
)
def test_text_in_every_form(
    parse_file: Parse, name: str, content: bytes, layout: dict[str, Any]
) -> None:
    rows, bad = parse_file(name, content, "dim_branch", **layout)
    assert _branches(rows) == EXPECTED
    assert bad == []


def test_a_header_without_rows_is_an_empty_table(parse_file: Parse) -> None:
    assert parse_file("dim_branch.csv", "branch_id,name_zh\n", "dim_branch") == ([], [])
    assert parse_file("dim_branch.csv", "branch_id,name_zh", "dim_branch") == ([], [])


def test_text_without_a_header(parse_file: Parse) -> None:
    rows, _bad = parse_file(
        "x.csv", "7 Seven\n8 Eight\n", "dim_branch",
        delimiter=" ", quote="", header=False, columns=("branch_id", "name_zh"),
    )  # fmt: skip
    assert [row["name_zh"] for row in rows] == ["Seven", "Eight"]
    assert [row["_line"] for row in rows] == [1, 2]


def test_lines_are_those_of_the_file(parse_file: Parse) -> None:
    """A cell with a line break, a blank line and a short row all shift what follows."""
    text = 'branch_id,name_zh\n1,"two\nlines"\n\n2,b,extra\n3,\n4,d\n'
    rows, bad = parse_file("dim_branch.csv", text, "dim_branch")
    assert [(row["branch_id"], row["_line"]) for row in rows] == [("1", 2), ("4", 7)]
    assert rows[0]["name_zh"] == "two\nlines"
    assert sorted((row["line"], row["reasons"][0]) for row in bad) == [
        (5, "the row has more or fewer cells than the header"),
        (6, "name_zh: is required and empty"),
    ]


def test_lines_hold_over_many_blocks(parse_file: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    from data.ingest import plain_text

    monkeypatch.setattr(plain_text, "BLOCK", 4096)
    lines = [f'{n},"a\nb"' if n % 7 == 0 else f"{n},x" for n in range(3000)]
    lines[1234] = "1234,too,many"
    rows, bad = parse_file("dim_branch.csv", "branch_id,name_zh\n" + "\n".join(lines), "dim_branch")
    line, expected = 2, {}
    for n, text in enumerate(lines):
        expected[str(n)] = line
        line += 1 + text.count("\n")
    assert {row["branch_id"]: row["_line"] for row in rows} == {
        key: at for key, at in expected.items() if key != "1234"
    }
    assert [row["line"] for row in bad] == [expected["1234"]]


def _workbook(*rows: tuple[Any, ...], sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = sheets[0]
    for name in sheets[1:]:
        book.create_sheet(name)
    for row in rows:
        book[sheets[-1]].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_its_own_types(parse_file: Parse) -> None:
    content = _workbook(
        ("txn_id", "occurred_at", "user_id", "kind", "amount_cny", "status", "risky"),
        ("007", datetime(2026, 10, 31, 8, 0, 5), 42, "payment", 12.5, "success", True),  # noqa: DTZ001 - as a workbook holds it
        (None, None, None, None, None, None, None),
        (8, date(2026, 10, 31), "U2", "payment", 1000, "failed", 0),
    )
    rows, bad = parse_file("txn.xlsx", content, "txn")
    assert bad == []
    assert [(r["txn_id"], r["user_id"], r["amount_cny"], r["risky"], r["_line"]) for r in rows] == [
        ("007", "42", Decimal("12.50"), True, 2),
        ("8", "U2", Decimal("1000.00"), False, 4),
    ]
    assert rows[0]["occurred_at"].isoformat() == "2026-10-31T00:00:05"
    assert rows[1]["occurred_at"].isoformat() == "2026-10-30T16:00:00"


def test_cells_that_a_workbook_has_spoilt(parse_file: Parse) -> None:
    content = _workbook(
        ("branch_id", "name_zh"),
        (1234567890123456, "a"),
        ("1", "#REF!"),
        ("2", "b", "beyond"),
        ("3", "c"),
    )
    rows, bad = parse_file("dim_branch.xlsx", content, "dim_branch")
    assert [row["branch_id"] for row in rows] == ["3"]
    reasons = [row["reasons"][0] for row in bad]
    assert "format the column as text" in reasons[0]
    assert reasons[1:] == ["a cell holds the error #REF!", "the row has more cells than the header"]


def test_a_formula_without_a_value_is_said_to_be_one(parse_file: Parse) -> None:
    """A program wrote the file: no value was kept with the formula, and none is made up."""
    content = _workbook(
        ("branch_id", "name_zh", "city"),
        ("1", "a", "=UPPER(B2)"),
        ("=1+1", "b", None),
        ("3", "c", None),
    )
    rows, bad = parse_file("dim_branch.xlsx", content, "dim_branch")
    assert [row["branch_id"] for row in rows] == ["3"]
    assert [row["reasons"] for row in bad] == [
        ["=UPPER(B2) is a formula without a value: open and save it in Excel"],
        ["=1+1 is a formula without a value: open and save it in Excel"],
    ]
    assert ["=UPPER(B2)" in row["raw"] for row in bad] == [True, False]
    assert [row["line"] for row in bad] == [2, 3]


def test_a_required_number_that_is_none_is_said_to_be_one(parse_file: Parse) -> None:
    days = pa.table({"day": ["2026-10-01"] * 2, "link": ["a", "b"], "delay_min": [1.0, NAN]})
    out = io.BytesIO()
    parquet.write_table(days, out)
    rows, bad = parse_file("sync_day.parquet", out.getvalue(), "sync_day")
    assert [row["link"] for row in rows] == ["a"]
    assert bad[0]["reasons"] == ["delay_min: is not a number (NaN)"]
    assert bad[0]["raw"]["delay_min"] == "nan"


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_lines_are_counted_however_they_end(parse_file: Parse, ending: str) -> None:
    lines = ["branch_id,name_zh,city", '1,"two', 'lines",x', ",nobody,y", "2,b,z"]
    rows, bad = parse_file("dim_branch.csv", ending.join(lines).encode(), "dim_branch")
    assert [(row["branch_id"], row["_line"]) for row in rows] == [("1", 2), ("2", 5)]
    assert [row["line"] for row in bad] == [4]


def test_the_sheet_named_like_the_table_is_read(parse_file: Parse) -> None:
    content = _workbook(
        ("branch_id", "name_zh"), ("1", "a"), sheets=("notes", "more", "dim_branch")
    )
    rows, _bad = parse_file("dim_branch.xlsx", content, "dim_branch")
    assert [row["branch_id"] for row in rows] == ["1"]


def test_parquet_with_its_own_types(parse_file: Parse) -> None:
    beijing = pa.timestamp("ns", "Asia/Shanghai")
    utc = datetime(2026, 10, 31, 12, 0, 0, 123456, tzinfo=UTC)
    table = pa.table(
        {
            "txn_id": pa.array(["a", "b"]).dictionary_encode(),
            "occurred_at": pa.array([utc, utc + timedelta(days=1)], beijing),
            "user_id": pa.array([1, 2], pa.int64()),
            "kind": ["payment", "refund"],
            "amount_cny": pa.array([Decimal("1.5"), Decimal("2")], pa.decimal128(9, 1)),
            "fee_cny": pa.array([0.1, float("nan")]),
            "loss_cny": pa.array([1234567890123.25, None]),
            "status": ["success", "success"],
            "risky": [True, None],
            "product_id": pa.array([3.0, None]),
        }
    )
    out = io.BytesIO()
    parquet.write_table(table, out)
    rows, bad = parse_file("txn.parquet", out.getvalue(), "txn")
    assert bad == []
    assert rows[0]["occurred_at"] == utc.replace(tzinfo=None)
    assert [row["user_id"] for row in rows] == ["1", "2"]
    assert [row["amount_cny"] for row in rows] == [Decimal("1.50"), Decimal("2.00")]
    assert [row["fee_cny"] for row in rows] == [Decimal("0.10"), None]
    assert rows[0]["loss_cny"] == Decimal("1234567890123.25")
    assert [row["risky"] for row in rows] == [True, None]
    assert [row["_line"] for row in rows] == [1, 2]
