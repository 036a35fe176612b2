"""What goes wrong, in words, each a link: red lines, then indicators below their base."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.scorecard import ScoreCard
from ui import findings, links, sentences
from ui.frame import Here
from ui.i18n import _, language
from ui.words import band_words

NODES = ("risk", "compliance")
MOST = 7


def panel(here: Here, card: ScoreCard) -> None:
    """The panel."""
    with st.container(border=True, key="panel-off-risk", height="stretch"):
        st.subheader(_("What goes wrong"), anchor=False)
        breached = card.breached(here.view.branch)
        for name in breached:
            line = card.tree.red_lines[name]
            told = line.name_zh if language() == "zh" else line.name_en
            st.markdown(f":red[■ {_('Red line')}: {told}]")
        leaves = [
            leaf for node in NODES for leaf in findings.leaves_of(card, node, here.view.branch)
        ]
        below = findings.off_target(leaves, MOST)
        with st.container(key="list-off-risk"):
            _lines(here, card, below)
        if not breached and not below:
            st.success(_("● Every indicator of risk and compliance is at or above its base."))


def _lines(here: Here, card: ScoreCard, below: Sequence[findings.OffTarget]) -> None:
    for one in below:
        band = band_words(card.tree, one.node.band, leaf=True)
        said = sentences.off_target_words(card.tree, one)
        links.to_node(here.view, one.node.id, f":{band.colour}[{band.sign}] {said}")
