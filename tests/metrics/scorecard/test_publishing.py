"""Nothing is published that does not fit the tree; what stopped fitting is refused and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.period import Period
from data.state import (
    Baseline,
    BaselineDraft,
    State,
    WeightSet,
    baselines_in_force,
    draft_baselines,
    draft_weights,
    open_state,
    publish_weights,
    submit_baselines,
    submit_weights,
    weight_set_in_force,
)
from metrics.checks import check_published
from metrics.scorecard import (
    ClosingError,
    PublishingError,
    WeightsError,
    publish_typed_goals,
    publish_weight_set,
    weight_problems,
)
from metrics.scorecard.closable import missing_days, require_closable
from metrics.scorecard.rules import rules_in_force
from metrics.tree.tree import ROOT, Tree
from tests.metrics.scorecard.opened import Opened

SEPTEMBER = Period.parse("2026-09")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A state database of its own."""
    with open_state(f"sqlite:///{tmp_path}/state.sqlite") as opened:
        yield opened


def own(tree: Tree, **changed: str) -> dict[str, Decimal]:
    """The tree's weights with some changed."""
    found = {node: Decimal(str(tree.weight(node))) for node in tree.nodes() if node != ROOT}
    return found | {node: Decimal(weight) for node, weight in changed.items()}


def submitted(state: State, weights: dict[str, Decimal]) -> WeightSet:
    """A set that somebody handed in."""
    drafted = draft_weights(
        state, weights, name_zh="权重", name_en="Weights", author="li", reason="plan",
        effective_from=date(2026, 1, 1),
    )  # fmt: skip
    return submit_weights(state, drafted, by="li")


def goals(state: State, *drafts: BaselineDraft) -> tuple[Baseline, ...]:
    """Baselines that somebody handed in."""
    drafted = draft_baselines(
        state, drafts, author="li", reason="plan", effective_from=date(2026, 1, 1)
    )
    return submit_baselines(state, drafted, by="li")


def test_a_full_assignment_is_published(demo: Opened, state: State) -> None:
    seen = submitted(state, own(demo.setup.tree, risk="25", brand="10"))
    found = publish_weight_set(state, demo.setup.tree, seen, by="wang")
    assert weight_set_in_force(state, date(2026, 9, 30)) == found
    assert check_published(state, demo.setup.tree, demo.setup.store.leaves) == ()


def test_every_problem_of_a_set_is_told_at_once(demo: Opened, state: State) -> None:
    tree = demo.setup.tree
    weights = own(tree, user_scale="90", rsk="3")
    del weights["mau"]
    with pytest.raises(PublishingError) as told:
        publish_weight_set(state, tree, submitted(state, weights), by="wang")
    said = "\n".join(told.value.problems)
    for part in (
        "no node 'rsk' in the tree; did you mean 'risk'?", "'mau' has no weight",
        "the children of 'total' weigh 165, not 100",
    ):  # fmt: skip
        assert part in said
    assert weight_set_in_force(state, date(2026, 9, 30)) is None


def test_weights_may_be_thirds(demo: Opened) -> None:
    tree = demo.setup.tree
    theme = next(node for node in tree.nodes() if len(tree.children(node)) == 3)
    thirds = dict.fromkeys(tree.children(theme), "33.3333333333")
    assert weight_problems(tree, own(tree, **thirds)) == ()


def test_a_set_that_does_not_add_up_scores_nothing(demo: Opened, state: State) -> None:
    """Once it was published by another way in, 165 % of weight was normalised without a word."""
    publish_weights(state, submitted(state, own(demo.setup.tree, user_scale="90")), by="wang")
    with pytest.raises(WeightsError, match="'total' weigh 165, not 100"):
        rules_in_force(demo.setup, state, SEPTEMBER)
    told = check_published(state, demo.setup.tree, demo.setup.store.leaves)
    assert [(one.about, one.problem) for one in told] == [("weight set 1", True)]


def test_baselines_that_fit_are_published(demo: Opened, state: State) -> None:
    drafts = (
        BaselineDraft("nps", 2026, Decimal(40), Decimal(60)),
        BaselineDraft("fraud_rate", 2026, Decimal(3), Decimal(2), branch_id="B01"),
        BaselineDraft("mau", 2026, Decimal(10), Decimal(20), module="transfer"),
    )
    tree, branches = demo.setup.tree, demo.setup.store.leaves
    seen = goals(state, *drafts)
    publish_typed_goals(state, tree, branches, seen, by="wang")
    assert len(baselines_in_force(state, date(2026, 9, 30), year=2026)) == 3


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (BaselineDraft("nosuch", 2026, Decimal(1), Decimal(2)), "no indicator 'nosuch'"),
        (BaselineDraft("mua", 2026, Decimal(1), Decimal(2)), "did you mean 'mau'"),
        (BaselineDraft("mau", 2026, Decimal(1), Decimal(2), "NOPE"), "no branch 'NOPE'"),
        (BaselineDraft("mau", 2026, Decimal(1), Decimal(2), module="moon"), "no module 'moon'"),
        (BaselineDraft("mau", 2026, Decimal(900), Decimal(500)), "500 is not better than the base"),
        (BaselineDraft("fraud_rate", 2026, Decimal(1), Decimal(2)), "is not better than the base"),
    ],
)
def test_a_baseline_that_does_not_fit_is_refused(
    demo: Opened, state: State, draft: BaselineDraft, said: str
) -> None:
    with pytest.raises(PublishingError, match=said):
        publish_typed_goals(
            state, demo.setup.tree, demo.setup.store.leaves, goals(state, draft), by="wang"
        )
    assert baselines_in_force(state, date(2026, 9, 30), year=2026) == ()


def test_a_month_without_data_is_not_closed(demo: Opened) -> None:
    coverage = demo.setup.store.coverage
    with pytest.raises(ClosingError, match="no day of it is loaded"):
        require_closable(coverage, Period.parse("2023-01"), "we want it")
    require_closable(coverage, SEPTEMBER, None)


def test_a_month_with_missing_days_needs_a_reason(demo: Opened) -> None:
    coverage = demo.without("txn", date(2026, 9, 5), date(2026, 9, 7)).setup.store.coverage
    assert missing_days(coverage, SEPTEMBER) == {"txn": 3}
    with pytest.raises(ClosingError, match="days not loaded: txn 3; load them, or give a reason"):
        require_closable(coverage, SEPTEMBER, None)
    require_closable(coverage, SEPTEMBER, "the core system was down")
