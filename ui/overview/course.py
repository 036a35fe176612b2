"""The total over the last periods."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from metrics.scorecard import ScoreCard
from metrics.tree import ROOT
from ui import charts
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.frame import Here
from words import numbers
from words.i18n import _, language
from words.text import plain


def show(here: Here, cards: Sequence[ScoreCard]) -> None:
    """The trend with the bands as thin lines; a sentence where there is none."""
    scores = [card.node(ROOT, here.view.branch).score for card in cards]
    known = [score for score in scores if score is not None]
    labels = [numbers.period(card.period) for card in cards]
    lines = {
        plain(one.name_zh if language() == "zh" else one.name_en): one.at_least
        for one in here.tree.bands.parents
        if one.at_least > 0
    }
    finding = _("There are no scores in these periods")
    if known:
        finding = _("From {low} to {high} in {count} periods").format(
            low=numbers.score(min(known)), high=numbers.score(max(known)), count=len(known)
        )
    table = pd.DataFrame({_("Period"): labels, _("Score"): scores})
    periods = [card.period for card in cards]
    marks = marks_of(here, periods)
    unit = Unit("score", _("points"))
    total = [Line(here.tree.name(ROOT, language()), scores)]
    figure = charts.lines(periods, total, unit, marks=marks, levels=lines, height=230)
    charts.show(figure, "total_trend", finding, table)
