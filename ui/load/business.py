"""What the Business screen reads, and forecasts for every screen, cached by token and slice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pandas as pd
import streamlit as st

from data.business.credit import credit_steps
from data.business.customers import income_by_age, spend_by_channel
from data.business.purchases import fee_days
from data.business.scenes import scene_cells
from data.business.structure import by_product
from data.contract.vocabulary import SCENES
from data.period import Period, containing
from data.points.wants import Reason
from data.slice import Slice
from metrics.business.lifetime import calibration as calibrated
from metrics.business.payback import Payback
from metrics.business.payback import payback as paid_back
from metrics.business.scenes import SceneValue, scene_values
from metrics.decomposition import (
    DRIVERS,
    RatioChange,
    Refused,
    SumChange,
    explained_ratio,
    explained_sum,
)
from metrics.forecast import Forecast, Goal, outlook
from metrics.forecast.outlook import months_known
from metrics.ltv.holdout import HoldoutError
from metrics.ltv.likelihood import Fitted
from metrics.scorecard.facts import is_stock
from metrics.scorecard.scopes import Scopes
from ui.load.everywhere import values_of
from ui.load.opened import Token, environment, from_store, open_warehouse_once, setup
from ui.load.scores import score_card, year_facts

Environment = tuple[tuple[str, str], ...]
Monthly = tuple[tuple[Period, float | None], ...]
MONTHS = 25
"""Whole months that are shown of a series."""


def year_outlook(token: Token, indicator: str, about: Slice) -> Forecast:
    """Where an indicator stands at the end of the year of the slice's period.

    Known until the period's end: a past period shows what was expected then. The goal is that of
    the scope; a segment has none.
    """
    return _year_outlook(token, indicator, about, environment())


@st.cache_resource(show_spinner=False, max_entries=200)
def _year_outlook(token: Token, indicator: str, about: Slice, around: Environment) -> Forecast:
    del around
    goal = None if about.filters else year_goal(token, indicator, about)
    whole = about.over(containing(about.period.last, "year"))
    with open_warehouse_once(token.warehouse).reading() as connection:
        made, last = setup(token), about.period.last
        return outlook(connection, made, indicator, whole, goal=goal, upto=last)


def year_goal(token: Token, indicator: str, about: Slice) -> Goal | None:
    """The goal of the year in a scope with its plan line; None where there is none."""
    card = score_card(token, about)
    row = card.scopes.nodes.index(about.branch or about.rights.subtree)
    target = float(card.goals[indicator].year_target[row])
    facts = year_facts(token).get(about.period.last.year)
    if not np.isfinite(target) or facts is None:
        return None
    start = None
    if is_stock(card.tree.indicators[indicator]):
        place = Scopes.of(setup(token).store).nodes.index(card.scopes.nodes[row])
        column = facts.start_of_year.column(indicator)
        start = float(facts.start_of_year.value[place, column])
        if not np.isfinite(start):
            return None
    return Goal(target, facts.shapes[indicator], start)


def monthly(token: Token, names: tuple[str, ...], about: Slice) -> Mapping[str, Monthly]:
    """Values of indicators in the last whole months up to the slice's period, oldest first."""
    return _monthly(token, names, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _monthly(
    token: Token, names: tuple[str, ...], about: Slice, around: Environment
) -> Mapping[str, Monthly]:
    del around
    made = setup(token)
    known = made.store.coverage.last_known or about.period.last
    months = months_known(made, min(about.period.last, known))[-MONTHS:]
    if not months:
        return dict.fromkeys(names, ())
    found = values_of(token, names, about, months)
    return {
        name: tuple(
            (month, None if np.isnan(one.value[0, k]) else float(one.value[0, k]))
            for month, one in zip(months, found, strict=True)
        )
        for k, name in enumerate(names)
    }


def comparable(token: Token, about: Slice, other: Period) -> Period:
    """As many days of the other period as the slice's has so far: an open one has fewer."""
    newest = setup(token).store.coverage.as_of
    if newest is None or newest >= about.period.last or newest < about.period.first:
        return other
    days = (newest - about.period.first).days
    return Period(other.first, min(other.last, other.first + timedelta(days=days)))


def split(
    token: Token, indicator: str, about: Slice, other: Period, by: str
) -> SumChange | RatioChange | Refused:
    """Why an indicator moved since ``other``, by a dimension."""
    return _split(token, indicator, about, comparable(token, about, other), by, environment())


@st.cache_resource(show_spinner=False, max_entries=100)
def _split(
    token: Token, indicator: str, about: Slice, other: Period, by: str, around: Environment
) -> SumChange | RatioChange | Refused:
    del around
    explained = explained_sum if indicator in DRIVERS else explained_ratio
    with open_warehouse_once(token.warehouse).reading() as connection:
        return explained(connection, setup(token), indicator, about, other, by)


def products(token: Token, about: Slice) -> pd.DataFrame | Reason:
    """Successful transactions by module and product; the frame is not to be changed."""
    return _products(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _products(token: Token, about: Slice, around: Environment) -> pd.DataFrame | Reason:
    del around
    return from_store(token, by_product, about)


def spent(token: Token, about: Slice) -> pd.DataFrame | Reason:
    """Spend of acquisition campaigns by their channel; the frame is not to be changed."""
    return _spent(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _spent(token: Token, about: Slice, around: Environment) -> pd.DataFrame | Reason:
    del around
    return from_store(token, spend_by_channel, about)


def credit(token: Token, about: Slice) -> Mapping[str, int] | Reason:
    """Limit checks that came due in the period and how far each came."""
    return _credit(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _credit(token: Token, about: Slice, around: Environment) -> Mapping[str, int] | Reason:
    del around
    found = from_store(token, credit_steps, about)
    if isinstance(found, Reason):
        return found
    return {str(name): int(found[name].iloc[0]) for name in found.columns}


def payback(token: Token, about: Slice, cac: float | None) -> Payback | Reason:
    """When users of the last two years have brought back what one costs now."""
    return _payback(token, about, cac, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _payback(
    token: Token, about: Slice, cac: float | None, around: Environment
) -> Payback | Reason:
    del around
    store = setup(token).store
    last = min(about.period.last, store.coverage.as_of or about.period.last)
    first = max(last - timedelta(days=730), store.coverage.first_day or last)
    found = from_store(token, income_by_age, about, min(first, last), last)
    return found if isinstance(found, Reason) else paid_back(*found, cac)


def scenes(token: Token, about: Slice) -> tuple[SceneValue, ...] | Reason:
    """What each scene adds: users of the period before, and what they did in this one."""
    return _scenes(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _scenes(token: Token, about: Slice, around: Environment) -> tuple[SceneValue, ...] | Reason:
    del around
    cells = from_store(token, scene_cells, about, about.period.previous())
    return cells if isinstance(cells, Reason) else scene_values(cells, SCENES)


def calibration(token: Token, about: Slice) -> Fitted[HoldoutError] | Reason:
    """How far predictions of purchases and fees would have been off over the last months."""
    return _calibration(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=20)
def _calibration(token: Token, about: Slice, around: Environment) -> Fitted[HoldoutError] | Reason:
    del around
    store = setup(token).store
    last = min(about.period.last, store.coverage.as_of or about.period.last)
    first = min(store.coverage.first_day or last, last)
    found = from_store(token, fee_days, about, first, last)
    return found if isinstance(found, Reason) else calibrated(found, last)
