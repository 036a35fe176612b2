from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.weights.tree import (
    WeightNode,
    checked,
    children_of,
    effective_weights,
    leaves_of,
    path_of,
    reweighted,
    tree_problems,
)


def sums(nodes: tuple[WeightNode, ...]) -> list[float]:
    return [sum(node.weight for node in below) for below in children_of(nodes).values()]


def test_the_balanced_tree_has_its_counts(balanced: tuple[WeightNode, ...]) -> None:
    below = children_of(balanced)
    assert [node.id for node in below["total"]] == [
        "user_scale", "business", "risk", "brand", "compliance",
    ]  # fmt: skip
    assert [len(below[node.id]) for node in below["total"]] == [5, 5, 5, 5, 5]
    counted = [path_of(leaf, balanced)[0] for leaf in leaves_of(balanced)]
    assert [counted.count(node.id) for node in below["total"]] == [18, 18, 16, 14, 12]
    assert tree_problems(balanced) == ()


def test_effective_weights_of_leaves_add_up_to_the_total(balanced: tuple[WeightNode, ...]) -> None:
    shares = effective_weights(balanced)
    assert sum(shares[leaf.id] for leaf in leaves_of(balanced)) == pytest.approx(100, abs=1e-9)
    assert shares["mau"] == pytest.approx(25 * 0.3 * 0.3)


def test_the_same_shares_give_the_same_tree(balanced: tuple[WeightNode, ...]) -> None:
    again = reweighted(balanced, effective_weights(balanced))
    assert [node.weight for node in again] == pytest.approx([node.weight for node in balanced])


@given(st.lists(st.floats(0, 50), min_size=78, max_size=78))
def test_children_add_up_to_100_whatever_the_shares(
    balanced: tuple[WeightNode, ...], shares: list[float]
) -> None:
    ids = [leaf.id for leaf in leaves_of(balanced)]
    found = reweighted(balanced, dict(zip(ids, shares, strict=True)))
    assert sums(found) == pytest.approx([100] * 31, abs=1e-9)


def test_a_theme_without_shares_weighs_nothing_and_keeps_its_inside() -> None:
    tree = (
        WeightNode("total", None, 100),
        WeightNode("a", "total", 50),
        WeightNode("b", "total", 50),
        WeightNode("c", "b", 30),
        WeightNode("d", "b", 70),
    )
    found = reweighted(tree, {"a": 5.0, "c": 0.0, "d": 0.0})
    assert [node.weight for node in found] == [100, 100, 0, 30, 70]


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([("a", None, 100), ("b", None, 100)], "2 nodes have no parent"),
        ([("a", None, 100), ("b", "a", 50), ("b", "a", 50)], "'b' is there twice"),
        ([("a", None, 100), ("b", "x", 100)], "the parent 'x' of 'b' does not exist"),
        ([("a", None, 100), ("b", "a", 101)], "'b' weighs 101"),
        ([("a", None, 100), ("b", "a", float("nan"))], "'b' weighs nan"),
        ([("a", None, 100), ("b", "c", 100), ("c", "b", 100)], "'b' has no way to the root"),
        ([("a", None, 100), ("b", "a", 99)], "the children of 'a' weigh 99, not 100"),
    ],
)
def test_what_is_no_tree_is_named(nodes: list[tuple[str, str | None, float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        checked(WeightNode(*node) for node in nodes)


def test_all_problems_are_told_at_once() -> None:
    nodes = [WeightNode("a", None, 100), WeightNode("b", "x", 100), WeightNode("c", "a", -1)]
    assert len(tree_problems(nodes)) == 2
