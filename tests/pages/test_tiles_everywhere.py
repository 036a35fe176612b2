"""Every number on a tile is the one that the command line gives for the same slice."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

import ui.tiles
from data.period import Period
from tests.cli.conftest import command
from tests.conftest import DemoBank
from tests.pages.conftest import PAGES, Open
from ui import sentences
from ui.frame import Here
from ui.tiles import Figure
from words import numbers
from words.i18n import speak

EVERYTHING = os.environ.get("CI") == "true"
SLICES: dict[str, dict[str, str]] = {
    "bank": {},
    "branch": {"branch": "B01", "period": "2026-09"},
    "tier": {"tier": "vip"},
}
TABLES_ONLY = {
    "tree", "weights", "baselines", "experiments", "reports", "dictionary", "explore", "mine",
}  # fmt: skip
"""Screens whose first view has no tile of an indicator; tables have tests of their own."""


def cases() -> list[tuple[str, str]]:
    """Every screen and every slice in CI; elsewhere one screen of each slice."""
    if EVERYTHING:
        slices = list(SLICES)
        every = [(name, slices[place % 3]) for place, name in enumerate(PAGES)]
        return sorted({*every, ("risk", "branch"), ("business", "tier"), ("overview", "branch")})
    return [("overview", "bank"), ("risk", "branch"), ("business", "tier")]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """All tiles that a screen draws, as they were made."""
    found: list[Figure] = []
    draw = ui.tiles._tile

    def noted(one: Figure) -> None:
        found.append(one)
        draw(one)

    monkeypatch.setattr(ui.tiles, "_tile", noted)
    return found


@pytest.mark.parametrize(("name", "where"), cases())
def test_tiles_are_what_the_command_line_says(
    screen: Open, drawn: list[Figure], demo_bank: DemoBank, state_url: str, name: str, where: str
) -> None:
    test = screen(name, lang="en", **SLICES[where])
    drawn.clear()
    assert not test.run().exception, test.exception
    here: Here = test.session_state["here"]
    shown = {one.params["node"]: one for one in drawn if one.params.get("node")}
    if name not in TABLES_ONLY:
        assert shown, "a screen without a tile of the tree"
    speak("en")
    for node, one in shown.items():
        if node in here.tree.indicators:
            so_far = one.key.startswith("star-") and here.tree.indicators[node].over_time == "sum"
            period = year_so_far(here.view.period) if so_far else str(here.view.period)
            found = value_of(node, period, here, demo_bank, state_url)
            told = sentences.quantity(here.tree, node, found)
            assert " ".join(f"{one.value} {one.unit}".split()) == told, node
        else:
            assert one.value == numbers.score(score_of(node, here, demo_bank, state_url)), node


def asked(*words: str, bank: DemoBank, state: str) -> Any:
    """What a command prints as JSON."""
    ran = command(*words, "--json", "--warehouse", bank.url, "--state", state)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def year_so_far(period: Period) -> str:
    """The days from the first of January to a period's end."""
    return f"{period.last.year}-01-01..{period.last}"


def value_of(node: str, period: str, here: Here, bank: DemoBank, state: str) -> float | None:
    """``cli.py value`` for the view of a screen."""
    words = ["value", node, "--period", period]
    words += ["--branch", here.view.branch] if here.view.branch else []
    for dimension, values in here.view.segment:
        words += [part for value in values for part in ("--filter", f"{dimension}={value}")]
    found = asked(*words, bank=bank, state=state)["rows"][0]["value"]
    return None if found is None else float(found)


def score_of(node: str, here: Here, bank: DemoBank, state: str) -> float | None:
    """``cli.py score`` for the scope of a screen."""
    words = ["score", "--period", str(here.view.period)]
    words += ["--branch", here.view.branch] if here.view.branch else []
    nodes = asked(*words, bank=bank, state=state)["nodes"]
    found = next(one["score"] for one in nodes if one["id"] == node)
    return None if found is None else float(found)
