"""Branches in the order of the organisation, and the SQL that stands behind each data point."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from data.engines import open_warehouse
from data.period import Period
from data.slice import WHOLE_BANK
from tests.conftest import DemoBank
from ui import load
from ui.load.bank import in_tree_order


def test_branches_come_after_what_is_above_them() -> None:
    rows = [
        ("B2", "HQ", "二", None), ("B11", "B1", "一一", "One-one"), ("HQ", None, "总行", None),
        ("B1", "HQ", "一", None),
    ]  # fmt: skip
    found = in_tree_order(rows)
    assert list(found) == ["HQ", "B2", "B1", "B11"]
    assert [one.depth for one in found.values()] == [0, 1, 1, 2]
    assert found["B11"].name("en") == "One-one"
    assert found["B1"].name("en") == "一"


def test_orphans_and_cycles_are_kept() -> None:
    rows = [("A", "B", "甲", None), ("B", "A", "乙", None), ("C", "gone", "丙", None),
            ("D", "D", "丁", None)]  # fmt: skip
    found = in_tree_order(rows)
    assert sorted(found) == ["A", "B", "C", "D"]
    assert found["C"].depth == found["D"].depth == 0


@pytest.fixture
def token(demo_bank: DemoBank, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> load.Token:
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", f"sqlite:///{tmp_path}/state.sqlite")
    return load.now().token


def test_every_point_shows_sql_that_runs(token: load.Token, demo_bank: DemoBank) -> None:
    names = tuple(load.definitions().catalogue.points)
    found = load.point_facts(token, names, Period.parse("2026-10-05"))
    assert [one.point.name for one in found] == list(names)
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        for facts in found:
            connection.execute(text(f"EXPLAIN {facts.sql}".replace(":", "\\:")))


def test_the_bank_knows_its_periods(token: load.Token) -> None:
    bank = load.bank(token, WHOLE_BANK)
    assert str(bank.default) == "2026-10"
    assert bank.has_data(Period.parse("2026-11"))
    assert not bank.has_data(Period.parse("2019-03"))
    deep = max(bank.branches.values(), key=lambda one: one.depth)
    assert deep.depth >= 1
    assert [one.depth for one in bank.above(deep.id)] == list(range(deep.depth + 1))
    assert "B01" in {one.id for one in bank.below("")}
