"""User behaviour: who comes, what they do, where they get lost, who leaves."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip
from ui.behaviour import headline, parts
from ui.load import behaviour as reading

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)

strip.show(here, card)
if not here.bank.has_data(here.view.period):
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

headline.show_tiles(here)
coming = reading.visits(here.token, here.view.slice)
left, middle, right = st.columns([9, 8, 8], gap="small")
with left, st.container(border=True, key="panel-behaviour-findings", height="stretch"):
    headline.findings(here, card, coming)
with middle, st.container(border=True, key="panel-behaviour-stages", height="stretch"):
    headline.funnel(here, card)
with right, st.container(border=True, key="panel-behaviour-coming", height="stretch"):
    headline.coming(here, coming)
with st.container(border=True, key="panel-behaviour-part"):
    parts.show(here)
