"""The bank's own values beside peers' and the plans' lines, and what a peer's value is worth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.competitors.records import OURS, Figure
from metrics.competitors.benchmarks import benchmarks
from metrics.competitors.standing import INDICATOR_OF, latest, providers
from ui import export, numbers, sentences
from ui.competitor.words import (
    competitor_words,
    period_words,
    value_words,
)  # fmt: skip
from ui.frame import Here
from ui.i18n import _, language
from ui.load import competitor as load
from ui.text import plain


def worth(here: Here, found: Sequence[Figure]) -> None:
    """What the score would be with a peer's newest value of an indicator."""
    st.subheader(_("With a peer's value, our score"), anchor=False)
    rows = []
    for measure in (one for one in INDICATOR_OF if providers(found, one)):
        indicator = INDICATOR_OF[measure]
        for provider in providers(found, measure):
            for one in latest(found, measure, provider):
                if one.value is None or one.competitor == OURS:
                    continue
                what = load.what_if(here.token, here.view.scope, indicator, one.value)
                rows.append(
                    {
                        _("Indicator"): here.tree.name(indicator, language()),
                        _("Competitor"): competitor_words(one.competitor),
                        _("Its value"): value_words(one.value, one.unit),
                        _("Ours"): sentences.quantity(here.tree, indicator, what.value),
                        _("Score now"): what.score,
                        _("Score with it"): what.with_other,
                        _("Total, points"): what.gain,
                        _("Provider"): plain(one.provider, 60),
                        _("Period"): period_words(one),
                    }
                )
    if not rows:
        st.info(_("No figure of a peer matches an indicator."))
        return
    table = pd.DataFrame(rows)
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key="peer_worth",
        placeholder="—",
        height=min(35 * len(table) + 40, 300),
        column_config={
            _("Score now"): number(format="%.1f"),
            _("Score with it"): number(format="%.1f"),
            _("Total, points"): number(format="%+.2f"),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        told = _("All else stays. A count of users says as much about size as about quality.")
        st.caption(told, width="content")
        export.buttons(table, "peer_worth", _("With a peer's value, our score"))


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
