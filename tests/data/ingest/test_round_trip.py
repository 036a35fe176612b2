"""Laws of conversion: what is written in the contract's form is read back as it was meant."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contract import CONTRACT
from data.contract.vocabulary import LOAN_CLASSES, TXN_KINDS
from data.ingest.convert import LINE, convert

CENTS = st.integers(0, 10**17)
IDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=40
)


def _convert(table: str, **cells: str | float | None) -> tuple[dict[str, object], list[str]]:
    raw = pa.table({**{name: [value] for name, value in cells.items()}, LINE: [2]})
    found = convert(CONTRACT.tables[table], raw, "Asia/Shanghai")
    rows = found.rows.to_pylist()
    return (rows[0] if rows else {}), found.bad.column("reasons").to_pylist()


def _txn(**cells: str | float | None) -> tuple[dict[str, object], list[str]]:
    row: dict[str, str | float | None] = {
        "txn_id": "1", "occurred_at": "2026-10-01", "user_id": "1", "kind": "payment",
        "amount_cny": "1", "status": "success",
    }  # fmt: skip
    return _convert("txn", **{**row, **cells})


@settings(deadline=None)
@given(IDS)
def test_ids_are_opaque(text: str) -> None:
    row, bad = _txn(txn_id=text, user_id=f" {text} ")
    assert bad == []
    assert row["txn_id"] == row["user_id"] == text


@settings(deadline=None)
@given(CENTS, st.sampled_from(["{}", "+{}", "00{}", "{}00"]))
def test_money_is_exact(cents: int, form: str) -> None:
    amount = Decimal(cents).scaleb(-2)
    row, bad = _txn(amount_cny=form.format(f"{amount:f}"))
    assert bad == []
    assert row["amount_cny"] == amount


@settings(deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 999))
def test_more_decimals_are_never_rounded_away(whole: int, thousandths: int) -> None:
    row, bad = _txn(amount_cny=f"{whole}.{thousandths:03d}")
    if thousandths % 10:
        assert len(bad) == 1
    else:
        assert row["amount_cny"] == Decimal(f"{whole}.{thousandths // 10:02d}")


@settings(deadline=None)
@given(st.integers(0, 10**13))
def test_money_that_was_a_float_reads_as_it_is_written(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    row, bad = _txn(amount_cny=float(amount))
    assert bad == []
    assert row["amount_cny"] == amount


@settings(deadline=None)
@given(st.integers(0, 10**18 - 1))
def test_whole_numbers_keep_every_digit(number: int) -> None:
    row, bad = _convert("partner_day", day="2026-10-01", partner_id="P", calls=str(number))
    assert bad == []
    assert row["calls"] == number


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0, max_value=1e80))
def test_numbers_read_back_to_the_last_bit(number: float) -> None:
    row, bad = _convert("sync_day", day="2026-10-01", link="core", delay_min=repr(number))
    assert bad == []
    assert row["delay_min"] == number


@settings(deadline=None)
@given(st.sampled_from(["true", "TRUE", "1", "是", "Y", "y", "yes"]), st.booleans())
def test_flags(text: str, yes: bool) -> None:
    no = {"true": "false", "TRUE": "FALSE", "1": "0", "是": "否", "Y": "N", "y": "n", "yes": "no"}
    row, bad = _txn(risky=text if yes else no[text])
    assert bad == []
    assert row["risky"] is yes


@settings(deadline=None)
@given(st.text(max_size=12))
def test_a_closed_list_takes_its_values_and_nothing_else(text: str) -> None:
    row, bad = _txn(kind=text)
    assert (text.strip() in TXN_KINDS) == (bad == [])
    assert not row or row["kind"] in TXN_KINDS
    loan = {"month": "2026-10", "loan_id": "L", "user_id": "U", "balance_cny": "0"}
    row, bad = _convert("loan_month", **loan, **{"class": text})
    if bad == []:
        assert row["class"] in (None, *LOAN_CLASSES)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_whatever_comes_is_taken_or_quarantined_never_lost(text: str) -> None:
    row, bad = _txn(occurred_at=text, amount_cny=text, risky=text, branch_id=text)
    assert bool(row) != bool(bad)
