"""Overview: how are we doing, what moved, where is it bad, what is missing."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, overview, states, strip

here = frame.here()
about, other = here.view.scope, here.view.other
with st.spinner(overview.working(), show_time=True):
    card = load.score_card(here.token, about)
    before = load.score_card(here.token, about.over(other))
    why = load.moved(here.token, about, other)

strip.show(here, card)
if not overview.has_values(card, here.view.branch):
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

overview.red_lines(card, here.view)
score, perspectives = st.columns([1, 4], gap="small")
with score:
    overview.total(card, why, here.view)
with perspectives:
    overview.perspectives(card, why, here.view)

moved, off = st.columns([1, 1], gap="medium")
with moved:
    overview.moved(card, why, here.view)
with off:
    overview.off_target(card, here.view)

overview.gaps(card, here.view)
overview.branches(here, card, before)
overview.trend(here)
