"""The data of a chart: sent when asked for; rows of users only to those who may see them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def script(*, rows: bool, people: bool, opened: bool) -> None:
    from datetime import date
    from types import SimpleNamespace

    import pandas as pd
    import streamlit as st

    from data.period import Period
    from data.slice import Rights
    from ui import charts
    from ui.address import View

    view = View(Period.parse("2026-10"), rights=Rights(rows=rows))
    bank = SimpleNamespace(as_of=date(2026, 11, 21), name=lambda branch, lang: branch)
    st.session_state["here"] = SimpleNamespace(view=view, bank=bank)
    if opened:
        st.session_state["k_opened"] = True
    charts.as_table(pd.DataFrame({"n": [1]}), "k", "What it says", people=people)


def opened(**asked: bool) -> AppTest:
    test = AppTest.from_function(script, kwargs=asked).run()
    assert not test.exception
    return test


def test_a_closed_table_is_not_sent() -> None:
    test = opened(rows=True, people=False, opened=False)
    assert len(test.dataframe) == 0
    assert len(test.get("download_button")) == 0


@pytest.mark.parametrize(("rows", "people"), [(False, False), (True, False), (True, True)])
def test_an_open_one_can_be_read_and_downloaded(rows: bool, people: bool) -> None:
    test = opened(rows=rows, people=people, opened=True)
    assert len(test.dataframe) == 1
    assert len(test.get("download_button")) == 2


def test_who_may_not_see_users_gets_no_row_and_no_file() -> None:
    test = opened(rows=False, people=True, opened=True)
    assert len(test.dataframe) == 0
    assert len(test.get("download_button")) == 0
    assert "not open to you" in test.caption[0].value
