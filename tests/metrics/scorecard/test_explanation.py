"""Why a score moved: parts, movers and caps add up exactly; the way back is the way there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.period import Period
from data.slice import Rights, SliceError
from metrics.scorecard import ScoreCard, explain
from metrics.scorecard.build import Rules
from metrics.scorecard.rules import profile_weights
from metrics.scoring.arrays import Flags
from metrics.scoring.rollup import score
from metrics.tree.tree import ROOT
from tests.metrics.scorecard.opened import Opened

MONTHS = ("2025-12", "2026-03", "2026-08", "2026-09", "2026-10", "2026-11")


@pytest.fixture(scope="module")
def cards(demo: Opened) -> dict[str, ScoreCard]:
    """Cards of some months, one of them still open, the last by other weights."""
    found = dict(zip(MONTHS, demo.cards(*MONTHS), strict=True))
    weights = profile_weights(demo.setup.tree, "risk_tightening")
    rules = Rules(weights, "risk_tightening", switched_off=frozenset({"advisory_share"}))
    return {**found, "2026-10 tightened": demo.cards("2026-10", rules=rules)[0]}


KEYS = st.sampled_from([*MONTHS, "2026-10 tightened"])


@settings(deadline=None, max_examples=20)
@given(data=st.data(), first=KEYS, then=KEYS)
def test_parts_add_up_and_the_way_back_is_the_way_there(
    cards: dict[str, ScoreCard], data: st.DataObject, first: str, then: str
) -> None:
    branch = data.draw(st.sampled_from(cards[first].branches))
    there = explain(cards[first], cards[then], branch)
    back = explain(cards[then], cards[first], branch)
    for node in cards[first].tree.nodes():
        parts, change = there.parts(node), there.change(node)
        if parts is None or change is None:
            assert there.refusal(node, "en")
            assert there.refusal(node, "zh") != there.refusal(node, "en")
            continue
        scores = [cards[key].node(node, branch).score for key in (first, then)]
        assert change == pytest.approx((scores[1] or 0) - (scores[0] or 0), abs=1e-9)
        assert sum(parts.values()) == pytest.approx(change, abs=1e-9)
        returned = back.parts(node)
        assert returned is not None
        assert [-v for v in returned.values()] == pytest.approx([*parts.values()], abs=1e-9)


@pytest.mark.parametrize(("first", "then"), [(0, 4), (2, 3), (3, 2), (4, 5)])
def test_movers_and_caps_add_up_to_the_change(
    cards: dict[str, ScoreCard], first: int, then: int
) -> None:
    for branch in cards[MONTHS[0]].branches[:6]:
        found = explain(cards[MONTHS[first]], cards[MONTHS[then]], branch)
        for node in (ROOT, "risk", "compliance", "regulatory"):
            change = found.change(node)
            if change is None:
                assert not found.movers(None, node)
                continue
            moved = sum(one.points for one in found.movers(None, node))
            capped = sum(one.points for one in found.caps(node))
            assert moved + capped == pytest.approx(change, abs=1e-9)
            terms = [(one.points, one.parts) for one in found.movers(None, node)]
            terms += [(one.points, one.parts) for one in found.caps(node)]
            for points, of_points in terms:
                assert sum(of_points.values()) == pytest.approx(points, abs=1e-9)


def test_a_cap_names_its_node_and_its_red_line(cards: dict[str, ScoreCard]) -> None:
    calm = cards["2026-10"]
    lines = [line.id for line in calm.inputs.red_lines]
    breached = calm.inputs.breached.copy()
    breached[:] = False
    before = rescored(calm, breached)
    leak = breached.copy()
    leak[0, lines.index("data_leak")] = True
    after = rescored(calm, leak)
    found = explain(before, after)
    parts = found.parts()
    assert parts is not None
    assert parts["red_line"] == pytest.approx(found.change(), abs=1e-9)
    assert {one.id for one in found.caps()} <= {ROOT, "compliance"}
    assert {line for one in found.caps() for line in one.lines} == {"data_leak"}
    assert sum(one.points for one in found.caps()) == pytest.approx(found.change(), abs=1e-9)


def rescored(card: ScoreCard, breached: Flags) -> ScoreCard:
    """The card with other red lines breached."""
    inputs = replace(card.inputs, breached=breached)
    return replace(card, inputs=inputs, scores=score(inputs))


def test_nothing_moves_between_a_card_and_itself(cards: dict[str, ScoreCard]) -> None:
    found = explain(cards["2026-10"], cards["2026-10"])
    assert found.change() == 0
    assert found.movers() == ()
    assert found.caps() == ()


def test_movers_come_largest_first_and_a_leaf_has_none(cards: dict[str, ScoreCard]) -> None:
    found = explain(cards["2026-09"], cards["2026-10"])
    points = [abs(one.points) for one in found.movers(7)]
    assert len(points) == 7
    assert points == sorted(points, reverse=True)
    assert found.movers(5, "mau") == ()
    assert found.caps("mau") == ()


def test_a_side_without_a_score_is_refused_in_words(
    demo: Opened, cards: dict[str, ScoreCard]
) -> None:
    early = demo.cards("2024-08")[0]
    assert early.node(ROOT).score is None
    found = explain(early, cards["2026-10"])
    assert (found.parts(), found.change()) == (None, None)
    assert found.refusal(ROOT, "en") == "no score before"
    assert found.refusal(ROOT, "zh") == "前期没有得分"
    assert found.movers() == ()


def test_a_branch_out_of_reach_is_not_explained(cards: dict[str, ScoreCard]) -> None:
    branch = cards["2026-10"].branches[-1]
    seen = replace(cards["2026-10"], rights=Rights(branch))
    assert explain(seen, seen, branch).change() == 0
    with pytest.raises(SliceError):
        explain(seen, seen).change()
    with pytest.raises(SliceError):
        explain(cards["2026-09"], seen, "").movers()


def test_cards_of_other_organisations_do_not_compare(cards: dict[str, ScoreCard]) -> None:
    card = cards["2026-10"]
    fewer = replace(card, scopes=replace(card.scopes, nodes=card.scopes.nodes[:-1]))
    with pytest.raises(ValueError, match="different branches"):
        explain(card, fewer)
    assert card.period == Period.parse("2026-10")
