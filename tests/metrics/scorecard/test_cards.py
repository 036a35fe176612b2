"""Score cards: weights by scope and over time, coverage, rights, reasons in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from data.period import Period
from data.points.coverage import Coverage
from data.slice import Rights, Slice, SliceError
from data.state import (
    BaselineDraft,
    State,
    draft_baselines,
    draft_weights,
    publish_baselines,
    publish_weights,
    submit_baselines,
    submit_weights,
)
from metrics.scorecard import ScoreCard, WeightsError, score_card, score_cards
from metrics.scorecard.build import Rules
from metrics.scorecard.rules import profile_weights, rules_in_force
from metrics.tree.tree import ROOT, Tree
from metrics.values import Setup
from tests.metrics.scorecard.opened import Opened

SHARES = {"balanced": (25, 30, 20, 15, 10), "assessment": (15, 20, 30, 10, 25)}
OCTOBER = Period.parse("2026-10")


@pytest.fixture(scope="module")
def october(demo: Opened) -> ScoreCard:
    """The card of October by the tree's own weights."""
    return demo.cards("2026-10")[0]


def published(
    state: State, tree: Tree, effective: date, profile: str | None = None, **changed: str
) -> int:
    """The number of a published set: the tree's weights with some changed."""
    weights = {node: Decimal(str(tree.weight(node))) for node in tree.nodes() if node != ROOT}
    weights |= {node: Decimal(weight) for node, weight in changed.items()}
    drafted = draft_weights(
        state, weights, name_zh="权重", name_en="Weights", author="li", reason="plan",
        effective_from=effective, profile=profile,
    )  # fmt: skip
    return publish_weights(state, submit_weights(state, drafted, by="li"), by="wang").id


def shares(rules: Rules, tree: Tree, row: int) -> tuple[int, ...]:
    """Weights of the perspectives in a scope."""
    matrix = [np.broadcast_to(np.asarray(rules.weights[p]), (99,)) for p in tree.perspectives]
    return tuple(round(float(column[row])) for column in matrix)


def test_the_bank_is_balanced_and_branches_are_assessed(demo: Opened, state: State) -> None:
    setup = demo.setup
    rules = rules_in_force(setup, state, OCTOBER)
    assert (rules.weight_set, rules.branch_weight_set) == ("balanced", "assessment")
    found = [np.asarray(rules.weights[p]) for p in setup.tree.perspectives]
    assert tuple(column[0] for column in found) == pytest.approx(SHARES["balanced"])
    assert tuple(column[-1] for column in found) == pytest.approx(SHARES["assessment"])


def test_a_published_set_changes_later_periods_only(demo: Opened, state: State) -> None:
    tree = demo.setup.tree
    number = published(state, tree, date(2026, 10, 1), user_scale="35", brand="5")
    assert rules_in_force(demo.setup, state, Period.parse("2026-09")).weight_set == "balanced"
    rules = rules_in_force(demo.setup, state, OCTOBER)
    assert (rules.weight_set, rules.branch_weight_set) == (str(number), "assessment")
    assert np.asarray(rules.weights["user_scale"])[0] == 35
    assert np.asarray(rules.weights["user_scale"])[-1] == pytest.approx(15)
    # In force at its end: a quarter takes the set of its last day.
    assert rules_in_force(demo.setup, state, Period.parse("2026-Q4")).weight_set == str(number)
    assert rules_in_force(demo.setup, state, Period.parse("2026-Q3")).weight_set == "balanced"


def test_a_set_of_the_assessment_profile_is_for_branches(demo: Opened, state: State) -> None:
    number = published(state, demo.setup.tree, date(2026, 1, 1), "assessment", risk="35", brand="0")
    rules = rules_in_force(demo.setup, state, OCTOBER)
    assert (rules.weight_set, rules.branch_weight_set) == ("balanced", str(number))
    assert [float(np.asarray(rules.weights["risk"])[row]) for row in (0, -1)] == [20, 35]


