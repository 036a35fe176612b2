"""Where is it bad: indicators below their base, in words, each a link."""

from __future__ import annotations

import streamlit as st

from metrics.scorecard import ScoreCard
from metrics.tree import ROOT
from ui import findings, links, sentences
from ui.address import View
from ui.bands import band_words
from words import numbers
from words.i18n import _, _n

SHOWN = 6


def off_target(card: ScoreCard, view: View) -> None:
    """Indicators below base, the most costly first."""
    leaves = findings.leaves_of(card, ROOT, view.branch)
    every = findings.off_target(leaves, len(leaves))
    if not any(one.score is not None for one in leaves):
        st.info(_("No indicator has a score yet."))
        return
    if not every:
        st.success(_("● Every indicator with data is at or above its base."))
        return
    told = _n(
        "{count} indicator is below its base and costs {lost} points.",
        "{count} indicators are below their base and cost {lost} points.",
        len(every),
    )
    lost = numbers.number(sum(one.lost for one in every), 1)
    st.markdown(f"**{told.format(count=len(every), lost=lost)}**")
    with st.container(key="list-off-target"):
        for one in every[:SHOWN]:
            _line(card, view, one)
    if every[SHOWN:]:
        with st.expander(_("{count} more").format(count=len(every) - SHOWN), type="compact"):
            for one in every[SHOWN:]:
                _line(card, view, one)


def _line(card: ScoreCard, view: View, one: findings.OffTarget) -> None:
    band = band_words(card.tree, one.node.band, leaf=True)
    told = sentences.off_target_words(card.tree, one)
    links.to_node(view, one.node.id, f":{band.colour}[{band.sign}] {told}")


def gaps(card: ScoreCard, view: View) -> None:
    """What is missing for full coverage, and what to load next."""
    found = findings.missing(findings.leaves_of(card, ROOT, view.branch))
    if not found:
        return
    share = numbers.percent(100 - card.node(ROOT, view.branch).coverage)
    opened = card.node(ROOT, view.branch).score is None
    with st.expander(_("Not scored: {share} of the weight").format(share=share), expanded=opened):
        for one in found:
            told = sentences.missing_words(card.tree, one)
            st.markdown(f":gray[○] {told}. {sentences.next_step(one)}")
