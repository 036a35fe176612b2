"""What all charts share: their dress, and how one is shown under its finding."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ui import export, tables
from ui.charts.layout import Part, arrange
from ui.theme import FONTS, enlarged, palette
from words.i18n import _
from words.text import safe

CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
MOST_POINTS = 500
"""Points of a trace: more of them slow a browser and show nothing more."""


def show(
    figure: go.Figure,
    key: str,
    finding: str,
    table: pd.DataFrame | None = None,
    note: str | None = None,
    *,
    people: bool = False,
) -> None:
    """A chart under its finding, and below it the same data as a table to read and to download.

    ``finding`` and ``note`` are plain text, not Markdown; ``key`` is unique on the screen and part
    of the names of files. ``table`` holds numbers as numbers, text from data as it is. ``people``:
    its rows are users, which only a reader with the right to rows may see or download.
    """
    st.markdown(f"**{safe(finding, 300)}**")
    st.plotly_chart(figure, key=key, theme=None, config=CONFIG, alt=finding)
    if note:
        st.caption(safe(note, 400))
    if table is not None:
        as_table(table, key, finding, people=people)


@st.fragment
def as_table(table: pd.DataFrame, key: str, finding: str, *, people: bool = False) -> None:
    """The data of a chart, sent to the browser only when the reader opens them."""
    opened = st.expander(
        _("As a table"), type="compact", key=f"{key}_opened", on_change="rerun"
    )  # fmt: skip
    if opened.open:
        with opened:
            if people and not export.rows_permitted():
                st.caption(_("Rows of users are not open to you."))
                return
            st.dataframe(
                tables.minus(table), hide_index=True, key=f"{key}_table", placeholder="—",
                column_config=tables.figures_right(table),
            )  # fmt: skip
            export.buttons(table, key, finding)


def dress(figure: go.Figure, height: int) -> go.Figure:
    """Fonts, colours, margins and axes as of every chart of the cockpit; returns the figure.

    Change what differs afterwards, with ``arrange``.
    """
    layout, x, y = clothes(height)
    arrange(figure, layout, x=x, y=y)
    return figure


def clothes(height: int) -> tuple[Part, Part, Part]:
    """The layout of every chart, and what holds for its x axes and its y axes."""
    look, times = palette(), enlarged()
    font: dict[str, Any] = {"family": FONTS, "size": round(12 * times), "color": look.text}
    layout = {
        "height": round(height * times),
        "font": font,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "legend": {"orientation": "h", "y": 1.03, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        "hoverlabel": {"bgcolor": look.surface, "font": font, "bordercolor": look.grid},
    }
    axis = {
        "gridcolor": look.grid, "zeroline": False, "automargin": True,
        "tickfont": {"color": look.muted},
        "title": {"font": {"size": 11, "color": look.muted}},
    }  # fmt: skip
    ticks = {"ticks": "outside", "ticklen": 5, "tickcolor": "rgba(0,0,0,0)"}
    lined = {"showgrid": False, "linecolor": look.grid}
    return layout, {**axis, **lined}, {**axis, **ticks}
