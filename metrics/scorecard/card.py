"""The score card: values, goals and scores of all nodes, for the bank and every branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from data.period import Period
from data.slice import Rights, SliceError
from metrics.formula import Floats
from metrics.scorecard.goals import GoalArrays
from metrics.scorecard.scopes import Scopes
from metrics.scoring.bands import band_of
from metrics.scoring.inputs import ScoreInputs
from metrics.scoring.leaf import Curve, leaf_score, needs_review
from metrics.scoring.rollup import Reason as ScoreReason
from metrics.scoring.rollup import Scores
from metrics.tree.tree import Tree
from metrics.values.compute import Values
from metrics.values.reasons import Reason


@dataclass(frozen=True)
class NodeResult:
    """One node of the tree in one scope. Scores in points, weights and coverage in per cent.

    ``score`` obeys the red lines, ``uncapped`` does not. ``covered`` of ``days`` were loaded.
    What is None has its ``reason``.
    """

    id: str
    level: int
    branch: str
    value: float | None
    unit: str | None
    base: float | None
    target: float | None
    score: float | None
    uncapped: float | None
    coverage: float
    weight: float
    effective_weight: float
    band: str | None
    reason: Reason | None
    covered: int
    days: int


@dataclass(frozen=True, eq=False)
class ScoreCard:
    """Everything about one period; ``inputs`` and ``scores`` are over ``branches``.

    ``modules`` holds the values by scope and module, one row a pair, modules within scopes.
    ``weight_set`` and ``branch_weight_set`` name the weights of the bank and of its branches.
    """

    tree: Tree
    period: Period
    as_of: date | None
    weight_set: str
    branch_weight_set: str
    scopes: Scopes
    inputs: ScoreInputs
    scores: Scores
    values: Values
    modules: Values
    goals: Mapping[str, GoalArrays]
    rights: Rights

    @property
    def branches(self) -> tuple[str, ...]:
        """The scopes that the reader may see; '' is the whole bank."""
        allowed = self.rights.subtree
        if not allowed:
            return self.scopes.nodes
        inside = self.scopes.store.leaves[allowed]
        leaves = self.scopes.store.leaves
        return tuple(node for node in self.scopes.nodes if node and leaves[node] <= inside)

    def node(self, node: str, branch: str = "") -> NodeResult:
        """One node; KeyError for an unknown one, SliceError for a scope out of reach."""
        row = self._row(branch)
        level = self.tree.level(node)
        return self._kpi(node, row) if level == 4 else self._inner(node, row, level)

    def nodes(self, branch: str = "", *, modules: bool = False) -> tuple[NodeResult, ...]:
        """All nodes of levels 0 to 3, and the module KPIs where asked for."""
        wanted = (*self.tree.nodes(), *(self.tree.module_kpis() if modules else ()))
        return tuple(self.node(node, branch) for node in wanted)

    def breached(self, branch: str = "") -> tuple[str, ...]:
        """Ids of the red lines that are breached."""
        row = self._row(branch)
        lines = self.inputs.red_lines
        return tuple(one.id for i, one in enumerate(lines) if self.inputs.breached[row, i])

    def to_review(self, branch: str = "") -> tuple[str, ...]:
        """Indicators whose target of the year is not better than its base."""
        row = self._row(branch)
        return tuple(
            leaf
            for leaf, column in self._leaf.items()
            if needs_review(
                self.goals[leaf].year_base[row],
                self.goals[leaf].year_target[row],
                self.inputs.curves[column],
            )
        )

    def _row(self, branch: str) -> int:
        if branch not in self.branches:
            raise SliceError(f"no branch {branch!r} that you may see")
        return self.scopes.nodes.index(branch)

    @cached_property
    def _leaf(self) -> Mapping[str, int]:
        return {leaf: column for column, leaf in enumerate(self.inputs.tree.leaves)}

    def _inner(self, node: str, row: int, level: int) -> NodeResult:
        place = self.inputs.tree.position[node]
        score = _number(self.scores.score[row, place])
        leaf = self._leaf.get(node)
        value = base = target = None
        covered = days = 0
        if leaf is not None:
            value = _number(self.inputs.value[row, leaf])
            base, target = (
                _number(side[row, leaf]) for side in (self.inputs.base, self.inputs.target)
            )
            covered, days = int(self.values.covered[leaf]), int(self.values.days[leaf])
        bands = self.tree.bands.leaves if leaf is not None else self.tree.bands.parents
        band = band_of(score, bands)
        return NodeResult(
            node, level, self.scopes.nodes[row], value,
            self.tree.indicators[node].unit if leaf is not None else None,
            base, target, score, _number(self.scores.uncapped[row, place]),
            float(self.scores.coverage[row, place]), self._weight(row, node),
            float(self.scores.effective_weight[row, place]), None if band is None else band.id,
            self._reason(row, place, leaf), covered, days,
        )  # fmt: skip

    def _weight(self, row: int, node: str) -> float:
        if self.inputs.tree.parent[node] is None:
            return 100.0
        given = np.asarray(self.inputs.weights[node], dtype=np.float64)
        return float(given if given.ndim == 0 else given[row])

    def _reason(self, row: int, place: int, leaf: int | None) -> Reason | None:
        why = ScoreReason(int(self.scores.reason[row, place]))
        if leaf is not None:
            found = self.values.reason[row, leaf]
            if isinstance(found, Reason):
                return found
        if why == ScoreReason.OK:
            return None
        if leaf is not None:
            return self._no_goal(self.inputs.tree.leaves[leaf], row)
        kinds = {
            ScoreReason.NO_DATA: Reason("no_data_below"),
            ScoreReason.BELOW_COVERAGE: Reason("below_coverage"),
            ScoreReason.NO_WEIGHT: Reason("no_weight"),
        }
        return kinds[why]

    def _no_goal(self, indicator: str, row: int) -> Reason:
        """Why an indicator with a value has no base or target."""
        goals = self.goals[indicator]
        if goals.reason is not None:
            return goals.reason
        known = np.isfinite(goals.year_base[row]) and np.isfinite(goals.year_target[row])
        return Reason("no_start_of_year" if known else "no_share")

    def _kpi(self, node: str, row: int) -> NodeResult:
        name, _, module = node.partition("@")
        indicator = self.tree.indicators[name]
        modules = list(self.tree.modules)
        place, pair = modules.index(module), row * len(modules) + modules.index(module)
        column = self.modules.column(name)
        goals = self.goals[name]
        value = self.modules.value[pair, column]
        base, target = goals.module_base[row, place], goals.module_target[row, place]
        curve = self.inputs.curves[self._leaf[name]]
        score = _number(float(_score(value, base, target, curve)))
        found = self.modules.reason[pair, column]
        reason = found if isinstance(found, Reason) else None
        if reason is None and score is None:
            known = np.isfinite(goals.base[row]) and np.isfinite(goals.target[row])
            reason = Reason("no_last_year") if known else self._no_goal(name, row)
        band = band_of(score, self.tree.bands.leaves)
        return NodeResult(
            node, 4, self.scopes.nodes[row], _number(value), indicator.unit, _number(base),
            _number(target), score, score, 100.0 if score is not None else 0.0, 0.0, 0.0,
            None if band is None else band.id, reason,
            int(self.modules.covered[column]), int(self.modules.days[column]),
        )  # fmt: skip


def _score(value: float, base: float, target: float, curve: Curve) -> Floats:
    return np.asarray(leaf_score(np.array(value), np.array(base), np.array(target), curve))


def _number(value: float | np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
