"""The status strip: period, scope, data as of, freshness, coverage, weights."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from metrics.scorecard import ScoreCard
from ui import load
from ui.frame import Here
from words import numbers
from words.i18n import _, _n, language
from words.text import safe


def show(here: Here, card: ScoreCard) -> None:
    """One line that says what the reader looks at, and how far it can be trusted."""
    view, total = here.view, card.node("total", here.view.branch)
    scope = safe(here.bank.name(view.branch, language())) if view.branch else _("Whole bank")
    with st.container(horizontal=True, key="strip", vertical_alignment="center", gap="small"):
        st.markdown(f"**{numbers.period(view.period)}** · {scope}", width="content")
        against = _("compared with {period}").format(period=numbers.period(view.other))
        st.markdown(f":gray[{against}]", width="content")
        if here.bank.as_of < view.period.last:
            st.badge(_("▲ period still open"), color="orange")
        _freshness(here)
        _pending(here)
        covered = _("Coverage {share}").format(share=numbers.percent(total.coverage))
        complete = total.coverage > 99.95
        st.badge(f"{'●' if complete else '▲'} {covered}", color="green" if complete else "orange")
        if not view.branch:
            named = load.weights_name(here.token, card.weight_set, language())
            weights = _("Weights: {name}").format(name=safe(named))
            st.markdown(f":gray[{weights}]", width="content")
        if view.segment:
            st.badge(_("Scores are those of everybody in scope"), color="gray")


def _freshness(here: Here) -> None:
    age = (today() - here.bank.as_of).days
    late = age > load.settings().late_after_days
    told = _("Data as of {day} ({age})").format(
        day=numbers.day(here.bank.as_of), age=numbers.days_ago(age)
    )
    st.badge(f"{'■' if late else '●'} {told}", color="red" if late else "green")


def _pending(here: Here) -> None:
    count = load.pending(here.token)
    if count:
        told = _n(
            "{count} load not in these numbers yet", "{count} loads not in these numbers yet", count
        )
        st.badge(f"▲ {told.format(count=count)}", color="orange")


def today() -> date:
    """The day in the bank's zone."""
    return datetime.now(UTC).astimezone(ZoneInfo(load.settings().zone)).date()
