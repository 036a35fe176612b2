"""Where an indicator is expected to stand at the end of the period and of the year."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from data.period import containing
from metrics.forecast import Forecast
from ui import charts, sentences, states
from ui.charts import Line, Unit
from ui.frame import Here
from ui.load.forecasts import to_period_end
from ui.load.overview import courses
from words import numbers
from words.i18n import _, language
from words.text import safe

PERIOD, YEAR = "period", "year"


def show(here: Here, chosen: str) -> None:
    """Expected value with interval, chance to reach the goal, and how right it was before."""
    until = _until(here)
    with st.spinner(states.working(), show_time=True):
        shown = _forecast(here, chosen, until)
    name = here.tree.name(chosen, language())
    if shown.end is None:
        why = "" if shown.reason is None else shown.reason.words(language())
        st.info(safe(_("{name}: no forecast: {reason}").format(name=name, reason=why), 300))
        return
    when: list[date] = [step.day for step in shown.steps]
    drawn = _lines(shown)
    table = _table(shown)
    unit = Unit(here.tree.indicators[chosen].unit, sentences.unit_words(here.tree, chosen))
    figure = charts.lines(when, drawn, unit)
    finding = finding_of(here, chosen, shown)
    charts.show(figure, "node_forecast", finding, table, _note(shown))


def _until(here: Here) -> str:
    """Up to which end: the period's, as long as it is open, or the year's."""
    period = here.view.period
    if period == containing(period.last, "year"):
        return YEAR
    if here.bank.as_of >= period.last:
        told = _("{period} is over; the forecast reaches to the end of its year.")
        st.caption(told.format(period=numbers.period(period)))
        return YEAR
    ends = {
        PERIOD: _("To the end of {period}").format(period=numbers.period(period)),
        YEAR: _("To the year's end"),
    }
    found = st.segmented_control(
        _("Forecast"), list(ends), key="forecast_until", default=PERIOD, required=True,
        format_func=ends.__getitem__, label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return str(found)


def _forecast(here: Here, chosen: str, until: str) -> Forecast:
    if until == PERIOD:
        return to_period_end(here.token, here.view.scope, chosen)
    (one,) = courses(here.token, here.view.scope, (chosen,))
    return one.forecast


def _table(shown: Forecast) -> pd.DataFrame:
    steps = shown.steps
    return pd.DataFrame(
        {
            _("Day"): [step.day for step in steps],
            _("So far"): [step.actual for step in steps],
            _("Expected"): [step.expected for step in steps],
            _("Low"): [step.low for step in steps],
            _("High"): [step.high for step in steps],
            _("Plan line"): [step.plan for step in steps],
        }
    )


def _lines(shown: Forecast) -> list[Line]:
    """What was, what is expected beginning where that ends, and the plan."""
    steps, last = shown.steps, None
    for step in shown.steps:
        last = step if step.actual is not None else last

    def onward(side: str) -> list[float | None]:
        return [one.actual if one is last else getattr(one, side) for one in steps]

    return [
        Line(_("So far"), [step.actual for step in steps]),
        Line(_("Expected"), onward("expected"), "forecast", onward("low"), onward("high")),
        Line(_("Plan line"), [step.plan for step in steps], "target"),
    ]


def finding_of(here: Here, chosen: str, shown: Forecast) -> str:
    """The forecast in a sentence: value, interval, and the chance where there is a goal."""
    end = shown.end
    if end is None:
        raise ValueError("there is no forecast to speak of")
    if here.tree.indicators[chosen].over_time == "sum":
        told = _("{name} is expected at {value} by {when} ({low} to {high})")
        when = numbers.day(shown.until)
    else:
        told = _("{name} is expected at {value} in {when} ({low} to {high})")
        when = numbers.period(containing(shown.until, "month"))
    finding = told.format(
        name=here.tree.name(chosen, language()), when=when,
        value=sentences.quantity(here.tree, chosen, end.value),
        low=sentences.quantity(here.tree, chosen, end.low),
        high=sentences.quantity(here.tree, chosen, end.high),
    )  # fmt: skip
    if shown.probability is None:
        return finding
    chance = _("chance to reach the goal {share}")
    chance = chance.format(share=numbers.chance(shown.probability))
    return f"{finding} · {chance}"


def _note(shown: Forecast) -> str:
    """What was known when it was made, and how earlier forecasts over as long a time turned out."""
    told = _("Made from what was known on {day}").format(day=numbers.day(shown.as_of))
    tests = shown.back_test
    if tests is None:
        return told
    checked = _("Checked on the past: {inside} of {n} outcomes lay in the interval").format(
        inside=tests.inside, n=tests.n
    )
    return f"{told} · {checked}"
