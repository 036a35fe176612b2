"""Retention against days of raw events, the indicators and the planted leaks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.behaviour import retention
from data.slice import Slice
from metrics.behaviour.cohorts import curve, starts, triangle
from metrics.tree import load_tree
from metrics.values import Setup, evaluate
from tests.conftest import DemoBank
from tests.data.behaviour.conftest import MONTH, Facts

AGES = (1, 3, 7, 14, 30, 60, 90)
SLICES = (
    Slice.of(MONTH),
    Slice.of(MONTH, branch="B16"),
    Slice.of(MONTH, channel=("wechat", "store", "partner")),
)


@pytest.mark.parametrize("about", SLICES, ids=str)
def test_the_curve_is_the_indicators(facts: Facts, about: Slice) -> None:
    first = MONTH.first - timedelta(days=max(AGES))
    joined = retention.joined_by_day(facts.connection, facts.store, about, first, MONTH.last)
    returned = retention.returns(facts.connection, facts.store, about, AGES)
    found = {one.age: one.kept for one in curve(joined, returned, MONTH, AGES)}
    setup = Setup(facts.store, load_tree(None, facts.store.catalogue.points))
    names = ["retention_d1", "retention_d7", "retention_d30"]
    values = evaluate(facts.connection, setup, names, about)
    for name, age in zip(names, (1, 7, 30), strict=True):
        value, kept = values.value[0, values.column(name)], found[age]
        if kept.value is None:
            assert values.reason[0, values.column(name)] is not None
        else:
            assert kept.value == pytest.approx(value)
            assert kept.low is not None and kept.high is not None
            assert kept.low <= kept.value <= kept.high


def test_the_triangle_is_that_of_raw_days(facts: Facts, demo_bank: DemoBank) -> None:
    first, last = date(2026, 4, 1), MONTH.last
    about = Slice.of(MONTH)
    joined = retention.joined_by_day(facts.connection, facts.store, about, first, last)
    for unit in ("month", "week"):
        active = retention.cohort_activity(facts.connection, facts.store, about, first, last, unit)
        found = triangle(joined, active, unit, first, last, demo_bank.until, ages=6)
        on = facts.users["registered_on"]
        for cohort in found.cohorts:
            inside = on[
                (on >= max(first, cohort.period.first)) & (on <= min(last, cohort.period.last))
            ]
            assert cohort.users == len(inside)
            rows = facts.active[facts.active["user_id"].isin(inside.index)]
            if rows.empty:
                continue
            start = rows["user_id"].map(on)
            if unit == "week":
                age = (rows["day"] - start).map(lambda gone: gone.days // 7)
            else:
                age = rows["day"].map(lambda d: 12 * d.year + d.month) - start.map(
                    lambda d: 12 * d.year + d.month
                )
            for place, cell in enumerate(cohort.active):
                if cell is not None:
                    assert cell.part == rows[age == place]["user_id"].nunique()
        assert found.cohorts[-1].active[6] is None
        assert found.together[0] is not None


def test_leaks_by_first_module(facts: Facts, demo_bank: DemoBank) -> None:
    effects = demo_bank.truth.effects
    coverage = facts.store.coverage
    first, last = coverage.first_day, coverage.last_day("event")
    assert first is not None and last is not None
    counted = retention.by_first_module(facts.connection, facts.store, SLICES[0], first, last)
    for module in ("travel", "healthcare", "government"):
        for age in (1, 7, 30):
            size = effects[f"leak_{module}"].size[f"d{age}"]
            row = counted[(counted["module"] == module) & (counted["age"] == age)].iloc[0]
            assert row["ripe"] == size["new_users"]
            assert 100 * row["kept"] / row["ripe"] == pytest.approx(size["rate_pct"], abs=1e-5)
    ranked = starts(counted, 1, smallest=1)
    rates = [one.kept.value or 0.0 for one in ranked]
    assert rates == sorted(rates)
