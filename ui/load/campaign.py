"""What the Campaign screen reads, cached by token and slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import streamlit as st

from data.campaigns.arm_cells import arm_cells, totals_in
from data.campaigns.arms import ArmTotals, arm_totals
from data.campaigns.audience import Audience
from data.campaigns.campaigns import (
    NO_CONTACTS,
    Campaign,
    Contacts,
    campaigns_of,
    contacts_of,
    spent_in,
)
from data.campaigns.journeys import Goal, Unit, journeys_of
from data.campaigns.money import spending
from data.campaigns.repeated import Reached, reached_by_contacts, reached_by_group
from data.campaigns.rollouts import Rollout, rollouts
from data.period import Kind, Period, containing
from data.points.reader import LiveReader
from data.slice import Slice
from metrics.campaigns.attribution import Attribution, attribute
from metrics.campaigns.differences import Difference, cells_of_members, difference_in_differences
from metrics.campaigns.effects import Effect, income_effect
from metrics.campaigns.money import Budget, budget
from metrics.campaigns.results import Result, results_of
from metrics.campaigns.staged import staged_effect
from metrics.values.compute import without
from metrics.values.evaluation import evaluate_periods
from ui.load.opened import Token, open_warehouse_once, setup

KEPT = 100
EVER = Period(date(1, 1, 1), date(9999, 12, 31))
LONGEST_BY_DAY, LONGEST_BY_WEEK = 100, 560
RUN_UP_DAYS = 45


@dataclass(frozen=True)
class Totals:
    """All campaigns together: contacts of distinct users; CNY planned and spent in the period.

    Money is None for a part of the bank: spending has no users.
    """

    contacts: Contacts
    planned_cny: float | None
    spent_cny: float | None
    spending_known: bool


@dataclass(frozen=True)
class Detail:
    """A campaign's difference in differences, and its users by contacts and month."""

    difference: Difference
    reached: tuple[Reached, ...]


