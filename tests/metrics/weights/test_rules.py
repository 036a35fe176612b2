from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.weights.rules import MissRule, propose_moves
from metrics.weights.tree import WeightNode, children_of, leaves_of, path_of

Tree = tuple[WeightNode, ...]
RULE = MissRule(periods=3, points=6.0)


def weights(tree: Tree | None) -> dict[str, float]:
    assert tree is not None
    return {node.id: node.weight for node in tree}


def test_siblings_give_in_proportion(balanced: Tree) -> None:
    found = propose_moves(balanced, {"mau": 3}, RULE)
    new = weights(found.nodes)
    assert new["mau"] == pytest.approx(36)
    givers = dict(found.moves[0].given_by)
    expected = {"new_users": 20, "dau": 20, "dau_share": 20, "registered_users": 10}
    assert givers == pytest.approx({name: 6 * w / 70 for name, w in expected.items()})
    assert found.moves[0].reason.startswith("mau missed its path 3 times: +6.00 (")
    assert found.reason == found.moves[0].reason
    untouched = [n for n in balanced if n.parent != "core_users"]
    assert all(new[node.id] == node.weight for node in untouched)


def test_a_proposal_leaves_the_tree_alone(balanced: Tree) -> None:
    before = weights(balanced)
    propose_moves(balanced, {"mau": 9}, RULE)
    assert weights(balanced) == before


def test_fewer_periods_than_stated_move_nothing(balanced: Tree) -> None:
    found = propose_moves(balanced, {"mau": 2}, RULE)
    assert found.nodes is None
    assert found.reason == "nothing missed its path 3 times in a row"


def test_siblings_that_miss_too_do_not_give(balanced: Tree) -> None:
    found = propose_moves(balanced, {"mau": 4, "dau": 3}, RULE)
    new = weights(found.nodes)
    assert new["mau"] == pytest.approx(36)
    assert new["dau"] == pytest.approx(26)
    assert new["new_users"] + new["dau_share"] + new["registered_users"] == pytest.approx(38)


def test_when_all_siblings_miss_the_reason_says_so(balanced: Tree) -> None:
    found = propose_moves(
        balanced, {"npl_ratio": 3, "overdue_30d": 3, "first_payment_default": 3}, RULE
    )
    assert found.nodes is None
    assert {name for name, _ in found.declined} == {
        "npl_ratio", "overdue_30d", "first_payment_default",
    }  # fmt: skip
    assert all("no sibling may give" in words for _, words in found.declined)


def test_growth_takes_nothing_from_risk_or_compliance(balanced: Tree) -> None:
    new = weights(propose_moves(balanced, {"user_scale": 3}, RULE).nodes)
    assert new["user_scale"] == pytest.approx(31)
    assert (new["risk"], new["compliance"]) == (20, 10)
    assert (new["business"], new["brand"]) == pytest.approx((26, 13))


def test_risk_may_take_from_growth(balanced: Tree) -> None:
    new = weights(propose_moves(balanced, {"risk": 3}, RULE).nodes)
    assert new["risk"] == pytest.approx(26)
    assert new["user_scale"] == pytest.approx(25 - 6 * 25 / 80)


def test_a_protected_tag_protects_outside_its_perspective() -> None:
    tree = (
        WeightNode("total", None, 100),
        WeightNode("business", "total", 100),
        WeightNode("lum", "business", 50, "credit_growth"),
        WeightNode("npl", "business", 50, "credit_quality"),
    )
    refused = propose_moves(tree, {"lum": 3}, RULE)
    assert refused.nodes is None
    assert refused.declined[0][0] == "lum"
    assert weights(propose_moves(tree, {"npl": 3}, RULE).nodes)["npl"] == pytest.approx(56)


