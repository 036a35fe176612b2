"""The period's headline, and below it one of four subjects, chosen without a whole new run."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import states, tiles
from ui.frame import Here
from ui.risk import credit, events, fraud, opinion, service
from words import numbers
from words.i18n import _
from words.text import safe

FIRST = "events"
TILES = {
    "events": ("risk_event_count", "detection_minutes", "ops_incidents", "data_leaks"),
    "loans": ("overdue_30d", "first_payment_default"),
    "interfaces": ("api_p95", "api_error_rate", "fraud_intercept_rate", "fraud_loss_rate"),
    "voices": ("negative_share", "complaint_rate", "complaint_hours"),
}
"""Indicators that stand above each subject and not in the headline."""


def period(here: Here, names: Sequence[str]) -> None:
    """The period's tiles, beside those of today."""
    told = safe(numbers.period(here.view.period))
    st.markdown(f"**{told}**", help=_("Scored against targets."))
    tiles.indicators(here, names)


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
        tiles.indicators(here, TILES[chosen or FIRST])
        for place, panel in zip(st.columns(len(panels), gap="small"), panels, strict=True):
            with place:
                panel(here)
