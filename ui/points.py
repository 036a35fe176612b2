"""Level 5: the data points of an indicator, each with definition, source, freshness and SQL."""

from __future__ import annotations

import streamlit as st

from ui import load
from ui.frame import Here
from ui.load import PointFacts
from ui.strip import today
from words import numbers
from words.i18n import _, language
from words.names import adds_words, unit_words
from words.text import safe


def show(here: Here, node: str) -> None:
    """The points of an indicator or module KPI."""
    indicator = here.tree.indicators[node.partition("@")[0]]
    show_points(here, tuple(sorted(indicator.formula.points)))


def show_points(here: Here, names: tuple[str, ...]) -> None:
    """Points by their names, in order."""
    for facts in load.point_facts(here.token, names, here.view.period):
        _one(facts)


def _one(facts: PointFacts) -> None:
    point, zh = facts.point, language() == "zh"
    with st.container(border=True, key=f"panel-point-{point.name}"):
        st.markdown(f"**{safe(point.name_zh if zh else point.name_en)}** :gray[{safe(point.name)}]")
        told = [
            safe(facts.about_zh if zh else facts.about_en),
            safe(unit_words(point.unit)),
            safe(adds_words(point.adds)),
            _("tables {tables}").format(tables=safe(", ".join(point.tables))),
            _fresh(facts),
        ]
        if point.lag:
            told.append(_("counted after {days} days").format(days=point.lag))
        st.markdown(" · ".join(told))
        with st.expander("SQL", type="compact"):
            st.code(facts.sql, language="sql")


def _fresh(facts: PointFacts) -> str:
    if facts.last_day is None:
        without = _("without days, or not loaded")
        return f":gray[○ {without}]"
    age = (today() - facts.last_day).days
    late = age > load.settings().late_after_days + (31 if facts.point.monthly else 0)
    sign, colour = ("■", "red") if late else ("●", "green")
    told = _("loaded to {day}, {age}").format(
        day=numbers.day(facts.last_day), age=numbers.days_ago(age)
    )
    return f":{colour}[{sign} {told}]"
