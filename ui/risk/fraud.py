"""Fraud: where it gathers by module and day or hour, interception, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from data.points.wants import Reason
from data.risk.fraud import DAYS_TO_JUDGE
from metrics.risk.fraud import MOST_WEEKS, Gathered, gathered, spans
from ui import charts
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.charts.few_ticks import every
from ui.frame import Here
from ui.load import business, risk
from ui.risk.words import module_name, why
from words import numbers
from words.i18n import _

HOURS = [f"{hour:02d}" for hour in range(24)]


@st.fragment
def heat(here: Here) -> None:
    """Frauds by module and day, from kept points; by hour, from transactions, when asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Where fraud gathers"), anchor=False)
        across = st.segmented_control(
            _("By"), ["day", "hour"], default="day", key="fraud_across",
            format_func=lambda one: _("Day") if one == "day" else _("Hour"),
            label_visibility="collapsed",
        )  # fmt: skip
    by_hour = across == "hour"
    load = risk.fraud if by_hour else risk.fraud_days
    found = load(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
    elif found.empty:
        st.info(_("No transactions of these days were judged."))
    elif not found["fraud"].sum():
        st.success(_("● No fraud among the judged transactions of the period."))
    elif by_hour:
        _matrix(here, gathered(found, found["hour"].tolist(), len(HOURS)), HOURS, 3)
    else:
        _by_day(here, found)


def _by_day(here: Here, found: pd.DataFrame) -> None:
    """Columns are days, weeks or months in which the transactions were made."""
    period, lag = here.view.period, timedelta(days=DAYS_TO_JUDGE)
    columns = spans(period.first - lag, period.last - lag)
    starts = pd.DatetimeIndex([one.first for one in columns])
    place = starts.searchsorted(pd.DatetimeIndex(found["day"]), side="right") - 1
    months = period.days > 7 * MOST_WEEKS
    names = [f"{one.first:%Y-%m}" if months else f"{one.first:%m-%d}" for one in columns]
    _matrix(here, gathered(found, place.tolist(), len(columns)), names, 5)


def _matrix(here: Here, found: Gathered, columns: Sequence[str], step: int) -> None:
    if not found.fraud:
        st.info(_("No module with fraud has five judged transactions."))
        return
    names = [module_name(here, one.module) for one in found.totals]
    shown = names[: len(found.cells)]
    values = [[None if one is None else float(one) for one in row] for row in found.cells]
    figure = charts.heat(
        shown, columns, values, Unit("count", ""), height=max(110, 60 + 22 * len(shown))
    )
    every(figure, columns, step)
    worst = found.totals[0]
    said = _("{n} frauds, {share} intercepted; most in {module}: {some}").format(
        n=numbers.number(float(found.fraud), 0),
        share=numbers.percent(100 * found.blocked / found.fraud),
        module=names[0],
        some=numbers.number(float(worst.fraud), 0),
    )
    note = _("Transactions of 30 days before the period: they have had time to be judged.")
    charts.show(figure, "fraud", said, _table(found, names), note)


def _table(found: Gathered, names: Sequence[str]) -> pd.DataFrame:
    every_module = found.totals
    return pd.DataFrame(
        {
            _("Module"): list(names),
            _("Judged"): [one.judged for one in every_module],
            _("Fraud"): [one.fraud for one in every_module],
            _("Per 10,000"): [10_000 * one.fraud / one.judged for one in every_module],
            _("Intercepted, %"): [
                100 * one.blocked / one.fraud if one.fraud else None for one in every_module
            ],
            _("Loss, CNY"): [one.loss for one in every_module],
        }
    )


def rates(here: Here) -> None:
    """Fraud rate and interception by month."""
    names = ("fraud_rate", "fraud_intercept_rate", "fraud_loss_rate")
    series = business.monthly(here.token, names, here.view.slice)
    months = [month for month, _value in series["fraud_rate"]][-13:]
    with st.container(border=True, key="panel-fraud-rates", height="stretch"):
        st.subheader(_("Fraud and losses over time"), anchor=False)
        if not months:
            st.info(_("Not enough whole months yet."))
            return
        values = [value for _m, value in series["fraud_rate"]][-13:]
        losses = [value for _m, value in series["fraud_loss_rate"]][-13:]
        figure = charts.lines(
            months,
            [Line(_("Fraud per 10,000"), values), Line(_("Loss, bp of the amount"), losses)],
            Unit("per 10k", ""),
            zero=True,
            marks=marks_of(here, months),
        )
        peak = max(
            ((value, month) for value, month in zip(values, months, strict=True)
             if value is not None), default=None,
        )  # fmt: skip
        said = (
            _("Highest in {month}: {value} per 10,000").format(
                month=numbers.period(peak[1]), value=numbers.number(peak[0])
            )
            if peak is not None
            else _("Nothing was judged")
        )
        table = pd.DataFrame(
            {
                _("Month"): [numbers.period(one) for one in months],
                _("Fraud per 10,000"): values,
                _("Intercepted, %"): [v for _m, v in series["fraud_intercept_rate"]][-13:],
                _("Loss, bp of the amount"): losses,
            }
        )
        charts.show(figure, "fraud_rates", said, table, _(
            "A month counts what was done 30 days before; a burst shows a month later."
        ))  # fmt: skip
