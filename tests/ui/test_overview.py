"""Parts of the overview: the waterfall adds up, the meeting page is text and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from data.engines import open_warehouse
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.state import open_state
from metrics.scorecard import Explanation, ScoreCard, explain, score_cards
from metrics.tree import load_tree
from metrics.values import Setup
from tests.conftest import DemoBank
from ui.address import View
from ui.load.overview import ends
from ui.overview import bulletin, drivers, stars, warned
from ui.overview.bulletin import Block
from words.i18n import speak

BEFORE, AFTER = Period.parse("2026-06"), Period.parse("2026-07")


@pytest.fixture(scope="module")
def cards(
    demo_bank: DemoBank, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[ScoreCard]]:
    catalogue = load_catalogue()
    place = tmp_path_factory.mktemp("state")
    speak("en")
    with (
        open_state(f"sqlite:///{place}/s.db") as state,
        open_warehouse(demo_bank.url, read_only=True).reading() as connection,
    ):
        setup = Setup(open_store(connection, catalogue, Clock()), load_tree(None, catalogue.points))
        yield score_cards(connection, setup, state, [BEFORE, AFTER])


@pytest.fixture
def ways(cards: list[ScoreCard]) -> tuple[Explanation, Explanation]:
    return explain(cards[0], cards[1]), explain(cards[1], cards[0])


def test_the_waterfall_adds_up(ways: tuple[Explanation, Explanation]) -> None:
    steps = drivers.waterfall_steps(ways[0], View(AFTER))
    first, *parts, last = [step.value for step in steps]
    assert first + sum(parts) == pytest.approx(last, abs=5 * drivers.NOTHING)
    assert [step.total for step in steps] == [True, *[False] * len(parts), True]


def test_swapping_the_periods_flips_the_signs(ways: tuple[Explanation, Explanation]) -> None:
    there, back = (drivers.both_ways(one, 100) for one in ways)
    assert {(one.id, round(one.points, 9)) for one in there[0]} == {
        (one.id, round(-one.points, 9)) for one in back[1]
    }
    assert all(one.points > 0 for one in there[0])
    assert all(one.points < 0 for one in there[1])
    moved = sum(one.points for one in ways[0].movers(None)) + sum(c.points for c in ways[0].caps())
    assert moved == pytest.approx(ways[0].change() or 0.0, abs=1e-9)


def test_the_meeting_page_prints_on_one_side_and_holds_no_formula() -> None:
    block = Block(
        "=1+1", ("Name", "Points", "", "", "Told"), (("=cmd()", 1.5, -2.0, None, "ok"),), 2
    )
    made = bulletin.sheet_bytes("=title", "about", "head", (block, Block("B", ("",) * 5, ())))
    page = load_workbook(BytesIO(made)).active
    assert (page.page_setup.fitToHeight, page.page_setup.orientation) == (1, "landscape")
    texts = [cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in texts} == {"s"}
    numbers = [c.value for row in page.iter_rows() for c in row if isinstance(c.value, int | float)]
    assert numbers == [1.5, -2]
    assert any(cell.value == "Nothing to report" for cell in texts)


def test_a_chance_has_a_word_and_a_sign() -> None:
    speak("en")
    assert stars.chance_words(0.5) == "▲ 50% chance to reach it: open"
    assert stars.chance_words(0.999).startswith("● over 99%")


def test_forecasts_reach_to_what_still_runs_and_never_into_another_year() -> None:
    def told(period: str, known: date) -> list[str]:
        return [str(one) for one in ends(Period.parse(period), known)]

    assert told("2026-11", date(2026, 11, 21)) == ["2026", "2026-Q4", "2026-11"]
    assert told("2026-10", date(2026, 11, 21)) == ["2026", "2026-Q4"]
    assert told("2026-12", date(2026, 12, 31)) == ["2026"]
    assert told("2026-W53", date(2026, 12, 29)) == ["2027"]


def test_plan_today_is_that_of_the_last_known_day() -> None:
    steps = [
        SimpleNamespace(actual=1.0, plan=2.0),
        SimpleNamespace(actual=None, plan=3.0),
    ]
    course: Any = SimpleNamespace(steps=steps)
    assert stars.plan_today(course) == 2.0


def taking_on() -> None:
    """The form of a warning that somebody takes on, and how often it was drawn."""
    from types import SimpleNamespace as Of

    import streamlit as st

    from ui.overview import warned

    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    here: Any = Of()
    warning: Any = Of(id=7, taken_by=st.session_state.get("taken_by"))
    warned._form(here, warning)


@pytest.mark.parametrize(("refusal", "drawn"), [("", 3), ("Say why.", 2)])
def test_a_warning_taken_on_draws_the_whole_screen_again(
    monkeypatch: pytest.MonkeyPatch, refusal: str, drawn: int
) -> None:
    """Taken on, its button has another label; the dialog closes all the same."""

    def kept(*_about: object) -> str:
        if not refusal:
            st.session_state["taken_by"] = "li"
        return refusal

    monkeypatch.setattr(warned, "_kept", kept)
    test = AppTest.from_function(taking_on).run()
    test.button[0].click().run()
    assert not test.exception
    assert test.session_state["drawn"] == drawn
    assert [one.value for one in test.error] == ([refusal] if refusal else [])
    assert test.button[0].label == ("Take it on" if refusal else "Promise another day")
