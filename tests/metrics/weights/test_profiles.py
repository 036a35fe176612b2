from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, minimize

from data.configuration import ConfigurationError
from metrics.weights.limits import KEPT, Limit, conflict, feasible, limits_of
from metrics.weights.profile_file import SHIPPED, Profile, load_profiles
from metrics.weights.profiles import apply_profile, closest
from metrics.weights.tree import (
    WeightNode,
    children_of,
    effective_weights,
    leaves_of,
    path_of,
    tree_problems,
)

VIEWS = ("user_scale", "business", "risk", "brand", "compliance")
TAGS = (
    "growth", "experience", "income", "credit_growth", "cost", "operations", "fraud",
    "credit_quality", "stability", "brand", "compliance",
)  # fmt: skip
PROFILES = {profile.id: profile for profile in load_profiles(SHIPPED, VIEWS, TAGS)}

Tree = tuple[WeightNode, ...]


def applied(tree: Tree, profile: Profile) -> Tree:
    found = apply_profile(tree, profile)
    assert found.nodes is not None, found.reason
    return found.nodes


def by_tag(tree: Tree, tag: str) -> float:
    shares = effective_weights(tree)
    return sum(shares[leaf.id] for leaf in leaves_of(tree) if leaf.tag == tag)


def views(tree: Tree) -> list[float]:
    shares = effective_weights(tree)
    return [shares[name] for name in VIEWS]


def test_the_shipped_profiles_are_those_of_the_specification() -> None:
    assert list(PROFILES) == [
        "balanced", "user_growth", "credit_expansion", "risk_tightening", "compliance_year",
        "brand_building", "assessment",
    ]  # fmt: skip
    assert PROFILES["assessment"].name_zh == "绩效考核"
    assert PROFILES["assessment"].default_for == ("branch", "team")


@pytest.mark.parametrize("name", list(PROFILES))
def test_every_node_of_a_shipped_profile_adds_up(balanced: Tree, name: str) -> None:
    found = applied(balanced, PROFILES[name])
    for below in children_of(found).values():
        assert sum(node.weight for node in below) == pytest.approx(100, abs=1e-9)
    assert tree_problems(found) == ()
    assert [(node.id, node.parent, node.tag) for node in found] == [
        (node.id, node.parent, node.tag) for node in balanced
    ]


def test_balanced_is_the_tree_itself(balanced: Tree) -> None:
    assert applied(balanced, PROFILES["balanced"]) == balanced


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("user_growth", [35, 25, 18, 12, 10]),
        ("assessment", [15, 20, 30, 10, 25]),
        ("risk_tightening", [25 * 50 / 70, 30 * 50 / 70, 35, 15 * 50 / 70, 15]),
        ("compliance_year", [25 * 75 / 90, 30 * 75 / 90, 20 * 75 / 90, 15 * 75 / 90, 25]),
        ("brand_building", [25 * 72 / 85, 30 * 72 / 85, 20 * 72 / 85, 28, 10 * 72 / 85]),
    ],
)
def test_perspectives_of_the_shipped_profiles(
    balanced: Tree, name: str, expected: list[float]
) -> None:
    found = applied(balanced, PROFILES[name])
    assert views(found) == pytest.approx(expected, abs=1e-9)
    inside = {node.id: node.weight for node in balanced if node.parent != "total"}
    for node in found:
        if node.id in inside:
            assert node.weight == pytest.approx(inside[node.id], abs=1e-9)


def test_credit_expansion_keeps_its_shares_floors_and_cap(balanced: Tree) -> None:
    found = applied(balanced, PROFILES["credit_expansion"])
    shares = effective_weights(found)
    assert by_tag(found, "credit_growth") == pytest.approx(17.5, abs=1e-9)
    assert by_tag(found, "credit_quality") == pytest.approx(17.5, abs=1e-9)
    assert shares["risk"] >= 20 - 1e-9
    assert shares["compliance"] == pytest.approx(10, abs=1e-9)  # 10 of 92 would leave 7.1
    assert max(shares[leaf.id] for leaf in leaves_of(found)) <= 12 + 1e-9
    assert shares["lum"] == pytest.approx(10.5, abs=1e-9)
    assert shares["npl_ratio"] == pytest.approx(8.75, abs=1e-9)
    assert shares["mau"] / shares["nps"] == pytest.approx(2.25 / 2.1)


def test_a_tight_cap_hands_the_rest_to_the_siblings_of_the_tag(balanced: Tree) -> None:
    capped = Profile("x", "", "", tags=(("credit_growth", 17.5),), leaf_cap=9.0)
    shares = effective_weights(applied(balanced, capped))
    assert shares["lum"] == pytest.approx(9, abs=1e-9)
    assert shares["credit_conversion"] == pytest.approx(8.5, abs=1e-9)