def test_a_growing_indicator_inside_risk_takes_nothing_there_either() -> None:
    tree = (
        WeightNode("total", None, 100),
        WeightNode("risk", "total", 60),
        WeightNode("brand", "total", 40),
        WeightNode("one", "risk", 50, "growth"),
        WeightNode("two", "risk", 50, "fraud"),
    )
    rule = MissRule(periods=1, perspectives=("risk",), tags=("fraud",))
    found = propose_moves(tree, {"one": 1}, rule)
    assert found.nodes is None


def test_bounds_stop_givers_and_gainers() -> None:
    tree = (
        WeightNode("total", None, 100),
        WeightNode("a", "total", 57),
        WeightNode("b", "total", 6),
        WeightNode("c", "total", 37),
    )
    most = propose_moves(tree, {"a": 3}, MissRule(points=20, least=5, most=60))
    assert weights(most.nodes)["a"] == pytest.approx(60)
    deep = propose_moves(tree, {"a": 3}, MissRule(points=40, least=5, most=100))
    assert list(weights(deep.nodes).values()) == pytest.approx([100, 90, 5, 5])
    full = propose_moves(tree, {"a": 3}, MissRule(points=5, most=50))
    assert full.nodes is None
    assert "the most is 50" in full.declined[0][1]
    empty = propose_moves(tree, {"b": 3}, MissRule(points=5, least=60, most=90))
    assert "at their least weight" in empty.declined[0][1]


@given(st.data())
def test_every_proposal_adds_up_and_keeps_its_bounds(balanced: Tree, data: st.DataObject) -> None:
    ids = [node.id for node in balanced]
    missed = data.draw(st.dictionaries(st.sampled_from(ids), st.integers(0, 6), max_size=25))
    least = data.draw(st.floats(0, 20))
    rule = MissRule(3, data.draw(st.floats(0.1, 60)), least, data.draw(st.floats(least, 100)))
    found = propose_moves(balanced, missed, rule)
    late = {name for name, times in missed.items() if times >= 3}
    assert late == {move.node for move in found.moves} | {name for name, _ in found.declined}
    if found.nodes is None:
        return
    for below in children_of(found.nodes).values():
        assert sum(node.weight for node in below) == pytest.approx(100, abs=1e-9)
    old = weights(balanced)
    for node in found.nodes:
        change = node.weight - old[node.id]
        assert change <= rule.points + 1e-9
        assert change >= -1e-9 or node.weight >= least - 1e-9
        assert change <= 1e-9 or node.weight <= rule.most + 1e-9
    safe = protected(balanced, rule)
    growth = [move for move in found.moves if move.node not in safe]
    assert not safe & {giver for move in growth for giver, _ in move.given_by}


def protected(tree: Tree, rule: MissRule) -> set[str]:
    return {
        node.id
        for node in tree
        if node.tag in rule.tags or (node.parent and path_of(node, tree)[0] in rule.perspectives)
    }


@given(st.permutations(range(109)))
def test_the_order_of_the_nodes_does_not_matter(balanced: Tree, order: list[int]) -> None:
    missed = {"mau": 3, "dau": 5, "risk": 3, "brand": 4, "nps": 9}
    base = weights(propose_moves(balanced, missed, RULE).nodes)
    found = weights(propose_moves(tuple(balanced[at] for at in order), missed, RULE).nodes)
    assert found == pytest.approx(base, abs=1e-9)


def test_unknown_indicators_are_an_error(balanced: Tree) -> None:
    with pytest.raises(ValueError, match="not in the tree: moo"):
        propose_moves(balanced, {"moo": 3}, RULE)


def test_bounds_that_make_no_sense_are_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"periods is 0.*points is 0.*least 9.*most 5"):
        MissRule(periods=0, points=0, least=9, most=5)


def test_leaves_keep_their_tags(balanced: Tree) -> None:
    found = propose_moves(balanced, {"mau": 3}, RULE).nodes
    assert found is not None
    assert [leaf.tag for leaf in leaves_of(found)] == [leaf.tag for leaf in leaves_of(balanced)]
