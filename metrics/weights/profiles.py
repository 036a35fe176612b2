"""Strategy profiles: the shares a profile asks for, the rest in proportion, every level again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.weights.limits import Limit, conflict, limits_of
from metrics.weights.profile_file import Profile
from metrics.weights.tree import (
    WeightNode,
    checked,
    children_of,
    effective_weights,
    leaves_of,
    reweighted,
)

Floats = npt.NDArray[np.float64]

BESIDES = "cannot be met while the total is 100 and no indicator loses all its weight"

EXACT = 1e-11
ROUNDS = 20_000


@dataclass(frozen=True)
class Profiled:
    """The tree under a profile, or None with the reason and the limits that clash."""

    nodes: tuple[WeightNode, ...] | None
    conflicts: tuple[str, ...] = ()
    reason: str | None = None


def apply_profile(nodes: Iterable[WeightNode], profile: Profile) -> Profiled:
    """The tree with the profile's shares, floors and cap kept exactly.

    All other leaves keep their proportions: of all assignments that keep the limits this is the
    closest to today's by relative entropy, so any two leaves that no limit tells apart keep their
    ratio. A profile without limits returns the tree as it is. ValueError if the nodes are no tree.
    Source: Csiszar (1975), I-divergence geometry, Annals of Probability 3(1).

    >>> tree = [WeightNode("total", None, 100), WeightNode("a", "total", 50),
    ...     WeightNode("b", "total", 30), WeightNode("c", "total", 20)]
    >>> found = apply_profile(tree, Profile("more_a", "", "", perspectives=(("a", 60.0),)))
    >>> [round(node.weight, 9) for node in found.nodes]
    [100, 60.0, 24.0, 16.0]
    >>> apply_profile(tree, Profile("x", "", "", floors=(("a", 90.0), ("b", 20.0)))).conflicts
    ('perspective a >= 90', 'perspective b >= 20')
    """
    tree = checked(nodes)
    limits = limits_of(profile, tree)
    if not limits:
        return Profiled(tree)
    unknown = _unknown(profile, tree)
    if unknown:
        return Profiled(None, reason=f"the tree has no {', no '.join(unknown)}")
    leaves = leaves_of(tree)
    effective = effective_weights(tree)
    today = np.array([effective[leaf.id] for leaf in leaves])
    clash = conflict(limits, today)
    if clash:
        return Profiled(None, clash, f"{BESIDES}: {'; '.join(clash)}")
    shares = closest(today, limits)
    if shares is None:
        names = tuple(limit.name for limit in limits)
        return Profiled(None, names, f"hardly any room is left between: {'; '.join(names)}")
    found = {leaf.id: float(share) for leaf, share in zip(leaves, shares, strict=True)}
    return Profiled(reweighted(tree, found))


def _unknown(profile: Profile, tree: Sequence[WeightNode]) -> list[str]:
    root = next(node.id for node in tree if node.parent is None)
    views = {node.id for node in children_of(tree)[root]} if len(tree) > 1 else set()
    tags = {leaf.tag for leaf in leaves_of(tree)}
    named = [name for name, _ in (*profile.perspectives, *profile.floors)]
    return [f"perspective {name}" for name in named if name not in views] + [
        f"tag {name}" for name, _ in profile.tags if name not in tags
    ]


def closest(today: Floats, limits: Sequence[Limit]) -> Floats | None:
    """The shares closest to ``today`` (relative entropy) that keep the limits and add up to 100.

    Multiplies each limit's leaves in turn; a floor's factor never falls below 1, a cap's never
    rises above it, so what a later limit made needless is given back. None if the limits leave
    so little room that this does not settle. Source: Dykstra's algorithm with Bregman
    projections, Censor and Reich (1998), Optimization 44.

    >>> cap = Limit("every indicator <= 40", "cap", (0, 1, 2), 40.0)
    >>> closest(np.array([60.0, 30.0, 10.0]), [cap]).round(6).tolist()
    [40.0, 40.0, 20.0]
    """
    total = Limit("total = 100", "share", tuple(range(len(today))), 100.0)
    steps = [(limit, np.array(limit.leaves, dtype=int)) for limit in (*limits, total)]
    factors = [np.ones(len(places) if limit.kind == "cap" else 1) for limit, places in steps]
    shares = today.astype(float)
    for _ in range(ROUNDS):
        before = shares.copy()
        for at, (limit, places) in enumerate(steps):
            bare = shares[places] / factors[at]
            factors[at] = _factor(limit, bare)
            shares[places] = bare * factors[at]
        if np.abs(shares - before).max() < EXACT and _broken_by(steps, shares) < EXACT:
            return shares
    return None


def _factor(limit: Limit, bare: Floats) -> Floats:
    if limit.kind == "cap":
        return np.minimum(1.0, limit.percent / np.maximum(bare, limit.percent * 1e-9))
    factor = limit.percent / bare.sum()
    return np.array([max(1.0, factor) if limit.kind == "floor" else factor])


def _broken_by(steps: Sequence[tuple[Limit, npt.NDArray[np.int_]]], shares: Floats) -> float:
    worst = 0.0
    for limit, places in steps:
        part = shares[places]
        gap = {
            "share": abs(part.sum() - limit.percent),
            "floor": limit.percent - part.sum(),
            "cap": part.max(initial=0.0) - limit.percent,
        }[limit.kind]
        worst = max(worst, float(gap))
    return worst
