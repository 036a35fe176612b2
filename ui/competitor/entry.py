"""Writing down figures and releases, by form or by file; nothing is kept without a source."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from data.competitors.entry import EntryRefusedError, NewFigure, NewRelease
from data.contract.vocabulary import EVIDENCE_GRADES, RELEASE_CHANGES, SCENES
from data.ingest import LoadRefusedError, LoadReport
from ui import states
from ui.competitor.words import field_words, grade_words, scene_words
from ui.frame import Here
from ui.load import competitor as load
from ui.strip import today
from words.codes import change_words
from words.i18n import _, _n, message
from words.text import safe

PEERS_FORM = "china_bank_app_published_figures"
LARGEST_MB = 20


def show(here: Here) -> None:
    """The forms, for readers who may write; nothing for others."""
    if not (here.viewer.may("remark") or here.viewer.may("data")):
        return
    with st.expander(_("Write down a figure or a release")):
        figure, release, file = st.tabs([_("A figure"), _("A release"), _("File")])
        with figure:
            _figure(here)
        with release:
            _release(here)
        with file:
            _file(here)


def _figure(here: Here) -> None:
    with st.form("new_figure", border=False):
        one, two, three = st.columns(3)
        with one:
            competitor = st.text_input(field_words("competitor"), key="figure_competitor")
            measure = st.text_input(field_words("measure"), key="figure_measure")
            unit = st.text_input(field_words("unit"), key="figure_unit")
        with two:
            value = st.number_input(field_words("value"), value=None, key="figure_value")
            low = st.number_input(_("Lower bound"), value=None, key="figure_low")
            high = st.number_input(_("Upper bound"), value=None, key="figure_high")
        with three:
            first = st.date_input(_("First day"), value=today(), key="figure_first")
            last = st.date_input(_("Last day"), value=today(), key="figure_last")
            grade = st.selectbox(
                field_words("grade"), ["", *EVIDENCE_GRADES], format_func=grade_words,
                key="figure_grade",
            )  # fmt: skip
        provider = st.text_input(field_words("provider"), key="figure_provider")
        source = st.text_input(field_words("source"), key="figure_source")
        url = st.text_input(field_words("url"), key="figure_url")
        if st.form_submit_button(_("Keep the figure")):
            typed = NewFigure(
                provider, first, last, competitor, measure, value, unit, source, url, low, high,
                grade or "",
            )  # fmt: skip
            _kept(lambda: load.keep_figure(typed, here.viewer.id))


def _release(here: Here) -> None:
    with st.form("new_release", border=False):
        one, two = st.columns(2)
        with one:
            competitor = st.text_input(field_words("competitor"), key="release_competitor")
            feature = st.text_input(field_words("feature"), key="release_feature")
            source = st.text_input(field_words("source"), key="release_source")
        with two:
            day = st.date_input(field_words("day"), value=today(), key="release_day")
            scene = st.selectbox(
                field_words("scene"), SCENES, format_func=scene_words, key="release_scene"
            )
            change = st.selectbox(
                field_words("change"), RELEASE_CHANGES, format_func=change_words,
                key="release_change",
            )  # fmt: skip
        if st.form_submit_button(_("Keep the release")):
            typed = NewRelease(day, competitor, scene or "", feature, change or "", source)
            _kept(lambda: load.keep_release(typed, here.viewer.id))


def _file(here: Here) -> None:
    forms = {
        "competitor_value": _("Figures, in the form of the contract"),
        "competitor_release": _("Releases, in the form of the contract"),
        PEERS_FORM: _("Published figures (mapping “peers”)"),
    }
    form = st.selectbox(
        _("Form of the file"), list(forms), format_func=forms.__getitem__, key="peer_file_form"
    ) or "competitor_value"  # fmt: skip
    file = st.file_uploader(
        _("CSV, Excel or Parquet"), type=["csv", "xlsx", "parquet"], key="peer_file",
        max_upload_size=LARGEST_MB,
    )  # fmt: skip
    if file is not None and st.button(_("Load the file"), key="peer_file_load"):
        mapping = "peers" if form == PEERS_FORM else None
        content = file.getvalue()
        _kept(lambda: load.keep_file(form, mapping, file.name, content, here.viewer.id))


def _kept(write: Callable[[], LoadReport]) -> None:
    """Write, and say what became of it."""
    try:
        with st.spinner(_("Writing it down…")):
            report = write()
    except EntryRefusedError as refused:
        fields = _(", ").join(field_words(name) for name in refused.fields)
        st.error(_("■ Not kept. To put right: {fields}").format(fields=fields))
    except LoadRefusedError as refused:
        st.error(_("■ The file was refused"))
        st.code(states.plain_lines(message(refused)), language=None)
    else:
        told = _n("● {count} row kept; it shows within seconds.",
                  "● {count} rows kept; they show within seconds.", report.changed)  # fmt: skip
        st.success(told.format(count=report.changed))
        if report.quarantined:
            count = report.quarantined
            told = _n("▲ {count} row went to quarantine, with its reasons.",
                      "▲ {count} rows went to quarantine, with their reasons.", count)  # fmt: skip
            st.warning(safe(told.format(count=count)))
