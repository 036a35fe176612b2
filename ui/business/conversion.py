"""Conversion of wealth and credit: rates by month, and the way of credit applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from data.period import Period
from data.points.wants import Reason
from ui import charts
from ui.annotations import marks as marks_of
from ui.business.words import why
from ui.charts import FunnelStep, Line, Unit
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _, language

FEWEST = 5
"""Limit checks below which no way is shown: they are those of single people."""
RATES = ("wealth_conversion", "credit_conversion")


def show(here: Here) -> None:
    """Both rates over time; beside them the steps of credit."""
    left, right = st.columns([3, 2], gap="small")
    with left, st.container(border=True, key="panel-conversion", height="stretch"):
        st.subheader(_("Conversion of wealth and credit"), anchor=False)
        _rates(here)
    with right, st.container(border=True, key="panel-credit", height="stretch"):
        st.subheader(_("From limit check to payout"), anchor=False)
        found = business.credit(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
        else:
            _steps(found)


def _rates(here: Here) -> None:
    series = business.monthly(here.token, RATES, here.view.slice)
    months = [month for month, _value in series[RATES[0]]][-13:]
    if not months:
        st.info(_("Not enough whole months yet."))
        return
    shown = [
        Line(here.tree.name(name, language()), [value for _m, value in series[name]][-13:])
        for name in RATES
    ]
    figure = charts.lines(months, shown, Unit("%", "%"), zero=True, marks=marks_of(here, months))
    said = _("; ").join(filter(None, (_latest(one, months) for one in shown)))
    if not said:
        st.info(_("Nobody came far enough to measure a conversion."))
        return
    table = pd.DataFrame(
        {_("Month"): [numbers.period(one) for one in months]}
        | {one.name: list(one.values) for one in shown}
    )
    charts.show(figure, "conversion", said, table)


def _latest(one: Line, months: Sequence[Period]) -> str:
    """The newest known rate of a line with its month; '' where none is known."""
    known = [(value, month) for value, month in zip(one.values, months, strict=True)
             if value is not None]  # fmt: skip
    if not known:
        return ""
    return f"{one.name} {numbers.percent(known[-1][0])} ({numbers.period(known[-1][1])})"


def _steps(found: Mapping[str, int]) -> None:
    names = {
        "checked": _("Limit checked"),
        "applied": _("Applied within 7 days"),
        "approved": _("Approved"),
        "drawn": _("Paid out"),
    }
    counts = [found[name] for name in names]
    if not counts[0]:
        st.info(_("No limit checks came due in this period."))
        return
    if counts[0] < FEWEST:
        st.info(_("Fewer than 5 limit checks came due in this period: they are withheld."))
        return
    steps = [FunnelStep(names["checked"], float(counts[0]))]
    rates: list[float | None] = [None]
    for name, count, before in zip(list(names)[1:], counts[1:], counts, strict=False):
        rate = 100 * count / before if before else None
        rates.append(rate)
        steps.append(FunnelStep(names[name], float(count), rate))
    known = [(rate, i) for i, rate in enumerate(rates) if rate is not None]
    weakest = min(known)[1] if known and min(known)[0] < 100 else None
    said = _("{share} of limit checks end in a payout").format(
        share=numbers.percent(100 * counts[-1] / counts[0])
    )
    table = pd.DataFrame(
        {_("Step"): list(names.values()), _("Count"): counts, _("% of the step before"): rates}
    )
    note = _("Limit checks of 7 days before the period: they have had time to become applications.")
    charts.show(charts.funnel(steps, weakest=weakest), "credit", said, table, note)
