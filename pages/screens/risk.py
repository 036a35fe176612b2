"""Risk: is anything going wrong now, and is it handled."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip
from ui.risk import fraud, live, more, service, warned

TILES = ("fraud_rate", "npl_ratio", "availability", "closure_rate")

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
strip.show(here, card)
if not here.bank.has_data(here.view.period):
    live.show()
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

today, period = st.columns(2, gap="small")
with today:
    live.show()
with period:
    more.period(here, TILES)
left, middle, right = st.columns([4, 4, 3], gap="small")
with left, st.container(border=True, key="panel-fraud", height="stretch"):
    fraud.heat(here)
with middle:
    service.budget(here, card.node("availability", here.view.branch).target)
with right:
    warned.panel(here, card)
more.show(here)
