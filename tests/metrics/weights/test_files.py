"""Weight sets as files: the same back, and every problem with its place."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.configuration import ConfigurationError
from data.points.catalogue import load_catalogue
from data.state import WeightOrigin
from metrics.scorecard.publishing import weight_problems
from metrics.scorecard.rules import profile_weights, shipped_profiles
from metrics.tree import load_tree
from metrics.weights.exact import exact_percent, exact_set
from metrics.weights.files import read_weights, to_excel, to_yaml
from metrics.weights.judgements import matrix, pairs_of, read_pairs
from metrics.weights.judgements import written as step_text
from metrics.weights.methods import ahp

TREE = load_tree(None, load_catalogue().points)
OWN = exact_set(TREE, {})


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12).filter(lambda some: sum(some) > 1e-6))
def test_siblings_add_up_to_exactly_100_and_none_moves_by_more_than_rounding(
    weights: list[float],
) -> None:
    found = exact_percent({str(at): weight for at, weight in enumerate(weights)})
    assert sum(found.values()) == 100
    for at, weight in enumerate(weights):
        assert abs(float(found[str(at)]) - 100 * weight / sum(weights)) <= 1.0001e-4
        assert weight > 0 or found[str(at)] == 0


def test_weights_that_cannot_be_are_refused() -> None:
    for wrong in ({"a": 0.0}, {"a": -1.0, "b": 3.0}):
        with pytest.raises(ValueError, match="0 or more"):
            exact_percent(wrong)


@pytest.mark.parametrize("profile", shipped_profiles(TREE))
def test_a_profile_fits_the_tree_and_comes_back_from_both_kinds_of_files(profile: str) -> None:
    exact = exact_set(TREE, profile_weights(TREE, profile))
    assert weight_problems(TREE, exact) == ()
    assert read_weights(to_yaml(TREE, exact), "set.yaml", TREE).weights == exact
    assert read_weights(to_excel(TREE, exact), "set.xlsx", TREE).weights == exact


def test_what_a_yaml_file_says_besides_is_read() -> None:
    raw = to_yaml(TREE, OWN, name_zh="稳健", reason="plan")
    found = read_weights(raw, "set.yaml", TREE)
    assert (found.name_zh, found.name_en, found.reason) == ("稳健", None, "plan")


def problems(raw: bytes, file: str) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigurationError) as caught:
        read_weights(raw, file, TREE)
    return [(one.line, one.key) for one in caught.value.problems]


def test_all_problems_of_a_yaml_file_are_told_at_once_with_their_lines() -> None:
    text = to_yaml(TREE, OWN).decode()
    wrong = text.replace("\n  risk: ", "\n  rsk: ", 1).replace("  brand: 15.0", "  brand: 150", 1)
    lines = wrong.splitlines()
    expected = {
        (1, "risk"),
        (lines.index("  rsk: 20.0") + 1, "rsk"),
        (lines.index("  brand: 150") + 1, "brand"),
    }
    assert set(problems(wrong.encode(), "set.yaml")) == expected
    near = wrong.encode()
    with pytest.raises(ConfigurationError, match=r"set.yaml:\d+: rsk: .* did you mean risk\?"):
        read_weights(near, "set.yaml", TREE)


def test_children_that_do_not_add_up_are_told_at_the_first_of_them() -> None:
    text = to_yaml(TREE, OWN | {"risk": Decimal(30)}).decode()
    place = text.splitlines().index("  user_scale: 25.0") + 1
    assert problems(text.encode(), "set.yaml") == [(place, "total")]


def test_problems_of_a_sheet_name_its_rows() -> None:
    weights = {node: weight for node, weight in OWN.items() if node != "brand"}
    assert problems(to_excel(TREE, weights), "set.xlsx") == [(None, "brand")]
    assert problems(b"no workbook", "set.xlsx") == [(None, "")]


CHILDREN = TREE.children("total")
GRADED = {pair: 2 if pair[0] == CHILDREN[0] else 0 for pair in combinations(CHILDREN, 2)}


def judged_set(steps: dict[tuple[str, str], int]) -> tuple[dict[str, Decimal], WeightOrigin]:
    """A set whose uppermost weights follow from judgements in pairs, and the judgements."""
    found = ahp(matrix(CHILDREN, steps)).weights
    assert found is not None
    exact = OWN | exact_percent(dict(zip(CHILDREN, map(float, found), strict=True)))
    return exact, WeightOrigin("total", "ahp", {"pairs": pairs_of(CHILDREN, steps)})


@pytest.mark.parametrize("file", ["set.yaml", "set.xlsx"])
def test_judgements_in_pairs_come_back_with_their_weights(file: str) -> None:
    exact, judged = judged_set(GRADED)
    mixed = WeightOrigin(
        "business", "mix", {"judged": "hand", "measured": "critic", "form": "convex", "share": 0.4}
    )
    typed = WeightOrigin("risk", "hand", {})
    write = to_yaml if file.endswith("yaml") else to_excel
    found = read_weights(write(TREE, exact, (judged, mixed, typed)), file, TREE)
    assert found.weights == exact
    assert found.origins == (judged, mixed, typed)


@pytest.mark.parametrize("file", ["set.yaml", "set.xlsx"])
def test_weights_that_do_not_follow_from_their_judgements_are_refused(file: str) -> None:
    exact, judged = judged_set(GRADED)
    one, other = CHILDREN[:2]
    moved = exact | {one: exact[one] - 5, other: exact[other] + 5}
    write = to_yaml if file.endswith("yaml") else to_excel
    assert [key for _line, key in problems(write(TREE, moved, (judged,)), file)] == [
        "origins.total"
    ]


@pytest.mark.parametrize(
    "origin",
    [
        WeightOrigin("total", "ahp", {}),
        WeightOrigin("total", "ahp", {"pairs": [[*CHILDREN[:2], "3"]]}),
        WeightOrigin("total", "mix", {"pairs": [[*CHILDREN[:2], "12"]]}),
        WeightOrigin("mau", "hand", {}),
        WeightOrigin("nowhere", "hand", {}),
    ],
    ids=["none", "missing", "scale", "leaf", "unknown"],
)
def test_judgements_that_do_not_fit_the_tree_are_refused(origin: WeightOrigin) -> None:
    for write, file in ((to_yaml, "set.yaml"), (to_excel, "set.xlsx")):
        found = problems(write(TREE, OWN, (origin,)), file)
        assert [key for _line, key in found] == [f"origins.{origin.parent}"]


def test_judgements_that_contradict_each_other_are_refused() -> None:
    round_about = dict(GRADED) | {
        (CHILDREN[0], CHILDREN[1]): 8, (CHILDREN[1], CHILDREN[2]): 8, (CHILDREN[0], CHILDREN[2]): -8
    }  # fmt: skip
    origin = WeightOrigin("total", "ahp", {"pairs": pairs_of(CHILDREN, round_about)})
    assert problems(to_yaml(TREE, OWN, (origin,)), "set.yaml")[0][1] == "origins.total"


def test_an_origin_by_an_unknown_method_is_refused_in_a_sheet_too() -> None:
    origin = WeightOrigin("total", "guess", {})
    assert problems(to_excel(TREE, OWN, (origin,)), "set.xlsx") == [(None, "origins.total")]
    assert problems(to_yaml(TREE, OWN, (origin,)), "set.yaml")[0][1] == "origins[0].method"


@given(st.lists(st.integers(-8, 8), min_size=6, max_size=6), st.randoms())
def test_pairs_are_read_in_any_order_and_either_way(steps: list[int], chance: Random) -> None:
    children = ("a", "b", "c", "d")
    judged = dict(zip(combinations(children, 2), steps, strict=True))
    pairs = pairs_of(children, judged)
    turned = [
        [other, one, step_text(-judged[one, other])]
        if chance.random() < 0.5
        else [one, other, said]
        for one, other, said in pairs
    ]
    chance.shuffle(turned)
    assert read_pairs(children, turned) == judged
    assert read_pairs(children, turned[1:]) is None
    assert read_pairs(children, [*turned, turned[0]]) is None
