"""Chosen analyses turned into a workbook, made when its reader asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from metrics.explore.defined import UndefinedError
from metrics.explore.view import View as Asked
from reports.explore.book import MOST_VIEWS, About, Entry, file_name, workbook
from reports.explore.pivot import too_large
from reports.explore.words import Names
from ui.explore import codes
from ui.export import EXCEL
from ui.frame import Here
from ui.load import explore as reading
from ui.load import settings
from words.i18n import _, _n, language, speak
from words.text import plain, safe

NOW = 0
"""Stands for what is on the screen among the numbers of saved analyses."""
CHOSEN = "explore_report_of"


def names_of(here: Here) -> Names:
    """Names in the reader's language; of branches only those within the reader's rights."""
    branches = {key: one.name(language()) for key, one in here.bank.branches.items()}
    return Names(here.tree, branches)


def chooser(here: Here, view: Asked) -> None:
    """Which analyses the workbook shall hold, and the workbook."""
    every = {one.id: one for one in reading.every_saved(here.viewer.id)}
    told = {NOW: _("What is on the screen")}
    told |= {number: plain(one.content.name, 80) for number, one in every.items()}
    picked = st.multiselect(
        _("Analyses in the workbook"), list(told), default=[NOW], key=CHOSEN,
        format_func=lambda one: told.get(one, str(one)), max_selections=MOST_VIEWS,
    )  # fmt: skip
    entries = []
    for number in picked:
        if number == NOW:
            found = entry(here, told[NOW], view)
        else:
            kept = every[number].content
            found = kept_entry(here, kept.name, kept.codes, kept.description)
        if found is None:
            st.caption(_("{name} cannot be shown to you as it is; it is left out.").format(
                name=safe(told[number])))  # fmt: skip
        else:
            entries.append(found)
    download(here, entries, "explore")


def kept_entry(here: Here, name: str, kept: str, description: str) -> Entry | None:
    """A saved analysis for the reader; None where the reader may not see what it asks for."""
    found = codes.of_kept(here, kept)
    if found.problems or not found.view.indicators:
        return None
    return entry(here, name, found.view, description)


def entry(here: Here, name: str, view: Asked, description: str = "") -> Entry | None:
    """A view with its answer; None where it is not defined, or too large for a page."""
    try:
        mended, _left_out = reading.mended(here.token, view)
    except UndefinedError:
        return None
    table = reading.table(here.token, mended)
    return None if too_large(table) else Entry(name, table, description)


def download(here: Here, entries: Sequence[Entry], key: str) -> None:
    """The button that makes the workbook; nothing of it exists before it is pressed."""
    if not entries:
        return
    made_at = datetime.now(UTC).replace(tzinfo=None)
    about = About(here.viewer.id, made_at, here.bank.as_of, settings().report)
    make = partial(_bytes, tuple(entries), names_of(here), here, about, language())
    st.download_button(
        _n("Workbook of {count} analysis", "Workbook of {count} analyses", len(entries)).format(
            count=len(entries)
        ), data=make,
        file_name=file_name(made_at), mime=EXCEL, key=f"report_{key}", on_click="ignore",
        type="primary", icon=None,
    )  # fmt: skip


def _bytes(entries: tuple[Entry, ...], names: Names, here: Here, about: About, lang: str) -> bytes:
    """The file, in the language of the reader who pressed the button."""
    speak(lang)
    return workbook(entries, names, here.points, about).content()[0]
