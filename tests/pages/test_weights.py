"""The Weights screen: from a draft to the score, by two people, from its day on only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.period import Period
from data.slice import Slice
from data.state import State, edit_weights, open_state, weight_set, weight_sets
from metrics.scorecard import ScoreCard, score_card
from metrics.weights.exact import exact_percent
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened
from tests.metrics.scorecard.opened import opened as bank_opened
from tests.pages.conftest import ROOT, shown

SEPTEMBER, OCTOBER = Period.parse("2026-09"), Period.parse("2026-10")


def looked(
    demo_bank: DemoBank, monkeypatch: pytest.MonkeyPatch, url: str, who: str, month: str = "2026-10"
) -> AppTest:
    """The screen in English as a person, in a session of its own."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", url)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    test.session_state["looks_as"] = who
    test.session_state["weights_tabs_True"] = "Change it"
    test.query_params["lang"] = "en"
    test.query_params["period"] = month
    return test.switch_page("pages/screens/weights.py").run()


def press(test: AppTest, label: str) -> AppTest:
    found = [one for one in test.button if one.label == label]
    assert found, (label, [one.label for one in test.button])
    return found[0].click().run()


def begun(test: AppTest, day: date) -> AppTest:
    """A draft of the risk profile, written by the form."""
    test.selectbox(key="weights_new_from").set_value("risk_tightening")
    test.text_input(key="weights_new_zh").set_value("稳健")
    test.text_input(key="weights_new_en").set_value("Prudent")
    test.date_input(key="weights_new_day").set_value(day)
    test.text_area(key="weights_new_reason").set_value("risk appetite of the year")
    return press(test, "Begin the draft")


def card(bank: Opened, state: State, month: Period, weights: str | None = None) -> ScoreCard:
    """What ``cli.py score --period MONTH --weights ID`` works out."""
    return score_card(bank.connection, bank.setup, state, Slice(month), weights=weights)


def test_a_set_goes_from_draft_to_score_by_two_people_from_its_day_on_only(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    with open_state(url) as state, bank_opened(demo_bank.url) as bank:
        before = {one: card(bank, state, one) for one in (SEPTEMBER, OCTOBER)}
        planner = looked(demo_bank, monkeypatch, url, "planner")
        assert not planner.exception
        begun(planner, date(2026, 10, 1))
        (draft,) = weight_sets(state)
        assert (draft.state, draft.author, draft.name_en) == ("draft", "planner", "Prudent")
        assert float(draft.by_node()["risk"]) == 35.0

        press(planner, "Hand in")
        press(planner, "Publish")
        assert "another person must publish it" in shown(planner)
        assert weight_sets(state)[0].state == "submitted"

        admin = looked(demo_bank, monkeypatch, url, "admin")
        press(admin, "Publish")
        (published,) = weight_sets(state)
        assert (published.state, published.published_by) == ("published", "admin")

        after = {one: card(bank, state, one) for one in (SEPTEMBER, OCTOBER)}
        named = card(bank, state, OCTOBER, str(published.id))
        total = {one: found.node("total").score for one, found in after.items()}
        assert total[SEPTEMBER] == before[SEPTEMBER].node("total").score
        assert total[OCTOBER] != before[OCTOBER].node("total").score
        assert after[OCTOBER].nodes() == named.nodes()


def test_two_people_change_a_draft_and_the_second_is_told_and_loses_nothing(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    with open_state(url) as state:
        planner = begun(looked(demo_bank, monkeypatch, url, "planner"), date(2026, 12, 1))
        (draft,) = weight_sets(state)
        typed = f"weigh_{draft.id}_hand_brand"
        planner.number_input(key=typed).set_value(30.0).run()
        theirs = dict(draft.by_node()) | exact_percent(
            {"volume": 1, "income": 1, "assets": 1, "acquisition_cost": 1, "cross_sell": 1}
        )
        edit_weights(state, draft, by="admin", weights=theirs)

        press(planner, "Put into the draft")
        assert "admin changed this draft" in shown(planner)
        assert planner.number_input(key=typed).value == 30.0
        kept = weight_set(state, draft.id)
        assert kept is not None and kept.by_node() == theirs

        press(planner, "Go on from their version with what I typed")
        assert planner.number_input(key=typed).value == 30.0
        press(planner, "Put into the draft")
        both = weight_set(state, draft.id)
        assert both is not None
        assert float(both.by_node()["volume"]) == 20.0
        assert both.by_node()["brand"] > draft.by_node()["brand"]


def test_judgements_that_contradict_each_other_are_refused_with_the_pair(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    test = begun(looked(demo_bank, monkeypatch, url, "planner"), date(2026, 12, 1))
    test.selectbox(key="weigh_1_parent").set_value("activation").run()
    control = next(one for one in test.get("button_group") if one.key == "weigh_1_method")
    control.set_value("ahp")
    test.run()
    assert "Consistency ratio 0" in shown(test)
    pairs = [one for one in test.select_slider if one.key and one.key.startswith("weigh_1_pair_")]
    for pair, step in zip(pairs, (8, -8, 8), strict=True):
        pair.set_value(step)
    test.run()
    assert "fits the others least" in shown(test)
    assert not [one for one in test.button if one.label == "Put into the draft"]
    judgements_are_kept(demo_bank, monkeypatch, url, test)


def judgements_are_kept(
    demo_bank: DemoBank, monkeypatch: pytest.MonkeyPatch, url: str, test: AppTest
) -> None:
    """With the draft, for the history, and for whoever goes on in a session of their own."""
    judged = (-2, -1, 1)
    pairs = [one for one in test.select_slider if one.key and one.key.startswith("weigh_1_pair_")]
    for pair, step in zip(pairs, judged, strict=True):
        pair.set_value(step)
    test.run()
    press(test, "Put into the draft")
    with open_state(url) as state:
        (origin,) = weight_sets(state)[0].origins
    assert (origin.parent, origin.method) == ("activation", "ahp")
    assert [pair[2] for pair in origin.detail["pairs"]] == ["1/3", "1/2", "2"]
    again = looked(demo_bank, monkeypatch, url, "admin")
    again.selectbox(key="weights_chosen").set_value("1").run()
    again.selectbox(key="weigh_1_parent").set_value("activation").run()
    control = next(one for one in again.get("button_group") if one.key == "weigh_1_method")
    control.set_value("ahp")
    again.run()
    shown_again = [one.value for one in again.select_slider if "pair" in str(one.key)]
    assert tuple(shown_again) == judged


@pytest.mark.parametrize("who", ["branch B01", "auditor", "executive"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_readers_look_and_change_nothing(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str, lang: str
) -> None:
    test = looked(demo_bank, monkeypatch, f"sqlite:///{tmp_path}/state.sqlite", who)
    test.query_params["lang"] = lang
    test.query_params["set"] = "risk_tightening"
    test.run()
    assert not test.exception
    assert not test.text_area


def test_an_empty_period_says_so(
    demo_bank: DemoBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    test = looked(demo_bank, monkeypatch, url, "planner", month="2015-01")
    assert not test.exception
