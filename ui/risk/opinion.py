"""Public opinion and complaints by theme."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.points.wants import Reason
from metrics.risk.events import Theme
from ui import charts
from ui.charts import Unit
from ui.frame import Here
from ui.load import risk
from ui.risk.words import why
from words import numbers
from words.i18n import _

COUNT = Unit("count", "")
MOST = 8


def mentions(here: Here) -> None:
    """Negative mentions by theme, and how many were found within two hours."""
    with st.container(border=True, key="panel-mentions", height="stretch"):
        st.subheader(_("Negative mentions by theme"), anchor=False)
        found = risk.mentions(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        negative = int(found["negative"].sum()) if len(found) else 0
        if not negative:
            st.success(_("● No negative mentions in this period."))
            return
        _mentions(found, negative)


def _mentions(found: pd.DataFrame, negative: int) -> None:
    rows = found.astype({"negative": float, "mentions": float, "found_in_time": float})
    rows = rows.sort_values(["negative", "mentions"], ascending=False)
    names = [str(one) or _("No theme") for one in rows["theme"]]
    figure = charts.bars(
        names[:MOST], [float(one) for one in rows["negative"][:MOST]], axis=_("negative mentions")
    )
    in_time = float(rows["found_in_time"].sum())
    said = _("{n} of {all} mentions negative, most on {theme}; {share} found in 2 hours").format(
        n=negative, all=int(rows["mentions"].sum()), theme=names[0],
        share=numbers.percent(100 * in_time / negative),
    )  # fmt: skip
    table = pd.DataFrame(
        {
            _("Theme"): names,
            _("Mentions"): rows["mentions"].astype(int).tolist(),
            _("Negative"): rows["negative"].astype(int).tolist(),
            _("Found within 2 hours"): rows["found_in_time"].astype(int).tolist(),
        }
    )
    charts.show(figure, "mentions", said, table)


def complaints(here: Here) -> None:
    """Complaints by theme, with the time to close."""
    with st.container(border=True, key="panel-complaints", height="stretch"):
        st.subheader(_("Complaints by theme"), anchor=False)
        found = risk.complaints(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        if not found:
            st.success(_("● No complaints were opened in this period."))
            return
        _complaints(found)


def _complaints(found: tuple[Theme, ...]) -> None:
    names = [one.name or _("No theme") for one in found]
    figure = charts.bars(
        names[:MOST], [float(one.complaints) for one in found[:MOST]], axis=_("complaints")
    )
    slow = max((one for one in found if one.hours is not None), key=lambda one: one.hours or 0.0,
               default=None)  # fmt: skip
    said = _("{n} complaints, most on {theme}; {open} open").format(
        n=sum(one.complaints for one in found), theme=names[0], open=sum(one.open for one in found)
    )
    note = None
    if slow is not None:
        note = _("Slowest to close: {theme}, {hours} hours at the median.").format(
            theme=slow.name or _("No theme"), hours=numbers.number(slow.hours, 0)
        )
    table = pd.DataFrame(
        {
            _("Theme"): names,
            _("Complaints"): [one.complaints for one in found],
            _("Level 3"): [one.grave for one in found],
            _("Open"): [one.open for one in found],
            _("Median hours to close"): [one.hours for one in found],
        }
    )
    charts.show(figure, "complaints", said, table, note)
