"""Wall-screen mode: ``?wall=1`` shows large figures without controls and turns the screens.

Escape, or the button in the corner, leaves it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from ui.address import View
from ui.i18n import _
from ui.sections import Screen

SHOWN = ("overview", "business", "risk")
EACH_S = 20
PARAM = "wall"
STYLE = """
.stSidebar, .stAppHeader, .st-key-filters, .stExpander, .st-key-looks { display: none !important; }
html { font-size: 18px !important; }
.stMain { font-size: 1rem; }
.st-key-wall { position: absolute; right: 24px; top: 8px; width: auto; z-index: 3; }
.stMainBlockContainer { max-width: none; padding: 8px 24px; }
"""


def on() -> bool:
    """Whether the address asks for the wall screen."""
    return st.query_params.get(PARAM) == "1"


def hang(screens: Sequence[Screen], current: str) -> None:
    """Large figures, and the turn to the next of the screens that there are."""
    st.html(f"<style>{STYLE}</style>")
    names = [one.name for one in screens]
    order = [screens[names.index(name)] for name in SHOWN if name in names]
    with st.container(horizontal=True, horizontal_alignment="right", key="wall"):
        if st.button(_("Leave the wall screen"), type="tertiary", shortcut="Escape"):
            _leave(current, screens)
    if len(order) > 1:
        _turn(current, following(order, current).path)


def following(order: Sequence[Screen], current: str) -> Screen:
    """The screen after the current one, the first after the last and after any other.

    >>> two = (Screen("overview", "A"), Screen("risk", "B"))
    >>> following(two, "overview").name, following(two, "risk").name, following(two, "tree").name
    ('risk', 'overview', 'overview')
    """
    names = [one.name for one in order]
    return order[(names.index(current) + 1) % len(order)] if current in names else order[0]


def params(view: View | None) -> dict[str, str]:
    """The address of the wall screen with the reader's filters."""
    return {**(view.params() if view is not None else {}), PARAM: "1"}


@st.fragment(run_every=EACH_S)
def _turn(current: str, path: str) -> None:
    """Runs with the page, and again each time a screen has been shown long enough."""
    shown, since = st.session_state.get("wall_since", ("", 0.0))
    if shown != current:
        st.session_state["wall_since"] = (current, time.monotonic())
    elif time.monotonic() - since >= EACH_S - 1:
        st.session_state.pop("wall_since")
        st.switch_page(path, query_params=params(st.session_state.get("view")))


def _leave(current: str, screens: Sequence[Screen]) -> None:
    view: View | None = st.session_state.get("view")
    st.session_state.pop("wall_since", None)
    here = next(one for one in screens if one.name == current)
    st.switch_page(here.path, query_params=view.params() if view is not None else {})
