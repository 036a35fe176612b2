"""Indicators by any dimension for a slice: plan, fetch once, compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from data.period import Period
from data.points.read import Store
from data.points.reader import LiveReader, Reader
from data.slice import Slice
from metrics.tree.tree import Tree
from metrics.values.compute import Values, compute, planned_wants, without
from metrics.values.windows import Terms, terms_of


@dataclass(frozen=True)
class Setup:
    """What every calculation needs: the points' store, the tree, and how scores are kept.

    ``minimum_coverage`` is in per cent; ``switched_off`` indicators keep their place without value.
    """

    store: Store
    tree: Tree
    minimum_coverage: float = 50.0
    switched_off: frozenset[str] = frozenset()

    def terms(self, indicator: str, period: Period) -> Terms:
        """What an indicator needs over a period."""
        found = self.tree.indicators[indicator]
        catalogue, coverage = self.store.catalogue, self.store.coverage
        return terms_of(found.formula, found.over_time, period, catalogue, coverage)


def evaluate(
    connection: Connection,
    setup: Setup,
    indicators: Sequence[str],
    about: Slice,
    by: Sequence[str] = (),
    groups: pd.DataFrame | None = None,
) -> Values:
    """Values of indicators by the dimensions ``by`` (``branch``: every node of the scope)."""
    reader = LiveReader(connection, setup.store)
    found = evaluate_periods(reader, setup, indicators, about, [about.period], by, groups)[0]
    return without(found, setup.switched_off)


def evaluate_periods(
    reader: Reader,
    setup: Setup,
    indicators: Sequence[str],
    about: Slice,
    periods: Sequence[Period],
    by: Sequence[str] = (),
    groups: pd.DataFrame | None = None,
) -> list[Values]:
    """The same indicators over several periods, from one reading."""
    asked = [{name: setup.terms(name, period) for name in indicators} for period in periods]
    return evaluate_terms(reader, asked, about, by, groups)


def evaluate_terms(
    reader: Reader,
    asked: Sequence[Mapping[str, Terms]],
    about: Slice,
    by: Sequence[str] = (),
    groups: pd.DataFrame | None = None,
) -> list[Values]:
    """Planned formulas, from one reading: one Values for each mapping of ``asked``."""
    wants = list(dict.fromkeys(want for terms in asked for want in planned_wants(terms)))
    reading = reader.read(wants, by, about, groups)
    return [compute(terms, reading, reader.store.catalogue) for terms in asked]
