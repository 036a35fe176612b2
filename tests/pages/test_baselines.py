"""The Baselines screen: a goal from its draft to the score, by two people, from its day on only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.period import Period
from data.slice import Slice
from data.state import (
    State,
    baselines,
    draft_baselines,
    edit_baseline,
    open_state,
    submit_baselines,
)  # fmt: skip
from data.state.baselines import BaselineDraft
from metrics.scorecard import ScoreCard, score_card
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened
from tests.metrics.scorecard.opened import opened as bank_opened
from tests.pages.conftest import ROOT, shown

SEPTEMBER, OCTOBER = Period.parse("2026-09"), Period.parse("2026-10")


def looked(
    demo_bank: DemoBank, monkeypatch: pytest.MonkeyPatch, url: str, who: str, tab: str
) -> AppTest:
    """The screen in English as a person, in a session of its own, with a tab open."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", url)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    test.session_state["looks_as"] = who
    for count in (4, 5):
        test.session_state[f"goals_tabs_{count}"] = tab
    test.query_params["lang"] = "en"
    test.query_params["period"] = "2026-10"
    return test.switch_page("pages/screens/baselines.py").run()


def press(test: AppTest, label: str) -> AppTest:
    found = [one for one in test.button if one.label == label]
    assert found, (label, [one.label for one in test.button])
    return found[0].click().run()


def card(bank: Opened, state: State, month: Period) -> ScoreCard:
    return score_card(bank.connection, bank.setup, state, Slice(month))


def test_a_goal_goes_from_draft_to_score_by_two_people_from_its_day_on_only(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    with open_state(url) as state, bank_opened(demo_bank.url) as bank:
        before = {one: card(bank, state, one).node("nps") for one in (SEPTEMBER, OCTOBER)}
        test = looked(demo_bank, monkeypatch, url, "planner", "Set a goal")
        assert not test.exception
        test.selectbox(key="goal_indicator").set_value("nps").run()
        test.number_input(key="goal_base").set_value(1.0)
        test.number_input(key="goal_target").set_value(99.0)
        test.date_input(key="goal_day").set_value(date(2026, 10, 1))
        test.text_area(key="goal_reason").set_value("plan of the year").run()
        assert "With this goal the indicator scores" in shown(test)
        press(test, "Keep as a draft")
        (draft,) = baselines(state)
        assert (draft.base, draft.target, draft.origin) == (
            Decimal("1.0"),
            Decimal("99.0"),
            "typed",
        )
        submit_baselines(state, [draft], by="planner")

        again = looked(demo_bank, monkeypatch, url, "planner", "What waits")
        press(again, "Publish")
        assert "another person must publish it" in shown(again)
        admin = looked(demo_bank, monkeypatch, url, "admin", "What waits")
        press(admin, "Publish")
        assert baselines(state)[0].published_by == "admin"
        after = {one: card(bank, state, one).node("nps") for one in (SEPTEMBER, OCTOBER)}
        assert after[SEPTEMBER] == before[SEPTEMBER]
        assert after[OCTOBER].score != before[OCTOBER].score
        assert (after[OCTOBER].base, after[OCTOBER].target) != (
            before[OCTOBER].base, before[OCTOBER].target,
        )  # fmt: skip


def test_the_second_of_two_people_is_told_and_keeps_what_they_typed(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    with open_state(url) as state:
        goal = BaselineDraft("nps", 2026, Decimal(30), Decimal(50))
        (draft,) = draft_baselines(
            state, [goal], author="planner", reason="plan", effective_from=date(2026, 12, 1)
        )
        test = looked(demo_bank, monkeypatch, url, "planner", "What waits")
        test.number_input(key=f"goal_t_{draft.id}").set_value(60.0)
        edit_baseline(state, draft, by="admin", base=Decimal(31), target=Decimal(51))
        press(test, "Keep")
        assert "admin" in shown(test)
        assert test.number_input(key=f"goal_t_{draft.id}").value == 60.0
        assert baselines(state)[0].target == Decimal(51)
        press(test, "Go on from their version with what I typed")
        press(test, "Keep")
        assert baselines(state)[0].target == Decimal("60.0")


@pytest.mark.parametrize("who", ["branch B01", "auditor"])
def test_readers_look_and_change_nothing(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    test = looked(demo_bank, monkeypatch, url, who, "Goals of the year")
    assert not test.exception
    assert not test.text_area
