"""My page: the analyses that the reader pinned."""

from __future__ import annotations

import streamlit as st

from ui import frame, lifecycle, load, states, strip
from ui.explore import mine

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)

strip.show(here, card)
lifecycle.told()
mine.show(here)
