"""Adding rows of branches up: by group, and for every node above where groups have branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from data.points.read import Store

Floats = npt.NDArray[np.float64]


def rolled_up(
    store: Store, keys: pd.DataFrame, values: Floats, by: Sequence[str], scope: str
) -> tuple[pd.DataFrame, Floats]:
    """Rows within the scope added up by group, for every node above where ``by`` has branches.

    A sum is missing where all that it adds is missing.
    """
    if scope:
        inside = keys["branch_id"].isin(store.leaves[scope]).to_numpy()
        keys, values = keys[inside], values[inside]
    if "branch" in by:
        row, node = _nodes_of(store, keys["branch_id"].to_numpy(), scope)
        keys = keys.iloc[row].assign(branch=node)
        values = values[row]
    if not by:
        return pd.DataFrame(index=[0]), _added(values, np.zeros(len(values), dtype=np.intp), 1)
    groups = keys[list(by)].reset_index(drop=True)
    if groups.empty:
        return groups, np.zeros((0, values.shape[1]))
    codes, index = pd.MultiIndex.from_frame(groups).factorize()
    rows = pd.DataFrame(list(index), columns=list(by))
    return rows, _added(values, codes, len(rows))


def _nodes_of(
    store: Store, branches: npt.NDArray[np.object_], scope: str
) -> tuple[npt.NDArray[np.intp], list[str]]:
    """(row, node) for every row and every node above its branch; unknown branches: the bank."""
    allowed = _nodes_within(store, scope) if scope else None
    row: list[int] = []
    nodes: list[str] = []
    for place, branch in enumerate(branches):
        for node in store.nodes_above.get(branch, ("",)):
            if allowed is None or node in allowed:
                row.append(place)
                nodes.append(node)
    return np.array(row, dtype=np.intp), nodes


def _added(values: Floats, codes: npt.NDArray[np.intp], size: int) -> Floats:
    shape = (size, len(values))
    adder = csr_matrix((np.ones(len(values)), (codes, np.arange(len(values)))), shape=shape)
    known = np.isfinite(values)
    total = np.asarray(adder @ np.where(known, values, 0.0), dtype=np.float64)
    some = np.asarray(adder @ known.astype(np.float64))
    if not len(values):
        return np.zeros((size, values.shape[1]))
    return np.where(some > 0, total, np.nan)


def _nodes_within(store: Store, scope: str) -> set[str]:
    inside = store.leaves[scope]
    return {node for node, leaves in store.leaves.items() if leaves <= inside}
