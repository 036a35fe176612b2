"""The designed states: empty, loading, error, stale, nothing for the period, too little covered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from data.configuration import ConfigurationError
from data.period import Period
from data.slice import WHOLE_BANK
from data.state import StateError
from metrics.scorecard import NodeResult
from ui import load
from ui.load import Now
from words import numbers
from words.i18n import _, message
from words.text import plain, safe

LOOK_AGAIN_S = 15


def _state(key: str, heading: str, body: str) -> None:
    with st.container(border=True, key=f"state-{key}"):
        st.subheader(heading, anchor=False)
        st.markdown(body)


def working() -> str:
    """What is said while scores are worked out."""
    return _("Working out the scores…")


def empty(kind: str) -> None:
    """There is no warehouse yet, nothing in it, or nothing worked out from it."""
    if kind == "unrefreshed":
        _state(
            kind,
            _("The data are loaded; the daily points are not made yet"),
            _("Work them out, then this page fills by itself:"),
        )
        st.code("python cli.py refresh", language="shell")
    else:
        _state(
            kind,
            _("There are no data yet"),
            _("Make a demo bank to look around, or load your bank's own files:"),
        )
        st.code("make run\n\npython cli.py load FILES…\npython cli.py refresh", language="shell")
    _watch(None)


def misconfigured(error: ConfigurationError) -> None:
    """The configuration has problems: all of them, each with its place."""
    _state(
        "configuration",
        _("The configuration needs a correction"),
        _("Canopy starts when these are put right:"),
    )
    st.code(plain_lines(message(error)), language=None)


def plain_lines(text: str) -> str:
    """Lines of a message, each made harmless."""
    return "\n".join(plain(line, 400) for line in text.splitlines())


def unreachable(error: Exception, *, known: bool = False) -> None:
    """A database does not answer and nothing read before can stand in for what it holds."""
    own = isinstance(error, StateError)
    heading = (
        _("Canopy's own database does not answer") if own else _("The warehouse does not answer")
    )
    told = (
        _("This view was not read before the warehouse went away. Others may still be shown.")
        if known and not own
        else _("Nothing is lost. This page comes back by itself as soon as it answers.")
    )
    _state("unreachable", heading, told)
    with st.expander(_("Message for your data engineer")):
        st.code(plain_lines(message(error)), language=None)
    _watch(None)


def stale(now: Now) -> None:
    """Say above the screen that its data are old, and look again now and then."""
    age = numbers.ago((datetime.now(UTC) - now.since).total_seconds())
    told = _("▲ **The warehouse does not answer.** You see what was read {age}.")
    st.warning(told.format(age=age))
    _watch(now)


def _watch(shown: Now | None) -> None:
    st.fragment(_recovered, run_every=LOOK_AGAIN_S)(shown)


def _recovered(shown: Now | None) -> None:
    """Show the whole page again once there is something newer to show."""
    try:
        found = load.now()
        load.bank(found.token, WHOLE_BANK)
    except (load.EmptyWarehouseError, ConfigurationError, *load.UNREACHABLE):
        return
    if not found.error and (shown is None or shown.error) and "recovering" not in st.session_state:
        st.session_state["recovering"] = True
        st.rerun()
    st.session_state.pop("recovering", None)


def not_permitted(why: str) -> None:
    """The address names a scope that does not exist or is outside the reader's rights."""
    _state("right", _("This part of the bank is not open to you"), safe(message(why)))


def no_right(heading: str, advice: str) -> None:
    """The reader gets nothing at all: not even which screens there are."""
    st.html(
        "<style>[data-testid='stSidebar'], [data-testid='stExpandSidebarButton'] "
        "{display: none} .st-key-state-right {margin: 12vh auto 0}</style>"
    )
    _state("right", heading, advice)


def unfit_weights(why: str) -> None:
    """What was published fits the tree no more: weights that do not add up score nothing."""
    _state(
        "unfit-weights",
        _("The published weights do not fit the indicator tree"),
        _("Nothing is scored until a set that adds up is published, or the tree is put right:"),
    )
    st.code(plain(message(why), 1000), language=None, wrap_lines=True)


def broken() -> None:
    """An error of ours; its traceback is in the log."""
    _state(
        "broken",
        _("Something went wrong on this screen"),
        _("It was written to the log. Other screens are not concerned; reload to try again."),
    )


def covered_enough(total: NodeResult) -> None:
    """Say so where too little of the tree has data for a score."""
    if total.score is None:
        told = _("▲ **Not enough data for a score.** {share} of the weight, {least} needed.")
        share, least = total.coverage, load.settings().minimum_coverage
        st.warning(told.format(share=numbers.percent(share), least=numbers.percent(least)))


def nothing_for(period: Period, default: Period) -> None:
    """No table covers the period."""
    _state(
        "no-data",
        _("No data for {period}").format(period=numbers.period(period)),
        _("Choose another period above; the newest complete one is {default}.").format(
            default=numbers.period(default)
        ),
    )


def not_loaded(heading: str, tables: Sequence[str]) -> None:
    """A screen whose tables the bank has not loaded: which ones, and how they come in."""
    named = _(", ").join(f"`{one}`" for one in tables)
    told = _("This screen is made from {tables}. Nothing is said to have been none: it is unknown.")
    with st.container(border=True, key="state-not-loaded"):
        st.subheader(heading, anchor=False)
        st.markdown(told.format(tables=named))
        st.code("python cli.py load FILES…\npython cli.py refresh", language="shell")
