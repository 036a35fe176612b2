"""Indicator tree: what is measured, how much it counts, and everything about one node."""

from __future__ import annotations

import streamlit as st

from ui import browser, frame, lifecycle, load, node, node_tabs, states, strip

here = frame.here()
view = here.view
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, view.scope)
    before = load.score_card(here.token, view.scope.over(view.other))

strip.show(here, card)
if not here.bank.has_data(view.period):
    states.nothing_for(view.period, here.bank.default)
chosen = browser.open_node(here.tree)

left, right = st.columns([1.06, 0.94], gap="small")
with left:
    browser.show(card, before, chosen, view)
with right:
    node.heading(here.tree, chosen, view)
    lifecycle.told()
    node.figures(here, card, before, card.node(chosen, view.branch))
    node.definition(here, chosen)
    node_tabs.show(here, card, before, chosen)
