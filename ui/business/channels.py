"""The App against offline and other channels: amount by month and the App's share."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.period import Period
from ui import charts
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _, language

AMOUNT, SHARE = "txn_amount", "txn_share"
Known = tuple[Period, float, float]
"""A month, the amount in the App, its share of the bank's in per cent."""


def show(here: Here) -> None:
    """Amounts stacked, and the share against its target."""
    series = business.monthly(here.token, (AMOUNT, SHARE), here.view.slice)
    known = [
        (month, amount, share)
        for (month, amount), (_month, share) in zip(series[AMOUNT], series[SHARE], strict=True)
        if amount is not None and share
    ][-13:]
    if not known:
        st.info(_("The whole bank's amount is not known by month for this selection."))
        return
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="panel-channels", height="stretch"):
        st.subheader(_("App against other channels"), anchor=False)
        _amounts(known)
    with right, st.container(border=True, key="panel-share", height="stretch"):
        st.subheader(here.tree.name(SHARE, language()), anchor=False)
        _share(here, known)


def _amounts(known: Sequence[Known]) -> None:
    labels = [numbers.period(month) for month, _a, _s in known]
    app = [amount for _m, amount, _s in known]
    others = [amount * (100 / share - 1) for _m, amount, share in known]
    unit = Unit("CNY", "")
    figure = charts.stacked(
        labels, {_("App and mini-program"): app, _("Offline and others"): others}, unit
    )
    said = _("{app} in the App, {others} through other channels in {month}").format(
        app=unit.said(app[-1]), others=unit.said(others[-1]), month=labels[-1]
    )
    table = pd.DataFrame(
        {_("Month"): labels, _("App and mini-program"): app, _("Offline and others"): others}
    )
    charts.show(figure, "channels", said, table)


def _share(here: Here, known: Sequence[Known]) -> None:
    months = [month for month, _a, _s in known]
    shares = [share for _m, _a, share in known]
    figure = charts.lines(
        months, [Line(here.tree.name(SHARE, language()), shares)], Unit("%", "%"),
        marks=marks_of(here, months),
    )  # fmt: skip
    said = _("{now} of the bank's amount, {before} at the start of the chart").format(
        now=numbers.percent(shares[-1]), before=numbers.percent(shares[0])
    )
    table = pd.DataFrame({_("Month"): [numbers.period(one) for one in months], _("Share"): shares})
    charts.show(figure, "share", said, table)
