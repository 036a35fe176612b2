"""What is picked for the reader's first look, by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from data.points.catalogue import load_catalogue
from metrics.scorecard import Mover, NodeResult
from metrics.tree import load_tree
from metrics.values.reasons import Reason
from ui.findings import difference, goodness, missing, off_target, verdict
from ui.node import children_words
from ui.node_tabs import branch_words
from ui.sentences import mover_words
from words.i18n import speak
from words.numbers import score


def leaf(name: str, score: float | None, weight: float, reason: Reason | None = None) -> NodeResult:
    return NodeResult(
        name, 3, "", None, "%", None, None, score, score, 100.0, 10.0, weight, None, reason, 0, 0
    )


def test_what_costs_most_comes_first() -> None:
    leaves = [leaf("far", 0.0, 0.5), leaf("heavy", 50.0, 4.0), leaf("fine", 60.0, 9.0)]
    found = off_target(leaves)
    assert [(one.node.id, one.lost) for one in found] == [("heavy", 0.4), ("far", 0.3)]
    assert off_target(leaves, most=1) == found[:1]


def test_what_is_missing_is_grouped_by_its_reason() -> None:
    table, target = Reason("needs_table", "loan_month"), Reason("no_target")
    leaves = [
        leaf("npl", None, 2.5, table), leaf("lum", None, 1.8, table),
        leaf("fees", None, 5.0, target), leaf("mau", 80.0, 2.0),
    ]  # fmt: skip
    found = missing(leaves)
    assert [(one.reason, one.nodes) for one in found] == [
        (target, ("fees",)),
        (table, ("npl", "lum")),
    ]
    assert [one.weight for one in found] == pytest.approx([5.0, 4.3])


def test_a_verdict_names_what_pulls_most() -> None:
    found = verdict([leaf("a", 59.9, 1.0), leaf("b", 70.0, 3.0), leaf("c", None, 9.0)])
    assert (found.scored, found.below) == (2, 1)
    assert found.worst is not None
    assert found.worst.id == "b"
    assert verdict([leaf("c", None, 9.0)]).worst is None


@pytest.mark.parametrize(
    ("change", "better", "expected"),
    [(1.0, "up", 1), (1.0, "down", -1), (-1.0, "down", 1), (-1.0, "up", -1), (0.04, "up", 0),
     (3.0, "band", 0), (None, "up", 0)],
)  # fmt: skip
def test_colour_means_good_or_bad_for_the_business(
    change: float | None, better: str, expected: int
) -> None:
    assert goodness(change, better) == expected


def test_a_difference_needs_both_sides() -> None:
    assert difference(3.0, 1.0) == 2.0
    assert difference(None, 1.0) is None
    assert difference(1.0, None) is None


def test_equal_scores_below_a_node_are_told_apart_by_their_values() -> None:
    speak("en")
    tree = load_tree(None, load_catalogue().points)

    def below(module: str, score: float, value: float) -> Any:
        return SimpleNamespace(id=f"fraud_rate@{module}", score=score, value=value)

    alike = [below("transfer", 0.0, 2.9), below("qr_payment", 0.0, 23.93)]
    told = children_words(tree, alike)
    assert told.startswith("All score 0.0; QR payment is furthest off with 23.93")
    assert "Transfer has 2.9" in told
    assert children_words(tree, alike[:1]) == "Transfer scores 0.0"
    apart = children_words(tree, [below("transfer", 80.0, 9.0), alike[1]])
    assert apart == "Transfer is strongest (80.0), QR payment weakest (0.0)"


def test_branches_that_are_equal_are_counted() -> None:
    names = ["North", "South", "East", "West"]
    assert branch_words(names, [9.0, 1.0, 0.0, 0.0], score) == (
        "North is best with 9.0, 2 are last with 0.0"
    )
    assert branch_words(names, [9.0, 9.0, 1.0, 0.0], score) == (
        "2 lead with 9.0, West last with 0.0"
    )
    assert branch_words(names, [0.0, 0.0, 0.0, 0.0], score) == "All have 0.0"
    assert branch_words(["North"], [9.0], score) == "North is best with 9.0"


def test_where_the_value_stayed_the_target_is_what_moved() -> None:
    sides = {"before": (39.0, 52.0), "after": (39.0, 45.0)}
    why: Any = SimpleNamespace(
        **{
            side: SimpleNamespace(
                node=lambda *_about, told=told: SimpleNamespace(value=told[0], target=told[1])
            )
            for side, told in sides.items()
        }
    )
    speak("en")
    tree = load_tree(None, load_catalogue().points)
    told = mover_words(tree, Mover("new_users", 0.48, {}), why, "")
    assert told == "+0.48 New users: 39 users, target 52 users → 45 users"
