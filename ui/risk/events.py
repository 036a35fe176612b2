"""Events by class and level against their limits, and the register's matrix with movement."""

from __future__ import annotations

from textwrap import wrap

import pandas as pd
import streamlit as st

from data.points.relations.risk import CLOSING_LIMIT_S
from data.points.wants import Reason
from metrics.risk.events import Assessed, ClassRow, matrix
from ui import charts
from ui.charts import Unit
from ui.frame import Here
from ui.load import risk
from ui.risk.words import why
from words import numbers
from words.codes import class_name
from words.i18n import _

COUNT = Unit("count", "")
GRAVE = 15
"""Likelihood times impact from which a class stands in the grave corner."""
WIDEST = 15
"""Letters of a line in a cell of the register."""


def by_class(here: Here) -> None:
    """Classes by level, with times to detect and close."""
    with st.container(border=True, key="panel-events", height="stretch"):
        st.subheader(_("Events by class and level"), anchor=False)
        found = risk.classes(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        if not found:
            st.success(_("● No risk events began in this period."))
            return
        _classes(found)


def _classes(found: tuple[ClassRow, ...]) -> None:
    names = [class_name(one.name) for one in found]
    values = [[_some(one.levels[level]) for level in (2, 1, 0)] for one in found]
    columns = [_("Level {n}").format(n=level) for level in (3, 2, 1)]
    late, opened = sum(one.late for one in found), sum(one.open for one in found)
    said = _("{n} events, {grave} of level 3; {late} past their limit, {open} still open").format(
        n=sum(one.events for one in found), grave=sum(one.levels[2] for one in found), late=late,
        open=opened,
    )  # fmt: skip
    hours = {level: seconds // 3600 for level, seconds in CLOSING_LIMIT_S.items()}
    note = _(
        "Limits from detection to closing: level 3 {a} h, level 2 {b} h, level 1 {c} h."
    ).format(a=hours[3], b=hours[2], c=hours[1])
    table = pd.DataFrame(
        {
            _("Class"): names,
            _("Events"): [one.events for one in found],
            _("Level 3"): [one.levels[2] for one in found],
            _("Level 2"): [one.levels[1] for one in found],
            _("Level 1"): [one.levels[0] for one in found],
            _("Median minutes to detect"): [one.detect_min for one in found],
            _("Median hours to close"): [one.close_h for one in found],
            _("Past their limit"): [one.late for one in found],
            _("Open"): [one.open for one in found],
            _("Loss, CNY"): [one.loss for one in found],
        }
    )
    figure = charts.heat(names, columns, values, COUNT, height=70 + 22 * len(names))
    charts.show(figure, "events", said, table, note)


def _some(count: int) -> float | None:
    return float(count) if count else None


def register(here: Here) -> None:
    """Likelihood by impact, each class where it stands, with an arrow where it moved."""
    with st.container(border=True, key="panel-register", height="stretch"):
        st.subheader(_("Risk register"), anchor=False)
        found = risk.register(here.token, here.view.scope, here.view.other)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        month, classes = found
        if month is None or not classes:
            st.info(_("Nothing was assessed."))
            return
        _matrix(classes)


def _matrix(classes: tuple[Assessed, ...]) -> None:
    cells = matrix(classes)
    levels = [5, 4, 3, 2, 1]
    impacts = [1, 2, 3, 4, 5]
    text = [[_cell(cells.get((level, impact), ())) for impact in impacts] for level in levels]
    values = [[float(level * impact) for impact in impacts] for level in levels]
    figure = charts.heat(
        [_("likelihood {n}").format(n=level) for level in levels],
        [_("impact {n}").format(n=impact) for impact in impacts],
        values, COUNT, text=text, height=380,
    )  # fmt: skip
    grave = [one for one in classes if one.score >= GRAVE]
    worse = [one for one in classes if one.moved > 0]
    said = _("{n} of {all} classes are grave (15 and more), gravest {name}; {worse} grew").format(
        n=len(grave), all=len(classes), name=class_name(classes[0].name), worse=len(worse)
    )
    table = pd.DataFrame(
        {
            _("Class"): [class_name(one.name) for one in classes],
            _("Likelihood"): [one.likelihood for one in classes],
            _("Impact"): [one.impact for one in classes],
            _("Product"): [one.score for one in classes],
            _("Change"): [one.moved for one in classes],
            _("Weight, %"): [None if one.weight is None else 100 * one.weight for one in classes],
        }
    )
    note = _("▲ graver, ▼ milder than in the period compared with. The register is the bank's.")
    charts.show(figure, "register", said, table, note)


def _cell(found: tuple[Assessed, ...]) -> str:
    """Names of a cell's classes, one a line, at most four."""
    signs = {1: " ▲", -1: " ▼", 0: ""}
    told = [
        "<br>".join(wrap(class_name(one.name) + signs[(one.moved > 0) - (one.moved < 0)], WIDEST))
        for one in found[:4]
    ]
    if len(found) > 4:
        told.append(_("and {n} more").format(n=numbers.number(float(len(found) - 4), 0)))
    return "<br>".join(told)
