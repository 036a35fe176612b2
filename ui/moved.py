"""Why a score moved: its exact parts as a waterfall, and the indicators behind them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.scorecard import Explanation
from ui import cards, charts, links, sentences
from ui.address import View
from ui.theme import change_colour
from words import numbers
from words.i18n import _, language
from words.text import safe

MOVERS = 5
NOTHING = 0.005
"""A part of a change, in points, that is left out of the waterfall."""


def show(why: Explanation, node: str, view: View) -> None:
    """The change of a node's score; a refusal with its reason where it cannot be split."""
    parts = why.parts(node)
    if parts is None:
        refused = why.refusal(node, language()) or ""
        st.info(_("The change is not split: {reason}").format(reason=safe(refused)))
        return
    old, new = (card.node(node, view.branch).score for card in (why.before, why.after))
    steps = [
        charts.Step(numbers.period(view.other), old or 0.0, total=True),
        *(
            charts.Step(sentences.factor_words(key), points)
            for key, points in parts.items()
            if abs(points) > NOTHING
        ),
        charts.Step(numbers.period(view.period), new or 0.0, total=True),
    ]
    table = pd.DataFrame(
        {_("Part"): [step.label for step in steps], _("Points"): [step.value for step in steps]}
    )
    finding = sentences.headline(why, node, view)
    charts.show(charts.waterfall(steps), f"waterfall_{node}", finding, table)
    if why.after.tree.level(node) < 3:
        _movers(why, node, view)


def _movers(why: Explanation, node: str, view: View) -> None:
    with st.container(key=f"list-movers-{node}"):
        for mover in why.movers(MOVERS, node):
            colour = change_colour(1 if mover.points > 0 else -1)
            told = sentences.mover_words(why.after.tree, mover, why, view.branch)
            arrow = cards.ARROWS[1 if mover.points > 0 else -1]
            links.to_node(view, mover.id, f":{colour}[{arrow}] {told}")
