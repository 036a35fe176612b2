"""Goals: every form, paths, division down the organisation, modules, typed ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Period
from data.points.coverage import Coverage
from metrics.formula import Floats
from metrics.scorecard.division import Held, divided_down
from metrics.scorecard.facts import shape_kind
from metrics.scorecard.goals import GoalArrays, GoalBook, TypedGoal, added, of_year_ago
from metrics.scorecard.passed import passed_days
from metrics.tree.records import Goal
from metrics.values.evaluation import Setup
from metrics.values.reasons import Reason
from tests.metrics.scorecard.books import CATALOGUE, LEAVES, TREE, book, rolled, scopes

SCOPES = scopes()
YEAR = [(date(2026, 1, 1), date(2026, 12, 31))]
JANUARY = [(date(2026, 1, 1), date(2026, 1, 31))]
DIVIDED = ("new_users", "mau", "dau", "registered_users", "txn_amount", "fee_income", "aum",
           "txn_count", "risk_event_count", "access_violations")  # fmt: skip


def goals(found: GoalBook, name: str, days: list[tuple[date, date]] = YEAR) -> GoalArrays:
    """Goals of an indicator by name."""
    return found.of(TREE.indicators[name], days)


def at(values: Floats, node: str) -> float:
    """The value of a scope."""
    return float(values[SCOPES.row[node]])


@pytest.mark.parametrize(
    ("name", "base", "target"),
    [
        ("new_users", 0.7 * 580_000, 580_000),  # 70 % of 5.8 million for a tenth of the customers
        ("mau", 0.278 * 8.29e6, 0.48 * 8.29e6),
        ("dau", 0.05 * 8.29e6, 0.12 * 8.29e6),
        ("dau_share", 5, 12),
        ("txn_amount", 0.7 * 85e9, 85e9),
        ("fee_income", 10, 13.5),
        ("ops_incidents", 10, 4.5),
        ("aum", 10, 12),
        ("registered_users", 10, 10 + 580_000 - 2),
        ("availability", 99.9, 99.99),
        ("data_leaks", 1, 0),
        ("search_index", 10, 13.5),
    ],
)
def test_every_form_of_goal_for_the_year(name: str, base: float, target: float) -> None:
    found = goals(book(), name)
    assert (found.base[0], found.target[0]) == pytest.approx((base, target))
    assert found.reason is None


def test_a_flow_is_asked_for_what_has_passed_and_a_stock_is_on_its_way() -> None:
    assert goals(book(), "fee_income", JANUARY).target[0] == pytest.approx(13.5 * 31 / 365)
    assert goals(book(), "aum", JANUARY).target[0] == pytest.approx(10 + 2 * 31 / 365)
    assert goals(book(), "aum", JANUARY).base[0] == pytest.approx(10)
    assert goals(book(), "dau_share", JANUARY).target[0] == pytest.approx(12)
    assert goals(book(), "availability", JANUARY).target[0] == pytest.approx(99.99)


def test_nothing_is_asked_of_days_that_have_not_come() -> None:
    assert np.isnan(goals(book(), "fee_income", []).target).all()


@pytest.mark.parametrize("name", DIVIDED)
@pytest.mark.parametrize("days", [YEAR, JANUARY])
def test_parts_add_up_at_every_level(name: str, days: list[tuple[date, date]]) -> None:
    found = goals(book(), name, days)
    for row, below in SCOPES.below.items():
        for side in (found.base, found.target):
            assert side[below].sum() == pytest.approx(side[row], rel=1e-12)
    assert at(found.target, "N1") == pytest.approx(0.4 * found.target[0])


def test_levels_are_inherited() -> None:
    assert set(goals(book(), "nps").target) == {50.0}
    assert set(goals(book(), "compliance_pass").target) == {98.0}


def test_a_branch_without_a_last_year_gets_its_share_of_customers() -> None:
    held = Held(rolled({**LEAVES, "S2": 0.0}), rolled(LEAVES))
    found = divided_down(SCOPES, 100.0, held, np.full(8, np.nan))
    assert at(found, "S2") == pytest.approx(at(found, "S") / 4)
    assert at(found, "S1") + at(found, "S2") == pytest.approx(at(found, "S"))


def test_a_node_that_holds_something_itself_keeps_a_part_of_its_goal() -> None:
    last_year = rolled(LEAVES)
    last_year[[SCOPES.row["S"], SCOPES.row["HQ"], 0]] += 4
    found = divided_down(SCOPES, 140.0, Held(last_year, rolled(LEAVES)), np.full(8, np.nan))
    assert at(found, "S") == pytest.approx(80)
    assert at(found, "S1") == pytest.approx(30)


def test_users_without_a_branch_leave_no_goal_unshared() -> None:
    last_year = rolled(LEAVES)
    last_year[0] += 5
    found = divided_down(SCOPES, 100.0, Held(last_year, rolled(LEAVES)), np.full(8, np.nan))
    assert at(found, "HQ") == pytest.approx(100)


@given(
    st.dictionaries(st.sampled_from(["N", "N1", "S", "S1", "S2"]), st.floats(0, 30), max_size=3),
    st.floats(100, 1e9),
)
def test_others_share_what_typed_goals_leave(typed: dict[str, float], goal: float) -> None:
    given_ = np.full(8, np.nan)
    for node, value in typed.items():
        given_[SCOPES.row[node]] = value
    found = divided_down(SCOPES, goal, Held(rolled(LEAVES), rolled(LEAVES)), given_)
    for row, below in SCOPES.below.items():
        if np.isnan(given_[below]).any() and np.isfinite(found[below]).all():
            assert found[below].sum() == pytest.approx(found[row], rel=1e-9)
    for node, value in typed.items():
        assert at(found, node) == value


def test_typed_goals_of_the_bank_win_and_a_share_follows_the_target() -> None:
    found = goals(book(TypedGoal("new_users", None, 1000.0)), "new_users")
    assert (found.base[0], found.target[0]) == pytest.approx((700, 1000))
    found = goals(book(TypedGoal("nps", 40.0, 60.0)), "nps")
    assert (found.base[3], found.target[3]) == (40.0, 60.0)


def test_a_typed_target_of_new_users_moves_the_target_of_registered_users() -> None:
    found = goals(book(TypedGoal("new_users", None, 1000.0)), "registered_users")
    assert found.target[0] == pytest.approx(10 + 1000 - 2)


def test_a_typed_goal_of_a_branch_holds_below_it_and_the_bank_keeps_its_own() -> None:
    found = goals(book(TypedGoal("fee_income", 6.0, 9.0, "N")), "fee_income")
    assert (at(found.base, "N"), at(found.target, "N")) == pytest.approx((6.0, 9.0))
    assert at(found.target, "N1") == pytest.approx(6.0)
    assert at(found.target, "S") == pytest.approx(4.5)
    assert found.target[0] == pytest.approx(13.5)
    level = goals(book(TypedGoal("nps", None, 60.0, "N")), "nps")
    assert [at(level.target, node) for node in ("N", "N2", "S")] == [60.0, 60.0, 50.0]
    assert at(level.base, "N") == pytest.approx(60 * 32 / 50)


def test_typed_goals_are_of_their_year() -> None:
    other = book(TypedGoal("nps", None, 60.0, year=2025))
    assert goals(other, "nps").target[0] == 50.0


def test_modules_divide_flows_and_keep_the_banks_improvement_on_levels() -> None:
    flow = goals(book(), "fee_income")
    chosen = [list(TREE.modules).index(m) for m in TREE.indicators["fee_income"].modules]
    assert flow.module_target[:, chosen].sum(axis=1) == pytest.approx(flow.target)
    assert np.isnan(flow.module_target[:, list(TREE.modules).index("account")]).all()
    level = goals(book(customers=50.0), "mau")  # target 24 on last year's 10
    assert level.module_target[0, 0] == pytest.approx(10 / 16 * 2.4)
    standard = goals(book(), "availability")
    assert (standard.module_target == 99.99).all()


def test_a_typed_goal_of_a_module_wins_and_the_others_share_the_rest() -> None:
    found = goals(book(TypedGoal("fee_income", None, 6.0, "", "wealth")), "fee_income")
    places = [list(TREE.modules).index(m) for m in TREE.indicators["fee_income"].modules]
    assert found.module_target[0, list(TREE.modules).index("wealth")] == pytest.approx(6)
    assert found.module_target[0, places].sum() == pytest.approx(13.5)
    assert found.module_base[0, list(TREE.modules).index("wealth")] == pytest.approx(6 * 10 / 13.5)


def test_a_last_year_that_is_not_whole_gives_no_goal_of_the_year() -> None:
    found = goals(book(whole=False), "fee_income", JANUARY)
    assert np.isnan(found.target).all()
    assert found.reason == Reason("no_last_year")


def test_then_the_same_days_a_year_ago_are_multiplied() -> None:
    for name in ("fee_income", "search_index"):
        indicator = TREE.indicators[name]
        ago = rolled(LEAVES) * 3
        found = of_year_ago(book(whole=False).of(indicator, JANUARY), indicator, ago)
        assert found.target == pytest.approx(ago * 1.35)
        assert found.base == pytest.approx(ago)
        assert found.reason is None


def test_typed_goals_stay_when_last_year_is_not_whole() -> None:
    indicator = TREE.indicators["fee_income"]
    typed = book(TypedGoal("fee_income", None, 365.0), whole=False).of(indicator, JANUARY)
    found = of_year_ago(typed, indicator, rolled(LEAVES))
    assert found.target[0] == pytest.approx(31)
    assert found.base[0] == pytest.approx(10)


def test_a_season_lifts_no_percentage_above_100() -> None:
    made = book()
    shape = made.facts.shapes["task_completion"]
    seasonal = replace(shape, factor=shape.factor * 1.5)
    shapes = {**made.facts.shapes, "task_completion": seasonal}
    lifted = replace(made, facts=replace(made.facts, shapes=shapes), _years={})
    found = goals(lifted, "task_completion")
    assert found.target[0] == 100
    assert found.base[0] == pytest.approx(100 * 65 / 85)


def test_a_growth_of_more_than_100_per_cent_may_be_typed() -> None:
    assert goals(book(TypedGoal("fee_growth", 50.0, 150.0)), "fee_growth").target[0] == 150


@pytest.mark.parametrize(
    ("changed", "name", "kind"),
    [
        ({"customers": np.full(8, np.nan)}, "new_users", "no_customers"),
        ({"closures": None}, "registered_users", "no_last_year"),
    ],
)
def test_why_there_is_no_goal(changed: dict[str, object], name: str, kind: str) -> None:
    made = book()
    less = replace(made, facts=replace(made.facts, **changed), _years={})  # type: ignore[arg-type]
    found = goals(less, name)
    assert np.isnan(found.target[0])
    assert found.reason is not None
    assert found.reason.kind == kind


def test_a_week_over_the_end_of_a_year_has_a_part_of_each_years_goal() -> None:
    store = replace(SCOPES.store, catalogue=CATALOGUE, coverage=Coverage({
        "txn": ((date(2025, 1, 1), date(2026, 12, 31)),)}))  # fmt: skip
    terms = Setup(store, TREE).terms("fee_income", Period.parse("2026-W01"))
    runs = passed_days(terms, CATALOGUE, store.coverage)
    assert runs == (
        (date(2025, 12, 29), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 4)),
    )
    this_year = goals(book(), "fee_income", list(runs[1:]))
    both = added(this_year, this_year)
    assert both.target[0] == pytest.approx(2 * 4 / 365 * 13.5)


def test_nothing_is_asked_of_days_that_were_not_loaded() -> None:
    runs = ((date(2026, 1, 1), date(2026, 1, 10)), (date(2026, 1, 21), date(2026, 1, 31)))
    store = replace(SCOPES.store, catalogue=CATALOGUE, coverage=Coverage({"txn": runs}))
    terms = Setup(store, TREE).terms("fee_income", Period.parse("2026-01"))
    found = passed_days(terms, CATALOGUE, store.coverage)
    assert found == runs
    assert goals(book(), "fee_income", list(found)).target[0] == pytest.approx(13.5 * 21 / 365)


def test_the_shape_follows_the_form_of_the_goal() -> None:
    kinds = {name: shape_kind(one) for name, one in TREE.indicators.items()}
    assert [n for n, kind in kinds.items() if kind == "stock"] == ["registered_users", "aum", "lum"]
    assert kinds["new_users"] == "flow"
    assert kinds["data_leaks"] == "standard"
    assert TREE.indicators["aum"].target == Goal("start_of_year", 1.2)
