"""What happened: the planted outage and roll-out are found, scopes and modules narrow it down."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.engines import open_warehouse
from data.happenings import Happening, Where, around, parents_of_branches, recorded, seen
from data.points.clock import Clock
from data.points.coverage import Coverage, read_coverage
from tests.conftest import DemoBank

FIRST, LAST = date(2024, 9, 1), date(2026, 11, 10)


def found(bank: DemoBank, scope: str = "", modules: tuple[str, ...] = ()) -> tuple[Happening, ...]:
    with open_warehouse(bank.url, read_only=True).reading() as connection:
        branches = around(parents_of_branches(connection), scope)
        where = Where(FIRST, LAST, branches, modules)
        every = recorded(connection, read_coverage(connection), Clock(), FIRST, LAST)
        return seen(every, where)


def test_the_planted_outage_is_found_on_its_day(demo_bank: DemoBank) -> None:
    effect = next(one for name, one in demo_bank.truth.effects.items() if "outage" in name)
    outages = [one for one in found(demo_bank) if one.kind == "outage" and one.size]
    assert [(one.first, one.module) for one in outages] == [
        (date.fromisoformat(str(effect.start)[:10]), "transfer")
    ]
    assert not [one for one in found(demo_bank, modules=("wealth",)) if one.module == "transfer"]


def test_a_release_is_seen_where_it_was_rolled_out(demo_bank: DemoBank) -> None:
    waves = [one.first for one in found(demo_bank) if one.kind == "release"]
    assert waves == [date(2026, 2, 1), date(2026, 4, 1), date(2026, 6, 1)]
    assert [one.first for one in found(demo_bank, "B05") if one.kind == "release"] == waves[:1]
    assert not [one for one in found(demo_bank, "B03") if one.kind == "release"]


def test_days_off_in_a_row_are_one_holiday(demo_bank: DemoBank) -> None:
    autumn = [one for one in found(demo_bank) if one.name_zh == "国庆节"]
    assert {one.first.year for one in autumn} == {2024, 2025, 2026}
    assert all(1 <= (one.last - one.first).days <= 9 for one in autumn if one.first.year == 2026)


def test_campaigns_touch_the_days(demo_bank: DemoBank) -> None:
    every = [one for one in found(demo_bank) if one.kind == "campaign"]
    assert every
    assert all(one.first <= LAST and one.last >= FIRST and one.size >= 0 for one in every)


def test_a_table_that_is_not_loaded_tells_nothing(demo_bank: DemoBank) -> None:
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        assert recorded(connection, Coverage({}), Clock(), FIRST, LAST) == ()


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.sampled_from("ABCDEFG") | st.none()))
def test_around_ends_and_holds_the_scope(parents: dict[str, str | None]) -> None:
    for scope, above in parents.items():
        near = around(parents, scope)
        assert near is not None
        assert scope in near
        assert above is None or above in near
        assert {key for key, parent in parents.items() if parent == scope} <= near


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_fall_back_to_the_one_there_is(lang: str) -> None:
    assert Happening(FIRST, LAST, "campaign", "开户礼", "").name(lang) == "开户礼"
