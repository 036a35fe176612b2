"""The Experiments screen: what to do where nothing is registered, then the planted three."""

from __future__ import annotations

from data.state import open_state
from data.state.experiments import experiment, experiments
from metrics.experiments.demo import register_planted
from tests.conftest import DemoBank
from tests.pages.conftest import Open, sound
from words.i18n import speak


def test_from_an_empty_register_to_a_decision(
    screen: Open, demo_bank: DemoBank, state_url: str
) -> None:
    test = screen("experiments", lang="en")
    text = sound(test)
    assert "No experiment is registered yet" in text
    assert "X0001" in text  # users were exposed to it
    with open_state(state_url) as state:
        register_planted(state, demo_bank.truth.effects, "en")

    text = sound(test.run())
    table = test.dataframe[0].value
    assert list(table["State"]) == ["stopped, to be decided"] * 3
    assert list(table["Health"])[2] == "✕ broken"
    assert list(table["Verdict by rule"])[1:] == ["○ Inconclusive", "✕ Invalid"]
    assert "Transfer in two steps" in text
    sizes = demo_bank.truth.effects["ab_effect"].size
    users = sum(sizes[arm]["users"] for arm in ("control", "treatment"))
    assert table["Users"].iloc[0] == users
    shares = [f"{sizes[arm]['rate_pct']:.2f}%" for arm in ("control", "treatment")]
    test.query_params["experiment"] = "X0001"
    sound(test.run())
    effects = next(one.value for one in test.dataframe if "p corrected" in one.value.columns)
    assert list(effects.loc[0, ["Control", "Treatment"]]) == shares

    test.query_params["experiment"] = "X0003"
    text = sound(test.run())
    assert "It cannot be believed: the results are withheld" in text.replace("&#58;", ":")
    assert not any("p corrected" in one.value.columns for one in test.dataframe)

    decide = next(one for one in test.button if one.label == "Decide")
    sound(decide.click().run())  # without a reason
    with open_state(state_url) as state:
        assert [one.stage for one in experiments(state)] == ["stopped"] * 3
    test.selectbox("experiment_decide_what").set_value("invalid")
    test.text_input("experiment_decide_why").set_value("the assignment was wrong")
    decide = next(one for one in test.button if one.label == "Decide")
    text = sound(decide.click().run())
    assert "the assignment was wrong" in text
    with open_state(state_url) as state:
        found = experiment(state, "X0003")
    assert found is not None
    assert found.decision is not None
    assert (found.decision.who, found.decision.outcome) == ("head_office", "invalid")


def test_parts_are_read_when_they_are_opened_in_chinese(
    screen: Open, demo_bank: DemoBank, state_url: str
) -> None:
    with open_state(state_url) as state:
        register_planted(state, demo_bank.truth.effects, "zh")
    speak("zh")  # options of a choice are written again when the test reads them
    test = screen("experiments", lang="zh", experiment="X0002")
    text = sound(test)
    assert "无法判断" in text
    for part, heading in (
        ("按客群", "客群"), ("随时间", "第"), ("新奇效应", "曝光"),
        ("贝叶斯视角", "此视角不作决定"), ("健康度", "用户按计划比例进入"),
        ("方案与历史", "显著性水平"),
    ):  # fmt: skip
        test.session_state["experiment_tabs"] = part
        assert heading in sound(test.run()), part
    speak("en")


def test_readers_of_a_branch_see_their_users_and_keep_nothing(
    screen: Open, demo_bank: DemoBank, state_url: str
) -> None:
    with open_state(state_url) as state:
        register_planted(state, demo_bank.truth.effects, "en")
    test = screen("experiments", lang="en")
    whole = test.dataframe[0].value["Users"].sum()
    test.session_state["looks_as"] = "branch B01"
    test.session_state["plan_calculator"] = True
    text = sound(test.run())
    assert 0 < test.dataframe[0].value["Users"].sum() < whole
    assert "The register is kept by readers of the whole bank" in text
    assert not any(one.label in ("Decide", "Register as a draft") for one in test.button)
