"""The table of a view as a file: the question, its definitions and the day of its data above it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from metrics.explore.nodes import parted
from metrics.explore.records import Table
from reports.explore.notes import notes
from reports.explore.pivot import Pivot, pivot
from reports.explore.words import Names, indicator_of, question
from ui import export
from ui.explore import grid
from ui.export import EXCEL, Sheet, csv_bytes, excel_bytes
from ui.frame import Here
from words.i18n import _, language
from words.text import plain


def buttons(here: Here, table: Table, names: Names, finding: str) -> None:
    """Downloads as CSV and Excel, made when the reader asks for them and not before."""
    sheet = sheet_of(here, pivot(table, names, every=True), names, finding)
    name = export.file_name("analysis", here)
    forms: tuple[tuple[str, str, str, Callable[[Sheet], bytes]], ...] = (
        ("csv", "CSV", "text/csv", csv_bytes),
        ("xlsx", "Excel", EXCEL, excel_bytes),
    )
    for ending, label, kind, make in forms:
        st.download_button(
            label, data=partial(make, sheet), file_name=f"{name}.{ending}", mime=kind,
            key=f"explore_{ending}", type="tertiary", on_click="ignore", icon=None,
        )  # fmt: skip


def sheet_of(here: Here, laid: Pivot, names: Names, finding: str) -> Sheet:
    """The table with its totals; changes are numbers, their units are in the headings."""
    data = grid.frame(laid, names)
    headings = (
        *laid.axes,
        *(" · ".join(filter(None, (one.above, one.label))) for one in laid.heads),
    )
    values = data.astype(object).where(data.notna(), None).to_numpy().tolist()
    rows = tuple((*line.labels, *row) for line, row in zip(laid.lines, values, strict=True))
    about = (
        question(names, laid.table.view), plain(finding, 300), export.as_of_words(here),
        *definitions(here, laid, names), *notes(laid, signs=False),
    )  # fmt: skip
    return Sheet(about, headings, rows)


def definitions(here: Here, laid: Pivot, names: Names) -> list[str]:
    """What each indicator means, with its formula."""
    told = []
    for node in dict.fromkeys(parted(one)[0] for one in laid.table.view.indicators):
        found = indicator_of(here.tree, node)
        meaning = found.description_zh if language() == "zh" else found.description_en
        said = plain(f"{meaning} [{found.formula.text}]", 400)
        told.append(_("{name}: {value}").format(name=names.indicator(node), value=said))
    return told
