"""The parts of the overview, each a function of the score card and the reader's view."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.period import Period
from metrics.scorecard import Explanation, ScoreCard
from metrics.tree import ROOT
from ui import cards, charts, findings, links, load, numbers, sentences, tables
from ui.address import View
from ui.cards import Tile
from ui.frame import Here
from ui.i18n import _, _n, language
from ui.text import plain, safe
from ui.words import band_words

MONTHS = 13
MOVERS = 5


def working() -> str:
    """What is said while scores are worked out."""
    return _("Working out the scores…")


def has_values(card: ScoreCard, branch: str) -> bool:
    """Whether anything at all is known for the period."""
    return any(one.value is not None for one in findings.leaves_of(card, ROOT, branch))


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
        st.error(
            _("**Red line: {line}** · {caps} · total {score}, without red lines {uncapped}").format(
                line=safe(named),
                caps=caps,
                score=numbers.score(total.score),
                uncapped=numbers.score(total.uncapped),
            ),
            icon="■",
        )


def total(card: ScoreCard, why: Explanation, view: View) -> None:
    """The one number."""
    node = card.node(ROOT, view.branch)
    band = band_words(card.tree, node.band, leaf=False)
    with st.container(border=True, key="tile-total", height="stretch"):
        links.to_node(view, ROOT, f"**{sentences.name(card.tree, ROOT)}**")
        with st.container(key="hero-total"):
            st.markdown(numbers.score(node.score))
        st.badge(f"{band.sign} {band.word}", color=band.colour)
        change = sentences.change_of_score(why.change(ROOT), view.other)
        if change is not None:
            st.markdown(change.markdown)
        lamp = card.breached(view.branch)
        st.markdown(_lamp(len(lamp)))


def _lamp(count: int) -> str:
    if count == 0:
        return ":green[● " + _("No red line breached") + "]"
    told = _n("{count} red line breached", "{count} red lines breached", count)
    return ":red[■ " + told.format(count=count) + "]"


def perspectives(card: ScoreCard, why: Explanation, view: View) -> None:
    """Five tiles, each with a verdict."""
    for place, node in zip(st.columns(5, gap="small"), card.tree.perspectives, strict=True):
        with place:
            cards.tile(perspective_tile(card, why, view, node), view)


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
        change=sentences.change_of_score(why.change(node), view.other),
        sentence=sentences.verdict_words(card.tree, verdict),
        small=small,
    )


def moved(card: ScoreCard, why: Explanation, view: View) -> None:
    """The change of the total in parts, and the indicators behind it."""
    st.subheader(_("What moved"), anchor=False)
    parts = why.parts(ROOT)
    if parts is None:
        refused = why.refusal(ROOT, language()) or ""
        st.info(_("The change is not split: {reason}").format(reason=safe(refused)))
        return
    old, new = why.before.node(ROOT, view.branch).score, card.node(ROOT, view.branch).score
    steps = [
        charts.Step(numbers.period(view.other), old or 0.0, total=True),
        *(charts.Step(sentences.factor_words(key), points) for key, points in parts.items()),
        charts.Step(numbers.period(view.period), new or 0.0, total=True),
    ]
    table = pd.DataFrame(
        {_("Part"): [step.label for step in steps], _("Points"): [step.value for step in steps]}
    )
    charts.show(
        charts.waterfall(steps),
        "waterfall",
        sentences.headline(card, why, view.other, view.branch),
        table,
    )
    for mover in why.movers(MOVERS):
        colour = "green" if mover.points > 0 else "red"
        told = sentences.mover_words(card.tree, mover, why, view.branch)
        arrow = cards.ARROWS[1 if mover.points > 0 else -1]
        links.to_node(view, mover.id, f":{colour}[{arrow}] {told}")


def off_target(card: ScoreCard, view: View) -> None:
    """Indicators below base, the most costly first, each a link to its card."""
    st.subheader(_("Off target"), anchor=False)
    leaves = findings.leaves_of(card, ROOT, view.branch)
    found = findings.off_target(leaves)
    if not found:
        st.success(_("Every indicator with data is at or above its base."), icon="●")
        return
    every = findings.off_target(leaves, len(leaves))
    told = _n(
        "{count} indicator is below its base and costs {lost} points.",
        "{count} indicators are below their base and cost {lost} points.",
        len(every),
    )
    lost = numbers.number(sum(one.lost for one in every), 1)
    st.markdown(f"**{told.format(count=len(every), lost=lost)}**")
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
    below = here.bank.below(here.view.branch)
    rows = tables.ranked(card, before, below)
    if not rows:
        return
    st.subheader(_("Branches"), anchor=False)
    best, worst = rows[0], [row for row in rows if row.score is not None][-1:]
    if worst and best.score is not None and len(rows) > 1:
        told = _("{best} leads with {high}; {worst} is last with {low}. Choose a row to go there.")
        st.markdown(
            told.format(
                best=safe(best.branch.name(language())),
                high=numbers.score(best.score),
                worst=safe(worst[0].branch.name(language())),
                low=numbers.score(worst[0].score),
            )
        )
    tables.branch_table(card, rows)


def trend(here: Here) -> None:
    """The total over the last periods; worked out when it is opened."""
    label = _("Total over the last {count} periods").format(count=MONTHS)
    opened = st.expander(label, key="trend", on_change="rerun")
    if not opened.open:
        return
    with opened:
        periods = last_periods(here.view.period)
        progress = st.progress(0.0, text=working())
        scores: list[float | None] = []
        for done, period in enumerate(periods, 1):
            card = load.score_card(here.token, here.view.scope.over(period))
            scores.append(card.node(ROOT, here.view.branch).score)
            progress.progress(done / len(periods), text=numbers.period(period))
        progress.empty()
        _trend_chart(here, periods, scores)


def _trend_chart(here: Here, periods: list[Period], scores: list[float | None]) -> None:
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
    figure = charts.trend(labels, scores, axis=_("points"), lines=lines)
    charts.show(figure, "total_trend", finding, table)


def last_periods(period: Period) -> list[Period]:
    """The periods of the same kind up to this one, oldest first."""
    found = [period]
    while len(found) < MONTHS:
        found.insert(0, found[0].previous())
    return found
