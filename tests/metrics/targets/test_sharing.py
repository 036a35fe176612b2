"""Whose targets: division, inheritance, relative improvement, and typed ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.targets.reasons import Reason
from metrics.targets.sharing import (
    Among,
    PartFacts,
    WholeGoal,
    divide,
    part_goals,
    rule_for,
)

NAN = math.nan
maybe = st.one_of(st.just(NAN), st.floats(0, 1e9))


def facts(
    last_year: list[float],
    customers: list[float] | None = None,
    base: list[float] | None = None,
    target: list[float] | None = None,
) -> PartFacts:
    none = [NAN] * len(last_year)
    columns = (last_year, customers or none, base or none, target or none)
    return PartFacts(*(np.array(column, float) for column in columns))


@pytest.mark.parametrize(
    ("over_time", "unit", "among", "standard", "rule"),
    [
        ("sum", "CNY", "branches", False, "divided"),
        ("sum", "count", "modules", False, "divided"),
        ("last", "users", "branches", False, "divided"),
        ("last", "CNY", "branches", False, "divided"),
        ("mau", "users", "branches", False, "divided"),
        ("mean", "users", "branches", False, "divided"),
        ("mau", "users", "modules", False, "relative"),
        ("mean", "users", "modules", False, "relative"),
        ("last", "count", "branches", False, "inherited"),
        ("last", "%", "branches", False, "inherited"),
        ("mean", "index", "branches", False, "inherited"),
        ("ratio", "CNY", "branches", False, "inherited"),
        ("ratio", "%", "modules", False, "relative"),
        ("ratio", "%", "modules", True, "inherited"),
        ("sum", "count", "branches", True, "inherited"),
    ],
)
def test_the_kind_of_number_decides_whose_target(
    over_time: str, unit: str, among: Among, standard: bool, rule: str
) -> None:
    assert rule_for(over_time, unit, among, standard) == rule


def test_an_additive_target_is_divided_by_last_year() -> None:
    found = part_goals("divided", WholeGoal(700, 1000), facts([50, 30, 20]))
    np.testing.assert_allclose(found.target, [500, 300, 200])
    np.testing.assert_allclose(found.base, [350, 210, 140])
    assert not found.reason.any()


def test_what_rounding_left_over_is_not_lost() -> None:
    """A third and two thirds of 100 add up to a little less before the rest is placed."""
    none = np.full(2, NAN)
    parts, _ = divide(100.0, np.array([1.0, 2.0]), none, none)
    assert math.fsum(parts) == 100.0


def test_without_any_last_year_customers_divide() -> None:
    found = part_goals("divided", WholeGoal(700, 1000), facts([NAN, NAN, 0], [1, 3, 4]))
    np.testing.assert_allclose(found.target, [125, 375, 500])


def test_a_new_branch_gets_its_share_of_customers_and_the_others_divide_the_rest() -> None:
    found = part_goals("divided", WholeGoal(NAN, 1000), facts([30, 10, NAN], [4, 4, 2]))
    np.testing.assert_allclose(found.target, [600, 200, 200])
    assert found.reason.tolist() == [Reason.NO_BASE] * 3


def test_a_part_without_last_year_or_customers_gets_none_with_the_reason() -> None:
    found = part_goals("divided", WholeGoal(700, 1000), facts([30, 10, NAN]))
    np.testing.assert_allclose(found.target, [750, 250, NAN])
    assert found.reason.tolist() == [0, 0, Reason.NO_SHARE]


def test_customers_of_a_new_part_alone_say_nothing_beside_the_others() -> None:
    found = part_goals("divided", WholeGoal(7, 10), facts([30, 10, NAN], [NAN, 4, 2]))
    np.testing.assert_allclose(found.target, [7.5, 2.5, NAN])


def test_shares_too_small_for_the_machine_are_still_parts() -> None:
    found = part_goals("divided", WholeGoal(7, 10), facts([2.0, 5e-324]))
    np.testing.assert_allclose(found.target, [10, 0])
    typed = facts([1e300, 5e-324, 5e-324], target=[4, NAN, NAN])
    np.testing.assert_allclose(part_goals("divided", WholeGoal(7, 10), typed).target, [4, 3, 3])


def test_a_typed_target_wins_and_the_others_share_what_it_leaves() -> None:
    found = part_goals("divided", WholeGoal(700, 1000), facts([50, 30, 20], target=[NAN, 400, NAN]))
    np.testing.assert_allclose(found.target, [600 * 5 / 7, 400, 600 * 2 / 7])
    np.testing.assert_allclose(found.base, found.target * 0.7)
    typed = facts([50, 30, 20], target=[NAN, 400, NAN], base=[NAN, 100, NAN])
    assert part_goals("divided", WholeGoal(700, 1000), typed).base[1] == 100


def test_typed_targets_beyond_the_whole_leave_the_others_none() -> None:
    found = part_goals("divided", WholeGoal(700, 1000), facts([50, 50], target=[1200, NAN]))
    np.testing.assert_allclose(found.target, [1200, NAN])
    assert found.reason.tolist() == [0, Reason.TYPED_EXCEED_WHOLE]


def test_a_whole_without_a_goal_gives_the_parts_none() -> None:
    found = part_goals("divided", WholeGoal(NAN, NAN), facts([50, 50]))
    assert found.reason.tolist() == [Reason.NO_GOAL] * 2
    inherited = part_goals("inherited", WholeGoal(NAN, NAN), facts([50, 50]))
    assert inherited.reason.tolist() == [Reason.NO_GOAL] * 2


def test_a_level_is_inherited_unless_typed() -> None:
    found = part_goals("inherited", WholeGoal(32, 40), facts([1, 2, 3], target=[NAN, 30, NAN]))
    np.testing.assert_allclose(found.target, [40, 30, 40])
    np.testing.assert_allclose(found.base, [32, 24, 32])


def test_a_typed_level_under_a_target_of_zero_keeps_the_banks_base() -> None:
    found = part_goals("inherited", WholeGoal(4, 0), facts([1, 2], target=[NAN, 1]))
    np.testing.assert_allclose(found.base, [4, 4])


def test_a_modules_level_keeps_the_banks_improvement_on_its_own_last_year() -> None:
    found = part_goals("relative", WholeGoal(20, 30, last_year=25), facts([10, 50, NAN, 0]))
    np.testing.assert_allclose(found.target, [12, 60, NAN, NAN])
    np.testing.assert_allclose(found.base, [8, 40, NAN, NAN])
    assert found.reason.tolist() == [0, 0, Reason.NO_LAST_YEAR, Reason.NO_LAST_YEAR]


def test_a_modules_per_cent_stops_at_a_hundred() -> None:
    found = part_goals("relative", WholeGoal(80, 90, last_year=75), facts([70, 90]), ceiling=100)
    np.testing.assert_allclose(found.target, [84, 100])


@pytest.mark.parametrize("last_year", [NAN, 0.0, -3.0])
def test_without_the_banks_last_year_a_modules_level_has_no_target(last_year: float) -> None:
    found = part_goals("relative", WholeGoal(20, 30, last_year), facts([10.0], target=[NAN]))
    assert found.reason.tolist() == [Reason.NO_BANK_LAST_YEAR]
    assert np.isnan(found.target).all()
    typed = part_goals("relative", WholeGoal(20, 30, last_year), facts([10.0], target=[15]))
    assert (typed.target.tolist(), typed.base.tolist()) == ([15.0], [10.0])


@settings(deadline=None, max_examples=60)
@given(
    total=st.floats(0, 1e12),
    rows=st.lists(st.tuples(maybe, st.floats(1, 1e7)), min_size=1, max_size=25),
)
def test_parts_add_up_to_the_whole(total: float, rows: list[tuple[float, float]]) -> None:
    last, customers = np.array(rows).T
    parts, reason = divide(total, last, customers, np.full(len(rows), NAN))
    assert math.fsum(parts) == pytest.approx(total, rel=1e-15, abs=0)
    assert (parts >= -1e-9 * total).all()
    assert not reason.any()


@settings(deadline=None)
@given(
    total=st.floats(1, 1e9),
    rows=st.lists(
        st.tuples(st.floats(1, 1e9), st.one_of(st.just(NAN), st.floats(0, 1e8))),
        min_size=2,
        max_size=30,
    ),
)
def test_parts_add_up_beside_typed_ones_or_say_why_not(
    total: float, rows: list[tuple[float, float]]
) -> None:
    last, typed = np.array(rows).T
    parts, reason = divide(total, last, np.full(len(rows), NAN), typed)
    fixed = np.isfinite(typed)
    np.testing.assert_array_equal(parts[fixed], typed[fixed])
    if fixed.all():
        return
    if math.fsum(typed[fixed]) > total:
        assert (reason[~fixed] == Reason.TYPED_EXCEED_WHOLE).all()
        assert np.isnan(parts[~fixed]).all()
    else:
        assert math.fsum(parts) == pytest.approx(total, rel=1e-12)


@settings(deadline=None)
@given(total=st.floats(1, 1e9), last=st.lists(st.floats(1, 1e6), min_size=2, max_size=10))
def test_a_part_with_more_last_year_never_gets_less(total: float, last: list[float]) -> None:
    none = np.full(len(last), NAN)
    parts, _ = divide(total, np.array(sorted(last)), none, none)
    assert (np.diff(parts) >= -1e-9 * total).all()
