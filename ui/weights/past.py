"""Restatement: what past periods would have been by a set; what was issued stays as it was."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.scorecard.preview import reweighed
from metrics.tree import ROOT
from ui import charts, load
from ui.charts import Line
from ui.frame import Here
from ui.load import weights as read
from words import numbers
from words.i18n import _


def show(here: Here, code: str, weights: read.Weights) -> None:
    """The total of the last periods, as scored and as by this set."""
    cards = load.history(here.token, here.view.scope)
    branch = here.view.branch
    issued = [card.node(ROOT, branch).score for card in cards]
    then = [reweighed(card, weights, code).node(ROOT, branch).score for card in cards]
    pairs = [(a, b) for a, b in zip(issued, then, strict=True) if a is not None and b is not None]
    if not pairs:
        st.info(_("There is no score in these periods."))
        return
    labels = [numbers.period(card.period) for card in cards]
    gaps = [b - a for a, b in pairs]
    widest = max(gaps, key=abs)
    finding = _("By this set the total would have been {mean} points on average, at most {most}")
    finding = finding.format(
        mean=numbers.signed(sum(gaps) / len(gaps), 2), most=numbers.signed(widest, 2)
    )
    lines = [Line(_("As scored"), issued, "compared"), Line(_("By this set"), then)]
    table = pd.DataFrame(
        {
            _("Period"): labels,
            _("As scored"): issued,
            _("By this set"): then,
            _("Weights then"): [card.branch_weight_set if branch else card.weight_set
                                for card in cards],
        }
    )  # fmt: skip
    figure = charts.lines([card.period for card in cards], lines, charts.Unit("score", _("points")))
    charts.show(figure, "weights_past", finding, table)
    st.caption(
        _("Closed months and published reports keep the numbers they were issued with; this is a "
          "restatement for comparison only.")
    )  # fmt: skip
