"""Business: are we on course for the year, what earns, what does a user cost and bring."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip, tiles
from ui.business import (
    assets,
    channels,
    conversion,
    course,
    customers,
    moved,
    scenes,
    structure,
    warned,
)
from ui.i18n import _

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
with left:
    structure.panel(here)
with right:
    moved.panel(here)

parts = {
    "assets": (_("Assets and loans"), assets.show),
    "channels": (_("App and other channels"), channels.show),
    "conversion": (_("Conversion"), conversion.show),
    "customers": (_("Cost and value of a user"), customers.show),
    "scenes": (_("Scenes"), scenes.show),
}
chosen = st.segmented_control(
    _("More"), list(parts), default="assets", key="business_part",
    format_func=lambda part: parts[part][0], label_visibility="collapsed",
)  # fmt: skip
with st.spinner(states.working(), show_time=True):
    parts[chosen or "assets"][1](here)
