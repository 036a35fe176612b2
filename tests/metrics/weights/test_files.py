"""Weight sets as files: the same back, and every problem with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.configuration import ConfigurationError
from data.points.catalogue import load_catalogue
from metrics.scorecard.publishing import weight_problems
from metrics.scorecard.rules import profile_weights, shipped_profiles
from metrics.tree import load_tree
from metrics.weights.exact import exact_percent, exact_set
from metrics.weights.files import read_weights, to_excel, to_yaml

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
