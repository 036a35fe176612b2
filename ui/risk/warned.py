"""What goes wrong, in words, each a link: red lines, then indicators below their base."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.points.wants import Reason
from metrics.risk.service import Budget
from metrics.scorecard import ScoreCard
from ui import findings, links, sentences
from ui.bands import band_words
from ui.frame import Here
from ui.load import risk
from words import numbers
from words.i18n import _, _n, language
from words.text import safe

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
            words = _("Red line breached: {line}").format(line=safe(told))
            st.markdown(f":red[■ {words}]")
        leaves = [
            leaf for node in NODES for leaf in findings.leaves_of(card, node, here.view.branch)
        ]
        below = findings.off_target(leaves, MOST)
        seen = [*_budget(here, card), *_late(here)]
        with st.container(key="list-off-risk"):
            for node, words in seen:
                links.to_node(here.view, node, words)
            _lines(here, card, below)
        if not breached and not below and not seen:
            st.success(_("● Every indicator of risk and compliance is at or above its base."))


def _lines(here: Here, card: ScoreCard, below: Sequence[findings.OffTarget]) -> None:
    for one in below:
        band = band_words(card.tree, one.node.band, leaf=True)
        said = sentences.off_target_words(card.tree, one)
        links.to_node(here.view, one.node.id, f":{band.colour}[{band.sign}] {said}")


def _budget(here: Here, card: ScoreCard) -> list[tuple[str, str]]:
    """The error budget, where it is overspent."""
    target = card.node("availability", here.view.branch).target
    if target is None or target >= 100:
        return []
    found = risk.budget(here.token, here.view.slice, target)
    if not isinstance(found, Budget) or found.left >= 0:
        return []
    words = _("Error budget overspent: {lost} minutes out of service, {allowed} allowed").format(
        lost=numbers.number(found.lost, 0), allowed=numbers.number(found.allowed, 0)
    )
    return [("availability", f":red[■] {words}")]


def _late(here: Here) -> list[tuple[str, str]]:
    """Events past their limit of time."""
    found = risk.classes(here.token, here.view.slice)
    if isinstance(found, Reason):
        return []
    late, opened = sum(one.late for one in found), sum(one.open for one in found)
    if not late:
        return []
    words = _n(
        "{late} event past its time limit, {open} still open",
        "{late} events past their time limit, {open} still open",
        late,
    ).format(late=late, open=opened)
    return [("closure_rate", f":orange[▲] {words}")]
