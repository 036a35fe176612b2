"""Business: are we on course for the year, what earns, what does a user cost and bring."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip, tiles
from ui.business import course, more, moved, structure, warned

TILES = ("txn_amount", "fee_income", "aum", "lum", "cac", "ltv_cac")

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
strip.show(here, card)
if not here.bank.has_data(here.view.period):
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

tiles.indicators(here, TILES)
left, right = st.columns([7, 3], gap="small")
with left:
    course.show(here)
with right:
    warned.panel(here, card)
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="panel-structure", height="stretch"):
    structure.panel(here)
with right, st.container(border=True, key="panel-split", height="stretch"):
    moved.panel(here)
more.show(here)
