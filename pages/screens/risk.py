"""Risk: is anything going wrong now, and is it handled."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip, tiles
from ui.i18n import _
from ui.risk import credit, events, fraud, live, opinion, service, warned

TILES = ("fraud_rate", "fraud_intercept_rate", "npl_ratio", "overdue_30d", "availability",
         "api_p95", "risk_event_count", "closure_rate")  # fmt: skip

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
strip.show(here, card)
live.show()
if not here.bank.has_data(here.view.period):
    states.nothing_for(here.view.period, here.bank.default)
    st.stop()

tiles.indicators(here, TILES)
left, middle, right = st.columns([4, 4, 3], gap="small")
with left:
    fraud.heat(here)
with middle:
    service.budget(here, card.node("availability", here.view.branch).target)
with right:
    warned.panel(here, card)


def loans() -> None:
    """Loan quality."""
    credit.show(here)


def interfaces() -> None:
    """Fraud over time and response times."""
    one, other = st.columns(2, gap="small")
    with one:
        service.heat(here)
    with other:
        fraud.rates(here)


def register() -> None:
    """Events and the register."""
    one, other = st.columns(2, gap="small")
    with one:
        events.by_class(here)
    with other:
        events.register(here)


def voices() -> None:
    """Opinion and complaints."""
    one, other = st.columns(2, gap="small")
    with one:
        opinion.mentions(here)
    with other:
        opinion.complaints(here)


parts = {
    "events": (_("Events and register"), register),
    "loans": (_("Loan quality"), loans),
    "interfaces": (_("Interfaces and fraud over time"), interfaces),
    "voices": (_("Opinion and complaints"), voices),
}
chosen = st.segmented_control(
    _("More"), list(parts), default="events", key="risk_part",
    format_func=lambda part: parts[part][0], label_visibility="collapsed",
)  # fmt: skip
with st.spinner(states.working(), show_time=True):
    parts[chosen or "events"][1]()
