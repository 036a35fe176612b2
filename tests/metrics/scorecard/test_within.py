"""Cards cut to a branch subtree: the same numbers, and nothing of any other branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.period import Period
from data.slice import WHOLE_BANK, Rights, Slice, SliceError
from data.state import State, open_state
from metrics.scorecard import (
    ScoreCard,
    close_month,
    explain,
    reissue,
    score_cards,
    within,
)
from metrics.scorecard.scopes import Scopes
from metrics.tree import ROOT
from metrics.values import evaluate
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened
from tests.reach import outside, texts

OCTOBER = Period.parse("2026-10")
SEPTEMBER = Period.parse("2026-09")
BRANCHES = ("B00", "B01", "B02", "B09", "B34")
NORTH = ("B02", "B03", "B05")
"""Branches that the fixture puts under B01, and B05 under B03: the tiny bank has two levels."""
INDICATORS = ("mau", "dau", "txn_amount")
DIMENSIONS = ((), ("branch",), ("tier",), ("branch", "channel"), ("app", "branch"))
Cards = tuple[ScoreCard, ScoreCard]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A state database for the whole module."""
    folder: Path = tmp_path_factory.mktemp("within")
    with open_state(f"sqlite:///{folder / 'state.db'}") as found:
        yield found


@pytest.fixture(scope="module")
def cards(demo: Opened, kept: State) -> Cards:
    """September and October, whole, with four levels of branches."""
    first, second = score_cards(demo.connection, demo.setup, kept, [SEPTEMBER, OCTOBER])
    return deepened(first), deepened(second)


def deepened(card: ScoreCard) -> ScoreCard:
    """The card with three more branches below B01, one of them two levels down."""
    store = card.scopes.store
    pairs = (*store.ancestors, *((one, "B01") for one in NORTH), ("B05", "B03"))
    return replace(card, scopes=Scopes(replace(store, ancestors=pairs), card.scopes.nodes))


@pytest.mark.parametrize("branch", [*BRANCHES, "B03"])
def test_a_cut_card_has_the_numbers_of_the_whole_and_no_others(
    cards: Cards, demo_bank: DemoBank, branch: str
) -> None:
    whole, leaves = cards[1], cards[1].scopes.store.leaves
    cut = within(whole, Rights(branch))
    inside = {node for node in leaves if node and leaves[node] <= leaves[branch]}
    assert set(cut.branches) == inside
    for node in sorted(inside):
        assert cut.nodes(node, modules=node == branch) == whole.nodes(node, modules=node == branch)
        assert cut.breached(node) == whole.breached(node)
        assert cut.to_review(node) == whole.to_review(node)
    assert outside(demo_bank.url, inside) & set(texts(cut)) == set()
    for other in {"", *BRANCHES} - inside:
        with pytest.raises(SliceError):
            cut.node(ROOT, other)


def test_no_number_of_another_scope_is_left_in_the_arrays(cards: Cards) -> None:
    cut = within(cards[1], Rights("B01"))
    size = len(cut.branches)
    assert 0 < size < len(cards[1].branches)
    inputs, scores = cut.inputs, cut.scores
    arrays = [inputs.value, inputs.base, inputs.breached, inputs.present, scores.score, scores.cap]
    arrays += [cut.values.value, cut.values.reason, *(part.value for part in inputs.parts)]
    arrays += [side for one in cut.goals.values() for side in (one.base, one.module_target)]
    assert {len(array) for array in arrays} == {size}
    weights = [np.asarray(weight) for weight in inputs.weights.values()]
    assert {len(weight) for weight in weights if weight.ndim} <= {size}
    assert len(cut.modules.value) == len(cut.modules.groups) == size * len(cut.tree.modules)


@pytest.mark.parametrize("branch", ["B00", "B01", "B03", "B34"])
def test_why_it_moved_is_told_the_same_from_cut_cards(cards: Cards, branch: str) -> None:
    full = explain(*cards, branch)
    before, after = (within(card, Rights(branch)) for card in cards)
    own = explain(before, after, branch)
    assert own.parts(ROOT) == full.parts(ROOT)
    assert own.movers(None) == full.movers(None)
    assert own.caps() == full.caps()


def test_rights_without_a_branch_take_nothing_away(cards: Cards) -> None:
    rights = Rights("", rows=True, may=("audit",))
    cut = within(cards[1], rights)
    assert cut.rights == rights
    assert cut.branches == cards[1].branches


def test_a_branch_that_does_not_exist_is_refused(cards: Cards) -> None:
    with pytest.raises(SliceError, match="B99"):
        within(cards[1], Rights("B99"))


def test_a_closed_month_is_issued_again_for_a_branch(
    demo: Opened, state: State, demo_bank: DemoBank
) -> None:
    close_month(demo.connection, demo.setup, state, OCTOBER, by="li")
    whole, own = reissue(state, OCTOBER), reissue(state, OCTOBER, rights=Rights("B01"))
    assert whole is not None
    assert own is not None
    assert whole.rights == WHOLE_BANK
    assert [own.node(ROOT, one) for one in own.branches] == [
        whole.node(ROOT, one) for one in own.branches
    ]
    assert outside(demo_bank.url, own.branches) & set(texts(own)) == set()
    with pytest.raises(SliceError):
        reissue(state, OCTOBER, rights=Rights("B99"))


@pytest.mark.parametrize("by", DIMENSIONS, ids=str)
@pytest.mark.parametrize("branch", ["B00", "B09"])
def test_values_by_anything_stay_within_the_rights(
    demo: Opened, demo_bank: DemoBank, branch: str, by: tuple[str, ...]
) -> None:
    leaves = demo.setup.store.leaves
    inside = {node for node in leaves if node and leaves[node] <= leaves[branch]}
    for scope in {"", branch, max(inside)}:
        about = Slice(OCTOBER, scope, rights=Rights(branch))
        found = evaluate(demo.connection, demo.setup, INDICATORS, about, by)
        open_to_all = Slice(OCTOBER, scope or branch)
        same = evaluate(demo.connection, demo.setup, INDICATORS, open_to_all, by)
        assert outside(demo_bank.url, inside) & set(texts(found)) == set()
        assert found.groups.equals(same.groups)
        assert np.array_equal(found.value, same.value, equal_nan=True)


@pytest.mark.parametrize("scope", ["B00", "B02", "B99", "B01'; --"])
def test_a_scope_outside_is_refused_before_anything_is_read(demo: Opened, scope: str) -> None:
    about = Slice(OCTOBER, scope, rights=Rights("B01"))
    with pytest.raises(SliceError):
        evaluate(demo.connection, demo.setup, INDICATORS, about)
