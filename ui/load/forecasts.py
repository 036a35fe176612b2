"""Forecasts to the end of the period on the screen, cached by token."""

from __future__ import annotations

import streamlit as st

from data.slice import Slice
from metrics.forecast import Forecast, outlook
from ui.load.opened import Token, environment, open_warehouse_once, setup
from ui.load.overview import goal_of
from ui.load.scores import score_card, year_facts


def to_period_end(token: Token, about: Slice, name: str) -> Forecast:
    """Where an indicator stands at the end of the slice's period, beside the plan of the period.

    Of a flow the total of the period, of every other indicator the value of its last month.
    """
    return _to_period_end(token, about, name, environment())


@st.cache_resource(show_spinner=False, max_entries=120)
def _to_period_end(
    token: Token, about: Slice, name: str, around: tuple[tuple[str, str], ...]
) -> Forecast:
    del around
    made = setup(token)
    score_card(token, about)  # fills the facts of the year
    goal = goal_of(token, about, name, year_facts(token)[about.period.last.year])
    with open_warehouse_once(token.warehouse).reading() as connection:
        return outlook(connection, made, name, about, goal=goal)
