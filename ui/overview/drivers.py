"""What moved: the change of the total in exact parts, and the largest movers both ways."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.scorecard import Explanation, Mover
from metrics.tree import ROOT
from ui import cards, charts, links, sentences
from ui.address import View
from ui.theme import change_colour
from words import numbers
from words.i18n import _, language
from words.text import safe

EACH_WAY = 3
NOTHING = 0.005
"""A part of a change, in points, that is left out of the waterfall."""


def show(why: Explanation, view: View) -> None:
    """The waterfall, then who gained and who lost most; a refusal with its reason."""
    parts = why.parts(ROOT)
    if parts is None:
        refused = why.refusal(ROOT, language()) or ""
        st.info(_("The change is not split: {reason}").format(reason=safe(refused)))
        return
    steps = waterfall_steps(why, view)
    table = pd.DataFrame(
        {_("Part"): [step.label for step in steps], _("Points"): [step.value for step in steps]}
    )
    finding = sentences.headline(why, ROOT, view)
    charts.show(charts.waterfall(steps, height=210), "waterfall_total", finding, table)
    gains, losses = both_ways(why)
    with st.container(key="list-movers-total"):
        for mover in (*losses, *gains):
            _mover(why, mover, view)
        _caps(why, view)


def waterfall_steps(why: Explanation, view: View) -> list[charts.Step]:
    """From the score before over its parts to the score now."""
    parts = why.parts(ROOT) or {}
    old, new = (card.node(ROOT, view.branch).score for card in (why.before, why.after))
    return [
        charts.Step(numbers.period(view.other), old or 0.0, total=True),
        *(
            charts.Step(sentences.factor_words(key), points)
            for key, points in parts.items()
            if abs(points) > NOTHING
        ),
        charts.Step(numbers.period(view.period), new or 0.0, total=True),
    ]


def both_ways(why: Explanation, count: int = EACH_WAY) -> tuple[Sequence[Mover], Sequence[Mover]]:
    """The largest gains and the largest losses of the total, the largest first."""
    every = why.movers(None, ROOT)
    gains = [one for one in every if one.points > NOTHING]
    losses = [one for one in every if one.points < -NOTHING]
    return gains[:count], losses[:count]


def _mover(why: Explanation, mover: Mover, view: View) -> None:
    colour = change_colour(1 if mover.points > 0 else -1)
    told = sentences.mover_words(why.after.tree, mover, why, view.branch)
    arrow = cards.ARROWS[1 if mover.points > 0 else -1]
    links.to_node(view, mover.id, f":{colour}[{arrow}] {told}")


def _caps(why: Explanation, view: View) -> None:
    """What red lines did to the total beside the indicators."""
    tree = why.after.tree
    for one in why.caps(ROOT):
        if abs(one.points) <= NOTHING:
            continue
        lines = [tree.red_lines[line] for line in one.lines]
        named = [line.name_zh if language() == "zh" else line.name_en for line in lines]
        told = _("{points} red line on {node}: {names}").format(
            points=numbers.signed(one.points, 2),
            node=sentences.name(tree, one.id),
            names=safe(_(", ").join(named)),
        )
        colour = change_colour(1 if one.points > 0 else -1)
        links.to_node(view, one.id, f":{colour}[■] {told}")
