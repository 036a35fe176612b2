"""What the screens of weights and baselines read and write in the state, and previews by token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import streamlit as st

from data.slice import Slice
from data.state import (
    AuditEntry,
    State,
    WeightSet,
    audit_entries,
    closings,
    weight_set,
    weight_sets,
)
from metrics.scorecard import ScoreCard
from metrics.scorecard.preview import Preview, preview, stability
from metrics.scorecard.rules import (
    BANK,
    BRANCHES,
    weights_in_force,
)
from metrics.weights.profile_file import Profile
from metrics.weights.stability import RankStability
from ui.load.opened import Token, environment, look_again, open_state_once, settings, setup
from ui.load.scores import profiles_applied, score_card

Environment = tuple[tuple[str, str], ...]
Weights = Mapping[str, float]
Items = tuple[tuple[str, float], ...]
MOST_ENTRIES = 200


def state() -> State:
    """The state database, for what a reader does."""
    return open_state_once(settings().state)


def two_people() -> bool:
    """Whether another person has to publish."""
    return settings().two_people


def changed() -> None:
    """After something was published: the next run looks for the newest numbers at once."""
    look_again()


def every_set() -> tuple[WeightSet, ...]:
    """All sets as they are at this moment, newest first."""
    return weight_sets(state())


def one_set(number: int) -> WeightSet | None:
    """A set as it is at this moment."""
    return weight_set(state(), number)


def first_open_day(today: date) -> date:
    """The first day of a month on which something new may take effect: none closed, not past."""
    closed = max((one.month for one in closings(state())), default=None)
    last = today if closed is None else max(today, closed)
    return (last.replace(day=28) + timedelta(days=4)).replace(day=1)


def life(on: str) -> tuple[AuditEntry, ...]:
    """What was done to an object, oldest first."""
    return audit_entries(state(), on=on, limit=MOST_ENTRIES)


def profiles(token: Token) -> Mapping[str, Profile]:
    """The strategy profiles by id."""
    return _profiles(token, environment())


@st.cache_resource(show_spinner=False, max_entries=4)
def _profiles(token: Token, around: Environment) -> Mapping[str, Profile]:
    del around
    return profiles_applied(token).by_id


def weights_of_profile(token: Token, name: str) -> Weights:
    """Weights by node of a strategy profile; raises WeightsError where it cannot be met."""
    return _weights_of_profile(token, name, environment())


@st.cache_resource(show_spinner=False, max_entries=40)
def _weights_of_profile(token: Token, name: str, around: Environment) -> Weights:
    del around
    return profiles_applied(token).weights(name)


def kind_of(profile: str | None) -> str:
    """Whom a set with this profile is for: the bank or its branches."""
    return BRANCHES if profile == BRANCHES else BANK


def in_force(token: Token, day: date, kind: str) -> tuple[str, Weights]:
    """(number or profile, weights) that hold on a day for the bank or for its branches."""
    return _in_force(token, day, kind, environment())


@st.cache_resource(show_spinner=False, max_entries=100)
def _in_force(token: Token, day: date, kind: str, around: Environment) -> tuple[str, Weights]:
    del around
    tree = setup(token).tree
    name, found = weights_in_force(tree, state(), day, kind, profiles_applied(token))
    own = {node: tree.weight(node) for node in tree.nodes()[1:]}
    return name, own | dict(found)


def compared(
    token: Token,
    about: Slice,
    before: tuple[str, Weights],
    after: tuple[str, Weights],
    among: Sequence[str],
) -> Preview:
    """What the facts of a slice's period give under two sets; nothing is kept by it."""
    old, new = (before[0], _items(before[1])), (after[0], _items(after[1]))
    return _compared(token, about, old, new, tuple(among), environment())


def _items(weights: Weights) -> Items:
    return tuple(sorted(weights.items()))


@st.cache_resource(show_spinner=False, max_entries=40)
def _compared(
    token: Token,
    about: Slice,
    before: tuple[str, Items],
    after: tuple[str, Items],
    among: tuple[str, ...],
    around: Environment,
) -> Preview:
    del around
    card: ScoreCard = score_card(token, about)
    sets = (before[0], dict(before[1])), (after[0], dict(after[1]))
    return preview(card, *sets, about.branch, among)


def steady(found: Preview, among: Sequence[str]) -> RankStability:
    """How the ranks of the branches hold when the set's weights move by up to 20 %."""
    return stability(found.after, among)
