"""What happened on some days, from the facts and as typed by people, cached by token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from data.happenings import (
    Happening,
    Recorded,
    Where,
    around,
    parents_of_branches,
    recorded,
    seen,
)
from data.points.read import permitted_scope
from data.slice import Slice
from data.state import Annotation, annotations_between
from ui.load.opened import Token, environment, open_state_once, open_warehouse_once, settings, setup

Environment = tuple[tuple[str, str], ...]
Parents = Mapping[str, str | None]
EVER = (date(1900, 1, 1), date(2200, 1, 1))


def happened(token: Token, about: Slice, first: date, last: date) -> tuple[Happening, ...]:
    """Campaigns, outages, releases and holidays of a slice's scope and modules."""
    everything, parents = _recorded(token, environment())
    branches = around(parents, permitted_scope(setup(token).store, about))
    return seen(everything, Where(first, last, branches, about.segment.get("module", ())))


@st.cache_resource(show_spinner=False, max_entries=2)
def _recorded(token: Token, around_us: Environment) -> tuple[tuple[Recorded, ...], Parents]:
    """All that was ever recorded, for all readers; what one may see is chosen from it."""
    del around_us
    store = setup(token).store
    with open_warehouse_once(token.warehouse).reading() as connection:
        found = recorded(connection, store.coverage, store.clock, *EVER)
        return found, parents_of_branches(connection)


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
