"""Which weights and typed goals hold for a period: published ones, else the shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from data.period import Period
from data.state import State, WeightSet, baselines_in_force, weight_sets
from metrics.scorecard.build import Rules
from metrics.scorecard.goals import TypedGoal
from metrics.scorecard.publishing import weight_problems
from metrics.scorecard.scopes import Scopes
from metrics.tree.tree import ROOT, Tree
from metrics.values.evaluation import Setup
from metrics.weights.profile_file import SHIPPED, Profile, load_profiles
from metrics.weights.profiles import apply_profile
from metrics.weights.tree import WeightNode

BANK, BRANCHES = "balanced", "assessment"
PUBLISHED = "published"


class WeightsError(ValueError):
    """Weights that do not exist or cannot be worked out, with the reason."""


@dataclass(frozen=True, eq=False)
class Profiles:
    """The shipped strategy profiles, and the weights that they give a tree: each found once."""

    tree: Tree
    by_id: Mapping[str, Profile]
    _weights: dict[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Tree) -> Profiles:
        """All shipped profiles, as read from their file."""
        return cls(tree, shipped_profiles(tree))

    def weights(self, name: str) -> Mapping[str, float]:
        """Weights by node of a profile; raises WeightsError."""
        if name not in self._weights:
            self._weights[name] = _applied(self.tree, self.by_id, name)
        return self._weights[name]


def rules_in_force(
    setup: Setup,
    state: State,
    period: Period,
    *,
    weights: str | None = None,
    profiles: Profiles | None = None,
) -> Rules:
    """The rules at the end of ``period``; ``profiles`` of the tree, read here if not given.

    Without ``weights`` the bank is scored by the set in force, its branches by the assessment
    profile, as appraisal must put risk and compliance first. ``weights`` names one set for all:
    the number of a set, or a strategy profile.
    """
    scopes, tree = Scopes.of(setup.store), setup.tree
    profiles = profiles or Profiles.of(tree)
    if weights is not None:
        name, chosen = named_weights(tree, state, weights, profiles)
        of_branches, by_scope = name, {**_own(tree), **chosen}
    else:
        name, bank = weights_in_force(tree, state, period.last, BANK, profiles)
        of_branches, branches = weights_in_force(tree, state, period.last, BRANCHES, profiles)
        whole = [_is_whole(scopes, node) for node in scopes.nodes]
        by_scope = {
            node: np.where(whole, bank.get(node, own), branches.get(node, own))
            for node, own in _own(tree).items()
        }
    typed = typed_goals(state, period)
    return Rules(by_scope, name, typed, setup.minimum_coverage, setup.switched_off, of_branches)


def _own(tree: Tree) -> dict[str, npt.ArrayLike]:
    """The tree's own weights: what a set says nothing of keeps them."""
    return {node: tree.weight(node) for node in tree.nodes() if node != ROOT}


def _is_whole(scopes: Scopes, node: str) -> bool:
    """True for the bank and for a head office above all branches."""
    return not node or scopes.store.leaves[node] >= scopes.store.leaves[""] - {""}


def weights_in_force(
    tree: Tree, state: State, day: date, kind: str, profiles: Profiles | None = None
) -> tuple[str, Mapping[str, float]]:
    """(name, weights by node) of the newest published set of the kind, else of the profile."""
    sets = [
        one
        for one in weight_sets(state)
        if one.state == PUBLISHED
        and one.effective_from <= day
        and (one.profile == BRANCHES) == (kind == BRANCHES)
    ]
    if sets:
        newest = max(sets, key=lambda one: (one.effective_from, one.published_at, one.id))
        return str(newest.id), _by_node(tree, newest)
    return kind, (profiles or Profiles.of(tree)).weights(kind)


def named_weights(
    tree: Tree, state: State, weights: str, profiles: Profiles | None = None
) -> tuple[str, Mapping[str, float]]:
    """(name, weights by node) of the set with this number, else of the profile; WeightsError."""
    for one in weight_sets(state):
        if str(one.id) == weights:
            return weights, _by_node(tree, one)
    return weights, (profiles or Profiles.of(tree)).weights(weights)


def _by_node(tree: Tree, found: WeightSet) -> Mapping[str, float]:
    """A set's weights; WeightsError where the tree has changed so that they add up no more."""
    given = {node: weight for node, weight in found.by_node().items() if node != ROOT}
    own = {node: Decimal(repr(tree.weight(node))) for node in tree.nodes() if node != ROOT}
    problems = weight_problems(tree, own | given)
    if problems:
        raise WeightsError(
            f"weight set {found.id} does not fit the tree: {'; '.join(problems)}. "
            "Publish one that does, or name another"
        )
    return {node: float(weight) for node, weight in given.items()}


def profile_weights(tree: Tree, name: str) -> Mapping[str, float]:
    """Weights by node of a shipped strategy profile; raises WeightsError."""
    return Profiles.of(tree).weights(name)


def _applied(tree: Tree, profiles: Mapping[str, Profile], name: str) -> Mapping[str, float]:
    if name not in profiles:
        known = ", ".join(profiles)
        raise WeightsError(f"no weight set or profile {name!r}; profiles are {known}")
    found = apply_profile(weight_nodes(tree), profiles[name])
    if found.nodes is None:
        limits = "; ".join(found.conflicts) or found.reason
        raise WeightsError(f"profile {name!r} cannot be met: {limits}")
    return {node.id: node.weight for node in found.nodes if node.parent is not None}


def shipped_profiles(tree: Tree) -> Mapping[str, Profile]:
    """The shipped strategy profiles by id."""
    tags = {one.tag for one in tree.indicators.values()}
    return {one.id: one for one in load_profiles(SHIPPED, list(tree.perspectives), sorted(tags))}


def weight_nodes(tree: Tree) -> Iterable[WeightNode]:
    """The tree's own weights as the weighting methods take them."""
    return [
        WeightNode(
            node,
            tree.parent(node),
            tree.weight(node),
            tree.indicators[node].tag if node in tree.indicators else None,
        )
        for node in tree.nodes()
    ]


def typed_goals(state: State, period: Period) -> tuple[TypedGoal, ...]:
    """Goals typed for the years that the period lies in."""
    return tuple(
        TypedGoal(
            one.indicator,
            None if one.base is None else float(one.base),
            None if one.target is None else float(one.target),
            one.branch_id or "",
            one.module or "",
            year,
        )
        for year in range(period.first.year, period.last.year + 1)
        for one in baselines_in_force(state, period.last, year=year)
    )
