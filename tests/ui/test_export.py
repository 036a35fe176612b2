"""Files of tables: text stays text, numbers stay numbers, the notes say what they are about."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import export
from ui.export import Sheet

EVIL = ("=1+1", '=HYPERLINK("http://a","b")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1")


def sheet_of(table: pd.DataFrame) -> Sheet:
    return Sheet(("What it says", "Oct 2026 · Whole bank"), *export._content(table))


@pytest.mark.parametrize("text", EVIL)
def test_text_of_data_is_never_a_formula(text: str) -> None:
    sheet = sheet_of(pd.DataFrame({text: [text], "n": [1.5]}))
    cells = openpyxl.load_workbook(BytesIO(export.excel_bytes(sheet))).active
    assert cells is not None
    found = [cell for row in cells.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} == {"s", "n"}
    held = next(cell for cell in found if cell.coordinate == "A5")
    assert held.value == text.strip()
    assert held.quotePrefix
    written = csv.reader(StringIO(export.csv_bytes(sheet).decode("utf-8-sig")))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "|")) for r in written for cell in r)


@given(st.text(max_size=30))
def test_a_cell_of_a_csv_file_begins_no_formula(text: str) -> None:
    told = export.harmless(text)
    assert told[:1] not in {"=", "@", "\t", "\r", "|"}
    assert told.removeprefix("'") == text.removeprefix("'")


def test_numbers_days_and_gaps_keep_their_types() -> None:
    table = pd.DataFrame(
        {
            "day": [pd.Timestamp("2026-10-31"), pd.NaT],
            "n": np.array([3, 4], dtype="int64"),
            "share": [0.5, np.nan],
            "told": ["+4.2%", None],
        }
    )
    cells = openpyxl.load_workbook(BytesIO(export.excel_bytes(sheet_of(table)))).active
    assert cells is not None
    rows = list(cells.iter_rows(min_row=5, values_only=True))
    assert [str(rows[0][0])[:10], *rows[0][1:]] == ["2026-10-31", 3, 0.5, "+4.2%"]
    assert rows[1] == (None, 4, None, None)


def test_a_csv_file_begins_with_what_excel_needs_for_chinese() -> None:
    made = export.csv_bytes(sheet_of(pd.DataFrame({"网点": ["深圳分行"]})))
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig").splitlines()[-1] == "深圳分行"
