"""What Self-service reads: answers by token and view, saved analyses as they are now."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from data.points.reader import LiveReader
from data.points.rows import Rows
from data.slice import Rights
from data.state import State
from data.state.pins import pinned_views
from data.state.views import SavedView, saved_view, saved_views
from metrics.decomposition.records import Refused
from metrics.explore.contributors import Contributors
from metrics.explore.contributors import contributors as contributed
from metrics.explore.contributors import telling as most_telling
from metrics.explore.defined import Offered, Undefined, UndefinedError
from metrics.explore.defined import mended as mend
from metrics.explore.defined import offered as offer
from metrics.explore.order import ordered
from metrics.explore.records import Place, Table
from metrics.explore.rows import rows_of
from metrics.explore.table import answer
from metrics.explore.targets import Targets
from metrics.explore.view import TARGET, UNSORTED, Against, Chart, Known
from metrics.explore.view import View as Asked
from metrics.questions.records import Asked as Understood
from metrics.questions.understand import understand
from metrics.questions.vocabulary import Vocabulary
from metrics.questions.written import load_words
from ui.load.bank import Bank
from ui.load.bank import bank as bank_of
from ui.load.opened import Token, environment, open_state_once, open_warehouse_once, settings, setup
from ui.load.scores import year_facts

KEPT = 200
Environment = tuple[tuple[str, str], ...]


def table(token: Token, view: Asked) -> Table:
    """The answer to a view; what only changes its look or its order is not read again.

    UndefinedError for a view that is not defined, SliceError for a scope out of reach.
    """
    bare = replace(view, chart="table", sort=UNSORTED)
    found = replace(_table(token, bare, environment()), view=view)
    return replace(found, rows=ordered(found))


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _table(token: Token, view: Asked, around: Environment) -> Table:
    del around
    made = setup(token)
    targets = None
    if TARGET in view.comparisons:
        targets = Targets(state(), year_facts(token))
    with open_warehouse_once(token.warehouse).reading() as connection:
        return answer(LiveReader(connection, made.store), made, view, targets)


def offered(token: Token, view: Asked) -> Offered:
    """What may be chosen beside the rest of a view, and why not where it may not."""
    return offer(setup(token), view)


def mended(token: Token, view: Asked) -> tuple[Asked, tuple[Undefined, ...]]:
    """A view without what is not defined in it; UndefinedError where nothing is left to show."""
    return mend(setup(token), view)


def drawable(token: Token, view: Asked, *, charted: bool = True) -> Asked:
    """A view without what is not defined in it, and with a chart that can show it.

    ``charted``: the chart was asked for and stays where it can. A view that has no answer at all
    stays as it is.
    """
    try:
        found, _left_out = mended(token, view)
    except UndefinedError:
        return view
    if charted and found.chart == view.chart:
        return found
    return replace(found, chart=suited(offered(token, found), found))


def suited(there: Offered, view: Asked) -> Chart:
    """The chart that a view is best seen as."""
    over_time: tuple[Chart, ...] = ("line", "bar", "heat")
    wanted: tuple[Chart, ...] = over_time if view.grain else ("bar", "scatter", "heat")
    return next((one for one in wanted if there.charts[one] is None), "table")


def telling(token: Token, view: Asked, place: Place, against: Against) -> tuple[Contributors, ...]:
    """The change of a cell by every dimension, the one that tells most about it first."""
    return _telling(token, replace(view, chart="table", sort=UNSORTED), place, against)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _telling(token: Token, view: Asked, place: Place, against: Against) -> tuple[Contributors, ...]:
    with open_warehouse_once(token.warehouse).reading() as connection:
        return most_telling(connection, setup(token), view, place, against)


def contributors(
    token: Token, view: Asked, place: Place, against: Against, by: str
) -> Contributors | Refused:
    """The change of a cell by the parts of a dimension, or why it is not taken apart."""
    with open_warehouse_once(token.warehouse).reading() as connection:
        return contributed(connection, setup(token), view, place, against, by)


def rows(
    token: Token, view: Asked, place: Place, point: str, page: int, *, who: str, purpose: str
) -> Rows | Refused:
    """A page of the rows behind a cell; never cached, and the look is in the audit log."""
    with open_warehouse_once(token.warehouse).reading() as connection:
        return rows_of(
            connection, setup(token), state(), view, place, point, page, who=who, purpose=purpose
        )


def understood(token: Token, question: str, known: Known, bank: Bank) -> Understood:
    """What a question in words asks for, within what ``known`` and ``bank`` hold for a reader."""
    words = vocabulary(token, known.rights, known)
    return understand(question, words, known, bank.as_of, setup(token))


def vocabulary(token: Token, rights: Rights, known: Known) -> Vocabulary:
    """All phrases that questions may hold, of branches only those that rights reach."""
    kept = _vocabularies(token, environment())
    if rights not in kept:
        tree = setup(token).tree
        branches = bank_of(token, rights).branches.values()
        kept[rights] = Vocabulary(load_words(settings().tree, tree), known, branches)
    return kept[rights]


@st.cache_resource(show_spinner=False, max_entries=2)
def _vocabularies(token: Token, around: Environment) -> dict[Rights, Vocabulary]:
    del token, around
    return {}


def state() -> State:
    """The state database, for what a reader does."""
    return open_state_once(settings().state)


def saved(number: int, who: str) -> SavedView | None:
    """A saved analysis that the person may open; never cached."""
    return saved_view(state(), number, who)


def every_saved(who: str) -> tuple[SavedView, ...]:
    """All saved analyses that the person may open, by name; never cached."""
    return saved_views(state(), who)


def archived(who: str) -> tuple[SavedView, ...]:
    """The person's own archived analyses; never cached."""
    return tuple(one for one in saved_views(state(), who, archived=True) if one.owner == who)


def pinned(who: str) -> tuple[SavedView, ...]:
    """What is on the person's page, in order; never cached."""
    return pinned_views(state(), who)
