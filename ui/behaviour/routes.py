"""Paths through the App: from a page or to it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data.behaviour.paths import Direction
from metrics.behaviour.routes import Edge, Routes
from metrics.values.reasons import Reason
from ui import charts
from ui.behaviour.controls import choice, nothing, unknown
from ui.behaviour.words import page_name
from ui.charts import Stream, Unit
from ui.frame import Here
from ui.load import behaviour as reading
from ui.load.behaviour import PageName
from words import numbers
from words.i18n import _, _n

ANY = "any"


def show(here: Here) -> None:
    """The page and the direction, then the ways that most sessions took."""
    pages = reading.pages(here.token, here.view.slice)
    places = st.columns([2, 1])
    words = {ANY: _("Start or end of sessions")} | {p: page_name(pages, p) for p in pages}
    with places[0]:
        page = choice("page", _("Page"), tuple(words), words.__getitem__)
    directions: dict[Direction, str] = {
        "from": _("Where they go from it"),
        "to": _("How they come"),
    }
    with places[1]:
        code = choice(
            "direction", _("Direction"), tuple(directions), lambda one: directions[_way(one)]
        )
    direction = _way(code)
    with st.spinner(_("Following sessions…"), show_time=True):
        found = reading.ways(here.token, here.view.slice, "" if page == ANY else page, direction)
    if isinstance(found, Reason):
        unknown(found)
        return
    if not found.edges:
        nothing(_("Too few sessions show this page to draw their paths."))
        return
    _sankey(found, pages, direction)


def _way(code: str) -> Direction:
    return "to" if code == "to" else "from"


def _sankey(found: Routes, pages: Mapping[str, PageName], direction: Direction) -> None:
    ended = _("session ends") if direction == "from" else _("session starts")

    def name(page: str) -> str:
        return page_name(pages, page) if page else ended

    shown = [one for one in found.edges if _is_drawn(one, direction)]
    keys = sorted({(e.level, e.source) for e in shown} | {(e.level + 1, e.target) for e in shown})
    place = {key: n for n, key in enumerate(keys)}
    streams = [
        Stream(place[e.level, e.source], place[e.level + 1, e.target], float(e.sessions))
        for e in shown
    ]
    figure = charts.sankey(
        [name(page) for _level, page in keys], streams, unit=Unit("count", ""), height=460
    )
    note = _(
        "Sessions. Repeats of a page in a row count once; a session counts from its first view of "
        "the page. Ways of fewer than five users go into other pages or are left out."
    )
    if found.withheld:
        left = _n("{count} step withheld.", "{count} steps withheld.", found.withheld)
        note = f"{note} {left.format(count=found.withheld)}"
    charts.show(
        figure, "behaviour_paths", _finding(found, name, direction), _table(found, name), note
    )


def _is_drawn(one: Edge, direction: Direction) -> bool:
    """Starts stand at the left and ends at the right once: their own columns would be many."""
    return bool(one.target if direction == "from" else one.source) or one.level in (0, -1)


def _finding(found: Routes, name: object, direction: Direction) -> str:
    told = name if callable(name) else str
    level = 0 if direction == "from" else -1
    first = [one for one in found.edges if one.level == level]
    total = sum(one.sessions for one in first)
    if not first or not total:
        return _("Paths of sessions")
    best = max(first, key=lambda one: one.sessions)
    share = numbers.percent(100 * best.sessions / total)
    return _("Most often: {source} → {target} ({share} of {total} sessions)").format(
        source=told(best.source),
        target=told(best.target),
        share=share,
        total=numbers.number(total, 0 if total < 10_000 else None),
    )


def _table(found: Routes, name: object) -> pd.DataFrame:
    told = name if callable(name) else str
    return pd.DataFrame(
        {
            _("Step"): [one.level for one in found.edges],
            _("From"): [told(one.source) for one in found.edges],
            _("To"): [told(one.target) for one in found.edges],
            _("Sessions"): [one.sessions for one in found.edges],
            _("Users"): [one.users for one in found.edges],
        }
    )
