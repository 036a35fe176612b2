"""User behaviour: its numbers are the indicators', every analysis opens, rights are obeyed."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from data.slice import Slice
from data.state import audit_entries, open_state
from metrics.values.reasons import Reason
from tests.conftest import DemoBank
from tests.pages.conftest import Open, sound
from ui import load
from ui.behaviour.parts import SHOWN
from ui.load import behaviour, loyalty
from ui.viewer import CHOOSER
from words.text import safe

FIRST = next(iter(SHOWN))


def open_part(test: AppTest, part: str, **address: str) -> str:
    for key, code in {"part": part, **address}.items():
        test.query_params[key] = code
    return sound(test.run())


def said(test: AppTest) -> str:
    """What the links say."""
    return "\n".join(one.proto.label for one in test.get("page_link"))


def test_every_analysis_opens_from_the_address(screen: Open, demo_bank: DemoBank) -> None:
    test = screen("behaviour", lang="en")
    sound(test)
    links = said(test)
    effects = demo_bank.truth.effects
    assert "never used Bill payment in twelve months" in links
    never = effects["little_used_module"].size["never_used_pct"]
    assert f"{never:.1f}" in links
    for part in SHOWN:
        open_part(test, part)
        assert part == FIRST or test.query_params["part"] == part
    text = open_part(test, "features", across="hour")
    assert "never used Bill payment" in text
    assert open_part(test, "paths", page="transfer.home", direction="to")
    text = open_part(test, "funnel", steps="open,transfer.home,finish:transfer", order="strict")
    assert "get to the end" in text
    assert test.query_params["steps"] == "open,transfer.home,finish:transfer"
    text = open_part(
        test, "funnel", steps="transfer.home,finish:transfer", by="tier", order="loose"
    )
    assert "converts best" in text
    text = open_part(test, "funnel", steps="transfer.home,transfer.home")
    assert "Steps 1 and 2 can be the same event" in text


def test_a_branch_and_a_segment_in_chinese(screen: Open) -> None:
    test = screen("behaviour", lang="zh", branch="B01", tier="basic,potential", period="2026-Q3")
    assert "值得关注" in sound(test)
    for part in ("cohorts", "tiers", "silence", "segment"):
        open_part(test, part)


def test_an_unknown_part_gives_way_to_the_first(screen: Open) -> None:
    test = screen("behaviour", lang="en", part="nowhere", page="<b>x</b>", window="9999")
    text = sound(test)
    assert "<b>x</b>" not in text
    assert "part" not in test.query_params


def test_a_period_without_data_says_so(screen: Open) -> None:
    assert "No data for Mar 2019" in sound(screen("behaviour", lang="en", period="2019-03"))


def test_lists_of_people_are_for_those_who_may_and_every_look_is_kept(
    screen: Open, state_url: str
) -> None:
    test = screen("behaviour", lang="en", part="silence", colour="red")
    sound(test)
    assert test.session_state["here"].view.slice.rights.rows
    with open_state(state_url) as state:
        before = len(audit_entries(state, action="access_rows"))
    test.toggle(key="behaviour_silent_list").set_value(True).run()
    sound(test)
    rows = next(one.value for one in test.dataframe if "User" in one.value.columns)
    assert len(rows) > 0
    assert rows["User"].str.contains("•••").all()
    with open_state(state_url) as state:
        entries = audit_entries(state, action="access_rows")
    assert len(entries) == before + 1
    assert json.loads(entries[-1].detail)["rows"] == len(rows)
    test.toggle(key="behaviour_silent_list").set_value(False).run()
    assert not test.get("download_button")
    test.button(key="behaviour_silent_file").click().run()
    red = loyalty.silence(*_read(test))
    assert not isinstance(red, Reason)
    with open_state(state_url) as state:
        entries = audit_entries(state, action="access_rows")
    assert len(entries) == before + 2
    detail = json.loads(entries[-1].detail)
    assert (detail["rows"], detail["purpose"]) == (
        red.levels[-1].users, "silent users to reach, as a file",
    )  # fmt: skip
    assert {one.proto.label for one in test.get("download_button")} == {"CSV", "Excel"}
    test.selectbox(key=CHOOSER).set_value("executive").run()
    text = sound(test)
    assert "Lists of people are not open to you" in text
    assert not test.dataframe


def _read(test: AppTest) -> tuple[load.Token, Slice]:
    here = test.session_state["here"]
    return here.token, here.view.slice


def test_numbers_are_those_of_the_indicators(screen: Open) -> None:
    test = screen("behaviour", lang="en")
    here = test.session_state["here"]
    card = load.score_card(here.token, here.view.scope)
    found = behaviour.visits(here.token, here.view.slice)
    curve = loyalty.curve(here.token, here.view.slice)
    moves = loyalty.moves(here.token, here.view.slice, 3)
    assert not isinstance(found, Reason)
    assert not isinstance(curve, Reason)
    assert not isinstance(moves, Reason)
    assert found[-1].active == card.node("mau").value
    for age in (1, 7, 30):
        kept = next(one.kept for one in curve if one.age == age)
        assert kept.value == pytest.approx(card.node(f"retention_d{age}").value)
    assert moves.raised.value == pytest.approx(card.node("tier_upgrade_rate").value)
    finished = behaviour.finished(here.token, here.view.slice)
    assert not isinstance(finished, Reason)
    done, begun = (
        sum(x) for x in zip(*((s.part, s.whole) for s in finished.values()), strict=True)
    )
    assert 100 * done / begun == pytest.approx(card.node("task_completion").value)
    assert "of started tasks are finished, the least of all" in said(test)
    for name in ("mau", "stickiness", "task_completion"):
        assert safe(here.tree.indicators[name].name_en) in said(test)
