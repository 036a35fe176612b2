"""Where an indicator is expected to stand at the year's end, beside its plan line."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from metrics.forecast import BackTest
from ui import charts, numbers, sentences
from ui.charts import Line, Unit
from ui.frame import Here
from ui.i18n import _, language
from ui.load.overview import courses
from ui.text import safe


def show(here: Here, chosen: str) -> None:
    """Expected value with interval, chance to reach the goal, and how right it was before."""
    (one,) = courses(here.token, here.view.scope, (chosen,))
    shown, name = one.forecast, here.tree.name(chosen, language())
    if shown.end is None:
        why = "" if shown.reason is None else shown.reason.words(language())
        st.info(safe(_("{name}: no forecast: {reason}").format(name=name, reason=why), 300))
        return
    steps = shown.steps
    when: list[date] = [step.day for step in steps]
    drawn = [
        Line(_("So far"), [step.actual for step in steps]),
        Line(
            _("Expected"), [step.expected for step in steps], "forecast",
            [step.low for step in steps], [step.high for step in steps],
        ),
        Line(_("Plan line"), [step.plan for step in steps], "target"),
    ]  # fmt: skip
    table = pd.DataFrame({_("Day"): when} | {line.name: line.values for line in drawn})
    said = sentences.quantity
    finding = _("{name} is expected at {value} by year end ({low} to {high})").format(
        name=name, value=said(here.tree, chosen, shown.end.value),
        low=said(here.tree, chosen, shown.end.low), high=said(here.tree, chosen, shown.end.high),
    )  # fmt: skip
    if shown.probability is not None:
        chance = _("chance to reach the goal {share}")
        chance = chance.format(share=numbers.percent(100 * shown.probability))
        finding = f"{finding} · {chance}"
    unit = Unit(here.tree.indicators[chosen].unit, sentences.unit_words(here.tree, chosen))
    charts.show(
        charts.lines(when, drawn, unit), "node_forecast", finding, table, _tested(shown.back_test)
    )


def _tested(tests: BackTest | None) -> str | None:
    """How earlier forecasts over as long a time turned out."""
    if tests is None:
        return None
    return _("Checked on the past: {inside} of {n} outcomes lay in the interval").format(
        inside=tests.inside, n=tests.n
    )
