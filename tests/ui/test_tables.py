"""Written figures stand at the right; names, days and periods do not."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.io.formats.style import Styler

from ui import tables
from ui.tables import figures_right


def test_columns_of_written_figures_are_found() -> None:
    table = pd.DataFrame(
        {
            "figure": ["5,355 users", "—", "1.94"],
            "signed": ["+1.2 pp", "−3 %", "±0"],
            "money": ["¥4.64M", "−¥1", "¥0"],
            "number": [1.0, 2.0, 3.0],
            "name": ["MAU", "7-day", "x"],
            "day": ["2026-10-31", "2026-11", "2026"],
            "zh": ["2026年10月", "2026年", "2026-Q3"],
            "none": [None, "", "—"],
        }
    )
    assert list(figures_right(table)) == ["figure", "signed", "money"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_negative_numbers_have_a_minus_sign_and_stay_numbers(values: list[float]) -> None:
    table = pd.DataFrame({"change": values, "name": ["a-b"] * len(values)})
    told = tables.minus(table, {"change": "+.1f"})
    assert isinstance(told, Styler)
    assert told.data["change"].tolist() == values  # a click on the heading sorts numbers
    shown = [tables.written("+.1f")(one) for one in values]
    assert not any("-" in one for one in shown)
    assert [one[0] for one in shown if one != "±0"] == [
        "+" if one > 0 else "−" for one, said in zip(values, shown, strict=True) if said != "±0"
    ]


def test_a_table_without_negative_numbers_is_left_to_the_browser() -> None:
    table = pd.DataFrame({"n": [1.5, None], "name": ["-", "−"]})
    assert tables.minus(table) is table
    assert tables.written("")(float("nan")) == "—"
    assert tables.written("")(-0.00001) == "0"
