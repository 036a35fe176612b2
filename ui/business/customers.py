"""What a user costs and brings: acquisition cost by channel, payback, lifetime value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from data.points.wants import Reason
from metrics.business.payback import Payback
from metrics.ltv.holdout import HoldoutError
from ui import charts, load
from ui.business.words import part_name, why
from ui.charts import Unit
from ui.charts.layout import arrange
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _

MONEY = Unit("CNY", "")


def show(here: Here) -> None:
    """Three panels side by side."""
    one, two, three = st.columns(3, gap="small")
    with one, st.container(border=True, key="panel-cac", height="stretch"):
        st.subheader(_("Acquisition cost by channel"), anchor=False)
        _costs(here)
    with two, st.container(border=True, key="panel-payback", height="stretch"):
        st.subheader(_("Payback"), anchor=False)
        _payback(here)
    with three, st.container(border=True, key="panel-ltv", height="stretch"):
        st.subheader(_("Lifetime value: how right it is"), anchor=False)
        _calibration(here)


def cost_rows(here: Here) -> pd.DataFrame | Reason:
    """By channel of origin: new users, spend of acquisition campaigns, cost of one."""
    spent = business.spent(here.token, here.view.scope)
    if isinstance(spent, Reason):
        return spent
    values = load.breakdown(here.token, "new_users", here.view.scope, ("channel",))
    users = dict(zip(values.groups["channel"], values.value[:, 0], strict=True))
    money = dict(zip(spent["channel"], spent["spent"], strict=True))
    rows = [
        (channel, float(np.nan_to_num(users.get(channel, 0.0))), float(money.get(channel, 0.0)))
        for channel in sorted({*users, *money})
    ]
    found = pd.DataFrame(rows, columns=["channel", "users", "spent"])
    paid = (found["users"] > 0) & (found["spent"] > 0)
    return found.assign(cac=(found["spent"] / found["users"].where(found["users"] > 0)).where(paid))


def _costs(here: Here) -> None:
    found = cost_rows(here)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    kept = found[(found["users"] > 0) | (found["spent"] > 0)].sort_values("spent", ascending=False)
    if kept.empty:
        st.info(_("No new users and no spend in this period."))
        return
    names = [part_name(here, "channel", str(one)) for one in kept["channel"]]
    costs = [None if np.isnan(one) else float(one) for one in kept["cac"]]
    known = [(cost, name) for cost, name in zip(costs, names, strict=True) if cost is not None]
    figure = charts.bars(
        [name for _cost, name in known], [cost for cost, _name in known], axis=_("CNY a new user")
    )
    said = (
        _("{name} is dearest: {cost} a new user").format(
            name=max(known)[1], cost=MONEY.said(max(known)[0])
        )
        if known
        else _("No channel had both spend and new users")
    )
    table = pd.DataFrame(
        {
            _("Channel"): names,
            _("New users"): kept["users"].astype(int).tolist(),
            _("Spend"): kept["spent"].tolist(),
            _("Cost of a new user"): costs,
        }
    )
    free = int(kept.loc[kept["spent"] == 0, "users"].sum())
    note = _(
        "Spend by the campaign's channel, users by their channel of origin; {n} new users came "
        "through channels without spend."
    ).format(n=free)
    charts.show(figure, "cac", said, table, note)


def _payback(here: Here) -> None:
    cac = load.score_card(here.token, here.view.scope).node("cac", here.view.branch).value
    found = business.payback(here.token, here.view.slice, cac)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    if not found.ages:
        st.info(_("Fewer than 30 users have been seen for a month."))
        return
    labels = [str(one.month) for one in found.ages]
    figure = charts.stacked(
        labels, {_("Income since registration"): [one.cumulative for one in found.ages]}, MONEY,
        target=None if cac is None else [cac] * len(labels),
        target_name=_("Cost of a new user"), height=240,
    )  # fmt: skip
    arrange(figure, x={"title": {"text": _("months since registration")}})
    table = pd.DataFrame(
        {
            _("Months since registration"): [one.month for one in found.ages],
            _("Users"): [one.users for one in found.ages],
            _("Income in the month"): [one.income for one in found.ages],
            _("Income since registration"): [one.cumulative for one in found.ages],
        }
    )
    note = _("By months of 30 days since registration; the mark is what a new user costs now.")
    charts.show(figure, "payback", payback_words(found), table, note)


def payback_words(found: Payback) -> str:
    """When the cost is back."""
    if found.cac is None:
        return _("Without an acquisition cost there is nothing to pay back")
    if found.months is not None:
        return _("A new user costs {cost}; the cost is back after {n} months").format(
            cost=MONEY.said(found.cac), n=found.months
        )
    if found.expected is None:
        return _("A new user costs {cost} and brings nothing any more").format(
            cost=MONEY.said(found.cac)
        )
    return _("A new user costs {cost}; not back after {n} months, at this pace after {m}").format(
        cost=MONEY.said(found.cac), n=found.ages[-1].month, m=round(found.expected)
    )


def _calibration(here: Here) -> None:
    found = business.calibration(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    if found.model is None:
        st.info(_("Lifetime values cannot be checked: too few users or too little time."))
        return
    _calibrated(found.model)


def _calibrated(model: HoldoutError) -> None:
    names = [str(one.frequency) for one in model.by_frequency]
    figure = charts.stacked(
        names,
        {
            _("Predicted"): [one.predicted for one in model.by_frequency],
            _("Actual"): [one.actual for one in model.by_frequency],
        },
        grouped=True,
        height=230,
    )
    arrange(figure, x={"title": {"text": _("fee days before")}})
    bias = model.bias_percent
    said = (
        _("Nothing happened in the months held out")
        if bias is None
        else _(
            "Predictions were {bias}% off: {predicted} fee days predicted, {actual} came"
        ).format(
            bias=numbers.signed(bias),
            predicted=numbers.number(model.predicted_purchases),
            actual=numbers.number(float(model.actual_purchases)),
        )
    )
    table = pd.DataFrame(
        {
            _("Fee days before"): [one.frequency for one in model.by_frequency],
            _("Users"): [one.users for one in model.by_frequency],
            _("Predicted"): [one.predicted for one in model.by_frequency],
            _("Actual"): [one.actual for one in model.by_frequency],
        }
    )
    note = _(
        "BG/NBD fitted on the first 70% of the time, checked on {n} users over the last {weeks} "
        "weeks: fee days a user, by fee days before (the last bar: that many and more)."
    ).format(n=model.n, weeks=round(model.weeks))
    charts.show(figure, "ltv", said, table, note)
