"""The parts of the overview, each a function of the score card and the reader's view."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.period import Period
from metrics.scorecard import Explanation, ScoreCard
from metrics.tree import ROOT
from ui import cards, charts, findings, links, load, numbers, sentences, states, tables
from ui import moved as moving
from ui.address import View
from ui.cards import Tile
from ui.frame import Here
from ui.i18n import _, _n, language
from ui.text import plain, safe
from ui.words import band_words


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
        told = _("■ **Red line: {line}** · {caps} · total {score}, without red lines {uncapped}")
        st.error(
            told.format(
                line=safe(named),
                caps=caps,
                score=numbers.score(total.score),
                uncapped=numbers.score(total.uncapped),
            )
        )


def tiles(card: ScoreCard, why: Explanation, view: View) -> None:
    """The one number, and the five perspectives it is made of, each with a verdict."""
    total, *others = st.columns([1.25, 1, 1, 1, 1, 1], gap="small")
    with total:
        _total(card, why, view)
    for place, node in zip(others, card.tree.perspectives, strict=True):
        with place:
            cards.tile(perspective_tile(card, why, view, node), view)


def _total(card: ScoreCard, why: Explanation, view: View) -> None:
    node = card.node(ROOT, view.branch)
    band = band_words(card.tree, node.band, leaf=False)
    with st.container(border=True, key="tile-total", height="stretch"):
        links.to_node(view, ROOT, f"**{sentences.name(card.tree, ROOT)}**")
        with st.container(key="hero-total"):
            st.markdown(numbers.score(node.score))
        change = sentences.change_of_score(why.change(ROOT))
        moved = "" if change is None else change.markdown
        st.markdown(f"{band.badge} {moved}")
        st.markdown(_lamp(len(card.breached(view.branch))))
        leaves = findings.leaves_of(card, ROOT, view.branch)
        st.markdown(sentences.verdict_words(card.tree, findings.verdict(leaves)))


def _lamp(count: int) -> str:
    if count == 0:
        return ":green[● " + _("No red line breached") + "]"
    told = _n("{count} red line breached", "{count} red lines breached", count)
    return ":red[■ " + told.format(count=count) + "]"


def perspective_tile(card: ScoreCard, why: Explanation, view: View, node: str) -> Tile:
    """A perspective's tile: score, band, change, weight and coverage, one sentence."""
    found = card.node(node, view.branch)
    verdict = findings.verdict(findings.leaves_of(card, node, view.branch))
    small = _("Weight {weight}").format(weight=numbers.percent(found.effective_weight))
    if found.coverage < 99.95:
        covered = _("coverage {share}").format(share=numbers.percent(found.coverage))
        small = f"{small} · {covered}"
    return Tile(
        node=node,
        label=sentences.name(card.tree, node),
        value=numbers.score(found.score),
        band=band_words(card.tree, found.band, leaf=False),
        change=sentences.change_of_score(why.change(node)),
        sentence=sentences.verdict_words(card.tree, verdict),
        small=small,
    )


def moved(why: Explanation, view: View) -> None:
    """The change of the total in parts, and the indicators behind it."""
    with st.container(border=True, key="panel-moved", height="stretch"):
        st.subheader(_("What moved"), anchor=False)
        moving.show(why, ROOT, view)


def off_target(card: ScoreCard, view: View) -> None:
    """Indicators below base, the most costly first, each a link to its card."""
    with st.container(border=True, key="panel-off-target"):
        _off_target(card, view)


def _off_target(card: ScoreCard, view: View) -> None:
    st.subheader(_("Off target"), anchor=False)
    leaves = findings.leaves_of(card, ROOT, view.branch)
    found = findings.off_target(leaves)
    if not any(one.score is not None for one in leaves):
        st.info(_("No indicator has a score yet."))
        return
    if not found:
        st.success(_("● Every indicator with data is at or above its base."))
        return
    every = findings.off_target(leaves, len(leaves))
    told = _n(
        "{count} indicator is below its base and costs {lost} points.",
        "{count} indicators are below their base and cost {lost} points.",
        len(every),
    )
    lost = numbers.number(sum(one.lost for one in every), 1)
    st.markdown(f"**{told.format(count=len(every), lost=lost)}**")
    with st.container(key="list-off-target"):
        for one in found:
            band = band_words(card.tree, one.node.band, leaf=True)
            told = sentences.off_target_words(card.tree, one)
            links.to_node(view, one.node.id, f":{band.colour}[{band.sign}] {told}")


def gaps(card: ScoreCard, view: View) -> None:
    """What is missing for full coverage, and what to load next."""
    found = findings.missing(findings.leaves_of(card, ROOT, view.branch))
    if not found:
        return
    share = numbers.percent(100 - card.node(ROOT, view.branch).coverage)
    with st.expander(_("Not scored: {share} of the weight").format(share=share), expanded=True):
        for one in found:
            told = sentences.missing_words(card.tree, one)
            st.markdown(f":gray[○] {told}. {sentences.next_step(one)}")


def branches(here: Here, card: ScoreCard, before: ScoreCard) -> None:
    """The branches right below the scope, ranked."""
    rows = tables.ranked(card, before, here.bank.below(here.view.branch))
    if not rows:
        return
    with st.container(border=True, key="panel-branches"):
        st.subheader(_("Branches"), anchor=False)
        scored = [row for row in rows if row.score is not None]
        if len(scored) > 1:
            told = _("{best} leads with {high}; {worst} is last with {low}.").format(
                best=safe(scored[0].branch.name(language())),
                high=numbers.score(scored[0].score),
                worst=safe(scored[-1].branch.name(language())),
                low=numbers.score(scored[-1].score),
            )
            st.markdown(f"**{told}**")
        st.caption(_("Choose a row to make it the scope."))
        tables.branch_table(card, rows)


def trend(here: Here) -> None:
    """The total over the last periods."""
    st.subheader(_("Trend of the total"), anchor=False)
    with st.spinner(states.working(), show_time=True):
        found = load.history(here.token, here.view.scope)
    scores = [card.node(ROOT, here.view.branch).score for card in found]
    _trend_chart(here, [card.period for card in found], scores)


def _trend_chart(here: Here, periods: Sequence[Period], scores: Sequence[float | None]) -> None:
    labels = [numbers.period(period) for period in periods]
    lines = {
        plain(one.name_zh if language() == "zh" else one.name_en): one.at_least
        for one in here.tree.bands.parents
        if one.at_least > 0
    }
    known = [score for score in scores if score is not None]
    finding = _("From {low} to {high} in {count} periods").format(
        low=numbers.score(min(known, default=None)),
        high=numbers.score(max(known, default=None)),
        count=len(known),
    )
    table = pd.DataFrame({_("Period"): labels, _("Score"): scores})
    figure = charts.trend(labels, scores, axis=_("points"), lines=lines, height=190)
    charts.show(figure, "total_trend", finding, table)