@given(st.permutations(range(109)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_nodes_does_not_matter(balanced: Tree, order: list[int]) -> None:
    profile = PROFILES["credit_expansion"]
    base = {node.id: node.weight for node in applied(balanced, profile)}
    found = applied(tuple(balanced[at] for at in order), profile)
    assert {node.id: node.weight for node in found} == pytest.approx(base, abs=1e-8)


def test_a_profile_twice_is_the_profile_once(balanced: Tree) -> None:
    once = applied(balanced, PROFILES["credit_expansion"])
    again = applied(once, PROFILES["credit_expansion"])
    assert [n.weight for n in again] == pytest.approx([n.weight for n in once], abs=1e-8)


def test_it_is_the_closest_of_all_assignments(balanced: Tree) -> None:
    """An independent optimiser finds nothing closer by relative entropy."""
    today = np.array([30.0, 25.0, 20.0, 15.0, 10.0])
    limits = [
        Limit("ab", "share", (0, 1), 40.0),
        Limit("bc >= 55", "floor", (1, 2), 55.0),
        Limit("cap", "cap", (0, 1, 2, 3, 4), 33.0),
    ]
    found = closest(today, limits)
    assert found is not None

    def distance(x: npt.NDArray[np.float64]) -> float:
        return float((x * np.log(x / today)).sum())

    fixed = np.array([[1.0, 1, 0, 0, 0], [1, 1, 1, 1, 1]])
    best = minimize(
        distance,
        np.full(5, 20.0),
        bounds=Bounds(np.full(5, 1e-6), np.full(5, 33.0)),
        constraints=[
            LinearConstraint(fixed, np.array([40.0, 100]), np.array([40.0, 100])),
            LinearConstraint(np.array([[0.0, 1, 1, 0, 0]]), np.array([55.0]), np.array([np.inf])),
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found == pytest.approx(best.x, abs=1e-4)


shares_of_views = st.dictionaries(st.sampled_from(VIEWS), st.floats(1, 70), max_size=5)
shares_of_tags = st.dictionaries(st.sampled_from(TAGS), st.floats(1, 50), max_size=3)


@given(
    shares=shares_of_views,
    tags=shares_of_tags,
    floors=shares_of_views,
    cap=st.none() | st.floats(0.5, 40),
)
@settings(max_examples=60, deadline=None)
def test_any_profile_is_kept_exactly_or_refused_with_its_limits(
    balanced: Tree,
    shares: dict[str, float],
    tags: dict[str, float],
    floors: dict[str, float],
    cap: float | None,
) -> None:
    profile = Profile(
        "x", "", "", (), tuple(shares.items()), tuple(tags.items()), tuple(floors.items()), cap
    )
    found = apply_profile(balanced, profile)
    if found.nodes is None:
        assert found.conflicts
        names = {limit.name for limit in limits_of(profile, balanced)}
        assert set(found.conflicts) <= names
        return
    effective = effective_weights(found.nodes)
    for name, share in shares.items():
        assert effective[name] == pytest.approx(share, abs=1e-8)
    for tag, share in tags.items():
        assert by_tag(found.nodes, tag) == pytest.approx(share, abs=1e-8)
    for name, floor in floors.items():
        assert effective[name] >= floor - 1e-8
    leaves = [effective[leaf.id] for leaf in leaves_of(found.nodes)]
    assert max(leaves) <= (cap or 100) + 1e-8
    for below in children_of(found.nodes).values():
        assert sum(node.weight for node in below) == pytest.approx(100, abs=1e-9)


def test_clashing_limits_are_named_and_no_others(balanced: Tree) -> None:
    profile = Profile(
        "x", "", "",
        perspectives=(("user_scale", 50.0), ("brand", 5.0)),
        floors=(("risk", 40.0), ("compliance", 15.0)),
    )  # fmt: skip
    found = apply_profile(balanced, profile)
    assert found.nodes is None
    assert found.conflicts == (
        "perspective user_scale = 50",
        "perspective risk >= 40",
        "perspective compliance >= 15",
    )
    assert "risk >= 40" in str(found.reason)


@pytest.mark.parametrize(
    ("profile", "clash"),
    [
        (Profile("x", "", "", leaf_cap=1.0), ("every indicator <= 1",)),
        (
            Profile("x", "", "", tags=(("credit_growth", 25.0),), leaf_cap=12.0),
            ("tag credit_growth = 25", "every indicator <= 12"),
        ),
        (
            Profile("x", "", "", perspectives=(("risk", 10.0),), floors=(("risk", 20.0),)),
            ("perspective risk = 10", "perspective risk >= 20"),
        ),
        (
            Profile("x", "", "", perspectives=(("risk", 20.0),), tags=(("fraud", 30.0),)),
            ("perspective risk = 20", "tag fraud = 30"),
        ),
        (Profile("x", "", "", perspectives=(("risk", 100.0),)), ("perspective risk = 100",)),
        (Profile("x", "", "", floors=(("risk", 99.9),)), ("perspective risk >= 99.9",)),
    ],
)
def test_each_kind_of_clash(balanced: Tree, profile: Profile, clash: tuple[str, ...]) -> None:
    assert apply_profile(balanced, profile).conflicts == clash


@given(st.lists(st.floats(5, 60), min_size=4, max_size=4), st.floats(5, 60))
@settings(max_examples=40, deadline=None)
def test_a_named_conflict_is_minimal(percents: list[float], cap: float) -> None:
    shares = np.full(4, 25.0)
    limits = [Limit(f"l{at}", "floor", (at, (at + 1) % 4), p) for at, p in enumerate(percents)]
    limits += [Limit("cap", "cap", (0, 1, 2, 3), cap), Limit("s", "share", (0,), percents[0])]
    named = conflict(limits, shares)
    assert bool(named) is not feasible(limits, shares)
    clash = [limit for limit in limits if limit.name in named]
    if clash:
        assert not feasible(clash, shares)
        for fewer in combinations(clash, len(clash) - 1):
            assert feasible(fewer, shares)


def test_a_leaf_without_weight_stays_without(balanced: Tree) -> None:
    tree = tuple(
        WeightNode(
            n.id, n.parent, {"advisory_share": 0.0, "fee_income": 60.0}.get(n.id, n.weight), n.tag
        )
        for n in balanced
    )
    shares = effective_weights(applied(tree, PROFILES["user_growth"]))
    assert shares["advisory_share"] == 0
    assert shares["business"] == pytest.approx(25, abs=1e-9)


def test_no_leaf_loses_all_its_weight(balanced: Tree) -> None:
    found = applied(balanced, Profile("x", "", "", perspectives=(("risk", 95.0),)))
    before, after = effective_weights(balanced), effective_weights(found)
    kept = [after[leaf.id] / before[leaf.id] for leaf in leaves_of(balanced)]
    assert min(kept) > KEPT


def test_names_that_the_tree_lacks_are_refused(balanced: Tree) -> None:
    profile = Profile("x", "", "", floors=(("risks", 20.0),), tags=(("fame", 5.0),))
    assert apply_profile(balanced, profile).reason == (
        "the tree has no perspective risks, no tag fame"
    )


def test_nodes_that_are_no_tree_are_an_error(balanced: Tree) -> None:
    with pytest.raises(ValueError, match="weigh"):
        apply_profile(balanced[:-1], PROFILES["balanced"])


def test_every_problem_of_a_file_is_located(tmp_path: Path) -> None:
    path = tmp_path / "profiles.yaml"
    path.write_text(
        "profiles:\n"
        "  - id: one\n"
        "    name: {zh: 一, en: One}\n"
        "    default_for: [bank]\n"
        "    perspectives: {risks: 30}\n"
        "    tags: {fraudd: 5}\n"
        "  - id: one\n"
        "    name: {zh: 二, en: Two}\n"
        "    default_for: [bank]\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_profiles(path, VIEWS, TAGS)
    found = [(problem.line, problem.nearest) for problem in caught.value.problems]
    assert found == [(5, "risk"), (6, "fraud"), (7, None), (9, None)]
    assert caught.value.problems[0].key == "profiles[0].perspectives.risks"


@pytest.mark.parametrize(
    "line", ["leaf_cap: 0", "leaf_cap: 120", "floor: {risk: 3}", "tags: {a: x}"]
)
def test_values_out_of_range_are_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "profiles.yaml"
    text = f"profiles:\n  - id: one\n    name: {{zh: 一, en: One}}\n    {line}\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_profiles(path, VIEWS, TAGS)
    assert caught.value.problems[0].line == 4


def test_a_file_without_profiles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profiles.yaml"
    path.write_text("profiles: []\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="at least one profile"):
        load_profiles(path, VIEWS, TAGS)


def test_perspectives_of_the_fixture_are_those_of_the_profiles(balanced: Tree) -> None:
    assert {path_of(leaf, balanced)[0] for leaf in leaves_of(balanced)} == set(VIEWS)
    assert {leaf.tag for leaf in leaves_of(balanced)} == set(TAGS)
