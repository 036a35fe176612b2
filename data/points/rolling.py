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
    if keys.empty:
        return keys[list(by)].reset_index(drop=True), np.zeros((0, values.shape[1]))
    groups, place = numbered(keys, by)
    return groups, _added(values, place, len(groups))


def numbered(rows: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """The groups that rows belong to, and the number of each row's.

    >>> groups, place = numbered(pd.DataFrame({"app": ["b", "a", "b"]}), ["app"])
    >>> groups["app"].tolist(), place.tolist()
    (['b', 'a'], [0, 1, 0])
    """
    code = np.zeros(len(rows), dtype=np.int64)
    for name in by:
        codes, values = pd.factorize(rows[name])
        code = code * len(values) + codes
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    return rows[list(by)].iloc[first].reset_index(drop=True), place


def _nodes_of(
    store: Store, branches: npt.NDArray[np.object_], scope: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """(row, node) for every row and every node above its branch; unknown branches: the bank."""
    allowed = _nodes_within(store, scope) if scope else None
    codes, every = pd.factorize(branches)
    above = [
        [
            node
            for node in store.nodes_above.get(branch, ("",))
            if allowed is None or node in allowed
        ]
        for branch in every
    ]
    sizes = np.array([len(nodes) for nodes in above], dtype=np.intp)
    starts = np.cumsum(sizes) - sizes
    flat = np.array([node for nodes in above for node in nodes], dtype=object)
    count = sizes[codes]
    row = np.repeat(np.arange(len(codes)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, flat[np.repeat(starts[codes], count) + within]


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
