"""What happened on some days, from the facts and as typed by people, cached by token."""

from __future__ import annotations

from datetime import date

import streamlit as st

from data.happenings import Happening, Where, around, happenings, parents_of_branches
from data.points.read import permitted_scope
from data.slice import Slice
from data.state import Annotation, annotations_between
from ui.load.opened import Token, environment, open_state_once, open_warehouse_once, settings, setup

Environment = tuple[tuple[str, str], ...]


def happened(token: Token, about: Slice, first: date, last: date) -> tuple[Happening, ...]:
    """Campaigns, outages, releases and holidays of a slice's scope and modules."""
    return _happened(token, about, first, last, environment())


@st.cache_resource(show_spinner=False, max_entries=200)
def _happened(
    token: Token, about: Slice, first: date, last: date, environment_key: Environment
) -> tuple[Happening, ...]:
    del environment_key
    store = setup(token).store
    scope = permitted_scope(store, about)
    with open_warehouse_once(token.warehouse).reading() as connection:
        branches = around(parents_of_branches(connection), scope)
        modules = about.segment.get("module", ())
        where = Where(first, last, branches, modules)
        return happenings(connection, store.coverage, store.clock, where)


def typed(token: Token, about: Slice, first: date, last: date) -> tuple[Annotation, ...]:
    """What people have marked for the whole bank or the slice's branch, oldest first."""
    return _typed(token, about, first, last, environment())


@st.cache_resource(show_spinner=False, max_entries=200)
def _typed(
    token: Token, about: Slice, first: date, last: date, environment_key: Environment
) -> tuple[Annotation, ...]:
    del environment_key
    scope = permitted_scope(setup(token).store, about)
    state = open_state_once(settings().state)
    found = annotations_between(state, first, last, branch_id=scope or None)
    modules = about.segment.get("module", ())
    return tuple(
        one
        for one in found
        if (one.branch_id is None or one.branch_id == scope)
        and (not modules or one.module is None or one.module in modules)
    )
