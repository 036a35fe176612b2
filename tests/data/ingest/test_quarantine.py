"""Every reason for which a row goes to quarantine, and that it is not lost there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Parse = Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]

TXN = {
    "txn_id": "T1", "occurred_at": "2026-10-01 08:00", "user_id": "U1", "kind": "payment",
    "amount_cny": "1.00", "status": "success",
}  # fmt: skip
SURVEY = {"survey_id": "Q1", "answered_at": "2026-10-01", "kind": "csat", "score": "5"}
INTERVAL = {
    "start": "2026-10-01 08:00", "module": "pay", "minutes": "60", "good_minutes": "60",
    "calls": "10", "errors": "1",
}  # fmt: skip
LOAN = {"month": "2026-10", "loan_id": "L1", "user_id": "U1", "balance_cny": "5"}
BRANCH = {"branch_id": "B1", "name_zh": "x"}


def _csv(row: dict[str, str]) -> str:
    cells = [f'"{value}"' if "," in value else value for value in row.values()]
    return f"{','.join(row)}\n{','.join(cells)}\n"


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "reason"),
    [
        ("txn", TXN, "txn_id", "", "txn_id: is required and empty"),
        ("txn", TXN, "status", " ", "status: is required and empty"),
        ("txn", TXN, "kind", "gift", "kind: 'gift' is not one of payment, transfer,"),
        ("txn", TXN, "kind", "Payment", "did you mean 'payment'?"),
        ("txn", TXN, "amount_cny", "1.239", "Canopy does not round money"),
        ("txn", TXN, "amount_cny", "1,280.50", "is not an amount such as 1280.50"),
        ("txn", TXN, "amount_cny", "1e3", "is not an amount"),
        ("txn", TXN, "amount_cny", "12345678901234567", "is not an amount"),
        ("txn", TXN, "amount_cny", "-0.01", "'-0.01' is out of bounds: at least 0"),
        ("txn", TXN, "occurred_at", "yesterday", "'yesterday' is not a moment such as"),
        ("txn", TXN, "occurred_at", "2026-02-30", "is not a moment"),
        ("txn", TXN, "occurred_at", "2026-10-01 24:00", "is not a moment"),
        ("txn", TXN, "occurred_at", "2026-10-01T08:00+15:00", "is not a moment"),
        ("txn", TXN, "occurred_at", "1899-12-31", "is not a moment"),
        ("txn", TXN, "risky", "maybe", "is not one of true, false, 1, 0, 是, 否, Y, N"),
        ("txn", TXN, "user_id", "U" * 201, "is longer than 200 characters"),
        ("txn", TXN, "user_id", "U\x071", "holds a control character"),
        ("survey", SURVEY, "score", "0", "score: '0' is outside 1 to 5, the range of kind csat"),
        ("survey", SURVEY, "score", "6", "is outside 1 to 5"),
        ("survey", {**SURVEY, "kind": "nps"}, "score", "11", "out of bounds: at most 10"),
        ("survey", SURVEY, "score", "4.5", "is not a whole number"),
        ("survey", SURVEY, "score", "99999999999", "is not a whole number of at most 9 digits"),
        ("api_interval", INTERVAL, "good_minutes", "61", "out of bounds: at most 60"),
        ("api_interval", {**INTERVAL, "minutes": "5"}, "good_minutes", "6", "is more than minutes"),
        ("api_interval", INTERVAL, "errors", "11", "errors: '11' is more than calls"),
        ("api_interval", INTERVAL, "calls", "-1", "out of bounds: at least 0"),
        ("loan_month", LOAN, "month", "2026-13", "is not a month such as 2026-10"),
        ("loan_month", LOAN, "originated_on", "2026-10-31 08:00", "is not a day such as"),
        ("loan_month", LOAN, "class", "bad", "is not one of normal, mention"),
        ("dim_branch", BRANCH, "longitude", "181", "out of bounds: at most 180"),
        ("dim_branch", BRANCH, "latitude", "north", "is not a number such as 12.5"),
        ("dim_branch", {**BRANCH, "valid_from": "2026-02-01"}, "valid_to", "2026-01-01",
         "valid_to: '2026-01-01' is before it began"),
    ],
)  # fmt: skip
def test_every_reason(
    parse_file: Parse, table: str, row: dict[str, str], column: str, value: str, reason: str
) -> None:
    rows, bad = parse_file(f"{table}.csv", _csv({**row, column: value}), table)
    assert rows == []
    assert len(bad) == 1
    assert any(reason in said for said in bad[0]["reasons"]), bad[0]["reasons"]
    assert bad[0]["line"] == 2
    assert bad[0]["raw"][column] == (value or None)


@pytest.mark.parametrize(
    ("table", "row"),
    [("txn", TXN), ("survey", SURVEY), ("api_interval", INTERVAL), ("loan_month", LOAN)],
)
def test_the_rows_above_are_good_without_their_fault(
    parse_file: Parse, table: str, row: dict[str, str]
) -> None:
    rows, bad = parse_file(f"{table}.csv", _csv(row), table)
    assert len(rows) == 1
    assert bad == []


def test_all_reasons_of_a_row_are_said_at_once(parse_file: Parse) -> None:
    row = {**TXN, "kind": "gift", "amount_cny": "-1.999", "status": ""}
    _rows, bad = parse_file("txn.csv", _csv(row), "txn")
    assert len(bad[0]["reasons"]) == 3
    assert bad[0]["user_id"] == "U1"
    assert str(bad[0]["day"]) == "2026-10-01"


def test_a_long_value_is_cut_in_the_reason_but_kept_in_the_row(parse_file: Parse) -> None:
    row = {**TXN, "kind": "x" * 500}
    _rows, bad = parse_file("txn.csv", _csv(row), "txn")
    assert len(bad[0]["reasons"][0]) < 250
    assert bad[0]["raw"]["kind"] == "x" * 500


def test_of_rows_with_one_key_the_last_counts(parse_file: Parse) -> None:
    text = (
        "branch_id,name_zh\n"
        "1,first\n2,same\n1,second\n2,same\n1,third\n3,only\n"
    )  # fmt: skip
    rows, bad = parse_file("dim_branch.csv", text, "dim_branch")
    assert {row["branch_id"]: row["name_zh"] for row in rows} == {
        "1": "third", "2": "same", "3": "only",
    }  # fmt: skip
    assert [(row["line"], row["raw"]["name_zh"]) for row in bad] == [(2, "first"), (4, "second")]
    assert all("line 6, and the later row was taken" in row["reasons"][0] for row in bad)


def test_a_bad_last_row_does_not_hide_the_good_one_before(parse_file: Parse) -> None:
    text = "survey_id,answered_at,kind,score\nQ,2026-10-01,nps,9\nQ,2026-10-01,nps,99\n"
    rows, bad = parse_file("survey.csv", text, "survey")
    assert [row["score"] for row in rows] == [9]
    assert [row["line"] for row in bad] == [3]
