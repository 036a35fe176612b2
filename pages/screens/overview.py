"""Overview: how are we doing, what moved, where is it bad, what is missing."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, overview, states, strip

here = frame.here()
about, branch = here.view.scope, here.view.branch
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, about)
    before = load.score_card(here.token, about.over(here.view.other))
    why = load.moved(here.token, about, here.view.other)

strip.show(here, card)
if not here.bank.has_data(here.view.period):
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

states.covered_enough(card.node("total", branch))
overview.red_lines(card, here.view)
overview.tiles(card, why, here.view)

left, right = st.columns([1, 1], gap="small")
with left:
    overview.moved(why, here.view)
with right:
    overview.off_target(card, here.view)
    trend = st.container(border=True, key="panel-trend")
overview.gaps(card, here.view)
overview.branches(here, card, before)
with trend:
    overview.trend(here)
