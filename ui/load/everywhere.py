"""Values of indicators for every branch at once, kept by period: the next branch or month is there.

A bank has some hundred branches, and reading one costs about as much as reading them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from data.period import Period
from data.points.read import permitted_scope
from data.points.reader import LiveReader
from data.slice import Slice
from metrics.scorecard.scopes import Scopes
from metrics.values import Setup
from metrics.values.compute import Values
from metrics.values.evaluation import evaluate_periods
from ui.load.kept import Kept
from ui.load.opened import Token, environment, open_warehouse_once, setup

Environment = tuple[tuple[str, str], ...]
KEPT = 200
"""Periods of one list of indicators."""


def values_of(
    token: Token, names: tuple[str, ...], about: Slice, periods: Sequence[Period]
) -> list[Values]:
    """Values for a slice's scope and segment, one row each; its own period is not read.

    Where a segment is chosen only the slice itself is read: what is kept by day holds no two
    dimensions for every branch.
    """
    made = setup(token)
    if about.filters:
        with open_warehouse_once(token.warehouse).reading() as connection:
            return evaluate_periods(LiveReader(connection, made.store), made, names, about, periods)
    row = Scopes.of(made.store).row[permitted_scope(made.store, about)]
    every = _kept(token, names, environment()).all_of(
        periods, lambda missing: _read(token, made, names, missing)
    )
    return [_row(values, row) for values in every]


def _read(
    token: Token, made: Setup, names: tuple[str, ...], periods: Sequence[Period]
) -> list[Values]:
    groups, about = Scopes.of(made.store).groups, Slice(periods[0])
    with open_warehouse_once(token.warehouse).reading() as connection:
        reader = LiveReader(connection, made.store)
        return evaluate_periods(reader, made, names, about, periods, ("branch",), groups)


@st.cache_resource(show_spinner=False, max_entries=24)
def _kept(token: Token, names: tuple[str, ...], around: Environment) -> Kept[Period, Values]:
    del token, names, around
    return Kept(KEPT)


def _row(values: Values, row: int) -> Values:
    part = slice(row, row + 1)
    groups = values.groups.iloc[part].reset_index(drop=True)
    return replace(values, groups=groups, value=values.value[part], reason=values.reason[part])
