"""Rows behind an indicator's data points, for readers with the right, after they say what for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import pandas as pd
import streamlit as st

from data.points.rows import PAGE, Rows
from metrics.decomposition.records import Refused
from ui.address import with_filter
from ui.frame import Here
from ui.load.rows import rows
from words import numbers
from words.i18n import _, _n, language
from words.text import plain, safe

Read: TypeAlias = Callable[[str, int, str], Rows | Refused]
"""A page (from 0) of a point's rows, for a purpose."""


def show(here: Here, chosen: str, read: Read | None = None) -> None:
    """Point, purpose, page; every look is written into the audit log.

    ``read`` reads other rows than all those of the shared view.
    """
    about = here.view.slice
    if not about.rights.rows:
        st.caption(_("Rows of users are not open to you."))
        return
    indicator, _at, module = chosen.partition("@")
    if module:
        about = with_filter(here.view, "module", (module,)).slice
    names = sorted(here.tree.indicators[indicator].formula.points)
    zh = language() == "zh"
    told = {one: here.points[one].name_zh if zh else here.points[one].name_en for one in names}
    with st.form("rows_asked", border=False):
        point = st.selectbox(
            _("Data point"), names, key=f"rows_point_{indicator}",
            format_func=lambda one: plain(told.get(one, one), 80),
        )  # fmt: skip
        purpose = st.text_input(_("What for"), key="rows_purpose", max_chars=200)
        page = st.number_input(_("Page"), min_value=1, value=1, step=1, key="rows_page")
        asked = st.form_submit_button(_("Show rows"))
    st.caption(_("Every look at rows is written into the audit log; ids of people are masked."))
    if not asked:
        return
    if not purpose.strip():
        st.error(_("Write down what the rows are for."))
        return
    if read is not None:
        found = read(str(point), int(page) - 1, purpose)
    else:
        who = here.viewer.id
        found = rows(here.token, str(point), about, int(page) - 1, who=who, purpose=purpose)
    _page(found, int(page))


def _page(found: Rows | Refused, page: int) -> None:
    """The rows of a page, or why there are none."""
    if isinstance(found, Refused):
        st.info(safe(found.words(language()), 200))
        return
    if found.withheld:
        st.info(_("Fewer than 5 people: their rows are withheld."))
        return
    if found.left_out:
        st.caption(
            _n("{count} row of a group of fewer than 5 people is left out.",
               "{count} rows of groups of fewer than 5 people are left out.",
               found.left_out).format(count=numbers.number(found.left_out))
        )  # fmt: skip
    if not found.cells:
        st.info(_("There are no rows on this page."))
        return
    pages = max(1, math.ceil(found.total / PAGE))
    st.markdown(
        _("{count} rows · page {page} of {pages}").format(
            count=numbers.number(found.total), page=page, pages=pages
        )
    )
    table = pd.DataFrame(
        [[plain(cell, 80) if isinstance(cell, str) else cell for cell in row]
         for row in found.cells],
        columns=list(found.columns),
    )  # fmt: skip
    st.dataframe(table, hide_index=True, key="rows_shown", placeholder="—")