def test_weights_may_be_named(demo: Opened, state: State) -> None:
    number = published(state, demo.setup.tree, date(2026, 12, 1), risk="30", brand="5")
    named = rules_in_force(demo.setup, state, OCTOBER, weights=str(number))
    assert (named.weight_set, np.asarray(named.weights["risk"]).item()) == (str(number), 30)
    profile = rules_in_force(demo.setup, state, OCTOBER, weights="user_growth")
    assert np.asarray(profile.weights["user_scale"]).item() == pytest.approx(35)
    with pytest.raises(WeightsError, match="no weight set or profile 'grwth'; profiles are"):
        rules_in_force(demo.setup, state, OCTOBER, weights="grwth")


def test_what_a_set_says_nothing_of_keeps_the_trees_weight(demo: Opened, state: State) -> None:
    drafted = draft_weights(
        state, {"risk": Decimal(25), "brand": Decimal(10)}, name_zh="风险", name_en="Risk",
        author="li", reason="plan", effective_from=date(2026, 1, 1),
    )  # fmt: skip
    publish_weights(state, submit_weights(state, drafted, by="li"), by="wang")
    rules = rules_in_force(demo.setup, state, OCTOBER)
    assert np.asarray(rules.weights["risk"])[0] == 25
    assert np.asarray(rules.weights["mau"])[0] == 30


def test_every_shipped_profile_can_be_met(demo: Opened) -> None:
    for name, shares_of_profile in SHARES.items():
        found = profile_weights(demo.setup.tree, name)
        assert tuple(found[p] for p in demo.setup.tree.perspectives) == pytest.approx(
            shares_of_profile
        )


def test_the_total_is_the_weighted_mean_of_its_perspectives(october: ScoreCard) -> None:
    for branch in october.branches:
        for node in october.tree.nodes()[:31]:
            children = [october.node(child, branch) for child in october.tree.children(node)]
            counted = [child for child in children if child.score is not None]
            here = october.node(node, branch)
            weight = sum(child.weight for child in counted)
            if here.score is None or not weight:
                continue
            mean = sum(child.weight * (child.score or 0) for child in counted) / weight
            lines = october.inputs.lines_at(october.scopes.row[branch], node)
            assert here.score == pytest.approx(mean) or (lines and here.score < mean)


def test_typed_baselines_of_the_state_win(demo: Opened, state: State) -> None:
    drafts = draft_baselines(
        state, [BaselineDraft("nps", 2026, Decimal(40), Decimal(60))], author="li", reason="plan",
        effective_from=date(2026, 10, 1),
    )  # fmt: skip
    publish_baselines(state, submit_baselines(state, drafts, by="li"), by="wang")
    periods = [Period.parse("2026-09"), OCTOBER]
    before, after = score_cards(demo.connection, demo.setup, state, periods, known=demo.known)
    ratio = demo.known[2026].shapes["nps"].factor[-1 - 61]  # the path's value of October 31
    assert after.node("nps").target == pytest.approx(60 * ratio, rel=1e-3)
    assert before.node("nps").target != after.node("nps").target


def test_a_card_is_the_same_alone_and_among_others(demo: Opened, state: State) -> None:
    periods = [Period.parse("2026-09"), OCTOBER]
    together = score_cards(demo.connection, demo.setup, state, periods, known=demo.known)[1]
    (alone,) = score_cards(demo.connection, demo.setup, state, [OCTOBER], known=demo.known)
    assert together.nodes() == alone.nodes()
    np.testing.assert_array_equal(together.values.value, alone.values.value)
    np.testing.assert_array_equal(together.modules.value, alone.modules.value)


def test_coverage_is_the_weight_with_data_and_says_what_lacks(demo: Opened) -> None:
    store = demo.setup.store
    runs = {k: v for k, v in store.coverage.runs.items() if k not in ("loan_month", "user_month")}
    less = replace(demo.setup, store=replace(store, coverage=Coverage(runs)))
    card = Opened(demo.connection, less, {}).cards("2026-10")[0]
    assets = card.node("assets")
    assert assets.score is None
    assert assets.coverage == pytest.approx(40)
    assert assets.reason is not None
    assert assets.reason.words("zh") == "有数据的部分不足，不计分"
    aum = card.node("aum")
    assert (aum.value, aum.score) == (None, None)
    assert aum.reason is not None
    assert aum.reason.words("en") == "needs table user_month"
    assert card.node(ROOT).score is not None
    assert card.node(ROOT).coverage < 95


