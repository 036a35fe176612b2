"""What a score is made of: values, base and target, weights, red lines, all for S scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from metrics.scoring.arrays import Flags, Floats
from metrics.scoring.leaf import Curve, leaf_scores
from metrics.scoring.score_tree import ScoreTree

MINIMUM_COVERAGE = 50.0
"""Per cent of leaf weight with data below which a node has no score."""


@dataclass(frozen=True)
class RedLine:
    """A rule that caps nodes while it is breached: (node, highest score) pairs."""

    id: str
    caps: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class ModuleParts:
    """A leaf scored as the mean of its modules' scores; arrays (S, K), weight at least 0.

    A module counts where its value, base, target and a weight above 0 are known.
    """

    leaf: str
    curve: Curve
    value: Floats
    base: Floats
    target: Floats
    weight: Floats

    @property
    def present(self) -> Flags:
        """Which modules count (S, K)."""
        scores = leaf_scores(
            self.value, self.base, self.target, (self.curve,) * self.value.shape[1]
        )
        flags: Flags = np.isfinite(scores) & np.isfinite(self.weight) & (self.weight > 0)
        return flags

    def problems(self, rows: int) -> Iterator[str]:
        """Shapes that do not fit."""
        shapes = {x.shape for x in (self.value, self.base, self.target, self.weight)}
        if len(shapes) != 1 or self.value.ndim != 2 or self.value.shape[0] != rows:
            yield f"modules of {self.leaf!r}: arrays must all be ({rows}, K), found {shapes}"
        if np.any(self.weight < 0):
            yield f"modules of {self.leaf!r}: a weight is negative"


@dataclass(frozen=True, eq=False)
class ScoreInputs:
    """Everything that a roll-up reads.

    ``value``, ``base``, ``target`` and ``present`` are (S, L) over the tree's leaves, ``curves``
    has one entry a leaf. ``weights`` gives each node but the root its per cent of its parent, as
    a number or as one number a scope (S,); only proportions between siblings matter.
    ``breached`` is (S, R) over ``red_lines``. ``minimum_coverage`` is in per cent.
    ValueError names everything that does not fit.
    """

    tree: ScoreTree
    curves: tuple[Curve, ...]
    value: Floats
    base: Floats
    target: Floats
    present: Flags
    weights: Mapping[str, npt.ArrayLike]
    red_lines: tuple[RedLine, ...] = ()
    breached: Flags = field(default_factory=lambda: np.zeros((0, 0), bool))
    parts: tuple[ModuleParts, ...] = ()
    minimum_coverage: float = MINIMUM_COVERAGE

    def __post_init__(self) -> None:
        found = [*self._shape_problems(), *self._name_problems(), *self._weight_problems()]
        if found:
            raise ValueError("; ".join(found))

    @property
    def scopes(self) -> int:
        """S, the number of scopes."""
        return int(self.value.shape[0])

    def weight_matrix(self) -> Floats:
        """Weights (S, N) as given, 100 for the root."""
        matrix = np.full((self.scopes, len(self.tree.ids)), 100.0)
        for node in self.tree.nodes:
            if node.parent is not None:
                matrix[:, self.tree.position[node.id]] = self.weights[node.id]
        return matrix

    def caps(self) -> Floats:
        """Highest score (S, N) that the breached red lines leave, infinite where there is none."""
        caps = np.full((self.scopes, len(self.tree.ids)), np.inf)
        for i, line in enumerate(self.red_lines):
            for node, cap in line.caps:
                column = caps[:, self.tree.position[node]]
                column[:] = np.where(self.breached[:, i], np.minimum(column, cap), column)
        return caps

    def lines_at(self, scope: int, node: str) -> tuple[str, ...]:
        """Ids of the breached red lines that cap a node, strictest first."""
        caps = [
            (cap, line.id)
            for i, line in enumerate(self.red_lines)
            for capped, cap in line.caps
            if capped == node and self.breached[scope, i]
        ]
        return tuple(line for _, line in sorted(caps))

    def _shape_problems(self) -> Iterator[str]:
        shape = (self.value.shape[0], len(self.tree.leaves))
        for name in ("value", "base", "target", "present"):
            if (found := getattr(self, name).shape) != shape:
                yield f"{name}: expected shape {shape}, found {found}"
        if len(self.curves) != shape[1]:
            yield f"curves: expected {shape[1]}, found {len(self.curves)}"
        lines = (shape[0], len(self.red_lines))
        if self.red_lines and self.breached.shape != lines:
            yield f"breached: expected shape {lines}, found {self.breached.shape}"
        for part in self.parts:
            yield from part.problems(shape[0])

    def _name_problems(self) -> Iterator[str]:
        for line in self.red_lines:
            for node, cap in line.caps:
                if node not in self.tree.position:
                    yield f"red line {line.id!r} caps the unknown node {node!r}"
                if not np.isfinite(cap) or cap < 0:
                    yield f"red line {line.id!r}: cap {cap} of {node!r} is no score"
        for part in self.parts:
            if part.leaf not in self.tree.leaves:
                yield f"modules of {part.leaf!r}: no leaf of that name"

    def _weight_problems(self) -> Iterator[str]:
        for node in self.tree.nodes:
            if node.parent is None:
                continue
            if node.id not in self.weights:
                yield f"weight of {node.id!r} is missing"
                continue
            given = np.asarray(self.weights[node.id], float)
            if given.shape not in ((), (self.value.shape[0],)):
                yield f"weight of {node.id!r}: expected one number or one a scope"
            elif not np.all(np.isfinite(given)) or np.any(given < 0):
                yield f"weight of {node.id!r}: expected numbers of at least 0"
