"""What the Baselines screen reads: kept goals, last year, what goals would make of the score."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from data.period import Period
from data.points.reader import LiveReader
from data.slice import Rights, Slice, SliceError
from data.state import Baseline, baselines
from metrics.scorecard import ScoreCard
from metrics.scorecard.build import build_cards
from metrics.scorecard.coherence import year_coherence
from metrics.scorecard.goals import TypedGoal
from metrics.scorecard.rules import rules_in_force
from metrics.targets.coherence import Coherence
from ui.load.bank import bank
from ui.load.opened import Token, environment, open_warehouse_once, setup
from ui.load.scores import profiles_applied, score_card, year_facts
from ui.load.weights import state

Environment = tuple[tuple[str, str], ...]
Goals = tuple[TypedGoal, ...]


def every_goal(token: Token, rights: Rights) -> tuple[Baseline, ...]:
    """All versions that the reader may see as they are at this moment, newest first.

    Goals of the whole bank are for readers of the whole bank, a branch's for those it is open to.
    """
    every, reached = reversed(baselines(state())), bank(token, rights).branches
    whole = not rights.subtree
    return tuple(one for one in every if (whole if not one.branch_id else one.branch_id in reached))


def whole_year(token: Token, about: Slice, year: int) -> ScoreCard:
    """The card of an entire year, for the slice's rights: values that proposals come from."""
    return score_card(token, about.over(Period.parse(str(year))))


def coherence(token: Token, about: Slice, year: int, goals: Goals) -> Coherence:
    """Whether the bank's targets of a year agree when these goals were in force as well.

    Raises SliceError for readers of a part of the bank.
    """
    if about.rights.subtree:
        raise SliceError("targets of the whole bank are for readers of the whole bank")
    return _coherence(token, about.period, year, goals, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _coherence(
    token: Token, period: Period, year: int, goals: Goals, around: Environment
) -> Coherence:
    del around
    made = setup(token)
    rules = rules_in_force(made, state(), period, profiles=profiles_applied(token))
    rules = replace(rules, typed=_joined(rules.typed, goals))
    with open_warehouse_once(token.warehouse).reading() as connection:
        reader = LiveReader(connection, made.store)
        return year_coherence(reader, made, rules, year, year_facts(token))


def with_goals(token: Token, about: Slice, goals: Goals) -> ScoreCard:
    """The slice's card if these goals were in force as well; nothing is kept by it."""
    return _with_goals(token, about, goals, environment())


@st.cache_resource(show_spinner=False, max_entries=20)
def _with_goals(token: Token, about: Slice, goals: Goals, around: Environment) -> ScoreCard:
    del around
    made = setup(token)
    rules = rules_in_force(made, state(), about.period, profiles=profiles_applied(token))
    rules = replace(rules, typed=_joined(rules.typed, goals))
    with open_warehouse_once(token.warehouse).reading() as connection:
        reader = LiveReader(connection, made.store)
        return build_cards(reader, made, [about.period], [rules], about.rights, year_facts(token))[
            0
        ]


def _joined(kept: Goals, new: Goals) -> Goals:
    """The goals in force, those that are about the same replaced."""
    about = {(one.indicator, one.branch, one.module, one.year) for one in new}
    rest = [one for one in kept if (one.indicator, one.branch, one.module, one.year) not in about]
    return (*rest, *new)
