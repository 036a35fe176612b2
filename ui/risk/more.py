"""The lower part of the Risk screen: one of four subjects, chosen without a whole new run."""

from __future__ import annotations

import streamlit as st

from ui import states
from ui.frame import Here
from ui.risk import credit, events, fraud, opinion, service
from words.i18n import _

FIRST = "events"


@st.fragment
def show(here: Here) -> None:
    """The choice and the chosen subject; only these are drawn anew."""
    parts = {
        "events": (_("Events and register"), (events.by_class, events.register)),
        "loans": (_("Loan quality"), (credit.show,)),
        "interfaces": (_("Interfaces and fraud over time"), (service.heat, fraud.rates)),
        "voices": (_("Opinion and complaints"), (opinion.mentions, opinion.complaints)),
    }
    chosen = st.segmented_control(
        _("More"), list(parts), default=FIRST, key="risk_part",
        format_func=lambda part: parts[part][0], label_visibility="collapsed",
    )  # fmt: skip
    panels = parts[chosen or FIRST][1]
    with st.spinner(states.working(), show_time=True):
        for place, panel in zip(st.columns(len(panels), gap="small"), panels, strict=True):
            with place:
                panel(here)
