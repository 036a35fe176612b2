"""What each of the five scenes adds to stickiness and business."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.points.wants import Reason
from metrics.business.scenes import Added, SceneValue
from ui import charts, tables
from ui.business.words import scene_name, why
from ui.charts import Unit
from ui.charts.dots import Dot
from ui.frame import Here
from ui.load import business
from words import numbers
from words.i18n import _

MONEY = Unit("CNY", "")


def show(here: Here) -> None:
    """The plane of stickiness and income, and the table with intervals."""
    with st.container(border=True, key="panel-scenes"):
        st.subheader(_("What each scene adds"), anchor=False)
        found = business.scenes(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        left, right = st.columns([1, 1], gap="small")
        with left:
            _plane(here, found)
        with right:
            _table(found)


def _plane(here: Here, found: tuple[SceneValue, ...]) -> None:
    dots = [
        Dot(scene_name(one.scene), one.days.value, one.fees.value, float(one.users))
        for one in found
        if one.days is not None and one.fees is not None
    ]
    if not dots:
        st.info(_("Fewer than 30 users with and without any scene: nothing to compare."))
        return
    figure = charts.scatter(
        dots, Unit("count", ""), MONEY, x_line=0.0, y_line=0.0,
        x_title=_("active days more"), y_title=_("income"), height=300,
    )  # fmt: skip
    best = max(dots, key=lambda one: one.y)
    said = _("{scene} goes with most income: {fees} more a user in {period}").format(
        scene=best.label, fees=MONEY.said(best.y), period=numbers.period(here.view.period)
    )
    charts.show(figure, "scenes", said, None, _(
        "Users of a scene in the period before against users of the same tier and otherwise the "
        "same scenes. An association, not proof of a cause."
    ))  # fmt: skip


def _table(found: tuple[SceneValue, ...]) -> None:
    table = pd.DataFrame(
        {
            _("Scene"): [scene_name(one.scene) for one in found],
            _("Users"): [one.users for one in found],
            _("Active days more"): [_interval(one.days, 2) for one in found],
            _("Income more, CNY"): [_interval(one.fees, 2) for one in found],
            _("Income added, CNY"): [
                None if one.total is None else round(one.total, 2) for one in found
            ],
        }
    )
    st.dataframe(tables.minus(table), hide_index=True, key="scenes_table", placeholder="—")
    alike = [scene_name(one.scene) for one in found if one.of and one.days is None]
    if alike:
        st.caption(_("Nearly all users or too few use: {scenes}.").format(scenes=", ".join(alike)))


def _interval(found: Added | None, digits: int) -> str:
    if found is None:
        return "—"
    low, high = (numbers.signed(value, digits) for value in (found.low, found.high))
    return f"{numbers.signed(found.value, digits)} ({low} … {high})"
