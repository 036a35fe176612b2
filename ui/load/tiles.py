"""What tiles of indicators show besides the score card: the last periods, and the year so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from data.period import Period
from data.slice import Slice
from metrics.values import Setup
from metrics.values.compute import Values, without
from metrics.values.reasons import Reason
from ui.load.everywhere import values_of
from ui.load.opened import Token, environment, setup

PERIODS = 13


@dataclass(frozen=True)
class Recent:
    """An indicator for one slice: the last periods, oldest first, and the comparison.

    ``values`` ends with the slice's own period; ``reason`` says why that one is missing.
    ``year_so_far`` runs from 1 January to the period's end or the newest day.
    """

    indicator: str
    periods: tuple[Period, ...]
    values: tuple[float | None, ...]
    compared: float | None
    year_so_far: float | None
    reason: Reason | None

    @property
    def value(self) -> float | None:
        """The value of the slice's own period."""
        return self.values[-1]


def recent(
    token: Token, names: tuple[str, ...], about: Slice, other: Period
) -> Mapping[str, Recent]:
    """The last periods of indicators for a slice and its comparison, from one reading."""
    return _recent(token, names, about, other, environment())


@st.cache_resource(show_spinner=False, max_entries=200)
def _recent(
    token: Token,
    names: tuple[str, ...],
    about: Slice,
    other: Period,
    around: tuple[tuple[str, str], ...],
) -> Mapping[str, Recent]:
    del around
    made = setup(token)
    shown = _periods(made, about.period)
    asked = [*shown, other, so_far(made, about.period) or about.period]
    found = values_of(token, names, about, asked)
    kept = [without(values, made.switched_off) for values in found]
    return {name: _one(name, column, shown, kept) for column, name in enumerate(names)}


def _one(name: str, column: int, shown: tuple[Period, ...], kept: list[Values]) -> Recent:
    numbers = [_number(values.value[0, column]) for values in kept]
    reason = kept[len(shown) - 1].reason[0, column]
    return Recent(
        name,
        shown,
        tuple(numbers[: len(shown)]),
        numbers[-2],
        numbers[-1],
        reason if isinstance(reason, Reason) else None,
    )


def _periods(made: Setup, last: Period) -> tuple[Period, ...]:
    """The last periods up to one, as far as there are data."""
    first = made.store.coverage.first_day
    found = [last]
    while len(found) < PERIODS and (first is None or found[0].first > first):
        found.insert(0, found[0].previous())
    return tuple(found)


def so_far(made: Setup, period: Period) -> Period | None:
    """The year until the period's end or the newest day; None before its first day."""
    newest = made.store.coverage.as_of
    last = period.last if newest is None else min(period.last, newest)
    first = period.last.replace(month=1, day=1)
    return Period(first, last) if last >= first else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
