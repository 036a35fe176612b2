"""The weight tree: each node's weight in per cent of its parent, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

EXACT = 1e-9


@dataclass(frozen=True)
class WeightNode:
    """A node: weight in per cent of its parent (100 at the root), a tag on leaves only."""

    id: str
    parent: str | None
    weight: float
    tag: str | None = None


def tree_problems(nodes: Sequence[WeightNode]) -> tuple[str, ...]:
    """All that keeps these nodes from being one tree with weights; empty when all is well.

    >>> tree_problems([WeightNode("total", None, 100), WeightNode("a", "total", 90)])
    ("the children of 'total' weigh 90, not 100",)
    """
    ids = [node.id for node in nodes]
    found = [f"'{name}' is there twice" for name in sorted({n for n in ids if ids.count(n) > 1})]
    roots = [node.id for node in nodes if node.parent is None]
    if len(roots) != 1:
        found.append(f"{len(roots)} nodes have no parent, not one")
    known = set(ids)
    for node in nodes:
        if node.parent is not None and node.parent not in known:
            found.append(f"the parent '{node.parent}' of '{node.id}' does not exist")
        if not (np.isfinite(node.weight) and 0 <= node.weight <= 100):
            found.append(f"'{node.id}' weighs {node.weight}, not 0 to 100")
    return tuple(found) or _shape_problems(nodes)


def _shape_problems(nodes: Sequence[WeightNode]) -> tuple[str, ...]:
    children = children_of(nodes)
    parents = {node.id: node.parent for node in nodes}
    lost = [node.id for node in nodes if not _rooted(node.id, parents)]
    found = [f"'{name}' has no way to the root" for name in lost]
    for parent, below in children.items():
        total = sum(node.weight for node in below)
        if abs(total - 100) > EXACT:
            found.append(f"the children of '{parent}' weigh {total:g}, not 100")
    found += [f"'{n.id}' has children and a tag" for n in nodes if n.tag and n.id in children]
    return tuple(found)


def _rooted(name: str, parents: Mapping[str, str | None]) -> bool:
    here: str | None = name
    for _ in parents:
        here = parents[here] if here is not None else None
    return here is None


def checked(nodes: Iterable[WeightNode]) -> tuple[WeightNode, ...]:
    """The nodes as they are; ValueError with all problems at once where they are no tree."""
    given = tuple(nodes)
    problems = tree_problems(given)
    if problems:
        raise ValueError("; ".join(problems))
    return given


def children_of(nodes: Iterable[WeightNode]) -> dict[str, list[WeightNode]]:
    """The children of each node that has any, in the order given."""
    below: dict[str, list[WeightNode]] = {}
    for node in nodes:
        if node.parent is not None:
            below.setdefault(node.parent, []).append(node)
    return below


def leaves_of(nodes: Sequence[WeightNode]) -> tuple[WeightNode, ...]:
    """The nodes without children, in the order given."""
    parents = {node.parent for node in nodes}
    return tuple(node for node in nodes if node.id not in parents)


def path_of(node: WeightNode, nodes: Iterable[WeightNode]) -> tuple[str, ...]:
    """The ids from the child of the root (the perspective) down to the node itself.

    >>> tree = [WeightNode("total", None, 100), WeightNode("a", "total", 100)]
    >>> path_of(tree[1], tree)
    ('a',)
    """
    by_id = {other.id: other for other in nodes}
    path: list[str] = []
    here: WeightNode = node
    while here.parent is not None:
        path.append(here.id)
        here = by_id[here.parent]
    return tuple(reversed(path))


def effective_weights(nodes: Sequence[WeightNode]) -> dict[str, float]:
    """Each node's share of the total in per cent: the product of the weights along its path.

    >>> tree = [WeightNode("total", None, 100), WeightNode("a", "total", 40),
    ...     WeightNode("b", "total", 60), WeightNode("c", "b", 100)]
    >>> effective_weights(tree)
    {'total': 100.0, 'a': 40.0, 'b': 60.0, 'c': 60.0}
    """
    by_id = {node.id: node for node in nodes}
    shares: dict[str, float] = {}
    for node in nodes:
        steps = [by_id[name].weight for name in path_of(node, nodes)]
        share = 100.0
        for step in steps:
            share = share * step / 100
        shares[node.id] = share
    return shares


def reweighted(
    nodes: Sequence[WeightNode], leaf_shares: Mapping[str, float]
) -> tuple[WeightNode, ...]:
    """The tree whose leaves have these shares of the total; every level is worked out again.

    A node whose leaves all have a share of 0 gets weight 0, its children keep their weights.
    """
    shares = dict.fromkeys((node.id for node in nodes), 0.0)
    for leaf in leaves_of(nodes):
        for name in path_of(leaf, nodes):
            shares[name] += leaf_shares[leaf.id]
    new: dict[str, float] = {}
    for below in children_of(nodes).values():
        total = sum(shares[node.id] for node in below)
        for node in below:
            new[node.id] = 100 * shares[node.id] / total if total > 0 else node.weight
    return tuple(replace(node, weight=new.get(node.id, node.weight)) for node in nodes)
