"""Self-service from top to bottom: the question, its controls, the answer as chart and table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from metrics.explore.defined import Undefined, UndefinedError
from metrics.explore.problems import ViewProblem
from metrics.explore.records import Place, Table
from metrics.explore.view import View as Asked
from metrics.scorecard import ScoreCard
from reports.explore.finding import finding
from reports.explore.notes import notes
from reports.explore.pivot import MOST_CELLS, pivot, too_large
from reports.explore.words import Names, question
from ui import charts, states
from ui.explore import ask, chart, codes, controls, drill, files, grid, keep, report
from ui.frame import Here
from ui.load import explore as reading
from words import numbers
from words.i18n import _, language
from words.text import safe

FIRST = ("mau", "retention_d1", "txn_amount", "aum")
"""Of these the first that has a value is shown before anything is chosen."""
EXAMPLES: tuple[Mapping[str, str], ...] = (
    {"show": "mau", "by": "branch", "against": "previous,target", "as": "bar"},
    {"show": "retention_d1", "by": "channel", "against": "previous,year", "as": "bar"},
    {"show": "txn_amount", "by": "tier", "grain": "week", "as": "line"},
)
NONCE = "explore_nonce"
MOST_REASONS = 5


def show(here: Here, card: ScoreCard) -> None:
    """The whole screen below the status strip."""
    names = report.names_of(here)
    found = codes.read(here, unsaid(here, card))
    seen = keep.opened(here)
    view, left_out, refused = _defined(here, found.view)
    there = reading.offered(here.token, view)
    if view.indicators and refused is None and view.chart != found.view.chart:
        view = replace(view, chart=reading.suited(there, view))
    codes.adopt(view)
    with st.container(border=True, key="panel-explore-question"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            ask.box(here)
            keep.toolbar(here, view, seen)
            controls.why_not(there)
        ask.told(view)
        if seen is not None:
            keep.heading(here, view, seen)
        controls.show(here, names, view, there)
    codes.write(view)
    _said(found.problems, left_out)
    if refused is not None:
        _refused(refused)
    elif not view.indicators:
        _empty(here, names)
    elif not here.bank.has_data(view.about.period):
        states.nothing_for(view.about.period, here.bank.default)
    else:
        _answer(here, names, view)


def unsaid(here: Here, card: ScoreCard) -> Asked:
    """What is shown before anything is chosen: an indicator that has a value, by branch."""
    known = [one for one in FIRST if card.node(one, here.view.branch).value is not None]
    every = [*known, *(one for one in here.tree.indicators if one not in FIRST)]
    node = next(
        (one for one in every if card.node(one, here.view.branch).value is not None), every[0]
    )
    return Asked((node,), here.view.slice, ("branch",), "", (here.view.compare,), "bar")


def _defined(here: Here, view: Asked) -> tuple[Asked, tuple[Undefined, ...], UndefinedError | None]:
    """The view without what is not defined; or why nothing of it can be shown."""
    if not view.indicators:
        return view, (), None
    try:
        mended, left_out = reading.mended(here.token, view)
    except UndefinedError as error:
        return view, (), error
    return mended, tuple(one for one in left_out if one.key != "as"), None


def _said(problems: tuple[ViewProblem, ...], left_out: tuple[Undefined, ...]) -> None:
    """What of the address means nothing here, and what does not go with the rest."""
    for one in problems:
        st.warning(safe(one.words(language()), 300))
    if left_out:
        reasons = _("; ").join(dict.fromkeys(one.why.words(language()) for one in left_out))
        st.info(_("Left out: {reasons}.").format(reasons=safe(reasons, 600)))


def _refused(error: UndefinedError) -> None:
    with st.container(border=True, key="state-explore-refused"):
        st.subheader(_("This has no answer here"), anchor=False)
        lines = dict.fromkeys(one.why.words(language()) for one in error.problems)
        st.markdown("\n".join(f"- {safe(line, 300)}" for line in lines))
        st.markdown(_("Choose another indicator, a wider scope or a smaller segment filter."))


def _empty(here: Here, names: Names) -> None:
    """Nothing is chosen: how to begin, with questions to look at."""
    with st.container(border=True, key="state-explore-empty"):
        st.subheader(_("What do you want to know?"), anchor=False)
        st.markdown(_("Choose one indicator or several above, or begin with one of these:"))
        with st.container(key="list-explore-examples"):
            for example in EXAMPLES:
                view = codes.parsed(here, example).view
                if view.indicators:
                    params = codes.link(example, here.view)
                    label = safe(question(names, view), 200)
                    st.page_link(codes.PAGE, label=label, query_params=params, width="stretch")


def _answer(here: Here, names: Names, view: Asked) -> None:
    with st.spinner(_("Reading…"), show_time=True):
        table = reading.table(here.token, view)
    if all(cell.value is None for cell in table.cells.values()):
        _nothing(table)
        return
    told = finding(table, names)
    st.subheader(safe(told, 300), anchor=False)
    st.caption(safe(question(names, view), 400))
    if too_large(table):
        _too_large(here, names, table, told)
        return
    key = grid_key(view)
    chosen = _place(names, table, key)
    if view.chart == "table" and chosen is None:
        _table(here, names, table, told, key)
        return
    left, right = st.columns([5, 6], gap="small")
    with right:
        _table(here, names, table, told, key)
    with left, st.container(border=True, key="panel-explore-chart"):
        if chosen is None:
            _chart(here, names, table, told)
        else:
            drill.show(here, names, table, chosen)


def grid_key(view: Asked) -> str:
    """The table's key: another view has another table, in which nothing is chosen yet."""
    said = f"{sorted(view.to_codes().items())} {view.about.rights} {st.session_state.get(NONCE, 0)}"
    return f"explore_grid_{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _place(names: Names, table: Table, key: str) -> Place | None:
    """The place of the cell that is chosen in the table, before it is drawn."""
    state = st.session_state.get(key)
    cells = state.selection.cells if state is not None else []
    return grid.place_of(pivot(table, names), cells[0]) if cells else None


