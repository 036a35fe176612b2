"""What shipping is worth: the same points as the leaf's own score and its share of the total."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from data.experiments.plan import PlannedMetric
from metrics.experiments.records import Effect, Estimate, Reason
from metrics.experiments.worth import Worth, indicator_of, worth
from metrics.scorecard import ScoreCard
from metrics.scoring.leaf import leaf_score
from metrics.tree import ROOT
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened

FEES = PlannedMetric("fee", "mean", "fee_income")
COMPLETION = PlannedMetric("done", "ratio", "tasks_finished", "tasks_started")
IN_TRANSFER = PlannedMetric(
    "done", "ratio", "tasks_finished", "tasks_started", (("module", ("transfer",)),)
)
RISKY = PlannedMetric("risky", "ratio", "txn_risky", "txn_all", better="lower")


@pytest.fixture(scope="module")
def bank(demo_bank: DemoBank) -> Iterator[Opened]:
    with opened(demo_bank.url) as found:
        yield found


@pytest.fixture(scope="module")
def card(bank: Opened) -> ScoreCard:
    return bank.cards("2026-10")[0]


def effect(metric: PlannedMetric, low: float, lift: float, high: float) -> Effect:
    nothing = Estimate(None, reason=Reason.of("no_variance"))
    return Effect(
        metric.id, "B", metric.kind, metric.role, metric.better, "welch", 0.05, 1.0, 1.0,
        nothing, Estimate(lift, low, high),
    )  # fmt: skip


def told(card: ScoreCard, bank: Opened, metric: PlannedMetric, share: float = 0.5) -> Worth:
    points = bank.setup.store.catalogue.points
    return worth(card, points, metric, effect(metric, -0.02, 0.1, 0.22), share)


def by_hand(card: ScoreCard, name: str, lift: float) -> float:
    """Points of the total by the leaf's curve and its share of each node above it."""
    inputs = card.inputs
    column = list(inputs.tree.leaves).index(name)
    value, base, target = (
        float(side[0, column]) for side in (inputs.value, inputs.base, inputs.target)
    )
    curve = inputs.curves[column]
    then = float(leaf_score(value * (1 + lift), base, target, curve))
    moved = then - float(leaf_score(value, base, target, curve))
    node: str | None = name
    while node is not None and node != ROOT:
        moved *= float(card.scores.share[0, inputs.tree.position[node]])
        node = inputs.tree.parent[node]
    return moved


@pytest.mark.parametrize(("metric", "name"), [(FEES, "fee_income"), (RISKY, "scene_risk_rate")])
def test_points_are_those_of_the_leaf_times_its_share(
    card: ScoreCard, bank: Opened, metric: PlannedMetric, name: str
) -> None:
    found = told(card, bank, metric)
    assert found.reason is None
    assert found.node == name
    ends = sorted(by_hand(card, name, 0.5 * lift) for lift in (-0.02, 0.22))
    assert found.points == pytest.approx(by_hand(card, name, 0.05), abs=1e-9)
    assert [found.low, found.high] == pytest.approx(ends, abs=1e-9)
    assert found.shipped == pytest.approx((found.value or math.nan) * 1.05)


def test_a_module_moves_its_own_part_of_an_indicator_scored_by_modules(
    card: ScoreCard, bank: Opened
) -> None:
    whole, part = told(card, bank, COMPLETION), told(card, bank, IN_TRANSFER)
    assert (whole.node, part.node) == ("task_completion", "task_completion@transfer")
    assert part.value == card.node("task_completion@transfer").value
    assert part.points is not None
    assert whole.points is not None
    assert 0 < part.points < whole.points


def test_nobody_reached_is_worth_nothing_and_the_card_stays(card: ScoreCard, bank: Opened) -> None:
    before = card.node(ROOT).score
    assert told(card, bank, FEES, share=0.0).points == 0
    assert told(card, bank, FEES).points != 0
    assert card.node(ROOT).score == before


def test_what_cannot_be_told_has_its_reason(card: ScoreCard, bank: Opened) -> None:
    points = bank.setup.store.catalogue.points
    shares = PlannedMetric("done", "proportion", "tasks_finished")
    assert told(card, bank, shares).reason == "no_indicator"
    in_mini = (("app", ("mini",)),)
    narrowed = PlannedMetric("risky", "ratio", "txn_risky", "txn_all", in_mini)
    assert told(card, bank, narrowed).reason == "part_of_indicator"
    unknown = Estimate(None, reason=Reason.of("control_near_zero"))
    bare = effect(FEES, 0, 0, 0)
    blank = Effect(**{**bare.__dict__, "lift": unknown})
    assert worth(card, points, FEES, blank, 0.5).reason == "no_lift"
    assert worth(card, points, FEES, bare, None).reason == "no_share"


def test_a_proportion_stands_for_an_indicator_that_counts_users(bank: Opened) -> None:
    points, tree = bank.setup.store.catalogue.points, bank.setup.tree
    active = PlannedMetric("active", "proportion", "active_users")
    assert indicator_of(tree.indicators, points, active) == "mau"
    median = PlannedMetric("median", "quantile", "fee_income")
    assert indicator_of(tree.indicators, points, median) is None
    share = PlannedMetric("upside", "ratio", "txn_all", "txn_risky")
    assert indicator_of(tree.indicators, points, share) is None
