"""Closing: a closed month comes back to the last digit, whatever changed since."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.engines import Warehouse, open_warehouse
from data.ingest import load
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.points.refresh import refresh
from data.state import (
    State,
    StateRefusedError,
    closed_month,
    draft_weights,
    publish_weights,
    submit_weights,
)
from metrics.scorecard import (
    ClosingError,
    ScoreCard,
    close_month,
    reissue,
    restated,
    score_cards,
)
from metrics.scorecard.closing import TREE_FILES, card_digest
from metrics.tree import load_tree
from metrics.tree.tree import ROOT
from metrics.values import Setup
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened

AUGUST = Period.parse("2026-08")
LATE_EVENTS = """event_id,occurred_at,detected_at,class,level,branch_id
LATE1,2026-08-07 10:00:00,2026-08-07 11:00:00,data_leak,3,B01
LATE2,2026-08-09 10:00:00,2026-08-09 11:00:00,operations,2,B02
"""


@pytest.fixture
def own_bank(demo_bank: DemoBank, tmp_path: Path) -> Iterator[Warehouse]:
    """A copy of the demo bank that a test may change."""
    folder = tmp_path / "lake"
    shutil.copytree(demo_bank.folder, folder)
    warehouse = open_warehouse(f"ducklake:///{folder}")
    yield warehouse
    warehouse.engine.dispose()


def setup_of(warehouse: Warehouse, tree: Path | None = None) -> Setup:
    """What calculations need as the last refresh left it."""
    catalogue = load_catalogue()
    with warehouse.reading() as connection:
        store = open_store(connection, catalogue, Clock())
    return Setup(store, load_tree(tree, catalogue.points))


def card_of(warehouse: Warehouse, state: State, period: Period) -> ScoreCard:
    """A card from the facts as they are now."""
    with warehouse.reading() as connection:
        return score_cards(connection, setup_of(warehouse), state, [period])[0]


def publish(
    state: State, setup: Setup, effective: date, risk: int, profile: str | None = None
) -> None:
    """A set with another share of risk, brand giving way."""
    weights = {n: Decimal(str(setup.tree.weight(n))) for n in setup.tree.nodes() if n != ROOT}
    weights |= {"risk": Decimal(risk), "brand": Decimal(35 - risk)}
    drafted = draft_weights(
        state, weights, name_zh="权重", name_en="Weights", author="li", reason="plan",
        effective_from=effective, profile=profile,
    )  # fmt: skip
    publish_weights(state, submit_weights(state, drafted, by="li"), by="wang")


def close(warehouse: Warehouse, setup: Setup, state: State, month: Period, **more: str) -> None:
    """Close a month."""
    with warehouse.reading() as connection:
        close_month(connection, setup, state, month, by="li", **more)  # type: ignore[arg-type]


def test_a_closed_month_comes_back_to_the_last_digit(
    own_bank: Warehouse, state: State, tmp_path: Path
) -> None:
    publish(state, setup_of(own_bank), date(2026, 7, 1), 22)
    issued = card_of(own_bank, state, AUGUST)
    close(own_bank, setup_of(own_bank), state, AUGUST)
    for month, risk in ((9, 24), (10, 26), (11, 28)):
        publish(state, setup_of(own_bank), date(2026, month, 1), risk)
    late = tmp_path / "risk_event.csv"
    late.write_text(LATE_EVENTS, encoding="utf-8")
    assert load(own_bank, [late], zone="Asia/Shanghai", who="li").changed == 2
    refresh(own_bank, load_catalogue(), Clock())

    again = reissue(state, AUGUST)
    assert again is not None
    assert card_digest(again) == card_digest(issued)
    for branch in issued.branches:
        assert again.nodes(branch, modules=True) == issued.nodes(branch, modules=True)
        assert again.breached(branch) == issued.breached(branch)
    assert again.weight_set == issued.weight_set == "1"

    now = card_of(own_bank, state, AUGUST)
    assert now.node("data_leaks").value == (again.node("data_leaks").value or 0) + 1
    assert card_digest(now) != card_digest(again)
    changed = {(one.id, one.branch) for one in restated(again, now)}
    for key in (("data_leaks", ""), ("data_leaks", "B01"), ("ops_incidents", "B02")):
        assert key in changed
    assert ("mau", "") not in changed
    first = next(one for one in restated(again, now) if (one.id, one.branch) == ("data_leaks", ""))
    assert (first.closed, first.now) == (
        again.node("data_leaks").value,
        now.node("data_leaks").value,
    )

    with pytest.raises(StateRefusedError, match="closed"):
        publish(state, setup_of(own_bank), date(2026, 8, 1), 30)
    with pytest.raises(StateRefusedError, match="needs a reason"):
        close(own_bank, setup_of(own_bank), state, AUGUST)
    close(own_bank, setup_of(own_bank), state, AUGUST, reason="late risk events")
    newest, oldest = reissue(state, AUGUST), reissue(state, AUGUST, number=1)
    assert newest is not None
    assert oldest is not None
    assert card_digest(newest) == card_digest(now)
    assert card_digest(oldest) == card_digest(issued)


def test_a_changed_tree_does_not_change_what_is_closed(
    demo_bank: DemoBank, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / "tree"
    shutil.copytree(TREE_FILES, changed, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    setup = setup_of(warehouse)
    with warehouse.reading() as connection:
        close_month(connection, setup, state, AUGUST, by="li")
    warehouse.engine.dispose()
    brand = changed / "brand.yaml"
    text = brand.read_text("utf-8").replace(
        "base: 32\n        target: 50", "base: 3\n        target: 5"
    )
    brand.write_text(text, encoding="utf-8")
    catalogue = load_catalogue()
    assert load_tree(changed, catalogue.points) != setup.tree
    monkeypatch.setattr("metrics.tree.documents.SHIPPED", changed)
    again = reissue(state, AUGUST)
    assert again is not None
    assert again.tree.indicators["nps"].target == setup.tree.indicators["nps"].target
    kept = closed_month(state, AUGUST.last)
    assert kept is not None
    assert json.loads(kept.content)["result"] == card_digest(again)
    assert len(kept.content) < 20_000_000


def test_a_month_closes_when_branches_alone_have_a_set_or_a_newer_one(
    demo: Opened, state: State
) -> None:
    publish(state, demo.setup, date(2026, 6, 1), 24, "assessment")
    close_month(demo.connection, demo.setup, state, Period.parse("2026-06"), by="li")
    publish(state, demo.setup, date(2026, 7, 1), 22)
    publish(state, demo.setup, date(2026, 7, 2), 26, "assessment")
    close_month(demo.connection, demo.setup, state, Period.parse("2026-07"), by="li")
    june, july = (reissue(state, Period.parse(text)) for text in ("2026-06", "2026-07"))
    assert june is not None
    assert july is not None
    assert (june.weight_set, june.branch_weight_set) == ("balanced", "1")
    assert (july.weight_set, july.branch_weight_set) == ("2", "3")


def test_only_a_whole_month_that_is_over_can_be_closed(demo: Opened, state: State) -> None:
    for text, told in (
        ("2026-11", "is not over in the data: data reach 2026-11-10"),
        ("2026-Q3", "only a whole calendar month"),
        ("2026-08-01..2026-08-30", "only a whole calendar month"),
    ):
        with pytest.raises(ClosingError, match=told):
            close_month(demo.connection, demo.setup, state, Period.parse(text), by="li")


def test_a_month_that_is_not_closed_is_not_issued(state: State) -> None:
    assert reissue(state, AUGUST) is None