def _table(here: Here, names: Names, table: Table, told: str, key: str) -> None:
    laid = pivot(table, names)
    grid.show(laid, names, key)
    with st.container(horizontal=True, vertical_alignment="center", key="explore-files"):
        st.caption(_("Click a number to see what is behind it, a heading to sort."),
                   width="content")  # fmt: skip
        files.buttons(here, table, names, told)
    for line in notes(laid):
        st.caption(safe(line, 400))


def _chart(here: Here, names: Names, table: Table, told: str) -> None:
    if table.view.chart == "map":
        chart.show_map(here, table, names, told, f"explore_map_{here.view.branch}")
        return
    figure, note = chart.built(table, names)
    st.plotly_chart(figure, key="explore_chart", theme=None, config=charts.CONFIG, alt=told)
    if note:
        st.caption(safe(note, 300))


def _nothing(table: Table) -> None:
    """No cell has a number: why, and what to do."""
    reasons = dict.fromkeys(
        cell.reason.words(language()) for cell in table.cells.values() if cell.reason is not None
    )
    with st.container(border=True, key="state-explore-nothing"):
        st.subheader(_("There is no number for this"), anchor=False)
        st.markdown("\n".join(f"- {safe(one, 200)}" for one in list(reasons)[:MOST_REASONS]))
        st.markdown(_("Choose another period, scope or segment above."))


def _too_large(here: Here, names: Names, table: Table, told: str) -> None:
    """More than can be read: say so, and give it as a file."""
    with st.container(border=True, key="state-explore-large"):
        st.subheader(_("Too much to read on a screen"), anchor=False)
        st.markdown(
            _("This table has more than {most} numbers. Choose fewer indicators, one dimension, a "
              "coarser grain or a shorter period; or take it as a file.").format(
                most=numbers.number(MOST_CELLS, 0))
        )  # fmt: skip
        with st.container(horizontal=True):
            files.buttons(here, table, names, told)
