"""The lower part of the Business screen: one of five subjects, chosen without a whole new run."""

from __future__ import annotations

import streamlit as st

from ui import states
from ui.business import assets, channels, conversion, customers, scenes
from ui.frame import Here
from words.i18n import _

FIRST = "assets"


@st.fragment
def show(here: Here) -> None:
    """The choice and the chosen subject; only these are drawn anew."""
    parts = {
        "assets": (_("Assets and loans"), assets.show),
        "channels": (_("App and other channels"), channels.show),
        "conversion": (_("Conversion"), conversion.show),
        "customers": (_("Cost and value of a user"), customers.show),
        "scenes": (_("Scenes"), scenes.show),
    }
    chosen = st.segmented_control(
        _("More"), list(parts), default=FIRST, key="business_part",
        format_func=lambda part: parts[part][0], label_visibility="collapsed",
    )  # fmt: skip
    with st.spinner(states.working(), show_time=True):
        parts[chosen or FIRST][1](here)
