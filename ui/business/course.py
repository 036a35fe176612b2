"""On course for the year: what has been reached, the plan line, the forecast with its interval."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.forecast import Forecast
from ui import charts, sentences
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.charts.few_ticks import few_days
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _, language
from words.text import plain

SHOWN = ("txn_amount", "fee_income")


def show(here: Here) -> None:
    """Amount and income against their paths, side by side."""
    for place, indicator in zip(st.columns(len(SHOWN), gap="small"), SHOWN, strict=True):
        with place, st.container(border=True, key=f"panel-course-{indicator}", height="stretch"):
            panel(here, indicator)


def panel(here: Here, indicator: str) -> None:
    """One indicator's year: chart, finding, how good the forecast was before."""
    st.subheader(here.tree.name(indicator, language()), anchor=False)
    found = business.year_outlook(here.token, indicator, here.view.slice)
    if found.end is None and not found.steps:
        told = found.reason.words(language()) if found.reason else _("no data")
        st.info(sentences.opened(told))
        return
    days = [step.day for step in found.steps]
    shown = [
        Line(_("Added up"), [step.actual for step in found.steps]),
        Line(_("Plan"), [step.plan for step in found.steps], "target"),
        Line(
            _("Forecast"),
            [step.expected for step in found.steps],
            "forecast",
            [step.low for step in found.steps],
            [step.high for step in found.steps],
        ),
    ]
    shown = [one for one in shown if any(value is not None for value in one.values)]
    one = here.tree.indicators[indicator]
    unit = Unit(one.unit, sentences.unit_words(here.tree, indicator))
    marks = marks_of(here, days)
    figure = charts.lines(days, shown, unit, marks=marks, zero=True, height=230)
    few_days(figure, days)
    charts.show(figure, f"course_{indicator}", finding(here, indicator, found), table(found),
                back_test_words(found))  # fmt: skip


def finding(here: Here, indicator: str, found: Forecast) -> str:
    """Where the year ends, against the goal."""

    def told(value: float) -> str:
        return plain(sentences.quantity(here.tree, indicator, value))

    if found.end is None:
        return found.reason.words(language()) if found.reason else _("no data")
    if found.goal is None or found.probability is None:
        return _("Expected by the year's end: {value} ({low} to {high})").format(
            value=told(found.end.value), low=told(found.end.low), high=told(found.end.high)
        )
    gap = found.end.value - found.goal
    said = (
        _("Expected {value} by the year's end, {gap} above the goal; chance to reach it {chance}")
        if gap >= 0
        else _("Expected {value} by the year's end, {gap} short of the goal; chance to reach it "
               "{chance}")
    )  # fmt: skip
    return said.format(
        value=told(found.end.value), gap=told(abs(gap)), chance=numbers.chance(found.probability)
    )


def back_test_words(found: Forecast) -> str | None:
    """How right earlier forecasts over as long a time were."""
    if found.end is None:
        return None
    if found.back_test is None or found.back_test.error is None:
        return _("80% interval; too little history to check earlier forecasts of this length.")
    return _(
        "80% interval. {n} earlier forecasts of this length were off by {error}% on average; "
        "{inside} of {n} outcomes lay in their interval."
    ).format(
        n=found.back_test.n, error=f"{found.back_test.error:.1f}", inside=found.back_test.inside
    )


def table(found: Forecast) -> pd.DataFrame:
    """Month-ends and the last days of the chart."""
    kept = [
        step
        for i, step in enumerate(found.steps)
        if i + 1 == len(found.steps) or found.steps[i + 1].day.month != step.day.month
        or step.day == found.as_of
    ]  # fmt: skip
    return pd.DataFrame(
        {
            _("Day"): [step.day for step in kept],
            _("Added up"): [step.actual for step in kept],
            _("Plan"): [step.plan for step in kept],
            _("Forecast"): [step.expected for step in kept],
            _("Low"): [step.low for step in kept],
            _("High"): [step.high for step in kept],
        }
    )