def results(token: Token, about: Slice) -> tuple[Result, ...]:
    """Every campaign that ran in the slice's period, for its users."""
    return _results(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _results(token: Token, about: Slice) -> tuple[Result, ...]:
    cells = _cells(token, about.period)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return results_of(connection, setup(token).store, about, cells)


@st.cache_resource(show_spinner=False, max_entries=12)
def _cells(token: Token, period: Period) -> pd.DataFrame | None:
    """Members of the period's campaigns by arm and group of users; the audience cuts them."""
    with open_warehouse_once(token.warehouse).reading() as connection:
        ids = [one.id for one in campaigns_of(connection, period)]
        return arm_cells(connection, setup(token).store.clock, ids)


def _arms(token: Token, about: Slice, campaign: str, by: str) -> tuple[ArmTotals, ...]:
    audience, cells = Audience.of(setup(token).store, about), _cells(token, about.period)
    if cells is not None and (cells["campaign_id"] == campaign).any():
        return totals_in(cells, audience, [campaign], by)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return arm_totals(connection, audience, [campaign], by)


def campaign_totals(token: Token, about: Slice) -> Totals:
    """The campaigns of the slice's period together."""
    return _totals(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _totals(token: Token, about: Slice) -> Totals:
    store = setup(token).store
    audience, known = Audience.of(store, about), store.coverage.has("spend")
    with open_warehouse_once(token.warehouse).reading() as connection:
        ids = [one.id for one in campaigns_of(connection, about.period)]
        contacts = contacts_of(connection, audience, ids).get("", NO_CONTACTS)
        if not (audience.everybody and known):
            return Totals(contacts, None, None, known)
        planned, spent = spent_in(connection, about.period)
    return Totals(contacts, planned, spent, known)


def campaign_names(token: Token) -> Mapping[str, Campaign]:
    """Every campaign by id."""
    return _names(token)


@st.cache_resource(show_spinner=False, max_entries=4)
def _names(token: Token) -> Mapping[str, Campaign]:
    with open_warehouse_once(token.warehouse).reading() as connection:
        return {one.id: one for one in campaigns_of(connection, EVER)}


def attribution(token: Token, about: Slice, unit: Unit, goal: Goal) -> Attribution:
    """Who gets the credit for the conversions of the slice's period."""
    return _attribution(token, about, unit, goal)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _attribution(token: Token, about: Slice, unit: Unit, goal: Goal) -> Attribution:
    audience = Audience.of(setup(token).store, about)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return attribute(journeys_of(connection, audience, about.period, unit, goal))


def campaign_detail(token: Token, about: Slice, campaign: str) -> Detail:
    """What one campaign's arms and contacts say, for the slice's users."""
    return _detail(token, about, campaign)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _detail(token: Token, about: Slice, campaign: str) -> Detail:
    audience = Audience.of(setup(token).store, about)
    with open_warehouse_once(token.warehouse).reading() as connection:
        reached = reached_by_contacts(connection, audience, [campaign])
    arms = _arms(token, about, campaign, "branch_id")
    return Detail(difference_in_differences(cells_of_members(arms)), reached)


def effect_by(
    token: Token, about: Slice, campaign: str, dimension: str
) -> tuple[tuple[str, Effect], ...]:
    """The income effect by a dimension of users; '' stands for unknown."""
    return _effect_by(token, about, campaign, dimension)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _effect_by(
    token: Token, about: Slice, campaign: str, dimension: str
) -> tuple[tuple[str, Effect], ...]:
    arms = _arms(token, about, campaign, dimension)
    groups = sorted({one.group for one in arms})
    return tuple(
        (name, income_effect([one for one in arms if one.group == name])) for name in groups
    )


def converted_by(
    token: Token, about: Slice, campaign: str, dimension: str
) -> tuple[tuple[str, int, int], ...]:
    """Users reached and of these converted by a dimension of users; '' stands for unknown."""
    return _converted_by(token, about, campaign, dimension)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _converted_by(
    token: Token, about: Slice, campaign: str, dimension: str
) -> tuple[tuple[str, int, int], ...]:
    audience = Audience.of(setup(token).store, about)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return reached_by_group(connection, audience, campaign, dimension)


def staged_effects(
    token: Token, about: Slice, outcome: str
) -> tuple[tuple[Rollout, Difference], ...]:
    """Every roll-out with its effect on an outcome of new users, by the end of the data."""
    # What a roll-out did does not depend on the period looked at: all periods share one answer.
    return _staged(token, Slice(EVER, about.branch, about.filters, about.rights), outcome)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _staged(token: Token, about: Slice, outcome: str) -> tuple[tuple[Rollout, Difference], ...]:
    store = setup(token).store
    until = store.coverage.as_of
    if until is None:
        return ()
    with open_warehouse_once(token.warehouse).reading() as connection:
        return tuple(
            (one, staged_effect(connection, store, one, outcome, until, about))
            for one in rollouts(connection)
        )


def year_budget(token: Token, about: Slice) -> Budget:
    """The money of the year of the period's end, up to that day or the newest one."""
    return _budget(token, about)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _budget(token: Token, about: Slice) -> Budget:
    store = setup(token).store
    known = store.coverage.last_day("spend") or about.period.last
    until = min(about.period.last, known)
    year = Period(date(until.year, 1, 1), until)
    with open_warehouse_once(token.warehouse).reading() as connection:
        rows = spending(connection, Audience.of(store, about), year)
    return budget(rows, until.year, until)


def around(token: Token, about: Slice, indicator: str) -> tuple[tuple[Period, float | None], ...]:
    """An indicator by day (week, month) over the slice's period and the weeks before it."""
    return _around(token, about, indicator)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _around(token: Token, about: Slice, indicator: str) -> tuple[tuple[Period, float | None], ...]:
    made = setup(token)
    known = made.store.coverage.as_of or about.period.last
    first = about.period.first - timedelta(days=RUN_UP_DAYS)
    last = min(about.period.last + timedelta(days=RUN_UP_DAYS), known)
    days = (last - first).days + 1
    if days < 1:
        return ()
    kind: Kind = "month"
    if days <= LONGEST_BY_WEEK:
        kind = "day" if days <= LONGEST_BY_DAY + 2 * RUN_UP_DAYS else "week"
    shown = [containing(first, kind)]
    while shown[-1].last < last:
        shown.append(shown[-1].next())
    with open_warehouse_once(token.warehouse).reading() as connection:
        reader = LiveReader(connection, made.store)
        found = evaluate_periods(reader, made, [indicator], about, shown)
    kept = [without(values, made.switched_off).value[0, 0] for values in found]
    return tuple(
        (period, None if np.isnan(value) else float(value))
        for period, value in zip(shown, kept, strict=True)
    )
