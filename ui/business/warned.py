"""What is off course, in words, each a link: goals out of reach, growth out of its band."""

from __future__ import annotations

import streamlit as st

from metrics.business.growth import Growth, growth
from metrics.scorecard import ScoreCard
from ui import findings, links, sentences
from ui.bands import band_words
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _

GROWING = ("txn_amount", "txn_count", "fee_income", "aum", "lum")
GOALS = ("txn_amount", "fee_income")
UNLIKELY = 0.5


def panel(here: Here, card: ScoreCard) -> None:
    """The panel: goals at risk first, then growth, then indicators below their base."""
    with st.container(border=True, key="panel-off-course", height="stretch"):
        st.subheader(_("Off course"), anchor=False)
        told = [*_goals(here), *_growth(here)]
        lines = list(told)
        leaves = findings.leaves_of(card, "business", here.view.branch)
        below = findings.off_target(leaves, 6)
        for one in below:
            band = band_words(card.tree, one.node.band, leaf=True)
            said = sentences.off_target_words(card.tree, one)
            lines.append((one.node.id, f":{band.colour}[{band.sign}] {said}"))
        with st.container(key="list-off-course"):
            for node, words in lines:
                links.to_node(here.view, node, words)
        if not told and not below:
            st.success(_("● Everything is on course."))


def _goals(here: Here) -> list[tuple[str, str]]:
    found = []
    for indicator in GOALS:
        outlook = business.year_outlook(here.token, indicator, here.view.slice)
        if outlook.end is None or outlook.probability is None or outlook.probability >= UNLIKELY:
            continue
        name = sentences.name(here.tree, indicator)
        words = _("{name}: chance to reach the year's goal {chance}").format(
            name=name, chance=numbers.chance(outlook.probability)
        )
        found.append((indicator, f":red[■] {words}"))
    return found


def _growth(here: Here) -> list[tuple[str, str]]:
    series = business.monthly(here.token, GROWING, here.view.slice)
    found = []
    for indicator in GROWING:
        rates = growth(series[indicator])
        if rates and rates[-1].outside:
            found.append((indicator, growth_words(here, indicator, rates[-1])))
    return found


def growth_words(here: Here, indicator: str, one: Growth) -> str:
    """A growth rate outside its band, as a line of Markdown."""
    colour, sign = ("red", "■") if one.outside < 0 else ("orange", "▲")
    words = _("{name}: {rate}% year on year in {month}, outside its band of {low}% to {high}%")
    said = words.format(
        name=sentences.name(here.tree, indicator),
        rate=numbers.signed(one.rate),
        month=numbers.period(one.period),
        low=numbers.signed(one.low or 0.0),
        high=numbers.signed(one.high or 0.0),
    )
    return f":{colour}[{sign}] {said}"
