"""The shape of the tree as scoring needs it: who is whose child, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Node:
    """A node and its parent; the root has none."""

    id: str
    parent: str | None


@dataclass(frozen=True)
class ScoreTree:
    """Nodes in screen order, every parent before its children; nodes without children are leaves.

    Arrays over nodes (N) follow ``ids``, arrays over leaves (L) follow ``leaves``.
    ValueError for a repeated id, an unknown or later parent, and not exactly one root.

    >>> tree = ScoreTree.of({"total": None, "users": "total", "mau": "users", "dau": "users"})
    >>> tree.leaves, tree.children["total"]
    (('mau', 'dau'), ('users',))
    """

    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, parents: Mapping[str, str | None]) -> ScoreTree:
        """A tree from the parent of each node."""
        return cls(tuple(Node(node, parent) for node, parent in parents.items()))

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for node in self.nodes:
            if node.id in seen:
                raise ValueError(f"node {node.id!r} appears twice")
            if node.parent is not None and node.parent not in seen:
                raise ValueError(f"node {node.id!r}: its parent {node.parent!r} is not before it")
            seen.add(node.id)
        if sum(node.parent is None for node in self.nodes) != 1:
            raise ValueError("a score tree has exactly one root")

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of all nodes, in order."""
        return tuple(node.id for node in self.nodes)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Column of a node in arrays over nodes."""
        return {node: i for i, node in enumerate(self.ids)}

    @cached_property
    def parent(self) -> Mapping[str, str | None]:
        """Parent by node."""
        return {node.id: node.parent for node in self.nodes}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Children by node, in order; empty for a leaf."""
        below: dict[str, list[str]] = {node.id: [] for node in self.nodes}
        for node in self.nodes:
            if node.parent is not None:
                below[node.parent].append(node.id)
        return {node: tuple(children) for node, children in below.items()}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Ids of the leaves, in the order of the columns of values."""
        return tuple(node for node in self.ids if not self.children[node])

    @cached_property
    def leaf_positions(self) -> npt.NDArray[np.intp]:
        """Columns of the leaves in arrays over nodes."""
        return np.array([self.position[leaf] for leaf in self.leaves], dtype=np.intp)

    @cached_property
    def bottom_up(self) -> tuple[tuple[int, npt.NDArray[np.intp]], ...]:
        """Inner nodes, children first, each with the columns of its children."""
        inner = [node for node in reversed(self.ids) if self.children[node]]
        return tuple(
            (
                self.position[node],
                np.array([self.position[child] for child in self.children[node]], dtype=np.intp),
            )
            for node in inner
        )
