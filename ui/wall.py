"""Wall-screen mode: ``?wall=1`` shows large figures without controls and turns the screens.

Escape, or the button in the corner, leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.address import View
from ui.sections import Screen
from words.i18n import _

SHOWN = ("overview", "business", "risk")
EACH_S = 30
TICK_S = 5
PARAM = "wall"
STYLE = """
.stSidebar, .stAppHeader, .st-key-filters, .stExpander, .st-key-looks, .stButtonGroup, .stTabs,
.stDownloadButton, .stMain .stSelectbox, .stColumn:has(.st-key-panel-decide) {
  display: none !important;
}
html { font-size: clamp(18px, 1.4vw, 60px) !important; }
.stApp .stMainBlockContainer { max-width: none; padding: 8px 20px; }
.stApp .st-key-wall { position: absolute; right: 20px; top: 8px; width: auto; z-index: 3; }
.stApp .st-key-strip p { font-size: 0.9rem; }
.stApp [class*="st-key-value-"] p { font-size: 1.65rem; }
.stApp [class*="st-key-hero-"] p { font-size: 3.6rem; }
.stApp [class*="st-key-told-"] { display: none; }
.stApp .sketch.spark { height: 2.4rem; }
.stApp .sketch.bullet, .stApp .sketch.bullet .bar { height: 0.7rem; }
@keyframes wall-SCREEN { 50%, 100% { display: none; } }
.stApp .stHorizontalBlock:has([class*="st-key-tile-"]):not(:has([class*="st-key-panel-"])):not(
  [class*="st-key-panel-"] *), .stApp .stHorizontalBlock:has(.st-key-panel-decide) {
  animation: wall-SCREEN EACHs step-end both;
}
"""
"""The tiles, and of the overview what moved, make room for what stands below them in the second
half of a screen's time. The animation has the screen's name, so that it begins anew with each."""


def on() -> bool:
    """Whether the address asks for the wall screen."""
    return st.query_params.get(PARAM) == "1"


def hang(screens: Sequence[Screen], current: str) -> None:
    """Large figures, and the turn to the next of the screens that there are."""
    st.html(f"<style>{style(current)}</style>")
    names = [one.name for one in screens]
    order = [screens[names.index(name)] for name in SHOWN if name in names]
    with st.container(horizontal=True, horizontal_alignment="right", key="wall"):
        if st.button(_("Leave the wall screen"), type="tertiary", shortcut="Escape"):
            _leave(current, screens)
    if len(order) > 1:
        _turn(current, following(order, current).path)


def style(current: str) -> str:
    """The look of a screen on the wall.

    >>> "wall-risk 30s" in style("risk")
    True
    """
    return STYLE.replace("SCREEN", current).replace("EACH", str(EACH_S))


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


@st.fragment(run_every=TICK_S)
def _turn(current: str, path: str) -> None:
    """Runs with the page, then at each tick; a screen is shown its time from when it is drawn."""
    shown, ticks = st.session_state.get("wall_ticks", ("", 0))
    ticks = ticks + 1 if shown == current else 0
    if ticks <= EACH_S // TICK_S:
        st.session_state["wall_ticks"] = (current, ticks)
        return
    st.session_state.pop("wall_ticks")
    st.switch_page(path, query_params=params(st.session_state.get("view")))


def _leave(current: str, screens: Sequence[Screen]) -> None:
    view: View | None = st.session_state.get("view")
    st.session_state.pop("wall_ticks", None)
    here = next(one for one in screens if one.name == current)
    st.switch_page(here.path, query_params=view.params() if view is not None else {})
