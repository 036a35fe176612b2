"""The cockpit: which screens there are, and the frame around the one that is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import frame, wall
from ui.sections import START, navigation, sections

HERE = Path(__file__).parent
ICON = HERE / "ui" / "icon.svg"

st.set_page_config(
    page_title="Canopy", page_icon=str(ICON), layout="wide", initial_sidebar_state="expanded"
)
st.logo(str(HERE / "ui" / "logo.svg"), size="large", icon_image=str(ICON))
frame.choose_language()
there = sections(HERE)
page = st.navigation(
    navigation(there), position="hidden" if wall.on() else "sidebar", expanded=True
)
if page.url_path == START:
    page.run()
if wall.on():
    wall.hang([one for inside in there.values() for one in inside], page.url_path or START)
frame.run(page)
