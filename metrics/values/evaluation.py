"""Indicators by any dimension for a slice: plan, fetch once, compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from data.points.read import Store, read_points
from data.slice import Slice
from metrics.tree.tree import Tree
from metrics.values.compute import Values, compute, planned_wants
from metrics.values.windows import Terms, terms_of


@dataclass(frozen=True)
class Setup:
    """What every calculation needs: the points' store and the tree."""

    store: Store
    tree: Tree

    def terms(self, indicator: str, about: Slice) -> Terms:
        """What an indicator needs over the slice's period."""
        found = self.tree.indicators[indicator]
        catalogue, coverage = self.store.catalogue, self.store.coverage
        return terms_of(found.formula, found.over_time, about.period, catalogue, coverage)


def evaluate(
    connection: Connection,
    setup: Setup,
    indicators: Sequence[str],
    about: Slice,
    by: Sequence[str] = (),
    groups: pd.DataFrame | None = None,
) -> Values:
    """Values of indicators by the dimensions ``by`` (``branch``: every node of the scope)."""
    asked: Mapping[str, Terms] = {name: setup.terms(name, about) for name in indicators}
    wants = planned_wants(asked)
    reading = read_points(connection, setup.store, wants, by, about, groups)
    return compute(asked, reading, setup.store.catalogue)
