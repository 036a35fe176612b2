"""A profile's limits on the leaves' shares: can they be met together, and if not, which clash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from metrics.weights.profile_file import Profile
from metrics.weights.tree import WeightNode, leaves_of, path_of

Floats = npt.NDArray[np.float64]

KEPT = 1e-2
"""Limits that would leave a leaf less than this part of its weight clash: a profile shifts
weights, it switches nothing off."""


@dataclass(frozen=True)
class Limit:
    """A sum over leaves (places in the tree) that is fixed or floored, or a cap of each leaf."""

    name: str
    kind: Literal["share", "floor", "cap"]
    leaves: tuple[int, ...]
    percent: float


def limits_of(profile: Profile, nodes: Sequence[WeightNode]) -> tuple[Limit, ...]:
    """The profile's limits on this tree, in the order written.

    >>> tree = [WeightNode("total", None, 100), WeightNode("a", "total", 100, "growth")]
    >>> limits_of(Profile("x", "", "", tags=(("growth", 100.0),)), tree)[0].name
    'tag growth = 100'
    """
    leaves = leaves_of(nodes)
    view = [path_of(leaf, nodes)[0] for leaf in leaves]
    tags = [leaf.tag for leaf in leaves]

    def where(values: Sequence[str | None], wanted: str) -> tuple[int, ...]:
        return tuple(at for at, value in enumerate(values) if value == wanted)

    limits = [
        *(
            Limit(f"perspective {n} = {p:g}", "share", where(view, n), p)
            for n, p in profile.perspectives
        ),
        *(Limit(f"tag {n} = {p:g}", "share", where(tags, n), p) for n, p in profile.tags),
        *(
            Limit(f"perspective {n} >= {p:g}", "floor", where(view, n), p)
            for n, p in profile.floors
        ),
    ]
    if profile.leaf_cap is not None:
        every = tuple(range(len(leaves)))
        cap = profile.leaf_cap
        limits.append(Limit(f"every indicator <= {cap:g}", "cap", every, cap))
    return tuple(limits)


def conflict(limits: Sequence[Limit], shares: Floats) -> tuple[str, ...]:
    """Names of limits that cannot hold together while all shares add up to 100; () if all can.

    The set is minimal: without any one of them the others can be met (deletion filter, Chinneck
    and Dravnieks 1991, ORSA Journal on Computing 3(2)). ``shares`` are today's, per cent.

    >>> a, b = Limit("a = 70", "share", (0,), 70), Limit("b >= 40", "floor", (1,), 40)
    >>> conflict([a, b, Limit("b >= 5", "floor", (1,), 5)], np.array([50.0, 50.0]))
    ('a = 70', 'b >= 40')
    """
    if feasible(limits, shares):
        return ()
    kept = list(limits)
    for limit in limits:
        without = [other for other in kept if other is not limit]
        if not feasible(without, shares):
            kept = without
    return tuple(limit.name for limit in kept)


def feasible(limits: Sequence[Limit], shares: Floats) -> bool:
    """Whether shares exist that add up to 100 and keep every limit (a linear programme)."""
    n = len(shares)
    equal, equal_to = [np.ones(n)], [100.0]
    below, below_to = [np.zeros(n)], [0.0]
    high = np.where(shares > 0, 100.0, 0.0)
    for limit in limits:
        row = np.zeros(n)
        row[list(limit.leaves)] = 1.0
        if limit.kind == "share":
            equal.append(row)
            equal_to.append(limit.percent)
        elif limit.kind == "floor":
            below.append(-row)
            below_to.append(-limit.percent)
        else:
            high = np.minimum(high, np.where(row > 0, limit.percent, high))
    low = KEPT * shares
    if (low > high).any():
        return False
    found = linprog(
        np.zeros(n),
        A_ub=np.array(below),
        b_ub=below_to,
        A_eq=np.array(equal),
        b_eq=equal_to,
        bounds=list(zip(low.tolist(), high.tolist(), strict=True)),
        method="highs",
    )
    if found.status not in (0, 2):
        raise ArithmeticError(f"feasibility was not decided: {found.message}")
    return bool(found.status == 0)
