"""The scopes of a score card: the whole bank and every node of the organisation below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from data.points.read import Store


@dataclass(frozen=True)
class Scopes:
    """The nodes of the organisation in order, '' (the whole bank) first."""

    store: Store
    nodes: tuple[str, ...]

    @classmethod
    def of(cls, store: Store) -> Scopes:
        """The whole bank and every node: goals are the bank's, so all are worked out together."""
        below = sorted(node for node in store.leaves if node)
        return cls(store, ("", *below))

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row a scope."""
        return pd.DataFrame({"branch": list(self.nodes)})

    def module_groups(self, modules: Sequence[str]) -> pd.DataFrame:
        """One row a scope and module, modules within scopes."""
        pairs = [(node, module) for node in self.nodes for module in modules]
        return pd.DataFrame(pairs, columns=["branch", "module"])

    @cached_property
    def row(self) -> Mapping[str, int]:
        """The row of a scope by its node."""
        return {node: row for row, node in enumerate(self.nodes)}

    @cached_property
    def below(self) -> Mapping[int, list[int]]:
        """By row of a node: the rows right below it; parents before what is below them.

        >>> from data.points.catalogue import Catalogue
        >>> from data.points.clock import Clock
        >>> from data.points.coverage import Coverage
        >>> pairs = [("B1", "B1"), ("B1", ""), ("B11", "B11"), ("B11", "B1"), ("B11", "")]
        >>> store = Store(Catalogue(()), Clock(), Coverage({}), tuple(pairs))
        >>> Scopes.of(store).below
        {0: [1], 1: [2]}
        """
        found: dict[int, list[int]] = {}
        for node in self.nodes:
            above = [up for up in self.store.nodes_above.get(node, ()) if up != node]
            if node and above:
                # The nearest node above is the one that holds least.
                nearest = min(above, key=lambda up: len(self.store.leaves[up]))
                found.setdefault(self.row[nearest], []).append(self.row[node])
        size = {row: len(self.store.leaves[self.nodes[row]]) for row in found}
        return {row: found[row] for row in sorted(found, key=lambda row: (-size[row], row))}
