"""Tiles say what the score card says, and nothing of targets where a segment has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.period import Comparison, Period
from data.points.coverage import Coverage
from data.viewer import OPERATOR
from metrics.scorecard import NodeResult
from tests.conftest import DemoBank
from ui import load, sentences, sketch, tiles
from ui.address import View
from ui.frame import Here
from ui.load.tiles import recent
from ui.sketch import Bullet

NAMES = ("new_users", "mau", "fraud_rate", "activation_rate")
OCTOBER = Period.parse("2026-10")


@pytest.fixture
def here(demo_bank: DemoBank, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Here:
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", f"sqlite:///{tmp_path}/state.sqlite")
    now, found, view = load.now(), load.definitions(), View(OCTOBER)
    bank = load.bank(now.token, view.scope.rights)
    return Here(now, bank, found.tree, found.catalogue.points, view, OPERATOR)


def test_a_tile_shows_the_numbers_of_the_score_card(here: Here) -> None:
    view = here.view
    card = load.score_card(here.token, view.scope)
    then = load.score_card(here.token, view.scope.over(view.other))
    known = recent(here.token, NAMES, view.slice, view.other)
    for name in NAMES:
        node, old = card.node(name), then.node(name)
        assert known[name].value == pytest.approx(node.value)
        assert known[name].compared == pytest.approx(old.value)
        assert len(known[name].values) == 13
        made = tiles._of_card(here, card, name, known[name])
        told = sentences.quantity(here.tree, name, node.value)
        assert f"{made.value} {made.unit}".strip() == told.strip()
        assert made.band is not None
        assert made.band.id == (node.band or "none")


@pytest.mark.parametrize(
    ("period", "compare", "first", "last"),
    [
        ("2026-10", "start", date(2025, 12, 1), date(2025, 12, 31)),
        ("2026-11-05", "start", date(2025, 12, 31), date(2025, 12, 31)),
        ("2026-11-05", "month_end", date(2026, 10, 31), date(2026, 10, 31)),
        ("2026-W45", "month_end", date(2026, 10, 19), date(2026, 10, 25)),
    ],
)
def test_the_change_is_against_what_was_over_when_the_year_or_month_began(
    here: Here, demo_bank: DemoBank, period: str, compare: Comparison, first: date, last: date
) -> None:
    """Counted in the warehouse: who registered in those days."""
    view = View(Period.parse(period), compare)
    known = recent(here.token, ("new_users",), view.slice, view.other)
    card = load.score_card(here.token, view.scope.over(view.other))
    users = CONTRACT.tables["dim_user"]
    begun, over = (
        datetime.combine(day, time(), ZoneInfo("Asia/Shanghai"))
        .astimezone(UTC)
        .replace(tzinfo=None)
        for day in (first, last + timedelta(days=1))
    )
    at = users.c.registered_at
    query = select(func.count()).where(at >= begun, at < over)
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        counted = connection.execute(query).scalar_one()
    assert known["new_users"].compared == counted == card.node("new_users").value


def test_the_years_plan_of_a_flow_is_the_sum_of_its_months(here: Here) -> None:
    card = load.score_card(here.token, here.view.scope)
    known = recent(here.token, ("new_users",), here.view.slice, here.view.other)["new_users"]
    months = [v for p, v in zip(known.periods, known.values, strict=True) if p.first.year == 2026]
    assert known.year_so_far == pytest.approx(sum(value or 0.0 for value in months))
    done, passed = tiles.completion(here, card, card.node("new_users"), known)
    plan = float(card.goals["new_users"].year_target[0])
    assert done == pytest.approx((known.year_so_far or 0.0) / plan)
    assert passed == pytest.approx(304 / 365)


@pytest.mark.parametrize("name", ["mau", "fraud_rate"])
def test_what_does_not_add_up_has_no_plan_to_complete(here: Here, name: str) -> None:
    card = load.score_card(here.token, here.view.scope)
    known = recent(here.token, (name,), here.view.slice, here.view.other)[name]
    assert tiles.completion(here, card, card.node(name), known) == (None, None)


def test_a_segment_has_values_without_targets(here: Here) -> None:
    view = replace(here.view, segment=(("tier", ("vip",)),))
    seen = replace(here, view=view)
    known = recent(seen.token, ("mau",), view.slice, view.other)["mau"]
    made = tiles._of_segment(seen, known)
    found = load.breakdown(here.token, "mau", view.slice, ())
    assert known.value == pytest.approx(float(found.value[0, 0]))
    assert made.band is None
    assert made.bullet is None


def test_late_data_are_said_and_others_not(here: Here) -> None:
    assert tiles.late_words(here, "mau") == ""
    runs = {
        table: tuple((first, min(last, OCTOBER.last - timedelta(days=4))) for first, last in found)
        for table, found in here.bank.coverage.runs.items()
    }
    late = replace(here, bank=replace(here.bank, coverage=Coverage(runs)))
    assert tiles.late_words(late, "mau") == "■ data until 2026-10-27"


def node(value: float, target: float, unit: str = "users") -> NodeResult:
    return NodeResult(
        "x", 3, "", value, unit, None, target, None, None, 100.0, 1.0, 1.0, None, None, 31, 31
    )


@pytest.mark.parametrize(
    ("better", "value", "told", "good"),
    [
        ("up", 90.0, "−10.0%", -1),
        ("up", 110.0, "+10.0%", 1),
        ("down", 90.0, "−10.0%", 1),
        ("down", 110.0, "+10.0%", -1),
    ],
)
def test_ahead_and_behind_follow_what_is_good(
    better: str, value: float, told: str, good: int
) -> None:
    indicator: Any = SimpleNamespace(better=better, unit="users")
    change = tiles.path_change(indicator, node(value, 100.0))
    assert change is not None
    assert (change.text, change.good) == (told, good)
    assert change.word == ("ahead" if good > 0 else "behind")


def test_shares_are_compared_in_points_and_bands_not_at_all() -> None:
    share: Any = SimpleNamespace(better="up", unit="%")
    change = tiles.path_change(share, node(40.0, 42.5, "%"))
    assert change is not None
    assert change.text == "−2.50 pp"
    band: Any = SimpleNamespace(better="band", unit="users")
    assert tiles.path_change(band, node(1.0, 2.0)) is None


@given(st.lists(st.none() | st.floats(-1e9, 1e9), max_size=13))
def test_a_sparkline_stays_in_its_box(values: list[float | None]) -> None:
    drawn = sketch.sparkline(values, "<b>")
    assert "<b>" not in drawn
    for part in drawn.split("left:")[1:]:
        assert 0.0 <= float(part.split("%")[0]) <= 100.0


@given(st.floats(-10, 1e6), st.floats(-10, 1e6), st.floats(0, 1e6))
def test_a_bullet_stays_on_its_scale(value: float, mark: float, most: float) -> None:
    drawn = sketch.bullet(Bullet(value, mark, most, True, '"><script>'))
    assert "<script>" not in drawn
    for name in ("width:", "left:"):
        assert 0.0 <= float(drawn.split(name)[1].split("%")[0]) <= 100.0
