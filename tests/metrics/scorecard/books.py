"""Goal books over a small organisation with made-up facts of a year; no database."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.points.catalogue import Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.coverage import Coverage
from data.points.read import Store
from metrics.formula import Floats
from metrics.scorecard.facts import YearFacts, shape_kind
from metrics.scorecard.goals import GoalBook, TypedGoal
from metrics.scorecard.scopes import Scopes
from metrics.targets.paths import Shape, flow_shape, level_shape, standard_shape, stock_shape
from metrics.tree import Tree, load_tree
from metrics.values.compute import Values

CATALOGUE = load_catalogue()
TREE = load_tree(None, CATALOGUE.points)
PARENTS = {"HQ": None, "N": "HQ", "S": "HQ", "N1": "N", "N2": "N", "S1": "S", "S2": "S"}
LEAVES = {"N1": 4.0, "N2": 2.0, "S1": 3.0, "S2": 1.0}
YEAR = 2026


def scopes() -> Scopes:
    """HQ over N (N1, N2) and S (S1, S2)."""
    pairs = [("", "")]
    for start in PARENTS:
        node: str | None = start
        while node is not None:
            pairs.append((start, node))
            node = PARENTS[node]
        pairs.append((start, ""))
    return Scopes.of(Store(Catalogue(()), Clock(), Coverage({}), tuple(sorted(pairs))))


def rolled(leaves: Mapping[str, float]) -> Floats:
    """Values by scope from those of the leaf branches."""
    found = scopes()
    return np.array(
        [
            sum(leaves[leaf] for leaf in leaves if leaf in found.store.leaves[node])
            for node in found.nodes
        ]
    )


def values(columns: Mapping[str, Floats]) -> Values:
    """Values by scope of some indicators, all days covered."""
    size = len(scopes().nodes)
    matrix = np.column_stack(list(columns.values())) if columns else np.zeros((size, 0))
    full = np.full(len(columns), 365, dtype=np.int64)
    reason = np.full(matrix.shape, None, dtype=object)
    groups = pd.DataFrame({"branch": scopes().nodes})
    return Values(groups, tuple(columns), matrix, reason, full, full.copy())


def shape_of(tree: Tree, name: str) -> Shape:
    """Every path by the calendar."""
    kinds = {
        "flow": lambda: flow_shape(None, YEAR),
        "stock": lambda: stock_shape(None, YEAR),
        "level": lambda: level_shape(None, YEAR),
        "standard": lambda: standard_shape(YEAR),
    }
    return kinds[shape_kind(tree.indicators[name])]()


def facts(*, whole: bool = True, customers: float = 8.29e6) -> YearFacts:
    """Last year 10 of everything by leaf weight (N1 4, N2 2, S1 3, S2 1), also by module."""
    names = list(TREE.indicators)
    held = rolled(LEAVES)
    modules = len(TREE.modules)
    by_module = np.repeat(held[:, None] / modules, modules, axis=1)
    return YearFacts(
        year=YEAR,
        customers=held * customers / 10,
        closures=2.0,
        last_year=values(dict.fromkeys(names, held)),
        last_year_modules={n: by_module for n, one in TREE.indicators.items() if one.modules},
        start_of_year=values(dict.fromkeys(("registered_users", "aum", "lum"), held)),
        whole=dict.fromkeys(names, whole),
        shapes={name: shape_of(TREE, name) for name in names},
    )


def book(*typed: TypedGoal, whole: bool = True, customers: float = 8.29e6) -> GoalBook:
    """A goal book of 2026."""
    return GoalBook(TREE, scopes(), facts(whole=whole, customers=customers), typed)
