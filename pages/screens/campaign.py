"""Campaigns: which worked, for whom, at what price, and what next."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip
from ui.campaign import credit, headline, listing, one, plan
from ui.load import campaign as reading
from words.i18n import _

here = frame.here()
about = here.view.slice
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
    found = reading.results(here.token, about)
    totals = reading.campaign_totals(here.token, about)
    money = reading.year_budget(here.token, about)

strip.show(here, card)
if not here.bank.has_data(here.view.period):
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

headline.show_tiles(here, found, totals)
if headline.not_loaded(here):
    states.not_loaded(_("Campaigns are not loaded yet"), headline.TABLES)
    if totals.spending_known:
        with st.container(border=True, key="panel-budget"):
            plan.budget(here, money)
    st.stop()
with st.container(border=True, key="panel-campaign-findings"):
    headline.findings(here, found, money)
with st.container(border=True, key="panel-campaigns"):
    listing.show(found)

left, right = st.columns([1, 1] if credit.any_return(found) else [1, 2], gap="small")
with left, st.container(border=True, key="panel-returns", height="stretch"):
    credit.returns(found)
with right, st.container(border=True, key="panel-attribution", height="stretch"):
    credit.attribution(here)

chosen = listing.chosen(found)
if chosen is not None:
    with st.container(border=True, key="panel-campaign"):
        one.show(here, chosen)
with st.container(border=True, key="panel-calendar"):
    plan.calendar_of(here, found)
with st.container(border=True, key="panel-budget"):
    plan.budget(here, money)
with st.expander(_("Roll-outs in stages"), expanded=False):
    plan.staged(here)
