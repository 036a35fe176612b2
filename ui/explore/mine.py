"""A reader's own page: the analyses that they pinned, in their order."""

from __future__ import annotations

import streamlit as st

from data.state.pins import move_pin, unpin_view
from data.state.views import SavedView
from reports.explore.book import Entry
from reports.explore.finding import finding
from reports.explore.pivot import pivot
from reports.explore.words import about_words
from ui import charts, lifecycle
from ui.explore import chart, codes, grid, keep, report
from ui.frame import Here
from ui.load import explore as reading
from words.i18n import _
from words.text import safe

COLUMNS = 2
SMALL = 250


def show(here: Here) -> None:
    """Every pinned analysis as a small chart or table, with a link to it."""
    pins = reading.pinned(here.viewer.id)
    if not pins:
        _empty(here)
        return
    entries = {
        one.id: report.kept_entry(
            here, one.content.name, one.content.codes, one.content.description
        )
        for one in pins
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("Analyses that follow the period show the one chosen above; each has its own scope."),
            width="stretch",
        )
        report.download(here, [one for one in entries.values() if one is not None], "mine")
    places = [place for _row in range(0, len(pins), COLUMNS) for place in st.columns(COLUMNS)]
    for number, (place, one) in enumerate(zip(places, pins, strict=False)):
        with place, st.container(border=True, key=f"panel-pin-{one.id}", height="stretch"):
            _head(here, one, first=number == 0, last=number == len(pins) - 1)
            _body(here, one, entries[one.id])


def _empty(here: Here) -> None:
    with st.container(border=True, key="state-mine-empty"):
        st.subheader(_("Nothing is on your page yet"), anchor=False)
        st.markdown(_("Open **Self-service**, show what you want to see again, **Save** it, and "
                      "press **Pin to my page**."))  # fmt: skip
        st.page_link(codes.PAGE, label=_("Self-service"), query_params=here.view.params())


def _head(here: Here, one: SavedView, *, first: bool, last: bool) -> None:
    """The name as a link, and where it stands on the page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        keep.link_to(here, one, f"**{safe(one.content.name, 80)}**")
        moves = (("↑", -1, first, _("Move up")), ("↓", 1, last, _("Move down")))
        for sign, places, barred, told in moves:
            if st.button(sign, key=f"pin_{sign}_{one.id}", help=told, disabled=barred,
                         type="tertiary"):  # fmt: skip
                _do(here, one, places)
        if st.button("✕", key=f"pin_off_{one.id}", help=_("Unpin"), type="tertiary"):
            _do(here, one, 0)


def _do(here: Here, one: SavedView, places: int) -> None:
    """Move a pinned analysis, or with 0 take it off the page."""
    who, state = here.viewer.id, reading.state()
    done = lifecycle.acted(
        (lambda: move_pin(state, one.id, places, by=who)) if places
        else (lambda: unpin_view(state, one.id, by=who)),
        _("Your page is changed."),
    )  # fmt: skip
    if done:
        st.rerun()


def _body(here: Here, one: SavedView, found: Entry | None) -> None:
    """What it says now: finding, then chart or table; or why this reader sees nothing."""
    if found is None:
        st.info(_("This analysis asks for something that is not open to you, not defined any more, "
                  "or too large for this page."))  # fmt: skip
        return
    names, table = report.names_of(here), found.table
    told = finding(table, names)
    st.markdown(f"**{safe(told, 300)}**")
    st.caption(safe(about_words(names, table.view), 200))
    if not here.bank.has_data(table.view.about.period):
        return
    figure = chart.small(table, names)
    if figure is None:
        grid.still(pivot(table, names), names, f"pin_table_{one.id}", SMALL)
        return
    st.plotly_chart(figure, key=f"pin_chart_{one.id}", theme=None, config=charts.CONFIG, alt=told)
