"""While the warehouse is away, what was read before stays on the screen and says how old it is."""

from __future__ import annotations

import pytest

from data.engines import Warehouse, WarehouseError
from data.state import StateError
from tests.pages.conftest import Open, shown
from ui.load import Token

AWAY = "The warehouse does not answer"


def away(warehouse: str, state: str) -> Token:
    raise WarehouseError(f"{warehouse} <b>is</b> away, {state} too")


def lost(warehouse: str, state: str) -> Token:
    raise StateError(f"{state} is gone, {warehouse} is there")


def gone(url: str) -> Warehouse:
    raise WarehouseError(f"{url} is away")


def test_a_view_outlives_the_warehouse_and_recovers(
    screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = screen("overview", lang="en")
    before = shown(test)
    assert AWAY not in before
    with monkeypatch.context() as outage:
        outage.setattr("ui.load.opened._looked", away)
        test.run()
        during = shown(test)
        assert AWAY in during
        assert "You see what was read" in during
        assert [line for line in before.splitlines() if line not in during] == []
        outage.setattr("ui.load.scores.open_warehouse_once", gone)
        test.query_params["period"] = "2024-12"
        assert "This view was not read before" in shown(test.run())
    test.query_params["period"] = "2026-10"
    assert AWAY not in shown(test.run())


def test_a_warehouse_that_never_answered_says_so(
    screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.load.opened._looked", away)
    test = screen("overview", "postgresql+psycopg://nobody@localhost:1/nothing", lang="en")
    assert AWAY in shown(test)
    assert "away" in test.code[0].value
    assert not test.exception
    monkeypatch.setattr("ui.load.opened._looked", lost)
    own = shown(test.run())
    assert "Canopy's own database does not answer" in own
    assert AWAY not in own
