"""Fraud: rate and interception by module and hour, and what it cost."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.points.wants import Reason
from ui import charts, numbers
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.charts.few_ticks import every
from ui.frame import Here
from ui.i18n import _
from ui.load import business, risk
from ui.risk.words import module_name, why

HOURS = [f"{hour:02d}" for hour in range(24)]
FEWEST = 5
"""Judged transactions that a module needs to stand in the matrix."""


def heat(here: Here) -> None:
    """The matrix module by hour with the number of frauds, and where they gather."""
    with st.container(border=True, key="panel-fraud", height="stretch"):
        st.subheader(_("Fraud by module and hour"), anchor=False)
        found = risk.fraud(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        if found.empty:
            st.info(_("No transactions of these days were judged."))
            return
        if not found["fraud"].sum():
            st.success(_("● No fraud among the judged transactions of the period."))
            return
        _matrix(here, found)


def _matrix(here: Here, found: pd.DataFrame) -> None:
    by_module = found.groupby("module")[["judged", "fraud", "blocked", "loss"]].sum()
    order = by_module[by_module["judged"] >= FEWEST].astype(float).sort_values(
        ["fraud", "judged"], ascending=False
    )  # fmt: skip
    keys = zip(found["module"].tolist(), found["hour"].tolist(), strict=True)
    cells = dict(zip(keys, found["fraud"].astype(float).tolist(), strict=True))
    names = [module_name(here, str(module)) for module in order.index]
    values = [[cells.get((module, hour)) for hour in range(24)] for module in order.index]
    figure = charts.heat(names, HOURS, values, Unit("count", ""), height=60 + 22 * len(names))
    every(figure, HOURS, 3)
    worst = order.iloc[0]
    fraud, blocked = float(order["fraud"].sum()), float(order["blocked"].sum())
    said = _("{n} frauds, {share} intercepted; most in {module}: {some}").format(
        n=numbers.number(fraud, 0),
        share=numbers.percent(100 * blocked / fraud),
        module=names[0],
        some=numbers.number(float(worst["fraud"]), 0),
    )
    table = pd.DataFrame(
        {
            _("Module"): names,
            _("Judged"): order["judged"].tolist(),
            _("Fraud"): order["fraud"].tolist(),
            _("Per 10,000"): (10_000 * order["fraud"] / order["judged"]).tolist(),
            _("Intercepted, %"): (100 * order["blocked"] / order["fraud"]).where(
                order["fraud"] > 0
            ).tolist(),
            _("Loss, CNY"): order["loss"].tolist(),
        }
    )  # fmt: skip
    note = _("Transactions of 30 days before the period: they have had time to be judged.")
    charts.show(figure, "fraud", said, table, note)


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
