"""Previews: the same numbers as a card worked out with the set, and nothing from the same set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from data.period import Period
from data.slice import Slice
from data.state import State, draft_weights
from metrics.scorecard import ScoreCard, score_card
from metrics.scorecard.preview import moved_totals, preview, reweighed, stability
from metrics.scorecard.rules import BANK, profile_weights, shipped_profiles, weights_in_force
from metrics.scoring.rollup import score
from metrics.weights.exact import exact_set
from tests.metrics.scorecard.opened import Opened

MONTH = Period.parse("2026-10")
BRANCHES = ("B01", "B02", "B03", "B04")


def test_a_preview_gives_what_the_set_scores_once_it_is_kept(demo: Opened, state: State) -> None:
    exact = exact_set(demo.setup.tree, profile_weights(demo.setup.tree, "compliance_year"))
    today = score_card(demo.connection, demo.setup, state, Slice(MONTH))
    kept = draft_weights(
        state, exact, name_zh="合规", name_en="Compliance", author="li", reason="try",
        effective_from=date(2026, 12, 1),
    )  # fmt: skip
    name = str(kept.id)
    scored = score_card(demo.connection, demo.setup, state, Slice(MONTH), weights=name)
    again = reweighed(today, {node: float(one) for node, one in exact.items()}, name)
    for branch in ("", *BRANCHES):
        assert again.nodes(branch) == scored.nodes(branch)


@pytest.mark.parametrize("profile", ["balanced", "assessment", "credit_expansion"])
def test_a_preview_of_the_same_set_changes_nothing(
    demo: Opened, state: State, profile: str
) -> None:
    assert profile in shipped_profiles(demo.setup.tree)
    today = score_card(demo.connection, demo.setup, state, Slice(MONTH))
    same = profile, profile_weights(demo.setup.tree, profile)
    found = preview(today, same, same, "", BRANCHES)
    assert (found.moved, found.overtaken) == ((), ())
    assert all(one.score[0] == one.score[1] for one in found.nodes)


def test_against_what_is_in_force_the_total_before_is_the_banks_score(
    demo: Opened, state: State
) -> None:
    today = score_card(demo.connection, demo.setup, state, Slice(MONTH))
    before = weights_in_force(demo.setup.tree, state, MONTH.last, BANK)
    after = "risk_tightening", profile_weights(demo.setup.tree, "risk_tightening")
    found = preview(today, before, after, "", BRANCHES)
    assert found.total.score[0] == pytest.approx(today.node("total").score, abs=1e-9)
    assert {one.id for one in found.moved} >= {"risk", "compliance", "user_scale"}
    firm = stability(found.after, BRANCHES)
    assert [one.rank for one in firm.rows] != []
    assert all(one.low is not None and one.low <= (one.rank or 0) for one in firm.rows)
    still = stability(found.after, BRANCHES, move=0.0)
    assert (still.top_kept, still.order_kept) == (1.0, 1.0)
    assert (firm.order_kept or 0.0) <= 1.0 == still.mean_correlation
    moved_like_the_card_itself(found.after)


def moved_like_the_card_itself(card: ScoreCard) -> None:
    """A draw's totals are those of a card with these weights, on every level."""
    ids = card.inputs.tree.ids
    factors = np.random.default_rng(7).uniform(0.8, 1.2, (3, len(ids)))
    found = moved_totals(card, BRANCHES, factors)
    for factor, totals in zip(factors, found, strict=True):
        told = {
            node: np.asarray(card.inputs.weights[node]) * times
            for node, times in zip(ids, factor, strict=True)
            if node != "total"
        }
        again = score(replace(card.inputs, weights=told))
        rows = [card.scopes.row[one] for one in BRANCHES]
        np.testing.assert_allclose(totals, again.score[rows, 0], rtol=1e-12)
