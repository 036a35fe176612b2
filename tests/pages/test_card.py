"""The card: comments, a dispute from a branch to its answer, the year, the forecast's end."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.state import disputes, notes, open_state
from tests.conftest import DemoBank
from tests.pages.conftest import ROOT, shown

NODE = "txn_amount"


def looked(
    demo_bank: DemoBank, monkeypatch: pytest.MonkeyPatch, url: str, who: str, tab: str
) -> AppTest:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", url)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    test.session_state["looks_as"] = who
    for count in (8, 9):  # without and with modules
        test.session_state[f"tabs_{count}"] = tab
    test.query_params["lang"] = "en"
    test.query_params["period"] = "2026-11"
    test.query_params["node"] = NODE
    return test.switch_page("pages/screens/tree.py").run()


def press(test: AppTest, label: str) -> AppTest:
    return next(one for one in test.button if one.label == label).click().run()


def field(test: AppTest, label: str, text: str) -> None:
    next(one for one in test.text_area if one.label.startswith(label)).set_value(text)


def test_a_branch_comments_and_disputes_and_another_person_answers(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    test = looked(demo_bank, monkeypatch, url, "branch B01", "Notes")
    field(test, "Comment on Nov 2026", "pay day <b>moved</b>")
    test = press(test, "Keep the comment")
    field(test, "What is wrong", "two branches are missing")
    test = press(test, "Open the dispute")
    assert not test.exception
    assert "Year&#39;s plan" in shown(test)
    assert "Disputed by branch B01" in shown(test)
    with open_state(url) as state:
        (note,), (dispute,) = notes(state), disputes(state)
    assert (note.author, note.branch_id, note.indicator) == ("branch B01", "B01", NODE)
    assert (dispute.opened.who, dispute.branch_id, dispute.node) == ("branch B01", "B01", NODE)
    assert [one.options for one in test.radio] == [["Withdraw it"]]

    owner = looked(demo_bank, monkeypatch, url, "head_office", "Notes")
    assert "&lt;b&gt;" not in shown(owner)  # not even escaped twice
    assert "pay day &#60;b&#62;moved&#60;/b&#62;".replace("/", "&#47;") in shown(owner)
    field(owner, "Reason", "they were closed")
    owner = press(owner, "Keep")
    with open_state(url) as state:
        (dispute,) = disputes(state)
    assert (dispute.last.who, dispute.last.outcome) == ("head_office", "stands")

    reader = looked(demo_bank, monkeypatch, url, "auditor", "Notes")
    assert "pay day" in shown(reader)
    assert not reader.text_area


def test_the_forecast_reaches_to_the_end_of_the_period(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    test = looked(demo_bank, monkeypatch, url, "head_office", "Forecast")
    assert not test.exception
    assert "is expected at" in shown(test)
    assert "by 2026&#45;11&#45;30" in shown(test)
    assert "Made from what was known on 2026&#45;11&#45;" in shown(test)
