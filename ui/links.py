"""Links inside the cockpit: a screen, seen with the reader's filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from ui.address import View

OVERVIEW = "pages/screens/overview.py"
TREE = "pages/screens/tree.py"
DICTIONARY = "pages/screens/dictionary.py"
REPORTS = "pages/screens/reports.py"


def to_node(view: View, node: str, label: str, *, narrow: bool = False) -> None:
    """A link to a node of the indicator tree; ``label`` is Markdown that was made safe."""
    width: Literal["content", "stretch"] = "content" if narrow else "stretch"
    st.page_link(TREE, label=label, width=width, query_params=view.params() | {"node": node})


def to_page(view: View, page: str, label: str, params: Mapping[str, str]) -> None:
    """A link to a screen with the same filters and parameters of its own."""
    st.page_link(page, label=label, width="stretch", query_params=view.params() | dict(params))


def to_screen(view: View, page: str, label: str) -> None:
    """A link to another screen with the same filters."""
    st.page_link(page, label=label, query_params=view.params())
