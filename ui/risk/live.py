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
    with st.container(key="live", height="stretch"):
        st.markdown(
            heading(found),
            help=_("Rows since midnight as loaded, of everybody in scope; never scored."),
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
    """Four tiles, each with what belongs to it; a dash where rows name no branch."""
    failed, errors = _part(found.failed, found.transactions), _part(found.errors, found.calls)
    return [
        Figure(
            "live-txn", _("Transactions"), _count(found.transactions),
            lines=_lines(_told(_("{n} failed"), found.failed, failed)),
        ),
        Figure(
            "live-alerts", _("Fraud alerts"), _count(found.alerts),
            lines=_lines(_told(_("{n} blocked"), found.blocked)),
        ),
        Figure(
            "live-errors", _("API errors"), _count(found.errors),
            lines=_lines(errors, _told(_("{n} minutes out of service"), found.bad_minutes)),
        ),
        Figure(
            "live-events", _("Risk events"), _count(found.events),
            lines=_lines(_told(_("{n} still open"), found.open_events)),
        ),
    ]  # fmt: skip


def _lines(*told: str) -> tuple[str, ...]:
    return tuple(one for one in told if one)


def _told(words: str, count: int | None, share: str = "") -> str:
    if count is None:
        return ""
    told = words.format(n=_count(count))
    return f"{told} · {share}" if share else told


def _count(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _part(count: int | None, whole: int | None) -> str:
    if not whole:
        return ""
    return _("{share} of all").format(share=f"{100 * (count or 0) / whole:.2f}%")
