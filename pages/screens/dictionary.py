"""Data dictionary: what everything means, where it comes from and what hangs on it."""

from __future__ import annotations

import streamlit as st

from ui import frame, states
from ui.dictionary import entry, finding, hanging
from ui.load import dictionary as reading

here = frame.here()
with st.spinner(states.working(), show_time=True):
    book = reading.dictionary()

opened = finding.opened(book)
left, right = st.columns([2, 3], gap="small")
with left, st.container(border=True, key="panel-dictionary-list"):
    finding.show(here, book)
with right:
    entry.heading(here, book, opened)
    entry.definition(here, book, opened)
    hanging.fresh(here, book, opened)
    hanging.show(here, book, opened)
