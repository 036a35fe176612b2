"""The executive page as text, and the bulletin to print: HTML anywhere, PDF with a Chromium."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from data.slice import Slice
from data.state import StateError
from reports.bulletin.content import Bulletin, bulletin
from reports.bulletin.make import Form, name_of, rendered
from reports.bulletin.pdf import browser
from reports.issue.issue import facts_of
from reports.month.build import speaking
from reports.month.refused import ReportError
from ui import links, load, states, tables
from ui.frame import Here
from ui.load import Token
from ui.load import reports as read
from words.i18n import _, language, message
from words.text import safe

KEPT = "reports_preview"
MIME = {"pdf": "application/pdf", "html": "text/html"}
Key = tuple[Token, Slice, str, str]


def panel(here: Here, lang: str) -> None:
    """What the meeting gets: made when it is asked for, then shown and ready to print."""
    links.to_screen(here.view, links.OVERVIEW, _("The overview of this month, to print as it is"))
    about = here.view.scope
    key: Key = (here.token, about, lang, language())
    kept: tuple[Key, Bulletin] | None = st.session_state.get(KEPT)
    known = kept is not None and kept[0] == key
    label = _("Read it anew") if known else _("Preview the executive page")
    if st.button(label, key="reports_preview_button"):
        found = _made(here, about, lang)
        if found is not None:
            st.session_state[KEPT] = (key, found)
            st.rerun()
    if kept is None or not known:
        st.caption(_("One page of A4 with the score, what moved, what is bad, what waits."))
        return
    _files(here, kept[1], lang)


def _made(here: Here, about: Slice, lang: str) -> Bulletin | None:
    with st.spinner(states.working(), show_time=True):
        try:
            with read.source(here.token, about) as source:
                facts = facts_of(source, about, who=here.viewer.id)
            with speaking(lang):
                return bulletin(facts)
        except (ReportError, StateError) as error:
            st.warning(safe(message(error), 400))
    return None


def _files(here: Here, found: Bulletin, lang: str) -> None:
    """The bulletin as files; a browser is started when the PDF is asked for, not before."""
    forms: tuple[tuple[Form, str], ...] = (("html", _("Page to print (HTML)")),)
    if browser() is None:
        st.caption(
            _("▲ There is no Chromium on this server, so no PDF: print the HTML page instead.")
        )
    else:
        forms = (("pdf", _("Bulletin (PDF)")), *forms)
    look, view = load.settings().report, here.view
    with st.container(horizontal=True, gap="small"):
        for form, label in forms:
            st.download_button(
                label, data=partial(rendered, look, found, lang, form),
                file_name=name_of(view.period, view.branch, lang, form), mime=MIME[form],
                key=f"reports_{form}", on_click="ignore",
            )  # fmt: skip


def preview(here: Here, lang: str) -> None:
    """What the executive page says, once it was asked for."""
    key: Key = (here.token, here.view.scope, lang, language())
    kept: tuple[Key, Bulletin] | None = st.session_state.get(KEPT)
    if kept is None or kept[0] != key:
        return
    with st.container(border=True, key="panel-report-preview"):
        st.subheader(_("Preview of the executive page"), anchor=False)
        show(kept[1])


def show(found: Bulletin) -> None:
    """The bulletin as text and one table, in the report's language."""
    band = f" {safe(found.band)}" if found.band else ""
    st.markdown(f"**{safe(found.title)} · {safe(found.figure)}{band}**")
    for line in (found.headline, *found.red_lines):
        st.markdown(safe(line, 600))
    table = _table(found)
    st.dataframe(
        table, hide_index=True, key="reports_preview_table",
        column_config=tables.figures_right(table),
    )  # fmt: skip
    left, right = st.columns(2, gap="medium")
    for place, one in enumerate(found.sections):
        with (left, right)[place % 2]:
            lines = [f"**{safe(one.heading)}**", *(safe(line, 400) for line in one.lines)]
            if one.more:
                more = _("{count} more").format(count=one.more)
                lines.append(f":gray[{more}]")
            st.markdown("  \n".join(lines))
    if found.courses:
        st.markdown("  \n".join(safe(line, 400) for line in found.courses))


def _table(found: Bulletin) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Perspective"): [one.name for one in found.rows],
            _("13 months"): [one.marks for one in found.rows],
            _("Score"): [one.score for one in found.rows],
            _("Change"): [one.change for one in found.rows],
            _("Last year"): [one.year for one in found.rows],
            _("Status"): [one.band for one in found.rows],
            _("In a sentence"): [one.told for one in found.rows],
        }
    )
