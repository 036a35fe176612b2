"""The one number and the five perspectives: drawn from the card, completed when more is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from metrics.scorecard import Explanation, ScoreCard
from metrics.tree import ROOT
from ui import findings, links, sentences
from ui.address import View
from ui.bands import band_words
from ui.sketch import sparkline
from words import numbers
from words.i18n import _, _n, language
from words.text import plain, safe


@dataclass(frozen=True)
class Slots:
    """Places in the tiles that are filled later: the change by node, the last periods by node."""

    changes: Mapping[str, DeltaGenerator]
    recent: Mapping[str, DeltaGenerator]


def red_lines(card: ScoreCard, view: View) -> None:
    """A lamp for each breached red line: what it caps, the total with and without."""
    total = card.node(ROOT, view.branch)
    for line_id in card.breached(view.branch):
        line = card.tree.red_lines[line_id]
        named = line.name_zh if language() == "zh" else line.name_en
        caps = _(", ").join(
            _("{name} at most {cap}").format(
                name=sentences.name(card.tree, node), cap=numbers.number(cap)
            )
            for node, cap in line.caps.items()
        )
        told = _("■ **Red line: {line}** · {caps}")
        if total.score is not None:
            told = _(
                "■ **Red line: {line}** · {caps} · total {score}, without red lines {uncapped}"
            )
        st.error(
            told.format(
                line=safe(named),
                caps=caps,
                score=numbers.score(total.score),
                uncapped=numbers.score(total.uncapped),
            )
        )


def show(card: ScoreCard, view: View) -> Slots:
    """The tiles as far as the card of the period says; what is left is filled by the others."""
    changes: dict[str, DeltaGenerator] = {}
    recent: dict[str, DeltaGenerator] = {}
    places = st.columns([1.25, 1, 1, 1, 1, 1], gap="small")
    for place, node in zip(places, (ROOT, *card.tree.perspectives), strict=True):
        with place, st.container(border=True, key=f"tile-{node}", height="stretch"):
            links.to_node(view, node, f"**{sentences.name(card.tree, node)}**")
            _figure(card, view, node)
            changes[node] = st.empty()
            recent[node] = st.empty()
            with st.container(key=f"told-{node}"):
                _told(card, view, node)
    return Slots(changes, recent)


def _figure(card: ScoreCard, view: View, node: str) -> None:
    found = card.node(node, view.branch)
    band = band_words(card.tree, found.band, leaf=False)
    kind = "hero" if node == ROOT else "value"
    with st.container(key=f"{kind}-{node}"):
        if node == ROOT:
            st.markdown(numbers.score(found.score))
        else:
            st.markdown(f"{numbers.score(found.score)} {band.badge}")
    if node == ROOT:
        st.markdown(f"{band.badge} {_lamp(len(card.breached(view.branch)))}")


def _lamp(count: int) -> str:
    if count == 0:
        return ":green[● " + _("No red line breached") + "]"
    told = _n("{count} red line breached", "{count} red lines breached", count)
    return ":red[■ " + told.format(count=count) + "]"


def _told(card: ScoreCard, view: View, node: str) -> None:
    """The verdict in a sentence, and how much the node counts."""
    found = card.node(node, view.branch)
    verdict = findings.verdict(findings.leaves_of(card, node, view.branch))
    told = sentences.verdict_words(card.tree, verdict)
    if node != ROOT:
        small = _("Weight {weight}").format(weight=numbers.percent(found.effective_weight))
        if found.coverage < 99.95:
            covered = _("coverage {share}").format(share=numbers.percent(found.coverage))
            small = f"{small} · {covered}"
        told = f"{told}  \n:gray[{small}]"
    st.markdown(told)


def changes(slots: Slots, why: Explanation) -> None:
    """The change of each score against the comparison."""
    for node, place in slots.changes.items():
        change = sentences.change_of_score(why.change(node))
        if change is not None:
            place.markdown(change.markdown)


def recent(slots: Slots, cards: Sequence[ScoreCard], view: View) -> None:
    """The scores of the last periods as lines."""
    for node, place in slots.recent.items():
        scores = [card.node(node, view.branch).score for card in cards]
        drawn = sparkline(scores, plain(sentences.name(cards[-1].tree, node), 60))
        if drawn:
            place.html(drawn)
