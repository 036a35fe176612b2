"""The bank's own values beside peers' and the plans' lines, and what a peer's value is worth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.competitors.records import OURS, Figure
from data.slice import Slice
from metrics.competitors.benchmarks import benchmarks
from metrics.competitors.standing import INDICATOR_OF, age_of, comparable, latest, providers
from metrics.competitors.whatif import WhatIf
from ui import export, sentences, tables
from ui.competitor.words import grade_words, period_words, value_words
from ui.frame import Here
from ui.load import competitor as load
from words import numbers
from words.codes import age_words, competitor_words
from words.i18n import _, language
from words.text import plain, safe

FEW_ROWS = 7


def worth(here: Here, found: Sequence[Figure]) -> None:
    """What the score would be with a peer's newest value of an indicator."""
    st.subheader(_("With a peer's value, our score"), anchor=False)
    held = [
        (one, load.what_if(here.token, here.view.scope, INDICATOR_OF[one.measure], one.value))
        for one in matching(found, here.view.slice)
        if one.value is not None
    ]
    if not held:
        st.info(_("No figure of a peer matches an indicator in this scope and segment."))
        return
    st.markdown(f"**{safe(_most(here, held), 300)}**")
    table = pd.DataFrame([_row(here, one, what) for one, what in held])
    number = st.column_config.NumberColumn
    st.dataframe(
        tables.minus(table, {_("Total, points"): "+.2f"}),
        hide_index=True,
        key="peer_worth",
        placeholder="—",
        height=300 if len(table) > FEW_ROWS else "auto",
        column_config={
            _("Its value"): st.column_config.TextColumn(alignment="right"),
            _("Ours"): st.column_config.TextColumn(alignment="right"),
            _("Score now"): number(format="%.1f"),
            _("Score with it"): number(format="%.1f"),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        told = _("All else stays. A count of users says as much about size as about quality.")
        st.caption(told, width="content")
        export.buttons(table, "peer_worth", _("With a peer's value, our score"))


def matching(found: Sequence[Figure], about: Slice) -> list[Figure]:
    """Newest figures of peers by measure and provider that the slice can be held against.

    The newest come first.
    """
    held = [
        one
        for measure, indicator in INDICATOR_OF.items()
        if comparable(indicator, about)
        for provider in providers(found, measure)
        for one in latest(found, measure, provider)
        if one.value is not None and one.competitor != OURS
    ]
    return sorted(held, key=lambda one: one.last, reverse=True)


def _row(here: Here, one: Figure, what: WhatIf) -> dict[str, str | float | None]:
    until = here.view.period.last
    return {
        _("Indicator"): here.tree.name(what.indicator, language()),
        _("Competitor"): competitor_words(one.competitor),
        _("Its value"): value_words(one.value, one.unit),
        _("Ours"): sentences.quantity(here.tree, what.indicator, what.value),
        _("Score now"): what.score,
        _("Score with it"): what.with_other,
        _("Total, points"): what.gain,
        _("How old"): age_words(one, until),
        _("Provider"): plain(one.provider, 60),
        _("Period"): period_words(one),
        _("Grade"): grade_words(one.grade),
    }


def _most(here: Here, held: Sequence[tuple[Figure, WhatIf]]) -> str:
    """The value that would move the total most; a stale one only where there is no other."""
    known = [(one, what, what.gain) for one, what in held if what.gain is not None]
    if not known:
        return _("Nothing can be scored with a peer's value here")
    fresh = [row for row in known if age_of(row[0], here.view.period.last) != "stale"]
    one, what, gain = max(fresh or known, key=lambda row: abs(row[2]))
    told = _("With {who}'s {indicator} the total would move {gain} points, the most of all figures")
    return told.format(
        who=competitor_words(one.competitor),
        indicator=here.tree.name(what.indicator, language()),
        gain=numbers.signed(gain, 2),
    )


def lines(here: Here) -> None:
    """Reference lines of the source plans beside the bank's own value."""
    found = benchmarks(frozenset(here.tree.indicators))
    wanted = sorted({one.indicator for one in found if one.indicator})
    period = here.view.period
    own = {name: load.own_values(here.token, here.view.slice, name, [period])[0] for name in wanted}
    kinds = {"industry": _("Industry"), "peer": _("Peer"), "reference": _("Reference line")}
    table = pd.DataFrame(
        {
            _("Kind"): [kinds[one.kind] for one in found],
            _("Figure"): [one.topic(language()) for one in found],
            _("Whose"): [plain(one.who, 40) for one in found],
            _("Value"): [value_words(one.value, one.unit) for one in found],
            _("This bank"): [
                sentences.quantity(here.tree, one.indicator, own[one.indicator])
                if one.indicator
                else None
                for one in found
            ],
            _("Plan document"): [one.plan for one in found],
        }
    )
    with st.expander(_("Reference lines of the plans")):
        st.dataframe(table, hide_index=True, key="benchmarks", placeholder="—", height=360)
        told = _("This bank: {period}").format(period=numbers.period(period))
        st.caption(told)
        export.buttons(table, "benchmarks", _("Reference lines of the plans"))
