"""Reports: the month's workbook, the bulletin for the meeting, and the history of both."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip
from ui.load import reports as reading
from ui.reports import headline, making, past, printing, scope
from words.i18n import _

here = frame.here()
about = here.view.scope
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
strip.show(here, card)
making.outcome()
lang = making.report_language()

fits = scope.fits(here)
if fits:
    issued, scopes = reading.issued(here.token, about), reading.scopes(here.token, about)
    last = headline.newest(here, issued, lang)
    headline.show(here, card, reading.made_from(here.token, card), issued, lang, len(scopes))
    left, right = st.columns([1.5, 1], gap="small")
    with left, st.container(border=True, key="panel-report-make", height="stretch"):
        st.subheader(_("The month's workbook"), anchor=False)
        making.panel(here, last, scopes)
        making.downloads(here, last, issued, lang)
    with right, st.container(border=True, key="panel-report-bulletin", height="stretch"):
        st.subheader(_("Bulletin for the meeting"), anchor=False)
        printing.panel(here, lang)
    printing.preview(here, lang)

with st.container(border=True, key="panel-report-history"):
    st.subheader(_("What was issued"), anchor=False)
    past.show(here, past.chosen(here, fits))
