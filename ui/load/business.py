"""What the Business screen reads, and forecasts for every screen, cached by token and slice."""

from __future__ import annotations

import numpy as np
import streamlit as st

from data.period import containing
from data.slice import Slice
from metrics.forecast import Forecast, Goal, outlook
from metrics.scorecard.facts import is_stock
from metrics.scorecard.scopes import Scopes
from ui.load.opened import Token, environment, open_warehouse_once, setup
from ui.load.scores import score_card, year_facts

Environment = tuple[tuple[str, str], ...]


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
