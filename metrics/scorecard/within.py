"""A score card as far as a reader's rights reach: other scopes are not in it at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from data.slice import Rights, SliceError
from metrics.scorecard.card import ScoreCard
from metrics.scorecard.goals import GoalArrays
from metrics.scorecard.scopes import Scopes
from metrics.scoring.inputs import ModuleParts, ScoreInputs
from metrics.scoring.rollup import Scores
from metrics.values.compute import Values

Rows = npt.NDArray[np.intp]
Record = TypeVar("Record", ModuleParts, Scores, GoalArrays)


def within(card: ScoreCard, rights: Rights) -> ScoreCard:
    """The card cut to the scopes of a branch subtree; whole where the rights name none.

    SliceError for a subtree that the card does not hold.
    """
    if not rights.subtree:
        return replace(card, rights=rights)
    scopes, rows = _cut_scopes(card.scopes, rights.subtree)
    size = len(card.tree.modules)
    pairs = (rows[:, None] * size + np.arange(size)).ravel()
    return replace(
        card,
        scopes=scopes,
        inputs=_cut_inputs(card.inputs, rows),
        scores=_cut(card.scores, rows),
        values=_cut_values(card.values, rows),
        modules=_cut_values(card.modules, pairs),
        goals={name: _cut(one, rows) for name, one in card.goals.items()},
        rights=rights,
    )


def _cut_scopes(scopes: Scopes, subtree: str) -> tuple[Scopes, Rows]:
    """The scopes of a subtree and their rows."""
    leaves = scopes.store.leaves
    if subtree not in leaves:
        raise SliceError(f"no branch {subtree!r} in this warehouse")
    inside = leaves[subtree]
    kept = [node for node in scopes.nodes if node and leaves[node] <= inside]
    pairs = tuple(pair for pair in scopes.store.ancestors if pair[0] in inside and pair[1] in kept)
    rows = np.array([scopes.row[node] for node in kept], dtype=np.intp)
    return Scopes(replace(scopes.store, ancestors=pairs), tuple(kept)), rows


def _cut(record: Record, rows: Rows) -> Record:
    """A record of arrays over scopes, of these rows alone."""
    found = {one.name: getattr(record, one.name) for one in fields(record)}
    arrays: dict[str, Any] = {
        name: array[rows] for name, array in found.items() if isinstance(array, np.ndarray)
    }
    return replace(record, **arrays)


def _cut_inputs(inputs: ScoreInputs, rows: Rows) -> ScoreInputs:
    return replace(
        inputs,
        value=inputs.value[rows],
        base=inputs.base[rows],
        target=inputs.target[rows],
        present=inputs.present[rows],
        weights=_cut_weights(inputs.weights, rows),
        breached=inputs.breached[rows],
        parts=tuple(_cut(part, rows) for part in inputs.parts),
    )


def _cut_weights(weights: Mapping[str, npt.ArrayLike], rows: Rows) -> dict[str, npt.ArrayLike]:
    """Weights are one number for all scopes or one a scope."""
    given = {node: np.asarray(weight, dtype=np.float64) for node, weight in weights.items()}
    return {node: weight[rows] if weight.ndim else weight for node, weight in given.items()}


def _cut_values(values: Values, rows: Rows) -> Values:
    """``covered`` and ``days`` are over indicators, not over scopes."""
    return replace(
        values,
        groups=values.groups.iloc[rows].reset_index(drop=True),
        value=values.value[rows],
        reason=values.reason[rows],
    )
