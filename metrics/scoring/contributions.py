"""Which children or leaves moved a node: each one's part in every factor of the change.

In every coalition a node's score is the sum over its children of share x score, plus what the
node's own red line takes away. Shapley averages are linear in the coalitions' outcomes, so the
average of each term is that term's contribution and the terms add up to the node's split, caps
and coverage included. Scores are counted from the middle of the node's two uncapped means, so
that weight moved from a weak child to a strong one shows as a gain and not as two large opposite
numbers; shares add up to 1 in every coalition, so the middle drops out of the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.scoring.arrays import Flags, Floats
from metrics.scoring.score_tree import ScoreTree
from metrics.scoring.shapley import shapley
from metrics.scoring.split import Refusal, Split


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contributions to the change of ``node``, in points of its score.

    ``parts`` is (S, len(sources), 5) and ``cap_parts`` (S, len(caps), 5), both by `split.FACTORS`:
    ``sources`` are children or leaves, ``caps`` the nodes whose own red line is the term.
    Together they add up to the node's split; NaN where that is refused.
    """

    node: str
    sources: tuple[str, ...]
    parts: Floats
    caps: tuple[str, ...]
    cap_parts: Floats


def contributions(
    split: Split, node: str, depth: Literal["children", "leaves"] = "children"
) -> Contributions:
    """Split the change of an inner node over its children, or over all leaves below it.

    KeyError for an unknown node, ValueError for a leaf.

    >>> from dataclasses import replace
    >>> from metrics.scoring.inputs import ScoreInputs
    >>> from metrics.scoring.leaf import Curve
    >>> from metrics.scoring.score_tree import ScoreTree
    >>> from metrics.scoring.split import split
    >>> tree = ScoreTree.of({"total": None, "mau": "total", "nps": "total"})
    >>> low, high, here = np.array([[0.0, 0.0]]), np.array([[100.0, 50.0]]), np.ones((1, 2), bool)
    >>> weights = {"mau": 75.0, "nps": 25.0}
    >>> old = ScoreInputs(tree, (Curve("up"),) * 2, low, low, high, here, weights)
    >>> moved = contributions(split(old, replace(old, value=high)), "total")
    >>> moved.sources, moved.parts[0, :, 0].tolist()
    (('mau', 'nps'), [30.0, 10.0])
    """
    if not split.tree.children[node]:
        raise ValueError(f"{node!r} is a leaf: nothing below it contributes")
    sources, inner = _below(split.tree, node, depth)
    share = _shares(split, node)
    ends = split.coalitions.mean[[0, -1], :, split.tree.position[node]]
    middle = ends.mean(axis=0)
    parts = [_term(split, share[source], split.tree.position[source], middle) for source in sources]
    caps = [_cap_term(split, share[n], split.tree.position[n]) for n in inner]
    good = split.reason[:, split.tree.position[node]] == Refusal.OK
    return Contributions(node, sources, _stacked(parts, good), inner, _stacked(caps, good))


def _below(
    tree: ScoreTree, node: str, depth: Literal["children", "leaves"]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sources of the change, and the nodes whose own cap is a term of it."""
    if depth == "children":
        return tree.children[node], (node,)
    sources: list[str] = []
    inner = [node]
    for child in tree.children[node]:
        if tree.children[child]:
            leaves, nodes = _below(tree, child, depth)
            sources += leaves
            inner += nodes
        else:
            sources.append(child)
    return tuple(sources), tuple(inner)


def _shares(split: Split, node: str) -> dict[str, Floats]:
    """Share (32, S) of the node's score by every node below it, and 1 for itself."""
    shares = {node: np.ones(split.coalitions.share.shape[:2])}
    for current in split.tree.ids:
        parent = split.tree.parent[current]
        if parent in shares:
            own = split.coalitions.share[..., split.tree.position[current]]
            shares[current] = shares[parent] * own
    return shares


def _term(split: Split, share: Floats, column: int, middle: Floats) -> Floats:
    score = split.coalitions.score[..., column]
    return shapley(share * np.where(share > 0, score - middle, 0.0))


def _cap_term(split: Split, share: Floats, column: int) -> Floats:
    lost = split.coalitions.score[..., column] - split.coalitions.mean[..., column]
    return shapley(share * np.where(share > 0, lost, 0.0))


def _stacked(terms: list[Floats], good: Flags) -> Floats:
    parts = np.stack(terms).transpose(2, 0, 1)
    stacked: Floats = np.where(good[:, None, None], parts, np.nan)
    return stacked
