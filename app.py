"""The cockpit: which screens there are, and the frame around the one that is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import frame
from ui.i18n import _

HERE = Path(__file__).parent
ICON = HERE / "ui" / "icon.svg"

st.set_page_config(
    page_title="Canopy", page_icon=str(ICON), layout="wide", initial_sidebar_state="expanded"
)
st.logo(str(HERE / "ui" / "logo.svg"), size="large", icon_image=str(ICON))
frame.choose_language()
page = st.navigation(
    [
        st.Page(
            "pages/screens/overview.py", title=_("Overview"), url_path="overview", default=True
        ),
        st.Page("pages/screens/tree.py", title=_("Indicator tree"), url_path="tree"),
    ]
)
frame.run(page)
