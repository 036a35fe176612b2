"""Score cards, what moved them, and values by anything, cached by token."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.period import Period
from data.slice import Rights, Slice
from data.state import weight_sets
from metrics.scorecard import Explanation, ScoreCard, explain, score_cards, within
from metrics.scorecard.facts import YearFacts
from metrics.scorecard.rules import Profiles
from metrics.values import Values, evaluate
from metrics.values.behind import behind as counted_behind
from ui.load.kept import Kept
from ui.load.opened import Token, environment, open_state_once, open_warehouse_once, settings, setup

CARDS_KEPT = 60
CUTS_KEPT = 4 * CARDS_KEPT
HISTORIES_KEPT = 6
PERIODS = 13
Environment = tuple[tuple[str, str], ...]


def score_card(token: Token, about: Slice) -> ScoreCard:
    """The score card of a slice's period, for every scope that the reader's rights reach."""
    return _score_card(token, about.period, about.rights, environment())


@st.cache_resource(show_spinner=False, max_entries=CUTS_KEPT)
def _score_card(token: Token, period: Period, rights: Rights, around: Environment) -> ScoreCard:
    return within(_whole_card(token, period, around), rights)


@st.cache_resource(show_spinner=False, max_entries=CARDS_KEPT)
def _whole_card(token: Token, period: Period, around: Environment) -> ScoreCard:
    return _whole_cards(token, [period], around)[0]


def _whole_cards(token: Token, periods: Sequence[Period], around: Environment) -> list[ScoreCard]:
    """For all readers: goals come down from the bank, so no part can be worked out alone."""

    def read(missing: Sequence[Period]) -> list[ScoreCard]:
        made, state = setup(token), open_state_once(settings().state)
        known, profiles = year_facts(token), profiles_applied(token)
        with open_warehouse_once(token.warehouse).reading() as connection:
            return score_cards(connection, made, state, missing, known=known, profiles=profiles)

    return _cards_kept(token, around).all_of(periods, read)


@st.cache_resource(show_spinner=False, max_entries=2)
def _cards_kept(token: Token, around: Environment) -> Kept[Period, ScoreCard]:
    del token, around
    return Kept(CARDS_KEPT + HISTORIES_KEPT * PERIODS)


def read_cards(token: Token, periods: Sequence[Period]) -> list[ScoreCard]:
    """Cards of the whole bank, kept for whoever asks next; to be cut to a reader's rights."""
    return _whole_cards(token, periods, environment())


def profiles_applied(token: Token) -> Profiles:
    """The strategy profiles, and what they make of the tree."""
    return _profiles_applied(token, environment())


@st.cache_resource(show_spinner=False, max_entries=2)
def _profiles_applied(token: Token, around: Environment) -> Profiles:
    del around
    return Profiles.of(setup(token).tree)


def history(token: Token, about: Slice) -> tuple[ScoreCard, ...]:
    """Score cards of the last periods of the slice's kind, oldest first."""
    return _history(token, about.period, about.rights, environment())


@st.cache_resource(show_spinner=False, max_entries=HISTORIES_KEPT * 4)
def _history(
    token: Token, last: Period, rights: Rights, around: Environment
) -> tuple[ScoreCard, ...]:
    return tuple(within(card, rights) for card in _whole_history(token, last, around))


@st.cache_resource(show_spinner=False, max_entries=HISTORIES_KEPT)
def _whole_history(token: Token, last: Period, around: Environment) -> tuple[ScoreCard, ...]:
    periods = [last]
    while len(periods) < PERIODS:
        periods.insert(0, periods[0].previous())
    return tuple(_whole_cards(token, periods, around))


@st.cache_resource(show_spinner=False, max_entries=2)
def year_facts(token: Token) -> dict[int, YearFacts]:
    """What targets of a year refer to: filled by the first card of the year."""
    del token
    return {}


def moved(token: Token, about: Slice, other: Period) -> Explanation:
    """Why the scores of a slice's branch moved from ``other`` to the slice's period."""
    return _moved(token, about, other, environment())


@st.cache_resource(show_spinner=False, max_entries=CARDS_KEPT)
def _moved(token: Token, about: Slice, other: Period, around: Environment) -> Explanation:
    del around
    before, after = score_card(token, about.over(other)), score_card(token, about)
    return explain(before, after, about.branch)


def weights_name(token: Token, weight_set: str, lang: str) -> str:
    """The name of a weight set: of a shipped profile, or of a published set by its number."""
    profiles = profiles_applied(token).by_id
    if weight_set in profiles:
        profile = profiles[weight_set]
        return profile.name_zh if lang == "zh" else profile.name_en
    state = open_state_once(settings().state)
    named = {str(one.id): one for one in weight_sets(state)}
    if weight_set not in named:
        return weight_set
    return named[weight_set].name_zh if lang == "zh" else named[weight_set].name_en


def breakdown(token: Token, indicator: str, about: Slice, by: tuple[str, ...]) -> Values:
    """An indicator's values for a slice by some dimensions; the arrays are not to be changed."""
    return _breakdown(token, indicator, about, by)


@st.cache_resource(show_spinner=False, max_entries=400)
def _breakdown(token: Token, indicator: str, about: Slice, by: tuple[str, ...]) -> Values:
    made = setup(token)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return evaluate(connection, made, [indicator], about, by)


def behind(token: Token, indicator: str, about: Slice, by: tuple[str, ...]) -> Values | None:
    """How many stand behind each value of ``breakdown``; None: it divides by nothing counted."""
    return _behind(token, indicator, about, by)


@st.cache_resource(show_spinner=False, max_entries=400)
def _behind(token: Token, indicator: str, about: Slice, by: tuple[str, ...]) -> Values | None:
    made = setup(token)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return counted_behind(connection, made, indicator, about, by)
