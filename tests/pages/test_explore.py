"""Self-service and the reader's own page: the numbers, the states, saving, rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.slice import Slice
from data.state import State, open_state
from data.state.pins import move_pin, pin_view
from data.state.views import ViewContent, create_view, save_view, saved_views
from metrics.values import evaluate
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import opened
from tests.pages.conftest import Open, sound
from ui.viewer import CHOOSER

WHO = "head_office"


@pytest.fixture
def state(screen: Open, state_url: str) -> Iterator[State]:
    with open_state(state_url) as found:
        yield found


def look_as(test: AppTest, who: str) -> AppTest:
    next(one for one in test.selectbox if one.key == CHOOSER).set_value(who)
    return test.run()


def pressed(test: AppTest, key: str) -> AppTest:
    button: Any = next(one for one in test.button if one.key == key)
    button.click()
    return test.run()


def links(test: AppTest) -> list[str]:
    """Labels of the bold links: the pinned analyses in their order."""
    found: list[Any] = list(test.get("page_link"))
    return [one.label for one in found if "**" in one.label]


def test_the_first_look_asks_and_answers_something_in_chinese(screen: Open) -> None:
    text = sound(screen("explore", lang="zh"))
    assert "月活跃用户（MAU）较2026年9月" in text
    assert "按机构" in text


@pytest.mark.parametrize(
    ("indicator", "by", "address"),
    [
        ("retention_d1", "channel", {"tier": "basic,potential"}),
        ("mau", "branch", {"branch": "B09", "against": "previous,year,target"}),
    ],
)
def test_the_table_shows_the_numbers_of_the_command_line(
    screen: Open, demo_bank: DemoBank, indicator: str, by: str, address: dict[str, str]
) -> None:
    test = screen("explore", lang="en", period="2026-10", show=indicator, by=by, **address)
    sound(test)
    shown = test.dataframe[0].value
    tiers = tuple(address["tier"].split(",")) if "tier" in address else ()
    about = Slice.of("2026-10", address.get("branch", ""), **({"tier": tiers} if tiers else {}))
    with opened(demo_bank.url) as bank:
        whole = evaluate(bank.connection, bank.setup, [indicator], about)
        parts = evaluate(bank.connection, bank.setup, [indicator], about, (by,))
    total = shown.iloc[0]
    assert total.iloc[0] == "Total"
    np.testing.assert_allclose(float(total.iloc[1]), whole.value[0, 0], rtol=1e-9)
    known = {round(v, 9) for v in parts.value[:, 0] if not np.isnan(v)}
    listed = {round(float(v), 9) for v in shown.iloc[1:, 1] if not np.isnan(float(v))}
    assert listed and listed <= known | {0.0}


def test_what_means_nothing_is_told_and_what_is_not_defined_is_left_out(screen: Open) -> None:
    text = sound(screen("explore", lang="en", show="mua"))
    assert "did you mean mau" in text.replace("&#63;", "?")
    assert "What do you want to know?" in text
    text = sound(screen("explore", lang="en", show="mau", by="tier", against="target"))
    assert "a segment has no target" in text
    text = sound(screen("explore", lang="en", show="mau", period="2019-03"))
    assert "No data for Mar 2019" in text
    text = sound(screen("explore", lang="zh", show="search_index", branch="B01"))
    assert "此处无法回答" in text


def test_a_question_in_words_becomes_the_view(screen: Open) -> None:
    test = screen("explore", lang="en")
    box: Any = next(one for one in test.text_input if one.key == "explore_question")
    box.set_value("day-1 retention by channel, September, xyzzy")
    text = sound(test.run())
    assert "not understood" in text
    assert test.query_params["show"] == "retention_d1"
    assert test.query_params["period"] == "2026-09"
    assert "Day-1 retention · by Channel of origin · Sep 2026" in text.replace("&#45;", "-")


def test_the_second_of_two_people_who_save_is_told(screen: Open, state: State) -> None:
    made = create_view(state, ViewContent("Users", "show=mau&by=tier", "", "shared"), by="wang")
    test = screen("explore", lang="en", show="mau", by="channel", view=str(made.id))
    assert "changed, not saved" in sound(test)
    save_view(state, made, replace(made.content, name="Users by tier"), by="wang")
    save: Any = next(one for one in test.button if one.label == "Save as version 2")
    save.click()
    text = sound(test.run())
    assert "Somebody else was faster" in text
    assert "wang saved version 2 since you opened this" in text
    pressed(test, f"explore_fresh_{made.id}")
    assert "as saved" in sound(test)
    (now,) = [one for one in saved_views(state, WHO) if one.id == made.id]
    assert [one.who for one in now.versions] == ["wang", "wang"]


def test_my_page_keeps_its_order_and_shows_each_reader_what_is_theirs(
    screen: Open, state: State
) -> None:
    assert "Nothing is on your page yet" in sound(screen("mine", lang="en"))
    scopes = {"All of it": "", "Beijing": "&branch=B01", "Tianjin": "&branch=B02"}
    shared = [
        create_view(state, ViewContent(name, f"show=mau&by=branch{scope}", "", "shared"), by="wang")
        for name, scope in scopes.items()
    ]
    for who in (WHO, "branch B01"):
        for one in shared:
            pin_view(state, one.id, by=who)
    move_pin(state, shared[2].id, -2, by=WHO)
    test = screen("mine", lang="en")
    text = sound(test)
    assert "Tianjin Branch" in text
    assert links(test) == ["**Tianjin**", "**All of it**", "**Beijing**"]
    text = sound(look_as(test, "branch B01"))
    assert "Tianjin Branch" not in text
    assert "asks for something that is not open to you" in text
    assert "Whole bank" not in text
    pressed(test, f"pin_off_{shared[0].id}")
    sound(test)
    assert links(test) == [
        "**Beijing**", "**Tianjin**",
    ]  # fmt: skip


def test_rights_hold_for_a_link_that_was_made_by_a_reader_of_all(screen: Open) -> None:
    test = look_as(screen("explore", lang="en"), "branch B01")
    test.query_params["branch"] = "B02"
    test.query_params["period"] = "2026-10"
    text = sound(test.run())
    assert "is not open to you" in text
    assert "Beijing Branch" in text
