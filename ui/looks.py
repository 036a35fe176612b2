"""How the cockpit looks to its reader: the pair of colours of changes, and the way to the wall."""

from __future__ import annotations

import streamlit as st

from ui import links, wall
from ui.theme import PAIR_KEY, PAIRS
from words.i18n import _


def choose() -> None:
    """The reader's choices, at the foot of the navigation; an address may bring the pair."""
    asked = st.query_params.get("colours", "")
    if PAIR_KEY not in st.session_state and asked in PAIRS:
        st.session_state[PAIR_KEY] = asked
    if st.session_state.get(PAIR_KEY, PAIRS[0]) not in PAIRS:
        st.session_state[PAIR_KEY] = PAIRS[0]
    words = {"good_green": _("Green is good"), "good_red": _("Red is good")}
    with st.sidebar, st.container(key="looks"):
        st.selectbox(
            _("Colours of changes"),
            PAIRS,
            key=PAIR_KEY,
            format_func=lambda pair: words.get(pair, pair),
            persist_state="session",
        )
        st.page_link(
            links.OVERVIEW,
            label=_("Wall screen"),
            query_params=wall.params(st.session_state.get("view")),
        )
