"""A peer's value in the bank's place moves the total as the tree's weights say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.engines import open_warehouse
from data.period import Period
from data.points.clock import Clock
from data.points.read import open_store
from data.settings import read_settings
from data.state import open_state
from metrics.cockpit import load_definitions
from metrics.competitors.whatif import with_value
from metrics.scorecard import ScoreCard, score_cards
from metrics.tree import ROOT
from metrics.values import Setup
from tests.conftest import DemoBank


@pytest.fixture(scope="module")
def card(demo_bank: DemoBank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScoreCard]:
    found = load_definitions(read_settings(environment={}))
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    state = open_state(f"sqlite:///{tmp_path_factory.mktemp('whatif')}/state.sqlite")
    with warehouse.reading() as connection:
        store = open_store(connection, found.catalogue, Clock("Asia/Shanghai"))
        setup = Setup(store, found.tree)
        yield score_cards(connection, setup, state, [Period.parse("2026-10")])[0]
    warehouse.engine.dispose()


def test_the_same_value_changes_nothing(card: ScoreCard) -> None:
    own = card.node("store_rating").value
    assert own is not None
    found = with_value(card, "store_rating", own)
    assert found.gain == pytest.approx(0.0, abs=1e-9)
    assert found.with_other == pytest.approx(found.score)


def test_a_better_value_gains_by_weight(card: ScoreCard) -> None:
    before = card.node("store_rating")
    found = with_value(card, "store_rating", 5.0)
    assert found.with_other is not None
    assert before.score is not None
    assert found.gain is not None
    if not card.breached():
        step = (found.with_other - before.score) * before.effective_weight / 100
        assert found.gain == pytest.approx(step, abs=1e-6)
    assert found.total == card.node(ROOT).score
    with pytest.raises(KeyError):
        with_value(card, "nothing", 1.0)
