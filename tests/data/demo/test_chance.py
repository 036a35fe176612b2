"""Counts that come out as planned, and columns made in bulk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo.chance import Carry, share_out, spread, spread_by
from data.demo.columns import ids, money
from data.demo.organisation import make_organisation
from data.demo.settings import DemoSettings
from data.demo.timeline import make_timeline

RATES = st.lists(st.floats(0, 1), min_size=1, max_size=200)


@given(RATES)
def test_running_counts_follow_running_rates(rates: list[float]) -> None:
    flags = spread(np.array(rates))
    assert np.all(np.abs(np.cumsum(flags) - np.cumsum(rates)) <= 1 + 1e-6)


@given(RATES, st.integers(1, 5))
def test_each_group_is_served_alone(rates: list[float], groups: int) -> None:
    group = np.arange(len(rates)) % groups
    flags = spread_by(group, np.array(rates))
    for g in range(groups):
        assert abs(flags[group == g].sum() - np.array(rates)[group == g].sum()) <= 1 + 1e-6


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_shares_add_up(total: int, weights: list[float]) -> None:
    counts = share_out(total, np.array(weights))
    assert counts.sum() == total
    assert np.all(np.abs(counts - total * np.array(weights) / sum(weights)) <= 1 + 1e-6)


@given(st.lists(st.floats(0, 3), max_size=50))
def test_what_is_left_over_is_carried(expected: list[float]) -> None:
    carry = Carry()
    assert abs(sum(carry.count(e) for e in expected) - sum(expected)) <= 1


@given(st.lists(st.integers(0, 10**11 - 1), min_size=1, max_size=50))
def test_ids_spell_their_numbers(numbers: list[int]) -> None:
    assert ids("E", np.array(numbers)).to_pylist() == [f"E{n:011d}" for n in numbers]


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=50))
def test_money_is_exact(cents: list[int]) -> None:
    assert money(np.array(cents)).to_pylist() == [Decimal(c) / 100 for c in cents]


@settings(deadline=None, max_examples=20)
@given(st.integers(300, 100_000))
def test_every_province_has_a_leaf_at_any_size(users: int) -> None:
    organisation = make_organisation(users)
    assert set(organisation.province_of.tolist()) == set(range(34))
    parents = {node.parent_id for node in organisation.nodes}
    assert not parents & set(organisation.leaf_ids)
    assert all(p is None or p in {n.branch_id for n in organisation.nodes} for p in parents)


def test_local_days_become_utc_moments() -> None:
    line = make_timeline(DemoSettings(days=120, until=date(2026, 4, 30)))
    moment = int(line.utc_us(np.array([0]), np.array([3600]))[0])
    assert datetime.fromtimestamp(moment / 1e6, UTC) == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert line.day_of(np.array([moment]))[0] == 0


def test_another_zone_has_its_own_offsets() -> None:
    settings_ = DemoSettings(days=120, until=date(2026, 4, 30), zone="Europe/Berlin")
    line = make_timeline(settings_)
    assert set(line.offset_s.tolist()) == {3600, 7200}


def test_working_days_skip_holidays() -> None:
    line = make_timeline(DemoSettings(days=120, until=date(2026, 4, 30)))
    eve = (date(2026, 2, 13) - line.first).days
    after = line.workdays_after(np.array([eve]), 2)  # the 14th is made up, then nine free days
    assert line.date(int(after[0])) == date(2026, 2, 24)
