"""The overview: its numbers are the command line's, its warnings are taken on where one may."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from cli import canopy
from data.state import open_state
from data.state.warnings import KeptWarning, open_warnings
from tests.pages.conftest import Open, shown
from ui.strip import today
from words import numbers

PERIOD = "2026-07"


def cli(*arguments: str) -> dict[str, object]:
    """What a command says as JSON."""
    done = CliRunner().invoke(canopy, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def everything(test: AppTest) -> str:
    links = "\n".join(one.proto.label for one in test.get("page_link"))
    buttons = "\n".join(one.label for one in test.button)
    return "\n".join((shown(test), links, buttons))


@pytest.fixture
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A state of the test's own."""
    url = f"sqlite:///{tmp_path}/own.sqlite"
    monkeypatch.setenv("CANOPY_STATE", url)
    return url


def fired(url: str, node: str) -> KeptWarning:
    with open_state(url) as state:
        return next(one for one in open_warnings(state) if one.last.node == node)


def test_scores_changes_and_parts_are_those_of_the_command_line(screen: Open) -> None:
    text = everything(screen("overview", lang="en", period=PERIOD))
    card = cli("score", "--period", PERIOD)
    nodes = card["nodes"]
    assert isinstance(nodes, list)
    for node in nodes:
        if node["level"] <= 1:
            assert numbers.score(node["score"]) in text
    why = cli("explain", "2026-06", PERIOD)
    change = why["change"]
    assert isinstance(change, float)
    assert f"{numbers.signed(change)} worse" in text
    movers = why["movers"]
    assert isinstance(movers, list)
    worst = min(movers, key=lambda one: one["points"])
    assert numbers.signed(worst["points"], 2) in text
    assert "Red line: Data leak" in text


def test_a_goal_is_that_of_the_score(screen: Open) -> None:
    text = shown(screen("overview", lang="en", period=PERIOD))
    day = date(2026, 7, 31)
    so_far = cli("value", "new_users", "--period", f"2026-01-01..{day}")
    rows = so_far["rows"]
    assert isinstance(rows, list)
    assert f"{numbers.number(rows[0]['value'])} :small[:gray[users]]" in text


def test_a_warning_is_judged_and_taken_on(screen: Open, own_state: str) -> None:
    first = screen("overview", lang="en", period=PERIOD)
    os.environ["CANOPY_STATE"] = own_state
    judged = cli("warn", "--period", PERIOD)
    assert judged["recorded"]
    test = screen("overview", lang="en", period=PERIOD)
    os.environ["CANOPY_STATE"] = own_state
    test.run()
    assert not first.exception
    assert not test.exception
    leak = fired(own_state, "data_leaks")
    assert "Somebody must take it on" in everything(test)
    test.button(key=f"warned_{leak.id}").click().run()
    assert "Data security and privacy" in shown(test)
    test.text_area[0].set_value("partner's file share")
    submit = next(one for one in test.button if one.label == "Take it on")
    submit.click().run()
    assert not test.exception
    taken = fired(own_state, "data_leaks")
    assert (taken.last.stage, taken.last.reason) == ("acknowledged", "partner's file share")
    assert taken.last.promised_on is not None
    assert taken.last.promised_on >= today()


def test_a_branch_does_not_see_the_banks_warnings(screen: Open, own_state: str) -> None:
    test = screen("overview", lang="en", period=PERIOD)
    os.environ["CANOPY_STATE"] = own_state
    cli("warn", "--period", PERIOD)
    with open_state(own_state) as state:
        banks = [one for one in open_warnings(state) if not one.last.branch]
    assert banks
    test = screen("overview", lang="en", period=PERIOD, branch="B01")
    os.environ["CANOPY_STATE"] = own_state
    test.run()
    assert not test.exception
    keys = {one.key for one in test.button}
    assert not keys & {f"warned_{one.id}" for one in banks}