def test_a_switched_off_indicator_keeps_its_place_without_value(demo: Opened) -> None:
    card = demo.cards("2026-10", rules=Rules(switched_off=frozenset({"advisory_share"})))[0]
    node = card.node("advisory_share")
    assert (node.value, node.score) == (None, None)
    assert node.reason is not None
    assert node.reason.words("en") == "switched off in the configuration"
    assert card.node("income").coverage == pytest.approx(90)


def test_minimum_coverage_is_a_rule(demo: Opened) -> None:
    strict = demo.cards("2026-10", rules=Rules(minimum_coverage=99.0))[0]
    root = strict.node(ROOT)
    assert root.score is None
    assert root.reason is not None
    assert root.reason.kind == "below_coverage"


def test_settings_reach_the_rules(demo: Opened, state: State) -> None:
    setup = Setup(demo.setup.store, demo.setup.tree, 70.0, frozenset({"advisory_share"}))
    rules = rules_in_force(setup, state, OCTOBER)
    assert (rules.minimum_coverage, rules.switched_off) == (70.0, frozenset({"advisory_share"}))


def test_every_missing_score_has_a_reason(october: ScoreCard) -> None:
    for branch in october.branches:
        for node in october.nodes(branch, modules=True):
            assert (node.score is None) == (node.reason is not None), node
            if node.reason is not None:
                assert node.reason.words("zh")
                assert node.reason.words("en")


def test_task_completion_is_scored_by_its_basic_modules(october: ScoreCard) -> None:
    basic = [m for m, one in october.tree.modules.items() if one.grade == "basic"]
    parts = next(p for p in october.inputs.parts if p.leaf == "task_completion")
    starts = parts.weight[0]
    scores = [october.node(f"task_completion@{module}").score for module in basic]
    counted = [(s, w) for s, w in zip(scores, starts, strict=True) if s is not None and w]
    mean = sum(s * w for s, w in counted) / sum(w for _, w in counted)
    assert october.node("task_completion").score == pytest.approx(mean)


def test_a_reader_of_a_branch_sees_nothing_outside(demo: Opened, state: State) -> None:
    leaves = demo.setup.store.leaves
    branch = next(node for node in leaves if node and len(leaves[node]) == 1)
    about = Slice(OCTOBER, branch, rights=Rights(branch))
    card = score_card(demo.connection, demo.setup, state, about)
    assert card.branches == (branch,)
    assert card.node(ROOT, branch).branch == branch
    for outside in ("", "HQ", "B99"):
        with pytest.raises(SliceError):
            card.node(ROOT, outside)
        with pytest.raises(SliceError):
            card.breached(outside)
        with pytest.raises(SliceError):
            card.to_review(outside)


def test_rights_and_branches_that_do_not_exist_are_refused(demo: Opened, state: State) -> None:
    for about in (
        Slice(OCTOBER, "", rights=Rights("B99")),
        Slice(OCTOBER, "B99"),
        Slice.of("2026-10", tier=("vip",)),
    ):
        with pytest.raises(SliceError):
            score_card(demo.connection, demo.setup, state, about)


def test_a_target_no_better_than_its_base_is_flagged(october: ScoreCard) -> None:
    assert "nps" not in october.to_review()
    goals = {**october.goals, "nps": replace(
        october.goals["nps"], year_target=october.goals["nps"].year_base)}  # fmt: skip
    assert "nps" in replace(october, goals=goals).to_review()


def test_years_that_meet_in_a_week_are_scored_by_both(demo: Opened) -> None:
    card = demo.cards("2026-W01")[0]
    days = demo.known[2025].shapes["new_users"].factor[-3:].sum()
    customers = [demo.known[year].customers[0] for year in (2025, 2026)]
    plan = 5.8e6 / 82.9e6
    more = demo.known[2026].shapes["new_users"].factor[:4].sum()
    expected = plan * (customers[0] * days + customers[1] * more)
    assert card.node("new_users").target == pytest.approx(expected)
