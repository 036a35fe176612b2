"""Live tiles: today's rows since midnight, refreshed by themselves, never scored."""

from __future__ import annotations

import streamlit as st

from data.risk.today import Today
from ui import frame, load
from ui.load import risk
from ui.tiles import Figure, figures
from words import numbers
from words.i18n import _

EVERY = "30s"


@st.fragment(run_every=EVERY)
def show() -> None:
    """A row of counts with the moment up to which they go; a fragment of its own."""
    here = frame.here()
    try:
        found = risk.today(here.token, here.view.scope)
    except load.UNREACHABLE as error:
        st.warning(
            _("Live figures are out of reach for the moment."), icon=":material/sync_problem:"
        )
        st.caption(type(error).__name__)
        return
    with st.container(key="live"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(heading(found), width="content")
            st.caption(
                _("Rows since midnight as loaded, of everybody in scope; never scored."),
                width="content",
            )
        figures(live_figures(found))


def heading(found: Today) -> str:
    """Which day, and up to when: Markdown."""
    if found.as_of is None:
        return ":gray[○] " + _("Today {day}: no rows yet").format(day=numbers.day(found.day))
    clock = f"{found.as_of:%H:%M}"
    if found.live:
        words = _("Today {day}, as of {clock}").format(day=numbers.day(found.day), clock=clock)
        return f":green[●] **{words}**"
    words = _("No rows of today yet: the newest day is {day}, as of {clock}").format(
        day=numbers.day(found.day), clock=clock
    )
    return f":gray[○] **{words}**"


def live_figures(found: Today) -> list[Figure]:
    """One tile a count; a dash where rows name no branch."""
    share = None
    if found.transactions:
        share = 100 * (found.failed or 0) / found.transactions
    errors = None if not found.calls else 100 * (found.errors or 0) / found.calls
    return [
        Figure("live-txn", _("Transactions"), _count(found.transactions)),
        Figure("live-failed", _("Failed"), _count(found.failed), lines=_part(share)),
        Figure("live-alerts", _("Fraud alerts"), _count(found.alerts)),
        Figure("live-blocked", _("Blocked"), _count(found.blocked)),
        Figure("live-errors", _("API errors"), _count(found.errors), lines=_part(errors)),
        Figure("live-minutes", _("Minutes out of service"), _count(found.bad_minutes)),
        Figure(
            "live-events",
            _("Risk events"),
            _count(found.events),
            lines=()
            if found.open_events is None
            else (_("{n} still open").format(n=found.open_events),),
        ),
    ]


def _count(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _part(share: float | None) -> tuple[str, ...]:
    return () if share is None else (_("{share} of all").format(share=f"{share:.2f}%"),)
