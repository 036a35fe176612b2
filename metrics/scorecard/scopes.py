"""The scopes of a score card: the whole bank and every node of the organisation below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.points.read import Store
from metrics.formula import Floats


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
    def units(self) -> tuple[str, ...]:
        """Branches that hold something of their own: those which a total is divided among."""
        held = {branch for branch, _ in self.store.ancestors}
        return tuple(node for node in self.nodes if node in held and node)

    @cached_property
    def membership(self) -> Floats:
        """(scopes, units): 1 where the unit counts towards the scope."""
        leaves = self.store.leaves
        return np.array(
            [[float(unit in leaves[node]) for unit in self.units] for node in self.nodes]
        ).reshape(len(self.nodes), len(self.units))

    def own(self, values: Floats) -> Floats:
        """What each unit holds itself, from values of scopes that include what is below them.

        (S,) → (U,). A branch without branches below holds its whole value.
        """
        place = {node: row for row, node in enumerate(self.nodes)}
        square = self.membership[[place[unit] for unit in self.units]]
        known = np.nan_to_num(values[[place[unit] for unit in self.units]])
        solved = np.linalg.solve(square, known) if len(self.units) else known
        found = np.asarray(solved, dtype=np.float64)
        missing = np.isnan(values[[place[unit] for unit in self.units]])
        return np.where(missing | (np.abs(found) < 1e-9), np.nan, found)
